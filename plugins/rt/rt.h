/*
 * rt - Request Tracker 5 as a support desk, over its REST 2: the connector's one instance, which all its files share.
 *
 *     rt.c       settings; open, close; the descriptor
 *     check.c    does the account work, and may it do everything?
 *     api.c      REST 2: what its answers mean, how it is asked
 *     write.c    a ticket, a reply, a comment: once
 *     tell.c     desk.tell: a message as a public reply, in a ticket of ours or one that it opens
 *     ticket.c   ticket.*: tickets about an incident
 *     find.c     desk.find: requesters by address, domain, name or organisation
 *     listen.c   rounds over what is new in the queue
 *     said.c     what RT's records say -> events and tickets (pure)
 *
 * One struct rt serves all threads.
 */
#ifndef RT_RT_H
#define RT_RT_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include <tocsin/connector.h>
#include <tocsin/kit/desk.h>
#include <tocsin/kit/instance.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/text.h>

struct rt {
    struct kit_instance kit;
    const char *user, *queue; /* borrowed from the settings */
    const char *web;          /* where people see RT, without a slash at its end */
};

/* The instance that a task is about. */
static inline const struct rt *rt_of(const struct kit_task *task)
{
    return task->api->self;
}

/* ---- api.c ---- */

/* What answers mean. */
extern const struct kit_api rt_api;
/* Adds "field = 'value'", as TicketSQL and TransactionSQL quote it. */
void rt_equals(struct kit_text *sql, const char *field, const char *value);
/* The rows of a list ("tickets") that a query finds, which it finishes; `more`: further parameters. The caller deletes. NULL: the
   result says why. */
cJSON *rt_search(struct kit_task *task, const char *list, struct kit_text *query, const char *more);

/* ---- write.c: each sets the task's result, and its remote id where a message was written ---- */

/* Opens a ticket without a requester, or finds the one that an earlier attempt opened. `type` is the text's: "text/html". False: the
   result says why. */
bool rt_open_ticket(struct kit_task *task, const char *subject, const char *type, const char *text,
                    char number[KIT_ID_BYTES]);
/* Has an earlier attempt written the message into that ticket? Also true where that could not be found out. */
bool rt_was_written(struct kit_task *task, const char *number);
/* Writes HTML. `how`: "correspond" for what the requester reads, "comment" for a note. */
void rt_write_in(struct kit_task *task, const char *number, const char *how, const char *text);
/* Changes one field of a ticket. RT answers in words, so only the ticket says whether it did. False: the result says why. */
bool rt_set(struct kit_task *task, const char *number, const char *field, const char *value);

/* ---- ticket.c ---- */

/* A ticket that was read. */
struct rt_ticket {
    struct kit_ticket as; /* points into the rest */
    cJSON *record;
    struct kit_text link;
};

/* Reads a ticket, which the caller finishes. False: the result says why, REFUSED if it is not there; nothing to finish. */
bool rt_ticket_load(struct kit_task *task, const char *number, struct rt_ticket *ret);
void rt_ticket_finish(struct rt_ticket *ticket);

/* ---- what the descriptor is made of ---- */

int32_t rt_check(void *self, struct tocsin_error *error), rt_run(void *self, struct tocsin_error *error);
void rt_tell(struct kit_task *task), rt_find(struct kit_task *task), rt_create(struct kit_task *task),
    rt_follow(struct kit_task *task), rt_comment(struct kit_task *task), rt_state(struct kit_task *task);

#endif
