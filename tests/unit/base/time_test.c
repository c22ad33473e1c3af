#include "../../support/check.h"

#include <string.h>

#include "base/mem.h"
#include "base/time.h"

static instant parsed(const char *text)
{
    instant t = -1;
    return instant_parse(text, &t, NULL) < 0 ? -1 : t;
}

static void test_instant_both_ways(void **state)
{
    (void)state;
    char buffer[INSTANT_TEXT];
    assert_string_equal(instant_format(0, buffer), "");
    assert_string_equal(instant_format(1795446382123, buffer), "2026-11-23T15:06:22.123Z");
    assert_string_equal(instant_format(253402300799999, buffer), "9999-12-31T23:59:59.999Z");
    for (instant t = 1; t < 253402300799999; t += 86400000 * 11 + 12345677)
        assert_int_equal(parsed(instant_format(t, buffer)), t);
}

static void test_instant_spellings(void **state)
{
    (void)state;
    assert_int_equal(parsed("2026-11-23T15:06:22Z"), 1795446382000);
    assert_int_equal(parsed("2026-11-23 15:06:22z"), 1795446382000);
    assert_int_equal(parsed("2026-11-23t10:06:22.1-05:00"), 1795446382100);
    assert_int_equal(parsed("2026-11-23T20:36:22.123456789+05:30"), 1795446382123);
    assert_int_equal(parsed("1970-01-01T00:00:00Z"), 0);
    assert_int_equal(parsed("1969-12-31T23:59:59-01:00"), 3599000);
    assert_int_equal(parsed("2024-02-29T00:00:00Z"), 1709164800000);
    assert_int_equal(parsed("2016-12-31T23:59:60Z"), 1483228800000);
}

static void test_not_an_instant(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "2026",
        "2026-11-23",
        "2026-11-23T15:06:22",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-10T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:61Z",
        "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00Zx",
        "0001-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "2026-01-01T00:00:00+0100",
        "2026-01-01T00:00:00+24:00",
        "9999-12-31T23:59:59-01:00",
        " 2026-01-01T00:00:00Z",
        "2026-1-01T00:00:00Z",
    };
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        assert_int_equal(parsed(bad[i]), -1);
}

static duration length(const char *text)
{
    duration d = -1;
    return duration_parse(text, &d, NULL) < 0 ? -1 : d;
}

static void test_duration_spellings(void **state)
{
    (void)state;
    assert_int_equal(length("2h"), 2 * HOUR);
    assert_int_equal(length("90m"), 90 * MINUTE);
    assert_int_equal(length("1h30m"), 90 * MINUTE);
    assert_int_equal(length(" 1h 30 min "), 90 * MINUTE);
    assert_int_equal(length("2 hours"), 2 * HOUR);
    assert_int_equal(length("1 Day"), DAY);
    assert_int_equal(length("45 seconds"), 45 * SECOND);
    assert_int_equal(length("1.5h"), 90 * MINUTE);
    assert_int_equal(length("366d"), 366 * DAY);
    assert_int_equal(length("2 weeks"), 14 * DAY);
}

static void test_not_a_duration(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",     " ",      "2",       "h",         "2 fortnights", "0s",
        "0.5s", "367d",   "366d 1s", "-2h",       "1h-",          "99999999999999999999s",
        "1e3s", "2h and", ".5h",     "31622401s", "53w",
    };
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        assert_int_equal(length(bad[i]), -1);
}

static void test_duration_text(void **state)
{
    (void)state;
    static const struct {
        duration d;
        const char *text;
    } rows[] = {
        {0, "0s"},
        {999, "0s"},
        {-5, "0s"},
        {45 * SECOND, "45s"},
        {90 * MINUTE, "1h 30m"},
        {3 * DAY + 4 * HOUR, "3d 4h"},
        {HOUR + 5 * SECOND, "1h 5s"},
        {DAY + HOUR + MINUTE, "1d 1h"},
        {2 * HOUR, "2h"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        CLEANUP_STR struct str s = {0};
        duration_format(rows[i].d, &s);
        assert_string_equal(str_text(&s), rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_instant_both_ways), cmocka_unit_test(test_instant_spellings),
        cmocka_unit_test(test_not_an_instant),    cmocka_unit_test(test_duration_spellings),
        cmocka_unit_test(test_not_a_duration),    cmocka_unit_test(test_duration_text),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
