/*
 * triage - alerts become groups, groups meet rules, and rules declare incidents; mutes and storms stand in between, and
 * duplicates are merged.
 *
 * An alert costs what its group costs: it is counted in memory, and asks the rules when its group is new, comes back, is resolved,
 * or moved enough. What made a group new is durable before its sender is answered; counts are written some seconds later.
 * Loop's thread only.
 */
#ifndef TOCSIN_TRIAGE_TRIAGE_H
#define TOCSIN_TRIAGE_TRIAGE_H

#include "intake/alert.h"
#include "intake/group.h"
#include "turn/part.h"

extern const struct part triage_part;

/* Takes alerts in. `done` (may be NULL) comes at once (rc 0) when nothing new had to become durable, else after the commit. */
void triage_alerts(struct core *core, const struct alert *alerts, size_t n, instant now, journal_done *done,
                   void *ctx);

/* By fingerprint: in memory, or read from the journal; NULL: never seen. Borrowed until the next alert. */
struct group *triage_group(struct core *core, const char *fingerprint, instant now);
/* The same group as it is in memory, whose counts run ahead of its document; NULL: the document is all. Borrowed likewise. */
const struct group *triage_group_held(const struct core *core, uint64_t fingerprint);
size_t triage_group_count(const struct core *core); /* in memory */

/* Silence by pattern (a group's fingerprint, or a glob over titles and services). A mute always ends. */
int mutes_add(struct turn *turn, const char *pattern, instant until, const char *by, const char *reason,
              struct error *err);
int mutes_remove(struct turn *turn, const char *pattern, const char *by, struct error *err);

#endif
