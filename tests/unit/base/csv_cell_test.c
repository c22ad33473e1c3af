/* Cells of CSV: in quotes where they must be, and never a formula. */
#include "../../support/check.h"

#include "base/csv_cell.h"
#include "base/mem.h"

static void test_cells(void **state)
{
    static const char *const cells[][2] = {{NULL, ""},
                                           {"", ""},
                                           {"checkout", "checkout"},
                                           {"a, b", "\"a, b\""},
                                           {"a \"b\"", "\"a \"\"b\"\"\""},
                                           {"a\nb", "\"a\nb\""},
                                           {"=1+1", "\"'=1+1\""},
                                           {"@a", "\"'@a\""},
                                           {"a=b", "a=b"}};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cells); i++) {
        CLEANUP_STR struct str out = {0};
        csv_cell_add(&out, cells[i][0]);
        assert_string_equal(str_text(&out), cells[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cells)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
