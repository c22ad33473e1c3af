/* Times as platforms write them. */
#include "../../support/check.h"

#include <tocsin/kit/clock.h>

static void times_are_read(void **state)
{
    (void)state;
    assert_int_equal(kit_time_ms("2026-11-29T18:20:30.1234567Z"), INT64_C(1795976430123));
    assert_int_equal(kit_time_ms("2026-11-29T18:20:30Z"), INT64_C(1795976430000));
    assert_int_equal(kit_time_ms("2026-11-29T18:20:30"), INT64_C(1795976430000));
    assert_int_equal(kit_time_ms("2026-11-29T19:20:30.000+0100"), INT64_C(1795976430000));
    assert_int_equal(kit_time_ms("2026-11-29T12:50:30-05:30"), INT64_C(1795976430000));
    assert_int_equal(kit_time_ms("2026-11-29T18:20:30+1"), INT64_C(1795976430000));
    assert_int_equal(kit_time_ms("2026-11-29T18:20:30+01:"), INT64_C(1795976430000) - 3600000);
    assert_int_equal(kit_time_ms(""), 0);
    assert_int_equal(kit_time_ms("yesterday"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(times_are_read)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
