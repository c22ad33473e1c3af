#include "../../support/check.h"

#include <string.h>

#include "base/mem.h"
#include "base/month.h"

#define NOW ((instant)1795446382123) /* Mon 23 Nov 2026 15:06 UTC */

static void months_are_named_and_begin(void **state)
{
    char month[MONTH_TEXT], words[MONTH_WORDS];
    (void)state;
    month_words(NOW, words);
    assert_string_equal(words, "November 2026");
    month_name(NOW, month);
    assert_string_equal(month, "2026-11");
    month_name(month_begins(NOW, 0) - 1, month);
    assert_string_equal(month, "2026-10");
    month_name(month_begins(NOW, 2), month);
    assert_string_equal(month, "2027-01");
    month_name(month_begins(NOW, -11), month);
    assert_string_equal(month, "2025-12");
}

static void months_are_read_as_people_write_them(void **state)
{
    static const char *const texts[][2] = {
        {"2026-10", "2026-10"},
        {"october", "2026-10"},
        {"Oct 2025", "2025-10"},
        {"december", "2025-12"},
        {"nov", "2026-11"},
        {"last month", "2026-10"},
        {"this month", "2026-11"},
        {"2026-13", NULL},
        {"payments", NULL},
        {"", NULL},
        {"oct twelve", NULL},
        {"2026-10-12", NULL},
        {"de", NULL},
        {"marching", NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        char month[MONTH_TEXT];
        instant begin = 0;
        bool read = month_parse(texts[i][0], NOW, &begin);
        month_name(begin, month);
        if (read != (texts[i][1] != NULL) || (read && strcmp(month, texts[i][1]) != 0))
            fail_msg("%s: %s", texts[i][0], read ? month : "no month");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(months_are_named_and_begin),
        cmocka_unit_test(months_are_read_as_people_write_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
