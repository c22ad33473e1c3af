#include "rotation/load.h"

#define NIGHT_ENDS   6
#define NIGHT_BEGINS 22

static int64_t day_of(const struct wall *wall)
{
    struct wall date = {.year = wall->year, .month = wall->month, .day = wall->day};
    return zone_from_wall(&date, NULL) / DAY;
}

static bool is_night(const struct wall *wall)
{
    return wall->hour < NIGHT_ENDS || wall->hour >= NIGHT_BEGINS;
}

static bool is_weekend(const struct wall *wall)
{
    return wall->weekday == 0 || wall->weekday == 6;
}

/* The next time at which it may be something else: 06:00, 22:00 or midnight. */
static instant next_change(const struct wall *wall, const char *zone)
{
    struct wall next = {.year = wall->year, .month = wall->month, .day = wall->day};
    next.hour = wall->hour < NIGHT_ENDS ? NIGHT_ENDS : wall->hour < NIGHT_BEGINS ? NIGHT_BEGINS : 24;
    return zone_from_wall(&next, zone);
}

void load_add_time(struct load *load, instant from, instant until, const char *zone,
                   const struct holidays *holidays)
{
    while (from < until) {
        struct wall wall = zone_to_wall(from, zone);
        instant next = next_change(&wall, zone);
        instant end = MIN(next > from ? next : from + HOUR, until); /* at midnight clocks may go back */
        load->all += end - from;
        load->nights += is_night(&wall) ? end - from : 0;
        load->weekends += is_weekend(&wall) ? end - from : 0;
        load->holidays += holidays && holidays_has(holidays, day_of(&wall)) ? end - from : 0;
        from = end;
    }
}

void load_add_page(struct load *load, instant at, const char *zone)
{
    struct wall wall = zone_to_wall(at, zone);
    load->pages++;
    load->night_pages += is_night(&wall);
    load->weekend_pages += is_weekend(&wall);
}

void load_add(struct load *to, const struct load *from)
{
    to->all += from->all;
    to->nights += from->nights;
    to->weekends += from->weekends;
    to->holidays += from->holidays;
    to->pages += from->pages;
    to->night_pages += from->night_pages;
    to->weekend_pages += from->weekend_pages;
}

double load_weight(const struct load *load)
{
    duration time = load->all + load->nights + load->weekends + load->holidays;
    return (double)time / (double)HOUR + (double)load->pages + 2 * (double)load->night_pages;
}
