/*
 * rt - Request Tracker 5 as a support desk, over its REST 2: the connector's one instance, which all its files share.
 *
 *     rt.c       settings; open, check, close; the descriptor
 *     call.c     one call, and what its answer means
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
#include <tocsin/kit/http.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/poll.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/text.h>

struct rt {
    const struct tocsin_host *host;
    struct kit_http *http;
    struct kit_rounds *rounds;
    cJSON *settings;
    const char *user, *queue; /* borrowed from the settings */
    char *rest;               /* …/REST/2.0 */
    char *web;                /* where people see RT; neither ends with a slash */
    char *authorization;      /* the header's value */
    const cJSON *customers;   /* {"acme": "ops@acme.example"}; borrowed from the settings */
};

/* What a thread is doing: all its calls together end in time. */
struct rt_task {
    struct rt *rt;
    int64_t until_ms; /* of the monotonic clock */
    struct tocsin_result *result;
    long status; /* of the latest call's answer; 0: there was none */
    bool wrote;  /* something in RT has changed */
};

/* ---- call.c ---- */

/* A task that has `span_ms`; what fails sets *result. */
struct rt_task rt_begin(struct rt *rt, int64_t span_ms, struct tocsin_result *result);
/* Adds "name=value&" to a query, encoded. */
void rt_parameter(struct kit_text *path, const char *name, const char *value);
/* Adds "field = 'value'", as TicketSQL and TransactionSQL quote it. */
void rt_equals(struct kit_text *sql, const char *field, const char *value);
/* Reads an object. NULL: the task's result says why. The caller deletes. */
cJSON *rt_get(struct rt_task *task, const char *path);
/* The same; `what` is encoded and put in place of the % in the pattern, which must have one. */
cJSON *rt_get_at(struct rt_task *task, const char *pattern, const char *what);
/* Writes `json`, which it deletes. Where the answer has a Location, the number at its end goes to *ret_id, unless that is NULL. The
   caller deletes the answer; NULL: the task's result says why. */
cJSON *rt_write(struct rt_task *task, const char *method, const char *path, cJSON *json, int64_t *ret_id);
/* Did the call fail because that is not there, or not for us? Then the failure is forgotten. */
bool rt_was_missing(struct rt_task *task);

/* ---- tell.c, find.c ---- */

typedef void rt_performer(struct rt_task *task, const struct tocsin_action *action, const cJSON *body);
rt_performer rt_tell, rt_find;
void rt_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result);
/* Whose ticket it is, and about which incident, as kept when it was written to: {"customer", "incident"}. NULL: unknown. */
cJSON *rt_ticket_kept(const struct rt *rt, int64_t ticket);

/* ---- listen.c ---- */

int32_t rt_run(void *self, struct tocsin_error *error);
void rt_stop(void *self);

#endif
