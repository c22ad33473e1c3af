/*
 * damage - what in the journal is not as it was written, as far as anybody has noticed: by reading it, or by the check at the start.
 *
 * A damaged document is never used. The state of an incident is folded again from its events; any other document is as good as lost,
 * and that is said: in the log, on /readyz and /metrics, and where incidents are announced. Loop's thread only.
 */
#ifndef TOCSIN_TURN_DAMAGE_H
#define TOCSIN_TURN_DAMAGE_H

#include "turn/core.h"

/* Notes it, and logs it; what is known already is not noted again. `what`: "document group 9f86… is damaged". */
void damage_note(struct core *core, const char *what);
/* A document is damaged, or missing: the core then goes without it, or restores it. Its key may be what is damaged. */
journal_on_damage damage_met;
/* How many things are damaged; 0: none that is known. */
size_t damage_count(const struct core *core);
/* "The journal is damaged in 3 places …": without their names, which may be secret; and what to do. CommonMark. */
void damage_describe(const struct core *core, struct str *out);

#endif
