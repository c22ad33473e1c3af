/* What people are shown of a text that changed: which lines came and went, and nothing that stayed beyond what stands beside them. */
#include "../../support/check.h"

#include "base/str.h"
#include "writeups/changes.h"

static void note(void *ctx, enum change change, const char *text)
{
    static const char marks[] = {[CHANGE_NONE] = ' ',
                                 [CHANGE_GONE] = '-',
                                 [CHANGE_ADDED] = '+',
                                 [CHANGE_WORDS] = '~',
                                 [CHANGE_SKIPPED] = '.'};
    str_addf(ctx, "%c%s\n", marks[change], text);
}

static void expect(const char *before, const char *after, const char *expected)
{
    CLEANUP_STR struct str told = {0};
    changes_each(before, after, note, &told);
    assert_string_equal(str_text(&told), expected);
}

static void lines_come_and_go(void **state)
{
    (void)state;
    expect("", "", "");
    expect("a\nb\n", "a\nb\n", ".2\n");
    expect("", "a\nb\n", "+a\n+b\n");
    expect("a\nb\n", "", "-a\n-b\n");
    expect("a\nb\nc\n", "b\nc\nd\n", "-a\n b\n c\n+d\n");
    expect("a\r\nb", "a\nb\n", ".2\n");
    expect("a\nx\nb\n", "a\ny\nz\nb\n", " a\n-x\n+y\n+z\n b\n");
}

static void a_line_in_the_place_of_another_is_shown_word_by_word(void **state)
{
    (void)state;
    expect("a\nthe old one\nb\n", "a\nthe new one\nb\n", " a\n~the ~~old~~ **new** one\n b\n");
    expect("a\n\nb\n", "a\nx\nb\n", " a\n-\n+x\n b\n"); /* an empty line has no words */
    expect("*a* <b>\n", "*a* <i>\n", "~\\*a\\* ~~\\<b>~~ **\\<i>**\n");
}

static void what_stayed_is_left_out(void **state)
{
    (void)state;
    expect("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n",
           ".2\n 3\n 4\n~~~5~~ **x**\n 6\n 7\n.2\n");
    expect("a\n1\n2\n3\n4\n5\nb\n", "1\n2\n3\n4\n5\n", "-a\n 1\n 2\n.1\n 4\n 5\n-b\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_come_and_go),
        cmocka_unit_test(a_line_in_the_place_of_another_is_shown_word_by_word),
        cmocka_unit_test(what_stayed_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
