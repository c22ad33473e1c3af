/*
 * desk.tell: a message to a customer is a public reply in a ticket whose requester they are.
 *
 * A ticket of ours is opened without a requester and with nothing but a line for the desk's people, gets its requester, and then the
 * reply: so the customer gets one mail, ours, and not one that thanks them for opening a ticket. Each step can be taken again.
 */
#include "rt.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <tocsin/kit/commonmark.h>

/* ---- the ticket ---- */

/* The ticket of this conversation, named by its number or by a message in it ("17/203"), unless it is gone or there is none yet. */
static void take_known(struct kit_task *task, struct rt_ticket *ret)
{
    const char *named = kit_json_text_or(task->body, "thread", kit_json_text(task->body, "previous"));
    char number[KIT_NUMBER_BYTES];
    snprintf(number, sizeof(number), "%.*s", (int)strspn(named, "0123456789"), named);
    if (*number && !rt_ticket_load(task, number, ret) && task->result->code == TOCSIN_REFUSED)
        kit_result(task->result, TOCSIN_DONE, "%s", "");
}

static bool open_ticket(struct kit_task *task, char number[KIT_NUMBER_BYTES])
{
    const char *incident = kit_json_text_or(task->body, "incident", "an incident");
    const char *name = kit_json_text_or(task->body, "name", kit_json_text(task->body, "customer"));
    struct kit_text line = {0}, subject = {0};
    kit_text_addf(&line, "Opened by Tocsin to tell %s about %s.", name, incident);
    kit_text_addf(&subject, "Message about %s", incident);
    bool opened = rt_open_ticket(task, kit_json_text_or(task->body, "subject", kit_text_get(&subject)),
                                 "text/plain", kit_text_get(&line), number);
    kit_text_finish(&line);
    kit_text_finish(&subject);
    return opened;
}

/* A ticket of ours, and its requester: nobody else hears of it yet, so both can be done again. */
static void take_new(struct kit_task *task, const char *address, struct rt_ticket *ret)
{
    char number[KIT_NUMBER_BYTES];
    if (kit_json_true(task->body, "internal"))
        kit_result(task->result, TOCSIN_REFUSED, "there is no ticket to write the note into");
    else if (!kit_is_mail_address(address))
        kit_result(
            task->result, TOCSIN_REFUSED,
            "'%s' is not a mail address that a ticket can have as its requester, such as ops@acme.example",
            address);
    else if (open_ticket(task, number) && rt_set(task, number, "Requestor", address) &&
             rt_ticket_load(task, number, ret) && strcasecmp(ret->as.address, address) != 0)
        kit_result(
            task->result, TOCSIN_REFUSED,
            "RT does not make %s the requester of ticket %s: it must be one mail address, and the account "
            "needs the right ModifyTicket",
            address, number);
}

/* ---- the message ---- */

/* "correspond" is what the requester reads, "comment" what only the desk's people read. */
static void write_message(struct kit_task *task, const char *number)
{
    const char *text = kit_json_text(task->body, "text");
    struct kit_text html = {0};
    kit_commonmark(text, strlen(text), KIT_HTML, &html);
    rt_write_in(task, number, kit_json_true(task->body, "internal") ? "comment" : "correspond",
                kit_text_get(&html));
    kit_text_finish(&html);
}

static void tell(struct kit_task *task, const char *address)
{
    const struct tocsin_result *result = task->result;
    struct rt_ticket ticket = {0};
    take_known(task, &ticket);
    if (!ticket.record && result->code == TOCSIN_DONE)
        take_new(task, address, &ticket);
    if (result->code == TOCSIN_DONE && !rt_was_written(task, ticket.as.id))
        write_message(task, ticket.as.id);
    if (result->code == TOCSIN_DONE) {
        kit_ticket_keep(task->api->host, ticket.as.id, kit_json_text(task->body, "customer"),
                        kit_json_text(task->body, "incident"));
        kit_ticket_say(&ticket.as, task->result);
    }
    rt_ticket_finish(&ticket);
}

void rt_tell(struct kit_task *task)
{
    const cJSON *body = task->body;
    const cJSON *row = cJSON_GetObjectItem(rt_of(task)->customers, kit_json_text(body, "customer"));
    const char *address = kit_json_text_or(body, "address", cJSON_IsString(row) ? row->valuestring : "");
    if (!*address && !*kit_json_text(body, "thread"))
        return; /* done without an id: this connector does not have the customer */
    if (*kit_json_text(body, "text"))
        tell(task, address);
    else
        kit_result(task->result, TOCSIN_REFUSED, "the message is empty");
}
