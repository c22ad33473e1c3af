/* What is written: tickets and comments, each once. */
#include "zendesk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARGIN_MS INT64_C(300000) /* Zendesk's clock may be so far behind ours */

void zendesk_external_id(const struct kit_task *task, const char *about, char id[ZENDESK_EXTERNAL_ID])
{
    char mark[KIT_MARK_BYTES];
    kit_mark(task->api->base, "ticket", about, mark);
    snprintf(id, ZENDESK_EXTERNAL_ID, "tocsin-%s", mark);
}

cJSON *zendesk_find_ticket(struct kit_task *task, const char *external_id)
{
    cJSON *list = kit_api_get_at(task, "tickets?external_id=%&per_page=100", external_id);
    const cJSON *row;
    char id[KIT_ID_BYTES], latest[KIT_ID_BYTES] = "";
    cJSON_ArrayForEach(row, kit_json_member(list, "tickets"))
    {
        kit_json_id(row, "id", id);
        if (strcmp(kit_json_text(row, "external_id"), external_id) == 0 &&
            strcmp(kit_json_text(row, "status"), "closed") != 0 &&
            strtoll(id, NULL, 10) > strtoll(latest, NULL, 10))
            memcpy(latest, id, sizeof(latest));
    }
    cJSON_Delete(list);
    return *latest ? zendesk_ticket(task, latest) : NULL;
}

void zendesk_add_comment(cJSON *fields, const char *html, bool is_public)
{
    cJSON *comment = cJSON_AddObjectToObject(fields, "comment");
    cJSON_AddStringToObject(comment, "html_body", html);
    cJSON_AddBoolToObject(comment, "public", is_public);
}

/* The mark is in the metadata of the audit, which customers do not see. */
static cJSON *write_marked(struct kit_task *task, const char *method, const char *path, cJSON *fields)
{
    char mark[KIT_MARK_BYTES];
    kit_mark(task->api->base, "message", task->action->key, mark);
    struct kit_header key = {"Idempotency-Key", mark};
    cJSON *json = cJSON_CreateObject();
    cJSON_AddItemToObject(fields, "metadata", kit_json_texts("tocsin", mark, NULL));
    cJSON_AddItemToObject(json, "ticket", fields);
    return kit_api_write(task, method, path, json, strcmp(method, "POST") == 0 ? &key : NULL);
}

cJSON *zendesk_open_ticket(struct kit_task *task, const char *external_id, cJSON *fields)
{
    char id[KIT_ID_BYTES];
    cJSON_AddStringToObject(fields, "external_id", external_id);
    if (!cJSON_HasObjectItem(fields, "via_followup_source_id")) /* which has the tags of that */
        cJSON_AddItemToArray(cJSON_AddArrayToObject(fields, "tags"), cJSON_CreateString("tocsin"));
    cJSON *made = write_marked(task, "POST", "tickets", fields);
    if (task->status == 403)
        task->result->code = TOCSIN_AUTH; /* then it may open none */
    kit_json_id(kit_json_member(made, "ticket"), "id", id);
    if (!made || *id)
        return made;
    kit_result(task->result, TOCSIN_UNKNOWN, "Zendesk opened a ticket and did not say which");
    cJSON_Delete(made);
    return NULL;
}

cJSON *zendesk_update(struct kit_task *task, const char *ticket, cJSON *fields)
{
    char path[48];
    snprintf(path, sizeof(path), "tickets/%s", ticket);
    return write_marked(task, "PUT", path, fields);
}

void zendesk_say_where(struct kit_task *task, const char *ticket, const cJSON *audit)
{
    const cJSON *event;
    char id[KIT_ID_BYTES] = "";
    cJSON_ArrayForEach(event, kit_json_member(audit, "events"))
    {
        if (!*id && strcmp(kit_json_text(event, "type"), "Comment") == 0)
            kit_json_id(event, "id", id);
    }
    snprintf(task->result->remote_id, sizeof(task->result->remote_id), "%s/%s", ticket, *id ? id : "0");
}

bool zendesk_is_written(struct kit_task *task, const char *ticket)
{
    char mark[KIT_MARK_BYTES];
    const cJSON *audit;
    bool found = false, again = task->action->attempt > 1;
    kit_mark(task->api->base, "message", task->action->key, mark);
    cJSON *list = again ? zendesk_audits(task, ticket, task->action->made_ms - MARGIN_MS) : NULL;
    cJSON_ArrayForEach(audit, kit_json_member(list, "audits"))
    {
        if (strcmp(record_mark(audit), mark) == 0) {
            zendesk_say_where(task, ticket, audit);
            found = true;
        }
    }
    cJSON_Delete(list);
    return found || task->result->code != TOCSIN_DONE;
}

void zendesk_write(struct kit_task *task, const char *ticket, const char *html, bool is_public)
{
    if (zendesk_is_written(task, ticket))
        return;
    cJSON *fields = cJSON_CreateObject();
    zendesk_add_comment(fields, html, is_public);
    cJSON *answer = zendesk_update(task, ticket, fields);
    if (answer)
        zendesk_say_where(task, ticket, kit_json_member(answer, "audit"));
    cJSON_Delete(answer);
}
