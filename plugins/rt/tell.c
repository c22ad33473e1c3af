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

#include <tocsin/kit/tell.h>

/* What both ways end with. `ticket`: where it belongs, which it finishes. */
static void write_into(const struct kit_message *m, struct rt_ticket *ticket)
{
    const struct tocsin_result *result = m->task->result;
    if (result->code == TOCSIN_DONE && !rt_was_written(m->task, ticket->as.id))
        rt_write_in(m->task, ticket->as.id, m->internal ? "comment" : "correspond", m->html);
    kit_ticket_answer(&ticket->as, m->task);
    rt_ticket_finish(ticket);
}

/* The ticket of a thread is named by its number or by a message in it ("17/203"). */
static bool reply(const struct kit_message *m)
{
    struct rt_ticket ticket;
    char number[KIT_ID_BYTES];
    snprintf(number, sizeof(number), "%.*s", (int)strspn(m->thread, "0123456789"), m->thread);
    if (*number && rt_ticket_load(m->task, number, &ticket)) {
        write_into(m, &ticket);
        return true;
    }
    if (m->task->result->code == TOCSIN_REFUSED) /* it is gone */
        kit_result(m->task->result, TOCSIN_DONE, "%s", "");
    return false;
}

static bool open_empty(const struct kit_message *m, char number[KIT_ID_BYTES])
{
    const cJSON *body = m->task->body;
    struct kit_text line = {0};
    kit_text_addf(&line, "Opened by Tocsin to tell %s about %s.",
                  kit_json_text_or(body, "name", kit_json_text(body, "customer")),
                  kit_json_text_or(body, "incident", "an incident"));
    bool opened = rt_open_ticket(m->task, m->subject, "text/plain", kit_text_get(&line), number);
    kit_text_finish(&line);
    return opened;
}

/* Of the ticket and its requester nobody hears until the message, so both can be done again. */
static void open_ticket(const struct kit_message *m)
{
    struct kit_task *task = m->task;
    struct rt_ticket ticket = {0};
    char number[KIT_ID_BYTES];
    if (!kit_is_mail_address(m->address))
        kit_result(
            task->result, TOCSIN_REFUSED,
            "'%s' is not a mail address that a ticket can have as its requester, such as ops@acme.example",
            m->address);
    else if (open_empty(m, number) && rt_set(task, number, "Requestor", m->address) &&
             rt_ticket_load(task, number, &ticket) && strcasecmp(ticket.as.address, m->address) != 0)
        kit_result(
            task->result, TOCSIN_REFUSED,
            "RT does not make %s the requester of ticket %s: it must be one mail address, and the account "
            "needs the right ModifyTicket",
            m->address, number);
    write_into(m, &ticket);
}

void rt_tell(struct kit_task *task)
{
    kit_tell(task, reply, open_ticket);
}
