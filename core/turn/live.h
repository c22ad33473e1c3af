/*
 * live - the incidents in memory: all open ones, ordered by number, and the ended ones that were used last. Others are read from
 * the journal on demand. Nothing here checks who may see an incident: ask sight/ before showing one to a person. Loop's thread
 * only.
 */
#ifndef TOCSIN_TURN_LIVE_H
#define TOCSIN_TURN_LIVE_H

#include "turn/core.h"

struct incident;

/* Borrowed until the next turn begins or ends. NULL: no incident has that number. */
const struct incident *live_incident(const struct core *core, uint64_t id);
size_t live_open_count(const struct core *core);
/* Those that everybody may see: a count of others would tell of them. */
size_t live_open_public(const struct core *core);

typedef bool live_on(void *ctx, const struct incident *incident);
/* Calls `on` for each open incident in ascending order of number, until it returns false. `on` may run commands; incidents
   declared meanwhile are not visited. */
void live_each_open(struct core *core, live_on *on, void *ctx);
/* The same in descending order, starting below `before` (0: with the newest). The cost is proportional to the visits. */
void live_each_newest(struct core *core, uint64_t before, live_on *on, void *ctx);

/* The rank of a severity, in any case; the least severe is 0. `unknown` if the policy does not have it (any more). */
size_t live_severity_rank(const struct core *core, const char *severity, size_t unknown);

#endif
