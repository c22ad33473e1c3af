/*
 * picture - the picture of a card as a file of Slack's that a block of the message shows. Any thread.
 */
#ifndef SLACK_PICTURE_H
#define SLACK_PICTURE_H

#include "api.h"

/*
 * Uploads the card's picture, and waits until Slack knows what it is; a later attempt at the same action shows the same file. False: the card has
 * none, or Slack does not take it, which the log says; then its words are shown.
 */
bool slack_picture(struct slack *slack, const struct tocsin_action *action, const cJSON *card,
                   char file[SLACK_ID]);
/* The action is done: no other attempt will ask for the file. */
void slack_picture_forget(struct slack *slack, const struct tocsin_action *action);

#endif
