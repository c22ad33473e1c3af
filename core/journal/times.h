/*
 * times - when documents were written, without reading what they are: their bodies may be long. So a damaged one is among them.
 */
#ifndef TOCSIN_JOURNAL_TIMES_H
#define TOCSIN_JOURNAL_TIMES_H

#include "journal/journal.h"

/* Returns false to stop. The key is borrowed. */
typedef bool journal_on_time(void *ctx, const char *key, instant at);

/* Of the documents of a kind whose keys begin with `prefix`, in the order of their keys, behind `after` (NULL: from the start), at most
   `limit`. Returns 0 or an error. Loop's thread only. */
int journal_times(struct journal *journal, enum doc_kind kind, const char *prefix, const char *after,
                  size_t limit, journal_on_time *on, void *ctx, struct error *err);

#endif
