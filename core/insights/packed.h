/*
 * packed - sums of one month as text, so that years are added up without their pieces. Pure.
 *
 * A row for each sum: its name with its length before it, its numbers, then each list of values with their count. It is read as fast as
 * it can be: a JSON parser takes ten times as long.
 */
#ifndef TOCSIN_INSIGHTS_PACKED_H
#define TOCSIN_INSIGHTS_PACKED_H

#include "insights/insights.h"

/* Writes those of a kind. They must be settled. */
void insights_pack(const struct insights *sums, enum insight_kind kind, struct str *out);
/* Adds what such a text says; `now` (NULL: as it stands) is the name of today for a name of then. What follows a damaged row is left out. */
void insights_unpack(struct insights *sums, enum insight_kind kind, const char *text,
                     const char *(*now)(void *ctx, const char *name), void *ctx);

#endif
