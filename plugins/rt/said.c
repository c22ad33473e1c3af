#include "said.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/quote.h>
#include <tocsin/kit/text.h>

#define TEXT_MOST 30000 /* bytes of what somebody wrote */

/* ---- who ---- */

static bool is_among(const cJSON *members, const char *user)
{
    const cJSON *member;
    cJSON_ArrayForEach(member, members)
    {
        if (strcasecmp(kit_json_text(member, "id"), user) == 0)
            return true;
    }
    return false;
}

bool said_by_requester(const cJSON *ticket, const char *user)
{
    return *user && (is_among(kit_json_member(ticket, "Requestor"), user) ||
                     is_among(kit_json_member(ticket, "Cc"), user));
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

/* Their own words: without what they answer. */
static char *words_of(const cJSON *attachments)
{
    const cJSON *plain = part_of(attachments, "text/plain"), *html = part_of(attachments, "text/html");
    const char *written = kit_json_text(html, "Content");
    char *text = plain ? strdup(kit_json_text(plain, "Content")) : kit_html_text(written, strlen(written));
    char *words = kit_new_words(text, false);
    free(text);
    return words;
}

static cJSON *files_of(const cJSON *attachments)
{
    cJSON *files = cJSON_CreateArray();
    const cJSON *part;
    cJSON_ArrayForEach(part, kit_json_member(attachments, "items"))
    {
        char name[200];
        if (kit_clean_name(kit_json_text(part, "Filename"), name, sizeof(name)))
            cJSON_AddItemToArray(files, kit_json_texts("name", name, NULL));
    }
    return files;
}

/* RFC 3834: a machine answered, such as an out-of-office. */
static bool is_automatic(const cJSON *attachments)
{
    const cJSON *part;
    cJSON_ArrayForEach(part, kit_json_member(attachments, "items"))
    {
        const char *field = strcasestr(kit_json_text(part, "Headers"), "\nAuto-Submitted: ");
        if (field && strncasecmp(field + strlen("\nAuto-Submitted: "), "no", 2) != 0)
            return true;
    }
    return false;
}

/* The first word of a ticket is preceded by its subject. */
static bool add_text(const struct said *said, struct kit_text *text)
{
    bool first = strcmp(kit_json_text(said->transaction, "Type"), "Create") == 0;
    const char *subject = kit_json_text(said->ticket, "Subject");
    char *words = words_of(said->attachments);
    size_t n = strlen(words);
    if (first && *subject)
        kit_text_addf(text, "%s%s", subject, n ? "\n\n" : "");
    kit_text_addn(text, words, kit_utf8_cut(words, n, n < TEXT_MOST ? n : TEXT_MOST));
    free(words);
    return text->n > 0;
}

/* ---- the event ---- */

static void flag(cJSON *event, const char *name, bool set)
{
    if (set)
        cJSON_AddTrueToObject(event, name);
}

static cJSON *user_of(const struct said *said)
{
    const cJSON *creator = kit_json_member(said->transaction, "Creator");
    char name[200];
    kit_clean_name(kit_json_text(creator, "RealName"), name, sizeof(name));
    cJSON *user =
        kit_json_texts("id", kit_json_text_or(creator, "id", "unknown"), "name", *name ? name : NULL, NULL);
    flag(user, "outside", said->by != SAID_BY_AGENT);
    return user;
}

static void add_place(const struct said *said, cJSON *event)
{
    const char *ticket = kit_json_text(said->transaction, "ObjectId"),
               *id = kit_json_text(said->transaction, "id");
    struct kit_text link = {0}, message = {0};
    kit_text_addf(&link, "%s/Ticket/Display.html?id=%s#txn-%s", said->web, ticket, id);
    kit_text_addf(&message, "%s/%s", ticket, id);
    cJSON_AddStringToObject(event, "ticket", ticket);
    cJSON_AddStringToObject(event, "message", kit_text_get(&message));
    cJSON_AddStringToObject(event, "link", kit_text_get(&link));
    kit_text_finish(&link);
    kit_text_finish(&message);
}

/* Of an agent's reply: to whom it went. */
static const char *address_of(const struct said *said)
{
    const cJSON *creator = kit_json_member(said->transaction, "Creator");
    const cJSON *requester = cJSON_GetArrayItem(kit_json_member(said->ticket, "Requestor"), 0);
    return said->by == SAID_BY_AGENT
               ? kit_json_text_or(requester, "id", "unknown")
               : kit_json_text_or(creator, "EmailAddress", kit_json_text_or(creator, "id", "unknown"));
}

cJSON *said_event(const struct said *said)
{
    struct kit_text text = {0}, id = {0};
    cJSON *event = NULL, *files = files_of(said->attachments);
    if (add_text(said, &text) || cJSON_GetArraySize(files)) {
        kit_text_addf(&id, "rt:%s", kit_json_text(said->transaction, "id"));
        event = kit_json_texts("type", "reply", "id", kit_text_get(&id), "text", kit_text_get(&text), "address",
                               address_of(said), "customer", kit_json_text_or(said->kept, "customer", NULL),
                               "incident", kit_json_text_or(said->kept, "incident", NULL), NULL);
        cJSON *user = user_of(said);
        if (*kit_json_text(user, "name"))
            cJSON_AddStringToObject(event, "name", kit_json_text(user, "name"));
        cJSON_AddItemToObject(event, "user", user);
        add_place(said, event);
        cJSON_AddItemToObject(event, "files", cJSON_Duplicate(files, true));
        flag(event, "automatic", is_automatic(said->attachments));
        flag(event, "agent", said->by == SAID_BY_AGENT);
        flag(event, "unverified", said->by == SAID_BY_STRANGER);
    }
    cJSON_Delete(files);
    kit_text_finish(&text);
    kit_text_finish(&id);
    return event;
}
