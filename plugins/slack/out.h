/*
 * out - how actions become calls: perform() itself (out.c), what an earlier attempt posted (find.c), long texts
 * that change (parts.c), and people in channels that the app is not in (inside.c, answers.c). Any thread: each has its own lock.
 */
#ifndef SLACK_OUT_H
#define SLACK_OUT_H

#include "api.h"

/* ---- answers.c ---- */

struct slack_answers *slack_answers_create(void);
void slack_answers_destroy(struct slack_answers *answers);
/* Keeps the response URL of a command, a press or a shortcut, if it has one. */
void slack_answers_note(struct slack *slack, const cJSON *payload);
/* Shows messages in that channel to the one person who asked there. False: no usable response URL is kept. */
bool slack_answer_there(struct slack *slack, const char *channel, const char *user, const cJSON *messages);

/* ---- inside.c ---- */

struct slack_inside *slack_inside_create(void);
void slack_inside_destroy(struct slack_inside *inside);
/* Whether the app is a member of that channel. True where Slack does not say. */
bool slack_is_inside(struct slack *slack, const char *channel);
/* The app was added to or removed from that channel. */
void slack_inside_forget(struct slack *slack, const char *channel);

/* ---- find.c ---- */

#define SLACK_MARK KIT_HMAC_HEX
/* The mark that a message carries so that it can be found again. Every app in the channel can read it, a customer's too, so it
   reveals nothing. */
void slack_mark(const struct slack *slack, const char *key, char mark[SLACK_MARK]);
/* Finds the ts of a part that an earlier attempt of this action posted. False with reply->ok: none was posted. */
bool slack_find_message(struct slack *slack, const struct tocsin_action *action, const char *channel,
                        const char *thread, int part, char ts[SLACK_ID], struct slack_reply *reply);

/* ---- parts.c ---- */

/* Remembers the further parts of a long message, an array of ts, behind its first one. */
void slack_parts_keep(struct slack *slack, const char *channel, const char *first, const cJSON *further);
/* Changes the further parts of the message, if it has some, to `messages` from the second one on; those that are too many are deleted.
   NULL: all are deleted. False: Slack refused; the caller finishes *reply in both cases. */
bool slack_parts_change(struct slack *slack, const char *channel, const char *first, const cJSON *messages,
                        struct slack_reply *reply);
/* One call of chat.update with a message that slack_messages_of_… made, or of chat.delete with NULL. */
void slack_change(struct slack *slack, const char *channel, const char *ts, const cJSON *message,
                  struct slack_reply *reply);
/* Nobody can do anything with the message any more. */
bool slack_is_gone(const struct slack_reply *reply);
/* Waits as long as Slack wants between two messages of one action. */
void slack_pace(const struct slack *slack);

/* ---- out.c ---- */

void slack_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result);

#endif
