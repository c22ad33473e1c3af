/*
 * inside - the state of this part, and the functions that react.c puts into it. Only this folder includes it.
 */
#ifndef TOCSIN_REACT_INSIDE_H
#define TOCSIN_REACT_INSIDE_H

#include "turn/part.h"

struct complaint { /* a script's failure, reported with the next tick */
    char *where, *text;
    uint64_t incident;
    instant told_at; /* 0: not reported yet */
};

struct chain {      /* an event of a turn */
    size_t first;   /* the event that it follows from by reactions; itself: from none */
    unsigned added; /* so many follow from it */
};

struct react {
    uint64_t turn;              /* the number of the last turn with reactions */
    unsigned carried_out;       /* reactions in that turn */
    ARRAY(struct chain) chains; /* of that turn, one for each event */
    ARRAY(struct complaint) complaints;
    bool policy_broken; /* the last load failed, and people were told */
    struct start_news { /* of the policy at start, for each connector as it comes up */
        char *text;     /* CommonMark; NULL: there is none */
        uint64_t told;  /* bit n: the connector links()[n] has it */
        instant until;
    } news;
};

static inline struct react *react_of(const struct core *core)
{
    return part_state(core, "react");
}

/* owed.c */
void owed_follow(struct turn *turn, const struct incident *incident);
void owed_deadlines(struct core *core, const struct incident *incident);
void owed_passed(struct turn *turn, uint64_t incident, const char *name, instant due);

/* loaded.c */
int loaded_load(struct core *core, struct error *err);
void loaded_finish(struct react *react);
void loaded_swept(struct turn *turn, const struct incident *incident, const cJSON *about);
void loaded_tell(struct core *core, instant now);

/* complaints.c */
instant complaints_tell(struct core *core, instant now);
void complaints_finish(struct react *react);

#endif
