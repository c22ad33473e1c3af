/*
 * cards - the messages that show an incident and are kept up to date. Only this folder includes it.
 */
#ifndef TOCSIN_ROOMS_CARDS_H
#define TOCSIN_ROOMS_CARDS_H

#include "base/map.h"
#include "delivery/link.h"
#include "turn/part.h"

#define CARD_KEY "card:" /* prefix of the key of an action that posts a card */

struct shown {         /* for one incident in memory */
    uint64_t card;     /* hash of the card as last sent; 0: unknown */
    instant refreshed; /* when it was last looked at because counts grew */
    uint64_t hidden;   /* hash of the cards that were hidden when it became private; 0: none */
};

struct cards {
    struct map shown;  /* "INC-42" -> struct shown, owned */
    struct map edited; /* message -> when its last edit was or will be sent */
    struct {
        uint64_t turn, incident, place; /* a hash of the place */
    } answered;                         /* the last answer that all in its place could read */
};

void cards_finish(struct cards *cards);
void cards_forget(struct cards *cards, uint64_t incident);
/* Posts its card in the channel for announcements, or in `channel`. */
void cards_announce(struct turn *turn, const struct incident *incident, const char *channel);
/* The same on one connector, in the channel for announcements. */
void cards_announce_on(struct turn *turn, const struct incident *incident, const struct link *link);
/* Posts missing cards, edits those whose content has changed, and hides those in places that may no longer see the incident. */
void cards_show(struct turn *turn, const struct incident *incident);
/* A card was posted, perhaps after waiting: if it is out of date, it is edited next. */
void cards_posted(struct turn *turn, const struct incident *incident, const struct action *action,
                  const cJSON *body);
/* Does that channel have a card of the incident? */
bool cards_has(const struct incident *incident, const char *connector, const char *channel);

static inline struct cards *cards_of(const struct core *core)
{
    return part_state(core, "rooms");
}

#endif
