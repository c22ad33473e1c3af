/*
 * recent - what was said, edited and deleted lately: a read of the journal sees only what is durable, and a room that is opened
 * meanwhile misses the rest, too. Loop's thread only.
 */
#ifndef TOCSIN_MIRROR_RECENT_H
#define TOCSIN_MIRROR_RECENT_H

#include "engine/state.h"
#include "turn/core.h"

struct recent_event {
    struct event event;
    bool gives; /* its room gave its words to rooms that are opened later, too */
};

struct recent {
    ARRAY(struct recent_event) events; /* in the order of their commits */
};

void recent_add(struct core *core, const struct event *event, bool gives);
void recent_finish(struct recent *recent);

#endif
