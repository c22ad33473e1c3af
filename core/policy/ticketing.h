/*
 * ticketing - what the policy says about tickets of desks and trackers: tickets{}. Where several rows fit an incident, the first that
 * says something decides it. Loop's thread only.
 */
#ifndef TOCSIN_POLICY_TICKETING_H
#define TOCSIN_POLICY_TICKETING_H

#include "policy/policy.h"

/* The connector in which `ticket TITLE` makes tickets: that of tickets{}, or else the desk of the incident's team; NULL: none is named. Borrowed until the next load. */
const char *policy_tracker(const struct policy *policy, const struct incident *incident);
/* Do customers' tickets there join one of the desk's own? */
bool policy_has_parent(const struct policy *policy, const struct incident *incident, const char *connector);
/* Are attached tickets there closed when the incident is over? `desk`: is it a desk, where customers are told? */
bool policy_solves(const struct policy *policy, const struct incident *incident, const char *connector,
                   bool desk);

#endif
