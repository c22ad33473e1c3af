/*
 * paging - pages in the simulation: people acknowledge, escalate and page by hand; connectors report receipts. Nobody is called for a page that
 * somebody has, and one that nobody acknowledges always gets to its channel.
 */
#ifndef TOCSIN_SIMULATE_PAGING_H
#define TOCSIN_SIMULATE_PAGING_H

#include "outbox/action.h"
#include "world.h"

void pages_act(struct world *world);
/* An action is handed to a connector. */
void pages_check_action(struct world *world, const struct action *action);
/* Everything worked for well over an hour: no page is stuck. */
void pages_check(struct world *world);

#endif
