/*
 * Writing into RT, once.
 *
 * RT has no idempotency key. So each text carries a mark in the parameters of its Content-Type, which RT keeps with the attachment and
 * shows to nobody; an attempt that may have been made before is looked up by it.
 */
#include "rt.h"

#include <stdio.h>
#include <string.h>

#include <tocsin/kit/clock.h>

#define MARGIN_MS 120000 /* RT's clock may be so far behind ours */

static void mark_of(const struct kit_task *task, const char *what, char mark[KIT_MARK_BYTES])
{
    kit_mark(rt_of(task)->user, what, task->action->key, mark);
}

static cJSON *content(const struct kit_task *task, const char *what, const char *type, const char *text)
{
    struct kit_text marked = {0};
    char mark[KIT_MARK_BYTES];
    mark_of(task, what, mark);
    kit_text_addf(&marked, "%s; x-tocsin=%s", type, mark);
    cJSON *json = kit_json_texts("ContentType", kit_text_get(&marked), "Content", text, NULL);
    kit_text_finish(&marked);
    return json;
}

/* ---- what an earlier attempt wrote ---- */

/* The first row that is ours and not older than the action; "": none. Rows that are hidden from us take up room on a page. */
static void first_of_ours(struct kit_task *task, const char *list, struct kit_text *sql, char id[KIT_ID_BYTES])
{
    char since[KIT_TIME_BYTES];
    kit_time_text(task->action->made_ms - MARGIN_MS, since);
    rt_equals(sql, " AND Creator", rt_of(task)->user);
    kit_text_addf(sql, " AND Created >= '%s'", since);
    cJSON *rows = rt_search(task, list, sql, "orderby=id&per_page=100");
    snprintf(id, KIT_ID_BYTES, "%s", kit_json_text(cJSON_GetArrayItem(rows, 0), "id"));
    cJSON_Delete(rows);
}

/* The transaction with the mark, of those from our first one in a ticket on; "": none, or RT did not answer. */
static void find_mark(struct kit_task *task, const char *what, const char *number,
                      char transaction[KIT_ID_BYTES])
{
    struct kit_text sql = {0}, query = {0};
    char mark[KIT_MARK_BYTES], from[KIT_ID_BYTES];
    const cJSON *row;
    *transaction = '\0';
    kit_text_addf(&sql, "ObjectType = 'RT::Ticket' AND ObjectId = %s", number);
    first_of_ours(task, "transactions", &sql, from);
    if (!*from)
        return;
    mark_of(task, what, mark);
    kit_text_addf(&query,
                  "[{\"field\":\"TransactionId\",\"operator\":\">=\",\"value\":%s},"
                  "{\"field\":\"Headers\",\"operator\":\"LIKE\",\"value\":\"%%%s%%\"}]",
                  from, mark);
    cJSON *rows = rt_search(task, "attachments", &query, "fields=Headers,TransactionId");
    cJSON_ArrayForEach(row, rows)
    {
        if (strstr(kit_json_text(row, "Headers"), mark))
            snprintf(transaction, KIT_ID_BYTES, "%s", kit_json_text(row, "TransactionId"));
    }
    cJSON_Delete(rows);
}

/* The ticket that an earlier attempt opened is the first one that we opened since the action was made, or a later one. */
static bool find_opened(struct kit_task *task, char number[KIT_ID_BYTES])
{
    struct kit_text sql = {0};
    char transaction[KIT_ID_BYTES] = "";
    rt_equals(&sql, "Queue", rt_of(task)->queue);
    first_of_ours(task, "tickets", &sql, number);
    if (*number)
        find_mark(task, "ticket", number, transaction);
    if (!*transaction)
        return false;
    cJSON *found = kit_api_get_at(task, "transaction/%", transaction);
    snprintf(number, KIT_ID_BYTES, "%s", kit_json_text(kit_json_member(found, "Object"), "id"));
    cJSON_Delete(found);
    return *number != '\0';
}

/* ---- writing ---- */

bool rt_open_ticket(struct kit_task *task, const char *subject, const char *type, const char *text,
                    char number[KIT_ID_BYTES])
{
    if (task->action->attempt > 1 && find_opened(task, number))
        return true;
    if (task->result->code != TOCSIN_DONE)
        return false;
    cJSON *json = content(task, "ticket", type, text);
    cJSON_AddStringToObject(json, "Queue", rt_of(task)->queue);
    cJSON_AddStringToObject(json, "Subject", subject);
    cJSON *made = kit_api_write(task, "POST", "ticket", json, NULL);
    snprintf(number, KIT_ID_BYTES, "%s", kit_json_text(made, "id"));
    if (made && !*number)
        kit_result(task->result, TOCSIN_UNKNOWN, "RT opened a ticket and did not say which");
    cJSON_Delete(made);
    return task->result->code == TOCSIN_DONE;
}

bool rt_was_written(struct kit_task *task, const char *number)
{
    struct tocsin_result *result = task->result;
    char transaction[KIT_ID_BYTES] = "";
    if (task->action->attempt > 1)
        find_mark(task, "message", number, transaction);
    if (*transaction)
        snprintf(result->remote_id, sizeof(result->remote_id), "%s/%s", number, transaction);
    return *transaction || result->code != TOCSIN_DONE;
}

void rt_write_in(struct kit_task *task, const char *number, const char *how, const char *text)
{
    struct tocsin_result *result = task->result;
    char path[48];
    snprintf(path, sizeof(path), "ticket/%s/%s", number, how);
    cJSON *answer = kit_api_write(task, "POST", path, content(task, "message", "text/html", text), NULL);
    if (answer)
        snprintf(result->remote_id, sizeof(result->remote_id), "%s/%lld", number,
                 (long long)kit_api_location(task));
    cJSON_Delete(answer);
}

bool rt_set(struct kit_task *task, const char *number, const char *field, const char *value)
{
    char path[48];
    snprintf(path, sizeof(path), "ticket/%s", number);
    cJSON *answer = kit_api_write(task, "PUT", path, kit_json_texts(field, value, NULL), NULL);
    cJSON_Delete(answer);
    return answer != NULL;
}
