/*
 * tocsind - the daemon: wires the parts in this order, and unwires them in reverse.
 */
#include <getopt.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/map.h"
#include "base/metrics.h"
#include "base/notify.h"
#include "base/zone.h"
#include "command/chat.h"
#include "command/table.h"
#include "delivery/delivery.h"
#include "host/bridge.h"
#include "host/programs.h"
#include "host/vet.h"
#include "intake/arena.h"
#include "people/people.h"
#include "policy/configuration.h"
#include "policy/policy.h"
#include "policy/sources.h"
#include "react/react.h"
#include "sight/query.h"
#include "sight/sight.h"
#include "triage/triage.h"
#include "turn/live.h"
#include "web/alerts.h"
#include "web/api.h"
#include "web/health.h"
#include "web/pages.h"
#include "web/server.h"
#include "web/token.h"

#define POLICY_EVERY 1000 /* ms between looks at the policy's files */
#define TICK_MOST    (10 * SECOND)

static struct daemon {
    struct configuration configuration;
    uv_loop_t loop;
    uv_signal_t signals[3];
    uv_timer_t tick, look;
    uv_check_t settle; /* after each turn of the loop that woke the core */
    bool awake, stopping;
    struct rng rng;
    struct journal *journal;
    struct policy *policy;
    struct core *core;
    struct chat *chat;
    struct bridge *bridge;
    struct sources *sources;
    struct customer_mapping *customers;
    struct intake_config intake;
    struct tokens *tokens;
    struct server *server;
    struct api *api;
    struct alerts_intake *alerts;
} d;

static const char *setting(const char *name)
{
    return json_text_or(d.configuration.core, name, NULL);
}

static int64_t number(const char *name)
{
    return json_int_or(d.configuration.core, name, 0);
}

/* ---- the core's edges ---- */

static void perform(void *ctx, const struct action *action)
{
    (void)ctx;
    supervisor_perform(bridge_supervisor(d.bridge), action);
}

static bool can_take(void *ctx, const char *connector, uint64_t *ret_can)
{
    (void)ctx;
    return d.bridge && supervisor_can_take(bridge_supervisor(d.bridge), connector, ret_can);
}

static void wake(void *ctx)
{
    (void)ctx;
    d.awake = true;
}

static void published(void *ctx, const struct event *event)
{
    (void)ctx;
    if (d.api)
        api_published(d.api, event);
}

static void checked(void *ctx, int code, const char *text)
{
    CLEANUP_FREE char *connector = ctx;
    (void)text;
    if (code == 0)
        delivery_mended(d.core, connector, clock_now());
}

/* One that cannot be asked now is asked the next time. */
static void check(void *ctx, const char *connector)
{
    char *name = xstrdup(connector);
    (void)ctx;
    if (supervisor_check(bridge_supervisor(d.bridge), connector, checked, name, NULL))
        free(name);
}

static void on_tick(uv_timer_t *timer)
{
    (void)timer;
    instant now = clock_now(), next = core_tick(d.core, now);
    duration wait = next > now ? next - now : 1;
    uv_timer_start(&d.tick, on_tick, (uint64_t)MIN(wait, TICK_MOST), 0);
}

static void on_settle(uv_check_t *check)
{
    (void)check;
    if (!d.awake || d.stopping)
        return;
    d.awake = false;
    on_tick(&d.tick);
}

/* ---- policy ---- */

static const struct incident *read_incident(void *ctx, uint64_t id)
{
    (void)ctx;
    return d.core ? sight_incident(d.core, id, NULL) : NULL;
}

static void each_incident(void *ctx, bool (*on)(void *on_ctx, const struct incident *incident), void *on_ctx)
{
    (void)ctx;
    if (d.core)
        query_list(d.core, &(struct query){.limit = 1000}, on, on_ctx, NULL);
}

static const char *read_person(void *ctx, const char *id)
{
    static char text[1024];
    const struct person *person = d.core ? people_get(d.core, id) : NULL;
    CLEANUP_STR struct str out = {0};
    struct json_out j = {&out, false};
    (void)ctx;
    if (!person)
        return NULL;
    json_begin_object(&j);
    json_put_text(&j, "id", person->id);
    json_put_text_if(&j, "name", person->name);
    json_put_text_if(&j, "email", person->email);
    json_put_text_if(&j, "zone", person->zone);
    json_end_object(&j);
    snprintf(text, sizeof(text), "%s", out.len < sizeof(text) ? out.p : "{}");
    return text;
}

static void script_failed(void *ctx, const char *where, const char *text, uint64_t incident)
{
    (void)ctx;
    if (d.core)
        react_script_failed(d.core, where, text, incident);
    else
        log_warn("policy: %s: %s", where, text);
}

static const struct policy_host policy_host = {NULL,        read_incident, each_incident,
                                               read_person, script_failed, command_exists};

static int load_policy(struct error *err)
{
    CLEANUP_FREE char *directory = configuration_path(&d.configuration, setting("policy"));
    int rc = policy_load(d.policy, directory, err);
    if (rc)
        log_error("%s", err->text);
    else
        log_info("policy loaded from %s", directory);
    if (d.core)
        react_policy_loaded(d.core, rc == 0, rc ? err->text : NULL, clock_now());
    return rc;
}

static void on_look(uv_timer_t *timer)
{
    struct error err;
    (void)timer;
    if (policy_changed(d.policy))
        load_policy(&err);
    notify_systemd("WATCHDOG=1");
}

/* A policy that cannot be used at start leaves the defaults, until the directory is there or its files are mended: there must
   be somebody to ring. */
static void start_policy(void)
{
    struct error err;
    CLEANUP_FREE char *directory = configuration_path(&d.configuration, setting("policy"));
    d.policy = policy_create(&policy_host);
    if (policy_load(d.policy, directory, &err))
        log_error("the defaults are used until this is mended: %s", err.text);
}

/* ---- starting ---- */

static int start_journal(struct error *err)
{
    CLEANUP_FREE char *directory = configuration_path(&d.configuration, setting("data"));
    CLEANUP_FREE char *path = xasprintf("%s/journal.db", directory);
    mkdir(directory, 0700);
    return journal_open(path, &d.loop, &d.journal, err);
}

static struct chat *chat_of_settings(void)
{
    ARRAY(struct chat_emoji) emoji = {0};
    const cJSON *row;
    cJSON_ArrayForEach(row, json_member(d.configuration.core, "reactions"))
    {
        if (cJSON_IsString(row))
            *array_add(&emoji) = (struct chat_emoji){row->string, row->valuestring};
    }
    struct chat *chat = chat_create(d.core, emoji.v, emoji.n);
    array_free(&emoji);
    return chat;
}

static duration keep(void *ctx, const char *name)
{
    (void)ctx;
    return number(name);
}

static int start_core(struct error *err)
{
    struct core_settings settings = {
        .parts = core_parts,
        .zone = setting("zone"),
        .announce = setting("announce"),
        .public_url = setting("public_url"),
        .groups = {.groups = (size_t)number("groups_in_memory"),
                   .new_burst = number("new_groups_burst"),
                   .new_hourly = number("new_groups_per_hour")},
    };
    struct core_ops ops = {NULL, perform, can_take, wake, published, check, keep};
    int rc = core_create(&settings, &ops, d.journal, d.policy, &d.rng, clock_now(), &d.core, err);
    if (!rc)
        d.chat = chat_of_settings();
    return rc;
}

/* Starts it, or starts it anew where it is not as it was; leaves it alone else. */
static void set_connector(const cJSON *row)
{
    struct error err;
    CLEANUP_FREE char *file = program_connector(&d.configuration, row);
    CLEANUP_JSON cJSON *settings = vet_own_settings(row);
    int64_t memory = json_int_or(row, "memory_mb", 512) << 20;
    bridge_limits(d.bridge, row->string, json_member(row, "limits"));
    cJSON *socket = cJSON_GetObjectItemCaseSensitive(settings, "socket");
    if (cJSON_IsString(socket)) { /* paths are relative to the configuration */
        CLEANUP_FREE char *path = configuration_path(&d.configuration, socket->valuestring);
        cJSON_SetValuestring(socket, path);
        cJSON_ReplaceItemInObjectCaseSensitive(settings, "socket", cJSON_CreateString(path));
    }
    if (!link_known(d.core, row->string))
        delivery_connector(d.core, row->string, 0, false, NULL, clock_now());
    if (supervisor_configure(bridge_supervisor(d.bridge),
                             &(struct connector_config){row->string, file, settings, memory}, &err))
        log_error("%s", err.text);
}

static void start_connectors(void)
{
    CLEANUP_FREE char *runner = program_runner(&d.configuration);
    const cJSON *row;
    d.bridge = bridge_create(&d.loop, runner, d.core, d.chat, clock_now);
    cJSON_ArrayForEach(row, d.configuration.connectors)
    {
        set_connector(row);
    }
}

/* ---- a changed configuration ---- */

/* Limits hold at once: no process is started anew for them. */
static const char *what_changed(const cJSON *old, const cJSON *row)
{
    if (!old)
        return "started";
    if (cJSON_Compare(old, row, true))
        return NULL;
    CLEANUP_JSON cJSON *a = cJSON_Duplicate(old, true), *b = cJSON_Duplicate(row, true);
    cJSON_DeleteItemFromObjectCaseSensitive(a, "limits");
    cJSON_DeleteItemFromObjectCaseSensitive(b, "limits");
    bool same = cJSON_Compare(a, b, true) || (!a->child && !b->child);
    return same ? "has other limits" : "started anew";
}

static void tell_connectors(const cJSON *before, const cJSON *now, struct str *said)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, now)
    {
        const char *what = what_changed(json_member(before, row->string), row);
        if (what)
            str_addf(said, "%s%s: %s", said->len ? "; " : "", row->string, what);
    }
    cJSON_ArrayForEach(row, before)
    {
        if (!json_member(now, row->string))
            str_addf(said, "%s%s: ended", said->len ? "; " : "", row->string);
    }
}

static void needs_restart(struct str *said, const char *what, bool *first)
{
    str_addf(said, "%s%s%s", *first && said->len ? "; " : "", *first ? "tocsind must be restarted for: " : ", ",
             what);
    *first = false;
}

/* What only a new start takes up. */
static void tell_restart(const cJSON *before, const cJSON *now, struct str *said)
{
    const cJSON *row;
    bool first = true;
    cJSON_ArrayForEach(row, now)
    {
        const cJSON *old = json_member(before, row->string);
        if (!cJSON_Compare(old, row, true) && (old || !cJSON_IsNull(row)))
            needs_restart(said, row->string, &first);
    }
    cJSON_ArrayForEach(row, before)
    {
        if (!json_member(now, row->string) && !cJSON_IsNull(row))
            needs_restart(said, row->string, &first);
    }
}

static void end_connectors(const cJSON *now)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, d.configuration.connectors)
    {
        struct error err;
        if (!json_member(now, row->string) && supervisor_remove(bridge_supervisor(d.bridge), row->string, &err))
            log_error("%s", err.text);
    }
}

/* Those that are to be started: what a connector would refuse is said before the old one is ended. */
static int vet_changed(const struct configuration *fresh, struct error *err)
{
    const cJSON *row;
    int rc = 0;
    cJSON_ArrayForEach(row, fresh->connectors)
    {
        if (!rc && what_changed(json_member(d.configuration.connectors, row->string), row))
            rc = vet_connector(fresh, row, err);
    }
    return rc;
}

/* All or nothing: a file that cannot be used changes nothing. */
static int reload(struct str *said, struct error *err)
{
    struct configuration fresh = {0};
    const cJSON *row;
    int rc = configuration_load(d.configuration.path, &fresh, err);
    rc = rc ? rc : vet_changed(&fresh, err);
    if (rc) {
        log_error("the configuration was not taken: %s", err->text);
        configuration_finish(&fresh);
        return rc;
    }
    tell_connectors(d.configuration.connectors, fresh.connectors, said);
    tell_restart(d.configuration.core, fresh.core, said);
    end_connectors(fresh.connectors);
    cJSON *before = d.configuration.connectors;
    d.configuration.connectors = fresh.connectors;
    fresh.connectors = before;
    configuration_finish(&fresh);
    cJSON_ArrayForEach(row, d.configuration.connectors)
    {
        set_connector(row);
    }
    if (!said->len)
        str_add(said, "nothing has changed");
    log_info("configuration read anew: %s", said->p);
    return 0;
}

static bool is_ready(void *ctx, const char **ret_why)
{
    (void)ctx;
    return core_ready(d.core, ret_why);
}

static bool count_up(void *ctx, const struct connector_info *info)
{
    *(int64_t *)ctx += text_equal(info->state, "running");
    return true;
}

static void set_gauges(void *ctx)
{
    int64_t up = 0;
    (void)ctx;
    if (!core_ready(d.core, NULL))
        return;
    supervisor_each(bridge_supervisor(d.bridge), count_up, &up);
    metric_set(METRIC_CONNECTORS_UP, up);
    metric_set(METRIC_INCIDENTS_OPEN, (int64_t)live_open_count(d.core));
    metric_set(METRIC_ALERT_GROUPS, (int64_t)triage_group_count(d.core));
    metric_set(METRIC_ACTIONS_WAITING, (int64_t)outbox_count(core_outbox(d.core), ACTION_WAITING));
    metric_set(METRIC_ACTIONS_SENDING, (int64_t)outbox_count(core_outbox(d.core), ACTION_SENDING));
    metric_set(METRIC_ACTIONS_DEAD, (int64_t)outbox_count(core_outbox(d.core), ACTION_DEAD));
    metric_set(METRIC_ACTIONS_UNCERTAIN, (int64_t)outbox_count(core_outbox(d.core), ACTION_UNCERTAIN));
}

static const struct health_ops health_ops = {NULL, is_ready, set_gauges};

#define PATHS_MOST 16

static size_t texts_of(const char *name, const char *texts[PATHS_MOST])
{
    const cJSON *item;
    size_t n = 0;
    cJSON_ArrayForEach(item, json_member(d.configuration.core, name))
    {
        if (cJSON_IsString(item) && n < PATHS_MOST)
            texts[n++] = item->valuestring;
    }
    return n;
}

/* Where the affected customer stands in an alert; none configured: the intake's own paths. */
static int map_customers(struct error *err)
{
    const char *keys[PATHS_MOST], *names[PATHS_MOST];
    size_t n_keys = texts_of("customers", keys), n_names = texts_of("customer_names", names);
    return n_keys ? customer_mapping_create(keys, n_keys, names, n_names, &d.customers, err) : 0;
}

static int start_web(struct error *err)
{
    struct server_settings settings = {.listen = setting("listen")};
    d.tokens = tokens_create();
    int rc = tokens_load(d.tokens, d.journal, err);
    rc = rc ? rc : sources_create(json_member(d.configuration.core, "sources"), &d.sources, err);
    if (rc)
        return rc;
    rc = map_customers(err);
    if (rc)
        return rc;
    d.intake = (struct intake_config){.ctx = d.sources, .find = sources_find, .customers = d.customers};
    d.server = server_create(&settings, d.tokens, &d.loop);
    d.alerts = alerts_intake_create(d.server, d.core, &d.intake, clock_now);
    d.api = api_create(&(struct api_parts){d.server, d.tokens, d.core, bridge_supervisor(d.bridge), load_policy,
                                           reload, clock_now});
    server_health(d.server, &health_ops);
    server_pages(d.server);
    return server_listen(d.server, err);
}

static void seed(void)
{
    uint8_t key[16];
    uint64_t random;
    randombytes_buf(key, sizeof(key));
    randombytes_buf(&random, sizeof(random));
    map_seed(key);
    rng_init(&d.rng, random);
    arena_hook_cjson();
}

/* ---- stopping ---- */

static void gone(void *ctx)
{
    (void)ctx;
    uv_stop(&d.loop);
}

static void stop(uv_signal_t *handle, int signum)
{
    (void)handle;
    if (d.stopping)
        return;
    d.stopping = true;
    log_info("stopping on signal %d", signum);
    notify_systemd("STOPPING=1");
    uv_timer_stop(&d.tick);
    uv_timer_stop(&d.look);
    server_drain(d.server);
    supervisor_stop(bridge_supervisor(d.bridge), gone, NULL);
}

static void on_hangup(uv_signal_t *handle, int signum)
{
    CLEANUP_STR struct str said = {0};
    struct error err;
    (void)handle, (void)signum;
    if (!d.stopping)
        reload(&said, &err);
}

static void start_loop(void)
{
    static const struct {
        int number;
        uv_signal_cb then;
    } signals[] = {{SIGINT, stop}, {SIGTERM, stop}, {SIGHUP, on_hangup}};
    for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
        uv_signal_init(&d.loop, &d.signals[i]);
        uv_signal_start(&d.signals[i], signals[i].then, signals[i].number);
    }
    uv_timer_init(&d.loop, &d.tick);
    uv_timer_start(&d.tick, on_tick, 0, 0);
    uv_timer_init(&d.loop, &d.look);
    uv_timer_start(&d.look, on_look, POLICY_EVERY, POLICY_EVERY);
    uv_check_init(&d.loop, &d.settle);
    uv_check_start(&d.settle, on_settle);
}

static void close_handle(uv_handle_t *handle, void *ctx)
{
    (void)ctx;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void unwire(void)
{
    uv_timer_stop(&d.tick); /* nothing more is decided */
    uv_check_stop(&d.settle);
    if (d.bridge)
        bridge_cut(d.bridge);
    journal_close(d.journal); /* answers what is in hand */
    server_destroy(d.server);
    alerts_intake_destroy(d.alerts);
    api_destroy(d.api);
    tokens_destroy(d.tokens);
    bridge_destroy(d.bridge);
    chat_destroy(d.chat);
    core_destroy(d.core);
    policy_destroy(d.policy);
    sources_destroy(d.sources);
    customer_mapping_destroy(d.customers);
    uv_walk(&d.loop, close_handle, NULL);
    uv_run(&d.loop, UV_RUN_DEFAULT);
    uv_loop_close(&d.loop);
    configuration_finish(&d.configuration);
    log_finish();
}

static int run(const char *config, struct error *err)
{
    static const char *const levels[] = {"debug", "info", "warn", "error"};
    int rc = configuration_load(config, &d.configuration, err);
    if (rc)
        return rc;
    for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
        if (text_equal(levels[i], setting("log")))
            log_init((enum log_level)i);
    }
    rc = start_journal(err);
    if (!rc)
        start_policy();
    rc = rc ? rc : start_core(err);
    if (rc)
        return rc;
    start_loop();
    start_connectors();
    rc = start_web(err);
    if (rc)
        return rc;
    log_info("tocsind %s is ready on %s", TOCSIN_VERSION, setting("listen"));
    notify_systemd("READY=1");
    uv_run(&d.loop, UV_RUN_DEFAULT);
    return 0;
}

static int usage(FILE *out, int status)
{
    fputs("usage: tocsind --config FILE\n\n"
          "  --config FILE   the configuration; `tocsin init DIR` writes one to begin with\n"
          "  --version       print the version\n"
          "  --help          this text\n\nSIGTERM stops it in order. See tocsind(8).\n",
          out);
    return status;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"version", no_argument, NULL, 'v'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    const char *config = NULL;
    struct error err;
    for (int option; (option = getopt_long(argc, argv, "c:vh", options, NULL)) != -1;) {
        if (option == 'v')
            return puts("tocsind " TOCSIN_VERSION), 0;
        if (option != 'c')
            return usage(option == 'h' ? stdout : stderr, option == 'h' ? 0 : 2);
        config = optarg;
    }
    if (!config || optind < argc || sodium_init() < 0)
        return usage(stderr, 2);
    signal(SIGPIPE, SIG_IGN);
    log_init(LOG_INFO);
    uv_loop_init(&d.loop);
    seed();
    int rc = run(config, &err);
    if (rc)
        log_error("%s", err.text);
    unwire();
    return rc ? 1 : 0;
}
