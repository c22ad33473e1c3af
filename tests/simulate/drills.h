/*
 * drills - people of the simulation play the scripts that ship, and stop some. No step is lost or repeated, and nothing of such a drill is handed
 * out for a customer, a desk or a tracker.
 */
#ifndef TOCSIN_SIMULATE_DRILLS_H
#define TOCSIN_SIMULATE_DRILLS_H

#include "outbox/action.h"
#include "world.h"

void drills_act(struct world *world);
/* An action is handed to a connector. */
void drills_check_action(const struct world *world, const struct action *action);
/* `over`: nothing is under way any more. */
void drills_check(struct world *world, bool over);

#endif
