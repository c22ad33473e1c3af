/*
 * ticket.*: a tracker ticket for an incident, back-office tickets as work, and the state of conversations and tickets.
 *
 * Intercom's API links a conversation with a tracker only when it makes one for that conversation, so one that joins later is named in a
 * note in the tracker.
 */
#include "intercom.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/once.h>
#include <tocsin/kit/quote.h>

#define TEXT_MOST   20000 /* bytes of a description */
#define TITLE       "_default_title_"
#define DESCRIPTION "_default_description_"

static cJSON *ticket_of(const struct kit_task *task, const char *type)
{
    struct kit_text text = {0};
    cJSON *json = kit_json_texts("ticket_type_id", type, NULL),
          *contacts = cJSON_AddArrayToObject(json, "contacts");
    kit_tracker_text(task->body, KIT_PLAIN, TEXT_MOST, &text);
    cJSON_AddItemToArray(
        contacts, kit_json_texts("email", kit_json_text(intercom_of(task)->kit.settings, "requester"), NULL));
    cJSON_AddItemToObject(
        json, "ticket_attributes",
        kit_json_texts(TITLE, kit_json_text(task->body, "title"), DESCRIPTION, kit_text_get(&text), NULL));
    cJSON_AddTrueToObject(json, "skip_notifications");
    kit_text_finish(&text);
    return json;
}

static cJSON *search(struct kit_task *task, const char *at, struct kit_text *next)
{
    char since[24];
    snprintf(since, sizeof(since), "%lld", (long long)(task->action->made_ms - LAG_MS) / 1000);
    cJSON *page = intercom_search(task, "tickets/search", "created_at", ">", since, at);
    intercom_next(page, next);
    return page;
}

static bool is_that(const struct kit_task *task, const cJSON *row, const cJSON *json)
{
    (void)task;
    const cJSON *made = kit_json_member(row, "ticket_attributes"),
                *wanted = kit_json_member(json, "ticket_attributes");
    return strcmp(kit_json_text(kit_json_member(row, "ticket_type"), "id"),
                  kit_json_text(json, "ticket_type_id")) == 0 &&
           kit_same_words(kit_json_text(made, TITLE), kit_json_text(wanted, TITLE)) &&
           kit_same_words(kit_json_text(made, DESCRIPTION), kit_json_text(wanted, DESCRIPTION));
}

void intercom_ticket_create(struct kit_task *task)
{
    const char *setting = kit_json_true(task->body, "parent") ? "tracker" : "work",
               *type = kit_json_text(intercom_of(task)->kit.settings, setting);
    if (!*type) {
        kit_result(task->result, TOCSIN_REFUSED, "`%s` is not set: it is the id of a ticket type, such as 53",
                   setting);
        return;
    }
    static const struct kit_once once = {"ticket", "tickets", LAG_MS, search, "tickets", is_that};
    struct kit_ticket nobody = {0};
    bool found;
    cJSON *made = kit_once_make(task, &once, ticket_of(task, type), &found);
    if (made)
        intercom_answer(task, made, &nobody);
    cJSON_Delete(made);
}

/* A number in a link may be a conversation's or a ticket's. */
static cJSON *find(struct kit_task *task, const char *id)
{
    char ticket[KIT_ID_BYTES];
    cJSON *record = intercom_record(task, id);
    if (record || *id == 't' || task->status != 404 || !kit_api_was_missing(task))
        return record;
    snprintf(ticket, sizeof(ticket), "t%.20s", id);
    return intercom_record(task, ticket);
}

/* The note in the tracker that names what has joined it. */
static void join(struct kit_task *task, const cJSON *record)
{
    struct said_ticket at;
    struct kit_text html = {0};
    char tracker[KIT_ID_BYTES];
    said_ticket(intercom_of(task), record, &at);
    kit_text_addf(&html, "<p>This is about it, too: <a href=\"%s\">", at.link);
    kit_escape(at.title, strlen(at.title), KIT_HTML, &html);
    kit_text_addf(&html, " (%s)</a></p>", at.id);
    if (said_id(kit_json_text(task->body, "parent"), tracker))
        intercom_write_note(task, tracker, kit_text_get(&html));
    kit_text_finish(&html);
}

void intercom_ticket_follow(struct kit_task *task)
{
    const char *named = kit_json_text_or(task->body, "ticket", kit_json_text(task->body, "link"));
    char id[KIT_ID_BYTES];
    bool is = said_id(named, id) || kit_link_number(intercom_of(task)->inbox, named, "/conversation/", id);
    cJSON *record = is ? find(task, id) : NULL;
    if (!record && (task->result->code == TOCSIN_DONE || task->status == 404))
        kit_result(task->result, TOCSIN_REFUSED,
                   "Intercom has no conversation or ticket '%s'; a link to one ends like /conversation/471",
                   named);
    if (record && *kit_json_text(task->body, "parent"))
        join(task, record);
    if (record && task->result->code == TOCSIN_DONE) {
        const char *who = said_contact(record);
        cJSON *contact = *who ? kit_api_get_at(task, "contacts/%", who) : NULL;
        cJSON *companies = contact ? kit_api_get_at(task, "contacts/%/companies?per_page=1", who) : NULL;
        kit_api_was_missing(task);
        const cJSON *company = cJSON_GetArrayItem(kit_json_member(companies, "companies"), 0);
        struct kit_ticket requester = {.address = contact ? intercom_address(contact) : NULL,
                                       .name = kit_json_text(contact, "name"),
                                       .organisation = kit_json_text(company, "name")};
        intercom_answer(task, record, &requester);
        cJSON_Delete(contact);
        cJSON_Delete(companies);
    }
    cJSON_Delete(record);
}

/* Gives a ticket the first state of that category that its type has, without telling contacts. */
static void set_ticket(struct kit_task *task, const char *id, const cJSON *ticket, const char *category)
{
    const char *of = kit_json_text(kit_json_member(ticket, "ticket_type"), "id");
    cJSON *type = kit_api_get_at(task, "ticket_types/%", of);
    const cJSON *states = kit_json_member(kit_json_member(type, "ticket_states"), "data"),
                *state = kit_json_with(states, "category", category);
    if (state) {
        cJSON *change = kit_json_texts("ticket_state_id", kit_json_text(state, "id"), NULL);
        cJSON_AddNumberToObject(change, "admin_id", strtod(intercom_of(task)->admin, NULL));
        cJSON_AddTrueToObject(change, "skip_notifications");
        cJSON_Delete(intercom_write(task, "PUT", id, "", change));
    } else if (type) {
        kit_result(task->result, TOCSIN_REFUSED, "the ticket type %s has no state of the category %s",
                   kit_json_text(type, "name"), category);
    }
    cJSON_Delete(type);
}

void intercom_ticket_state(struct kit_task *task)
{
    bool done = strcmp(kit_json_text(task->body, "state"), "done") == 0;
    const char *named = kit_json_text(task->body, "ticket");
    struct said_ticket at;
    char id[KIT_ID_BYTES];
    cJSON *record = said_id(named, id) ? intercom_record(task, id) : NULL;
    said_ticket(intercom_of(task), record, &at);
    if (!record && task->result->code == TOCSIN_DONE)
        kit_result(task->result, TOCSIN_REFUSED, "'%s' is no conversation or ticket", named);
    else if (record && at.ticket.done != done && *id == 't')
        set_ticket(task, id, record, done ? "resolved" : "in_progress");
    else if (record && at.ticket.done != done)
        cJSON_Delete(intercom_write(task, "POST", id, "/parts",
                                    kit_json_texts("message_type", done ? "close" : "open", "type", "admin",
                                                   "admin_id", intercom_of(task)->admin, NULL)));
    cJSON_Delete(record);
}
