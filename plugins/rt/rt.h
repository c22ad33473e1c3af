/*
 * rt - Request Tracker 5 as a support desk, over its REST 2: the connector's one instance, which all its files share.
 *
 *     rt.c       settings; open, check, close; the descriptor
 *     api.c      REST 2: what its answers mean, how it is asked
 *     tell.c     desk.tell: a message as a public reply, in a ticket of ours or one that it opens
 *     find.c     desk.find: requesters by address, domain, name or organisation
 *     listen.c   rounds over the queue's new correspondence
 *     said.c     what a transaction of RT says -> an event (pure)
 *
 * RT has no idempotency key. What is written carries a mark in the parameters of its Content-Type, which RT keeps with the
 * attachment and shows to nobody; an attempt that may have been made before is looked up by it.
 *
 * One struct rt serves all threads. Everything in it is constant after open, but for `rounds`, which has its own lock.
 */
#ifndef RT_RT_H
#define RT_RT_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include <tocsin/connector.h>
#include <tocsin/kit/api.h>
#include <tocsin/kit/desk.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/poll.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/text.h>

struct rt {
    const struct tocsin_host *host;
    struct kit_api api;
    struct kit_header login;
    struct kit_rounds *rounds;
    cJSON *settings;
    const char *user, *queue; /* borrowed from the settings */
    char *rest;               /* …/REST/2.0 */
    char *web;                /* where people see RT; neither ends with a slash */
    char *authorization;      /* the header's value */
    const cJSON *customers;   /* {"acme": "ops@acme.example"}; borrowed from the settings */
};

/* The instance that a task is about. */
static inline const struct rt *rt_of(const struct kit_task *task)
{
    return task->api->self;
}

/* ---- api.c ---- */

/* REST 2 of that instance, whose settings are known. False: memory ran out. */
bool rt_api_init(struct rt *rt);
/* Adds "field = 'value'", as TicketSQL and TransactionSQL quote it. */
void rt_equals(struct kit_text *sql, const char *field, const char *value);

/* ---- tell.c, find.c ---- */

void rt_tell(struct kit_task *task);
void rt_find(struct kit_task *task);

/* ---- listen.c ---- */

int32_t rt_run(void *self, struct tocsin_error *error);
void rt_stop(void *self);

#endif
