/* What is new in a ticket: its audits, oldest first, become events. The core knows by their ids what it has. */
#include "zendesk.h"

#include <string.h>
#include <time.h>

#include "said.h"

#define COMMANDS_MS INT64_C(43200000) /* a note is a command for so long */

/* ---- people ---- */

static void add_id(const cJSON *record, const cJSON *records, struct kit_text *ids)
{
    char id[ZENDESK_ID];
    record_id(record, "author_id", id);
    if (*id && !record_of(records, "users", id))
        kit_text_addf(ids, "%s%s", ids->n ? "%2C" : "", id);
}

static void add_all(cJSON *records, const char *list, const cJSON *from)
{
    const cJSON *row;
    cJSON *to = cJSON_GetObjectItemCaseSensitive(records, list);
    cJSON_ArrayForEach(row, kit_json_member(from, list))
    {
        cJSON_AddItemToArray(to, cJSON_Duplicate(row, true));
    }
}

/* The users and organisations that the answer brought, and who wrote. NULL: the task failed. */
static cJSON *records_of(struct kit_task *task, const cJSON *answer, const cJSON *audits)
{
    cJSON *records = cJSON_CreateObject();
    struct kit_text path = {0}, ids = {0};
    const cJSON *audit, *event;
    cJSON_AddArrayToObject(records, "users");
    cJSON_AddArrayToObject(records, "organizations");
    add_all(records, "users", answer);
    add_all(records, "organizations", answer);
    cJSON_ArrayForEach(audit, audits)
    {
        add_id(audit, records, &ids);
        cJSON_ArrayForEach(event, kit_json_member(audit, "events"))
        {
            add_id(event, records, &ids);
        }
    }
    kit_text_addf(&path, "users/show_many?ids=%s", kit_text_get(&ids));
    cJSON *others = ids.n ? kit_api_get(task, kit_text_get(&path)) : NULL;
    kit_api_was_missing(task);
    add_all(records, "users", others);
    cJSON_Delete(others);
    kit_text_finish(&ids);
    kit_text_finish(&path);
    if (task->result->code == TOCSIN_DONE)
        return records;
    cJSON_Delete(records);
    return NULL;
}

/* ---- the ticket ---- */

static bool emit_all(const struct zendesk *zd, cJSON *events)
{
    bool stored = true;
    while (stored && cJSON_GetArraySize(events))
        stored = kit_emit(zd->host, cJSON_DetachItemFromArray(events, 0)) != TOCSIN_EMIT_RETRY;
    cJSON_Delete(events);
    return stored;
}

static bool tell(struct kit_task *task, const char *id, const cJSON *answer, const cJSON *audits)
{
    const struct zendesk *zd = zendesk_of(task);
    cJSON *records = records_of(task, answer, audits), *kept = kit_ticket_kept(zd->host, id);
    struct said said = {.host = zd->host,
                        .web = zd->web,
                        .ticket = kit_json_member(answer, "ticket"),
                        .records = records,
                        .kept = kept != NULL,
                        .commands_ms = (int64_t)time(NULL) * 1000 - COMMANDS_MS};
    bool stored = records != NULL;
    for (int i = cJSON_GetArraySize(audits) - 1; i >= 0 && stored; i--)
        stored = emit_all(zd, said_events(&said, cJSON_GetArrayItem(audits, i)));
    cJSON_Delete(records);
    cJSON_Delete(kept);
    return stored;
}

bool zendesk_gone(const struct zendesk *zd, const char *ticket)
{
    struct record_ticket shown;
    struct kit_text id = {0};
    cJSON *kept = kit_ticket_kept(zd->host, ticket),
          *gone = kit_json_texts("id", ticket, "status", "deleted", NULL);
    bool stored = true;
    if (kept) {
        kit_text_addf(&id, "zendesk:gone:%s", ticket);
        record_ticket(zd->web, gone, NULL, &shown);
        stored = kit_emit(zd->host, kit_ticket_event(&shown.ticket, kit_text_get(&id))) != TOCSIN_EMIT_RETRY;
    }
    cJSON_Delete(kept);
    cJSON_Delete(gone);
    kit_text_finish(&id);
    return stored;
}

bool zendesk_look(struct kit_task *task, const char *ticket, const cJSON *answer, int64_t since_ms)
{
    cJSON *asked = answer ? NULL : zendesk_ticket(task, ticket);
    const cJSON *known = answer ? answer : asked;
    if (!known && kit_api_was_missing(task))
        return task->status == 403 || zendesk_gone(zendesk_of(task), ticket);
    cJSON *audits = known ? zendesk_audits(task, ticket, since_ms) : NULL;
    bool stored = audits && tell(task, ticket, known, audits);
    cJSON_Delete(audits);
    cJSON_Delete(asked);
    return stored;
}
