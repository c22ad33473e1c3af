/*
 * outside - the events of connectors that come from outside: what customers write, and messages to them that do not arrive. `text` is
 * the event's, clean. Loop's thread only.
 */
#ifndef TOCSIN_COMMAND_OUTSIDE_H
#define TOCSIN_COMMAND_OUTSIDE_H

#include <cjson/cJSON.h>

#include "turn/turn.h"

/* Would the event have an effect? An answer of a customer; about a ticket or a page that is known; with an address. */
typedef bool outside_about(const struct core *core, const char *connector, const cJSON *event);
outside_about outside_answers, outside_of_ticket, outside_of_page, outside_has_address;
/* What somebody outside says in a channel that is a route of one customer, and of no incident, is their reply, though the connector does
   not know: the event as a reply, which the caller deletes. NULL: it is none. */
cJSON *outside_as_reply(struct core *core, const char *connector, const cJSON *event);
/* What takes one kind of event: an answer, a message that did not arrive, a wish for none, a change of a ticket, what becomes of a page. */
typedef void outside_taker(struct turn *turn, const char *connector, const cJSON *event, const char *text);
outside_taker outside_reply, outside_bounce, outside_unsubscribe, outside_ticket, outside_page;

#endif
