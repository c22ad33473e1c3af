/* Intercom's API: what its answers mean, and what several actions ask it. */
#include "intercom.h"

#include <stdio.h>
#include <string.h>

#include <tocsin/kit/clock.h>

#define MARGIN_S   120 /* Intercom's clock may be so far behind ours */
#define PATH_BYTES 64
#define WAIT_MS    60000 /* at most; a slice of the limit has ten seconds */

static const struct kit_meaning meanings[] = {
    {401, TOCSIN_AUTH, "Intercom refuses the token: check `token`, and that `inbox` is in its region"},
    {403, TOCSIN_AUTH, "the token lacks a permission; `tocsin connector check` says which"},
    {409, TOCSIN_RETRY, "somebody changed it at the same time"},
    {0, 0, NULL},
};

static void said(const cJSON *body, struct kit_text *words)
{
    kit_text_add(words, kit_json_text(cJSON_GetArrayItem(kit_json_member(body, "errors"), 0), "message"));
}

/* The limit says when its next slice begins. */
static void judge(const struct kit_answer *answer, const cJSON *body, struct tocsin_result *result)
{
    (void)body;
    if (answer->status == 429 && !result->retry_after_ms)
        result->retry_after_ms =
            kit_reset_after(kit_answer_header(answer, "x-ratelimit-reset"), kit_wall_ms(), WAIT_MS);
}

const struct kit_api intercom_api = {.name = "Intercom", .meanings = meanings, .said = said, .judge = judge};

/* "tickets/626/reply" */
static void path_of(const char *id, const char *below, char path[PATH_BYTES])
{
    bool ticket = *id == 't';
    snprintf(path, PATH_BYTES, "%s/%s%s", ticket ? "tickets" : "conversations", id + ticket, below);
}

cJSON *intercom_record(struct kit_task *task, const char *id)
{
    char path[PATH_BYTES];
    path_of(id, "", path);
    return kit_api_get(task, path);
}

cJSON *intercom_write(struct kit_task *task, const char *method, const char *id, const char *below, cJSON *json)
{
    char path[PATH_BYTES];
    path_of(id, below, path);
    return kit_api_write(task, method, path, json, NULL);
}

cJSON *intercom_reply(struct kit_task *task, const char *id, bool note, const char *html)
{
    return intercom_write(task, "POST", id, "/reply",
                          kit_json_texts("message_type", note ? "note" : "comment", "type", "admin", "admin_id",
                                         intercom_of(task)->admin, "body", html, NULL));
}

bool intercom_is_ours(const struct kit_task *task, const cJSON *said, int64_t made)
{
    const cJSON *author = kit_json_member(said, "author");
    return strcmp(kit_json_text(author, "type"), "admin") == 0 &&
           strcmp(kit_json_text(author, "id"), intercom_of(task)->admin) == 0 &&
           made >= task->action->made_ms / 1000 - MARGIN_S;
}

void intercom_answer(struct kit_task *task, const cJSON *record, const struct kit_ticket *requester)
{
    const struct intercom *intercom = intercom_of(task);
    struct said_ticket at;
    said_ticket(intercom, record, &at);
    at.ticket.address = requester->address;
    at.ticket.name = requester->name;
    at.ticket.organisation = requester->organisation;
    kit_followed_note(intercom->kit.followed, at.id, &at.ticket, kit_json_int(record, "updated_at", 0) * 1000);
    kit_ticket_answer(&at.ticket, task);
}

cJSON *intercom_search(struct kit_task *task, const char *path, const char *field, const char *operation,
                       const char *value, const char *after)
{
    cJSON *search = cJSON_CreateObject(), *page = cJSON_AddObjectToObject(search, "pagination");
    cJSON_AddItemToObject(search, "query",
                          kit_json_texts("field", field, "operator", operation, "value", value, NULL));
    cJSON_AddNumberToObject(page, "per_page", 150);
    if (*after)
        cJSON_AddStringToObject(page, "starting_after", after);
    return kit_api_ask(task, path, search);
}

void intercom_next(const cJSON *page, struct kit_text *next)
{
    kit_text_add(next,
                 kit_json_text(kit_json_member(kit_json_member(page, "pages"), "next"), "starting_after"));
}

const char *intercom_address(const cJSON *contact)
{
    const char *email = kit_json_text(contact, "email");
    return kit_is_mail_address(email) ? email : kit_json_text(contact, "id");
}
