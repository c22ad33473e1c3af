#include "../../support/check.h"

#include "slack/in.h"

static void is_commonmark(void **state)
{
    (void)state;
    static const struct {
        const char *slack, *commonmark; /* NULL: nothing is formatted */
    } rows[] = {
        {"it is *the* gateway", "it is **the** gateway"},
        {"_maybe_ ~not~ `a*b*c`", "*maybe* ~~not~~ `a*b*c`"},
        {"*_both_*", "***both***"},
        {"snake_case_name and 2 * 3 * 4", NULL},
        {"# 1. <b> C:\\tmp", NULL},
        {"*a* # 1. <b> C:\\tmp", "**a** \\# 1\\. \\<b\\> C\\:\\\\tmp"},
        {"*ask* <@U012AB3CD>", "**ask** <@U012AB3CD>"},
        {"*see* https://a.example/x_y_z.", "**see** <https://a.example/x_y_z>\\."},
        {"> quoted\nanswer", "> quoted\n\nanswer"},
        {"look:\n```\nif (a < b)\n  c();\n```", "look\\:\n\n```\nif (a < b)\n  c();\n\n```\n"},
        {"``` unclosed", NULL},
        {"*unclosed", NULL},
        {"* not a span *", NULL},
        {"**", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct kit_text out = {0};
        bool any = slack_formatted(rows[i].slack, &out);
        assert_int_equal(any, rows[i].commonmark != NULL);
        if (any)
            assert_string_equal(kit_text_get(&out), rows[i].commonmark);
        kit_text_finish(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(is_commonmark)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
