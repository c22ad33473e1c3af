/* What a connector keeps is stored with the event or the outcome that it says next, and with nothing else. */
#include "../../support/check.h"
#include "../../support/small_core.h"

#include <stdlib.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/mem.h"

#define BODY "{\"type\":\"message\",\"text\":\"hi\"}"

static void perform(const char *kind, const char *key)
{
    static uint64_t id;
    int before = core.results;
    small_core_perform("keeper", ++id, kind, key, BODY);
    wait_for(core.results == before + 1);
}

static void set_up(void)
{
    small_core_add("keeper", "{}");
    wait_for(core.ups == 1);
}

static const char *stored(const char *key)
{
    return map_get(&core.store, key);
}

static void it_is_stored_with_the_outcome(void **state)
{
    (void)state;
    set_up();
    perform("post", "one");
    assert_string_equal(stored("one"), BODY);
    perform("remove", "one"); /* the later word on a key counts */
    assert_null(stored("one"));
}

static void it_is_stored_with_the_event(void **state)
{
    (void)state;
    set_up();
    perform("event", "one");
    assert_string_equal(core.detail, "0");
    assert_string_equal(stored("one"), BODY);
}

static void an_event_that_is_not_taken_keeps_nothing(void **state)
{
    (void)state;
    set_up();
    core.answer = TOCSIN_EMIT_RETRY;
    perform("event", "one");
    assert_string_equal(core.detail, "-1");
    assert_null(stored("one")); /* nor with the outcome that came after it */
}

static void what_nothing_is_said_with_is_forgotten(void **state)
{
    (void)state;
    set_up();
    CLEANUP_JSON cJSON *headers = cJSON_CreateObject();
    small_core_serve(
        "keeper",
        &(struct webhook){.method = "GET", .path = "/path", .query = "", .body = "", .headers = headers});
    wait_for(core.responses == 1);
    assert_int_equal(core.status, 204);
    perform("post", "one");
    assert_non_null(stored("one"));
    assert_null(stored("served"));
}

static void what_is_no_value_is_refused_at_once(void **state)
{
    (void)state;
    set_up();
    perform("too long", "one");
    assert_string_equal(core.detail, "-1");
    perform("no text", "two");
    assert_string_equal(core.detail, "-1");
    assert_non_null(stored("one"));
    assert_non_null(stored("two"));
    assert_int_equal(core.store.n, 2);
}

static void what_is_too_much_at_once_is_refused(void **state)
{
    (void)state;
    set_up();
    perform("much", "one");
    int n = atoi(core.detail);
    assert_in_range(n, 5, 50);
    assert_int_equal(core.store.n, n + 1);
    assert_int_equal(core.downs, 0);
}

#define WITH_CORE(test) cmocka_unit_test_setup_teardown(test, small_core_set_up, small_core_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_CORE(it_is_stored_with_the_outcome),
        WITH_CORE(it_is_stored_with_the_event),
        WITH_CORE(an_event_that_is_not_taken_keeps_nothing),
        WITH_CORE(what_nothing_is_said_with_is_forgotten),
        WITH_CORE(what_is_no_value_is_refused_at_once),
        WITH_CORE(what_is_too_much_at_once_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
