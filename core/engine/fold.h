/*
 * fold - state + event -> state. Pure and total: an event that was journaled can always be folded.
 */
#ifndef TOCSIN_ENGINE_FOLD_H
#define TOCSIN_ENGINE_FOLD_H

#include "engine/state.h"

/* Takes the event into the incident; its version becomes the event's (which is set when it is 0). */
void fold(struct incident *incident, struct event *event);

#endif
