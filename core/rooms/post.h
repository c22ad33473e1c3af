/*
 * post - sends one message to one place: its body, key and order. Only this folder includes it.
 */
#ifndef TOCSIN_ROOMS_POST_H
#define TOCSIN_ROOMS_POST_H

#include "delivery/link.h"
#include "sight/sight.h"

/* Posts `card`, or `text` if card is NULL. coalesce NULL: replaces no waiting message. */
void post(struct turn *turn, const struct place *place, const struct incident *incident, const char *key,
          const char *coalesce, const char *card, const char *text);
/* The body of a post or, with `message`, of an edit. The caller frees. */
char *post_body(const struct place *place, const char *message, const struct incident *incident,
                const char *card, const char *text);
/* The incident's channel on that platform, for a card in another place; NULL: the place is that channel, or there is none. Borrowed. */
const char *post_room(const struct incident *incident, const struct place *place);

#endif
