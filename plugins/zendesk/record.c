#include "record.h"

#include <stdio.h>
#include <string.h>

#include <tocsin/kit/json.h>

#define ID_DIGITS 18

static void take_digits(const char *text, char id[KIT_ID_BYTES])
{
    size_t n = strspn(text, "0123456789");
    snprintf(id, KIT_ID_BYTES, "%.*s", n > ID_DIGITS ? 0 : (int)n, text);
}

const char *record_address(const cJSON *user, char id[KIT_ID_BYTES])
{
    const char *email = kit_json_text(user, "email");
    kit_json_id(user, "id", id);
    return kit_is_mail_address(email) ? email : id;
}

bool record_is_address(const char *text)
{
    size_t n = strspn(text, "0123456789");
    return kit_is_mail_address(text) || (n && n <= ID_DIGITS && !text[n]);
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

void record_linked(const char *web, const char *link, char ticket[KIT_ID_BYTES])
{
    static const char agents[] = "/tickets/", customers[] = "/requests/";
    const char *path = strncmp(link, web, strlen(web)) == 0 ? link + strlen(web) : "",
               *at = strstr(path, agents);
    if (at)
        at += strlen(agents);
    else if ((at = strstr(path, customers)) != NULL)
        at += strlen(customers);
    take_digits(at ? at : "", ticket);
}

void record_hooked(const cJSON *body, char ticket[KIT_ID_BYTES])
{
    kit_json_id(body, "ticket_id", ticket);
    if (!*ticket)
        kit_json_id(kit_json_member(body, "detail"), "id", ticket);
}
