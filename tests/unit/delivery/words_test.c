/* What people are told about an action. */
#include "../../support/check.h"

#include "base/mem.h"
#include "delivery/words.h"

/* Every kind of action that tocsin/connector.h describes. */
static void every_kind_has_words(void **state)
{
    static const char *const kinds[] = {
        "post",
        "edit",
        "channel.open",
        "channel.topic",
        "channel.invite",
        "channel.remove",
        "channel.archive",
        "channel.bookmark",
        "pin",
        "desk.tell",
        "desk.find",
        "page",
        "form",
        "group.members",
        "person.find",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        assert_string_not_equal(words_to_do(kinds[i]), kinds[i]);
        assert_string_not_equal(words_done(kinds[i]), kinds[i]);
    }
    assert_string_equal(words_to_do("tea.make"), "tea.make");
    assert_string_equal(words_done("tea.make"), "tea.make");
}

static void expect_sentence(const char *reason, const char *fallback, const char *wanted)
{
    CLEANUP_STR struct str text = {0};
    words_begin_with("slack", &text);
    str_addf(&text, " could not %s", words_to_do("channel.open"));
    words_add_reason(reason, fallback, &text);
    assert_string_equal(text.p, wanted);
}

static void a_short_name_is_initials(void **state)
{
    (void)state;
    CLEANUP_STR struct str text = {0};
    words_begin_with("irc", &text);
    str_addc(&text, ' ');
    words_begin_with("teams", &text);
    assert_string_equal(text.p, "IRC Teams");
}

static void a_sentence_ends_with_one_period(void **state)
{
    (void)state;
    expect_sentence("name taken", "no reason", "Slack could not open a channel: name taken.");
    expect_sentence("Invite the bot.", "no reason", "Slack could not open a channel: Invite the bot.");
    expect_sentence(NULL, "no reason", "Slack could not open a channel: no reason.");
    expect_sentence("", NULL, "Slack could not open a channel.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_has_words),
        cmocka_unit_test(a_short_name_is_initials),
        cmocka_unit_test(a_sentence_ends_with_one_period),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
