/*
 * links - users who turn out to be one person, and are taken apart again: nobody is lost, and each user has one person.
 */
#ifndef TOCSIN_SIMULATE_LINKS_H
#define TOCSIN_SIMULATE_LINKS_H

#include "world.h"

#include "people/people.h"

/* One of the users whom only links join. */
struct identity links_user(struct world *world);
/* Links two of them, or takes one off. */
void links_act(struct world *world);
/* Once nothing is in flight. */
void links_check(struct world *world);

#endif
