#include "../../support/check.h"

#include "intake/allowance.h"

#define T0 ((int64_t)5000000)

static struct allowance allowance;

static int fill(void **state)
{
    (void)state;
    allowance_init(&allowance, T0);
    return 0;
}

static void test_what_is_allowed_at_once_needs_no_wait(void **state)
{
    (void)state;
    assert_int_equal(allowance_wait(&allowance, T0), 0);
    allowance_spend(&allowance, ALLOWANCE_TIME * 1000 - 1, ALLOWANCE_BYTES - 1, T0);
    assert_int_equal(allowance_wait(&allowance, T0), 0);
    assert_false(allowance_is_full(&allowance, T0));
}

static void test_time_comes_back(void **state)
{
    (void)state;
    allowance_spend(&allowance, (ALLOWANCE_TIME + 2 * ALLOWANCE_RATE) * 1000, 0, T0);
    assert_int_equal(allowance_wait(&allowance, T0), 3);
    assert_int_equal(allowance_wait(&allowance, T0 + 1500), 1);
    assert_int_equal(allowance_wait(&allowance, T0 + 2001), 0);
}

static void test_bytes_come_back(void **state)
{
    (void)state;
    allowance_spend(&allowance, 0, ALLOWANCE_BYTES + 10 * ALLOWANCE_BYTES_S, T0);
    assert_int_equal(allowance_wait(&allowance, T0), 11);
    assert_int_equal(allowance_wait(&allowance, T0 + 10000), 1);
    assert_int_equal(allowance_wait(&allowance, T0 + 10001), 0);
}

/* However long it is ago, and however small the steps, in which it is asked. */
static void test_it_is_full_again_and_never_more(void **state)
{
    (void)state;
    allowance_spend(&allowance, ALLOWANCE_TIME * 1000, ALLOWANCE_BYTES, T0);
    for (int64_t ms = 1; ms < ALLOWANCE_TIME * 1000 / ALLOWANCE_RATE; ms++)
        assert_false(allowance_is_full(&allowance, T0 + ms));
    int64_t late = T0 + ALLOWANCE_BYTES * 1000 / ALLOWANCE_BYTES_S + 1000;
    assert_true(allowance_is_full(&allowance, late));
    assert_true(allowance_is_full(&allowance, late + 400 * DAY));
    allowance_spend(&allowance, ALLOWANCE_TIME * 1000, 0, late + 400 * DAY);
    assert_int_equal(allowance_wait(&allowance, late + 400 * DAY), 1);
}

static void test_a_clock_that_stands_still_gives_nothing(void **state)
{
    (void)state;
    allowance_spend(&allowance, ALLOWANCE_TIME * 1000, 0, T0);
    assert_int_equal(allowance_wait(&allowance, T0), 1);
    assert_int_equal(allowance_wait(&allowance, T0 - 60000), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_what_is_allowed_at_once_needs_no_wait, fill),
        cmocka_unit_test_setup(test_time_comes_back, fill),
        cmocka_unit_test_setup(test_bytes_come_back, fill),
        cmocka_unit_test_setup(test_it_is_full_again_and_never_more, fill),
        cmocka_unit_test_setup(test_a_clock_that_stands_still_gives_nothing, fill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
