/* What is new in a ticket: its audits, oldest first, become events. The core knows by their ids what it has. */
#include "zendesk.h"

#include <tocsin/kit/clock.h>

#define COMMANDS_MS INT64_C(43200000) /* a note is a command for so long */

static bool emit_all(const struct zendesk *zd, cJSON *events)
{
    bool stored = true;
    while (stored && cJSON_GetArraySize(events))
        stored = kit_pass(zd->kit.host, cJSON_DetachItemFromArray(events, 0));
    cJSON_Delete(events);
    return stored;
}

static bool tell(const struct zendesk *zd, const cJSON *answer, const cJSON *list, int64_t since_ms)
{
    struct said said = {zd, answer, list, kit_wall_ms() - COMMANDS_MS};
    const cJSON *audits = kit_json_member(list, "audits");
    bool stored = true;
    for (int i = cJSON_GetArraySize(audits) - 1; i >= 0 && stored; i--) {
        const cJSON *audit = cJSON_GetArrayItem(audits, i);
        if (kit_time_ms(kit_json_text(audit, "created_at")) >= since_ms)
            stored = emit_all(zd, said_events(&said, audit));
    }
    return stored;
}

/* Only of a ticket that is followed. */
bool zendesk_gone(const struct zendesk *zd, const char *ticket)
{
    struct record_ticket gone;
    struct kit_text id = {0};
    cJSON *kept = kit_ticket_kept(zd->kit.host, ticket), *answer = cJSON_CreateObject();
    cJSON_AddItemToObject(answer, "ticket", kit_json_texts("id", ticket, "status", "deleted", NULL));
    record_ticket(zd->web, answer, &gone);
    kit_text_addf(&id, "zendesk:gone:%s", ticket);
    bool stored = kit_pass(zd->kit.host, kept ? kit_ticket_event(&gone.as, kit_text_get(&id)) : NULL);
    cJSON_Delete(kept);
    cJSON_Delete(answer);
    kit_text_finish(&id);
    return stored;
}

bool zendesk_look(struct kit_task *task, const char *ticket, const cJSON *answer, int64_t since_ms)
{
    cJSON *asked = answer ? NULL : zendesk_ticket(task, ticket);
    if (!answer && !asked && kit_api_was_missing(task))
        return task->status == 403 || zendesk_gone(zendesk_of(task), ticket);
    cJSON *audits = answer || asked ? zendesk_audits(task, ticket, since_ms) : NULL;
    bool stored = audits && tell(zendesk_of(task), answer ? answer : asked, audits, since_ms);
    cJSON_Delete(audits);
    cJSON_Delete(asked);
    return stored;
}
