/*
 * time - types for instants and durations; formats and parses them. It never reads a clock: `now` is an argument.
 *
 * An instant is in milliseconds since 1970-01-01T00:00:00Z; 0 means "never" or "not yet". A duration is in
 * milliseconds. Both stay within the years 1970 to 9999.
 */
#ifndef TOCSIN_BASE_TIME_H
#define TOCSIN_BASE_TIME_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

typedef int64_t instant;
typedef int64_t duration;

#define SECOND ((duration)1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

/* Writes "2026-11-23T15:06:22.123Z", or "" for 0, and returns the buffer. */
#define INSTANT_TEXT 32
const char *instant_format(instant t, char buffer[INSTANT_TEXT]);

/* RFC 3339 with any offset and fraction; a space may stand for the T. Years 1970 to 9999. */
int instant_parse(const char *text, instant *ret, struct error *err);

/* "2h", "90m", "1h30m", "2 hours", "1 day", "45 seconds", "1.5h"; 1 second to 366 days, else ERR_REFUSED. */
int duration_parse(const char *text, duration *ret, struct error *err);

/* The two largest non-zero units: "1h 30m", "45s", "3d 4h"; "0s" for less than a second. */
void duration_format(duration d, struct str *out);

/* The earlier of two instants; 0 stands for never. */
instant instant_earlier(instant a, instant b);

#endif
