/*
 * people - the people of the simulation, who declare, talk and press buttons.
 */
#ifndef TOCSIN_SIMULATE_PEOPLE_H
#define TOCSIN_SIMULATE_PEOPLE_H

#include "world.h"

#include "people/people.h"

void people_act(struct world *world);
void people_reply(struct world *world);
/* A message to a customer comes back, or one that never was. */
void people_bounce(struct world *world);

const struct policy_host *people_policy_host(struct world *world);

#endif
