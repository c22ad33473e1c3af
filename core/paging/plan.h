/*
 * plan - what a page does next (escalation/), asked with what the core knows: the policy, who is on call, where people can be reached, who
 * should be spared. Reads only. Only this folder includes it. Loop's thread only.
 */
#ifndef TOCSIN_PAGING_PLAN_H
#define TOCSIN_PAGING_PLAN_H

#include "paging/whom.h"

#define WAYS_MOST 12      /* of a person */
#define RINGS     " call" /* after a connector's name: the way that rings */

struct somebody {     /* whom a level names */
    const char *name; /* as the policy does */
    const char *id;   /* a person id, an e-mail address or, of nobody that is known, the name */
    struct way ways[WAYS_MOST];
    struct address at[WAYS_MOST]; /* of each way */
    size_t n;
    bool unknown; /* nobody has that name */
    char *spared; /* why they are spared; NULL: they are not */
};

struct plan {
    const struct core *core; /* all borrowed */
    const struct incident *incident;
    const struct state_page *page;
    instant now;
    struct escalation escalation;
    struct level levels[LEVELS_MOST]; /* of a target that has no escalation */
    ARRAY(struct somebody) people;    /* of the level that was asked for last */
    ARRAY(struct callee) callees;
};

/* `page` may be one that is about to begin. The caller finishes the plan before the state changes. */
void plan_begin(struct plan *plan, const struct core *core, const struct incident *incident,
                const struct state_page *page, instant now);
void plan_finish(struct plan *plan);

struct step plan_step(struct plan *plan);
struct step plan_after(struct plan *plan);    /* the next level, whatever else is the case */
void plan_look(struct plan *plan, int level); /* `people` are those of that level then */
/* Whom a step of that plan calls, and where; NULL: nobody of the level that was asked for last. */
const struct somebody *plan_somebody(const struct plan *plan, const char *id);
const struct address *plan_address(const struct somebody *somebody, const char *way);

#endif
