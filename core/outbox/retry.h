/*
 * retry - how long to wait before trying again, and when to give up. Pure: jitter comes from the given generator.
 *
 * Waits grow exponentially from one second up to the limit of the lane; half of each is jitter. A delay that the
 * platform asked for is never shortened. How long an action is retried depends on what it is worth when late: a
 * topic is pointless after minutes, a message to customers is not.
 */
#ifndef TOCSIN_OUTBOX_RETRY_H
#define TOCSIN_OUTBOX_RETRY_H

#include "base/id.h"
#include "outbox/action.h"

/* attempts: made so far, at least 1. retry_after: the delay that the platform asked for; 0: none. */
duration retry_wait(enum lane lane, int attempts, duration retry_after, struct rng *rng);
/* For how long after it was due an action is retried. */
duration retry_span(enum lane lane);

#endif
