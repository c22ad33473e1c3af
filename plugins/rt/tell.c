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
#include <tocsin/kit/signature.h>

#define MARK     33   /* bytes of a mark, terminator included */
#define MARGIN_S 120  /* RT's clock may be so far behind ours */
#define SPARE_MS 1000 /* of an action's time */

/* A message on its way. */
struct telling {
    struct rt_task *task;
    const struct tocsin_action *action;
    const cJSON *body;
    const char *address;
    int64_t ticket;                   /* 0: none yet */
    int64_t since;                    /* an earlier attempt wrote nothing before this transaction */
    char opened[MARK], written[MARK]; /* marks of the ticket and of the message */
};

/* ---- marks ---- */

static void mark_of(const struct telling *t, const char *what, char mark[MARK])
{
    char hash[KIT_HMAC_HEX] = "";
    struct kit_part parts[] = {{what, strlen(what)}, {t->action->key, strlen(t->action->key)}};
    if (!kit_hmac_hex(t->task->rt->user, parts, 2, hash))
        abort(); /* without marks, messages would be sent twice */
    memcpy(mark, hash, MARK - 1);
    mark[MARK - 1] = '\0';
}

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
    time_t at = (time_t)(t->action->made_ms / 1000 - MARGIN_S);
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
    char from[24], like[MARK + 2];
    const cJSON *row;
    int64_t found = 0;
    cJSON *query = cJSON_CreateArray();
    snprintf(from, sizeof(from), "%lld", (long long)since);
    snprintf(like, sizeof(like), "%%%s%%", mark);
    add_condition(query, "TransactionId", ">=", from);
    add_condition(query, "Headers", "LIKE", like);
    kit_json_write(query, &json);
    kit_text_add(&path, "attachments?fields=Headers,TransactionId&");
    rt_parameter(&path, "query", kit_text_get(&json));
    cJSON *list = rt_get(t->task, kit_text_get(&path));
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
    cJSON *list = rt_get(t->task, path);
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
    rt_equals(&sql, "Queue", t->task->rt->queue);
    rt_equals(&sql, " AND Creator", t->task->rt->user);
    kit_text_addf(&sql, " AND Created >= '%s'", since);
    kit_text_add(&path, "tickets?orderby=id&per_page=1&");
    rt_parameter(&path, "query", kit_text_get(&sql));
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
    cJSON *found = rt_get(t->task, path);
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
    int64_t ticket =
        ticket_of(kit_json_text_or(t->body, "thread", kit_json_text(t->body, "previous")), &t->since);
    if (!ticket)
        return;
    snprintf(path, sizeof(path), "ticket/%lld", (long long)ticket);
    cJSON *found = rt_get(t->task, path);
    if (found && strcmp(kit_json_text(found, "Status"), "deleted") != 0)
        t->ticket = ticket;
    rt_was_missing(t->task);
    cJSON_Delete(found);
}

static void open_ticket(struct telling *t)
{
    const char *incident = kit_json_text_or(t->body, "incident", "an incident");
    const char *name = kit_json_text_or(t->body, "name", kit_json_text(t->body, "customer"));
    struct kit_text line = {0}, subject = {0};
    kit_text_addf(&line, "Opened by Tocsin to tell %s about %s.", name, incident);
    kit_text_addf(&subject, "Message about %s", incident);
    cJSON *json = content("text/plain", t->opened, kit_text_get(&line));
    cJSON_AddStringToObject(json, "Queue", t->task->rt->queue);
    cJSON_AddStringToObject(json, "Subject", kit_json_text_or(t->body, "subject", kit_text_get(&subject)));
    cJSON *made = rt_write(t->task, "POST", "ticket", json, NULL);
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
    rt_parameter(&path, "query", sql);
    kit_text_add(&path, "fields=Requestor&fields[Requestor]=EmailAddress");
    cJSON *list = rt_get(t->task, kit_text_get(&path));
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
    cJSON *answer = rt_write(t->task, "PUT", path, kit_json_texts("Requestor", t->address, NULL), NULL);
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
    const struct rt *rt = t->task->rt;
    char key[48];
    struct kit_text kept = {0};
    snprintf(result->remote_id, sizeof(result->remote_id), "%lld/%lld", (long long)t->ticket,
             (long long)transaction);
    snprintf(key, sizeof(key), "ticket/%lld", (long long)t->ticket);
    cJSON *whose = kit_json_texts("customer", kit_json_text(t->body, "customer"), "incident",
                                  kit_json_text_or(t->body, "incident", NULL), NULL);
    if (kit_json_write(whose, &kept))
        rt->host->keep(rt->host->ctx, key, kit_text_get(&kept), kept.n);
    cJSON_Delete(whose);
    kit_text_finish(&kept);
}

cJSON *rt_ticket_kept(const struct rt *rt, int64_t ticket)
{
    char key[48], kept[1000];
    snprintf(key, sizeof(key), "ticket/%lld", (long long)ticket);
    int64_t n = rt->host->get(rt->host->ctx, key, kept, sizeof(kept));
    return n > 0 && n <= (int64_t)sizeof(kept) ? kit_json_parse(kept, (size_t)n) : NULL;
}

static bool is_internal(const struct telling *t)
{
    return kit_json_true(t->body, "internal");
}

/* "correspond" is what the requester reads, "comment" what only the desk's people read. */
static void write_message(struct telling *t)
{
    char path[48];
    int64_t transaction;
    struct kit_text html = {0};
    const char *text = kit_json_text(t->body, "text");
    kit_commonmark(text, strlen(text), KIT_HTML, &html);
    snprintf(path, sizeof(path), "ticket/%lld/%s", (long long)t->ticket,
             is_internal(t) ? "comment" : "correspond");
    cJSON *answer =
        rt_write(t->task, "POST", path, content("text/html", t->written, kit_text_get(&html)), &transaction);
    if (answer)
        say_where(t, transaction);
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
    bool again = t->action->attempt > 1;
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

/* RT takes anything for a user's name, so it must be told apart here. */
static bool is_address(const char *text)
{
    const char *at = strchr(text, '@');
    size_t n = strlen(text);
    for (const char *p = text; *p; p++) {
        if (*p <= ' ' || *p >= 127 || strchr("<>,;:\"()\\", *p))
            return false;
    }
    return at && at != text && at[1] && !strchr(at + 1, '@') && n <= 254;
}

void rt_tell(struct rt_task *task, const struct tocsin_action *action, const cJSON *body)
{
    const cJSON *row = cJSON_GetObjectItem(task->rt->customers, kit_json_text(body, "customer"));
    const char *configured = cJSON_IsString(row) ? row->valuestring : NULL;
    struct telling t = {
        .task = task, .action = action, .body = body, .address = kit_json_text_or(body, "address", configured)};
    if (!t.address || !*t.address)
        return; /* done without an id: this connector does not have the customer */
    if (!is_address(t.address)) {
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
    mark_of(&t, "ticket", t.opened);
    mark_of(&t, "message", t.written);
    reply(&t);
}

/* ---- actions ---- */

static const struct kind {
    const char *name;
    rt_performer *perform;
} kinds[] = {{"desk.tell", rt_tell}, {"desk.find", rt_find}};

void rt_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    cJSON *body = kit_json_parse(action->body, action->body_length);
    int64_t time = action->deadline_ms;
    struct rt_task task = rt_begin(self, time > 2 * SPARE_MS ? time - SPARE_MS : time, result);
    rt_performer *perform = NULL;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i].name, action->kind) == 0)
            perform = kinds[i].perform;
    }
    if (perform && body)
        perform(&task, action, body);
    else
        kit_result(result, TOCSIN_REFUSED, "this connector does not support this kind of action");
    if (task.wrote && result->code == TOCSIN_RETRY)
        result->code = TOCSIN_UNKNOWN; /* so that the next attempt looks for what is there */
    cJSON_Delete(body);
}
