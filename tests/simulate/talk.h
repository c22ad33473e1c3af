/*
 * talk - the people of the simulation write to each other in the rooms of incidents: they say, correct and delete things, reply in
 * threads, switch copies off and on, and open rooms. Their platforms pass it in until the core has it.
 */
#ifndef TOCSIN_SIMULATE_TALK_H
#define TOCSIN_SIMULATE_TALK_H

#include "world.h"

void talk(struct world *world);
/* A connector passes an event in, as JSON, which is taken over. */
void talk_tell(struct world *world, const char *connector, char *json);
/* Passes in what the core does not have yet, in order; platforms that are down keep it. */
void talk_pass(struct world *world);

#endif
