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
void outside_reply(struct turn *turn, const char *connector, const cJSON *event, const char *text);
void outside_bounce(struct turn *turn, const char *connector, const cJSON *event, const char *text);
void outside_unsubscribe(struct turn *turn, const char *connector, const cJSON *event);

#endif
