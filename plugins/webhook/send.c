/* What is sent: actions as they are, each with an id that is the same at every attempt. */
#include "webhook.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <tocsin/kit/clock.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>

#define CALL_MS 20000

static const struct kit_meaning meanings[] = {
    {401, TOCSIN_AUTH, "the receiver refuses the request: does it have the same `secret`?"},
    {403, TOCSIN_AUTH, "the receiver refuses the request: does it have the same `secret`?"},
    {410, TOCSIN_AUTH, "the receiver wants no more (410): nothing is sent until a check succeeds"},
    {0, 0, NULL},
};

static struct webhook *webhook_of(const struct kit_task *task)
{
    return task->api->self;
}

/* ---- one request ---- */

/* What is sent, and where. */
struct sending {
    const struct standard_keys *keys;
    const char *url, *id;
    const struct kit_text *body;
    bool stranger;
};

static void call(struct kit_task *task, const struct sending *sending, struct kit_answer *answer)
{
    struct kit_text signature = {0};
    char seconds[24];
    int64_t left = task->until_ms - kit_now_ms();
    snprintf(seconds, sizeof(seconds), "%lld", (long long)time(NULL));
    standard_sign(sending->keys, sending->id, seconds, kit_text_get(sending->body), &signature);
    const struct kit_header headers[] = {{"Content-Type", "application/json"},
                                         {"webhook-id", sending->id},
                                         {"webhook-timestamp", seconds},
                                         {"webhook-signature", kit_text_get(&signature)}};
    const struct kit_request request = {.url = sending->url,
                                        .headers = headers,
                                        .header_count = 4,
                                        .body = kit_text_get(sending->body),
                                        .body_length = sending->body->n,
                                        .stranger = sending->stranger,
                                        .timeout_ms = left < 1         ? 1
                                                      : left < CALL_MS ? left
                                                                       : CALL_MS};
    kit_http_call(task->api->http, &request, answer);
    kit_text_finish(&signature);
}

static void post(struct kit_task *task, const char *id, const struct kit_text *body)
{
    const struct webhook *webhook = webhook_of(task);
    struct kit_answer answer;
    call(task, &(struct sending){&webhook->keys, webhook->url, id, body, false}, &answer);
    kit_answer_meaning(&answer, meanings, "", task->result);
    if (answer.status >= 300 && answer.status < 400)
        kit_result(task->result, TOCSIN_REFUSED, "the receiver is elsewhere (%ld): set `url` to where it is",
                   answer.status);
    kit_answer_finish(&answer);
}

void webhook_send(struct kit_task *task, const char *id, const char *type, int64_t at_ms, cJSON *data)
{
    struct kit_text body = {0};
    char when[KIT_TIME_BYTES];
    kit_time_text(at_ms, when);
    cJSON *json = kit_json_texts("type", type, "timestamp", when, NULL);
    cJSON_AddItemToObject(json, "data", data);
    if (kit_json_write(json, &body))
        post(task, id, &body);
    else
        kit_result(task->result, TOCSIN_RETRY, "memory ran out");
    cJSON_Delete(json);
    kit_text_finish(&body);
}

static void send_body(struct kit_task *task, const char *id, bool named)
{
    cJSON *data = cJSON_Duplicate(task->body, true);
    if (named)
        kit_json_set(data, "message", cJSON_CreateString(id));
    webhook_send(task, id, task->action->kind, task->action->made_ms, data);
}

/* ---- actions ---- */

/* Its note is stored with its outcome: nobody waits for the disk before it goes. */
void webhook_page(struct kit_task *task)
{
    struct kit_page page = kit_page_of_action(task);
    char id[sizeof(WEBHOOK_ID) + KIT_MARK_BYTES];
    snprintf(id, sizeof(id), WEBHOOK_ID "%s", page.mark);
    if (!*webhook_of(task)->url)
        kit_result(task->result, TOCSIN_REFUSED,
                   "the setting `url` of this connector is empty: it pages nobody");
    else if (!*kit_json_text(task->body, "user"))
        kit_result(task->result, TOCSIN_REFUSED,
                   "the page names nobody: give the person an id on this connector");
    else if (!*kit_page_id(&page))
        send_body(task, id, true);
    if (task->result->code == TOCSIN_DONE)
        kit_page_sent(&page, id, task->result);
    kit_page_finish(&page);
}

static void id_of(const struct kit_task *task, char *id, size_t size)
{
    char mark[KIT_MARK_BYTES];
    kit_mark("webhook", task->action->kind, task->action->key, mark);
    snprintf(id, size, WEBHOOK_ID "%s", mark);
}

void webhook_page_end(struct kit_task *task)
{
    char id[sizeof(WEBHOOK_ID) + KIT_MARK_BYTES];
    struct kit_page page = kit_page_by_id(task->api->host, kit_json_text(task->body, "message"));
    id_of(task, id, sizeof(id));
    if (page.row)
        send_body(task, id, false);
    kit_page_finish(&page);
}

/* A customer without an address is none of this connector's, nor is anybody without `url`. */
void webhook_tell(struct kit_task *task)
{
    char id[sizeof(WEBHOOK_ID) + KIT_MARK_BYTES];
    id_of(task, id, sizeof(id));
    if (!*kit_json_text(task->body, "text"))
        kit_result(task->result, TOCSIN_REFUSED, "the message is empty");
    else if (*kit_json_text(task->body, "address") && *webhook_of(task)->url) {
        send_body(task, id, true);
        if (task->result->code == TOCSIN_DONE)
            snprintf(task->result->remote_id, sizeof(task->result->remote_id), "%s", id);
    }
}

/* ---- subscribers of a status page, and endpoints that are told of events ---- */

/* A stranger's server says nothing about this connector: it never waits for one, and is never held for one. */
static void judge_stranger(struct kit_task *task, const struct kit_answer *answer)
{
    kit_answer_result(answer, task->result);
    task->result->retry_after_ms = 0;
    if (task->result->code == TOCSIN_AUTH)
        task->result->code = TOCSIN_REFUSED;
}

/* Whatever an endpoint answers but that it is gone, it may take the event later. */
static void judge_endpoint(struct kit_task *task, const struct kit_answer *answer, int64_t took_ms)
{
    char why[sizeof(task->result->detail)], status[24];
    bool done = task->result->code == TOCSIN_DONE;
    snprintf(why, sizeof(why), "%s", answer->status ? "" : answer->error);
    snprintf(status, sizeof(status), answer->status ? "%ld" : "no answer", answer->status);
    snprintf(task->result->detail, sizeof(task->result->detail), "%s in %lld ms%s%.400s", status,
             (long long)took_ms, *why ? ": " : "", why);
    if (!done && answer->status != 410)
        task->result->code = TOCSIN_RETRY;
}

static void post_to_stranger(struct kit_task *task, const struct standard_keys *keys,
                             const struct kit_text *body)
{
    char id[sizeof(WEBHOOK_ID) + KIT_MARK_BYTES];
    const char *given = kit_json_text(task->body, "id");
    int64_t began = kit_now_ms();
    struct kit_answer answer;
    if (*given)
        snprintf(id, sizeof(id), "%s", given);
    else
        id_of(task, id, sizeof(id));
    call(task,
         &(struct sending){keys, kit_json_text(task->body, "url"), id, body,
                           !webhook_of(task)->private_subscribers && !kit_json_true(task->body, "anywhere")},
         &answer);
    judge_stranger(task, &answer);
    if (kit_json_true(task->body, "insist"))
        judge_endpoint(task, &answer, kit_now_ms() - began);
    kit_answer_finish(&answer);
    if (task->result->code == TOCSIN_DONE)
        snprintf(task->result->remote_id, sizeof(task->result->remote_id), "%s", id);
}

void webhook_subscriber(struct kit_task *task)
{
    struct standard_keys keys = {0};
    struct kit_text body = {0};
    const char *old = kit_json_text(task->body, "old_secret");
    const cJSON *payload = kit_json_member(task->body, "payload");
    if (!cJSON_IsObject(payload))
        kit_result(task->result, TOCSIN_RETRY, "what it says cannot be read now");
    else if (!standard_add_key(&keys, kit_json_text(task->body, "secret")))
        kit_result(task->result, TOCSIN_REFUSED, "the message has no `secret`");
    else if (*old && !standard_add_key(&keys, old))
        kit_result(task->result, TOCSIN_REFUSED, "`old_secret` is none");
    else if (kit_json_write(payload, &body))
        post_to_stranger(task, &keys, &body);
    else
        kit_result(task->result, TOCSIN_RETRY, "memory ran out");
    kit_text_finish(&body);
}
