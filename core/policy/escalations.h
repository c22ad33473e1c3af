/*
 * escalations - escalation{} and the ways of people{}: whom a page calls, how, and when it rather waits. Borrowed until the next load.
 * Loop's thread only.
 */
#ifndef TOCSIN_POLICY_ESCALATIONS_H
#define TOCSIN_POLICY_ESCALATIONS_H

#include "escalation/escalation.h"
#include "policy/policy.h"

#define ESCALATION_ROUNDS 2             /* unless it says otherwise */
#define ESCALATION_AFTER  (5 * MINUTE)  /* how long a level lasts, likewise */
#define ESCALATION_ASKS   (30 * MINUTE) /* when an acknowledged page asks again, likewise */

/* The name of the escalation that a page to a team, a rotation or a person follows; NULL: none is declared for it. */
const char *policy_escalation_name(const struct policy *policy, const char *target);

struct escalation_about { /* what the conditions are about */
    const char *severity, *service;
    instant at;
    const char *zone; /* where an escalation names none */
};
/* The first with that name whose conditions hold; NULL: there is none. */
const struct escalation *policy_escalation(const struct policy *policy, const char *name,
                                           const struct escalation_about *about);

struct roster_way {
    const char *name; /* a connector, or WAY_CALL */
    duration after;
};
/* Adds the ways that people{} declares for somebody, for incidents of that severity (NULL: of any), the first ones first. Returns how
   many; 0: none are declared, so the usual ones count. */
size_t policy_ways(const struct policy *policy, const char *person, const char *severity,
                   struct roster_way *ret, size_t most);

/* Until when pages to somebody wait, at that time, for incidents of that severity: by their own quiet hours, or those of the escalation with
   that name (may be NULL) that holds then. `zone` is theirs. 0: they do not wait. */
instant policy_quiet_until(const struct policy *policy, const char *person, const char *escalation,
                           const struct escalation_about *about);

#endif
