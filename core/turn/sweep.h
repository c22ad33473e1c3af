/*
 * sweep - what concerns many incidents goes through them some at a time, so that no turn is long.
 *
 * Few are visited at once, in the turn that begins the sweep. Of many a document says which are left: they are visited in turns of
 * their own, once that one is durable, also after a restart. Sweeps run one after the other, in the order in which they began.
 * Loop's thread only.
 */
#ifndef TOCSIN_TURN_SWEEP_H
#define TOCSIN_TURN_SWEEP_H

#include "turn/turn.h"

#define SWEEP_AT_ONCE 100 /* incidents that one turn visits */

/* Calls `swept` of that part (turn/part.h) for each of n incidents that is open by then, in this order. `about` is an object of JSON,
   handed to it. If the newest sweep that is under way is of the same part and says the same, this one takes its place. */
void sweep_begin(struct turn *turn, const char *part, const char *about, const uint64_t *incidents, size_t n);

#endif
