/*
 * seen - which events of connectors were processed already: events in progress, recent ones, and those in the journal.
 *
 * The journal's documents are the truth. In front of them are the events in progress, whose documents are not durable yet,
 * and a ring of recent events, so that a connector that repeats itself costs no read.
 */
#ifndef TOCSIN_COMMAND_SEEN_H
#define TOCSIN_COMMAND_SEEN_H

#include "base/map.h"
#include "journal/journal.h"

#define SEEN_RING 1024

struct seen {
    struct map known; /* from key to in_progress or done */
    char *ring[SEEN_RING];
    size_t next;
};

enum seen_state { SEEN_NEVER, SEEN_IN_PROGRESS, SEEN_DONE };

void seen_finish(struct seen *seen);
/* The caller frees it. */
char *seen_key(const char *connector, const char *event_id);
enum seen_state seen_look(struct seen *seen, struct journal *journal, const char *key);
/* Marks it as in progress, and adds its document to the batch. */
void seen_hold(struct seen *seen, const char *key, instant now, struct journal_batch *batch);
/* Ends its progress: the document became durable, or it did not. */
void seen_settle(struct seen *seen, const char *key, bool durable);

#endif
