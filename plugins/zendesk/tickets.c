/* Tickets about an incident: a problem with its incidents, notes for the desk's own people, states. No customer is told here. */
#include "zendesk.h"

#include <string.h>

#define TEXT_MOST 60000 /* bytes of a comment */

/* The ticket of an action. */
struct named {
    struct kit_task *task;
    cJSON *answer; /* NULL: the result says why there is none */
    struct record_ticket ticket;
};

/* By its id in `member`, or by a link. */
static void begin(struct kit_task *task, const char *member, struct named *n)
{
    const struct zendesk *zd = zendesk_of(task);
    const char *given = kit_json_text_or(task->body, member, kit_json_text(task->body, "link"));
    char id[KIT_ID_BYTES];
    kit_json_id(task->body, member, id);
    if (!*id && !kit_link_number(zd->web, given, "/tickets/", id)) /* as agents copy it, or as customers do */
        kit_link_number(zd->web, given, "/requests/", id);
    *n = (struct named){.task = task, .answer = *id ? zendesk_ticket(task, id) : NULL};
    record_ticket(zd->web, n->answer, &n->ticket);
    if (!*id)
        kit_result(task->result, TOCSIN_REFUSED,
                   "'%s' names no ticket; a link to one is like %s/agent/tickets/17", given, zd->web);
    else if (!n->answer && task->status == 404)
        kit_result(task->result, TOCSIN_REFUSED, "it was deleted, or never there");
}

/* Zendesk refuses it if somebody else changes the ticket at the same time. */
static void change(struct named *n, cJSON *fields)
{
    cJSON_AddTrueToObject(fields, "safe_update");
    cJSON_AddStringToObject(fields, "updated_stamp", kit_json_text(n->ticket.record, "updated_at"));
    cJSON_Delete(zendesk_update(n->task, n->ticket.id, fields));
}

void zendesk_create(struct kit_task *task)
{
    const struct zendesk *zd = zendesk_of(task);
    struct named n = {.task = task};
    char external_id[ZENDESK_EXTERNAL_ID];
    struct kit_text html = {0};
    zendesk_external_id(task, task->action->key, external_id);
    if (task->action->attempt > 1)
        n.answer = zendesk_find_ticket(task, external_id);
    if (!n.answer && task->result->code == TOCSIN_DONE) {
        cJSON *fields = kit_json_texts("subject", kit_json_text(task->body, "title"), "type",
                                       kit_json_true(task->body, "parent") ? "problem" : NULL, NULL);
        kit_tracker_text(task->body, KIT_HTML, TEXT_MOST, &html);
        zendesk_add_comment(fields, html.n ? html.p : "<p>Opened by Tocsin.</p>", false);
        n.answer = zendesk_open_ticket(task, external_id, fields);
    }
    record_ticket(zd->web, n.answer, &n.ticket);
    kit_ticket_answer(&n.ticket.as, task);
    cJSON_Delete(n.answer);
    kit_text_finish(&html);
}

/* A problem joins no problem, and a closed ticket nothing. */
void zendesk_follow(struct kit_task *task)
{
    char parent[KIT_ID_BYTES], already[KIT_ID_BYTES];
    struct named n;
    begin(task, "ticket", &n);
    kit_json_id(task->body, "parent", parent);
    kit_json_id(n.ticket.record, "problem_id", already);
    if (n.answer && *parent && strcmp(already, parent) != 0 && !n.ticket.as.parent && !n.ticket.closed) {
        cJSON *fields = kit_json_texts("type", "incident", NULL);
        cJSON_AddRawToObject(fields, "problem_id", parent);
        change(&n, fields);
    }
    kit_ticket_answer(&n.ticket.as, task);
    cJSON_Delete(n.answer);
}

/* ticket.comment, and post, whose channel the ticket is. Everybody at the desk reads a note. */
void zendesk_note(struct kit_task *task)
{
    struct named n;
    struct kit_text html = {0};
    begin(task, *kit_json_text(task->body, "ticket") ? "ticket" : "channel", &n);
    kit_note(task->body, KIT_HTML, &html);
    if (n.ticket.closed)
        kit_result(task->result, TOCSIN_REFUSED, "ticket %s is closed, and Zendesk takes no more notes in it",
                   n.ticket.id);
    else if (n.answer)
        zendesk_write(task, n.ticket.id, kit_text_get(&html), false);
    cJSON_Delete(n.answer);
    kit_text_finish(&html);
}

/* Zendesk solves no ticket that nobody is assigned to. */
static void set_state(struct named *n, bool done)
{
    const char *email = kit_json_text(zendesk_of(n->task)->kit.settings, "email");
    char assignee[KIT_ID_BYTES];
    cJSON *fields = kit_json_texts("status", done ? "solved" : "open", NULL);
    kit_json_id(n->ticket.record, "assignee_id", assignee);
    if (done && !*assignee && *email)
        cJSON_AddStringToObject(fields, "assignee_email", email);
    change(n, fields);
}

void zendesk_state(struct kit_task *task)
{
    bool done = strcmp(kit_json_text(task->body, "state"), "done") == 0;
    struct named n;
    begin(task, "ticket", &n);
    if (n.ticket.closed && !done)
        kit_result(task->result, TOCSIN_REFUSED, "ticket %s is closed, and Zendesk opens it no more",
                   n.ticket.id);
    else if (n.answer && n.ticket.as.done != done)
        set_state(&n, done);
    cJSON_Delete(n.answer);
}
