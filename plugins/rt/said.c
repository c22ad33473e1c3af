#include "said.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/text.h>

/* ---- who ---- */

bool said_has_link(const cJSON *record, const char *ref)
{
    return kit_json_with(kit_json_member(record, "_hyperlinks"), "ref", ref) != NULL;
}

bool said_by_requester(const cJSON *ticket, const char *user)
{
    return *user && (kit_json_with(kit_json_member(ticket, "Requestor"), "id", user) ||
                     kit_json_with(kit_json_member(ticket, "Cc"), "id", user));
}

static const cJSON *requester_of(const cJSON *ticket)
{
    return cJSON_GetArrayItem(kit_json_member(ticket, "Requestor"), 0);
}

/* RT names a user that it made of a mail by their address. */
static const char *address_of(const cJSON *user)
{
    return kit_json_text_or(user, "EmailAddress", kit_json_text_or(user, "id", "unknown"));
}

/* ---- what ---- */

static const cJSON *part_of(const cJSON *attachments, const char *type)
{
    const cJSON *part;
    cJSON_ArrayForEach(part, kit_json_member(attachments, "items"))
    {
        if (strcasecmp(kit_json_text(part, "ContentType"), type) == 0 && !*kit_json_text(part, "Filename") &&
            *kit_json_text(part, "Content"))
            return part;
    }
    return NULL;
}

/* Their own words. */
static char *words_of(const cJSON *attachments, const char *subject)
{
    return kit_said_words(kit_json_text(part_of(attachments, "text/plain"), "Content"),
                          kit_json_text(part_of(attachments, "text/html"), "Content"), subject);
}

/* What follows a header's name in any part; NULL: none has it. They are in no order. */
static const char *header_of(const cJSON *attachments, const char *name)
{
    const cJSON *part;
    const char *value = NULL;
    cJSON_ArrayForEach(part, kit_json_member(attachments, "items"))
    {
        value = value ? value : kit_line_after(kit_json_text(part, "Headers"), name);
    }
    return value;
}

/* RFC 3834: a machine answered, such as an out-of-office. */
static bool is_automatic(const cJSON *attachments)
{
    const char *value = header_of(attachments, "Auto-Submitted: ");
    return value && strncasecmp(value, "no", 2) != 0;
}

/* RT says itself how it came in, and replaces what a mail says about that; but parts of a mail can say anything. */
bool said_is_command(const cJSON *attachments)
{
    bool by_mail =
        !header_of(attachments, "X-RT-Interface: ") || header_of(attachments, "X-RT-Interface: Email");
    char *words = words_of(attachments, "");
    bool is = !by_mail && kit_is_command(words);
    free(words);
    return is;
}

/* ---- the event ---- */

cJSON *said_event(const struct said *said, const struct tocsin_host *host)
{
    const cJSON *creator = kit_json_member(said->transaction, "Creator");
    const char *ticket = kit_json_text(said->transaction, "ObjectId"),
               *transaction = kit_json_text(said->transaction, "id");
    const char *type = kit_json_text(said->transaction, "Type"),
               *title = kit_json_text(said->ticket, "Subject");
    bool comment = strcmp(type, "Comment") == 0, first = strcmp(type, "Create") == 0;
    char *text = words_of(said->attachments, first ? title : "");
    struct kit_text link = {0};
    char id[40], message[80];
    cJSON *files = kit_said_files(kit_json_member(said->attachments, "items"), "Filename", NULL);
    snprintf(id, sizeof(id), "rt:%.30s", transaction);
    snprintf(message, sizeof(message), "%.30s/%.30s", ticket, transaction);
    said_link(said->web, ticket, transaction, &link);
    struct kit_said as = {
        .id = id,
        .ticket = ticket,
        .title = title,
        .message = message,
        .link = kit_text_get(&link),
        .text = text,
        .by = said->by,
        .user = kit_json_text_or(creator, "id", "unknown"),
        .name = kit_json_text(creator, "RealName"),
        .address = address_of(said->by == KIT_BY_AGENT ? requester_of(said->ticket) : creator),
        .organisation = kit_json_text(creator, "Organization"),
        .files = files,
        .automatic = is_automatic(said->attachments),
    };
    cJSON *event = comment ? kit_said_command(&as) : kit_said_reply(&as, host);
    cJSON_Delete(files);
    free(text);
    kit_text_finish(&link);
    return event;
}

/* ---- tickets ---- */

void said_link(const char *web, const char *ticket, const char *transaction, struct kit_text *link)
{
    kit_text_addf(link, "%s/Ticket/Display.html?id=%s", web, ticket);
    if (transaction)
        kit_text_addf(link, "#txn-%s", transaction);
}

bool said_linked(const char *web, const char *link, char number[KIT_ID_BYTES])
{
    return kit_link_number(web, link, "?id=", number) || kit_link_number(web, link, "&id=", number);
}

struct kit_ticket said_ticket(const cJSON *row, const char *link, bool done)
{
    const cJSON *requester = requester_of(row);
    const char *address = kit_json_text(requester, "EmailAddress");
    return (struct kit_ticket){.id = kit_json_text(row, "id"),
                               .link = link,
                               .title = kit_json_text(row, "Subject"),
                               .status = kit_json_text(row, "Status"),
                               .done = done,
                               .address = kit_is_mail_address(address) ? address : "",
                               .name = kit_json_text(requester, "RealName"),
                               .organisation = kit_json_text(requester, "Organization"),
                               .parent = said_has_link(row, "child")};
}
