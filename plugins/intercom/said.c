/* What a conversation or a ticket says, as tocsin/connector.h has it. */
#include "intercom.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool said_id(const char *text, char id[KIT_ID_BYTES])
{
    size_t kind = *text == 't', n = kind + strspn(text + kind, "0123456789");
    if (n == kind || n >= KIT_ID_BYTES || (text[n] && text[n] != '/'))
        return false;
    snprintf(id, KIT_ID_BYTES, "%.*s", (int)n, text);
    return true;
}

static bool is_ticket(const cJSON *record)
{
    return strcmp(kit_json_text(record, "type"), "ticket") == 0;
}

bool said_id_of(const cJSON *record, char id[KIT_ID_BYTES])
{
    const char *number = kit_json_text(record, "id");
    if (kit_is_number(number))
        snprintf(id, KIT_ID_BYTES, "%s%s", is_ticket(record) ? "t" : "", number);
    return kit_is_number(number);
}

const cJSON *said_parts(const cJSON *record)
{
    const char *list = is_ticket(record) ? "ticket_parts" : "conversation_parts";
    return kit_json_member(kit_json_member(record, list), list);
}

const char *said_contact(const cJSON *record)
{
    const cJSON *contacts = kit_json_member(kit_json_member(record, "contacts"), "contacts");
    return kit_json_text(cJSON_GetArrayItem(contacts, 0), "id");
}

/* Newer webhooks give plain text, the API HTML. The caller frees it. */
static char *words_of(const cJSON *from, const char *member, const char *subject)
{
    const char *body = kit_json_text(from, member), *html = *body == '<' ? body : "";
    return kit_said_words(*html ? "" : body, html, subject);
}

/* A conversation has a title, a subject, or a first line. */
static void take_title(const cJSON *record, char title[200])
{
    const cJSON *source = kit_json_member(record, "source");
    const char *given = kit_json_text_or(
        record, "title", kit_json_text(kit_json_member(record, "ticket_attributes"), "_default_title_"));
    char *text =
        *given ? strdup(given) : words_of(source, *kit_json_text(source, "subject") ? "subject" : "body", "");
    text[strcspn(text, "\n")] = '\0';
    kit_clean_name(text, title, 200);
    free(text);
}

void said_ticket(const struct intercom *intercom, const cJSON *record, struct said_ticket *ret)
{
    const cJSON *state = kit_json_member(record, "ticket_state");
    const char *word = state ? kit_json_text(state, "category") : kit_json_text(record, "state");
    *ret = (struct said_ticket){0};
    said_id_of(record, ret->id);
    take_title(record, ret->title);
    snprintf(ret->link, sizeof(ret->link), "%s/inbox/conversation/%s", intercom->inbox,
             kit_json_text(record, "id"));
    ret->ticket = (struct kit_ticket){.id = ret->id,
                                      .link = ret->link,
                                      .title = ret->title,
                                      .status = kit_json_text_or(state, "internal_label", word),
                                      .done = kit_has_word("closed resolved", word),
                                      .parent = strcmp(kit_json_text(record, "category"), "Tracker") == 0};
}

static bool is_admin(const cJSON *author)
{
    return strcmp(kit_json_text(author, "type"), "admin") == 0;
}

static bool is_contact(const cJSON *author)
{
    return kit_has_word("user lead contact", kit_json_text_or(author, "type", "nobody"));
}

/* In the Messenger, leads call themselves what they like: one is only known as the contact whom we wrote to. */
static enum kit_by who(const struct intercom *intercom, const cJSON *record, const cJSON *author,
                       const char *id)
{
    cJSON *kept = kit_ticket_kept(intercom->kit.host, id);
    bool ours =
        *kit_json_text(kept, "customer") && strcmp(kit_json_text(author, "id"), said_contact(record)) == 0;
    cJSON_Delete(kept);
    if (is_admin(author))
        return KIT_BY_AGENT;
    return ours || strcmp(kit_json_text(author, "type"), "user") == 0 ? KIT_BY_CUSTOMER : KIT_BY_STRANGER;
}

/* The customer's: of an agent's reply, to whom it went. */
static const char *address_of(const cJSON *record, const cJSON *author)
{
    const cJSON *first = kit_json_member(kit_json_member(record, "source"), "author"),
                *customer = is_contact(author)  ? author
                            : is_contact(first) ? first
                                                : NULL;
    const char *id = kit_json_text_or(customer, "id", said_contact(record));
    return kit_json_text_or(customer, "email", *id ? id : "unknown");
}

/* Of what `author` said. An address that teammates have typed is not verified, so none is given. */
static cJSON *event_of(const struct intercom *intercom, const cJSON *record, const char *part, const char *text,
                       const cJSON *author, const cJSON *files, bool note)
{
    struct said_ticket at;
    char id[120];
    said_ticket(intercom, record, &at);
    snprintf(id, sizeof(id), "intercom:%s/%.40s", at.id, part);
    struct kit_said event = {.id = id,
                             .ticket = at.id,
                             .title = at.title,
                             .message = id + strlen("intercom:"),
                             .link = at.link,
                             .text = text,
                             .by = who(intercom, record, author, at.id),
                             .user = kit_json_text_or(author, "id", "unknown"),
                             .name = kit_json_text(author, "name"),
                             .address = address_of(record, author),
                             .files = files};
    return !*at.id ? NULL : note ? kit_said_command(&event) : kit_said_reply(&event, intercom->kit.host);
}

cJSON *said_event(const struct intercom *intercom, const cJSON *record, const cJSON *part)
{
    const cJSON *source = kit_json_member(record, "source"), *from = part ? part : source,
                *author = kit_json_member(from, "author");
    const char *type = kit_json_text_or(part, "part_type", "source");
    bool note = strncmp(type, "note", 4) == 0, ours = strcmp(kit_json_text(author, "id"), intercom->admin) == 0;
    bool agent = is_admin(author) && !ours && (note || kit_has_word("comment open close quick_reply", type));
    if ((part && !*kit_json_text(part, "id")) || (!agent && !is_contact(author)))
        return NULL;
    char *subject = words_of(part ? NULL : source, "subject", ""), /* precedes the first word */
        *text = words_of(from, "body", subject);
    cJSON *files = kit_said_files(kit_json_member(from, "attachments"), "name", NULL);
    cJSON *event =
        event_of(intercom, record, part ? kit_json_text(part, "id") : type, text, author, files, note);
    cJSON_Delete(files);
    free(subject);
    free(text);
    return event;
}

/* The title may be a customer's words: in quotes it can be nothing but a title. */
cJSON *said_tagged(const struct intercom *intercom, const cJSON *record, int64_t since)
{
    const cJSON *tag, *tags = kit_json_member(kit_json_member(record, "tags"), "tags");
    const char *wanted = kit_json_text(intercom->kit.settings, "tag");
    cJSON *event = NULL;
    cJSON_ArrayForEach(tag, tags)
    {
        const cJSON *by = kit_json_member(tag, "applied_by");
        int64_t at = kit_json_int(tag, "applied_at", 0);
        char title[200], text[250], part[40];
        if (event || !*wanted || strcmp(kit_json_text(tag, "name"), wanted) != 0 || at < since || !is_admin(by))
            continue;
        take_title(record, title);
        for (char *p = title; *p; p++)
            *p = *p == '"' ? '\'' : *p;
        snprintf(part, sizeof(part), "tag-%lld", (long long)at);
        snprintf(text, sizeof(text), "!inc declare \"%s\"", *title ? title : "A conversation in Intercom");
        event = event_of(intercom, record, part, text, by, NULL, true);
    }
    return event;
}
