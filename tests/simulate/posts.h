/*
 * posts - what people write for the status page in the simulated world: of incidents, alone, and maintenance. Nothing of an incident that nobody
 * approved reaches a page, no word stands there twice, and what was approved alone is there.
 */
#ifndef TOCSIN_SIMULATE_POSTS_H
#define TOCSIN_SIMULATE_POSTS_H

#include "world.h"

/* One step of people. */
void posts_act(struct world *world);
/* Somebody approved these words. */
void posts_approved(struct world *world, const char *text);
/* `settled`: nothing is in flight. */
void posts_check(struct world *world, bool settled);

#endif
