#include "daemon/core.h"

#include <sodium.h>
#include <uv.h>

#include "base/clock.h"
#include "base/json.h"
#include "daemon/component.h"
#include "daemon/draw.h"
#include "daemon/journal.h"
#include "daemon/policy.h"
#include "turn/part.h"

#define TICK_MOST (10 * SECOND)

static struct {
    struct core *core;
    struct rng rng;
    cJSON *settings; /* as they were at start: the core borrows its texts */
    char *status_url;
    const struct daemon_delivery *delivery;
    void (*published)(const struct event *event);
    uv_timer_t tick;
    uv_check_t settle; /* after each turn of the loop that woke the core */
    bool awake;
} self;

struct core *daemon_core(void)
{
    return self.core;
}

void daemon_core_delivers(const struct daemon_delivery *delivery)
{
    self.delivery = delivery;
}

void daemon_core_publishes(void (*published)(const struct event *event))
{
    self.published = published;
}

/* ---- the core's edges ---- */

static void perform(void *ctx, const struct action *action)
{
    (void)ctx;
    self.delivery->perform(action);
}

static bool can_take(void *ctx, const char *connector, uint64_t *ret_can)
{
    (void)ctx;
    return self.delivery && self.delivery->can_take(connector, ret_can);
}

static void check(void *ctx, const char *connector)
{
    (void)ctx;
    if (self.delivery)
        self.delivery->check(connector);
}

static void published(void *ctx, const struct event *event)
{
    (void)ctx;
    if (self.published)
        self.published(event);
}

static void wake(void *ctx)
{
    (void)ctx;
    self.awake = true;
}

static duration keep(void *ctx, const char *setting)
{
    (void)ctx;
    return json_int_or(self.settings, setting, 0);
}

static void random_bytes(void *ctx, uint8_t *bytes, size_t n)
{
    (void)ctx;
    randombytes_buf(bytes, n);
}

static void draw(void *ctx, const char *svg, int width, chart_drawn *done, void *done_ctx)
{
    (void)ctx;
    draw_png(daemon_draw(), svg, width, done, done_ctx);
}

/* ---- its time ---- */

static void on_tick(uv_timer_t *timer)
{
    instant now = clock_now(), next = core_tick(self.core, now);
    duration wait = next > now ? next - now : 1;
    uv_timer_start(timer, on_tick, (uint64_t)MIN(wait, TICK_MOST), 0);
}

static void on_settle(uv_check_t *settle)
{
    (void)settle;
    if (!self.awake)
        return;
    self.awake = false;
    on_tick(&self.tick);
}

static void start_ticking(struct daemon *daemon)
{
    uv_timer_init(daemon_loop(daemon), &self.tick);
    uv_timer_start(&self.tick, on_tick, 0, 0);
    uv_check_init(daemon_loop(daemon), &self.settle);
    uv_check_start(&self.settle, on_settle);
}

/* ---- the component ---- */

static int create(struct error *err)
{
    static const struct core_ops ops = {NULL,  perform, can_take,     wake, published,
                                        check, keep,    random_bytes, draw};
    const cJSON *settings = self.settings;
    uint64_t random;
    randombytes_buf(&random, sizeof(random));
    rng_init(&self.rng, random);
    struct core_settings wanted = {
        .parts = core_parts,
        .zone = json_text_or(settings, "zone", NULL),
        .announce = json_text_or(settings, "announce", NULL),
        .announce_fallback = json_text_or(settings, "announce_fallback", NULL),
        .public_url = json_text_or(settings, "public_url", NULL),
        .status_url = self.status_url,
        .groups = {.groups = (size_t)json_int_or(settings, "groups_in_memory", 0),
                   .new_burst = json_int_or(settings, "new_groups_burst", 0),
                   .new_hourly = json_int_or(settings, "new_groups_per_hour", 0)},
        .sessions = {json_int_or(settings, "session_idle", 0), json_int_or(settings, "session_most", 0)},
        .status_secret = json_text_or(settings, "status_secret", NULL),
        .status_secret_before = json_text_or(settings, "status_secret_before", NULL),
        .webhooks = json_member(settings, "webhooks"),
        .conversations = json_int_or(settings, "conversations_most", 0),
    };
    return core_create(&wanted, &ops, daemon_journal(), daemon_policy(), &self.rng, clock_now(), &self.core,
                       err);
}

static int start(struct daemon *daemon, const struct configuration *configuration, struct error *err)
{
    self.settings = cJSON_Duplicate(configuration->core, true);
    self.status_url = configuration_status_url(self.settings);
    int rc = create(err);
    if (rc)
        return rc;
    daemon_policy_reads(self.core);
    start_ticking(daemon);
    return 0;
}

/* Nothing more is decided. */
static bool drain(struct daemon *daemon)
{
    (void)daemon;
    uv_timer_stop(&self.tick);
    uv_check_stop(&self.settle);
    return true;
}

static void destroy(void)
{
    if (self.core) {
        uv_close((uv_handle_t *)&self.tick, NULL);
        uv_close((uv_handle_t *)&self.settle, NULL);
    }
    daemon_policy_reads(NULL);
    core_destroy(self.core);
    free(self.status_url);
    cJSON_Delete(self.settings);
}

const struct component core_component = {.name = "core", .start = start, .drain = drain, .destroy = destroy};
