/* Issues of Jira: their keys and links, and what they are as tickets. */
#include "../../support/check.h"

#include <string.h>

#include "jira/jira.h"

#define WEB "https://acme.atlassian.net"

static void check_key(const char *text, const char *expected)
{
    char key[JIRA_KEY_BYTES] = "none";
    if (jira_key(text, WEB, key) != (expected != NULL))
        fail_msg("%s: '%s'", text, key);
    if (expected)
        assert_string_equal(key, expected);
}

static void an_issue_is_named_by_its_key_or_a_link(void **state)
{
    (void)state;
    check_key("PAY-7", "PAY-7");
    check_key("pay_2-70", "PAY_2-70");
    check_key(WEB "/browse/PAY-7", "PAY-7");
    check_key(WEB "/browse/PAY-7?focusedCommentId=1#c", "PAY-7");
    check_key(WEB "/jira/software/projects/PAY/boards/1?selectedIssue=PAY-7", "PAY-7");
    check_key(WEB "/jira/software/c/projects/PAY/issues/PAY-7", "PAY-7");
    static const char *const none[] = {
        "",
        "PAY",
        "PAY-",
        "PAY-0",
        "-7",
        "7",
        "P-7",
        "PAY-7x",
        "PAY 7",
        "PAY-7/..",
        "PAY-1234567890123",
        WEB,
        WEB "/browse/PAY",
        WEB "/browse/PAY-7x",
        WEB "/projects/PAY",
        WEB ".evil.example/browse/PAY-7",
        "https://x.org/browse/PAY-7",
        WEB "/browse/../PAY-7",
    };
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        check_key(none[i], NULL);
    assert_true(jira_is_project("PAY"));
    assert_false(jira_is_project("pay"));
    assert_false(jira_is_project("PAY-1"));
}

static void an_issue_is_a_ticket(void **state)
{
    static char web[] = WEB;
    const struct jira jira = {.web = web};
    struct kit_text link = {0};
    static const char text[] =
        "{\"id\": \"10001\", \"key\": \"PAY-7\", \"fields\": {\"summary\": \"Slow\", \"updated\": "
        "\"2026-11-29T20:00:00.250+0100\", \"status\": {\"name\": \"Erledigt\", \"statusCategory\": {\"key\": "
        "\"done\"}}}}";
    cJSON *issue = kit_json_parse(text, strlen(text));
    (void)state;
    struct kit_ticket ticket = jira_ticket(&jira, issue, "PAY-1", &link);
    assert_string_equal(ticket.id, "PAY-1");
    assert_string_equal(ticket.link, WEB "/browse/PAY-7");
    assert_string_equal(ticket.title, "Slow");
    assert_string_equal(ticket.status, "Erledigt");
    assert_true(ticket.done);
    assert_int_equal(jira_updated_ms(issue), 1795978800250);
    assert_int_equal(jira_updated_ms(NULL), 0);
    cJSON_Delete(issue);
    kit_text_finish(&link);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_issue_is_named_by_its_key_or_a_link),
        cmocka_unit_test(an_issue_is_a_ticket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
