/*
 * retry - how long to wait before trying again, and when to give up. Pure: jitter comes from the generator
 * given.
 *
 * Waits grow exponentially from one second up to a bound of the lane, half of each is jitter, and what the
 * platform asked for is never cut short. How long an action is retried depends on what it is worth late: a
 * topic is pointless after minutes, a message to customers is not.
 */
#ifndef TOCSIN_OUTBOX_RETRY_H
#define TOCSIN_OUTBOX_RETRY_H

#include "base/id.h"
#include "outbox/action.h"

/* attempts: made so far, at least 1. retry_after: the platform's word; 0: none. */
duration retry_wait(enum lane lane, int attempts, duration retry_after, struct rng *rng);
/* How long after an action was due it is retried. */
duration retry_span(enum lane lane);

#endif
