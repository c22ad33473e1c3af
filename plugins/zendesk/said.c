#include "zendesk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <tocsin/kit/clock.h>

#define TAG     "inc_" /* "inc_attach_inc-4": the words of a command, with _ between them */
#define CHANGES "status subject type requester_id organization_id" /* what the core shows */

/* One audit, while it is read. */
struct reading {
    const struct said *said;
    const cJSON *audit;
    struct record_ticket ticket;
    cJSON *events;
};

/* What one event of it says. */
struct spoken {
    char id[48], message[64], author[KIT_ID_BYTES], address[KIT_ID_BYTES];
    struct kit_said as;
};

/* Is a text, or an id, in a list of them? */
static bool is_among(const cJSON *list, const char *text)
{
    const cJSON *one;
    cJSON_ArrayForEach(one, list)
    {
        if (cJSON_IsString(one) ? strcmp(one->valuestring, text) == 0
                                : *text && cJSON_IsNumber(one) && one->valuedouble == strtod(text, NULL))
            return true;
    }
    return false;
}

/* The requester, their colleagues and who was copied are the customer. Zendesk does not trust a mail whose sender may be another. */
static enum kit_by who(const struct reading *r, const char *author, const cJSON *user)
{
    const cJSON *ticket = r->ticket.record, *metadata = kit_json_member(r->audit, "metadata");
    const char *role = kit_json_text(user, "role");
    char theirs[KIT_ID_BYTES], its[KIT_ID_BYTES];
    kit_json_id(user, "organization_id", theirs);
    kit_json_id(ticket, "organization_id", its);
    if (cJSON_IsFalse(kit_json_member(metadata, "trusted")))
        return KIT_BY_STRANGER;
    if (strcmp(role, "agent") == 0 || strcmp(role, "admin") == 0)
        return KIT_BY_AGENT;
    bool belongs = (*author && strcmp(author, r->ticket.requester) == 0) ||
                   (*theirs && strcmp(theirs, its) == 0) ||
                   is_among(kit_json_member(ticket, "email_cc_ids"), author) ||
                   is_among(kit_json_member(ticket, "collaborator_ids"), author);
    return belongs ? KIT_BY_CUSTOMER : KIT_BY_STRANGER;
}

/* How an event came about, which may differ from the rest of its audit. */
static const cJSON *via_of(const struct reading *r, const cJSON *event)
{
    const cJSON *own = kit_json_member(event, "via");
    return own ? own : kit_json_member(r->audit, "via");
}

static void begin(const struct reading *r, const cJSON *event, const cJSON *writer, struct spoken *s)
{
    char number[KIT_ID_BYTES];
    kit_json_id(event, "id", number);
    kit_json_id(writer, "author_id", s->author);
    const cJSON *known = kit_json_with_id(kit_json_member(r->said->answer, "users"), s->author);
    const cJSON *user = known ? known : kit_json_with_id(kit_json_member(r->said->others, "users"), s->author);
    enum kit_by by = who(r, s->author, user);
    snprintf(s->id, sizeof(s->id), "zendesk:%s", number);
    snprintf(s->message, sizeof(s->message), "%s/%s", r->ticket.id, number);
    s->as = (struct kit_said){
        .id = s->id,
        .ticket = r->ticket.id,
        .title = r->ticket.as.title,
        .message = s->message,
        .link = r->ticket.link,
        .by = by,
        .user = *s->author ? s->author : "unknown",
        .name = kit_json_text(user, "name"),
        .email = by == KIT_BY_AGENT && kit_json_true(user, "verified") ? kit_json_text(user, "email") : NULL,
        .address = by == KIT_BY_AGENT ? r->ticket.as.address
                   : user             ? record_address(user, s->address)
                                      : s->author,
        .organisation = r->ticket.as.organisation,
        .automatic = strcmp(kit_json_text(via_of(r, event), "channel"), "rule") == 0,
    };
}

static void add(struct reading *r, cJSON *event)
{
    if (event)
        cJSON_AddItemToArray(r->events, event);
}

static void add_command(struct reading *r, struct spoken *s, const char *text)
{
    s->as.text = text;
    if (kit_time_ms(kit_json_text(r->audit, "created_at")) >= r->said->commands_ms)
        add(r, kit_said_command(&s->as));
}

static void take_comment(struct reading *r, const cJSON *comment)
{
    struct spoken s;
    begin(r, comment, comment, &s);
    if (strcmp(kit_json_text(kit_json_member(via_of(r, comment), "source"), "rel"), "merge") == 0)
        return; /* Zendesk's own words */
    const char *opened = kit_json_text(r->ticket.record, "created_at");
    bool first = *opened && strcmp(opened, kit_json_text(r->audit, "created_at")) == 0;
    bool is_public = kit_json_true(comment, "public");
    const char *plain = kit_json_text_or(comment, "plain_body", kit_json_text(comment, "body"));
    const char *subject = first && is_public && s.as.by != KIT_BY_AGENT ? r->ticket.as.title : "";
    char *text = kit_said_words(plain, kit_json_text(comment, "html_body"), subject);
    cJSON *files = kit_said_files(kit_json_member(comment, "attachments"), "file_name", "content_url");
    s.as.files = files;
    s.as.text = text;
    if (is_public)
        add(r, kit_said_reply(&s.as, r->said->zd->kit.host));
    else
        add_command(r, &s, text);
    cJSON_Delete(files);
    free(text);
}

/* "inc_attach_inc-4" -> "!inc attach inc-4" */
static void take_tags(struct reading *r, const cJSON *change)
{
    const cJSON *tag;
    struct spoken s;
    struct kit_text text = {0};
    begin(r, change, r->audit, &s);
    cJSON_ArrayForEach(tag, kit_json_member(change, "value"))
    {
        bool ours = cJSON_IsString(tag) && strncasecmp(tag->valuestring, TAG, strlen(TAG)) == 0;
        if (ours && !text.n && !is_among(kit_json_member(change, "previous_value"), tag->valuestring))
            kit_text_addf(&text, "!inc %s", tag->valuestring + strlen(TAG));
    }
    for (size_t i = 0; i < text.n; i++)
        text.p[i] = text.p[i] == '_' ? ' ' : text.p[i];
    add_command(r, &s, kit_text_get(&text));
    kit_text_finish(&text);
}

static void add_change(struct reading *r)
{
    char number[KIT_ID_BYTES], id[48];
    cJSON *kept = kit_ticket_kept(r->said->zd->kit.host, r->ticket.id);
    kit_json_id(r->audit, "id", number);
    snprintf(id, sizeof(id), "zendesk:change:%s", number);
    add(r, kept ? kit_ticket_event(&r->ticket.as, id) : NULL);
    cJSON_Delete(kept);
}

cJSON *said_events(const struct said *said, const cJSON *audit)
{
    struct reading r = {.said = said, .audit = audit, .events = cJSON_CreateArray()};
    const cJSON *event;
    bool changed = false, ours = *record_mark(audit);
    record_ticket(said->zd->web, said->answer, &r.ticket);
    cJSON_ArrayForEach(event, kit_json_member(audit, "events"))
    {
        const char *type = kit_json_text(event, "type"), *field = kit_json_text(event, "field_name");
        if (strcmp(type, "Comment") == 0 && !ours)
            take_comment(&r, event);
        else if (strcmp(field, "tags") == 0 && !ours)
            take_tags(&r, event);
        changed = changed || (strcmp(type, "Change") == 0 && kit_has_word(CHANGES, field));
    }
    if (changed)
        add_change(&r);
    return r.events;
}
