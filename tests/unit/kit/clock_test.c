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

static void times_are_written(void **state)
{
    (void)state;
    char text[KIT_TIME_BYTES];
    kit_time_text(INT64_C(1795976430123), text);
    assert_string_equal(text, "2026-11-29T18:20:30Z");
    kit_time_text(0, text);
    assert_string_equal(text, "1970-01-01T00:00:00Z");
    kit_time_text(INT64_MAX, text);
    assert_string_equal(text, "292278994-08-17T07:12:55Z");
    kit_time_text(INT64_MIN, text);
    assert_string_equal(text, "-292275055-05-16T16:47:05Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(times_are_read), cmocka_unit_test(times_are_written)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
