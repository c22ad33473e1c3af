/*
 * cards - neutral cards, forms and CommonMark as Teams' messages and Adaptive Cards 1.5, cut to Teams' limits. Pure: it calls nobody.
 *
 * Names and values are literal: what Markdown would take for formatting is escaped. What is too long is cut, and says so.
 */
#ifndef TEAMS_CARDS_H
#define TEAMS_CARDS_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#define TEAMS_CARD_BYTES ((size_t)28 << 10) /* of a card, as JSON, without the bytes of its picture */

struct teams_form_origin {
    const char *channel; /* where the form was asked for */
    const char *seal;    /* from teams_seal (in.h) */
    bool own;            /* it is a message of its own; else a view of a card, to which one can go back */
};

/* The caller deletes what these return. `intro` is CommonMark that comes first, or NULL. `pictured`: with the card's picture, where Teams
   takes it; else its words stand there. */
cJSON *teams_card(const cJSON *card, const char *intro, bool pictured);
cJSON *teams_card_of_form(const cJSON *form, const struct teams_form_origin *origin);
/* Activities to send. A card is taken over; `summary` is what notifications show. */
cJSON *teams_message_of_card(cJSON *card, const char *summary);
cJSON *teams_message_of_text(const char *commonmark);
/* What a notification shows of a card: the title, and how the text begins. The caller frees it. */
char *teams_summary(const cJSON *card);

#endif
