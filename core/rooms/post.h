/*
 * post - one message to one place: its body, its order among others, its key. Only this folder includes it.
 */
#ifndef TOCSIN_ROOMS_POST_H
#define TOCSIN_ROOMS_POST_H

#include "delivery/link.h"
#include "sight/sight.h"

/* A card, or with card NULL a text. coalesce NULL: nothing that waits is replaced. */
void post(struct turn *turn, const struct place *place, const struct incident *incident, const char *key,
          const char *coalesce, const char *card, const char *text);
/* message NULL: a new one. The caller frees. */
char *post_body(const struct place *place, const char *message, const struct incident *incident,
                const char *card, const char *text);
/* Everything in an incident's own channel goes in order, before and after that channel has an id; what one person sees there
   keeps only them waiting. The caller frees. */
char *post_order(const struct incident *incident, const struct place *place);
/* Is the incident's channel there being opened? */
bool post_opening(const struct core *core, const struct incident *incident, const char *connector);
/* Where the incident is worked on that platform, for a card that stands elsewhere; NULL: there, or nowhere yet. Borrowed. */
const char *post_room(const struct incident *incident, const struct place *place);

#endif
