/*
 * retry - when to try again, and when to give up. Pure but for the generator given.
 */
#ifndef TOCSIN_OUTBOX_RETRY_H
#define TOCSIN_OUTBOX_RETRY_H

#include "base/id.h"
#include "outbox/action.h"

/* After `attempts` tries: 1 s doubling to 5 minutes, each between half and the whole of that. */
duration retry_delay(int attempts, struct rng *rng);
/* How long an action of this lane is tried: a page is useless sooner than a customer's message. */
duration retry_for(enum lane lane);

#endif
