/*
 * inside - the open follow-ups in memory, and their documents. Only this folder includes it. Loop's thread only.
 */
#ifndef TOCSIN_FOLLOWUPS_INSIDE_H
#define TOCSIN_FOLLOWUPS_INSIDE_H

#include "base/map.h"
#include "clock/deadline.h"
#include "followups/followups.h"
#include "turn/written.h"

struct followups {
    struct map open;          /* "0000000042" -> struct followup, owned */
    struct deadlines *clocks; /* by number */
    struct written written;   /* their documents */
    int64_t last;             /* the number of the latest */
};

static inline struct followups *followups_of(const struct core *core)
{
    return part_state(core, "followups");
}

/* keep.c */
int followups_load(struct core *core, struct error *err);
void followups_unload(struct core *core);
/* Writes it, keeps it in memory as long as it is open, and sets its clock. */
void followup_keep(struct turn *turn, const struct followup *followup);

/* clock.c: reminds of those that are due. Returns when the next one is; 0: none is. */
instant followups_tick(struct core *core, instant now);

#endif
