/*
 * zendesk - Zendesk Support as a support desk, over its API v2: the connector's one instance, which all its files share.
 *
 *     zendesk.c   settings; open and close; what the account may do; the descriptor
 *     api.c       the API, and what is read from it
 *     write.c     what is written: tickets and comments, each once
 *     tell.c      desk.tell           tickets.c   ticket.*, post           find.c      desk.find
 *     record.c    what the API's records say (pure)
 *     said.c      what an audit of a ticket says -> events (pure)
 *     look.c      what is new in a ticket
 *     listen.c    when to look: webhooks, and rounds over the export
 *
 * Zendesk opens a ticket once for an Idempotency-Key, which it knows for two hours; its external id finds it later, too. Updates have no
 * such key. Each carries a mark in the metadata of its audit, which customers do not see, and by which it is found again. What carries a
 * mark is ours, and never comes back as an event.
 *
 * One struct zendesk serves all threads.
 */
#ifndef ZENDESK_ZENDESK_H
#define ZENDESK_ZENDESK_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include <tocsin/connector.h>
#include <tocsin/kit/desk.h>
#include <tocsin/kit/instance.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/text.h>

struct zendesk {
    struct kit_instance kit;
    const char *web;    /* https://acme.zendesk.com */
    const char *secret; /* of webhooks; "": there are none. Borrowed from the settings */
};

static inline struct zendesk *zendesk_of(const struct kit_task *task)
{
    return task->api->self;
}

/* ---- record.c; what is returned or referred to is borrowed from the arguments ---- */

/* Where a user can be reached: their mail address, or else their id, which is written to `id`. */
const char *record_address(const cJSON *user, char id[KIT_ID_BYTES]);
/* Is it a mail address or the number of a user? */
bool record_is_address(const char *text);
/* The mark that we left in an audit; "": it is not ours. */
const char *record_mark(const cJSON *audit);

/* {"ticket", "users", "organizations"}, read. The last two may be absent. */
struct record_ticket {
    const cJSON *record;
    char id[KIT_ID_BYTES], requester[KIT_ID_BYTES], link[512];
    bool closed;          /* it cannot be written to any more */
    struct kit_ticket as; /* as the core knows it */
};
void record_ticket(const char *web, const cJSON *answer, struct record_ticket *ret);

/* The ticket that a webhook's body names: {"ticket_id"} of our trigger, {"detail": {"id"}} of an event. "": none. */
void record_hooked(const cJSON *body, char ticket[KIT_ID_BYTES]);

/* ---- said.c ---- */

/* A ticket and what is known about it. Everything is borrowed. */
struct said {
    const struct zendesk *zd;
    const cJSON *answer; /* {"ticket", "users", "organizations"} */
    const cJSON *others; /* {"users"}: who is not in there */
    int64_t commands_ms; /* what is older (milliseconds since 1970) is no command any more */
};
/* The events of an audit in their order, an array that the caller deletes: `reply` for a public comment, `message` for an agent's note that
   begins with "!inc" and for a tag "inc_…" that an agent adds, `ticket` for a change of one that is followed. What we wrote is none of the
   first two. */
cJSON *said_events(const struct said *said, const cJSON *audit);

/* ---- calls: where something fails, the task's result says why, and an answer is NULL. The caller deletes answers ---- */

/* What answers mean. */
extern const struct kit_api zendesk_api;

/* {"ticket", "users", "organizations"} */
cJSON *zendesk_ticket(struct kit_task *task, const char *id);
/* {"audits", "users"}: those of a ticket since then (milliseconds since 1970) and some older ones, newest first, and who made them. */
cJSON *zendesk_audits(struct kit_task *task, const char *ticket, int64_t since_ms);

/* The external id of a ticket that is opened about that: the same for everything about it. */
#define ZENDESK_EXTERNAL_ID (7 + KIT_MARK_BYTES)
void zendesk_external_id(const struct kit_task *task, const char *about, char id[ZENDESK_EXTERNAL_ID]);
/* The latest ticket with that external id which is not closed, as zendesk_ticket brings it; NULL also if there is none. */
cJSON *zendesk_find_ticket(struct kit_task *task, const char *external_id);
/* Adds a comment that customers read, or only the desk's own people. */
void zendesk_add_comment(cJSON *fields, const char *html, bool is_public);
/* Opens a ticket for the action, once. Deletes `fields`. {"ticket", "audit"} */
cJSON *zendesk_open_ticket(struct kit_task *task, const char *external_id, cJSON *fields);
/* Changes a ticket. Deletes `fields`. {"ticket", "audit"} */
cJSON *zendesk_update(struct kit_task *task, const char *ticket, cJSON *fields);
/* Sets the id of the result to that of the comment in an audit. */
void zendesk_say_where(struct kit_task *task, const char *ticket, const cJSON *audit);
/* Has an earlier attempt written the action's comment into that ticket? Then the id of the result is set. Also true if it failed. */
bool zendesk_is_written(struct kit_task *task, const char *ticket);
/* Writes the action's comment into a ticket, once, and sets the id of the result. */
void zendesk_write(struct kit_task *task, const char *ticket, const char *html, bool is_public);

/* Actions; zendesk_note is ticket.comment and post. */
void zendesk_tell(struct kit_task *task);
void zendesk_create(struct kit_task *task);
void zendesk_follow(struct kit_task *task);
void zendesk_note(struct kit_task *task);
void zendesk_state(struct kit_task *task);
void zendesk_find(struct kit_task *task);

/* Passes in what happened in a ticket since then (milliseconds since 1970). `answer`: what zendesk_ticket would bring; NULL: it is
   asked. False: not everything is stored. */
bool zendesk_look(struct kit_task *task, const char *ticket, const cJSON *answer, int64_t since_ms);
/* Passes in that a followed ticket is no longer there. False: it is not stored. */
bool zendesk_gone(const struct zendesk *zd, const char *ticket);

int32_t zendesk_run(void *self, struct tocsin_error *error);
void zendesk_serve(void *self, const struct tocsin_request *request, struct tocsin_response *response);

#endif
