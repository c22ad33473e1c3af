/*
 * state - what sight remembers. Only this folder includes it.
 */
#ifndef TOCSIN_SIGHT_STATE_H
#define TOCSIN_SIGHT_STATE_H

#include "sight/said.h"
#include "turn/part.h"

struct sight {
    uint64_t closed_up_to; /* the newest action when somebody last lost access to an incident */
    uint64_t let_in; /* the last turn that let somebody see a private incident; 0: none since memory was read */
    struct said said;
};

static inline struct sight *sight_of(const struct core *core)
{
    return part_state(core, "sight");
}

#endif
