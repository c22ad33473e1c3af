/*
 * holidays - the whole days of an iCalendar (RFC 5545), as days of any zone. Pure. Loop's thread only, as base/zone.h.
 *
 * Days count from 1 January 1970 and are not yet of a zone: each layer of a rotation has them in its own. An event's end is not part of it.
 * Events are repeated every year or not at all, until 2099.
 */
#ifndef TOCSIN_ROTATION_HOLIDAYS_H
#define TOCSIN_ROTATION_HOLIDAYS_H

#include "base/error.h"
#include "base/mem.h"

#define HOLIDAYS_BYTES ((size_t)256 << 10) /* the largest calendar that is read */
#define HOLIDAYS_MOST  10000               /* days */

struct holidays {
    ARRAY(int64_t) days; /* sorted, each once */
};
void holidays_finish(struct holidays *holidays);
/*
 * Reads a calendar. What is not a whole day, or is repeated otherwise than every year, is refused with its name, so that nothing is
 * overlooked. On failure *ret is unchanged.
 */
int holidays_read(const char *calendar, size_t n, struct holidays *ret, struct error *err);
/* Adds a day that is not before the last one. */
void holidays_add(struct holidays *holidays, int64_t day);
bool holidays_same(const struct holidays *a, const struct holidays *b);
bool holidays_has(const struct holidays *holidays, int64_t day);
/* The index of the first that is not before that day. */
size_t holidays_from(const struct holidays *holidays, int64_t day);

#endif
