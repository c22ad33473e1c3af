/*
 * action - one thing to do on a platform: what, where, how urgent, and its progress. A row of the outbox.
 */
#ifndef TOCSIN_OUTBOX_ACTION_H
#define TOCSIN_OUTBOX_ACTION_H

#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "base/time.h"
#include "outbox/lane.h"

enum action_state {
    ACTION_WAITING, /* for its turn, its channel's order, a limit or a retry */
    ACTION_SENDING, /* with the connector; stored only in a lane of `once`: it is, or may have been, with it */
    ACTION_DONE,
    ACTION_DEAD,      /* refused for good, or given up: a person must look */
    ACTION_UNCERTAIN, /* may have been sent, and the platform can't tell: a person must look */
};

struct action_reference { /* an earlier action, whose remote id goes into the body */
    char *key;            /* of that action; NULL: none */
    char *as;             /* "message" or "channel": the member of the body */
};

struct action_outcome { /* the last one that the connector reported; NULL: unknown */
    char *remote_id, *detail;
};

struct action {
    uint64_t id;            /* assigned by the outbox, ascending: the order within a channel */
    char *key;              /* idempotency key: the same for all attempts and across restarts */
    char *connector, *kind; /* "console", "post" */
    char *channel;          /* actions of one connector and channel go in order; "": no order */
    char *body;             /* JSON object */
    struct action_reference reference;
    char *coalesce; /* among waiting actions with the same value, the newest replaces the older; NULL: never */
    enum lane lane;
    enum action_state state;
    uint64_t incident; /* 0: none */
    char *cause;       /* "INC-42/7": stream and version of the event that caused it */
    char *rule; /* "rules/payments.lua:12": the place in the policy that asked for it; NULL: Tocsin itself */
    instant done_at;             /* 0: not done */
    instant made_at, not_before; /* not_before: "delayed until", shown to people */
    instant give_up_at;          /* retried until then */
    int attempts;                /* how often it was handed to the connector */
    bool unsure; /* an attempt may have reached the platform; not stored: see outbox.h on restarts */
    struct action_outcome outcome;
};

void action_finish(struct action *action);
void action_copy(struct action *to, const struct action *from);
void action_encode(const struct action *action, struct str *out);
int action_decode(const char *json, size_t length, struct action *ret, struct error *err);
/* Waiting or sending: neither done nor given up. */
bool action_is_under_way(const struct action *action);
const char *action_state_name(enum action_state state);

#endif
