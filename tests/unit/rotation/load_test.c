/* What being on call costs: which hours are nights, weekends and holidays, also when clocks change. */
#include "../../support/check.h"

#include "rotation/load.h"

static instant at(const char *text)
{
    instant t = 0;
    assert_int_equal(instant_parse(text, &t, NULL), 0);
    return t;
}

static void is(const struct load *load, int all, int nights, int weekends, int holidays)
{
    assert_int_equal(load->all, all * HOUR);
    assert_int_equal(load->nights, nights * HOUR);
    assert_int_equal(load->weekends, weekends * HOUR);
    assert_int_equal(load->holidays, holidays * HOUR);
}

static void a_week_has_nights_and_a_weekend(void **state)
{
    (void)state;
    struct load load = {0};
    load_add_time(&load, at("2026-11-23T09:00:00Z"), at("2026-11-30T09:00:00Z"), "UTC", NULL);
    is(&load, 168, 56, 48, 0);
    load_add_time(&load, at("2026-11-30T09:00:00Z"), at("2026-11-30T09:00:00Z"), "UTC", NULL);
    is(&load, 168, 56, 48, 0);
}

/* 22:00 in New York is 03:00 in UTC. */
static void nights_are_by_the_clock_on_the_persons_wall(void **state)
{
    (void)state;
    struct load load = {0};
    load_add_time(&load, at("2026-11-24T02:00:00Z"), at("2026-11-24T12:00:00Z"), "America/New_York", NULL);
    is(&load, 10, 8, 0, 0);
}

static void a_night_is_shorter_or_longer_when_clocks_change(void **state)
{
    (void)state;
    struct load spring = {0}, autumn = {0};
    load_add_time(&spring, at("2026-03-28T12:00:00Z"), at("2026-03-29T12:00:00Z"), "Europe/London", NULL);
    is(&spring, 24, 7, 24, 0);
    load_add_time(&autumn, at("2026-10-24T12:00:00Z"), at("2026-10-25T12:00:00Z"), "Europe/London", NULL);
    is(&autumn, 24, 9, 24, 0);
    struct load havana = {0}; /* there, midnight itself is skipped, or comes twice */
    load_add_time(&havana, at("2026-03-07T12:00:00Z"), at("2026-11-02T12:00:00Z"), "America/Havana", NULL);
    assert_int_equal(havana.all, at("2026-11-02T12:00:00Z") - at("2026-03-07T12:00:00Z"));
}

static void a_holiday_is_a_day(void **state)
{
    (void)state;
    struct load load = {0};
    struct holidays holidays = {0};
    holidays_add(&holidays, at("2026-12-25T00:00:00Z") / DAY);
    load_add_time(&load, at("2026-12-24T12:00:00Z"), at("2026-12-26T12:00:00Z"), "Europe/Madrid", &holidays);
    is(&load, 48, 16, 13, 24);
    holidays_finish(&holidays);
}

static void pages_by_night_weigh_more(void **state)
{
    (void)state;
    struct load day = {0}, night = {0};
    load_add_page(&day, at("2026-11-24T12:00:00Z"), "UTC");
    load_add_page(&night, at("2026-11-24T23:00:00Z"), "UTC");
    assert_true(load_weight(&night) > load_weight(&day));
    load_add(&day, &night);
    assert_true(day.pages == 2 && day.night_pages == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_week_has_nights_and_a_weekend),
        cmocka_unit_test(nights_are_by_the_clock_on_the_persons_wall),
        cmocka_unit_test(a_night_is_shorter_or_longer_when_clocks_change),
        cmocka_unit_test(a_holiday_is_a_day),
        cmocka_unit_test(pages_by_night_weigh_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
