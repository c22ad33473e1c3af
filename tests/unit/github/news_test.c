/* Webhooks of GitHub: who may send them, what they say of followed issues, and what comes late, twice or from elsewhere. */
#include "../../support/check.h"
#include "../../support/tracker.h"

#include <string.h>

#include "github/github.h"

#define ISSUE(id, state, at)                                                                                   \
    "{\"url\":\"https://api.github.com/repos/acme/shop/issues/1\",\"html_url\":\"https://github.com/acme/"     \
    "shop/"                                                                                                    \
    "issues/1\",\"id\":" id ",\"title\":\"Slow\",\"state\":\"" state                                           \
    "\",\"updated_at\":\"2026-11-29T20:00:" at "Z\"}"
#define EVENT(action, issue) "{\"action\":\"" action "\",\"issue\":" issue ",\"sender\":{\"login\":\"ana\"}}"
#define KNOWN                                                                                                  \
    "{\"ticket\":\"acme/shop#1\",\"link\":\"https://github.com/acme/shop/issues/"                              \
    "1\",\"title\":\"Slow\",\"state\":"                                                                        \
    "\"open\",\"status\":\"open\",\"updated\":1795982400000,\"n\":0}"

extern const struct tocsin_connector tocsin_connector_entry;

static struct tracker tracker;

static int32_t hears(const char *event, const char *body)
{
    int32_t status = tracker_hears(&tracker, "x-hub-signature-256", "s", event, body, strlen(body));
    tracker_check(&tracker);
    return status;
}

static int start(void **state)
{
    *state = &tracker;
    tracker_begin(
        &tracker, &tocsin_connector_entry,
        "{\"url\":\"https://github.com\",\"api_url\":\"http://127.0.0.1:1\",\"token\":\"x\",\"repository\":"
        "\"acme/shop\",\"secret\":\"s\"}");
    tracker_follow(&tracker, "7", KNOWN);
    return 0;
}

static void only_who_signs_is_heard(void **state)
{
    static const char body[] = EVENT("closed", ISSUE("7", "closed", "05"));
    (void)state;
    assert_int_equal(tracker_hears(&tracker, "x-hub-signature-256", "t", "issues", body, strlen(body)), 401);
    assert_int_equal(tracker_hears(&tracker, "x-gitea-signature", "s", "issues", body, strlen(body)), 401);
    assert_int_equal(tracker_hears(&tracker, "x-other", "s", "issues", body, strlen(body)), 401);
    assert_int_equal(hears("issues", "payload=%7B%7D"), 400);
    assert_int_equal(hears("ping", "{\"zen\":\"x\"}"), 204);
    assert_int_equal(tracker_count(&tracker), 0);
}

static void a_change_is_told_once(void **state)
{
    (void)state;
    assert_int_equal(hears("issues", EVENT("closed", ISSUE("7", "closed", "05"))), 204);
    assert_int_equal(tracker_count(&tracker), 1);
    assert_string_equal(kit_json_text(tracker_event(&tracker), "ticket"), "acme/shop#1");
    assert_string_equal(kit_json_text(tracker_event(&tracker), "state"), "done");
    assert_string_equal(kit_json_text(kit_json_member(tracker_event(&tracker), "user"), "id"), "ana");
    assert_int_equal(hears("issues", EVENT("closed", ISSUE("7", "closed", "05"))), 204);
    assert_int_equal(hears("issues", EVENT("reopened", ISSUE("7", "open", "04"))), 204);
    assert_int_equal(hears("issues", EVENT("closed", ISSUE("8", "closed", "05"))), 204);
    assert_int_equal(hears("issue_comment", EVENT("created", ISSUE("7", "open", "09"))), 204);
    assert_int_equal(tracker_count(&tracker), 1);
    assert_int_equal(hears("issues", EVENT("reopened", ISSUE("7", "open", "05"))),
                     503); /* the same second: GitHub must say */
    tracker.outcome = TOCSIN_EMIT_RETRY;
    assert_int_equal(hears("issues", EVENT("reopened", ISSUE("7", "open", "06"))), 503);
}

static void a_deleted_issue_is_done_for_ever(void **state)
{
    (void)state;
    assert_int_equal(hears("issues", EVENT("deleted", ISSUE("7", "open", "01"))), 204);
    assert_string_equal(kit_json_text(tracker_event(&tracker), "status"), "deleted");
    assert_string_equal(kit_json_text(tracker_event(&tracker), "state"), "done");
    assert_int_equal(hears("issues", EVENT("reopened", ISSUE("7", "open", "05"))), 204);
    assert_int_equal(tracker_count(&tracker), 1);
}

static void a_transferred_issue_is_followed_where_it_goes(void **state)
{
    (void)state;
#define MOVED                                                                                                  \
    "{\"url\":\"https://api.github.com/repos/acme/ops/issues/3\",\"html_url\":\"https://github.com/acme/ops/"  \
    "issues/3\",\"id\":9,\"title\":\"Slow\",\"state\":\"open\",\"updated_at\":\"2026-11-29T20:00:07Z\"}"
    assert_int_equal(hears("issues", "{\"action\":\"transferred\",\"issue\":" ISSUE(
                                         "7", "open", "05") ",\"changes\":{\"new_issue\":" MOVED
                                                            "},\"sender\":{\"login\":\"ana\"}}"),
                     204);
    assert_int_equal(tracker_count(&tracker), 1);
    assert_string_equal(kit_json_text(tracker_event(&tracker), "ticket"), "acme/shop#1");
    assert_string_equal(kit_json_text(tracker_event(&tracker), "link"), "https://github.com/acme/ops/issues/3");
    assert_non_null(strstr(kit_json_text(tracker.stored, "repositories"), "acme/ops"));
    assert_int_equal(hears("issues", EVENT("closed", ISSUE("7", "closed", "08"))), 204);
    assert_int_equal(tracker_count(&tracker), 1);
    assert_int_equal(hears("issues", EVENT("closed", ISSUE("9", "closed", "09"))), 204);
    assert_string_equal(kit_json_text(tracker_event(&tracker), "state"), "done");
    assert_string_equal(kit_json_text(tracker_event(&tracker), "ticket"), "acme/shop#1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_who_signs_is_heard, start, tracker_tear_down),
        cmocka_unit_test_setup_teardown(a_change_is_told_once, start, tracker_tear_down),
        cmocka_unit_test_setup_teardown(a_deleted_issue_is_done_for_ever, start, tracker_tear_down),
        cmocka_unit_test_setup_teardown(a_transferred_issue_is_followed_where_it_goes, start,
                                        tracker_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
