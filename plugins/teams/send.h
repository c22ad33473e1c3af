/* send - one message: sent, replaced or deleted by the Bot Connector. Any thread. */
#ifndef TEAMS_SEND_H
#define TEAMS_SEND_H

#include "places.h"

/*
 * Sends an activity, which it takes over, to a place; into a channel without a thread it begins one. True: `message` is its id, and
 * `conversation`, unless NULL, where it is now. The caller finishes *reply either way.
 */
bool teams_send(struct teams *teams, const struct teams_place *place, cJSON *activity, char message[TEAMS_ID],
                char conversation[TEAMS_ID], struct teams_reply *reply);
/* Replaces a message, or, with activity NULL, deletes it. Takes the activity over. */
void teams_replace(struct teams *teams, const struct teams_place *place, const char *message, cJSON *activity,
                   struct teams_reply *reply);

#endif
