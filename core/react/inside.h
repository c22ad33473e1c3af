/*
 * inside - what this part remembers, and the functions that react.c joins to it. Only this folder includes it.
 */
#ifndef TOCSIN_REACT_INSIDE_H
#define TOCSIN_REACT_INSIDE_H

#include "turn/part.h"

struct complaint { /* a script's failure, to be told with the next tick */
    char *where, *text;
    uint64_t incident;
    instant told_at; /* 0: not yet */
};

struct react {
    uint64_t turn;        /* the number of the turn in which something was carried out last */
    unsigned carried_out; /* reactions of that turn */
    ARRAY(struct complaint) complaints;
};

static inline struct react *react_of(const struct core *core)
{
    return part_state(core, "react");
}

/* owed.c */
void owed_follow(struct turn *turn, const struct incident *incident);
void owed_deadlines(struct core *core, const struct incident *incident);
void owed_passed(struct turn *turn, uint64_t incident, const char *name, instant due);

/* complaints.c */
instant complaints_tell(struct core *core, instant now);
void complaints_finish(struct react *react);

#endif
