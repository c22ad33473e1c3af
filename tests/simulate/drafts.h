/*
 * drafts - what people of the simulation do with drafts that wait, for customers and for the status page: they change them, and approve
 * the version that they saw, or none.
 */
#ifndef TOCSIN_SIMULATE_DRAFTS_H
#define TOCSIN_SIMULATE_DRAFTS_H

#include "engine/decide.h"
#include "world.h"

struct drafting { /* who does something, and where */
    struct world *world;
    struct turn *turn;
    const struct incident *incident; /* comms_alone: what stands alone */
    const char *person;
    bool posts; /* with those for the status page only */
};

void drafts_do(const struct drafting *d, const struct command *command);
void drafts_change(const struct drafting *d);
void drafts_approve(const struct drafting *d);

#endif
