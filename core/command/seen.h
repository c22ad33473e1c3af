/*
 * seen - which events of connectors were taken already: in hand, lately, or in the journal.
 *
 * The journal's documents are the truth. In front of them stand the events in hand, whose documents are not durable yet,
 * and a ring of the latest, so that a connector that repeats itself costs no read.
 */
#ifndef TOCSIN_COMMAND_SEEN_H
#define TOCSIN_COMMAND_SEEN_H

#include "base/map.h"
#include "journal/journal.h"

#define SEEN_RING 1024

struct seen {
    struct map known; /* key -> HELD or TAKEN */
    char *ring[SEEN_RING];
    size_t next;
};

enum seen_state { SEEN_NEVER, SEEN_IN_HAND, SEEN_TAKEN };

void seen_finish(struct seen *seen);
/* The caller frees. */
char *seen_key(const char *connector, const char *event_id);
enum seen_state seen_look(struct seen *seen, struct journal *journal, const char *key);
/* In hand from now on, with its document in the batch. */
void seen_hold(struct seen *seen, const char *key, instant now, struct journal_batch *batch);
/* It became durable, or it did not. */
void seen_settle(struct seen *seen, const char *key, bool durable);

#endif
