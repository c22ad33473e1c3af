/*
 * lane - the urgency of actions, as data: what overtakes what, how long it is retried, and whether to retry when nobody
 * knows if it was done.
 */
#ifndef TOCSIN_OUTBOX_LANE_H
#define TOCSIN_OUTBOX_LANE_H

#include <stdbool.h>

#include "base/time.h"

enum lane {                    /* most urgent first */
            LANE_PAGE,         /* getting somebody's attention */
            LANE_CUSTOMER,     /* a message to customers */
            LANE_ROOM,         /* the incident's channel, answers to people */
            LANE_HOUSEKEEPING, /* topics, updates of cards, archiving */
            LANE_WEBHOOK,      /* an event, for a program */
            LANE_SUBSCRIBER, /* a message to a subscriber of a status page, of which there may be many thousands */
            LANE_COUNT
};

struct lane_row {
    const char *name;
    duration longest; /* the longest wait between two attempts */
    duration span;    /* from the time when it was due until it is given up */
    /*
     * An action that may have been done is not tried again if the platform can't tell; a person looks instead. To know which
     * actions were really in progress, it is made durable that such an action is handed out before it is. Actions of the
     * other lanes are tried again: a page that comes twice is better than none.
     */
    bool once;
    /* Forgotten as soon as it is done: no other action refers to it, and its key comes never again. So many of them cost no
       memory, and push no other out of it. */
    bool forgotten;
    /* What becomes of its actions says nothing about their connector, and is the matter of the part that queued them alone. */
    bool apart;
};

extern const struct lane_row lanes[LANE_COUNT];

#endif
