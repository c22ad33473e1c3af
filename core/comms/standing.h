/*
 * standing - what became of a message for one of those whom it goes to: a document each, so that the incident's state need not
 * grow with them. The counts in the state (struct state_reach) follow from events; this says who, how and why.
 */
#ifndef TOCSIN_COMMS_STANDING_H
#define TOCSIN_COMMS_STANDING_H

#include "base/json.h"
#include "turn/part.h"

#define STANDING_WAITING   "waiting"   /* nothing was queued yet */
#define STANDING_QUEUED    "queued"    /* in the outbox, or with a connector */
#define STANDING_TOLD      "told"      /* a connector took it */
#define STANDING_FAILED    "failed"    /* no route works */
#define STANDING_BOUNCED   "bounced"   /* a connector took it, and it came back */
#define STANDING_UNWISHED  "unwished"  /* they do not want it */
#define STANDING_WITHDRAWN "withdrawn" /* somebody stopped it before it left */

struct standing { /* borrowed texts; NULL: unknown or none */
    const char *state;
    const char *connector, *address, *message; /* how it went; message: its id there */
    const char *why;                           /* what went wrong, as literal text */
    bool answered;
};

/* Replaces what is kept. `customer`: the key of the directory, or else of the incident. */
void standing_put(struct turn *turn, uint64_t incident, int64_t draft, const char *customer,
                  const struct standing *standing);
/* What is kept: {"state", "connector", "address", "message", "why", "answered"}; NULL: nothing. The caller deletes it. */
cJSON *standing_get(const struct core *core, uint64_t incident, int64_t draft, const char *customer);
/* The same as a struct that borrows from it. */
struct standing standing_of(const cJSON *kept);

struct standing_key {
    uint64_t incident;
    int64_t draft;
    const char *customer;
};
/* Calls `on` for each that is kept with this state (NULL: any), until it returns false: of an incident (0: of all), or only of one
   customer there (NULL: all); of each customer, the newest message comes last. The arguments are borrowed. */
typedef bool standing_on(void *ctx, const struct standing_key *key, const cJSON *kept);
void standing_each(const struct core *core, uint64_t incident, const char *customer, const char *state,
                   standing_on *on, void *ctx);

/* They answer: keeps that. Returns the number of the latest message that told them, if they had not answered it; 0: there is none. */
int64_t standing_answered(struct turn *turn, uint64_t incident, const char *customer);

#endif
