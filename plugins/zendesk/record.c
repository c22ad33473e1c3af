#include "record.h"

#include <stdio.h>
#include <string.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/text.h>

#define ID_DIGITS 18

static void take_digits(const char *text, char id[ZENDESK_ID])
{
    size_t n = strspn(text, "0123456789");
    snprintf(id, ZENDESK_ID, "%.*s", n > ID_DIGITS ? 0 : (int)n, text);
}

void record_id(const cJSON *record, const char *member, char id[ZENDESK_ID])
{
    int64_t number = kit_json_int(record, member, 0);
    const char *text = kit_json_text(record, member);
    if (number > 0)
        snprintf(id, ZENDESK_ID, "%lld", (long long)number);
    else
        take_digits(text[strspn(text, "0123456789")] ? "" : text, id);
}

const cJSON *record_of(const cJSON *records, const char *list, const char *id)
{
    const cJSON *row;
    char other[ZENDESK_ID];
    cJSON_ArrayForEach(row, kit_json_member(records, list))
    {
        record_id(row, "id", other);
        if (*id && strcmp(other, id) == 0)
            return row;
    }
    return NULL;
}

bool record_is_staff(const cJSON *user)
{
    const char *role = kit_json_text(user, "role");
    return strcmp(role, "agent") == 0 || strcmp(role, "admin") == 0;
}

const char *record_address(const cJSON *user, char id[ZENDESK_ID])
{
    const char *email = kit_json_text(user, "email");
    record_id(user, "id", id);
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

/* ---- tickets ---- */

void record_ticket(const char *web, const cJSON *ticket, const cJSON *records, struct record_ticket *ret)
{
    char organisation[ZENDESK_ID];
    const char *status = kit_json_text(ticket, "status");
    record_id(ticket, "id", ret->id);
    record_id(ticket, "requester_id", ret->requester);
    record_id(ticket, "organization_id", organisation);
    const cJSON *requester = record_of(records, "users", ret->requester);
    ret->closed = strcmp(status, "closed") == 0;
    snprintf(ret->link, sizeof(ret->link), "%s/agent/tickets/%s", web, ret->id);
    ret->ticket = (struct kit_ticket){
        .id = ret->id,
        .link = ret->link,
        .title = kit_json_text(ticket, "subject"),
        .status = status,
        .done = kit_has_word("solved closed deleted", status),
        .address = requester ? record_address(requester, ret->requester) : ret->requester,
        .name = kit_json_text(requester, "name"),
        .organisation = kit_json_text(record_of(records, "organizations", organisation), "name"),
        .parent = strcmp(kit_json_text(ticket, "type"), "problem") == 0,
    };
}

void record_linked(const char *web, const char *link, char ticket[ZENDESK_ID])
{
    bool ours = strncmp(link, web, strlen(web)) == 0;
    const char *at = ours ? strstr(link, "/tickets/") : NULL;
    if (ours && !at)
        at = strstr(link, "/requests/");
    take_digits(at ? at + 1 + strcspn(at + 1, "/") + 1 : "", ticket);
}

void record_hooked(const cJSON *body, char ticket[ZENDESK_ID])
{
    record_id(body, "ticket_id", ticket);
    if (!*ticket)
        record_id(kit_json_member(body, "detail"), "id", ticket);
}
