/*
 * load - what being on call costs somebody: hours, and how many of them by night, at weekends and on holidays; pages. Pure.
 *
 * Night is from 22:00 to 06:00, a weekend is Saturday and Sunday, each by the clock on the person's wall. An hour may count as several.
 */
#ifndef TOCSIN_ROTATION_LOAD_H
#define TOCSIN_ROTATION_LOAD_H

#include "rotation/rotation.h"

struct load {
    duration all, nights, weekends, holidays;
    int64_t pages, night_pages, weekend_pages;
};

/* Adds from..until. zone NULL: UTC; holidays NULL: there are none. */
void load_add_time(struct load *load, instant from, instant until, const char *zone,
                   const struct holidays *holidays);
void load_add_page(struct load *load, instant at, const char *zone);
void load_add(struct load *to, const struct load *from);
/* One number to compare by, in hours: nights, weekends and holidays count once more each, and a page as an hour, by night as three. */
double load_weight(const struct load *load);

#endif
