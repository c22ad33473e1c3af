/*
 * fold - state + event -> state. Pure and total: an event that was journaled can always be folded.
 *
 * What an event does to the state is its fold function: its row in events.def names it, and it stands in the fold_*.c of its
 * domain, as the headings there say.
 */
#ifndef TOCSIN_ENGINE_FOLD_H
#define TOCSIN_ENGINE_FOLD_H

#include "engine/state.h"

/* Takes the event into the incident; its version becomes the event's (which is set when it is 0). */
void fold(struct incident *incident, struct event *event);

/* Somebody who works on it said something: what an agent writes for them is no sign of that. */
static inline void fold_spoke(struct incident *incident, const struct event *event)
{
    if (!event->agent)
        incident->activity.spoke_at = event->at;
}

/* The fold functions, for the table; one that several rows name is declared as often. */
#define EVENT(id, name, revision, subject, folder, ...) event_folder folder;
#include "engine/events.def"
event_folder fold_nothing; /* of facts that only the timeline tells */

#endif
