#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/tally.h"

#define WINDOW 100

static struct tally table[3];

static int reset(void **state)
{
    (void)state;
    memset(table, 0, sizeof(table));
    return 0;
}

static int add(const char *key, int64_t now)
{
    return tally_add(table, 3, key, now, WINDOW)->n;
}

static void test_each_key_has_its_count_within_its_window(void **state)
{
    (void)state;
    assert_int_equal(add("a", 1), 1);
    assert_int_equal(add("b", 50), 1);
    assert_int_equal(add("a", WINDOW), 2);
    assert_int_equal(add("a", 1 + WINDOW), 1);
    assert_int_equal(add("b", 49 + WINDOW), 2);
    assert_int_equal(tally_add(table, 3, "a", 2 + WINDOW, WINDOW)->since, 1 + WINDOW);
}

static void test_the_oldest_gives_way(void **state)
{
    (void)state;
    add("a", 1);
    add("b", 2);
    add("c", 3);
    assert_int_equal(add("d", 4), 1);
    assert_int_equal(add("b", 4), 2);
    assert_int_equal(add("a", 4), 1);
}

static void test_a_long_key_is_cut(void **state)
{
    (void)state;
    char key[2 * TALLY_KEY];
    snprintf(key, sizeof(key), "%0*d", (int)sizeof(key) - 1, 0);
    assert_int_equal(add(key, 1), 1);
    assert_int_equal(add(key, 2), 2);
    assert_int_equal(strlen(table[0].key), TALLY_KEY - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_each_key_has_its_count_within_its_window, reset),
        cmocka_unit_test_setup(test_the_oldest_gives_way, reset),
        cmocka_unit_test_setup(test_a_long_key_is_cut, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
