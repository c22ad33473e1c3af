/* Webhooks of Jira: who may send them, what they say of followed issues, and what comes late, twice or after the end. */
#include "../../support/check.h"
#include "../../support/tracker.h"

#include <string.h>

#include "jira/jira.h"

#define EVENT(event, id, category, at)                                                                         \
    "{\"webhookEvent\":\"jira:issue_" event                                                                    \
    "\",\"user\":{\"accountId\":\"5b10:ana\",\"displayName\":\"Ana\"},\"issue\":{"                             \
    "\"id\":\"" id "\",\"key\":\"PAY-7\",\"fields\":{\"summary\":\"Slow\",\"updated\":\"2026-11-29T20:00:" at  \
    "+0000\",\"status\":{\"name\":\"" category "\",\"statusCategory\":{\"key\":\"" category "\"}}}}}"
#define KNOWN                                                                                                  \
    "{\"ticket\":\"PAY-7\",\"link\":\"http://127.0.0.1:1/browse/"                                              \
    "PAY-7\",\"title\":\"Slow\",\"state\":\"open\",\"status\":"                                                \
    "\"new\",\"updated\":1795982400000,\"n\":0}"

extern const struct tocsin_connector tocsin_connector_entry;

static struct tracker tracker;

static int32_t hears(const char *body)
{
    int32_t status = tracker_hears(&tracker, "x-hub-signature", "s", "", body, strlen(body));
    tracker_check(&tracker);
    return status;
}

static int start(void **state)
{
    *state = &tracker;
    tracker_begin(&tracker, &tocsin_connector_entry,
                  "{\"url\":\"http://127.0.0.1:1\",\"token\":\"x\",\"project\":\"PAY\",\"secret\":\"s\"}");
    tracker_follow(&tracker, "10007", KNOWN);
    return 0;
}

static void only_who_signs_is_heard(void **state)
{
    static const char body[] = EVENT("updated", "10007", "done", "05.000");
    (void)state;
    assert_int_equal(tracker_hears(&tracker, "x-hub-signature", "t", "", body, strlen(body)), 401);
    assert_int_equal(tracker_hears(&tracker, "x-hub-signature-256", "s", "", body, strlen(body)), 401);
    assert_int_equal(hears("no json"), 400);
    assert_int_equal(tracker_count(&tracker), 0);
}

static void a_change_is_told_once(void **state)
{
    (void)state;
    assert_int_equal(hears(EVENT("updated", "10007", "done", "05.100")), 204);
    assert_int_equal(tracker_count(&tracker), 1);
    assert_string_equal(kit_json_text(tracker_event(&tracker), "state"), "done");
    assert_string_equal(kit_json_text(kit_json_member(tracker_event(&tracker), "user"), "name"), "Ana");
    assert_int_equal(hears(EVENT("updated", "10007", "done", "05.100")), 204);
    assert_int_equal(hears(EVENT("updated", "10007", "new", "05.099")), 204);
    assert_int_equal(hears(EVENT("updated", "10008", "done", "05.100")), 204);
    assert_int_equal(hears(EVENT("created", "10007", "new", "09.000")), 204);
    assert_int_equal(tracker_count(&tracker), 1);
    assert_int_equal(hears(EVENT("updated", "10007", "new", "05.100")), 503); /* the same time: Jira must say */
}

static void a_deleted_issue_is_done_for_ever(void **state)
{
    (void)state;
    assert_int_equal(hears(EVENT("deleted", "10007", "new", "01.000")), 204);
    assert_string_equal(kit_json_text(tracker_event(&tracker), "status"), "deleted");
    assert_int_equal(hears(EVENT("updated", "10007", "new", "05.000")), 204);
    assert_int_equal(tracker_count(&tracker), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_who_signs_is_heard, start, tracker_tear_down),
        cmocka_unit_test_setup_teardown(a_change_is_told_once, start, tracker_tear_down),
        cmocka_unit_test_setup_teardown(a_deleted_issue_is_done_for_ever, start, tracker_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
