/*
 * webhooks - tells other programs of events: signed requests to the addresses that the setting `webhooks` names (Standard Webhooks).
 *
 * What an endpoint gets is what the live stream sends to a tool: never an event of a private incident, unless the endpoint says
 * `private`. The journal is the queue: each endpoint has a place in it, and a few events from there are under way in the outbox, so neither
 * memory nor the outbox grows with what an endpoint does not take. What is sent is read from the journal when it leaves, as it may be read
 * then, and nothing of it or of the secret is stored with the action. Events of one incident go in order.
 *
 * An event that is not taken is sent again for a day, with the same id; for an hour, if the endpoint takes others meanwhile: it is at fault
 * itself, and holds up its incident. The log and `webhooks` tell what was given up. When nothing was taken in that day, the endpoint is
 * disabled: the log, the announcements and `webhooks` say so. `webhooks enable` goes on behind the last event that was taken. The last LOG_MOST
 * deliveries of each are remembered (DOC_WEBHOOK). Loop's thread only.
 */
#ifndef TOCSIN_WEBHOOKS_WEBHOOKS_H
#define TOCSIN_WEBHOOKS_WEBHOOKS_H

#include "turn/call.h"
#include "turn/part.h"

extern const struct part webhooks_part;

enum webhook_state { WEBHOOK_WAITING, WEBHOOK_DELIVERED, WEBHOOK_FAILED };
const char *webhook_state_name(enum webhook_state state);

struct webhook_delivery { /* of one event to one endpoint */
    uint64_t seq;         /* of the event: with the endpoint's name, what the delivery is called by: crm/1042 */
    uint64_t incident;    /* 0: the event is about none */
    uint64_t other;       /* another incident, which whoever sees the event may see, too; 0: none */
    char *type;           /* of the event */
    enum webhook_state state;
    int attempts, rounds;  /* rounds: how often it was begun, first or by somebody who sends it again */
    instant at, tried_at;  /* at: of the event; tried_at 0: not yet */
    instant failing_since; /* the first attempt of this round that failed; 0: none */
    char *result;          /* of the last attempt: "503 in 20 ms: …"; NULL: none yet */
};

struct webhook_endpoint {
    const char *name, *host; /* host: of its address, which may hold a secret */
    const cJSON *events;     /* the names of those that it is told of; NULL: all that timelines tell */
    bool private;
    instant disabled_at;   /* 0: it is not */
    const char *why;       /* it is disabled; NULL */
    instant taken_at;      /* when it last took an event; 0: never */
    instant failing_since; /* of the deliveries under way; 0: none fails */
    size_t waiting;        /* deliveries under way */
    size_t failed;         /* those that are remembered and were given up */
};

/* Each endpoint, in the order of the configuration, as far as the viewer may know of it; borrowed for the call. */
void webhooks_each(struct core *core, const char *viewer,
                   void (*on)(void *ctx, const struct webhook_endpoint *webhook), void *ctx);
/* Why nothing is sent to any, and what to do (CommonMark); NULL: it is. */
const char *webhooks_trouble(const struct core *core);
/* The deliveries of one, newest first, that the viewer may see; `on` returns false to stop. False: there is no such endpoint. */
bool webhooks_deliveries(struct core *core, const char *name, const char *viewer,
                         bool (*on)(void *ctx, const struct webhook_delivery *delivery), void *ctx);
/* Sends a delivery that the viewer may see again, with the same id: "crm/1042". */
int webhooks_resend(struct turn *turn, const char *delivery, const char *viewer, struct error *err);
/* Goes on with an endpoint that was disabled. */
int webhooks_enable(struct turn *turn, const char *name, const char *by, struct error *err);

call_handler
    webhooks_command; /* `webhooks`, `webhooks crm`, `webhooks resend crm/1042`, `webhooks enable crm` */

#endif
