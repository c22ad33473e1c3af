/*
 * journal - the component that opens the journal in the data directory, first of those that hold something, and closes it before
 * any of them goes: closing answers what is in hand. Loop's thread only.
 */
#ifndef TOCSIN_DAEMON_JOURNAL_H
#define TOCSIN_DAEMON_JOURNAL_H

#include "journal/journal.h"

struct journal *daemon_journal(void);
const char *daemon_journal_path(void);

#endif
