/*
 * stamp - instants as the files of a page write them, in the page's zone where a format has one. Pure.
 */
#ifndef TOCSIN_PUBLIC_STAMP_H
#define TOCSIN_PUBLIC_STAMP_H

#include "base/zone.h"

#define STAMP_BYTES 48
/* Each writes to the buffer and returns it; "" for 0. */
const char *stamp_iso(instant t, const char *zone,
                      char buffer[STAMP_BYTES]); /* "2026-11-30T07:12:00.000+01:00" */
const char *stamp_day(instant t, const char *zone, char buffer[STAMP_BYTES]);   /* "2026-11-30" */
const char *stamp_month(instant t, const char *zone, char buffer[STAMP_BYTES]); /* "2026-11" */
const char *stamp_rfc822(instant t, const char *zone,
                         char buffer[STAMP_BYTES]);             /* "Mon, 30 Nov 2026 07:12:00 +0100" */
const char *stamp_compact(instant t, char buffer[STAMP_BYTES]); /* "20261130T061200Z" */

/* Where the day begins that is `later` days after the day of t, in that zone. */
instant stamp_midnight(instant t, int later, const char *zone);

#endif
