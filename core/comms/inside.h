/*
 * inside - what this part remembers, and the functions that comms.c joins to it. Only this folder includes it.
 */
#ifndef TOCSIN_COMMS_INSIDE_H
#define TOCSIN_COMMS_INSIDE_H

#include "base/map.h"
#include "turn/part.h"

struct writing {
    char *text, *link;         /* link: NULL: none */
    char *connector, *message; /* which message; NULL: not told */
};
struct writer { /* a customer who wrote lately, and whom no incident was about */
    char *customer;
    instant offered_at; /* when it was last offered to declare */
    ARRAY(struct writing) writings;
};

struct comms {
    ARRAY(struct writer) writers; /* oldest first */
    struct map affected; /* customer's key, lower case -> struct number_list of open incidents, owned */
};

static inline struct comms *comms_of(const struct core *core)
{
    return part_state(core, "comms");
}

/* affected.c: which open incidents affect a customer, without looking at all of them. */
int affected_load(struct core *core, struct error *err);
void affected_finish(struct comms *comms);
void affected_folded(struct turn *turn, const struct event *event, const struct incident *incident);
/* In the order of their numbers; `on` may give commands. */
void affected_each(struct core *core, const char *customer,
                   bool (*on)(void *ctx, const struct incident *incident), void *ctx);

/* drafts.c */
void drafts_follow(struct turn *turn, const struct event *event, const struct incident *incident);
void drafts_outcome(struct turn *turn, const struct action *action, const char *remote_id, const cJSON *body);

/* replies.c: a customer is affected by an incident: what they wrote before goes there. */
void replies_follow(struct turn *turn, const struct event *event, const struct incident *incident);
void replies_finish(struct comms *comms);

#endif
