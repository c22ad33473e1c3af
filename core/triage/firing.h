/*
 * firing - what an incident hears of its alerts: which instances fire, that they flap, what came with them, and what became of the
 * incident before. Only this folder includes it.
 *
 * Each function works in a turn that its caller began. A group is borrowed, as ever, until the next call of the table.
 */
#ifndef TOCSIN_TRIAGE_FIRING_H
#define TOCSIN_TRIAGE_FIRING_H

#include "triage/inside.h"

/* instances.c: which instances of a problem fire. Has that changed since its open incident was told? */
bool instances_have_news(struct turn *turn, const struct group *group);
/* Tells it, in one line. */
void instances_tell(struct turn *turn, struct group *group);
/* The same as words, and the group counts as told: "b and c fire now; a recovered". Adds nothing if nothing changed. *ret_known:
   people knew of other instances before. */
void instances_take_news(struct group *group, struct str *out, bool *ret_known);
/* The instances that fire, of all the alerts of an incident: "a, b and 3 more". */
void instances_list(struct core *core, const struct incident *incident, struct str *out);

/* flaps.c: damps a problem that comes and goes. True: it flaps, so this change is told later, with others. Begins that if need be.
   Only for a group with an open incident. */
bool flaps_hold(struct turn *turn, struct group *group);
/* The incident has ended, and the group came back: is that too often for another one? Then the rules are asked later. */
bool flaps_hold_rules(struct turn *turn, struct group *group);
/* flap.until has passed: tells what was held. True: the rules must be asked now. */
bool flaps_tell(struct turn *turn, struct group *group);

/* notification.c: relates the incidents that a notification opened to the open ones of its other alerts. */
void notification_relate(struct turn *turn, const struct alert *alerts, size_t n, const uint64_t *opened,
                         size_t n_opened);

/* before.c: who ended an incident, why and when; by NULL: unknown. */
struct ending {
    char *by, *reason; /* reason may be NULL */
    instant at;
};
struct ending before_ending(struct core *core, uint64_t incident);
void ending_finish(struct ending *ending);
/* "its last incident was declined by Ben on Mon 23 Nov 15:06 UTC"; adds nothing for a private one, or none. */
void before_describe(struct turn *turn, uint64_t incident, struct str *out);

#endif
