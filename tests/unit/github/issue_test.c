/* Issues of GitHub: their ids and links, what they are as tickets, titles that refer to nothing. */
#include "../../support/check.h"

#include <string.h>

#include "github/github.h"

#define WEB "https://github.com"

static void check_id(const char *text, const char *expected)
{
    char id[GITHUB_ID_BYTES] = "none";
    if (github_id(text, WEB, id) != (expected != NULL))
        fail_msg("%s: '%s'", text, id);
    if (expected)
        assert_string_equal(id, expected);
}

static void an_issue_is_named_by_its_id_or_a_link(void **state)
{
    (void)state;
    check_id("acme/shop#12", "acme/shop#12");
    check_id("https://github.com/acme/shop/issues/12", "acme/shop#12");
    check_id("https://github.com/acme/shop.js/issues/12?x=1#issuecomment-7", "acme/shop.js#12");
    check_id("https://github.com/acme/shop/pull/12/files", "acme/shop#12");
    static const char *const none[] = {
        "",
        "12",
        "#12",
        "acme#12",
        "acme/shop",
        "acme/shop#",
        "acme/shop#0",
        "acme/shop#12x",
        "acme/shop#12/",
        "acme/shop#123456789012",
        "acme/../x#1",
        "../acme/x#1",
        "acme/shop/x#1",
        "ac me/shop#1",
        "https://github.com/acme/shop",
        "https://github.com/acme/shop/issues",
        "https://github.com/acme/shop/issues/12x",
        "https://github.com.evil.example/acme/shop/issues/12",
        "https://gitlab.com/acme/shop/issues/12",
        "https://github.com/../user/issues/1",
    };
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        check_id(none[i], NULL);
    assert_true(github_is_repository("acme/shop"));
    assert_false(github_is_repository("acme/shop/"));
    assert_false(github_is_repository("shop"));
}

static cJSON *issue(const char *state, const char *reason)
{
    cJSON *json =
        kit_json_texts("url", "https://api.github.com/repos/acme/Shop/issues/7", "html_url",
                       WEB "/acme/Shop/issues/7", "title", "Fails for @" KIT_JOINER "all", "state", state,
                       "state_reason", reason, "updated_at", "2026-11-29T20:00:00+01:00", NULL);
    cJSON_AddNumberToObject(json, "id", 4000000001.0);
    return json;
}

static void check_ticket(const char *state, const char *reason, bool done, const char *status)
{
    char title[GITHUB_TITLE_BYTES];
    cJSON *json = issue(state, reason);
    struct kit_ticket ticket = github_ticket(json, "x", title);
    assert_int_equal(ticket.done, done);
    assert_string_equal(ticket.status, status);
    assert_string_equal(ticket.title, "Fails for @all");
    assert_string_equal(ticket.link, WEB "/acme/Shop/issues/7");
    cJSON_Delete(json);
}

static void an_issue_is_a_ticket(void **state)
{
    char id[GITHUB_ID_BYTES], place[GITHUB_PLACE_BYTES];
    struct kit_text path = {0};
    cJSON *json = issue("open", NULL), *foreign = kit_json_texts("url", "https://x.org/repos/../../user", NULL);
    (void)state;
    check_ticket("open", "reopened", false, "open");
    check_ticket("closed", "completed", true, "completed");
    check_ticket("closed", NULL, true, "closed");
    github_id_of(json, id);
    assert_string_equal(id, "acme/Shop#7");
    github_path(id, &path);
    assert_string_equal(kit_text_get(&path), "repos/acme/Shop/issues/7");
    github_place(json, place);
    assert_string_equal(place, "4000000001");
    assert_int_equal(github_updated_ms(json), 1795978800000);
    github_id_of(foreign, id);
    assert_string_equal(id, "");
    github_id_of(NULL, id);
    assert_string_equal(id, "");
    kit_text_finish(&path);
    cJSON_Delete(json);
    cJSON_Delete(foreign);
}

static void a_title_refers_to_nothing(void **state)
{
    static const char *const rows[][2] = {
        {"Checkout: 10:30 #1", "Checkout: 10:30 #" KIT_JOINER "1"},
        {"`@ana` :fire:", "'@" KIT_JOINER "ana' :" KIT_JOINER "fire:"},
        {"a@b.example # @ \x1b[1m", "a@b.example # @ [1m"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct kit_text out = {0};
        github_title(rows[i][0], &out);
        assert_string_equal(kit_text_get(&out), rows[i][1]);
        kit_text_finish(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_issue_is_named_by_its_id_or_a_link),
        cmocka_unit_test(an_issue_is_a_ticket),
        cmocka_unit_test(a_title_refers_to_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
