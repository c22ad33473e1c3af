/*
 * desk.tell: a message to a customer is a public reply, in the ticket of the conversation or in one that is opened for it. A closed ticket
 * cannot be written to: a follow-up of it is opened.
 */
#include "zendesk.h"

#include <stdio.h>
#include <string.h>

#include <tocsin/kit/tell.h>

/* `before`: the closed ticket that it follows; NULL: none. */
static cJSON *fields_of(const struct kit_message *m, const struct record_ticket *before)
{
    const cJSON *body = m->task->body;
    const char *name = kit_json_text_or(body, "name", kit_json_text_or(body, "customer", m->address));
    cJSON *fields = kit_json_texts("subject", m->subject, NULL);
    zendesk_add_comment(fields, m->html, true);
    if (before)
        cJSON_AddRawToObject(fields, "via_followup_source_id", before->id);
    if (before || !kit_is_mail_address(m->address))
        cJSON_AddRawToObject(fields, "requester_id", before ? before->requester : m->address);
    else
        cJSON_AddItemToObject(fields, "requester", /* who is new needs a name */
                              kit_json_texts("email", m->address, "name", name, NULL));
    return fields;
}

/* An earlier attempt may have opened it, or another message about the same incident to the same customer. */
static void open_once(const struct kit_message *m, const struct record_ticket *before)
{
    struct kit_task *task = m->task;
    char external_id[ZENDESK_EXTERNAL_ID];
    struct kit_text about = {0};
    struct record_ticket ticket;
    kit_text_addf(&about, "%s\n%s", kit_json_text_or(task->body, "incident", task->action->key),
                  before ? before->id : m->address);
    zendesk_external_id(task, kit_text_get(&about), external_id);
    cJSON *opened = task->action->attempt > 1 ? zendesk_find_ticket(task, external_id) : NULL;
    bool ready = task->result->code == TOCSIN_DONE;
    cJSON *made = ready && !opened ? zendesk_open_ticket(task, external_id, fields_of(m, before)) : NULL;
    record_ticket(zendesk_of(task)->web, opened ? opened : made, &ticket);
    if (opened) {
        zendesk_write(task, ticket.id, m->html, true);
    } else if (made) {
        ticket.as.address = before ? before->as.address : m->address;
        ticket.as.name = before ? before->as.name : kit_json_text(task->body, "name");
        zendesk_say_where(task, ticket.id, kit_json_member(made, "audit"));
    }
    kit_ticket_answer(&ticket.as, task);
    cJSON_Delete(opened);
    cJSON_Delete(made);
    kit_text_finish(&about);
}

static void open_ticket(const struct kit_message *m)
{
    if (record_is_address(m->address))
        open_once(m, NULL);
    else
        kit_result(
            m->task->result, TOCSIN_REFUSED,
            "'%s' is neither a mail address, such as ops@acme.example, nor the number of a user in Zendesk",
            m->address);
}

/* Into the ticket of a thread: "17", or "17/203" by a message in it. A closed one is looked at, too: an earlier attempt may have found it
   open. */
static bool reply(const struct kit_message *m)
{
    char id[KIT_ID_BYTES];
    struct record_ticket ticket;
    size_t n = strspn(m->thread, "0123456789");
    snprintf(id, sizeof(id), "%.*s", n < sizeof(id) ? (int)n : 0, m->thread);
    cJSON *known = *id ? zendesk_ticket(m->task, id) : NULL;
    kit_api_was_missing(m->task);
    record_ticket(zendesk_of(m->task)->web, known, &ticket);
    bool full = ticket.closed && !zendesk_is_written(m->task, ticket.id);
    if (full && m->internal)
        kit_result(m->task->result, TOCSIN_REFUSED, "the note cannot be written: the ticket is closed");
    else if (full)
        open_once(m, &ticket);
    else if (known && !ticket.closed)
        zendesk_write(m->task, ticket.id, m->html, !m->internal);
    if (known && !full)
        kit_ticket_answer(&ticket.as, m->task);
    cJSON_Delete(known);
    return known != NULL;
}

void zendesk_tell(struct kit_task *task)
{
    kit_tell(task, reply, open_ticket);
}
