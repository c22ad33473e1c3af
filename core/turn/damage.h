/*
 * damage - what in the journal is not as it was written, as far as anybody has noticed: by reading it, or by the check at the start.
 *
 * A damaged document is never used. The state of an incident is folded again from its events, unless one of them is damaged, too; any
 * other document is as good as lost. A damaged event is read as one that says only that it is damaged (EVENT_DAMAGED). All of it is said: in the log, on /readyz and /metrics, and where incidents are announced. Loop's thread only.
 */
#ifndef TOCSIN_TURN_DAMAGE_H
#define TOCSIN_TURN_DAMAGE_H

#include "turn/core.h"

/* Notes it, and logs it; what is known already is not noted again. `what`: "document group 9f86… is damaged". `seq`: the event that is,
   which is noted once, however it is described; 0: it is none, or not a single one. */
void damage_note(struct core *core, uint64_t seq, const char *what);
/* A document is damaged, or missing: the core then goes without it, or restores it. Its key may be what is damaged. */
journal_on_damage damage_met;
/* An event is damaged, or some are missing, of which this is the last: what is read in their place says only that. */
journal_on_damaged_event damage_met_event;
/* How many things are damaged; 0: none that is known. */
size_t damage_count(const struct core *core);
/* What is damaged, in words that may be secret: "event 17", "document group 9f86… is damaged". */
void damage_each(const struct core *core, void (*on)(void *ctx, const char *what), void *ctx);
/* "The journal is damaged in 3 places …": without their names, which may be secret; and what to do. CommonMark. */
void damage_describe(const struct core *core, struct str *out);

struct damage_look {    /* how far the journal was looked through for damage since the start */
    uint64_t tail;      /* so many events at its end were looked at before anything else */
    bool under_way;     /* the rest is being looked through */
    uint64_t events;    /* all that were; 0: not yet */
    instant done_at;    /* when that was done; 0: not yet */
    const char *failed; /* why it could not be; NULL: it could, or it is under way. Lives as long as the core */
};
/* Whoever looks says so; a copy is kept. */
void damage_looked(struct core *core, const struct damage_look *look);
const struct damage_look *damage_look(const struct core *core);

#endif
