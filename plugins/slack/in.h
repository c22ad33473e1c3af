/*
 * in - how what Slack sent becomes events: in.c, and what a message says outside its text (attached.c) or as mrkdwn (text.c).
 * Any thread; keeps nothing.
 */
#ifndef SLACK_IN_H
#define SLACK_IN_H

#include "slack.h"

/*
 * Turns what Slack sent into one event. NULL: Tocsin has no use for it, or *ret_later is set, because Slack must answer a
 * question first and does not now. `kind`: "events_api", "slash_commands" or "interactive". `id`: of the envelope or request,
 * for events that have no id of their own. The caller deletes.
 */
cJSON *slack_event(struct slack *slack, const char *kind, const char *id, const cJSON *payload,
                   bool *ret_later);
/* Reads what Slack sent and emits it; TOCSIN_EMITTED also when there is nothing to emit. `waited_ms`: time since it arrived. */
int32_t slack_receive(struct slack *slack, const char *kind, const char *id, const cJSON *payload,
                      int64_t waited_ms);
/* The id of the user who acted, as far as the payload says; "": nobody. Borrowed. */
const char *slack_actor(const cJSON *payload);
/* What a message says outside its text, as mrkdwn: forwarded messages and, where it has no text, its attachments or blocks. */
void slack_attached_text(const cJSON *message, struct kit_text *out);
/* mrkdwn as plain text. Mentions (<@U1>) stay, and their ids are added to `users`, an array of texts. */
void slack_plain(const char *mrkdwn, struct kit_text *out, cJSON *users);
/* The same for a title: a link with a label becomes its label alone. */
void slack_plain_title(const char *mrkdwn, struct kit_text *out, cJSON *users);
/* Plain text whose marks people meant as formatting (*bold*, _italic_, ~gone~, `code`, > quote), as CommonMark; all else is literal.
   False: nothing was formatted. */
bool slack_formatted(const char *plain, struct kit_text *out);

#endif
