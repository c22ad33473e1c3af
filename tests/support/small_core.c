#include "check.h"
#include "small_core.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"

struct small_core core;

static void put(const char *key, const char *value)
{
    free(value ? map_put(&core.store, key, xstrdup(value)) : map_remove(&core.store, key));
}

static void put_kept(const cJSON *kept)
{
    const cJSON *one;
    cJSON_ArrayForEach(one, kept)
    {
        put(json_text_or(one, "key", ""), json_text_or(one, "value", NULL));
    }
}

static void on_event(void *ctx, const char *connector, const cJSON *event, const cJSON *kept, uint64_t token)
{
    (void)ctx;
    if (core.answer == TOCSIN_EMITTED)
        put_kept(kept);
    core.events++;
    snprintf(core.event, sizeof(core.event), "%s", json_text_or(event, "text", ""));
    json_tree(&(struct json_out){&core.all_events, false}, event);
    str_addc(&core.all_events, '\n');
    if (!core.hold)
        supervisor_ack(core.supervisor, connector, token, core.answer);
    else if (core.n_held < HELD_MOST)
        core.held[core.n_held++] = token;
}

static void on_get(void *ctx, const char *connector, const char *key, uint64_t token)
{
    (void)ctx;
    supervisor_value(core.supervisor, connector, token, map_get(&core.store, key));
}

static void on_put(void *ctx, const char *connector, const char *key, const char *value, uint64_t token)
{
    (void)ctx;
    put(key, value);
    supervisor_ack(core.supervisor, connector, token, 0);
}

static void on_result(void *ctx, const char *connector, uint64_t action, const struct connector_result *result)
{
    (void)ctx, (void)connector;
    put_kept(result->kept);
    core.results++;
    core.last_action = action;
    core.last_code = result->code;
    core.retry_after = result->retry_after;
    snprintf(core.remote_id, sizeof(core.remote_id), "%s", result->remote_id ? result->remote_id : "");
    snprintf(core.detail, sizeof(core.detail), "%s", result->detail ? result->detail : "");
}

static void on_state(void *ctx, const char *connector, uint64_t can, bool up, const char *reason)
{
    (void)ctx, (void)connector, (void)can;
    core.ups += up;
    core.downs += !up;
    snprintf(core.reason, sizeof(core.reason), "%s", reason ? reason : "");
}

static void on_health(void *ctx, const char *connector, const char *why)
{
    (void)ctx, (void)connector;
    core.healths++;
    snprintf(core.health, sizeof(core.health), "%s", why ? why : "");
}

static void on_log(void *ctx, const char *line, size_t n)
{
    (void)ctx;
    str_addn(&core.log, line, n);
}

static void on_ended(void *ctx)
{
    (void)ctx;
    core.ended = true;
}

int small_core_set_up(void **state)
{
    (void)state;
    const char *build = getenv("TOCSIN_BUILD");
    assert_non_null(build);
    CLEANUP_FREE char *runner = xasprintf("%s/tocsin-runner", build);
    memset(&core, 0, sizeof(core));
    log_sink(on_log, NULL);
    uv_loop_init(&core.loop);
    struct supervisor_ops ops = {&core, on_event, on_get, on_put, on_result, on_state, NULL, NULL, on_health};
    struct supervisor_times times = supervisor_times_default;
    times.life.backoff_least = 50;
    times.life.stop = 2 * SECOND;
    times.life.kill = 300;
    times.life.ping = 200;
    times.life.silence = SECOND;
    times.deadline = 300;
    core.supervisor = supervisor_create(&core.loop, runner, &ops);
    supervisor_set_times(core.supervisor, &times);
    return 0;
}

int small_core_tear_down(void **state)
{
    (void)state;
    supervisor_stop(core.supervisor, on_ended, NULL);
    wait_for(core.ended);
    supervisor_destroy(core.supervisor);
    uv_run(&core.loop, UV_RUN_NOWAIT);
    assert_int_equal(uv_loop_close(&core.loop), 0);
    size_t at = 0;
    for (struct map_slot *slot; (slot = map_next(&core.store, &at));)
        free(slot->value);
    map_finish(&core.store);
    log_sink(NULL, NULL);
    log_finish();
    str_finish(&core.log);
    str_finish(&core.all_events);
    str_finish(&core.body);
    return 0;
}

void small_core_add_limited(const char *name, const char *settings, int64_t memory)
{
    struct error err = {0};
    CLEANUP_JSON cJSON *given = cJSON_Parse(settings);
    CLEANUP_FREE char *plugin = xasprintf("%s/plugins/%s.so", getenv("TOCSIN_BUILD"), name);
    CLEANUP_FREE char *connector = xasprintf("%s/connectors/%s.so", getenv("TOCSIN_BUILD"), name);
    struct connector_config config = {name, access(plugin, R_OK) ? connector : plugin, given, memory, false};
    assert_int_equal(supervisor_add(core.supervisor, &config, &err), 0);
}

void small_core_add(const char *name, const char *settings)
{
    small_core_add_limited(name, settings, 0);
}

void small_core_perform(const char *connector, uint64_t id, const char *kind, const char *key, const char *body)
{
    struct action action = {.id = id,
                            .key = (char *)(uintptr_t)key,
                            .connector = (char *)(uintptr_t)connector,
                            .kind = (char *)(uintptr_t)kind,
                            .body = (char *)(uintptr_t)body,
                            .attempts = core.again ? 2 : 1,
                            .unsure = core.again};
    uint64_t can;
    assert_true(supervisor_can_take(core.supervisor, connector, &can));
    supervisor_perform(core.supervisor, &action);
}

static void on_served(void *ctx, int status, const char *content_type, const char *body, size_t n)
{
    (void)ctx;
    core.responses++;
    core.status = status;
    snprintf(core.type, sizeof(core.type), "%s", content_type ? content_type : "");
    str_clear(&core.body);
    str_addn(&core.body, body, n);
}

void small_core_serve(const char *connector, const struct webhook *webhook)
{
    supervisor_serve(core.supervisor, connector, webhook, on_served, NULL);
}

static void on_checked(void *ctx, const struct check_result *result)
{
    (void)ctx;
    core.checks++;
    core.last_code = result->code;
    snprintf(core.checked, sizeof(core.checked), "%s", result->text);
    snprintf(core.unannounced, sizeof(core.unannounced), "%s", result->channel ? result->channel : "");
}

void small_core_check(const char *connector)
{
    struct error err = {0};
    assert_int_equal(supervisor_check(core.supervisor, connector, "incidents", on_checked, NULL, &err), 0);
}

static struct {
    const char *name;
    struct connector_info info;
    bool found;
} wanted;

static bool pick(void *ctx, const struct connector_info *info)
{
    (void)ctx;
    if (strcmp(info->name, wanted.name) != 0)
        return true;
    wanted.info = *info;
    wanted.found = true;
    return false;
}

const struct connector_info *small_core_info(const char *connector)
{
    wanted.name = connector;
    wanted.found = false;
    supervisor_each(core.supervisor, pick, NULL);
    return wanted.found ? &wanted.info : NULL;
}
