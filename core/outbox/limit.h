/*
 * limit - token buckets, as pure arithmetic on one instant each.
 *
 * A single number describes a bucket that holds `burst` tokens and gains one every `refill`: the instant at which it
 * will be full again. Nothing runs between two calls, and a forgotten bucket is a full one.
 */
#ifndef TOCSIN_OUTBOX_LIMIT_H
#define TOCSIN_OUTBOX_LIMIT_H

#include "outbox/outbox.h"

/* When the next token may be taken; a time that is not after now: at once. full_at is 0 for a new bucket. */
instant bucket_ready(const struct rate_limit *limit, instant full_at);
/* Takes one token at `now`, which must not be before bucket_ready. Returns the new full_at. */
instant bucket_take(const struct rate_limit *limit, instant full_at, instant now);

/* Does the limit apply to this connector and kind? */
bool limit_holds(const struct rate_limit *limit, const char *connector, const char *kind);

/* The active limits. Each place has a bucket for each: full_at[i] belongs to rows.v[i]. */
struct rate_limits {
    ARRAY(struct rate_limit) rows;
};
void rate_limits_set(struct rate_limits *limits, const struct rate_limit *rows, size_t n);
void rate_limits_finish(struct rate_limits *limits);
/* For one place (a connector, or one of its channels): when all limits that apply allow the action. full_at NULL: all
   buckets are full. */
instant rate_limits_ready(const struct rate_limits *limits, bool per_channel, const instant *full_at,
                          const char *connector, const char *kind);
/* Takes a token from each bucket that applies; allocates the array if there is none yet. */
void rate_limits_take(const struct rate_limits *limits, bool per_channel, instant **full_at,
                      const char *connector, const char *kind, instant now);
/* Is each channel limited separately for this kind? */
bool rate_limits_by_channel(const struct rate_limits *limits, const char *connector, const char *kind);
/* When the last bucket is full, so that the array may be forgotten; 0: there are none. */
instant rate_limits_full(const struct rate_limits *limits, const instant *full_at);

#endif
