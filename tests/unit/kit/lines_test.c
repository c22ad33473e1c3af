#include "../../support/check.h"

#include <string.h>

#include <tocsin/kit/lines.h>

static void check_split(const char *text, size_t most, int lines, const char *const *expected)
{
    cJSON *split = kit_lines(text, most, lines);
    int n = 0;
    for (; expected[n]; n++) {
        const cJSON *line = cJSON_GetArrayItem(split, n);
        assert_non_null(line);
        assert_string_equal(line->valuestring, expected[n]);
        if (lines > 5)
            assert_in_range(strlen(line->valuestring), 1, most);
    }
    assert_int_equal(cJSON_GetArraySize(split), n);
    cJSON_Delete(split);
}

#define SPLIT(text, most, lines, ...) check_split(text, most, lines, (const char *const[]){__VA_ARGS__, NULL})

static void long_texts_are_split(void **state)
{
    (void)state;
    SPLIT("one\n\ntwo", 40, 12, "one", "two");
    SPLIT("the quick brown fox", 16, 12, "the quick brown", "fox");
    SPLIT("thequickbrownfoxjumps over", 16, 12, "thequickbrownfox", "jumps over");
    SPLIT("äöüäöüäöüäöü", 17, 12, "äöüäöüäö", "üäöü");
    SPLIT("a \002bold text over\nlines\002 end", 16, 12, "a \002bold text", "\002over", "\002lines\002 end");
    SPLIT("\021    code\n\021\nx", 16, 12, "\021    code", "x");
    SPLIT("1\n2\n3\n4", 16, 3, "1", "2", "… (the rest is too long for here)");
    SPLIT("1\n2\n3\n\n", 16, 3, "1", "2", "3");
    cJSON *none = kit_lines("\n \002\002\n", 16, 3);
    assert_int_equal(cJSON_GetArraySize(none), 0);
    cJSON_Delete(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(long_texts_are_split)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
