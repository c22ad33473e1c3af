/*
 * affects - whom the groups of an incident affect. Only this folder includes it.
 */
#ifndef TOCSIN_TRIAGE_AFFECTS_H
#define TOCSIN_TRIAGE_AFFECTS_H

#include "intake/group_affected.h"
#include "turn/part.h"

/* Tells of all customers of the incident's groups, group by group. */
void affects_each(struct core *core, const struct incident *incident, const struct affected_reader *reader);
/* Names customers of the group in the incident, as far as it names any. */
void affects_name(struct turn *turn, const struct group *group, uint64_t incident, const char *by);
/* The incident goes on, and so does what its groups know of customers. */
void affects_reopen(struct turn *turn, const struct incident *incident);

#endif
