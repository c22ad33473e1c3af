/*
 * customers - messages to customers in the simulation: drafted, changed, approved, stopped; and whom the directory has. Each customer
 * gets what somebody approved as they saw it, once, and nothing that they do not wish.
 */
#ifndef TOCSIN_SIMULATE_CUSTOMERS_H
#define TOCSIN_SIMULATE_CUSTOMERS_H

#include "outbox/action.h"
#include "world.h"

void customers_act(struct world *world);
/* An action is handed to a connector: if it tells a customer, somebody approved these words, and they wish to hear them. */
void customers_check_action(const struct world *world, const struct action *action);
/* It arrives: by no second route. */
void customers_check_arrival(struct world *world, const struct sent *sent);

#endif
