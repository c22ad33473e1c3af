/*
 * people - who acts in the simulation: they declare, talk and press, and systems raise alerts.
 */
#ifndef TOCSIN_SIMULATE_PEOPLE_H
#define TOCSIN_SIMULATE_PEOPLE_H

#include "world.h"

#include "people/people.h"

void people_act(struct world *world);
void people_reply(struct world *world);
void people_alert(struct world *world);

const struct policy_host *people_policy_host(struct world *world);

#endif
