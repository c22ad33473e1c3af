/*
 * said - hides text that people have edited or deleted on a platform. Somebody who deletes a message expects its text to be gone.
 * The journal keeps the text, because it never changes, but nobody can read it in Tocsin any more. sight_event_visible and
 * sight_event_seen use this for every event that is shown; a search uses said_still.
 *
 * Several events can quote one message: the message itself, its edits, pins, notes, a customer's reply. Each shows the current
 * text of the message, or no text if it was deleted. Of several edits only the newest is shown. An edit that arrives after a newer
 * one, or before its message, is not shown.
 *
 * Where a change may be among what is damaged in the journal, what was said before it is not shown.
 *
 * None of this is stored. The changed messages of an incident are read from its stream (its durable part) on demand; each later
 * question reads only what was added.
 */
#ifndef TOCSIN_SIGHT_SAID_H
#define TOCSIN_SIGHT_SAID_H

#include "base/map.h"
#include "turn/core.h"

struct said {             /* for all incidents in memory */
    struct map incidents; /* "INC-42" -> its changed messages */
};

void said_finish(struct said *said);
void said_forget(struct said *said, uint64_t incident);
/* False: the event is an edit or a deletion that a newer change replaced, so it is not shown. */
bool said_told(struct core *core, const struct event *event);
/* Replaces the event's text with the current text of its message; NULL: the message was deleted. */
void said_now(struct core *core, struct event *event);
/* Does the event still have the text that its message has now? */
bool said_still(struct core *core, const struct event *event);

#endif
