/*
 * limit - token buckets: how soon one more may go. Pure: time is an argument.
 */
#ifndef TOCSIN_OUTBOX_LIMIT_H
#define TOCSIN_OUTBOX_LIMIT_H

#include "base/map.h"
#include "outbox/outbox.h"

struct limits {
    ARRAY(struct rate_limit) table;
    struct map buckets; /* one for each limit and what it counts: connector, kind, channel */
};

void limits_set(struct limits *limits, const struct rate_limit *table, size_t n);
void limits_finish(struct limits *limits);
/* 0: one more may go now; else the instant at which it may. Takes nothing. */
instant limits_when(const struct limits *limits, const struct action *action, instant now);
/* Counts one that goes now. */
void limits_take(struct limits *limits, const struct action *action, instant now);

#endif
