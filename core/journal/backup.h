/*
 * backup - copies the journal into one file, also while the daemon runs, and verifies the copy.
 *
 * The copy is one snapshot, complete in one file, and is on disk when this returns. To restore it, stop tocsind, move
 * journal.db and the files next to it away, and copy the backup there.
 */
#ifndef TOCSIN_JOURNAL_BACKUP_H
#define TOCSIN_JOURNAL_BACKUP_H

#include "journal/verify.h"

/*
 * Refuses to overwrite a file. Removes a copy that could not be finished. Keeps a copy in which verify finds faults, since
 * the journal has the same ones: returns 0 and sets ret->faults. `hooks` are as for journal_verify.
 */
int journal_backup(const char *path, const char *to, const struct verify_hooks *hooks,
                   struct verify_report *ret, struct error *err);

#endif
