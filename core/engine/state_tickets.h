/*
 * state_tickets - the tickets of desks and trackers in the state of an incident: those of customers are counted, since each is a document
 * (tickets/row.h). Plain data; see state_parts.h.
 */
#ifndef TOCSIN_ENGINE_STATE_TICKETS_H
#define TOCSIN_ENGINE_STATE_TICKETS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"

struct state_ticket { /* a ticket that stands for the incident */
    char *connector, *ticket, *title, *status;
    bool parent; /* the tickets of customers join it; else it is for the work */
    bool done;
};
struct state_tickets {
    int64_t attached, done;          /* done: in so many of these, nothing more is to be done */
    ARRAY(struct state_ticket) made; /* in order */
};

#endif
