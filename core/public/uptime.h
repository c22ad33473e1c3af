/*
 * uptime - how a component fared in the last ninety days, today included. A day is one of the page's zone, so it may have 23 or 25 hours. Pure.
 */
#ifndef TOCSIN_PUBLIC_UPTIME_H
#define TOCSIN_PUBLIC_UPTIME_H

#include "public/model.h"

#define UPTIME_DAYS 90

struct uptime_days {
    instant edges[UPTIME_DAYS + 1]; /* where each day begins; the last one is now */
};
void uptime_days(instant now, const char *zone, struct uptime_days *ret);

struct uptime {
    struct uptime_day {
        bool known; /* the component existed */
        enum public_state worst;
        duration in[PUBLIC_STATES];
    } day[UPTIME_DAYS];
    int hundredths; /* of a percent, rounded down: 9998 is 99.98 %; -1: nothing is known. A major outage counts in full, a partial one
                       by three tenths, degraded performance and maintenance not */
};
void uptime_of(const struct public_component *component, const struct uptime_days *days, struct uptime *ret);

#endif
