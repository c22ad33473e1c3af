/*
 * people - the people of the simulation, who declare, talk and press buttons.
 */
#ifndef TOCSIN_SIMULATE_PEOPLE_H
#define TOCSIN_SIMULATE_PEOPLE_H

#include "world.h"

#include "people/people.h"

void people_act(struct world *world);
const char *people_pick(struct world *world, struct turn *turn); /* a person's id */
/* One that they see; 0: there is none. */
uint64_t people_pick_incident(struct world *world, const char *viewer);
void people_reply(struct world *world);
/* A message to a customer comes back, or one that never was. */
void people_bounce(struct world *world);

const struct policy_host *people_policy_host(struct world *world);

#endif
