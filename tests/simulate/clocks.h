/*
 * clocks - what people are owed, and customers wait for: nothing of it is lost, and nobody is reminded twice of the same, whatever
 * crashes.
 */
#ifndef TOCSIN_SIMULATE_CLOCKS_H
#define TOCSIN_SIMULATE_CLOCKS_H

#include "world.h"

struct clocks {      /* of one incident, as its events say */
    struct map told; /* customers -> how many messages reached them, and did not come back */
    bool merged;     /* others ended in it, so more may have been told */
};

/* Before each event of an incident is folded into `incident`. */
void clocks_event(struct world *world, struct clocks *clocks, const struct incident *incident,
                  const struct event *event);
/* Of an incident in memory, once nothing is in flight. Frees what `clocks` holds. */
void clocks_check(struct world *world, struct clocks *clocks, const struct incident *incident);

#endif
