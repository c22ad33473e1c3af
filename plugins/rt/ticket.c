/* ticket.*: RT's tickets about an incident. */
#include "rt.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "said.h"

#define FIELDS                                                                                                 \
    "per_page=1&fields=Subject,Status,Queue,Requestor,_hyperlinks&fields[Queue]=Name&fields[Requestor]="       \
    "EmailAddress,RealName,Organization"
#define SUBJECT_BYTES 201
#define TEXT_MOST     65536

/* What a lifecycle may call a ticket that is open, and one that is done. RT's own words come first. */
static const char *const names[][4] = {{"open", "active", "new"}, {"resolved", "closed", "done"}};

/* ---- one ticket ---- */

/* NULL: it is not there, or RT did not answer. */
static cJSON *row_of(struct kit_task *task, const char *number, const char *condition)
{
    struct kit_text sql = {0};
    kit_text_addf(&sql, "id = %s%s", number, condition);
    cJSON *rows = rt_search(task, "tickets", &sql, FIELDS), *row = cJSON_DetachItemFromArray(rows, 0);
    cJSON_Delete(rows);
    return row;
}

/* A search finds no ticket that was merged into another one. */
static cJSON *record_of(struct kit_task *task, const char *number)
{
    char merged[KIT_ID_BYTES];
    cJSON *record = row_of(task, number, "");
    if (record || task->result->code != TOCSIN_DONE)
        return record;
    cJSON *into = kit_api_get_at(task, "ticket/%", number);
    snprintf(merged, sizeof(merged), "%lld", (long long)kit_json_int(into, "id", 0));
    if (into)
        record = row_of(task, merged, "");
    cJSON_Delete(into);
    if (!record && (kit_api_was_missing(task) || task->result->code == TOCSIN_DONE))
        kit_result(task->result, TOCSIN_REFUSED, "there is no ticket %s in RT that the account %s can see",
                   number, rt_of(task)->user);
    return record;
}

bool rt_ticket_load(struct kit_task *task, const char *number, struct rt_ticket *ret)
{
    *ret = (struct rt_ticket){.record = record_of(task, number)};
    if (!ret->record)
        return false;
    const char *id = kit_json_text(ret->record, "id");
    said_link(rt_of(task)->web, id, NULL, &ret->link);
    cJSON *done = row_of(task, id, " AND Status = '__Inactive__'"); /* only a search knows a lifecycle */
    ret->as = said_ticket(ret->record, kit_text_get(&ret->link), done != NULL);
    cJSON_Delete(done);
    if (task->result->code != TOCSIN_DONE)
        rt_ticket_finish(ret);
    return task->result->code == TOCSIN_DONE;
}

void rt_ticket_finish(struct rt_ticket *ticket)
{
    cJSON_Delete(ticket->record);
    kit_text_finish(&ticket->link);
    *ticket = (struct rt_ticket){0};
}

/* Is it the number of a ticket? Otherwise the action is refused. */
static bool is_number(struct kit_task *task, const char *given)
{
    if (kit_is_number(given))
        return true;
    kit_result(task->result, TOCSIN_REFUSED, "'%s' is not the number of a ticket in RT, such as 17", given);
    return false;
}

/* ---- ticket.create ---- */

void rt_create(struct kit_task *task)
{
    struct kit_text html = {0};
    struct rt_ticket made;
    char subject[SUBJECT_BYTES], number[KIT_ID_BYTES];
    kit_tracker_text(task->body, KIT_HTML, TEXT_MOST, &html);
    if (!kit_clean_name(kit_json_text(task->body, "title"), subject, sizeof(subject)))
        kit_result(task->result, TOCSIN_REFUSED, "the ticket has no title");
    else if (rt_open_ticket(task, subject, "text/html", html.n ? html.p : subject, number) &&
             rt_ticket_load(task, number, &made)) {
        made.as.parent = kit_json_true(task->body, "parent");
        kit_ticket_answer(&made.as, task);
        rt_ticket_finish(&made);
    }
    kit_text_finish(&html);
}

/* ---- ticket.follow ---- */

static void follow(struct kit_task *task, const char *number)
{
    const char *parent = kit_json_text(task->body, "parent"), *queue = rt_of(task)->queue;
    struct rt_ticket ticket;
    if ((*parent && !is_number(task, parent)) || !rt_ticket_load(task, number, &ticket))
        return;
    const cJSON *in = kit_json_member(ticket.record, "Queue");
    if (strcasecmp(kit_json_text(in, "Name"), queue) != 0 && strcmp(kit_json_text(in, "id"), queue) != 0)
        kit_result(task->result, TOCSIN_REFUSED,
                   "ticket %s is in the queue %s, and this connector reads the queue %s", number,
                   kit_json_text(in, "Name"), queue);
    else if (!*parent || strcmp(parent, ticket.as.id) == 0 || rt_set(task, ticket.as.id, "AddParent", parent))
        kit_ticket_answer(&ticket.as, task);
    rt_ticket_finish(&ticket);
}

void rt_follow(struct kit_task *task)
{
    const char *given = kit_json_text_or(task->body, "ticket", NULL);
    char number[KIT_ID_BYTES];
    if (!given && said_linked(rt_of(task)->web, kit_json_text(task->body, "link"), number))
        given = number;
    if (!given)
        kit_result(task->result, TOCSIN_REFUSED,
                   "that link leads to no ticket; one looks like %s/Ticket/Display.html?id=17",
                   rt_of(task)->web);
    else if (is_number(task, given))
        follow(task, given);
}

/* ---- ticket.comment, post ---- */

void rt_comment(struct kit_task *task)
{
    const char *number = kit_json_text_or(task->body, "ticket", kit_json_text(task->body, "channel"));
    struct kit_text html = {0};
    kit_note(task->body, KIT_HTML, &html);
    if (!html.n)
        kit_result(task->result, TOCSIN_REFUSED, "the note is empty");
    else if (is_number(task, number) && !rt_was_written(task, number))
        rt_write_in(task, number, "comment", kit_text_get(&html));
    kit_text_finish(&html);
}

/* ---- ticket.state ---- */

/* Also true where that could not be found out. */
static bool has_state(struct kit_task *task, const char *number, bool done)
{
    struct rt_ticket ticket;
    if (!rt_ticket_load(task, number, &ticket))
        return true;
    bool has = ticket.as.done == done;
    rt_ticket_finish(&ticket);
    return has;
}

void rt_state(struct kit_task *task)
{
    const char *number = kit_json_text(task->body, "ticket");
    bool done = strcmp(kit_json_text(task->body, "state"), "done") == 0;
    if (!is_number(task, number) || has_state(task, number, done))
        return;
    for (const char *const *name = names[done]; *name; name++) {
        if (!rt_set(task, number, "Status", *name) || has_state(task, number, done))
            return;
    }
    kit_result(
        task->result, TOCSIN_REFUSED,
        "RT does not make ticket %s %s: the account needs the right ModifyTicket, and the queue's lifecycle "
        "one of RT's own words for it",
        number, done ? "resolved" : "open");
}
