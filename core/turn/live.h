/*
 * live - the incidents in memory: all open ones, in the order of their numbers, and the ended ones that were asked for last.
 * Others are read from the journal when somebody asks. Whoever shows one to a person asks sight/ first: nothing here knows
 * who may see what. Loop's thread only.
 */
#ifndef TOCSIN_TURN_LIVE_H
#define TOCSIN_TURN_LIVE_H

#include "turn/core.h"

struct incident;

/* Borrowed until the next turn begins or ends. NULL: there is none of that number. */
const struct incident *live_incident(const struct core *core, uint64_t id);
size_t live_open_count(const struct core *core);

typedef bool live_on(void *ctx, const struct incident *incident);
/* Each open one from the least number on, until `on` returns false. `on` may give commands; an incident that is declared
   meanwhile is not among them. */
void live_each_open(struct core *core, live_on *on, void *ctx);
/* From the greatest number below `before` down; 0: from the newest. Costs what it visits. */
void live_each_newest(struct core *core, uint64_t before, live_on *on, void *ctx);

/* From the least, 0, on; `unknown` for a severity that the policy does not have (any more). */
size_t live_severity_rank(const struct core *core, const char *severity, size_t unknown);

#endif
