/* For any bytes as a value, what the renderers show of text_literal(value) is the value. */
#include "../../support/check.h"
#include "../../support/literal.h"

#include <stdint.h>
#include <string.h>

#include "base/markup.h"
#include "base/mem.h"

static void check_value(const char *bytes, size_t n)
{
    const char *fault = literal_fault(bytes, n);
    CLEANUP_STR struct str value = {0}, literal = {0};
    str_addn(&value, bytes, n);
    text_literal(str_text(&value), &literal);
    if (fault)
        fail_msg("%s shows something else for [%s], written [%s]", fault, str_text(&value), str_text(&literal));
}

static void known_values_show_as_they_are(void **state)
{
    static const char *const values[] = {
        "__init__() got x",
        "[sign in again](https://evil.example/)",
        "<https://evil.example/>",
        "https://evil.example/a_b_c*d*",
        "![x](http://y)",
        "# head",
        "1. one",
        "- item",
        "   indented",
        "\tcode",
        "a\n\nb",
        "a\n- b\n> c\n    d",
        "```\ncode",
        "`x` ``y``",
        "&amp; &#65;",
        "a\\*b\\",
        "~~no~~",
        "a\n===",
        "---",
        "* * *",
        "> quote",
        "*bold*",
        "<b>x</b>",
        "trailing ",
        "x\n",
        "C:\\dir\\_x_",
        "1) x",
        "12345",
        "a_b_c",
        "http://",
        "Error :fire: x",
        ":+1::-1:",
        "a:100:b :1234: 10:30:45 fe80::1:2",
        "x:fire:smoke:y",
        "*:fire:* `:fire:` _:fire:_ :fire",
        "\\:fire: \\\\:fire:",
        "https://x.org/:fire:/",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(values); i++)
        check_value(values[i], strlen(values[i]));
}

static void plain_text_has_them_without_escapes(void **state)
{
    static const char *const values[] = {
        "*no*x",          "<a_b>",        "\\>",       "__x__",   " a\tb\nc ", "&#10; &amp;",
        ":fire: http://", "`c` \\` \\\\", "1. [x](y)", "- ~~x~~", ""};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        CLEANUP_STR struct str plain = {0}, expected = {0};
        CLEANUP_FREE char *said =
            markup("'%s' matches nobody. Type `lead @a\\_b` or `%s`.", values[i], "x\\*y");
        text_unescape(said, &plain);
        str_addf(&expected, "'%s' matches nobody. Type `lead @a\\_b` or `x\\*y`.", values[i]);
        assert_string_equal(plain.p, expected.p);
    }
}

/* Of the characters that mean something, and some that do not; some bytes are no UTF-8. */
static void any_value_shows_as_it_is(void **state)
{
    static const char alphabet[] = "\\`*_{}[]()#+-.!~<>&|=:/ \n\t ab1;#x\"'\xc3\xa9\xff\x01";
    char bytes[24];
    uint64_t seed = 42;
    (void)state;
    for (int round = 0; round < 20000; round++) {
        size_t n = 0;
        for (; n < sizeof(bytes); n++) {
            seed = seed * 6364136223846793005U + 1442695040888963407U;
            if ((seed >> 33) % 17 == 0)
                break;
            bytes[n] = alphabet[(seed >> 40) % (sizeof(alphabet) - 1)];
        }
        check_value(bytes, n);
    }
}

static void formats_are_commonmark_and_values_are_not(void **state)
{
    (void)state;
    CLEANUP_FREE char *text =
        markup("**%s** has %d `%s` of %zu, %.*s %.3s%%", "a*b", 2, "x`_y_", (size_t)7, 2, "abc", "defg");
    assert_string_equal(text, "**a\\*b** has 2 `x'_y_` of 7, ab def%");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_values_show_as_they_are),
        cmocka_unit_test(plain_text_has_them_without_escapes),
        cmocka_unit_test(any_value_shows_as_it_is),
        cmocka_unit_test(formats_are_commonmark_and_values_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
