/*
 * desk.tell: a message to a customer is a public reply, in the ticket of the conversation or in one that is opened for it. A closed ticket
 * cannot be written to: a follow-up of it is opened.
 */
#include "zendesk.h"

#include <stdio.h>
#include <string.h>

#include <tocsin/kit/commonmark.h>

/* A message on its way. */
struct telling {
    struct kit_task *task;
    const struct zendesk *zd;
    const cJSON *body;
    const char *address; /* NULL: unknown */
    struct kit_text html;
    bool internal;
};

/* The ticket of this conversation ("17", or "17/203" by a message in it). NULL: there is none, or the task failed. */
static cJSON *known_ticket(const struct telling *t)
{
    char id[KIT_ID_BYTES];
    const char *thread = kit_json_text_or(t->body, "thread", kit_json_text(t->body, "previous"));
    size_t n = strspn(thread, "0123456789");
    snprintf(id, sizeof(id), "%.*s", n < sizeof(id) ? (int)n : 0, thread);
    cJSON *answer = *id ? zendesk_ticket(t->task, id) : NULL;
    kit_api_was_missing(t->task);
    return answer;
}

static void keep_and_say(const struct telling *t, const struct kit_ticket *ticket)
{
    if (t->task->result->code != TOCSIN_DONE)
        return;
    kit_ticket_keep(t->zd->kit.host, ticket->id, kit_json_text(t->body, "customer"),
                    kit_json_text(t->body, "incident"));
    kit_ticket_say(ticket, t->task->result);
}

/* `before`: the closed ticket that it follows; NULL: none. */
static cJSON *fields_of(const struct telling *t, const struct record_ticket *before)
{
    struct kit_text subject = {0};
    const char *name = kit_json_text_or(t->body, "customer", t->address); /* who is new needs one */
    kit_text_addf(&subject, "Message about %s", kit_json_text_or(t->body, "incident", "an incident"));
    cJSON *fields =
        kit_json_texts("subject", kit_json_text_or(t->body, "subject", kit_text_get(&subject)), NULL);
    zendesk_add_comment(fields, kit_text_get(&t->html), true);
    if (before)
        cJSON_AddRawToObject(fields, "via_followup_source_id", before->id);
    if (before || !kit_is_mail_address(t->address))
        cJSON_AddRawToObject(fields, "requester_id", before ? before->requester : t->address);
    else
        cJSON_AddItemToObject(
            fields, "requester",
            kit_json_texts("email", t->address, "name", kit_json_text_or(t->body, "name", name), NULL));
    kit_text_finish(&subject);
    return fields;
}

/* An earlier attempt may have opened it, or another message about the same incident to the same customer. */
static void open_once(const struct telling *t, const struct record_ticket *before)
{
    char external_id[KIT_MARK_BYTES];
    struct kit_text about = {0};
    struct record_ticket ticket;
    kit_text_addf(&about, "%s\n%s", kit_json_text_or(t->body, "incident", t->task->action->key),
                  before ? before->id : t->address);
    zendesk_external_id(t->zd, kit_text_get(&about), external_id);
    cJSON *opened = t->task->action->attempt > 1 ? zendesk_find_ticket(t->task, external_id) : NULL;
    bool ready = t->task->result->code == TOCSIN_DONE;
    cJSON *made = ready && !opened ? zendesk_open_ticket(t->task, external_id, fields_of(t, before)) : NULL;
    record_ticket(t->zd->web, opened ? opened : made, &ticket);
    if (opened)
        zendesk_write(t->task, ticket.id, kit_text_get(&t->html), true);
    else if (made) {
        ticket.as.address = before ? before->as.address : t->address;
        ticket.as.name = before ? before->as.name : kit_json_text(t->body, "name");
        zendesk_say_where(t->task, ticket.id, kit_json_member(made, "audit"));
    }
    keep_and_say(t, &ticket.as);
    cJSON_Delete(opened);
    cJSON_Delete(made);
    kit_text_finish(&about);
}

static void refuse_note(const struct telling *t, const char *why)
{
    kit_result(t->task->result, TOCSIN_REFUSED, "the note cannot be written: %s", why);
}

/* A closed ticket is looked at, too: an earlier attempt may have found it open. */
static void reply(const struct telling *t, const cJSON *known)
{
    struct record_ticket ticket;
    record_ticket(t->zd->web, known, &ticket);
    bool full = ticket.closed && !zendesk_is_written(t->task, ticket.id);
    if (full && t->internal)
        refuse_note(t, "the ticket is closed");
    else if (full)
        open_once(t, &ticket);
    else if (!ticket.closed)
        zendesk_write(t->task, ticket.id, kit_text_get(&t->html), !t->internal);
    if (!full)
        keep_and_say(t, &ticket.as);
}

void zendesk_tell(struct kit_task *task)
{
    const struct zendesk *zd = zendesk_of(task);
    const char *text = kit_json_text(task->body, "text");
    const char *configured = kit_json_text_or(zd->customers, kit_json_text(task->body, "customer"), NULL);
    struct telling t = {task,       zd,
                        task->body, kit_json_text_or(task->body, "address", configured),
                        {0},        kit_json_true(task->body, "internal")};
    kit_commonmark(text, strlen(text), KIT_HTML, &t.html);
    cJSON *known = NULL;
    if (t.address && !record_is_address(t.address))
        kit_result(
            task->result, TOCSIN_REFUSED,
            "'%s' is neither a mail address, such as ops@acme.example, nor the number of a user in Zendesk",
            t.address);
    else if (!*text)
        kit_result(task->result, TOCSIN_REFUSED, "the message is empty");
    else if ((known = known_ticket(&t)) != NULL)
        reply(&t, known);
    else if (t.internal && task->result->code == TOCSIN_DONE)
        refuse_note(&t, "there is no ticket");
    else if (t.address && task->result->code == TOCSIN_DONE)
        open_once(&t, NULL);
    cJSON_Delete(known);
    kit_text_finish(&t.html);
}
