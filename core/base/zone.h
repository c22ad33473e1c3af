/*
 * zone - wall-clock times in a person's time zone, over libical and the system's tzdata.
 *
 * Zones are named as in tzdata ("Europe/London"). Main thread only: libical caches zones.
 */
#ifndef TOCSIN_BASE_ZONE_H
#define TOCSIN_BASE_ZONE_H

#include "base/time.h"

struct wall {
    int year, month, day; /* month and day from 1 */
    int hour, minute, second;
    int weekday;        /* 0 is Sunday */
    int offset_seconds; /* east of UTC */
};

bool zone_exists(const char *zone);
/* An unknown or NULL zone is UTC. */
struct wall zone_to_wall(instant t, const char *zone);
/* A time that a spring change skips becomes the same span after the change; one that occurs twice, its first. */
instant zone_from_wall(const struct wall *w, const char *zone);

/*
 * When somebody means: "for 2h", "2h", "tomorrow 9:00", "until tomorrow", "monday 10:30", "at 17:00", "17:00",
 * "9am", "2026-11-24 09:00", an RFC 3339 instant, "tonight", "next week", "tomorrow morning", "end of day", "for half an hour";
 * in that zone, or in the one that is said: "9:00 UTC", "9:00 +05:30", "9:00 Europe/Paris". Without a time of day, 09:00. Always
 * after now, at most 366 days later. The error says what was wrong and gives examples: ERR_INVALID for what is no time,
 * ERR_REFUSED for one that has passed, is too far away, or is in a zone that may be several (CST).
 */
int when_parse(const char *text, instant now, const char *zone, instant *ret, struct error *err);

/* "Tue 24 Nov 09:00" (with the year when it is not this one) in that zone; "today 17:00", "tomorrow 09:00". */
void when_format(instant t, instant now, const char *zone, struct str *out);
/* "Tue 24 Nov 09:00 UTC+1" (with the year when it is not this one), "Tue 24 Nov 09:00 UTC": for what many read, and later. */
void when_format_plain(instant t, instant now, const char *zone, struct str *out);

#endif
