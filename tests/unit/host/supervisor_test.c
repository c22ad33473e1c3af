#include "../../support/check.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/map.h"
#include "host/peer.h"
#include "host/supervisor.h"

/* A core in small: what the connectors say is collected, stores are kept in a map. */
static struct core {
    uv_loop_t loop;
    struct supervisor *supervisor;
    struct map store;
    int events, results, ups, downs, last_code;
    char remote_id[256], detail[512], reason[512], event[256];
    bool ended;
} core;

static void on_event(void *ctx, const char *connector, const cJSON *event, uint64_t token)
{
    (void)ctx;
    core.events++;
    snprintf(core.event, sizeof(core.event), "%s", json_text_or(event, "text", ""));
    supervisor_ack(core.supervisor, connector, token, TOCSIN_EMITTED);
}

static void on_get(void *ctx, const char *connector, const char *key, uint64_t token)
{
    (void)ctx;
    supervisor_value(core.supervisor, connector, token, map_get(&core.store, key));
}

static void on_put(void *ctx, const char *connector, const char *key, const char *value, uint64_t token)
{
    (void)ctx;
    free(map_put(&core.store, key, xstrdup(value)));
    supervisor_ack(core.supervisor, connector, token, 0);
}

static void on_result(void *ctx, const char *connector, uint64_t action, int code, duration retry_after,
                      const char *remote_id, const char *detail)
{
    (void)ctx, (void)connector, (void)action, (void)retry_after;
    core.results++;
    core.last_code = code;
    snprintf(core.remote_id, sizeof(core.remote_id), "%s", remote_id ? remote_id : "");
    snprintf(core.detail, sizeof(core.detail), "%s", detail ? detail : "");
}

static void on_state(void *ctx, const char *connector, uint64_t can, bool up, const char *reason)
{
    (void)ctx, (void)connector, (void)can;
    core.ups += up;
    core.downs += !up;
    snprintf(core.reason, sizeof(core.reason), "%s", reason ? reason : "");
}

static void on_ended(void *ctx)
{
    (void)ctx;
    core.ended = true;
}

static int set_up(void **state)
{
    (void)state;
    char runner[512];
    snprintf(runner, sizeof(runner), "%s/tocsin-runner", getenv("TOCSIN_BUILD"));
    memset(&core, 0, sizeof(core));
    uv_loop_init(&core.loop);
    struct supervisor_ops ops = {&core, on_event, on_get, on_put, on_result, on_state};
    core.supervisor = supervisor_create(&core.loop, runner, &ops);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    supervisor_stop(core.supervisor, on_ended, NULL);
    while (!core.ended)
        uv_run(&core.loop, UV_RUN_ONCE);
    supervisor_destroy(core.supervisor);
    uv_run(&core.loop, UV_RUN_NOWAIT);
    assert_int_equal(uv_loop_close(&core.loop), 0);
    size_t at = 0;
    for (struct map_slot *slot; (slot = map_next(&core.store, &at));)
        free(slot->value);
    map_finish(&core.store);
    return 0;
}

static void add(const char *name, const char *settings)
{
    char file[512];
    struct error err;
    CLEANUP_JSON cJSON *given = cJSON_Parse(settings);
    snprintf(file, sizeof(file), "%s/connectors/%s.so", getenv("TOCSIN_BUILD"), name);
    assert_int_equal(supervisor_add(core.supervisor, &(struct connector_config){name, file, given, 0}, &err),
                     0);
}

#define wait_for(condition)                                                                                    \
    while (!(condition))                                                                                       \
    uv_run(&core.loop, UV_RUN_ONCE)

static void perform(const char *connector, uint64_t id, const char *key)
{
    struct action action = {.id = id,
                            .key = (char *)(uintptr_t)key,
                            .connector = (char *)(uintptr_t)connector,
                            .kind = "post",
                            .body = "{\"text\":\"hi\"}",
                            .attempts = 1};
    uint64_t can;
    assert_true(supervisor_can_take(core.supervisor, connector, &can));
    supervisor_perform(core.supervisor, &action);
}

static void an_action_is_done_and_found_again(void **state)
{
    (void)state;
    add("good", "{}");
    wait_for(core.ups == 1);
    perform("good", 7, "key-1");
    wait_for(core.results == 1);
    assert_int_equal(core.last_code, TOCSIN_DONE);
    assert_string_equal(core.remote_id, "remote-7");
    assert_int_equal(core.events, 1);
    assert_string_equal(core.event, "hi");
    perform("good", 8, "key-1");
    wait_for(core.results == 2);
    assert_string_equal(core.remote_id, "remote-7");
    assert_string_equal(core.detail, "found");
}

static void a_crash_gives_the_action_back_and_restarts(void **state)
{
    (void)state;
    add("crash", "{}");
    wait_for(core.ups == 1);
    perform("crash", 1, "k");
    wait_for(core.results == 1);
    assert_int_equal(core.last_code, TOCSIN_UNKNOWN);
    assert_int_equal(core.downs, 1);
    assert_non_null(strstr(core.reason, "signal"));
    wait_for(core.ups == 2);
}

static void wrong_objects_are_broken_with_their_reason(void **state)
{
    (void)state;
    add("wrong_abi", "{}");
    wait_for(core.downs == 1);
    assert_non_null(strstr(core.reason, "ABI 99"));
    assert_non_null(strstr(core.reason, "wrong_abi.so"));
    add("no_symbol", "{}");
    wait_for(core.downs == 2);
    assert_non_null(strstr(core.reason, TOCSIN_SYMBOL));
    add("not_there", "{}");
    wait_for(core.downs == 3);
    assert_non_null(strstr(core.reason, "not_there.so"));
}

static void wrong_settings_are_told_with_their_name(void **state)
{
    (void)state;
    add("good", "{\"wrod\":\"x\"}");
    wait_for(core.downs == 1);
    assert_non_null(strstr(core.reason, "wrod"));
    assert_non_null(strstr(core.reason, "word"));
    struct error err;
    assert_int_equal(supervisor_restart(core.supervisor, "nobody", &err), ERR_NOT_FOUND);
}

static void backoff_doubles_and_health_begins_anew(void **state)
{
    (void)state;
    struct peer_backoff backoff = {0};
    duration expected[] = {1, 2, 4, 8, 16, 32, 60, 60};
    for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
        assert_int_equal(peer_backoff_next(&backoff, 0), expected[i] * SECOND);
    assert_int_equal(peer_backoff_next(&backoff, MINUTE), SECOND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_action_is_done_and_found_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_crash_gives_the_action_back_and_restarts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_objects_are_broken_with_their_reason, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_settings_are_told_with_their_name, set_up, tear_down),
        cmocka_unit_test(backoff_doubles_and_health_begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
