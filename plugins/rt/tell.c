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

/* The ticket of this conversation, named by its number or by a message in it ("17/203"). False: it was deleted, or there is none
   yet. */
static bool take_known(struct kit_task *task, char number[KIT_NUMBER_BYTES])
{
    const char *named = kit_json_text_or(task->body, "thread", kit_json_text(task->body, "previous"));
    struct rt_ticket ticket;
    snprintf(number, KIT_NUMBER_BYTES, "%.*s", (int)strspn(named, "0123456789"), named);
    if (*number && rt_ticket_load(task, number, &ticket)) {
        snprintf(number, KIT_NUMBER_BYTES, "%s", ticket.as.id);
        rt_ticket_finish(&ticket);
        return true;
    }
    if (task->result->code == TOCSIN_REFUSED)
        kit_result(task->result, TOCSIN_DONE, "%s", "");
    return false;
}

static void open_ticket(struct kit_task *task, char number[KIT_NUMBER_BYTES])
{
    const char *incident = kit_json_text_or(task->body, "incident", "an incident");
    const char *name = kit_json_text_or(task->body, "name", kit_json_text(task->body, "customer"));
    struct kit_text line = {0}, subject = {0};
    kit_text_addf(&line, "Opened by Tocsin to tell %s about %s.", name, incident);
    kit_text_addf(&subject, "Message about %s", incident);
    rt_open_ticket(task, kit_json_text_or(task->body, "subject", kit_text_get(&subject)), "text/plain",
                   kit_text_get(&line), number);
    kit_text_finish(&line);
    kit_text_finish(&subject);
}

/* Can a ticket be opened for it? */
static bool check_new(struct kit_task *task, const char *address)
{
    if (kit_json_true(task->body, "internal"))
        kit_result(task->result, TOCSIN_REFUSED, "there is no ticket to write the note into");
    else if (!kit_is_mail_address(address))
        kit_result(
            task->result, TOCSIN_REFUSED,
            "'%s' is not a mail address that a ticket can have as its requester, such as ops@acme.example",
            address);
    return task->result->code == TOCSIN_DONE;
}

/* Nobody else hears of it yet, so it can be done again. */
static void give_requester(struct kit_task *task, const char *number, const char *address)
{
    struct rt_ticket ticket;
    if (!rt_set(task, number, "Requestor", address) || !rt_ticket_load(task, number, &ticket))
        return;
    if (!ticket.as.address || strcasecmp(ticket.as.address, address) != 0)
        kit_result(
            task->result, TOCSIN_REFUSED,
            "RT does not make %s the requester of ticket %s: it must be one mail address, and the account "
            "needs the right ModifyTicket",
            address, number);
    rt_ticket_finish(&ticket);
}

/* ---- the message ---- */

/* "correspond" is what the requester reads, "comment" what only the desk's people read. */
static void write_message(struct kit_task *task, const char *number)
{
    const char *text = kit_json_text(task->body, "text");
    struct kit_text html = {0};
    kit_commonmark(text, strlen(text), KIT_HTML, &html);
    rt_write_in(task, number, kit_json_true(task->body, "internal") ? "comment" : "correspond", "text/html",
                kit_text_get(&html));
    kit_text_finish(&html);
}

/* The ticket's members are good to have, and no reason to fail. */
static void say_where(struct kit_task *task, const char *number)
{
    struct tocsin_result done = *task->result;
    struct rt_ticket ticket;
    kit_ticket_keep(rt_of(task)->host, number, kit_json_text(task->body, "customer"),
                    kit_json_text(task->body, "incident"));
    if (rt_ticket_load(task, number, &ticket)) {
        kit_ticket_say(&ticket.as, task->result);
        rt_ticket_finish(&ticket);
    } else {
        *task->result = done;
    }
}

static void tell(struct kit_task *task, const char *address)
{
    const struct tocsin_result *result = task->result;
    char number[KIT_NUMBER_BYTES];
    bool ours = !take_known(task, number); /* and so may lack its requester */
    if (ours && result->code == TOCSIN_DONE && check_new(task, address))
        open_ticket(task, number);
    if (result->code == TOCSIN_DONE && !rt_was_written(task, number)) {
        if (ours)
            give_requester(task, number, address);
        if (result->code == TOCSIN_DONE)
            write_message(task, number);
    }
    if (result->code == TOCSIN_DONE)
        say_where(task, number);
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
