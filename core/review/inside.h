/*
 * inside - what is yet to be read. Only this folder includes it. Loop's thread only.
 */
#ifndef TOCSIN_REVIEW_INSIDE_H
#define TOCSIN_REVIEW_INSIDE_H

#include "insights/facts.h"
#include "review/review.h"

#define REVIEW_SCANNED "insights up to" /* key of a DOC_META: the last incident that was scanned */

struct review_mark {
    uint64_t incident;
    uint64_t turn; /* read once this turn is durable */
};

struct review {
    ARRAY(struct review_mark) marks;
    uint64_t scan,
        last; /* incidents from `scan` up to `last` are to be read, whether marked or not; scan 0: from the first */
    struct {
        struct facts facts; /* while `incident` is being read */
        uint64_t incident, version;
    } reading;
};

static inline struct review *review_of(const struct core *core)
{
    return part_state(core, "review");
}

/* read.c: reads some of what is marked; returns when to go on. */
instant review_tick(struct core *core, instant now);
void reading_drop(struct review *review);

#endif
