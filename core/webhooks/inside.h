/*
 * inside - the endpoints and what is under way to each. Only this folder includes it. Loop's thread only.
 */
#ifndef TOCSIN_WEBHOOKS_INSIDE_H
#define TOCSIN_WEBHOOKS_INSIDE_H

#include "engine/event.h"
#include "webhooks/webhooks.h"

#define LOG_MOST      200 /* deliveries of an endpoint that are remembered */
#define WEBHOOK_KEY   "webhook:"
#define OTHER_UNKNOWN UINT64_MAX /* of a delivery: it is not kept there, but its event says it */

struct endpoint {
    const cJSON *settings; /* borrowed from those of the core */
    char *host;
    uint64_t after; /* the event up to which all were queued, or concern it not */
    uint64_t saved; /* the same, as it is stored */
    bool stored;    /* something of it is */
    instant disabled_at, taken_at;
    char *why;
    ARRAY(struct webhook_delivery) log; /* by seq; among them are those under way */
};

struct webhooks {
    ARRAY(struct endpoint) endpoints;
};
struct webhooks *webhooks_of(const struct core *core);

/* endpoint.c */
const char *endpoint_name(const struct endpoint *endpoint);
struct endpoint *endpoint_find(const struct core *core, const char *name);
/* As whom it reads: nobody in particular, or somebody who sees everything. */
const char *endpoint_viewer(const struct endpoint *endpoint);
/* The event at that place of the journal, which the caller finishes. ERR_NOT_FOUND: there is none; another error: it cannot be read now. */
int endpoint_event(struct core *core, uint64_t seq, struct event *ret);
/* Is it to be told of this event, as far as it may see it now? */
bool endpoint_wants(struct core *core, const struct endpoint *endpoint, const struct event *event);
struct webhook_delivery *endpoint_log_find(struct endpoint *endpoint, uint64_t seq); /* NULL: not known */
void endpoint_write(struct turn *turn, struct endpoint *endpoint);
void endpoint_log_write(struct turn *turn, const struct endpoint *endpoint,
                        const struct webhook_delivery *delivery);
/* That of the event; a new one takes the place of the oldest that is not under way, if there are too many. */
struct webhook_delivery *endpoint_log_add(struct turn *turn, struct endpoint *endpoint,
                                          const struct event *event);
int webhooks_load(struct core *core, struct error *err);
void webhooks_unload(struct core *core);

/* feed.c */
instant feed_tick(struct core *core, instant now);
/* Begins a delivery, perhaps again. */
void feed_queue(struct turn *turn, const struct endpoint *endpoint, struct webhook_delivery *delivery);
char *feed_key(const struct endpoint *endpoint, const struct webhook_delivery *delivery); /* of its action */
/* The endpoint and the event of such an action. False: it is none, or its endpoint is no more. */
bool feed_parse(const struct core *core, const struct action *action, struct endpoint **ret, uint64_t *ret_seq);

/* sending.c */
bool webhooks_pointless(struct core *core, const struct action *action);
char *webhooks_body(struct core *core, const struct action *action);
void webhooks_outcome(struct turn *turn, const struct action *action, const struct outbox_outcome *reported,
                      const cJSON *body);

#endif
