/*
 * drills - drill{}: a script of what happens in an exercise, and when. Borrowed until the next load. Loop's thread only.
 */
#ifndef TOCSIN_POLICY_DRILLS_H
#define TOCSIN_POLICY_DRILLS_H

#include "policy/policy.h"

#define DRILL_CHAT "chat" /* as the connector that fails: each one where people talk */

enum drill_act {
    DRILL_ALERT,    /* an alert fires: its title, and what it says */
    DRILL_RECOVERS, /* one is resolved: its title */
    DRILL_CUSTOMER, /* a customer writes: their name, and what */
    DRILL_FAILS,    /* a connector fails for the drill: its name */
    DRILL_MENDS,    /* … and is back */
    DRILL_PAGE,     /* somebody is paged: whom */
    DRILL_NOTE,     /* something is said in the room */
    DRILL_ACTS
};
const char *drill_act_name(enum drill_act act); /* "alert", … */

struct drill_step {
    duration after; /* the beginning */
    enum drill_act act;
    char *name, *text; /* NULL: the act has none */
};

struct drill_script {
    const char *name, *title, *about; /* about: what it practises, in a sentence; NULL: not said */
    const char *severity, *service, *team;
    const struct drill_step *steps; /* in the order in which they come */
    size_t n;
    duration ends; /* after the beginning */
};

/* The active one with index i, from 0; false: there are no more. */
bool policy_drill_at(const struct policy *policy, size_t i, struct drill_script *ret);
/* By name, in any case; false: there is none. */
bool policy_drill(const struct policy *policy, const char *name, struct drill_script *ret);

#endif
