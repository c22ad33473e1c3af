/*
 * card - a card for a platform that has none: a few lines of text.
 *
 *     INC-4 checkout is slow                      the title, in bold where the target has that
 *     status: triage · service: checkout
 *     Orders **fail** since 9:00.                 its text, rendered
 *     Accept: !inc INC-4 accept · …               the words that its buttons stand for
 *     declared by Ana
 *
 * Any thread.
 */
#ifndef TOCSIN_KIT_CARD_H
#define TOCSIN_KIT_CARD_H

#include <cjson/cJSON.h>

#include <tocsin/kit/commonmark.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Adds a card (see tocsin/connector.h); for KIT_HTML its lines end with <br>. `commands`: with the words for its buttons, but those that need a
   form. An absent part has no line; NULL adds nothing. False if `out` failed. */
bool kit_card(const cJSON *card, bool commands, enum kit_target target, struct kit_text *out);
/* Adds the card and the text of an action's body: what a `post` or a `page` says. */
bool kit_body(const cJSON *body, bool commands, enum kit_target target, struct kit_text *out);
/* Adds what a person types in a button's place, "!inc INC-4 accept", as it is: a press has a tag at its end, words have none. */
void kit_command(const cJSON *button, struct kit_text *out);

#ifdef __cplusplus
}
#endif
#endif
