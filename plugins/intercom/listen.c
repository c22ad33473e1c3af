/*
 * Inbound: signed webhooks, to /connector/NAME/, and rounds over what has changed. With `secret` set the rounds are rare: they bring what
 * no webhook brought. An event has the same id both ways, so that it counts once.
 *
 * A webhook may be late, so the state of what is followed is asked for, and never taken from one.
 */
#include "intercom.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <tocsin/kit/signature.h>
#include <tocsin/kit/webhook.h>

#define OVERLAP_S  600 /* searches find what has changed some minutes later; webhooks come so late */
#define ROUND_MS   60000
#define ASK_MS     3500 /* Intercom waits five seconds for an answer to a webhook */
#define PAGES_MOST 200  /* of a round */
#define SELDOM     30   /* intervals between rounds, where there are webhooks */

/* The message that began it, with the writer's company, which Intercom does not say there. */
static cJSON *first_word(struct kit_task *task, const cJSON *record)
{
    cJSON *event = said_event(intercom_of(task), record, NULL);
    const char *who = event && !kit_json_true(event, "unverified") ? said_contact(record) : "";
    cJSON *companies = *who ? kit_api_get_at(task, "contacts/%/companies?per_page=1", who) : NULL;
    const char *name = kit_json_text(cJSON_GetArrayItem(kit_json_member(companies, "companies"), 0), "name");
    kit_api_was_missing(task);
    if (*name)
        cJSON_AddStringToObject(event, "organisation", name);
    cJSON_Delete(companies);
    return event;
}

/* What was said in it, from that time on. `first`: with the message that began it. */
static bool pass_words(struct kit_task *task, const cJSON *record, int64_t from, bool first)
{
    const struct intercom *intercom = intercom_of(task);
    const cJSON *part;
    bool good = !first || kit_pass(intercom->kit.host, first_word(task, record));
    cJSON_ArrayForEach(part, said_parts(record))
    {
        if (good && kit_json_int(part, "created_at", 0) >= from)
            good = kit_pass(intercom->kit.host, said_event(intercom, record, part));
    }
    return good && kit_pass(intercom->kit.host,
                            said_tagged(intercom, record, from ? from : (int64_t)time(NULL) - OVERLAP_S));
}

/* How it stands, if it is followed. `record`: as it is now; NULL: it was deleted. */
static bool pass_state(const struct intercom *intercom, const char *id, const cJSON *record)
{
    struct said_ticket at;
    int64_t updated = kit_json_int(record, "updated_at", (int64_t)time(NULL));
    said_ticket(intercom, record, &at);
    if (!record)
        at.ticket = (struct kit_ticket){.link = "", .status = "deleted", .done = true};
    return kit_followed_tell(intercom->kit.followed, id, &at.ticket, updated * 1000, KIT_ASKED, NULL) !=
           KIT_LATER;
}

/* What a notification is about. False: it must come again. */
static bool take_item(struct intercom *intercom, const char *topic, const cJSON *item)
{
    struct tocsin_result result = {.size = sizeof(result)};
    struct kit_task task = kit_api_begin(&intercom->kit.api, ASK_MS, &result);
    char id[KIT_ID_BYTES];
    if (!said_id_of(item, id))
        return true; /* a ping, or about contacts */
    if (!pass_words(&task, item, 0, strcmp(topic, "conversation.user.created") == 0))
        return false;
    if (!kit_followed_has(intercom->kit.followed, id))
        return true;
    cJSON *record = intercom_record(&task, id);
    bool good = (record || task.status == 404) && pass_state(intercom, id, record);
    cJSON_Delete(record);
    return good;
}

void intercom_serve(void *self, const struct tocsin_request *request, struct tocsin_response *response)
{
    struct intercom *intercom = self;
    struct kit_part body = {request->body, request->body_length};
    const char *given = kit_webhook_header(request, "x-hub-signature");
    if (strcmp(request->method, "HEAD") == 0) { /* Intercom asks whether the address is there */
        kit_webhook_answer(response, 200, "");
        return;
    }
    cJSON *sent = kit_webhook_json(request, intercom->secret,
                                   kit_signed_sha1(intercom->secret, "sha1=", &body, 1, given), response);
    const cJSON *item = kit_json_member(kit_json_member(sent, "data"), "item");
    if (sent) {
        bool taken = take_item(intercom, kit_json_text(sent, "topic"), item);
        kit_webhook_answer(response, taken ? 200 : 503, taken ? "" : "Please try again.\n");
    }
    cJSON_Delete(sent);
}

struct listening {
    struct intercom *intercom;
    struct kit_seen seen;
    struct kit_task *task; /* of the round at hand */
    const char *kind;      /* of what is searched: "conversations" */
    int64_t from;
    cJSON *changed; /* what was found: {"type", "id", "updated_at"} */
};

/* One that has changed, read as it is now. */
static bool take(void *ctx, const cJSON *row)
{
    struct listening *l = ctx;
    int64_t changed = kit_json_int(row, "updated_at", 0);
    char id[KIT_ID_BYTES], mark[KIT_ID_BYTES + 24];
    if (!said_id_of(row, id) || changed < l->from)
        return true;
    snprintf(mark, sizeof(mark), "%s@%lld", id, (long long)changed);
    if (kit_seen_has(&l->seen, mark))
        return true;
    cJSON *record = intercom_record(l->task, id);
    bool gone = !record && l->task->status == 404 && kit_api_was_missing(l->task);
    bool good =
        gone ||
        (record && pass_words(l->task, record, l->from, kit_json_int(record, "created_at", 0) >= l->from) &&
         pass_state(l->intercom, id, record) && kit_seen_pass(&l->seen, mark, changed, NULL));
    cJSON_Delete(record);
    return good;
}

static bool collect(void *ctx, const char *at, struct kit_text *next)
{
    struct listening *l = ctx;
    char from[24], path[40];
    const cJSON *row;
    snprintf(from, sizeof(from), "%lld", (long long)l->from - 1);
    snprintf(path, sizeof(path), "%s/search", l->kind);
    cJSON *page = intercom_search(l->task, path, "updated_at", ">", from, at);
    cJSON_ArrayForEach(row, kit_json_member(page, l->kind))
    {
        cJSON *changed =
            kit_json_texts("type", kit_json_text(row, "type"), "id", kit_json_text(row, "id"), NULL);
        cJSON_AddNumberToObject(changed, "updated_at", (double)kit_json_int(row, "updated_at", 0));
        cJSON_AddItemToArray(l->changed, changed);
    }
    intercom_next(page, next);
    cJSON_Delete(page);
    return true;
}

static void listen_once(void *ctx, struct tocsin_result *result)
{
    static const char *const kinds[] = {"conversations", "tickets"};
    struct listening *l = ctx;
    const cJSON *settings = l->intercom->kit.settings;
    struct kit_task task = kit_api_begin(&l->intercom->kit.api, ROUND_MS, result);
    size_t n = *kit_json_text(settings, "tracker") || *kit_json_text(settings, "work") ? 2 : 1;
    if (l->seen.latest < 0) /* what was there before the connector was set up is not passed in */
        kit_seen_begin(&l->seen, (int64_t)time(NULL) - 1);
    l->task = &task;
    l->from = kit_seen_from(&l->seen);
    l->changed = cJSON_CreateArray();
    for (size_t i = 0; i < n && result->code == TOCSIN_DONE; i++) {
        l->kind = kinds[i];
        if (!kit_pages(collect, l, PAGES_MOST))
            kit_log(l->intercom->kit.host, KIT_WARNING, "more has changed in Intercom than one round reads");
    }
    if (result->code == TOCSIN_DONE)
        kit_take_ordered(l->changed, "updated_at", take, l);
    cJSON_Delete(l->changed);
    kit_seen_save(&l->seen);
}

int32_t intercom_run(void *self, struct tocsin_error *error)
{
    struct intercom *intercom = self;
    struct listening l = {.intercom = intercom};
    kit_seen_load(&l.seen, intercom->kit.host, "updates", OVERLAP_S);
    int32_t rc = kit_instance_run(intercom, *intercom->secret ? SELDOM : 1, listen_once, &l, error);
    kit_seen_finish(&l.seen);
    return rc;
}
