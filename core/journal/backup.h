/*
 * backup - a copy of the journal in one file, taken beside a running daemon, and verified.
 *
 * The copy is one snapshot, complete in itself (no log beside it), and is on the disk when this returns. To put it back,
 * stop tocsind, move journal.db and what stands beside it away, and copy the backup there.
 */
#ifndef TOCSIN_JOURNAL_BACKUP_H
#define TOCSIN_JOURNAL_BACKUP_H

#include "journal/verify.h"

/*
 * Refuses to overwrite. A copy that could not be finished is removed. One in which verify finds faults stays, since the
 * journal is no better: 0, and ret->faults says so; `hooks` as for journal_verify.
 */
int journal_backup(const char *path, const char *to, const struct verify_hooks *hooks,
                   struct verify_report *ret, struct error *err);

#endif
