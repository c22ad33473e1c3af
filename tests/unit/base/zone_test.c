#include "../../support/check.h"

#include <string.h>

#include "base/mem.h"
#include "base/zone.h"

#define LONDON   "Europe/London"
#define NEW_YORK "America/New_York"

static instant at(const char *text)
{
    instant t = 0;
    assert_int_equal(instant_parse(text, &t, NULL), 0);
    return t;
}

static void test_which_zones_exist(void **state)
{
    (void)state;
    assert_true(zone_exists(LONDON) && zone_exists("UTC") && zone_exists("US/Eastern"));
    assert_false(zone_exists(NULL) || zone_exists("") || zone_exists("Mars/Base"));
    assert_false(zone_exists("../../../etc/passwd") || zone_exists("/etc/localtime") || zone_exists("Europe"));
}

static void test_wall_in_summer_and_winter(void **state)
{
    (void)state;
    struct wall w = zone_to_wall(at("2026-07-01T23:30:15Z"), LONDON);
    assert_int_equal(w.month * 100 + w.day, 702);
    assert_int_equal(w.hour * 10000 + w.minute * 100 + w.second, 3015);
    assert_int_equal(w.weekday, 4);
    assert_int_equal(w.offset_seconds, 3600);
    assert_int_equal(zone_to_wall(at("2026-01-01T12:00:00Z"), NEW_YORK).offset_seconds, -5 * 3600);
    assert_int_equal(zone_to_wall(at("2026-01-01T12:00:00Z"), "Asia/Kolkata").offset_seconds, 19800);
    assert_int_equal(zone_to_wall(at("2026-07-01T12:00:00Z"), "Mars/Base").hour, 12);
    assert_int_equal(zone_to_wall(at("2026-07-01T12:00:00Z"), NULL).hour, 12);
}

static instant from_wall(int month, int day, int hour, int minute, const char *zone)
{
    return zone_from_wall(&(struct wall){2026, month, day, hour, minute, 0, 0, 0}, zone);
}

static void test_skipped_and_repeated_hours(void **state)
{
    (void)state;
    assert_int_equal(from_wall(3, 29, 0, 59, LONDON), at("2026-03-29T00:59:00Z"));
    assert_int_equal(from_wall(3, 29, 1, 30, LONDON),
                     at("2026-03-29T01:30:00Z")); /* the gap moves it to 02:30 */
    assert_int_equal(from_wall(3, 29, 2, 0, LONDON), at("2026-03-29T01:00:00Z"));
    assert_int_equal(from_wall(10, 25, 1, 30, LONDON), at("2026-10-25T00:30:00Z"));
    assert_int_equal(from_wall(10, 25, 2, 0, LONDON), at("2026-10-25T02:00:00Z"));
    assert_int_equal(from_wall(3, 8, 2, 30, NEW_YORK), at("2026-03-08T07:30:00Z"));
    assert_int_equal(from_wall(11, 1, 1, 30, NEW_YORK), at("2026-11-01T05:30:00Z"));
}

/* Every half hour of a year, in zones of both hemispheres: there and back, except in the hour that occurs twice. */
static void test_there_and_back(void **state)
{
    (void)state;
    static const char *const zones[] = {LONDON, NEW_YORK, "Australia/Lord_Howe", "Asia/Kathmandu",
                                        "America/St_Johns"};
    for (size_t i = 0; i < ARRAY_SIZE(zones); i++) {
        int repeated = 0;
        for (instant t = at("2026-01-01T00:00:00Z"); t < at("2027-01-01T00:00:00Z"); t += HOUR / 2) {
            struct wall w = zone_to_wall(t, zones[i]);
            instant back = zone_from_wall(&w, zones[i]);
            assert_true(back == t || (back < t && t - back <= HOUR));
            repeated += back != t;
        }
        assert_in_range(repeated, 0, 2);
    }
}

static void assert_when(const char *now, const char *text, const char *zone, const char *wanted)
{
    instant t;
    struct error err;
    if (when_parse(text, at(now), zone, &t, &err) < 0)
        fail_msg("%s", err.text);
    char shown[INSTANT_TEXT];
    instant_format(t, shown);
    memcpy(shown + 16, "Z", 2);
    if (strcmp(shown, wanted) != 0)
        fail_msg("'%s' gave %s, not %s", text, shown, wanted);
}

#define MONDAY "2026-11-23T15:06:22Z" /* London is on UTC then */

static void test_when_in_words(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"2h", "2026-11-23T17:06Z"},
        {"for 2h", "2026-11-23T17:06Z"},
        {"in 90 minutes", "2026-11-23T16:36Z"},
        {"tomorrow 9:00", "2026-11-24T09:00Z"},
        {"until tomorrow", "2026-11-24T09:00Z"},
        {"Tomorrow at 5pm", "2026-11-24T17:00Z"},
        {"monday 10:30", "2026-11-30T10:30Z"},
        {"monday 16:00", "2026-11-23T16:00Z"},
        {"next monday 16:00", "2026-11-30T16:00Z"},
        {"on fri", "2026-11-27T09:00Z"},
        {"until friday, noon", "2026-11-27T12:00Z"},
        {"at 17:00", "2026-11-23T17:00Z"},
        {"17:00", "2026-11-23T17:00Z"},
        {"9am", "2026-11-24T09:00Z"},
        {"9 AM", "2026-11-24T09:00Z"},
        {"9:30pm", "2026-11-23T21:30Z"},
        {"12am", "2026-11-24T00:00Z"},
        {"12pm", "2026-11-24T12:00Z"},
        {"midnight", "2026-11-24T00:00Z"},
        {"2026-11-24 09:00", "2026-11-24T09:00Z"},
        {"2026-12-01", "2026-12-01T09:00Z"},
        {"2026-11-24T09:00:00+01:00", "2026-11-24T08:00Z"},
        {"tonight", "2026-11-23T20:00Z"},
        {"tonight 22:15", "2026-11-23T22:15Z"},
        {"next week", "2026-11-30T09:00Z"},
        {"next week 8:00", "2026-11-30T08:00Z"},
        {"24 nov", "2026-11-24T09:00Z"},
        {"Tue 24 Nov 09:00", "2026-11-24T09:00Z"},
        {"dec 1st 9:00", "2026-12-01T09:00Z"},
        {"1st of december at 10am", "2026-12-01T10:00Z"},
        {"until the 22nd dec.", "2026-12-22T09:00Z"},
        {"Dec 3rd, 2026 8:00", "2026-12-03T08:00Z"},
        {"sept 4", "2027-09-04T08:00Z"},
        {"thurs 9:00", "2026-11-26T09:00Z"},
        {"24.12.2026 9:00", "2026-12-24T09:00Z"},
        {"2026/12/24", "2026-12-24T09:00Z"},
        {"1 march", "2027-03-01T09:00Z"},
        {"4 Jan 2027 10:00", "2027-01-04T10:00Z"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        assert_when(MONDAY, rows[i][0], LONDON, rows[i][1]);
}

static void test_when_in_another_zone(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"until 9:00 UTC", "2026-11-24T09:00Z"},
        {"until tomorrow 9:00 gmt", "2026-11-24T09:00Z"},
        {"9:00Z", "2026-11-24T09:00Z"},
        {"until 9:00 +05:30", "2026-11-24T03:30Z"},
        {"9:00+05:30", "2026-11-24T03:30Z"},
        {"tomorrow 9am -0800", "2026-11-24T17:00Z"},
        {"tomorrow 9:00 UTC+1", "2026-11-24T08:00Z"},
        {"until 2026-11-25T09:00:00Z", "2026-11-25T09:00Z"},
        {"until 2026-11-25T09:00:00.5+05:30", "2026-11-25T03:30Z"},
        {"until 2026-11-25T09:00-05:00", "2026-11-25T14:00Z"},
        {"until 2026-11-25T09:00", "2026-11-25T14:00Z"},
        {"until 2026-11-25 09:00 Z", "2026-11-25T09:00Z"},
        {"until 9:00 Europe/Madrid", "2026-11-24T08:00Z"},
        {"for an hour", "2026-11-23T16:00Z"},
        {"for half an hour", "2026-11-23T15:30Z"},
        {"in a day", "2026-11-24T15:00Z"},
        {"until tomorrow morning", "2026-11-24T14:00Z"},
        {"until tuesday afternoon", "2026-11-24T19:00Z"},
        {"until end of day", "2026-11-23T23:00Z"},
        {"until the end", NULL},
        {"until end of the day UTC", "2026-11-23T18:00Z"},
        {"until eod", "2026-11-23T23:00Z"},
        {"9:00 UTC+1 UTC", NULL},
        {"9:00-10:00", NULL},
        {"UTC", NULL},
        {"9:00 +99", NULL},
        {"9:00 CI/CD", NULL},
        {"morning", NULL},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        instant t;
        if (rows[i][1])
            assert_when("2026-11-23T15:00:00Z", rows[i][0], NEW_YORK, rows[i][1]);
        else if (when_parse(rows[i][0], at(MONDAY), NEW_YORK, &t, NULL) != ERR_INVALID)
            fail_msg("'%s' was understood", rows[i][0]);
    }
}

static void test_when_across_a_change(void **state)
{
    (void)state;
    assert_when("2026-03-28T12:00:00Z", "tomorrow 9:00", LONDON, "2026-03-29T08:00Z");
    assert_when("2026-03-28T12:00:00Z", "tomorrow 1:30", LONDON, "2026-03-29T01:30Z");
    assert_when("2026-03-28T12:00:00Z", "24h", LONDON, "2026-03-29T12:00Z");
    assert_when("2026-10-24T12:00:00Z", "tomorrow 9:00", LONDON, "2026-10-25T09:00Z");
    assert_when("2026-10-24T12:00:00Z", "tomorrow 1:30", LONDON, "2026-10-25T00:30Z");
    assert_when("2026-03-07T12:00:00Z", "sunday 9am", NEW_YORK, "2026-03-08T13:00Z");
    assert_when("2026-03-07T12:00:00Z", "tomorrow 2:30", NEW_YORK, "2026-03-08T07:30Z");
    assert_when("2026-10-31T12:00:00Z", "tomorrow 1:30", NEW_YORK, "2026-11-01T05:30Z");
    assert_when("2026-10-31T12:00:00Z", "monday 9:00", NEW_YORK, "2026-11-02T14:00Z");
    /* Monday in New York, but Tuesday in UTC. */
    assert_when("2026-11-24T02:00:00Z", "tomorrow", NEW_YORK, "2026-11-24T14:00Z");
    assert_when("2026-12-31T23:30:00Z", "tomorrow", LONDON, "2027-01-01T09:00Z");
}

static void test_not_a_time(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"", "I can't read"},
        {"soon", "I can't read"},
        {"25:00", "I can't read"},
        {"9:60", "I can't read"},
        {"9:5", "I can't read"},
        {"13pm", "I can't read"},
        {"0am", "I can't read"},
        {"24", "I can't read"},
        {"next", "I can't read"},
        {"next 17:00", "I can't read"},
        {"tomorrow tomorrow", "I can't read"},
        {"tomorrow monday", "I can't read"},
        {"2026-02-30", "does not exist, or is not on that day"},
        {"30 february", "does not exist, or is not on that day"},
        {"nov 31 9:00", "does not exist, or is not on that day"},
        {"wed 24 nov", "does not exist, or is not on that day"},
        {"9:00 PT", "'PT' in '9:00 PT' can mean several time zones"},
        {"9:00 et", "'et'"},
        {"24.12.26", "I can't read"},
        {"24/12/2026", "I can't read"},
        {"1xt dec", "I can't read"},
        {"mon 24 nov", "does not exist, or is not on that day"},
        {"2027", "I can't read"},
        {"tomorrow 9:00 sharp", "I can't read"},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "I can't read"},
        {"today", "is in the past"},
        {"today 9:00", "is in the past"},
        {"2026-11-01", "is in the past"},
        {"2020-01-01T00:00:00Z", "is in the past"},
        {"2028-01-01", "more than 366 days"},
        {"2028-01-01T00:00:00Z", "more than 366 days"},
        {"for 400d", "at most 366 days"},
        {"until 9:00 CET", "'CET' in 'until 9:00 CET' can mean several time zones"},
        {"tomorrow 9:00 pst", "'pst'"},
        {"9:00 EAT", "'EAT'"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        instant t = 7;
        struct error err = {0};
        bool not_a_time = strcmp(rows[i][1], "I can't read") == 0;
        if (when_parse(rows[i][0], at(MONDAY), LONDON, &t, &err) != (not_a_time ? ERR_INVALID : ERR_REFUSED))
            fail_msg("'%s' was understood", rows[i][0]);
        assert_int_equal(t, 7);
        assert_non_null(strstr(err.text, rows[i][1]));
        assert_true(strstr(err.text, "Try `tomorrow 9:00` or `in 2h`.") ||
                    strstr(err.text, "at most 366 days") || strstr(err.text, "write UTC, an offset such as"));
    }
}

static void assert_shown(const char *t, const char *zone, const char *wanted)
{
    CLEANUP_STR struct str s = {0};
    when_format(at(t), at(MONDAY), zone, &s);
    assert_string_equal(s.p, wanted);
}

static void test_when_shown(void **state)
{
    (void)state;
    assert_shown("2026-11-23T17:00:00Z", LONDON, "today 17:00");
    assert_shown("2026-11-24T09:00:00Z", LONDON, "tomorrow 09:00");
    assert_shown("2026-11-25T09:05:00Z", LONDON, "Wed 25 Nov 09:05");
    assert_shown("2027-01-04T10:00:00Z", LONDON, "Mon 4 Jan 2027 10:00");
    assert_shown("2026-11-24T03:00:00Z", NEW_YORK, "today 22:00");
    assert_shown("2026-11-22T09:00:00Z", NULL, "Sun 22 Nov 09:00");
}

/* Whatever is shown may be typed again. */
static void test_shown_reads_back(void **state)
{
    (void)state;
    for (instant t = at("2026-11-23T15:07:00Z"); t < at("2027-11-20T00:00:00Z"); t += 11 * HOUR + 13 * MINUTE) {
        CLEANUP_STR struct str s = {0};
        instant back = 0;
        when_format(t, at(MONDAY), NEW_YORK, &s);
        assert_int_equal(when_parse(s.p, at(MONDAY), NEW_YORK, &back, NULL), 0);
        assert_true(back == t || t - back == HOUR);
    }
}

static void assert_span(const char *text, const char *from, const char *until)
{
    instant a, b;
    struct error err;
    if (when_parse_span(text, at(MONDAY), LONDON, &a, &b, &err))
        fail_msg("%s: %s", text, err.text);
    assert_int_equal(a, at(from));
    assert_int_equal(b, at(until));
}

static void test_a_time_with_an_end(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "tomorrow",
                                        "tomorrow 9",
                                        "9",
                                        "2026-12-24",
                                        "tomorrow 9-25",
                                        "tomorrow 9-17-18",
                                        "until",
                                        "for",
                                        "tomorrow 9:00 until yesterday",
                                        "to",
                                        "tomorrow -17",
                                        "9-"};
    assert_span("tomorrow 9-17", "2026-11-24T09:00:00Z", "2026-11-24T17:00:00Z");
    assert_span("22:00–6am", "2026-11-23T22:00:00Z", "2026-11-24T06:00:00Z");
    assert_span("dec 1st 9:30-5pm", "2026-12-01T09:30:00Z", "2026-12-01T17:00:00Z");
    assert_span("friday 18:00 until monday 9:00", "2026-11-27T18:00:00Z", "2026-11-30T09:00:00Z");
    assert_span("from tomorrow 9:00 to 17:00", "2026-11-24T09:00:00Z", "2026-11-24T17:00:00Z");
    assert_span("tomorrow 9:00 for 2h", "2026-11-24T09:00:00Z", "2026-11-24T11:00:00Z");
    instant a, b;
    assert_int_equal(when_parse_span("for 2h", at(MONDAY), LONDON, &a, &b, NULL), 0);
    assert_true(a == at(MONDAY) && b == a + 2 * HOUR);
    assert_int_equal(when_parse_span("until tomorrow", at(MONDAY), LONDON, &a, &b, NULL), 0);
    assert_true(a == at(MONDAY) && b == at("2026-11-24T09:00:00Z"));
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        if (!when_parse_span(wrong[i], at(MONDAY), LONDON, &a, &b, NULL))
            fail_msg("'%s' was taken as a time", wrong[i]);
    }
}

static void assert_days(const char *text, const char *from, const char *until)
{
    instant a, b;
    struct error err;
    if (when_parse_days(text, at(MONDAY), LONDON, &a, &b, &err))
        fail_msg("%s: %s", text, err.text);
    assert_int_equal(a, at(from));
    assert_int_equal(b, at(until));
}

static void test_whole_days(void **state)
{
    (void)state;
    instant a, b;
    assert_days("21 dec - 2 jan", "2026-12-21T00:00:00Z", "2027-01-03T00:00:00Z");
    assert_days("from 21 dec – dec 21", "2026-12-21T00:00:00Z", "2026-12-22T00:00:00Z");
    assert_days("2027-03-27 to 2027-03-28", "2027-03-27T00:00:00Z", "2027-03-28T23:00:00Z");
    assert_days("tomorrow", "2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z");
    assert_days("today", MONDAY, "2026-11-24T00:00:00Z");
    assert_days("friday until monday", "2026-11-27T00:00:00Z", "2026-12-01T00:00:00Z");
    assert_days("until friday", MONDAY, "2026-11-28T00:00:00Z");
    assert_days("friday 18:00 until monday 9:00", "2026-11-27T18:00:00Z", "2026-11-30T09:00:00Z");
    assert_days("tomorrow 9-17", "2026-11-24T09:00:00Z", "2026-11-24T17:00:00Z");
    static const char *const wrong[] = {"", "soon", "21 dec -", "31 nov - 2 dec", "- 2 jan", "9"};
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        if (!when_parse_days(wrong[i], at(MONDAY), LONDON, &a, &b, NULL))
            fail_msg("'%s' was taken as days", wrong[i]);
    }
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_which_zones_exist),
        cmocka_unit_test(test_wall_in_summer_and_winter),
        cmocka_unit_test(test_skipped_and_repeated_hours),
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_when_in_words),
        cmocka_unit_test(test_when_in_another_zone),
        cmocka_unit_test(test_when_across_a_change),
        cmocka_unit_test(test_not_a_time),
        cmocka_unit_test(test_when_shown),
        cmocka_unit_test(test_shown_reads_back),
        cmocka_unit_test(test_whole_days),
        cmocka_unit_test(test_a_time_with_an_end),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
