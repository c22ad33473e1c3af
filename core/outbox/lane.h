/*
 * lane - the kinds of urgency of an action, as data: what overtakes what, how patiently it is tried, and what is worse when
 * nobody knows whether it was done.
 */
#ifndef TOCSIN_OUTBOX_LANE_H
#define TOCSIN_OUTBOX_LANE_H

#include <stdbool.h>

#include "base/time.h"

enum lane {                    /* the more urgent first */
            LANE_PAGE,         /* getting somebody's attention */
            LANE_CUSTOMER,     /* a message to customers */
            LANE_ROOM,         /* the incident's channel, answers to people */
            LANE_HOUSEKEEPING, /* topics, cards kept up to date, archiving */
            LANE_COUNT
};

struct lane_row {
    const char *name;
    duration longest; /* wait between two attempts */
    duration span;    /* from when it was due to giving up */
    /*
     * What may have been done is not tried again where the platform cannot tell: a person looks. So that this is asked only of
     * what was really under way, it is made durable that such an action is handed out, before it is. Of the others all
     * are tried again: a page that comes twice is better than none.
     */
    bool once;
};

extern const struct lane_row lanes[LANE_COUNT];

#endif
