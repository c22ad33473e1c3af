/* Who is on call when: clocks that change, hours, days, layers, covers; and random rotations, whose shifts must tell what each instant says. */
#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include "../../support/rotation_world.h"
#include "base/mem.h"

static const char *const names[] = {"ana", "bo", "cy", "dee", "eve"};

static instant at(const char *text)
{
    instant t = 0;
    assert_int_equal(instant_parse(text, &t, NULL), 0);
    return t;
}

/* All day, of the first n names. */
static struct layer layer(size_t n, const char *zone, const char *date, int minute, int turn)
{
    struct layer l = {
        .people = names, .n = n, .zone = zone, .turn = turn, .days = EVERY_DAY, .closes = DAY_MINUTES};
    assert_int_equal(sscanf(date, "%d-%d-%d", &l.start.year, &l.start.month, &l.start.day), 3);
    l.start.minute = minute;
    l.from = zone_from_wall(&l.start, zone);
    return l;
}

static struct rotation rotation(const struct layer *layers, size_t n, int at_once)
{
    return (struct rotation){
        .name = "payments", .zone = layers->zone, .at_once = at_once, .layers = layers, .n = n};
}

static const struct covers no_covers;

static void on_call_is(const struct rotation *r, const char *when, const char *first, const char *second)
{
    struct on_call on;
    rotation_on_call(r, &no_covers, at(when), &on);
    if (on.n != (size_t) !!first + (size_t) !!second || (first && strcmp(on.people[0], first) != 0) ||
        (second && strcmp(on.people[1], second) != 0))
        fail_msg("%s: %s and %s, not %s", when, on.n ? on.people[0] : "nobody",
                 on.n > 1 ? on.people[1] : "nobody", first ? first : "nobody");
}

static bool add_shift(void *ctx, const struct shift *shift)
{
    char from[INSTANT_TEXT];
    struct str *out = ctx;
    instant_format(shift->from, from);
    str_addf(out, "%s%.10s %.5s %s", out->len ? "\n" : "", from, from + 11,
             shift->on.n ? shift->on.people[0] : "-");
    if (shift->on.n > 1)
        str_addf(out, "+%s", shift->on.people[1]);
    return true;
}

static void shifts_are(const struct rotation *r, const struct covers *covers, const char *from,
                       const char *until, const char *wanted)
{
    CLEANUP_STR struct str out = {0};
    rotation_shifts(r, covers, at(from), at(until), add_shift, &out);
    assert_string_equal(out.p, wanted);
}

/* ---- clocks that change ---- */

static void a_missing_hour_moves_the_handover_on_and_a_double_hour_is_the_first(void **state)
{
    (void)state;
    struct layer l = layer(2, "Europe/London", "2026-03-01", 90, DAY_MINUTES);
    struct rotation r = rotation(&l, 1, 1);
    shifts_are(&r, &no_covers, "2026-03-28T01:30:00Z", "2026-03-31T00:30:00Z",
               "2026-03-28 01:30 bo\n2026-03-29 01:30 ana\n2026-03-30 00:30 bo");
    shifts_are(&r, &no_covers, "2026-10-24T00:30:00Z", "2026-10-27T01:30:00Z",
               "2026-10-24 00:30 bo\n2026-10-25 00:30 ana\n2026-10-26 01:30 bo");
}

static void a_weekly_handover_keeps_its_time_of_day(void **state)
{
    (void)state;
    struct layer l = layer(2, "America/New_York", "2026-03-02", 9 * 60, WEEK_MINUTES);
    struct rotation r = rotation(&l, 1, 1);
    shifts_are(&r, &no_covers, "2026-03-02T14:00:00Z", "2026-03-16T13:00:00Z",
               "2026-03-02 14:00 ana\n2026-03-09 13:00 bo");
    shifts_are(&r, &no_covers, "2026-10-26T13:00:00Z", "2026-11-09T14:00:00Z",
               "2026-10-26 13:00 ana\n2026-11-02 14:00 bo");
    struct layer london = layer(2, "Europe/London", "2026-10-12", 9 * 60, WEEK_MINUTES);
    r = rotation(&london, 1, 1);
    shifts_are(&r, &no_covers, "2026-10-19T08:00:00Z", "2026-11-02T09:00:00Z",
               "2026-10-19 08:00 bo\n2026-10-26 09:00 ana");
}

static void a_night_is_an_hour_shorter_or_longer(void **state)
{
    (void)state;
    struct layer l = layer(1, "America/New_York", "2026-01-05", 9 * 60, WEEK_MINUTES);
    l.opens = 22 * 60, l.closes = 6 * 60;
    struct rotation r = rotation(&l, 1, 1);
    shifts_are(&r, &no_covers, "2026-03-07T23:00:00Z", "2026-03-08T12:00:00Z",
               "2026-03-07 23:00 -\n2026-03-08 03:00 ana\n2026-03-08 10:00 -");
    shifts_are(&r, &no_covers, "2026-11-01T00:00:00Z", "2026-11-01T12:00:00Z",
               "2026-11-01 00:00 -\n2026-11-01 02:00 ana\n2026-11-01 11:00 -");
}

static void half_an_hour_is_missing_or_double_too(void **state)
{
    (void)state;
    struct layer spring = layer(2, "Australia/Lord_Howe", "2026-09-01", 135, DAY_MINUTES);
    struct rotation r = rotation(&spring, 1, 1);
    shifts_are(&r, &no_covers, "2026-10-02T15:45:00Z", "2026-10-05T15:15:00Z",
               "2026-10-02 15:45 ana\n2026-10-03 15:45 bo\n2026-10-04 15:15 ana");
    struct layer autumn = layer(2, "Australia/Lord_Howe", "2026-03-01", 105, DAY_MINUTES);
    r = rotation(&autumn, 1, 1);
    shifts_are(&r, &no_covers, "2026-04-03T14:45:00Z", "2026-04-06T15:15:00Z",
               "2026-04-03 14:45 ana\n2026-04-04 14:45 bo\n2026-04-05 15:15 ana");
}

static void midnight_can_be_missing_and_rules_change(void **state)
{
    (void)state;
    struct layer l = layer(2, "America/Sao_Paulo", "2018-10-01", 0, DAY_MINUTES);
    struct rotation r = rotation(&l, 1, 1);
    shifts_are(&r, &no_covers, "2018-11-03T03:00:00Z", "2018-11-06T02:00:00Z",
               "2018-11-03 03:00 bo\n2018-11-04 03:00 ana\n2018-11-05 02:00 bo");
    struct layer late = layer(2, "America/Sao_Paulo", "2019-02-01", 23 * 60 + 30, DAY_MINUTES);
    r = rotation(&late, 1, 1);
    shifts_are(&r, &no_covers, "2019-02-17T01:30:00Z", "2019-02-18T02:30:00Z", "2019-02-17 01:30 bo");
    struct layer now =
        layer(2, "America/Sao_Paulo", "2026-11-03", 9 * 60, DAY_MINUTES); /* no summer time since 2019 */
    assert_int_equal(now.from, at("2026-11-03T12:00:00Z"));
}

static void a_leap_day_is_a_day(void **state)
{
    (void)state;
    struct layer l = layer(3, "UTC", "2028-02-27", 0, DAY_MINUTES);
    struct rotation r = rotation(&l, 1, 1);
    on_call_is(&r, "2028-02-28T12:00:00Z", "bo", NULL);
    on_call_is(&r, "2028-02-29T12:00:00Z", "cy", NULL);
    on_call_is(&r, "2028-03-01T12:00:00Z", "ana", NULL);
}

/* ---- hours, days, layers ---- */

static void a_turn_goes_on_through_the_weekend_or_waits(void **state)
{
    (void)state;
    struct layer l = layer(3, "Europe/Berlin", "2026-03-23", 9 * 60, DAY_MINUTES); /* a Monday */
    l.days = 0x3e, l.opens = 9 * 60, l.closes = 17 * 60;
    struct rotation r = rotation(&l, 1, 1);
    on_call_is(&r, "2026-03-27T10:00:00Z", "bo", NULL); /* Friday, the fifth day */
    on_call_is(&r, "2026-03-28T10:00:00Z", NULL, NULL);
    on_call_is(&r, "2026-03-30T10:00:00Z", "bo", NULL); /* the eighth */
    l.skips = true;
    on_call_is(&r, "2026-03-27T10:00:00Z", "bo", NULL);
    on_call_is(&r, "2026-03-30T10:00:00Z", "cy", NULL); /* the sixth with hours */
    on_call_is(&r, "2026-04-06T10:00:00Z", "bo", NULL); /* the eleventh */
}

static void layers_follow_the_sun_and_the_first_hides_the_others(void **state)
{
    (void)state;
    struct layer sun[] = {layer(1, "Europe/London", "2026-03-02", 9 * 60, WEEK_MINUTES),
                          layer(1, "America/Los_Angeles", "2026-03-02", 9 * 60, WEEK_MINUTES),
                          layer(1, "Asia/Tokyo", "2026-03-02", 9 * 60, WEEK_MINUTES)};
    sun[1].people = names + 1, sun[2].people = names + 2;
    sun[0].opens = 9 * 60, sun[0].closes = 17 * 60;
    sun[1].opens = 9 * 60, sun[1].closes = 17 * 60;
    struct rotation r = rotation(sun, 3, 1);
    shifts_are(&r, &no_covers, "2026-03-04T09:00:00Z", "2026-03-05T09:00:00Z",
               "2026-03-04 09:00 ana\n2026-03-04 17:00 bo\n2026-03-05 01:00 cy");
}

static void two_at_once_follow_each_other(void **state)
{
    (void)state;
    struct layer l = layer(3, "UTC", "2026-03-23", 9 * 60, WEEK_MINUTES);
    struct rotation r = rotation(&l, 1, 2);
    on_call_is(&r, "2026-03-23T08:59:59Z", NULL, NULL); /* it has not begun */
    on_call_is(&r, "2026-03-23T09:00:00Z", "ana", "bo");
    on_call_is(&r, "2026-04-06T09:00:00Z", "cy", "ana");
    l.until = at("2026-04-06T09:00:00Z");
    on_call_is(&r, "2026-04-06T09:00:00Z", NULL, NULL);
}

static void gaps_are_found(void **state)
{
    (void)state;
    struct layer two[] = {layer(1, "UTC", "2026-03-23", 9 * 60, WEEK_MINUTES),
                          layer(1, "UTC", "2026-03-23", 9 * 60, WEEK_MINUTES)};
    struct shift gap;
    two[0].days = 0x3e;
    struct rotation r = rotation(two, 1, 1);
    assert_true(rotation_gap(&r, &gap));
    assert_int_equal(gap.from, at("2026-03-28T00:00:00Z"));
    assert_int_equal(gap.until, at("2026-03-30T00:00:00Z"));
    r.n = 2;
    assert_false(rotation_gap(&r, &gap));
    two[1].days = 0x41; /* exactly the rest */
    assert_false(rotation_gap(&r, &gap));
}

/* ---- covers ---- */

static void a_cover_over_three_shifts_is_of_one_person_and_fills_no_gap(void **state)
{
    (void)state;
    struct layer l = layer(2, "UTC", "2026-03-23", 9 * 60, DAY_MINUTES);
    l.opens = 9 * 60, l.closes = 17 * 60;
    struct rotation r = rotation(&l, 1, 1);
    struct cover cover = {"ana", "zed", at("2026-03-23T12:00:00Z"), at("2026-03-25T12:00:00Z")};
    struct covers covers = {.v = &cover, .n = 1};
    shifts_are(&r, &covers, "2026-03-23T09:00:00Z", "2026-03-25T17:00:00Z",
               "2026-03-23 09:00 ana\n2026-03-23 12:00 zed\n2026-03-23 17:00 -\n2026-03-24 09:00 "
               "bo\n2026-03-24 17:00 -\n"
               "2026-03-25 09:00 zed\n2026-03-25 12:00 ana");
}

static void a_later_cover_holds_over_an_earlier_and_nobody_is_there_twice(void **state)
{
    (void)state;
    struct layer l = layer(3, "UTC", "2026-03-23", 9 * 60, WEEK_MINUTES);
    struct rotation r = rotation(&l, 1, 2);
    instant from = at("2026-03-23T09:00:00Z"), until = at("2026-03-24T09:00:00Z");
    struct cover both[] = {{"ana", "zed", from, until}, {"zed", "bo", from, until}, {"zed", "cy", from, until}};
    struct on_call on;
    rotation_on_call(&r, &(struct covers){.v = both, .n = 1}, from, &on);
    assert_string_equal(on.people[0], "zed");
    rotation_on_call(&r, &(struct covers){.v = both, .n = 2}, from, &on);
    assert_string_equal(on.people[0], "zed"); /* bo is on call already */
    rotation_on_call(&r, &(struct covers){.v = both, .n = 3}, from, &on);
    assert_string_equal(on.people[0], "cy");
    assert_string_equal(on.people[1], "bo");
}

static void whoever_is_next_takes_the_turn_of_who_is_away(void **state)
{
    (void)state;
    struct layer l = layer(3, "UTC", "2026-03-23", 9 * 60, DAY_MINUTES);
    struct rotation r = rotation(&l, 1, 1);
    struct absence away[] = {{"ANA", at("2026-03-23 12:00:00Z"), at("2026-03-24 00:00:00Z")},
                             {"bo", at("2026-03-23 15:00:00Z"), at("2026-03-25 09:00:00Z")},
                             {"cy", at("2026-03-23 18:00:00Z"), at("2026-03-23 20:00:00Z")}};
    struct covers covers = {.absences = away, .n_absences = 3};
    shifts_are(&r, &covers, "2026-03-23T09:00:00Z", "2026-03-26T09:00:00Z",
               "2026-03-23 09:00 ana\n2026-03-23 12:00 bo\n2026-03-23 15:00 cy\n2026-03-23 18:00 -\n"
               "2026-03-23 20:00 cy\n2026-03-24 00:00 ana\n2026-03-24 09:00 cy\n2026-03-25 09:00 cy");
    r.at_once = 2;
    shifts_are(&r, &covers, "2026-03-23T15:00:00Z", "2026-03-24T09:00:00Z",
               "2026-03-23 15:00 cy\n2026-03-23 18:00 -\n2026-03-23 20:00 cy\n2026-03-24 00:00 ana+cy");
}

/* ---- random rotations ---- */

struct walk {
    struct rotation_world world;
    instant next; /* where the next shift must begin */
};

/* The shift holds at its beginning, at its end, and anywhere between. */
static bool check_shift(void *ctx, const struct shift *shift)
{
    struct walk *w = ctx;
    int seconds = (int)((shift->until - shift->from) / SECOND);
    assert_int_equal(shift->from, w->next);
    assert_true(seconds > 0);
    w->next = shift->until;
    instant moments[] = {shift->from, shift->until - 1,
                         shift->from + rotation_world_pick(&w->world, seconds) * SECOND};
    for (size_t i = 0; i < ARRAY_SIZE(moments); i++) {
        struct on_call on;
        rotation_on_call(&w->world.rotation, &w->world.covers, moments[i], &on);
        assert_true(on_call_same(&on, &shift->on));
        assert_int_equal(on.n, rotation_world_promised(&w->world, moments[i]));
        assert_true(on.n < 2 || strcmp(on.people[0], on.people[1]) != 0);
    }
    return true;
}

static void shifts_tell_what_each_instant_says(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        struct walk w;
        rotation_world_make(&w.world, seed);
        w.next = w.world.now;
        rotation_shifts(&w.world.rotation, &w.world.covers, w.next, w.next + 30 * DAY, check_shift, &w);
        assert_int_equal(w.next, w.world.now + 30 * DAY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_hour_moves_the_handover_on_and_a_double_hour_is_the_first),
        cmocka_unit_test(a_weekly_handover_keeps_its_time_of_day),
        cmocka_unit_test(a_night_is_an_hour_shorter_or_longer),
        cmocka_unit_test(half_an_hour_is_missing_or_double_too),
        cmocka_unit_test(midnight_can_be_missing_and_rules_change),
        cmocka_unit_test(a_leap_day_is_a_day),
        cmocka_unit_test(a_turn_goes_on_through_the_weekend_or_waits),
        cmocka_unit_test(layers_follow_the_sun_and_the_first_hides_the_others),
        cmocka_unit_test(two_at_once_follow_each_other),
        cmocka_unit_test(gaps_are_found),
        cmocka_unit_test(a_cover_over_three_shifts_is_of_one_person_and_fills_no_gap),
        cmocka_unit_test(a_later_cover_holds_over_an_earlier_and_nobody_is_there_twice),
        cmocka_unit_test(whoever_is_next_takes_the_turn_of_who_is_away),
        cmocka_unit_test(shifts_tell_what_each_instant_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
