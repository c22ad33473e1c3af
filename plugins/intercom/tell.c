/*
 * desk.tell and notes. A message to a customer is a public reply in the conversation that is known, or a message of ours to a contact, which
 * opens one: POST /conversations would open it in the customer's name, POST /messages does it in ours. A contact with an address gets a
 * mail, one without is told in the Messenger. Whether it is public is said each time.
 *
 * Whether an earlier attempt wrote it, the parts and the list of conversations tell: one of ours, since the action was made, that says the
 * same. Only Tocsin writes as that teammate.
 */
#include "intercom.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/once.h>
#include <tocsin/kit/quote.h>
#include <tocsin/kit/tell.h>

/* What is written, and where. */
struct telling {
    const struct kit_message *m;
    struct kit_task *task;
    char id[KIT_ID_BYTES]; /* of the conversation or ticket */
};

static bool failed(const struct telling *t)
{
    return t->task->result->code != TOCSIN_DONE;
}

/* Where it stands: "471/203". `record`: the conversation, as far as it is known; NULL: it is not. */
static void say_where(const struct telling *t, const char *part, const cJSON *record)
{
    struct kit_task *task = t->task;
    struct kit_ticket requester = {.address = t->m->address, .name = kit_json_text(task->body, "name")};
    bool tells = strcmp(task->action->kind, "desk.tell") == 0;
    char id[KIT_ID_BYTES];
    snprintf(task->result->remote_id, sizeof(task->result->remote_id), "%s/%.40s", t->id, part);
    if (tells && said_id_of(record, id))
        intercom_answer(task, record, &requester);
}

/* The latest part that says it; NULL: none does. */
static const cJSON *part_of(const struct telling *t, const cJSON *record)
{
    const cJSON *part, *found = NULL;
    cJSON_ArrayForEach(part, said_parts(record))
    {
        bool note = strncmp(kit_json_text(part, "part_type"), "note", 4) == 0;
        if (note == t->m->internal && intercom_is_ours(t->task, part, kit_json_int(part, "created_at", 0)) &&
            kit_same_words(kit_json_text(part, "body"), t->m->html))
            found = part;
    }
    return found;
}

static void write_part(const struct telling *t)
{
    cJSON *record = t->task->action->attempt > 1 ? intercom_record(t->task, t->id) : NULL;
    const cJSON *part = part_of(t, record);
    if (!part && !failed(t)) {
        cJSON_Delete(record);
        record = intercom_reply(t->task, t->id, t->m->internal, t->m->html);
        part = *t->id == 't' ? record : part_of(t, record); /* a ticket is answered with the part */
    }
    if (record && !failed(t))
        say_where(t, kit_json_text_or(part, "id", "0"), *t->id == 't' ? NULL : record);
    cJSON_Delete(record);
}

/* Conversations are listed as they changed, the latest first. */
static cJSON *list(struct kit_task *task, const char *at, struct kit_text *next)
{
    struct kit_text path = {0};
    kit_text_add(&path, "conversations?per_page=150&");
    if (*at)
        kit_api_parameter(&path, "starting_after", at);
    cJSON *page = kit_api_get(task, kit_text_get(&path));
    const cJSON *rows = kit_json_member(page, "conversations"),
                *oldest = cJSON_GetArrayItem(rows, cJSON_GetArraySize(rows) - 1);
    if (kit_json_int(oldest, "updated_at", 0) * 1000 >= task->action->made_ms - LAG_MS)
        intercom_next(page, next);
    kit_text_finish(&path);
    return page;
}

static bool is_that(const struct kit_task *task, const cJSON *row, const cJSON *json)
{
    const cJSON *source = kit_json_member(row, "source");
    return strcmp(said_contact(row), kit_json_text(kit_json_member(json, "to"), "id")) == 0 &&
           intercom_is_ours(task, source, kit_json_int(row, "created_at", 0)) &&
           kit_same_words(kit_json_text(source, "body"), kit_json_text(json, "body"));
}

static cJSON *message_of(const struct telling *t, const cJSON *contact)
{
    bool mail = kit_is_mail_address(kit_json_text(contact, "email"));
    cJSON *json = kit_json_texts("message_type", mail ? "email" : "inapp", "body", t->m->html, "template",
                                 mail ? "plain" : NULL, "subject", mail ? t->m->subject : NULL, NULL),
          *from = kit_json_texts("type", "admin", NULL);
    cJSON_AddNumberToObject(from, "id", strtod(intercom_of(t->task)->admin, NULL));
    cJSON_AddItemToObject(json, "from", from);
    cJSON_AddItemToObject(json, "to",
                          kit_json_texts("type", kit_json_text_or(contact, "role", "user"), "id",
                                         kit_json_text(contact, "id"), NULL));
    cJSON_AddTrueToObject(json, "create_conversation_without_contact_reply");
    return json;
}

/* Where the answer does not say which conversation was opened, the next message opens another. */
static void say_opened(struct telling *t, const cJSON *made)
{
    const char *conversation = kit_json_text(made, "conversation_id");
    cJSON *record = kit_json_texts("id", conversation, "state", "open", NULL);
    cJSON_AddItemToObject(record, "source",
                          kit_json_texts("subject", kit_json_text(made, "subject"), "body", t->m->html, NULL));
    if (!said_id(conversation, t->id))
        snprintf(t->id, sizeof(t->id), "message");
    say_where(t, kit_json_text_or(made, "id", "0"), record);
    cJSON_Delete(record);
}

static void open_conversation(struct telling *t, const cJSON *contact)
{
    static const struct kit_once once = {"message", "messages", LAG_MS, list, "conversations", is_that};
    bool found;
    cJSON *made = kit_once_make(t->task, &once, message_of(t, contact), &found);
    if (found && said_id_of(made, t->id))
        say_where(t, kit_json_text(kit_json_member(made, "source"), "id"), made);
    else if (made)
        say_opened(t, made);
    cJSON_Delete(made);
}

/* Of several contacts with one address, a user. */
static void open_for(const struct kit_message *m)
{
    struct telling t = {.m = m, .task = m->task};
    bool mail = kit_is_mail_address(m->address);
    cJSON *page = intercom_search(t.task, "contacts/search", mail ? "email" : "id", "=", m->address, "");
    const cJSON *rows = kit_json_member(page, "data"), *user = kit_json_with(rows, "role", "user"),
                *contact = user ? user : cJSON_GetArrayItem(rows, 0);
    if (contact)
        open_conversation(&t, contact);
    else if (!failed(&t))
        kit_result(
            t.task->result, TOCSIN_REFUSED,
            "Intercom has no contact with the mail address or id '%s'; a new one is found after a few minutes",
            m->address);
    cJSON_Delete(page);
}

static bool reply(const struct kit_message *m)
{
    struct telling t = {.m = m, .task = m->task};
    if (!said_id(m->thread, t.id))
        return false;
    write_part(&t);
    return m->task->status != 404 || !kit_api_was_missing(m->task);
}

void intercom_tell(struct kit_task *task)
{
    kit_tell(task, reply, open_for);
}

void intercom_write_note(struct kit_task *task, const char *id, const char *html)
{
    struct kit_message note = {.task = task, .html = html, .internal = true};
    struct telling t = {.m = &note, .task = task};
    snprintf(t.id, sizeof(t.id), "%s", id);
    write_part(&t);
}

void intercom_note(struct kit_task *task)
{
    const char *place = kit_json_text_or(task->body, "ticket", kit_json_text(task->body, "channel"));
    struct kit_text html = {0};
    char id[KIT_ID_BYTES];
    kit_note(task->body, KIT_HTML, &html);
    if (said_id(place, id))
        intercom_write_note(task, id, kit_text_get(&html));
    else
        kit_result(task->result, TOCSIN_REFUSED, "'%s' is no conversation or ticket, such as 471 or t626",
                   place);
    kit_text_finish(&html);
}
