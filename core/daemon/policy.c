#include "customers/customers.h"
#include "daemon/policy.h"

#include <stdio.h>
#include <uv.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "command/table.h"
#include "comms/comms.h"
#include "daemon/component.h"
#include "daemon/journal.h"
#include "feeds/feeds.h"
#include "impact/impact.h"
#include "people/people.h"
#include "policy/feeds.h"
#include "policy/roster.h"
#include "react/react.h"
#include "sight/query.h"
#include "sight/sight.h"
#include "triage/triage.h"

#define LOOK_EVERY 1000 /* ms between looks at the policy's files */

static struct {
    struct policy *policy;
    struct core *core; /* NULL: not yet */
    char *directory;
    char *fault; /* of the files at start, until the core can tell people; NULL: none */
    uv_timer_t look;
} self;

struct policy *daemon_policy(void)
{
    return self.policy;
}

static void describe(struct str *out)
{
    str_add(out, "loaded ");
    policy_digest(self.policy, out);
}

static void log_page(void *ctx, const char *fault)
{
    (void)ctx;
    log_warn("pages: %s", fault);
}

static void log_feed(const struct policy_feed *feed)
{
    CLEANUP_FREE char *host = feed_host(feed->url);
    log_warn("holidays: %s were not read from %s yet; until they are, no day is one of them", feed->name, host);
}

/* What of it is probably not meant, or not so yet. */
static void log_doubts(void)
{
    struct policy_feed feed;
    policy_pages_nobody(self.policy, log_page, NULL);
    for (size_t i = 0; policy_feed_at(self.policy, i, &feed); i++) {
        if (!feed.read)
            log_feed(&feed);
    }
}

void daemon_policy_reads(struct core *core)
{
    CLEANUP_STR struct str loaded = {0};
    self.core = core;
    if (!core)
        return;
    describe(&loaded);
    react_policy_started(core, !self.fault, self.fault ? self.fault : loaded.p, clock_now());
}

/* ---- what scripts read ---- */

static const struct incident *read_incident(void *ctx, uint64_t id)
{
    (void)ctx;
    return self.core ? sight_incident(self.core, id, NULL) : NULL;
}

static void each_incident(void *ctx, bool (*on)(void *on_ctx, const struct incident *incident), void *on_ctx)
{
    (void)ctx;
    if (self.core)
        query_list(self.core, &(struct query){.limit = 1000}, on, on_ctx, NULL);
}

static const char *read_person(void *ctx, const char *id)
{
    static char text[1024];
    const struct person *person = self.core ? people_get(self.core, id) : NULL;
    CLEANUP_STR struct str out = {0};
    struct json_out j = {&out, false};
    (void)ctx;
    if (!person)
        return NULL;
    json_begin_object(&j);
    json_put_text(&j, "id", person->id);
    json_put_text_if(&j, "name", person->name);
    json_put_text_if(&j, "email", people_email(self.core, id));
    json_put_text_if(&j, "zone", person->zone);
    json_end_object(&j);
    snprintf(text, sizeof(text), "%s", out.len < sizeof(text) ? out.p : "{}");
    return text;
}

static bool read_customer(void *ctx, const char *key, struct policy_customer *ret)
{
    const struct customer *c = self.core ? customers_get(self.core, key) : NULL;
    (void)ctx;
    if (c)
        *ret = (struct policy_customer){c->key,      customer_name(c),   c->tier, c->owner,
                                        c->language, wish_name(c->wish), c->cares};
    return c;
}

static struct policy_silence read_silence(void *ctx, const struct incident *incident, const char *tier,
                                          int cares)
{
    (void)ctx;
    return self.core ? comms_silence(self.core, incident, tier, cares) : (struct policy_silence){0};
}

static void each_affected(void *ctx, const struct incident *incident, bool (*on)(void *on_ctx, const char *key),
                          void *on_ctx)
{
    struct impact impact;
    bool more = true;
    (void)ctx;
    if (!self.core || impact_is_named(incident))
        return;
    impact_of(self.core, incident, false, &impact);
    for (size_t i = 0; i < impact.rows.n && more; i++)
        more = on(on_ctx, impact.rows.v[i].key);
    impact_finish(&impact);
}

static const char *read_zone(void *ctx)
{
    (void)ctx;
    return self.core ? core_settings(self.core)->zone : NULL;
}

static struct policy_pace read_pace(void *ctx, const struct incident *incident, int minutes, instant now)
{
    (void)ctx;
    return self.core ? triage_pace(self.core, incident, minutes, now) : (struct policy_pace){0};
}

static bool read_holidays(void *ctx, const char *url, struct holidays *ret)
{
    struct feed feed;
    (void)ctx;
    feed_read(daemon_journal(), url, &feed);
    bool read = feed.read_at;
    if (read) {
        *ret = feed.days;
        feed.days = (struct holidays){0};
    }
    feed_finish(&feed);
    return read;
}

static void script_failed(void *ctx, const char *where, const char *text, uint64_t incident)
{
    (void)ctx;
    if (self.core)
        react_script_failed(self.core, where, text, incident);
    else
        log_warn("policy: %s: %s", where, text);
}

static const struct policy_host host = {NULL,          read_incident,  each_incident, read_person,
                                        script_failed, command_exists, read_customer, read_silence,
                                        each_affected, read_zone,      read_pace,     read_holidays};

/* ---- loading ---- */

int daemon_policy_load(struct error *err)
{
    int rc = policy_load(self.policy, self.directory, err);
    if (rc)
        log_error("%s", err->text);
    else
        log_info("policy loaded from %s", self.directory);
    if (!rc)
        log_doubts();
    CLEANUP_STR struct str loaded = {0};
    describe(&loaded);
    react_policy_loaded(self.core, rc == 0, rc ? err->text : loaded.p, clock_now());
    return rc;
}

static void on_look(uv_timer_t *timer)
{
    struct error err;
    (void)timer;
    if (policy_changed(self.policy))
        daemon_policy_load(&err);
}

/* A policy that cannot be used at start leaves the defaults, until the directory is there or its files are mended: there must
   be somebody to ring. */
static int start(struct daemon *daemon, const struct configuration *configuration, struct error *err)
{
    (void)err; /* of the start: this one is told and lived with */
    struct error fault;
    self.directory = configuration_path(configuration, json_text_or(configuration->core, "policy", "policy"));
    self.policy = policy_create(&host);
    if (policy_load(self.policy, self.directory, &fault)) {
        self.fault = xstrdup(fault.text);
        log_error("the policy has an error, so the built-in defaults are active until it is fixed: %s",
                  fault.text);
    }
    log_doubts();
    uv_timer_init(daemon_loop(daemon), &self.look);
    uv_timer_start(&self.look, on_look, LOOK_EVERY, LOOK_EVERY);
    return 0;
}

static bool drain(struct daemon *daemon)
{
    (void)daemon;
    uv_timer_stop(&self.look);
    return true;
}

static void destroy(void)
{
    uv_close((uv_handle_t *)&self.look, NULL);
    policy_destroy(self.policy);
    free(self.directory);
    free(self.fault);
}

const struct component policy_component = {
    .name = "policy", .start = start, .drain = drain, .destroy = destroy};
