/* Tickets about an incident: a problem with its incidents, notes for the desk's own people, states. No customer is told here. */
#include "zendesk.h"

#include <string.h>

#include <tocsin/kit/commonmark.h>

/* ---- the ticket of an action ---- */

struct named {
    struct kit_task *task;
    cJSON *answer; /* NULL: the result says why there is none */
    struct record_ticket shown;
};

/* Frees what it has. */
static void finish(struct named *n)
{
    cJSON_Delete(n->answer);
}

/* The ticket that `member` names, or a link. */
static struct named begin(struct kit_task *task, const char *member)
{
    struct named n = {.task = task};
    const char *named = kit_json_text(task->body, member), *link = kit_json_text(task->body, "link");
    char id[ZENDESK_ID];
    record_id(task->body, member, id);
    if (!*id)
        record_linked(zendesk_of(task)->web, link, id);
    n.answer = *id ? zendesk_ticket(task, id) : NULL;
    if (!*id || (!n.answer && task->status == 404))
        kit_result(task->result, TOCSIN_REFUSED, "there is no ticket '%s' in Zendesk", *named ? named : link);
    return n;
}

static void show(struct named *n)
{
    record_ticket(zendesk_of(n->task)->web, kit_json_member(n->answer, "ticket"), n->answer, &n->shown);
}

/* It is the answer, and followed from now on. */
static void answer(struct named *n)
{
    show(n);
    kit_ticket_answer(&n->shown.ticket, zendesk_of(n->task)->host, n->task->body, n->task->result);
}

/* A change that Zendesk refuses if somebody else changes the ticket at the same time. */
static void change(struct named *n, cJSON *fields)
{
    const char *stamp = kit_json_text(kit_json_member(n->answer, "ticket"), "updated_at");
    cJSON_AddTrueToObject(fields, "safe_update");
    cJSON_AddStringToObject(fields, "updated_stamp", stamp);
    cJSON_Delete(zendesk_update(n->task, n->shown.id, fields));
}

/* ---- ticket.create ---- */

static cJSON *fields_of(const cJSON *body)
{
    const char *text = kit_json_text(body, "text"), *link = kit_json_text(body, "link");
    struct kit_text html = {0};
    cJSON *fields = kit_json_texts("subject", kit_json_text(body, "title"), "type",
                                   kit_json_true(body, "parent") ? "problem" : NULL, NULL);
    kit_commonmark(text, strlen(text), KIT_HTML, &html);
    kit_text_add(&html, "<p>Opened by Tocsin. ");
    kit_escape(link, strlen(link), KIT_HTML, &html);
    kit_text_add(&html, "</p>");
    zendesk_add_comment(fields, kit_text_get(&html), false);
    kit_text_finish(&html);
    return fields;
}

void zendesk_create(struct kit_task *task)
{
    struct named made = {.task = task};
    char external_id[KIT_MARK_BYTES];
    if (!*kit_json_text(task->body, "title")) {
        kit_result(task->result, TOCSIN_REFUSED, "the ticket has no title");
        return;
    }
    zendesk_external_id(zendesk_of(task), task->action->key, external_id);
    if (task->action->attempt > 1)
        made.answer = zendesk_find_ticket(task, external_id);
    if (!made.answer && task->result->code == TOCSIN_DONE)
        made.answer = zendesk_open_ticket(task, external_id, fields_of(task->body));
    if (made.answer)
        answer(&made);
    finish(&made);
}

/* ---- ticket.follow ---- */

/* A problem joins no problem, and a closed ticket nothing. */
static void join(struct named *n, const char *parent)
{
    char already[ZENDESK_ID];
    record_id(kit_json_member(n->answer, "ticket"), "problem_id", already);
    if (!*parent || strcmp(already, parent) == 0 || n->shown.ticket.parent || n->shown.closed)
        return;
    cJSON *fields = kit_json_texts("type", "incident", NULL);
    cJSON_AddRawToObject(fields, "problem_id", parent);
    change(n, fields);
}

void zendesk_follow(struct kit_task *task)
{
    char parent[ZENDESK_ID];
    struct named n = begin(task, "ticket");
    record_id(task->body, "parent", parent);
    if (n.answer) {
        show(&n);
        join(&n, parent);
        answer(&n);
    }
    finish(&n);
}

/* ---- notes ---- */

static void write_note(struct kit_task *task, const char *member, const char *html)
{
    struct named n = begin(task, member);
    show(&n);
    if (n.shown.closed)
        kit_result(task->result, TOCSIN_REFUSED, "ticket %s is closed, and Zendesk takes no more notes in it",
                   n.shown.id);
    else if (n.answer)
        zendesk_write(task, n.shown.id, html, false);
    finish(&n);
}

void zendesk_note(struct kit_task *task)
{
    struct kit_text html = {0};
    const char *text = kit_json_text(task->body, "text");
    kit_commonmark(text, strlen(text), KIT_HTML, &html);
    write_note(task, "ticket", kit_text_get(&html));
    kit_text_finish(&html);
}

void zendesk_post(struct kit_task *task)
{
    struct kit_text note = {0}, html = {0};
    kit_note(task->body, &note);
    for (const char *line = kit_text_get(&note); *line; line += strcspn(line, "\n"), line += *line == '\n') {
        kit_escape(line, strcspn(line, "\n"), KIT_HTML, &html);
        kit_text_add(&html, "<br>\n");
    }
    write_note(task, "channel", kit_text_get(&html));
    kit_text_finish(&note);
    kit_text_finish(&html);
}

/* ---- ticket.state ---- */

/* Zendesk solves no ticket that nobody is assigned to. */
static void set_state(struct named *n, bool done)
{
    const char *email = kit_json_text(zendesk_of(n->task)->settings, "email");
    char assignee[ZENDESK_ID];
    cJSON *fields = kit_json_texts("status", done ? "solved" : "open", NULL);
    record_id(kit_json_member(n->answer, "ticket"), "assignee_id", assignee);
    if (done && !*assignee && *email)
        cJSON_AddStringToObject(fields, "assignee_email", email);
    change(n, fields);
}

void zendesk_state(struct kit_task *task)
{
    const char *state = kit_json_text(task->body, "state");
    bool done = strcmp(state, "done") == 0;
    if (!done && strcmp(state, "open") != 0) {
        kit_result(task->result, TOCSIN_REFUSED, "'%s' is no state: it is open or done", state);
        return;
    }
    struct named n = begin(task, "ticket");
    show(&n);
    if (n.shown.closed && !done)
        kit_result(task->result, TOCSIN_REFUSED, "ticket %s is closed, and Zendesk opens it no more",
                   n.shown.id);
    else if (n.answer && n.shown.ticket.done != done)
        set_state(&n, done);
    finish(&n);
}
