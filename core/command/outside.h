/*
 * outside - the events of connectors that come from outside: what customers write, and messages to them that do not arrive. `text` is
 * the event's, clean. Loop's thread only.
 */
#ifndef TOCSIN_COMMAND_OUTSIDE_H
#define TOCSIN_COMMAND_OUTSIDE_H

#include <cjson/cJSON.h>

#include "turn/turn.h"

/* Does it say which customer wrote, or from which address? */
bool outside_names_customer(const cJSON *event);
/* What somebody outside says in a channel that is a route of one customer, and of no incident, is their reply, though the connector does
   not know: the event as a reply, which the caller deletes. NULL: it is none. */
cJSON *outside_as_reply(struct core *core, const char *connector, const cJSON *event);
/* What takes one kind of event: an answer, a message that did not arrive, a wish for none, a change of a ticket. */
typedef void outside_taker(struct turn *turn, const char *connector, const cJSON *event, const char *text);
outside_taker outside_reply, outside_bounce, outside_unsubscribe, outside_ticket;

#endif
