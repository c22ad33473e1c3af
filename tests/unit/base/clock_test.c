#include "../../support/check.h"

#include "base/clock.h"

static void test_clocks_are_plausible(void **state)
{
    (void)state;
    instant now = clock_now();
    assert_true(now > INT64_C(1700000000000) && now < INT64_C(253402300800000));
    int64_t before = clock_mono_ns(), after = clock_mono_ns();
    assert_true(before > 0 && after >= before);
}

int main(void)
{
    const struct CMUnitTest all[] = {cmocka_unit_test(test_clocks_are_plausible)};
    return cmocka_run_group_tests(all, NULL, NULL);
}
