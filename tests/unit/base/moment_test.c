/* A moment is a time that chats may show in each reader's zone; everybody else reads its text. */
#include "../../support/check.h"

#include <string.h>

#include "base/markup.h"
#include "base/moment.h"
#include "base/mem.h"

#define NOW ((instant)1795446382123) /* Mon 23 Nov 2026 15:06 UTC */

static void it_is_a_link_with_a_text(void **state)
{
    CLEANUP_STR struct str out = {0};
    (void)state;
    moment_format(NOW + 2 * HOUR, NOW, "Europe/Madrid", &out);
    str_addc(&out, ' ');
    moment_format_plain(NOW + 2 * HOUR, NOW, "Asia/Kolkata", &out);
    assert_string_equal(out.p, "[today 18:06](time:1795453582) [Mon 23 Nov 22:36 UTC+5:30](time:1795453582)");
    moments_off(out.p);
    assert_string_equal(out.p, "today 18:06 Mon 23 Nov 22:36 UTC+5:30");
}

static void only_moments_lose_their_address(void **state)
{
    static const char *const texts[][2] = {
        {"no time here", "no time here"},   {"", ""},
        {"[a](time:5)[b](time:6)", "ab"},   {"\\[x\\](time:5)", "\\[x\\](time:5)"},
        {"\\[x](time:5)", "\\[x](time:5)"}, {"[x](https://y.org)", "[x](https://y.org)"},
        {"[x](time:5", "[x](time:5"},       {"[x](time:5x)", "[x](time:5x)"},
        {"](time:5)", "](time:5)"},         {"[<b>](time:5)", "[<b>](time:5)"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        CLEANUP_FREE char *text = xstrdup(texts[i][0]);
        moments_off(text);
        assert_string_equal(text, texts[i][1]);
    }
}

static void only_commonmark_in_json_has_them(void **state)
{
    (void)state;
    CLEANUP_FREE char *card = moments_off_json(
        "{\"title\":\"[x](time:5)\",\"fields\":[{\"value\":\"[x](time:5)\",\"text\":\"by [Mon 09:00 "
        "UTC](time:5)\"}],"
        "\"card\":{\"text\":\"[x](time:5)\",\"footer\":\"[x](time:5)\",\"footer_text\":\"[x](time:5)\"}}");
    assert_string_equal(
        card,
        "{\"title\":\"[x](time:5)\",\"fields\":[{\"value\":\"[x](time:5)\",\"text\":\"by Mon 09:00 UTC\"}],"
        "\"card\":{\"text\":\"x\",\"footer\":\"[x](time:5)\",\"footer_text\":\"x\"}}");
    assert_null(moments_off_json("{\"text\":\"nothing\"}"));
    assert_null(moments_off_json(""));
}

static void no_value_looks_like_one(void **state)
{
    static const char *const values[] = {"[x](time:5)", "x](time:5)", "[[x](time:5)",
                                         "<time:5>",    "time:5",     "\\[x](time:5)"};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        CLEANUP_STR struct str out = {0};
        text_literal(values[i], &out);
        CLEANUP_FREE char *off = xstrdup(out.p);
        moments_off(off);
        assert_string_equal(off, out.p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_a_link_with_a_text),
        cmocka_unit_test(only_moments_lose_their_address),
        cmocka_unit_test(only_commonmark_in_json_has_them),
        cmocka_unit_test(no_value_looks_like_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
