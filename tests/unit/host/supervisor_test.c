#include "../../support/check.h"
#include "../../support/small_core.h"

#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/mem.h"

#define TEXT(text) "{\"type\":\"message\",\"text\":\"" text "\"}"

static void post(const char *connector, uint64_t id, const char *key, const char *body)
{
    small_core_perform(connector, id, "post", key, body);
}

static void an_action_is_done_and_found_again(void **state)
{
    (void)state;
    small_core_add("good", "{}");
    wait_for(core.ups == 1);
    post("good", 7, "key-1", TEXT("hi"));
    wait_for(core.results == 1);
    assert_int_equal(core.last_code, TOCSIN_DONE);
    assert_string_equal(core.remote_id, "remote-7");
    assert_int_equal(core.events, 1);
    assert_string_equal(core.event, "hi");
    post("good", 8, "key-1", TEXT("hi"));
    wait_for(core.results == 2);
    assert_string_equal(core.remote_id, "remote-7");
    assert_string_equal(core.detail, "found");
}

static void invalid_objects_are_broken_with_a_reason(void **state)
{
    static const struct {
        const char *name, *text;
    } rows[] = {
        {"wrong_abi", "has ABI 99, but this version of Tocsin needs ABI 1"},
        {"no_symbol", "no symbol " TOCSIN_SYMBOL},
        {"not_there", "not_there.so cannot be loaded"},
        {"wrong_size", "but the file holds"},
        {"no_stop", "has run() but no stop()"},
    };
    (void)state;
    for (int i = 0; i < (int)ARRAY_SIZE(rows); i++) {
        small_core_add(rows[i].name, "{}");
        wait_for(core.downs == i + 1);
        assert_non_null(strstr(core.reason, rows[i].text));
        assert_non_null(strstr(core.reason, rows[i].name)); /* the file */
        assert_string_equal(small_core_info(rows[i].name)->state, "broken");
        assert_string_equal(small_core_info(rows[i].name)->reason, core.reason);
    }
    assert_int_equal(core.ups, 0);
}

static void wrong_settings_are_reported_by_name(void **state)
{
    (void)state;
    struct error err;
    small_core_add("good", "{\"wrod\":\"x\"}");
    wait_for(core.downs == 1);
    assert_non_null(strstr(core.reason, "wrod"));
    assert_non_null(strstr(core.reason, "word"));
    assert_int_equal(supervisor_restart(core.supervisor, "nobody", &err), ERR_NOT_FOUND);
}

static void a_connector_that_refuses_its_settings_is_broken(void **state)
{
    (void)state;
    small_core_add("good", "{\"word\":\"refuse\"}");
    wait_for(core.downs == 1);
    assert_string_equal(core.reason, "the word is not allowed");
    CLEANUP_JSON cJSON *settings = cJSON_Parse("{\"word\":\"fine\"}");
    struct error err;
    CLEANUP_FREE char *file = xstrdup(small_core_info("good")->file);
    struct connector_config config = {"good", file, settings, 0, false};
    assert_int_equal(supervisor_configure(core.supervisor, &config, &err), 0);
    wait_for(core.ups == 1); /* new settings repair it */
    assert_int_equal(supervisor_configure(core.supervisor, &config, &err), 0);
    assert_string_equal(small_core_info("good")->state, "running"); /* the same settings change nothing */
}

static void names_are_checked(void **state)
{
    (void)state;
    struct error err;
    assert_int_equal(
        supervisor_add(core.supervisor, &(struct connector_config){.name = "No/name", .file = "x"}, &err),
        ERR_INVALID);
    small_core_add("good", "{}");
    assert_int_equal(
        supervisor_add(core.supervisor, &(struct connector_config){.name = "good", .file = "x"}, &err),
        ERR_CONFLICT);
}

static void a_connector_is_stopped_restarted_and_removed(void **state)
{
    (void)state;
    struct error err;
    uint64_t can;
    small_core_add("slow", "{}");
    wait_for(core.ups == 1);
    post("slow", 1, "a", TEXT("x"));
    assert_int_equal(supervisor_restart(core.supervisor, "slow", &err), 0);
    assert_false(supervisor_can_take(core.supervisor, "slow", &can));
    wait_for(core.ups == 2);
    assert_int_equal(core.results, 1); /* it finished its action before it stopped */
    assert_int_equal(core.last_code, TOCSIN_DONE);
    assert_int_equal(small_core_info("slow")->restarts, 1);
    assert_int_equal(supervisor_remove(core.supervisor, "slow", &err), 0);
    wait_for(!small_core_info("slow"));
    assert_false(supervisor_can_take(core.supervisor, "slow", &can));
}

static void credits_bound_what_is_in_flight(void **state)
{
    (void)state;
    uint64_t can;
    small_core_add("slow", "{}");
    wait_for(core.ups == 1);
    post("slow", 1, "a", TEXT("x"));
    assert_true(supervisor_can_take(core.supervisor, "slow", &can));
    assert_int_equal(can, TOCSIN_CAN_POST);
    post("slow", 2, "b", TEXT("x"));
    assert_false(supervisor_can_take(core.supervisor, "slow", &can));
    assert_int_equal(small_core_info("slow")->in_flight, 2);
    wait_for(core.results == 2);
    assert_true(supervisor_can_take(core.supervisor, "slow", &can));
}

static void webhooks_pass_any_bytes(void **state)
{
    (void)state;
    CLEANUP_JSON cJSON *headers = cJSON_Parse("{\"x-word\":\"+w+\"}");
    struct webhook webhook = {"POST", "/in", "a=b", "\0\xff\x01", 3, 5, headers};
    small_core_serve("nobody", &webhook);
    assert_int_equal(core.responses, 0); /* never called back from within the call */
    wait_for(core.responses == 1);
    assert_int_equal(core.status, 503);
    small_core_add("chatty", "{}");
    wait_for(core.ups == 1);
    small_core_serve("chatty", &webhook);
    wait_for(core.responses == 2);
    assert_int_equal(core.status, 200);
    assert_string_equal(core.type, "text/plain");
    assert_int_equal(core.body.len, 9);
    assert_memory_equal(core.body.p, "/in+w+\0\xff\x01", 9);
    webhook.n = (2 << 20);
    CLEANUP_FREE char *large = xcalloc(1, webhook.n);
    webhook.body = large;
    small_core_serve("chatty", &webhook);
    wait_for(core.responses == 3);
    assert_int_equal(core.status, 413);
}

static void messages_that_are_too_long_are_refused(void **state)
{
    (void)state;
    CLEANUP_FREE char *text = xmalloc(3 << 20);
    CLEANUP_FREE char *body = NULL;
    small_core_add("chatty", "{}");
    wait_for(core.ups == 1);
    memset(text, 'x', (3 << 20) - 1);
    text[(3 << 20) - 1] = '\0';
    body = xasprintf("{\"text\":\"%s\"}", text);
    post("chatty", 1, "k", body);
    assert_int_equal(core.results, 0);
    wait_for(core.results == 1);
    assert_int_equal(core.last_code, TOCSIN_REFUSED);
    text[300 << 10] = '\0'; /* too long for an event; the host tells the connector */
    free(body);
    body = xasprintf("{\"text\":\"%s\"}", text);
    post("chatty", 2, "k", body);
    wait_for(core.results == 2);
    assert_int_equal(core.last_code, TOCSIN_RETRY);
    assert_int_equal(core.events, 0);
}

static void a_check_is_answered_by_the_connector(void **state)
{
    (void)state;
    small_core_add("chatty", "{}");
    wait_for(core.ups == 1);
    small_core_check("chatty");
    wait_for(core.checks == 1);
    assert_int_equal(core.last_code, 0);
    free(map_put(&core.store, "revoked", xstrdup("yes")));
    small_core_check("chatty");
    wait_for(core.checks == 2);
    assert_int_equal(core.last_code, TOCSIN_E_AUTH);
    assert_string_equal(core.checked, "the token was revoked; make another");
}

static void emit_returns_the_cores_answer(void **state)
{
    (void)state;
    core.answer = TOCSIN_EMIT_REFUSED;
    small_core_add("chatty", "{}");
    wait_for(core.ups == 1);
    post("chatty", 1, "k", TEXT("x"));
    wait_for(core.results == 1);
    assert_int_equal(core.last_code, TOCSIN_RETRY);
}

#define WITH_CORE(test) cmocka_unit_test_setup_teardown(test, small_core_set_up, small_core_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_CORE(an_action_is_done_and_found_again),
        WITH_CORE(invalid_objects_are_broken_with_a_reason),
        WITH_CORE(wrong_settings_are_reported_by_name),
        WITH_CORE(a_connector_that_refuses_its_settings_is_broken),
        WITH_CORE(names_are_checked),
        WITH_CORE(a_connector_is_stopped_restarted_and_removed),
        WITH_CORE(credits_bound_what_is_in_flight),
        WITH_CORE(webhooks_pass_any_bytes),
        WITH_CORE(messages_that_are_too_long_are_refused),
        WITH_CORE(a_check_is_answered_by_the_connector),
        WITH_CORE(emit_returns_the_cores_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
