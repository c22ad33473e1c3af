/*
 * rooms - messages about incidents: in their own channels and the channel for announcements, as cards that follow an incident's
 * state. Everything that is sent goes through sight/, which withholds what a place may not see.
 *
 * Keys make messages idempotent: the same key is sent once. Texts are CommonMark; cards and forms are JSON (see
 * tocsin/connector.h). Nothing here blocks: each call queues actions in the turn. Loop's thread only.
 */
#ifndef TOCSIN_ROOMS_ROOMS_H
#define TOCSIN_ROOMS_ROOMS_H

#include "delivery/link.h"
#include "rooms/card.h"
#include "sight/place.h"
#include "turn/part.h"

extern const struct part rooms_part;

/* Prefix of the key of a message that reports an action which failed. */
#define DEAD_KEY "dead:"

/* ---- messages: `card`, or `text` if card is NULL. incident 0: about none ---- */

void rooms_say(struct turn *turn, const struct place *place, uint64_t incident, const char *key,
               const char *card, const char *text);
/* An answer about the incident went to everybody there: what this turn would tell them of it beyond that is known. */
void rooms_answered(struct turn *turn, const struct place *place, uint64_t incident);
/* To every channel of the incident, including those being opened. On platforms where it lacks one: to the announcements or, if it
   is private, to each member. */
void rooms_say_incident(struct turn *turn, uint64_t incident, const char *key, const char *card,
                        const char *text);
/* Both in the incident's channels and in the announcements; if it is private, only where rooms_say_incident says it. For what must not
   be overlooked. */
void rooms_say_loudly(struct turn *turn, uint64_t incident, const char *key, const char *text);
/* To the announcements on every connector that can post now, except one. */
void rooms_say_elsewhere(struct turn *turn, const char *connector, const char *key, const char *text);
/* To every channel of the incident, including those being opened, except `but` (may be NULL). Sends nothing if it has none. */
void rooms_say_inside(struct turn *turn, uint64_t incident, const struct place *but, const char *key,
                      const char *card, const char *text);
/* To that channel of every chat that has one of the name, about the incident or, with 0, none. */
void rooms_say_channel(struct turn *turn, const char *channel, uint64_t incident, const char *key,
                       const char *card, const char *text);
/* Shows a form to the asker of `place` while the platform's trigger is valid; sends them `text` if that fails. */
void rooms_ask(struct turn *turn, const struct place *place, const char *key, const char *trigger,
               const char *form, const char *text);
/* To one person directly, on each platform where they are known; to the incident's channels if they are known on none. */
void rooms_nudge(struct turn *turn, uint64_t incident, const char *person, const char *key, const char *text);
/* To one person directly, in each chat where they have a user, about no incident; not to the user `place.to` of `but` (NULL: to all). A
   desk is no chat. False: nobody reads it, since they are known from no chat that is served. */
bool rooms_tell_person(struct turn *turn, const char *person, const struct place *but, const char *key,
                       const char *text);

/* Looks somebody up by their e-mail address, on each platform that can, and makes them a member of the incident. `here` is where
   the answer goes; its texts may be NULL. Returns how many platforms are asked. */
size_t rooms_find(struct turn *turn, const struct incident *incident, const char *email, const char *by,
                  const struct place *here);

/* ---- cards ---- */

/* Posts its card to the announcements and keeps it up to date; channel NULL: the default. False: no connector can post it now. */
bool rooms_announce(struct turn *turn, const struct incident *incident, const char *channel);
/* Edits its cards where what they show has changed, though no event of the incident says so. */
void rooms_refresh(struct turn *turn, const struct incident *incident);
/* Do announcements go to this connector now? One that cannot send gets them later; the fallback only while no chat can be reached. */
bool rooms_announces(const struct core *core, const struct link *link);
/* Replaces an earlier message with a card. */
void rooms_edit(struct turn *turn, const struct incident *incident, const struct place *place,
                const char *message, const char *card);
/* For a card that answers somebody. `zone` NULL: the default. */
struct card_context rooms_card_context(struct core *core, instant now, const char *zone);

/* ---- an incident's own channels, on connectors that have them ---- */

void rooms_open(struct turn *turn, const struct incident *incident);
/* On one connector that can; again where it failed. */
void rooms_open_on(struct turn *turn, const struct incident *incident, const char *connector);
/* Is its channel there being opened? */
bool rooms_opening(const struct core *core, const struct incident *incident, const char *connector);
void rooms_archive(struct turn *turn, const struct incident *incident);
/* Two persons become one (before they are), or are two again (after). Where one of them is a member, the users of the other are
   invited to the channels; or taken out of the private ones. */
void rooms_unite(struct turn *turn, const char *one, const char *other);
void rooms_separate(struct turn *turn, const char *one, const char *other);
/* The incident whose channel this is; 0: none. Takes no viewer: the platform decides who is in a channel. */
uint64_t rooms_incident(struct core *core, const char *connector, const char *channel);

#endif
