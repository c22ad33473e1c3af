/*
 * comms - what customers are told, and what they write.
 *
 * A message to customers is a draft, a part of the incident's state, until a command, a button or a thumbs-up approves it; only the
 * event that approved it makes actions. What a customer writes goes to each open incident that affects them; where there is none,
 * to where incidents are announced, and from there to the one that is declared. Loop's thread only.
 */
#ifndef TOCSIN_COMMS_COMMS_H
#define TOCSIN_COMMS_COMMS_H

#include "turn/part.h"

extern const struct part comms_part;

/* Is there a connector that reaches customers at all? Whether it knows a certain one shows only when it is asked to. */
bool comms_reaches_customers(const struct core *core);
/* To show: the name of a customer's key, "all customers", or the key. Borrowed from the incident or the key. */
const char *comms_customer_name(const struct incident *incident, const char *key);

/* What somebody outside wrote, or did to what they had written. Borrowed. */
struct reply {
    const char *customer, *text;     /* text: of one that was deleted, as it was */
    const char *link;                /* NULL: none */
    const char *connector, *message; /* message: where the platform tells which; else NULL */
    enum reply_change { REPLY_NEW, REPLY_EDITED, REPLY_DELETED } change;
    int64_t order; /* of an edit: greater than that of an earlier one; 0: not told */
};
/* Told in the open incidents that affect them, else, but for a deletion, where incidents are announced. */
void comms_replied(struct turn *turn, const struct reply *reply);

#endif
