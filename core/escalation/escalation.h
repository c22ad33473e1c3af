/*
 * escalation - what a page does next: who is called, by which way, when the next level begins, and when to look again. Pure: time is an
 * argument, and whoever asks says who is on call.
 *
 * The answer follows from the page's state alone, one step at a time: whoever asks records the step as an event and asks again, until
 * there is nothing to do but wait. So it does not matter how often it is asked, or what happened in between: a restart, a clock that
 * jumps, a policy that was loaded. Nobody is called twice by the same way in a round, nor while an earlier such call still waits to be
 * sent. A level that reaches nobody is left at once. The last level is followed by the next round or, after the last one, by the channel of
 * everybody (`level` is the number of levels), every five minutes until somebody acknowledges the page or it expires.
 */
#ifndef TOCSIN_ESCALATION_ESCALATION_H
#define TOCSIN_ESCALATION_ESCALATION_H

#include "engine/state.h"

#define LEVELS_MOST 20
#define ROUNDS_MOST 10
#define CALL_PATIENCE                                                                                          \
    MINUTE /* a call that its platform has not taken by then counts as failed, while it is still tried */
#define CHANNEL_EVERY (5 * MINUTE) /* after the last round */
#define PAGE_EXPIRES  DAY          /* after it began, if it is in the channel by then */

enum level_kind {
    LEVEL_ROTATION, /* whoever is on call: the first or, with `second`, the second */
    LEVEL_PERSON,
    LEVEL_TEAM,      /* all of its people at once */
    LEVEL_EVERYBODY, /* all whom the other levels name, and all who take turns in their rotations */
};
struct level { /* borrowed */
    enum level_kind kind;
    const char *name; /* of the rotation, the person or the team; NULL: LEVEL_EVERYBODY */
    bool second;
    duration after; /* it lasts so long, unless somebody acknowledges */
};
struct escalation { /* borrowed */
    const char *name;
    const struct level *levels;
    size_t n; /* at least 1 */
    int rounds;
    duration asks_again; /* so long after it was acknowledged, if nothing follows; 0: never */
};

struct way {          /* in which somebody can be called; borrowed */
    const char *name; /* as in struct state_call */
    duration after;   /* so long after the level began */
    bool works;       /* it can be used now, as far as is known */
};
struct callee { /* somebody whom a level names; borrowed */
    const char *id;
    const struct way *ways; /* the first ones first */
    size_t n;
    const char *unreached; /* why none of these ways can be used; never NULL */
    const char *spared;    /* why they should be spared; NULL: they need not be */
    instant quiet_until;   /* their quiet hours last until then; 0: there are none now */
};
struct callees {
    const struct callee *v;
    size_t n;
};
struct resolver {
    void *ctx;
    /* Those whom a level calls now: its number, or LEVEL_AGAIN. Borrowed until the next call. */
    struct callees (*callees)(void *ctx, int level);
};

enum step_kind {
    STEP_WAIT,      /* until `at`; 0: nothing will happen by itself */
    STEP_CALL,      /* `person` by `way` */
    STEP_UNREACHED, /* `person` is reached by no way, or is spared: `why` */
    STEP_NOBODY,    /* nobody at all was reached in this round; the channel follows */
    STEP_LEVEL, /* go on with `level` and `round`; `insists`: nobody is spared any more, nor left in quiet */
    STEP_HOLD,  /* all who could be called have quiet hours until `at`; 0: not any more */
    STEP_ASK,   /* nothing followed: ask `person` again */
    STEP_EXPIRE,
};
struct step { /* texts are borrowed from the page and the resolver */
    enum step_kind kind;
    instant at;
    const char *person, *way, *why;
    int level, round;
    bool insists;
};

/* What the page does now. */
struct step escalation_step(const struct escalation *escalation, const struct state_page *page,
                            const struct resolver *resolver, instant now);
/* The level after the present one, whatever else is the case: STEP_LEVEL. */
struct step escalation_after(const struct escalation *escalation, const struct state_page *page,
                             const struct resolver *resolver);
/* Is it the channel's turn? */
bool escalation_in_channel(const struct escalation *escalation, const struct state_page *page);

#endif
