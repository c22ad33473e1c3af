/*
 * rotations - rotation{}: who takes turns at being on call. Borrowed until the next load. Loop's thread only.
 */
#ifndef TOCSIN_POLICY_ROTATIONS_H
#define TOCSIN_POLICY_ROTATIONS_H

#include "policy/policy.h"
#include "policy/roster.h"
#include "rotation/rotation.h"

/* The active one with index i, from 0; NULL: there are no more. */
const struct rotation *policy_rotation_at(const struct policy *policy, size_t i);
/* The one with that name ("@payments", in any case). NULL: there is none. */
const struct rotation *policy_rotation_named(const struct policy *policy, const char *name);
/* That of a team with that name, or else the one with that name. NULL: neither. */
const struct rotation *policy_rotation(const struct policy *policy, const char *name);

/* The i-th team, from 0, whose rotation this is. False: there are no more. */
bool policy_team_of_rotation(const struct policy *policy, const struct rotation *rotation, size_t i,
                             struct roster_team *ret);
/* The i-th user group that has its members, from 0: its id or handle on a connector (NULL: on each that has groups). NULL: no more. */
const struct roster_user *policy_rotation_group(const struct policy *policy, const struct rotation *rotation,
                                                size_t i);
/* How often it was loaded: what was borrowed from it holds while this stays the same. */
uint64_t policy_generation(const struct policy *policy);

#endif
