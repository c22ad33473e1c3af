#include "zendesk.h"

#include <stdio.h>
#include <string.h>

const char *record_address(const cJSON *user, char id[KIT_ID_BYTES])
{
    const char *email = kit_json_text(user, "email");
    kit_json_id(user, "id", id);
    return kit_is_mail_address(email) ? email : id;
}

bool record_is_address(const char *text)
{
    return kit_is_mail_address(text) || kit_is_number(text);
}

const char *record_mark(const cJSON *audit)
{
    return kit_json_text(kit_json_member(kit_json_member(audit, "metadata"), "custom"), "tocsin");
}

void record_ticket(const char *web, const cJSON *answer, struct record_ticket *ret)
{
    const cJSON *ticket = ret->record = kit_json_member(answer, "ticket");
    const char *status = kit_json_text(ticket, "status");
    char organisation[KIT_ID_BYTES];
    kit_json_id(ticket, "id", ret->id);
    kit_json_id(ticket, "requester_id", ret->requester);
    kit_json_id(ticket, "organization_id", organisation);
    const cJSON *requester = kit_json_with_id(kit_json_member(answer, "users"), ret->requester);
    snprintf(ret->link, sizeof(ret->link), "%s/agent/tickets/%s", web, ret->id);
    ret->closed = strcmp(status, "closed") == 0;
    ret->as = (struct kit_ticket){
        .id = ret->id,
        .link = ret->link,
        .title = kit_json_text(ticket, "subject"),
        .status = status,
        .done = ret->closed || strcmp(status, "solved") == 0 || strcmp(status, "deleted") == 0,
        .address = requester ? record_address(requester, ret->requester) : ret->requester,
        .name = kit_json_text(requester, "name"),
        .organisation =
            kit_json_text(kit_json_with_id(kit_json_member(answer, "organizations"), organisation), "name"),
        .parent = strcmp(kit_json_text(ticket, "type"), "problem") == 0,
    };
}

void record_hooked(const cJSON *body, char ticket[KIT_ID_BYTES])
{
    kit_json_id(body, "ticket_id", ticket);
    if (!*ticket)
        kit_json_id(kit_json_member(body, "detail"), "id", ticket);
}
