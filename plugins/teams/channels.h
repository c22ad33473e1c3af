/*
 * channels - channels by name, and the actions on them. Any thread.
 *
 * An incident lives in a thread of the team's channel (rooms = "thread"), or in a channel of its own, which Graph makes (rooms =
 * "channel", graph.c). A thread is seen by the whole team, so a private incident has none.
 */
#ifndef TEAMS_CHANNELS_H
#define TEAMS_CHANNELS_H

#include "places.h"

struct teams_names;

struct teams_names *teams_names_create(void);
void teams_names_destroy(struct teams_names *names);
/* The id of a channel of the team given by id or name ("incidents", "#incidents"; "": General). False: *reply says why there is none. The
   caller finishes *reply. */
bool teams_channel(struct teams *teams, const char *channel, char id[TEAMS_ID], struct teams_reply *reply);
/* Can messages be posted in a channel given by id or name? See tocsin/connector.h. */
int32_t teams_check_channel(void *self, const char *channel, struct tocsin_error *error);

/* The people that an action names, as an array of persons (people.h), which the caller deletes. NULL: Teams could not say now, and
 *result says why. */
cJSON *teams_named(struct teams *teams, const cJSON *body, const char *users, struct tocsin_result *result);

typedef void teams_performer(struct teams *teams, const struct tocsin_action *action, const cJSON *body,
                             struct tocsin_result *result);
teams_performer teams_channel_open, teams_channel_topic, teams_channel_invite, teams_channel_remove,
    teams_channel_archive;

#endif
