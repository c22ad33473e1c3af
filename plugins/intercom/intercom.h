/*
 * intercom - Intercom as a support desk, over its REST API: the connector's one instance, which all its files share.
 *
 *     intercom.c  settings; open, close; the descriptor
 *     check.c     what the token may do, and whether the settings name what is there
 *     api.c       the API: what its answers mean; searches and contacts
 *     tell.c      desk.tell, notes: a reply in a conversation, or a message that opens one
 *     tickets.c   ticket.*: trackers and back-office tickets, and the state of conversations
 *     find.c      desk.find: contacts by address, domain, name, company, and keys of ours
 *     listen.c    webhooks, and rounds over what has changed
 *     said.c      what a conversation or a ticket says -> events
 *
 * For the core, conversations and tickets are both tickets. The id of a conversation is its number, "471"; that of a ticket has a t before
 * it, "t626".
 *
 * One struct intercom serves all threads.
 */
#ifndef INTERCOM_INTERCOM_H
#define INTERCOM_INTERCOM_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include <tocsin/connector.h>
#include <tocsin/kit/desk.h>
#include <tocsin/kit/instance.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/text.h>

#define LAG_MS (5 * 60000) /* lists of what was made are as late: "a few minutes" */

struct intercom {
    struct kit_instance kit;
    const char *admin, *secret; /* borrowed from the settings; secret: may be "" */
    const char *inbox;          /* where people see conversations: https://app.intercom.com/a/inbox/abc123 */
};

/* The instance that a task is about. */
static inline const struct intercom *intercom_of(const struct kit_task *task)
{
    return task->api->self;
}

/* ---- said.c; arguments are borrowed ---- */

/* The id in that of a message, "471/203", or in itself. False: there is none. */
bool said_id(const char *text, char id[KIT_ID_BYTES]);
/* The id of a record: a conversation or a ticket, as the API or a webhook gives it. False: it has none. */
bool said_id_of(const cJSON *record, char id[KIT_ID_BYTES]);
/* Its parts, oldest first; NULL: none. */
const cJSON *said_parts(const cJSON *record);
/* The id of the contact whose it is; "": unknown. */
const char *said_contact(const cJSON *record);

/* A record as the core knows it. */
struct said_ticket {
    struct kit_ticket ticket; /* its texts are the record's, or those below */
    char id[KIT_ID_BYTES], link[400], title[200];
};
void said_ticket(const struct intercom *intercom, const cJSON *record, struct said_ticket *ret);
/* What a part says, or with NULL the message that began a conversation: a customer's words or an agent's public ones are a `reply`, and an
   agent's note that begins with "!inc" a `message`. NULL: nothing of that, or ours. The caller deletes. */
cJSON *said_event(const struct intercom *intercom, const cJSON *record, const cJSON *part);
/* Since then (in seconds), somebody has given it the tag of incidents: a `message` that declares one. NULL: nobody has. The caller
   deletes. */
cJSON *said_tagged(const struct intercom *intercom, const cJSON *record, int64_t since);

/* ---- api.c; calls are as those of kit/api.h ---- */

/* What answers mean. */
extern const struct kit_api intercom_api;
/* Reads a conversation or a ticket. */
cJSON *intercom_record(struct kit_task *task, const char *id);
/* Writes below one: "/reply". */
cJSON *intercom_write(struct kit_task *task, const char *method, const char *id, const char *below,
                      cJSON *json);
/* A reply or a note of ours in one. */
cJSON *intercom_reply(struct kit_task *task, const char *id, bool note, const char *html);
/* A page of a search by one condition. `after`: its cursor; "": the first. */
cJSON *intercom_search(struct kit_task *task, const char *path, const char *field, const char *operation,
                       const char *value, const char *after);
/* Writes the cursor of the page after that one, if there is one. */
void intercom_next(const cJSON *page, struct kit_text *next);
/* Is this ours (a part, or a conversation's source), and so new (by `made`, in seconds) that the task's action may have made it? */
bool intercom_is_ours(const struct kit_task *task, const cJSON *said, int64_t made);
/* Follows the record that the action is about, and answers with its members. `requester`: address, name and organisation, if known. */
void intercom_answer(struct kit_task *task, const cJSON *record, const struct kit_ticket *requester);
/* How desk.tell reaches that contact: by its mail address, or by its id where it has none. Borrowed. */
const char *intercom_address(const cJSON *contact);

/* ---- what the descriptor names ---- */

int32_t intercom_check(void *self, struct tocsin_error *error);
void intercom_tell(struct kit_task *task);
/* post, ticket.comment */
void intercom_note(struct kit_task *task);
/* Writes a note into a conversation or a ticket, unless an earlier attempt did, and sets the task's remote id. */
void intercom_write_note(struct kit_task *task, const char *id, const char *html);
void intercom_ticket_create(struct kit_task *task);
void intercom_ticket_follow(struct kit_task *task);
void intercom_ticket_state(struct kit_task *task);
void intercom_find(struct kit_task *task);
int32_t intercom_run(void *self, struct tocsin_error *error);
void intercom_serve(void *self, const struct tocsin_request *request, struct tocsin_response *response);

#endif
