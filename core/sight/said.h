/*
 * said - what people said on a platform, as it stands there now. Who deletes or edits a message relies on its former words
 * being gone: the journal keeps them, since it never changes, but nobody reads them here any more. Whatever lets an event out asks
 * sight_event_seen and sight_event_visible, and those ask here; a search asks said_still.
 *
 * A message's words stand in several events: said, its edits, pins and notes of it, a customer's reply. Each of them shows what
 * the message says now, or no text when it is gone. An edit is told of once, by the newest; one that is older than
 * what is known, or came before the message itself, says nothing new.
 *
 * Nothing of this is stored: the changed messages of an incident in memory are read from its stream, as far as that is durable,
 * when somebody asks, and what was added since with each further question.
 */
#ifndef TOCSIN_SIGHT_SAID_H
#define TOCSIN_SIGHT_SAID_H

#include "base/map.h"
#include "turn/core.h"

struct said {             /* of all incidents in memory */
    struct map incidents; /* "42" -> the changed messages of it */
};

void said_finish(struct said *said);
void said_forget(struct said *said, uint64_t incident);
/* False: it tells of an edit or a deletion that says nothing (any more). */
bool said_told(struct core *core, const struct event *event);
/* Puts the words that its message has now into an event; text NULL: it was deleted. */
void said_now(struct core *core, struct event *event);
/* Are the words that it was journaled with those that its message has now? */
bool said_still(struct core *core, const struct event *event);

#endif
