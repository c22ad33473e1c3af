/*
 * limit - token buckets, as pure arithmetic on one instant each.
 *
 * A bucket that holds `burst` tokens and gains one each `refill` is told apart by a single number: the instant
 * at which it will be full again. Nothing runs between two questions, and a forgotten bucket is a full one.
 */
#ifndef TOCSIN_OUTBOX_LIMIT_H
#define TOCSIN_OUTBOX_LIMIT_H

#include "outbox/outbox.h"

/* When the next token may be taken; not later than now: at once. full_at is 0 for a new bucket. */
instant bucket_ready(const struct rate_limit *limit, instant full_at);
/* Takes one token at `now`, at which bucket_ready said yes. Returns the new full_at. */
instant bucket_take(const struct rate_limit *limit, instant full_at, instant now);

/* Does the row hold for this connector and kind? */
bool limit_holds(const struct rate_limit *limit, const char *connector, const char *kind);

/* The rows in force, and a bucket for each: full_at[i] belongs to rows.v[i]. */
struct rate_limits {
    ARRAY(struct rate_limit) rows;
};
void rate_limits_set(struct rate_limits *limits, const struct rate_limit *rows, size_t n);
void rate_limits_finish(struct rate_limits *limits);
/* For one place (a connector, or one of its channels): the latest of what its rows say. full_at NULL: all
   are full. */
instant rate_limits_ready(const struct rate_limits *limits, bool per_channel, const instant *full_at,
                          const char *connector, const char *kind);
/* Takes a token from each bucket that holds, making the array where there is none yet. */
void rate_limits_take(const struct rate_limits *limits, bool per_channel, instant **full_at,
                      const char *connector, const char *kind, instant now);
/* Is each channel limited by itself in this? */
bool rate_limits_by_channel(const struct rate_limits *limits, const char *connector, const char *kind);
/* When the last of them is full, and the array may be forgotten; 0 for none. */
instant rate_limits_full(const struct rate_limits *limits, const instant *full_at);

#endif
