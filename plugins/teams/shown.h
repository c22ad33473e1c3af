/*
 * shown - the cards that are shown now, in memory, and presses that wait for theirs: whoever presses a button sees the card change at
 * once, or the form that the button asks for, in the answer to the press. Any thread: it has its own lock.
 *
 *     struct teams_wait *wait = teams_wait_begin(shown, message, trigger);
 *     … emit the press; other threads edit the card (teams_shown_put), or have a form for the trigger (teams_wait_offer)
 *     cJSON *card = teams_wait_end(shown, wait, 1500);
 */
#ifndef TEAMS_SHOWN_H
#define TEAMS_SHOWN_H

#include "teams.h"

struct teams_wait;

struct teams_shown *teams_shown_create(void);
void teams_shown_destroy(struct teams_shown *shown);
/* A message shows this card now; the card is copied. */
void teams_shown_put(struct teams_shown *shown, const char *message, const cJSON *card);
/* A copy of the card that a message shows, which the caller deletes; NULL: it is not remembered. */
cJSON *teams_shown_get(struct teams_shown *shown, const char *message);

/* NULL: too many wait already, since each holds a thread. */
struct teams_wait *teams_wait_begin(struct teams_shown *shown, const char *message, const char *trigger);
/* Waits at most span_ms for a form, or for the message to show another card. The caller deletes it; NULL: nothing came. */
cJSON *teams_wait_end(struct teams_shown *shown, struct teams_wait *wait, int64_t span_ms);
/* Gives a form to the press that it is for, and takes it over. False: nobody waits for it. */
bool teams_wait_offer(struct teams_shown *shown, const char *trigger, cJSON *form);

#endif
