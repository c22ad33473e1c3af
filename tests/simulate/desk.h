/*
 * desk - a support desk and tracker in the simulation: people attach its tickets, make some and detach them; agents close and reopen
 * them. What is said in a ticket is never private and never unapproved, and a customer's ticket is closed after the last message.
 */
#ifndef TOCSIN_SIMULATE_DESK_H
#define TOCSIN_SIMULATE_DESK_H

#include "outbox/action.h"
#include "world.h"

#define DESK "desk" /* the name of its connector */

void desk_act(struct world *world);
/* The connector does it there. `remote`: the id of what it made. */
void desk_happens(struct world *world, const struct sent *sent, const char *remote);
/* What it answers then, as JSON, which the caller frees; NULL: nothing. */
char *desk_answer(const struct world *world, const struct sent *sent, const char *remote);
/* An action is handed to it. */
void desk_check_action(const struct world *world, const struct action *action);
/* The connector refused it, or gave up: what it asked for need not be so. */
void desk_lost(struct world *world, const struct sent *sent);
/* The counts of each incident are those of its tickets. `over`: nothing is under way any more; the parents stand as their incidents do. */
void desk_check(struct world *world, bool over);
void desk_finish(struct world *world);

#endif
