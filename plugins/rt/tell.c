/*
 * desk.tell: a message to a customer is a public reply in a ticket whose requester they are.
 *
 * A ticket of ours is opened without a requester and with nothing but a line for the desk's people, gets its requester, and then the
 * reply: so the customer gets one mail, ours, and not one that thanks them for opening a ticket. Each step can be taken again.
 */
#include "rt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <tocsin/kit/commonmark.h>

#define MARK_DIGITS 32
#define MARGIN_S    120 /* RT's clock may be so far behind ours */

/* A message on its way. */
struct telling {
    struct kit_task *task;
    const char *address;
    int64_t ticket; /* 0: none yet */
    int64_t since;  /* an earlier attempt wrote nothing before this transaction */
    char opened[KIT_MARK_BYTES], written[KIT_MARK_BYTES]; /* marks of the ticket and of the message */
};

/* ---- marks ---- */

static cJSON *content(const char *type, const char *mark, const char *text)
{
    struct kit_text marked = {0};
    kit_text_addf(&marked, "%s; x-tocsin=%s", type, mark);
    cJSON *json = kit_json_texts("ContentType", kit_text_get(&marked), "Content", text, NULL);
    kit_text_finish(&marked);
    return json;
}

/* "2026-11-29T19:45:00Z", some time before the action was made. */
static void time_before(const struct telling *t, char text[24])
{
    time_t at = (time_t)(t->task->action->made_ms / 1000 - MARGIN_S);
    struct tm utc;
    gmtime_r(&at, &utc);
    strftime(text, 24, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

/* ---- what an earlier attempt wrote ---- */

static void add_condition(cJSON *query, const char *field, const char *operation, const char *value)
{
    cJSON_AddItemToArray(query, kit_json_texts("field", field, "operator", operation, "value", value, NULL));
}

/* The transaction with this mark, of those from `since` on; 0: none, or RT did not answer. */
static int64_t find_mark(struct telling *t, int64_t since, const char *mark)
{
    struct kit_text path = {0}, json = {0};
    char from[24], like[KIT_MARK_BYTES + 2];
    const cJSON *row;
    int64_t found = 0;
    cJSON *query = cJSON_CreateArray();
    snprintf(from, sizeof(from), "%lld", (long long)since);
    snprintf(like, sizeof(like), "%%%s%%", mark);
    add_condition(query, "TransactionId", ">=", from);
    add_condition(query, "Headers", "LIKE", like);
    kit_json_write(query, &json);
    kit_text_add(&path, "attachments?fields=Headers,TransactionId&");
    kit_api_parameter(&path, "query", kit_text_get(&json));
    cJSON *list = kit_api_get(t->task, kit_text_get(&path));
    cJSON_ArrayForEach(row, kit_json_member(list, "items"))
    {
        if (strstr(kit_json_text(row, "Headers"), mark))
            found = strtoll(kit_json_text(row, "TransactionId"), NULL, 10);
    }
    cJSON_Delete(list);
    cJSON_Delete(query);
    kit_text_finish(&json);
    kit_text_finish(&path);
    return found;
}

/* The number of a list's first row; 0: it has none. */
static int64_t first_of(struct telling *t, const char *path)
{
    cJSON *list = kit_api_get(t->task, path);
    const cJSON *row = cJSON_GetArrayItem(kit_json_member(list, "items"), 0);
    int64_t id = strtoll(kit_json_text(row, "id"), NULL, 10);
    cJSON_Delete(list);
    return id;
}

/* The first transaction of the first ticket that we opened since the action was made; 0: there is none. */
static int64_t first_transaction(struct telling *t)
{
    struct kit_text path = {0}, sql = {0};
    char since[24], history[80];
    time_before(t, since);
    rt_equals(&sql, "Queue", rt_of(t->task)->queue);
    rt_equals(&sql, " AND Creator", rt_of(t->task)->user);
    kit_text_addf(&sql, " AND Created >= '%s'", since);
    kit_text_add(&path, "tickets?orderby=id&per_page=1&");
    kit_api_parameter(&path, "query", kit_text_get(&sql));
    int64_t ticket = first_of(t, kit_text_get(&path));
    snprintf(history, sizeof(history), "ticket/%lld/history?orderby=id&per_page=1", (long long)ticket);
    kit_text_finish(&path);
    kit_text_finish(&sql);
    return ticket ? first_of(t, history) : 0;
}

/* The ticket that an earlier attempt opened. */
static void take_opened(struct telling *t)
{
    char path[48];
    t->since = first_transaction(t);
    int64_t transaction = t->since ? find_mark(t, t->since, t->opened) : 0;
    if (!transaction)
        return;
    snprintf(path, sizeof(path), "transaction/%lld", (long long)transaction);
    cJSON *found = kit_api_get(t->task, path);
    t->ticket = strtoll(kit_json_text(kit_json_member(found, "Object"), "id"), NULL, 10);
    cJSON_Delete(found);
}

/* ---- the ticket ---- */

/* "17/203": the ticket, and the transaction of the message in it. 0: it is no such id. */
static int64_t ticket_of(const char *remote_id, int64_t *ret_transaction)
{
    char *end = NULL;
    int64_t ticket = strtoll(remote_id, &end, 10);
    *ret_transaction = *end == '/' ? strtoll(end + 1, NULL, 10) : 0;
    return ticket > 0 ? ticket : 0;
}

/* The ticket of this conversation, if it can still be written to. */
static void take_known(struct telling *t)
{
    char path[48];
    int64_t ticket = ticket_of(
        kit_json_text_or(t->task->body, "thread", kit_json_text(t->task->body, "previous")), &t->since);
    if (!ticket)
        return;
    snprintf(path, sizeof(path), "ticket/%lld", (long long)ticket);
    cJSON *found = kit_api_get(t->task, path);
    if (found && strcmp(kit_json_text(found, "Status"), "deleted") != 0)
        t->ticket = ticket;
    kit_api_was_missing(t->task);
    cJSON_Delete(found);
}

static void open_ticket(struct telling *t)
{
    const char *incident = kit_json_text_or(t->task->body, "incident", "an incident");
    const char *name = kit_json_text_or(t->task->body, "name", kit_json_text(t->task->body, "customer"));
    struct kit_text line = {0}, subject = {0};
    kit_text_addf(&line, "Opened by Tocsin to tell %s about %s.", name, incident);
    kit_text_addf(&subject, "Message about %s", incident);
    cJSON *json = content("text/plain", t->opened, kit_text_get(&line));
    cJSON_AddStringToObject(json, "Queue", rt_of(t->task)->queue);
    cJSON_AddStringToObject(json, "Subject",
                            kit_json_text_or(t->task->body, "subject", kit_text_get(&subject)));
    cJSON *made = kit_api_write(t->task, "POST", "ticket", json, NULL);
    t->ticket = strtoll(kit_json_text(made, "id"), NULL, 10);
    if (made && !t->ticket)
        kit_result(t->task->result, TOCSIN_UNKNOWN, "RT opened a ticket and did not say which");
    cJSON_Delete(made);
    kit_text_finish(&line);
    kit_text_finish(&subject);
}

/* RT answers with words in the account's language, so the ticket itself must say whether it worked. */
static bool has_requester(struct telling *t)
{
    struct kit_text path = {0};
    char sql[48];
    snprintf(sql, sizeof(sql), "id = %lld", (long long)t->ticket);
    kit_text_add(&path, "tickets?");
    kit_api_parameter(&path, "query", sql);
    kit_text_add(&path, "fields=Requestor&fields[Requestor]=EmailAddress");
    cJSON *list = kit_api_get(t->task, kit_text_get(&path));
    const cJSON *ticket = cJSON_GetArrayItem(kit_json_member(list, "items"), 0);
    const cJSON *row;
    bool has = false;
    cJSON_ArrayForEach(row, kit_json_member(ticket, "Requestor"))
    {
        has = has || strcasecmp(kit_json_text(row, "EmailAddress"), t->address) == 0;
    }
    cJSON_Delete(list);
    kit_text_finish(&path);
    return has;
}

/* Nobody else hears of it yet, so it can be done again. */
static void give_requester(struct telling *t)
{
    char path[48];
    snprintf(path, sizeof(path), "ticket/%lld", (long long)t->ticket);
    cJSON *answer = kit_api_write(t->task, "PUT", path, kit_json_texts("Requestor", t->address, NULL), NULL);
    if (answer && !has_requester(t) && t->task->result->code == TOCSIN_DONE)
        kit_result(
            t->task->result, TOCSIN_REFUSED,
            "RT does not make %s the requester of ticket %lld: it must be one mail address, and the account "
            "needs the right ModifyTicket",
            t->address, (long long)t->ticket);
    cJSON_Delete(answer);
}

/* ---- the message ---- */

static void say_where(struct telling *t, int64_t transaction)
{
    struct tocsin_result *result = t->task->result;
    char ticket[24];
    snprintf(ticket, sizeof(ticket), "%lld", (long long)t->ticket);
    snprintf(result->remote_id, sizeof(result->remote_id), "%s/%lld", ticket, (long long)transaction);
    kit_ticket_keep(rt_of(t->task)->host, ticket, kit_json_text(t->task->body, "customer"),
                    kit_json_text(t->task->body, "incident"));
}

static bool is_internal(const struct telling *t)
{
    return kit_json_true(t->task->body, "internal");
}

/* "correspond" is what the requester reads, "comment" what only the desk's people read. */
static void write_message(struct telling *t)
{
    char path[48];
    struct kit_text html = {0};
    const char *text = kit_json_text(t->task->body, "text");
    kit_commonmark(text, strlen(text), KIT_HTML, &html);
    snprintf(path, sizeof(path), "ticket/%lld/%s", (long long)t->ticket,
             is_internal(t) ? "comment" : "correspond");
    cJSON *answer =
        kit_api_write(t->task, "POST", path, content("text/html", t->written, kit_text_get(&html)), NULL);
    if (answer)
        say_where(t, kit_api_location(t->task));
    cJSON_Delete(answer);
    kit_text_finish(&html);
}

static bool is_written(struct telling *t)
{
    int64_t transaction = find_mark(t, t->since, t->written);
    if (transaction && t->task->result->code == TOCSIN_DONE)
        say_where(t, transaction);
    return transaction || t->task->result->code != TOCSIN_DONE;
}

static void reply(struct telling *t)
{
    bool again = t->task->action->attempt > 1;
    const struct tocsin_result *result = t->task->result;
    take_known(t);
    if (!t->ticket && is_internal(t) && result->code == TOCSIN_DONE)
        kit_result(t->task->result, TOCSIN_REFUSED, "there is no ticket to write the note into");
    bool ours = !t->ticket; /* and so may lack its requester */
    if (!t->ticket && again && result->code == TOCSIN_DONE)
        take_opened(t);
    if (t->ticket && again && is_written(t))
        return;
    if (!t->ticket && result->code == TOCSIN_DONE)
        open_ticket(t);
    if (t->ticket && ours && result->code == TOCSIN_DONE)
        give_requester(t);
    if (t->ticket && result->code == TOCSIN_DONE)
        write_message(t);
}

void rt_tell(struct kit_task *task)
{
    const cJSON *body = task->body;
    const cJSON *row = cJSON_GetObjectItem(rt_of(task)->customers, kit_json_text(body, "customer"));
    const char *configured = cJSON_IsString(row) ? row->valuestring : NULL;
    struct telling t = {.task = task, .address = kit_json_text_or(body, "address", configured)};
    if (!t.address || !*t.address)
        return; /* done without an id: this connector does not have the customer */
    if (!kit_is_mail_address(t.address)) {
        kit_result(
            task->result, TOCSIN_REFUSED,
            "'%s' is not a mail address that a ticket can have as its requester, such as ops@acme.example",
            t.address);
        return;
    }
    if (!*kit_json_text(body, "text")) {
        kit_result(task->result, TOCSIN_REFUSED, "the message is empty");
        return;
    }
    kit_mark(rt_of(task)->user, "ticket", task->action, MARK_DIGITS, t.opened);
    kit_mark(rt_of(task)->user, "message", task->action, MARK_DIGITS, t.written);
    reply(&t);
}
