/* Whether two texts say the same; how quotes are cut is tested with mails, in tests/unit/email. */
#include "../../support/check.h"

#include <tocsin/kit/quote.h>

static void markup_makes_no_difference(void **state)
{
    (void)state;
    assert_true(kit_same_words("<p>We are <strong>on it</strong> &amp; stay.</p>\n<p>2 &lt; 3</p>",
                               "<p class=\"no-margin\">We are <b>on it</b> &amp; stay.</p><p>2 &lt; 3</p>"));
    assert_true(kit_same_words("<ul>\n<li>one</li>\n<li>two</li></ul>", "<p>one<br>two</p>"));
    assert_true(kit_same_words("", "<p> </p>"));
}

static void words_do(void **state)
{
    (void)state;
    assert_false(kit_same_words("<p>We are on it</p>", "<p>We are on it now</p>"));
    assert_false(kit_same_words("<p>We are on it now</p>", "<p>We are on it</p>"));
    assert_false(kit_same_words("<p>Version 1.2</p>", "<p>Version 1.3</p>"));
    assert_false(kit_same_words("<p>gr\xc3\xbcn</p>", "<p>gr\xc3\xb6n</p>"));
    assert_false(kit_same_words("", "<p>x</p>"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markup_makes_no_difference),
        cmocka_unit_test(words_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
