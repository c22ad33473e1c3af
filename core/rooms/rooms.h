/*
 * rooms - where incidents are told and worked on: their own channels, the channel for announcements, cards that follow an
 * incident's state, and people who are paged. Every word leaves through here, and sight/ keeps in what a place may not see.
 *
 * Keys make a sending idempotent: what is said twice under one key is said once. Texts are CommonMark, cards and forms are JSON
 * (see tocsin/connector.h). Nothing here blocks: each call queues actions in the turn. Loop's thread only.
 */
#ifndef TOCSIN_ROOMS_ROOMS_H
#define TOCSIN_ROOMS_ROOMS_H

#include "rooms/card.h"
#include "sight/place.h"
#include "turn/part.h"

extern const struct part rooms_part;

/* How the key of an action begins that calls somebody out in a channel, since they cannot be paged alone. */
#define PAGE_KEY "page:"

/* ---- saying something; a card, or with card NULL a text. incident may be 0: it is about none ---- */

void rooms_say(struct turn *turn, const struct place *place, uint64_t incident, const char *key,
               const char *card, const char *text);
/* In every channel of the incident, those being opened too; where it has none, where incidents are announced, to everybody or,
   of a private one, to its members. */
void rooms_say_incident(struct turn *turn, uint64_t incident, const char *key, const char *card,
                        const char *text);
/* In each channel of the incident, those being opened too, but in one (may be NULL); nowhere where it has none. */
void rooms_say_inside(struct turn *turn, uint64_t incident, const struct place *but, const char *key,
                      const char *card, const char *text);
/* Shows a form to the asker of `place` while the platform's trigger holds; `text` is said to them where that fails. */
void rooms_ask(struct turn *turn, const struct place *place, const char *key, const char *trigger,
               const char *form, const char *text);
/* Pages a person, wherever they can be; whoever cannot be reached, or is a rotation, is called out in the open. incident may be
   NULL. */
void rooms_page(struct turn *turn, const struct incident *incident, const char *whom, const char *text);

/* ---- cards ---- */

/* Its card where incidents are announced, kept up to date from then on; channel NULL: the default. */
void rooms_announce(struct turn *turn, const struct incident *incident, const char *channel);
/* Another card in the place of a message that was posted before. */
void rooms_edit(struct turn *turn, const struct incident *incident, const struct place *place,
                const char *message, const char *card);
/* For a card for somebody who asks. `zone` NULL: the default. */
struct card_context rooms_card_context(struct core *core, instant now, const char *zone);

/* ---- an incident's own channels, where a connector has such ---- */

void rooms_open(struct turn *turn, const struct incident *incident);
void rooms_archive(struct turn *turn, const struct incident *incident);
/* The incident whose channel this is; 0: none. No viewer: who is in the channel is the platform's business. */
uint64_t rooms_incident(struct core *core, const char *connector, const char *channel);

#endif
