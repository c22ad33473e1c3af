/* Holidays from an iCalendar: which days they are, what is refused, and what rotations make of them. */
#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include "rotation/rotation.h"

static struct holidays read;

static int tear_down(void **state)
{
    (void)state;
    holidays_finish(&read);
    read = (struct holidays){0};
    return 0;
}

/* The lines of events, which are separated by |, in a calendar. The caller frees. */
static char *calendar_of(const char *lines)
{
    struct str text = {0};
    str_add(&text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n");
    for (const char *p = lines; *p; p++)
        str_add(&text, *p == '|' ? "\r\n" : (char[]){*p, '\0'});
    str_add(&text, "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
    return str_take(&text);
}

static int64_t day(const char *date)
{
    CLEANUP_FREE char *text = xasprintf("%sT00:00:00Z", date);
    instant t = 0;
    assert_int_equal(instant_parse(text, &t, NULL), 0);
    return t / DAY;
}

static void takes(const char *lines)
{
    CLEANUP_FREE char *text = calendar_of(lines);
    struct error err;
    holidays_finish(&read);
    read = (struct holidays){0};
    if (holidays_read(text, strlen(text), &read, &err))
        fail_msg("%s: %s", lines, err.text);
}

/* They are these days, of those from the first to the last. */
static void are(const char *const *dates, size_t n)
{
    size_t i = holidays_from(&read, day(dates[0]));
    for (size_t k = 0; k < n; k++) {
        assert_true(i + k < read.days.n);
        assert_int_equal(read.days.v[i + k], day(dates[k]));
    }
}
#define ARE(...)                                                                                               \
    are((const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void refuses(const char *lines, const char *why)
{
    CLEANUP_FREE char *text = calendar_of(lines);
    struct error err;
    struct holidays none = {0};
    assert_true(holidays_read(text, strlen(text), &none, &err) < 0);
    assert_null(none.days.v);
    if (!strstr(err.text, why))
        fail_msg("%s: '%s' lacks '%s'", lines, err.text, why);
}

#define DAY_OF(date) "SUMMARY:X|DTSTART;VALUE=DATE:" date

static void an_end_is_not_part_of_it(void **state)
{
    (void)state;
    takes(DAY_OF("20261225"));
    assert_int_equal(read.days.n, 1);
    ARE("2026-12-25");
    takes(DAY_OF("20261225") "|DTEND;VALUE=DATE:20261226");
    assert_int_equal(read.days.n, 1);
    takes(DAY_OF("20261224") "|DTEND;VALUE=DATE:20261227");
    assert_int_equal(read.days.n, 3);
    ARE("2026-12-24", "2026-12-25", "2026-12-26");
    takes(DAY_OF("20280228") "|DURATION:P2D");
    ARE("2028-02-28", "2028-02-29");
}

/* Outlook writes midnights of a zone that nobody else knows. */
static void midnights_of_any_zone_are_days(void **state)
{
    (void)state;
    takes("SUMMARY:X|DTSTART;TZID=GMT Standard Time:20260403T000000|DTEND;TZID=GMT Standard "
          "Time:20260404T000000");
    assert_int_equal(read.days.n, 1);
    ARE("2026-04-03");
    takes("SUMMARY:X|DTSTART;TZID=\"(UTC+01:00) Amsterdam, Berlin\":20260403T000000");
    ARE("2026-04-03");
    refuses("SUMMARY:Lunch|DTSTART:20260403T120000|DTEND:20260403T130000",
            "'Lunch' does not begin with a whole day");
    refuses("SUMMARY:Eve|DTSTART:20260402T230000Z", "'Eve' does not begin with a whole day");
    refuses("SUMMARY:Half|DTSTART;TZID=Europe/London:20260403T000000|DTEND;TZID=Europe/London:20260403T120000",
            "'Half' is not of whole days");
}

static void days_come_every_year(void **state)
{
    (void)state;
    takes(DAY_OF("20201225") "|RRULE:FREQ=YEARLY");
    assert_int_equal(read.days.n, 80);
    assert_true(holidays_has(&read, day("2020-12-25")) && holidays_has(&read, day("2099-12-25")));
    takes(DAY_OF("20200525") "|RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;COUNT=3");
    assert_int_equal(read.days.n, 3);
    ARE("2020-05-25", "2021-05-31", "2022-05-30");
    takes(DAY_OF("20200101") "|RRULE:FREQ=YEARLY;UNTIL=20220101");
    assert_int_equal(read.days.n, 3);
    takes("SUMMARY:X|DTSTART;TZID=Europe/Berlin:20200501T000000|RRULE:FREQ=YEARLY;UNTIL=20220430T220000Z");
    assert_int_equal(read.days.n, 3);
    takes(DAY_OF("20240229") "|RRULE:FREQ=YEARLY;COUNT=2");
    ARE("2024-02-29", "2028-02-29");
}

static void exceptions_are_left_out(void **state)
{
    (void)state;
    takes("UID:a|" DAY_OF(
        "20200101") "|RRULE:FREQ=YEARLY;COUNT=4|EXDATE;VALUE=DATE:20210101|END:VEVENT|BEGIN:VEVENT|"
                    "UID:a|RECURRENCE-ID;VALUE=DATE:20220101|" DAY_OF("20220103"));
    assert_int_equal(read.days.n, 3);
    ARE("2020-01-01", "2022-01-03", "2023-01-01");
    takes(
        "UID:a|" DAY_OF("20200101") "|RRULE:FREQ=YEARLY;COUNT=2|END:VEVENT|BEGIN:VEVENT|UID:a|STATUS:CANCELLED|"
                                    "RECURRENCE-ID;VALUE=DATE:20210101|" DAY_OF("20210101"));
    assert_int_equal(read.days.n, 1);
}

static void what_cannot_be_read_is_refused_soon(void **state)
{
    (void)state;
    struct error err;
    struct holidays none = {0};
    refuses(DAY_OF("20200230"), "whole day");
    refuses(DAY_OF("20201301"), "");
    refuses(DAY_OF("20200101") "|DTEND;VALUE=DATE:20200101", "is not of whole days");
    refuses(DAY_OF("20200101") "|DTEND;VALUE=DATE:20220101", "is not of whole days");
    refuses(DAY_OF("20200101") "|RRULE:FREQ=WEEKLY", "is repeated otherwise than every year");
    refuses(DAY_OF("20200101") "|RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
            "is repeated otherwise than every year");
    refuses(DAY_OF("20200101") "|RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "has a rule that never comes");
    refuses(
        DAY_OF("20200101") "|RRULE:FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;BYDAY=MO,TU,WE,TH,FR,SA,SU",
        "comes too often");
    refuses(DAY_OF("20200101") "|RRULE:FREQ=NEVER", "cannot be read");
    refuses(DAY_OF("20200101") "|RDATE;VALUE=DATE:20210101", "has RDATE");
    assert_true(holidays_read("<html>", 6, &none, &err) < 0);
    assert_non_null(strstr(err.text, "it is no iCalendar"));
    assert_true(holidays_read("", 0, &none, &err) < 0);
}

static void several_calendars_may_follow_each_other(void **state)
{
    (void)state;
    CLEANUP_FREE char *one = calendar_of(DAY_OF("20261225")), *two = calendar_of(DAY_OF("20270101"));
    CLEANUP_FREE char *both = xasprintf("%s%s", one, two);
    assert_int_equal(holidays_read(both, strlen(both), &read, NULL), 0);
    ARE("2026-12-25", "2027-01-01");
}

/* ---- rotations ---- */

static const char *const people[] = {"ana", "bo", "cy"};
static const char *const others[] = {"dee"};

static struct layer daily(unsigned days)
{
    struct layer l = {
        .people = people, .n = 3, .zone = "Europe/London", .turn = DAY_MINUTES, .closes = DAY_MINUTES};
    l.start = (struct wall){.year = 2026, .month = 12, .day = 21, .weekday = 1}; /* a Monday */
    l.from = zone_from_wall(&l.start, l.zone);
    l.days = days;
    l.holidays = &read;
    return l;
}

static void on_call_is(const struct rotation *r, const char *when, const char *who)
{
    struct on_call on;
    instant t = 0;
    assert_int_equal(instant_parse(when, &t, NULL), 0);
    rotation_on_call(r, &(struct covers){0}, t, &on);
    assert_string_equal(on.n ? on.people[0] : "nobody", who);
}

static void hours_may_be_only_on_holidays_or_never(void **state)
{
    (void)state;
    takes(DAY_OF("20261225"));
    struct layer layers[] = {daily(HOLIDAYS_TOO), daily(0x3e | NO_HOLIDAYS)}; /* Monday to Friday */
    layers[0].people = others, layers[0].n = 1;
    struct rotation r = {"payments", "Europe/London", 1, layers, 2};
    on_call_is(&r, "2026-12-24T12:00:00Z", "ana");
    on_call_is(&r, "2026-12-25T00:00:00Z", "dee");
    on_call_is(&r, "2026-12-25T23:59:59Z", "dee");
    on_call_is(&r, "2026-12-26T12:00:00Z", "nobody");
    on_call_is(&r, "2026-12-28T12:00:00Z", "bo");
    r.layers = layers + 1, r.n = 1;
    on_call_is(&r, "2026-12-25T12:00:00Z", "nobody");
    layers[1].days = 0x41 | HOLIDAYS_TOO; /* weekends and holidays */
    on_call_is(&r, "2026-12-25T12:00:00Z", "bo");
    on_call_is(&r, "2026-12-26T12:00:00Z", "cy");
    on_call_is(&r, "2026-12-24T12:00:00Z", "nobody");
}

/* A holiday without hours is skipped by turns that skip days, and so is a weekday on which only a holiday has hours. */
static void turns_wait_over_holidays(void **state)
{
    (void)state;
    takes(DAY_OF("20261225") "|DTEND;VALUE=DATE:20261227"); /* Friday and Saturday */
    struct layer layer = daily(0x3e | NO_HOLIDAYS);
    struct rotation r = {"payments", "Europe/London", 1, &layer, 1};
    layer.skips = true;
    on_call_is(&r, "2026-12-24T12:00:00Z", "ana"); /* the fourth day */
    on_call_is(&r, "2026-12-25T12:00:00Z", "nobody");
    on_call_is(&r, "2026-12-28T12:00:00Z", "bo");
    layer.days = 0x3e | HOLIDAYS_TOO;
    on_call_is(&r, "2026-12-25T12:00:00Z", "bo");
    on_call_is(&r, "2026-12-26T12:00:00Z", "cy");
    on_call_is(&r, "2026-12-27T12:00:00Z", "nobody");
    on_call_is(&r, "2026-12-28T12:00:00Z", "ana");
}

/* Whichever days are holidays: those of next year are not known yet. */
static void gaps_on_holidays_are_found_before_there_are_any(void **state)
{
    (void)state;
    struct shift gap;
    takes(DAY_OF("19710101"));
    struct layer layers[] = {daily(EVERY_DAY | NO_HOLIDAYS), daily(HOLIDAYS_TOO)};
    struct rotation r = {"payments", "Europe/London", 1, layers, 2};
    assert_false(rotation_gap(&r, &gap));
    r.n = 1;
    assert_true(rotation_gap(&r, &gap));
    r.n = 2;
    layers[1].opens = layers[1].closes = 6 * 60; /* 06:00 to 06:00: the night before a holiday is nobody's */
    assert_true(rotation_gap(&r, &gap));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(an_end_is_not_part_of_it, tear_down),
        cmocka_unit_test_teardown(midnights_of_any_zone_are_days, tear_down),
        cmocka_unit_test_teardown(days_come_every_year, tear_down),
        cmocka_unit_test_teardown(exceptions_are_left_out, tear_down),
        cmocka_unit_test_teardown(what_cannot_be_read_is_refused_soon, tear_down),
        cmocka_unit_test_teardown(several_calendars_may_follow_each_other, tear_down),
        cmocka_unit_test_teardown(hours_may_be_only_on_holidays_or_never, tear_down),
        cmocka_unit_test_teardown(turns_wait_over_holidays, tear_down),
        cmocka_unit_test_teardown(gaps_on_holidays_are_found_before_there_are_any, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
