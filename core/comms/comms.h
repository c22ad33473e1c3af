/*
 * comms - messages to customers, and their replies.
 *
 * A message to customers is a draft in the incident's state until a command, a button or a thumbs-up approves it; only the event
 * of the approval queues actions. A reply goes to each open incident that affects the customer. If there is none, it goes to the
 * announcements, and from there to the incident that is declared. Loop's thread only.
 */
#ifndef TOCSIN_COMMS_COMMS_H
#define TOCSIN_COMMS_COMMS_H

#include "turn/part.h"

extern const struct part comms_part;

/* Is there a connector that reaches customers? Whether it knows a particular one shows only when it sends. */
bool comms_reaches_customers(const struct core *core);
/* A display name for a customer's key: their name, "all customers", or the key itself. Borrowed from the incident or the key. */
const char *comms_customer_name(const struct incident *incident, const char *key);

/* A message that a customer wrote, edited or deleted. Everything is borrowed. */
struct reply {
    const char *customer, *text;     /* text: of a deleted message, the deleted text */
    const char *link;                /* NULL: none */
    const char *connector, *message; /* message: its id; NULL: unknown */
    enum reply_change { REPLY_NEW, REPLY_EDITED, REPLY_DELETED } change;
    int64_t order; /* of an edit: grows with each edit of the message; 0: unknown */
};
/* Reports it in the open incidents that affect the customer; if there are none, in the announcements (except a deletion). */
void comms_replied(struct turn *turn, const struct reply *reply);

#endif
