/*
 * cards - the messages that show an incident and follow it. Only this folder includes it.
 */
#ifndef TOCSIN_ROOMS_CARDS_H
#define TOCSIN_ROOMS_CARDS_H

#include "base/map.h"
#include "turn/part.h"

#define CARD_KEY "card:" /* how the key of an action begins that posts one */

struct shown {       /* of one incident in memory */
    uint64_t card;   /* hash of the card as last sent; 0: not known */
    uint64_t hidden; /* hash of the cards that were hidden since it is private; 0: none */
};

struct cards {
    struct map shown;  /* "INC-42" -> struct shown, owned */
    struct map edited; /* message -> when its last edit went, or is to go */
};

void cards_finish(struct cards *cards);
void cards_forget(struct cards *cards, uint64_t incident);
/* Posted where one is missing, edited where it stands, when what they show has changed; hidden where not everybody may see it any
   more. */
void cards_show(struct turn *turn, const struct incident *incident);
/* What stands there now is what was posted, which may have waited: where that is not how the incident is, it is edited next. */
void cards_posted(struct turn *turn, const struct incident *incident, const struct action *action,
                  const cJSON *body);
/* Does a card of it stand in that channel? */
bool cards_has(const struct incident *incident, const char *connector, const char *channel);

static inline struct cards *cards_of(const struct core *core)
{
    return part_state(core, "rooms");
}

#endif
