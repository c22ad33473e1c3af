/*
 * unmirrored - what the policy says about copying between an incident's rooms: unmirrored{}. Loop's thread only.
 */
#ifndef TOCSIN_POLICY_UNMIRRORED_H
#define TOCSIN_POLICY_UNMIRRORED_H

#include "policy/policy.h"

/* Is what people write about the incident kept out of that connector's rooms, and in them? */
bool policy_unmirrored(const struct policy *policy, const struct incident *incident, const char *connector);

#endif
