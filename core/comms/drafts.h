/*
 * drafts - the cards that show drafts where people approve them. Only this folder includes it.
 */
#ifndef TOCSIN_COMMS_DRAFTS_H
#define TOCSIN_COMMS_DRAFTS_H

#include "base/json.h"
#include "turn/part.h"

void drafts_follow(struct turn *turn, const struct event *event, const struct incident *incident);
void drafts_outcome(struct turn *turn, const struct action *action, const cJSON *body);
/* Did the action post a draft, with such a key? Then the command remembers where a thumbs-up approves it. */
bool drafts_card(const struct action *action, const char *prefix, const cJSON *body, struct command *ret);
/* Shows a draft as it is now. */
void drafts_show(struct turn *turn, const struct incident *incident, const struct state_draft *draft);

#endif
