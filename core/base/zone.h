/*
 * zone - wall-clock times in a person's time zone, using libical and the system's tzdata.
 *
 * Zones have tzdata names ("Europe/London"). Any thread: a lock guards what libical
 * caches.
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
/* An unknown or NULL zone counts as UTC. */
struct wall zone_to_wall(instant t, const char *zone);
/* A time that is skipped when clocks go forward moves on by the length of the gap; of a time that occurs twice, the first. */
instant zone_from_wall(const struct wall *w, const char *zone);

/*
 * Reads a time as people write it: "for 2h", "2h", "tomorrow 9:00", "until tomorrow", "monday 10:30", "at 17:00", "17:00",
 * "9am", "2026-11-24 09:00", "dec 1st 9:00", "1 december 2026", "24.12.2026", an RFC 3339 instant, "tonight", "next week",
 * "tomorrow morning", "end of day", "for half an hour". It is in the given zone unless the text names one: "9:00 UTC", "9:00
 * +05:30", "9:00 Europe/Paris". Without a time of day it is 09:00. The result is after now, and at most 366 days later. The error says what was wrong and gives
 * examples: ERR_INVALID for a text that is not a time, ERR_REFUSED for a time that is in the past, too far away, in an
 * ambiguous zone (CST), or on a date that does not exist (31 November).
 */
int when_parse(const char *text, instant now, const char *zone, instant *ret, struct error *err);

/*
 * Reads a time with an end: "tomorrow 9-17", "22:00-6:00", "friday 18:00 until monday 9:00", "until 17:00" and "for 2h" from now on,
 * "tomorrow 9:00 for 2h". Each end is read like when_parse does, the second from the first on. Errors as there.
 */
int when_parse_span(const char *text, instant now, const char *zone, instant *ret_from, instant *ret_until,
                    struct error *err);

/*
 * Reads whole days, the last of them included: "21 dec - 2 jan", "tomorrow", "friday until monday", "until friday"; or a span with times,
 * like when_parse_span. It does not begin before now.
 */
int when_parse_days(const char *text, instant now, const char *zone, instant *ret_from, instant *ret_until,
                    struct error *err);

/* In that zone: "today 17:00", "tomorrow 09:00", "Tue 24 Nov 09:00" (with the year, unless it is the current one). */
void when_format(instant t, instant now, const char *zone, struct str *out);
/* "Tue 24 Nov 09:00 UTC+1", "Tue 24 Nov 09:00 UTC" (with the year, unless it is the current one), for text that many people
   read, perhaps later. */
void when_format_plain(instant t, instant now, const char *zone, struct str *out);

#endif
