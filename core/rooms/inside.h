/*
 * inside - the functions that rooms.c puts into this part. Only this folder includes it.
 */
#ifndef TOCSIN_ROOMS_INSIDE_H
#define TOCSIN_ROOMS_INSIDE_H

#include "rooms/cards.h"

struct rooms { /* this part's state */
    struct cards cards;
    bool fallback_told; /* that it announces now (fallback.h) */
    size_t damage_told; /* so many damaged places of the journal */
};

static inline struct rooms *rooms_of(const struct core *core)
{
    return part_state(core, "rooms");
}

/* outcome.c */
void rooms_outcome(struct turn *turn, const struct action *action, const struct outbox_outcome *reported,
                   const cJSON *body);
void rooms_withheld(struct turn *turn, const struct action *action, const char *instead);
#define FIND_KEY "find:" /* prefix of the key of an action that looks somebody up */

/* Is it a message for everybody in the channel for announcements? */
bool outcome_is_announcement(const struct core *core, const struct action *action, const cJSON *body);

/* find.c: the outcomes of rooms_find. */
void find_done(struct turn *turn, const struct action *action, const cJSON *body);
void find_failed(struct turn *turn, const struct action *action, const cJSON *body);
/* matches.c: the outcomes of customers_seek (customers/seek.h). */
void matches_found(struct turn *turn, const struct action *action, const cJSON *body, const char *answer);
void matches_failed(struct turn *turn, const struct action *action, const cJSON *body);
/* news.c: tells the announcements what must not be missed, except where a command is answered with it. */
void news_follow(struct turn *turn, const struct event *event, const struct incident *incident);
/* damaged.c */
void damaged_tick(struct core *core, instant now);
/* trouble.c */
void rooms_unannounced(struct turn *turn, const char *connector, const char *why);
/* Tells an incident that a connector has trouble, or is back. */
void trouble_tell(struct turn *turn, uint64_t incident, const char *connector, const char *reason, bool up);
void trouble_swept(struct turn *turn, const struct incident *incident, const cJSON *about);
void rooms_connector(struct turn *turn, const char *connector, bool up, const char *reason);
void rooms_dropped(struct turn *turn, const char *connector, uint64_t incident, size_t n, const char *what);

#endif
