/*
 * crowd - whom the groups of an incident affect, as the journal keeps it.
 *
 * A few customers stand in the document of their group. A crowd is stored in pages, under the group and its incident, so that an
 * ended incident still tells whom it affected when its group has begun anew. Only this folder includes it.
 */
#ifndef TOCSIN_TRIAGE_CROWD_H
#define TOCSIN_TRIAGE_CROWD_H

#include "intake/group_affected.h"
#include "turn/part.h"

/* Adds to the batch what has changed of a crowd, under the incident that its group has now; nothing for a few. */
void crowd_write(struct journal_batch *batch, const struct group *group);
/* The same when that incident ends, also for a few. */
void crowd_keep(struct journal_batch *batch, const struct group *group);
/* Adds the crowd that the document of the group speaks of. Returns 0, or the journal's error. */
int crowd_read(const struct core *core, struct group *group);

/* Whom the group affected in an incident that has ended, as it was then. False: that was not kept. The caller calls
   group_affected_finish on what it got. */
bool crowd_kept(const struct core *core, uint64_t fingerprint, uint64_t incident, struct group *ret);

#endif
