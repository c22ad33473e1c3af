/*
 * channels - the actions on channels, and channels by name. Any thread: the names have their own lock.
 */
#ifndef SLACK_CHANNELS_H
#define SLACK_CHANNELS_H

#include "api.h"

struct slack_names *slack_names_create(void);
void slack_names_destroy(struct slack_names *names);
/* The id of a channel given by id or name ("incidents", "#incidents"). False: there is none, or Slack did not answer. */
bool slack_channel(struct slack *slack, const char *channel, char id[SLACK_ID], struct slack_reply *reply);
/* Picks a channel from one page of the list of all channels; NULL: none of it. */
typedef const cJSON *slack_pick(const cJSON *page, void *ctx);
/* Looks through all channels, page by page, until one is picked. A copy of it, which the caller deletes; NULL: there is none, or
 *reply says what failed. */
cJSON *slack_search_channels(struct slack *slack, slack_pick *pick, void *ctx, struct slack_reply *reply);
/* The name of a channel, without "#"; "": Slack did not say. */
void slack_channel_name(struct slack *slack, const char *id, struct kit_text *out);
/* Can messages be posted in a channel given by id or name? See tocsin/connector.h. */
int32_t slack_check_channel(void *self, const char *channel, struct tocsin_error *error);
/* Forgets which channel a name stands for. False: it was not known. */
bool slack_forget_channel(struct slack *slack, const char *channel);
/* slack_call on a channel. Where the bot is not in the channel it joins and calls again; a message also unarchives the channel. */
void slack_call_in(struct slack *slack, const char *channel, const char *method, cJSON *arguments, bool once,
                   struct slack_reply *reply);
/* Rejoins a public channel that the app made and was removed from. TOCSIN_DONE: it is back; TOCSIN_RETRY: Slack did not answer;
   anything else: it is another kind of channel, or Slack refused. */
int32_t slack_rejoin(struct slack *slack, const char *channel);

typedef void slack_performer(struct slack *slack, const struct tocsin_action *action, const cJSON *body,
                             struct tocsin_result *result);
slack_performer slack_channel_open, slack_channel_topic, slack_channel_invite, slack_channel_remove,
    slack_channel_archive, slack_channel_bookmark, slack_group_members, slack_find_customer;

#endif
