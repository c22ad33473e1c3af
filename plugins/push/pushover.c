/*
 * Pushover: an emergency notification sounds again until somebody acknowledges it. Its receipt is asked for every five seconds, and at once
 * when Pushover calls back: a callback is not signed, so it says nothing by itself.
 */
#include "push.h"

#include <stdio.h>
#include <string.h>

#include <tocsin/kit/clock.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/store.h>
#include <tocsin/kit/webhook.h>

#define TITLE_MOST   250
#define MESSAGE_MOST 1024 /* characters; so many bytes are never more */
#define URL_MOST     512
#define OPEN         "receipts" /* in the store: what is asked for */
#define OPEN_MOST    500
#define SLACK_MS     60000 /* after a notification expires, its receipt says so */
#define HOOK_MS      8000
#define ROUND_MS     60000
#define PAUSE_MS     5000

static const struct kit_meaning meanings[] = {
    {400, TOCSIN_REFUSED, "Pushover did not accept it"},
    {401, TOCSIN_AUTH, "Pushover refuses `token`: copy the application's API token"},
    {404, TOCSIN_REFUSED, "Pushover knows no such receipt"},
    {0, 0, NULL},
};

/* {"status": 0, "errors": ["user identifier is invalid"], "request"} */
static void said(const cJSON *body, struct kit_text *words)
{
    const cJSON *error;
    cJSON_ArrayForEach(error, kit_json_member(body, "errors"))
    {
        if (cJSON_IsString(error))
            kit_text_addf(words, "%s%s", words->n ? "; " : "", error->valuestring);
    }
}

static void judge(const struct kit_answer *answer, const cJSON *body, struct tocsin_result *result)
{
    const char *left = kit_answer_header(answer, "x-limit-app-remaining");
    if (answer->status == 400 && strcmp(kit_json_text(body, "token"), "invalid") == 0)
        kit_result(result, TOCSIN_AUTH, "Pushover refuses `token`: copy the application's API token");
    else if (answer->status == 400 && strcmp(kit_json_text(body, "user"), "invalid") == 0)
        kit_result(result, TOCSIN_REFUSED, "Pushover knows no such user, or none of their devices");
    else if (answer->status == 429 && left && strcmp(left, "0") == 0)
        kit_result(result, TOCSIN_REFUSED,
                   "the application has used up its messages of this month: see its page at Pushover");
}

static bool is_word(const char *text, size_t least, size_t most)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    size_t n = strspn(text, letters);
    return n >= least && n <= most && !text[n];
}

static const char *fault(const struct push *push)
{
    if (!is_word(push->token, 20, 40))
        return "`token` must be the application's API token: 30 letters and digits";
    return push->expire_s < push->retry_s ? "`expire` must be at least as long as `retry`" : NULL;
}

static const char *user_fault(const char *user)
{
    return is_word(user, 20, 40) ? NULL : "is no user key or group key of Pushover's: 30 letters and digits";
}

/* ---- receipts that are open ---- */

/* Under the lock. */
static void save(const struct push *push)
{
    if (!kit_put(push->kit.host, OPEN, push->open))
        kit_log(push->kit.host, KIT_WARNING,
                "receipts could not be stored: after a restart they are not asked for");
}

static void note_asked(cJSON *row)
{
    kit_json_set(row, "asked", cJSON_CreateNumber((double)kit_wall_ms()));
}

static void begin(struct push *push)
{
    cJSON *row;
    push->open = kit_get(push->kit.host, OPEN);
    if (!cJSON_IsObject(push->open)) {
        cJSON_Delete(push->open);
        push->open = cJSON_CreateObject();
    }
    cJSON_ArrayForEach(row, push->open)
    {
        note_asked(row); /* perhaps, before the restart */
    }
}

/* The oldest goes, where there are too many. */
static void open_receipt(struct push *push, const char *receipt)
{
    cJSON *row = cJSON_CreateObject();
    cJSON_AddNumberToObject(row, "at", (double)kit_wall_ms());
    pthread_mutex_lock(&push->lock);
    kit_json_set(push->open, receipt, row);
    if (cJSON_GetArraySize(push->open) > OPEN_MOST)
        cJSON_DeleteItemFromArray(push->open, 0);
    save(push);
    pthread_mutex_unlock(&push->lock);
}

static void close_receipt(struct push *push, const char *receipt)
{
    pthread_mutex_lock(&push->lock);
    bool was = cJSON_HasObjectItem(push->open, receipt);
    cJSON_DeleteItemFromObjectCaseSensitive(push->open, receipt);
    if (was)
        save(push);
    pthread_mutex_unlock(&push->lock);
}

/* May it be asked for, which then counts as done? Pushover wants five seconds in between, but for callbacks. */
static bool may_ask(struct push *push, const char *receipt)
{
    pthread_mutex_lock(&push->lock);
    cJSON *row = cJSON_GetObjectItemCaseSensitive(push->open, receipt);
    bool may = row && kit_wall_ms() - kit_json_int(row, "asked", 0) >= PAUSE_MS;
    if (may)
        note_asked(row);
    pthread_mutex_unlock(&push->lock);
    return may;
}

/* Their names: {receipt: {"at"}}. The caller deletes. */
static cJSON *open_ones(struct push *push)
{
    pthread_mutex_lock(&push->lock);
    cJSON *copy = cJSON_Duplicate(push->open, true);
    pthread_mutex_unlock(&push->lock);
    return copy;
}

/* ---- what a receipt says ---- */

cJSON *pushover_event(const char *receipt, const cJSON *answer, bool *ended)
{
    *ended = true;
    if (kit_json_int(answer, "acknowledged", 0) == 1)
        return kit_page_event(receipt, "acknowledged", "Pushover", NULL);
    if (kit_json_int(answer, "expired", 0) == 1)
        return kit_page_event(receipt, "failed", NULL, "nobody acknowledged it in Pushover before it expired");
    *ended = false;
    return kit_json_int(answer, "last_delivered_at", 0) > 0 ? kit_page_event(receipt, "delivered", NULL, NULL)
                                                            : NULL;
}

/* Says once that it was delivered. */
static bool is_news(struct push *push, const char *receipt, const cJSON *event)
{
    bool delivered = strcmp(kit_json_text(event, "state"), "delivered") == 0;
    pthread_mutex_lock(&push->lock);
    cJSON *row = cJSON_GetObjectItemCaseSensitive(push->open, receipt);
    bool news = row && !(delivered && kit_json_true(row, "delivered"));
    if (news && delivered)
        kit_json_set(row, "delivered", cJSON_CreateTrue());
    pthread_mutex_unlock(&push->lock);
    return news;
}

/* Emits what it says, where that is news. False: later again. */
static bool take(struct push *push, const char *receipt, const cJSON *answer)
{
    bool ended, stored = true;
    cJSON *event = pushover_event(receipt, answer, &ended);
    if (event && is_news(push, receipt, event))
        stored = kit_pass(push->kit.host, event);
    else
        cJSON_Delete(event);
    if (ended && stored)
        close_receipt(push, receipt);
    return stored;
}

/* Asks for a receipt. False: later again, as the task's result may say. */
static bool look(struct kit_task *task, const char *receipt)
{
    struct push *push = push_of(task);
    struct kit_text path = {0};
    kit_text_addf(&path, "1/receipts/%s.json?", receipt);
    kit_api_parameter(&path, "token", push->token);
    cJSON *answer = kit_api_get(task, kit_text_get(&path));
    bool taken = answer && take(push, receipt, answer);
    if (!answer && task->result->code == TOCSIN_REFUSED) { /* Pushover has forgotten it */
        kit_result(task->result, TOCSIN_DONE, "%s", "");
        close_receipt(push, receipt);
    }
    cJSON_Delete(answer);
    kit_text_finish(&path);
    return taken;
}

/* Is it the page's time still? What the core does not know yet waits. */
static bool is_due(struct push *push, const cJSON *row)
{
    int64_t least = kit_wall_ms() - push->expire_s * 1000 - SLACK_MS;
    struct kit_page page = kit_page_by_id(push->kit.host, row->string);
    bool known = page.row != NULL,
         over = *kit_json_text(page.row, "ended") || kit_json_int(row, "at", 0) < least;
    if (over)
        close_receipt(push, row->string);
    kit_page_finish(&page);
    return known && !over;
}

static void round_of_receipts(void *ctx, struct tocsin_result *result)
{
    struct push *push = ctx;
    struct kit_task task = kit_api_begin(&push->kit.api, ROUND_MS, result);
    cJSON *open = open_ones(push);
    const cJSON *row;
    cJSON_ArrayForEach(row, open)
    {
        if (result->code == TOCSIN_DONE && is_due(push, row) && may_ask(push, row->string))
            look(&task, row->string);
    }
    cJSON_Delete(open);
}

/* ---- out ---- */

static void put_words(const struct kit_page_words *words, struct kit_text *form)
{
    struct kit_text title = {0}, text = {0};
    push_cut(&words->title, TITLE_MOST, &title);
    push_cut(words->text.n ? &words->text : &words->title, MESSAGE_MOST, &text);
    kit_api_parameter(form, "title", kit_text_get(&title));
    kit_api_parameter(form, "message", kit_text_get(&text));
    if (words->link.n && words->link.n <= URL_MOST)
        kit_api_parameter(form, "url", kit_text_get(&words->link));
    kit_text_finish(&title);
    kit_text_finish(&text);
}

static void put_urgency(const struct push *push, struct kit_text *form)
{
    struct kit_text callback = {0};
    char retry[24], expire[24];
    snprintf(retry, sizeof(retry), "%lld", (long long)push->retry_s);
    snprintf(expire, sizeof(expire), "%lld", (long long)push->expire_s);
    kit_text_addf(&callback, "%s/receipt", push->public_url);
    kit_api_parameter(form, "priority", "2");
    kit_api_parameter(form, "retry", retry);
    kit_api_parameter(form, "expire", expire);
    if (*push->public_url)
        kit_api_parameter(form, "callback", kit_text_get(&callback));
    kit_text_finish(&callback);
}

static void page(struct kit_task *task, struct kit_page *noted)
{
    struct push *push = push_of(task);
    struct kit_page_words words = kit_page_words(task->body);
    struct kit_text form = {0};
    kit_api_parameter(&form, "token", push->token);
    kit_api_parameter(&form, "user", kit_json_text(noted->row, "user"));
    put_words(&words, &form);
    put_urgency(push, &form);
    cJSON *answer = kit_api_post_form(task, "1/messages.json", &form);
    const char *receipt = kit_json_text(answer, "receipt");
    if (is_word(receipt, 1, 60)) {
        open_receipt(push, receipt);
        kit_page_learned(noted, receipt); /* it cannot be found at Pushover */
        kit_page_sent(noted, receipt, task->result);
    } else if (answer)
        kit_result(task->result, TOCSIN_UNKNOWN, "Pushover answered without a receipt; is `url` its address?");
    cJSON_Delete(answer);
    kit_page_words_finish(&words);
    kit_text_finish(&form);
}

static void end(struct kit_task *task, struct kit_page *noted)
{
    struct push *push = push_of(task);
    struct kit_text path = {0}, form = {0};
    kit_text_addf(&path, "1/receipts/%s/cancel.json", kit_page_id(noted));
    kit_api_parameter(&form, "token", push->token);
    cJSON_Delete(kit_api_post_form(task, kit_text_get(&path), &form));
    if (task->status >= 400 && task->status < 500 && task->result->code == TOCSIN_REFUSED) /* it has ended */
        kit_result(task->result, TOCSIN_DONE, "%s", "");
    if (task->result->code == TOCSIN_DONE)
        close_receipt(push, kit_page_id(noted));
    kit_text_finish(&path);
    kit_text_finish(&form);
}

static void check(struct kit_task *task)
{
    struct kit_text path = {0};
    kit_text_add(&path, "1/apps/limits.json?");
    kit_api_parameter(&path, "token", push_of(task)->token);
    cJSON *answer = kit_api_get(task, kit_text_get(&path));
    cJSON_Delete(answer);
    kit_text_finish(&path);
}

/* ---- in ---- */

static void serve(struct push *push, const struct tocsin_request *request, struct tocsin_response *response)
{
    struct tocsin_result result = {.size = sizeof(result)};
    struct kit_task task = kit_api_begin(&push->kit.api, HOOK_MS, &result);
    cJSON *form = kit_webhook_form(request->body, request->body_length), *open = open_ones(push);
    const char *receipt = kit_json_text(form, "receipt");
    const cJSON *row = kit_json_member(open, receipt);
    if (strcmp(request->path, "/receipt") != 0 || strcmp(request->method, "POST") != 0)
        kit_webhook_answer(response, 404, "There is /receipt, by POST.\n");
    else if (!row)
        kit_webhook_answer(response, 404, "There is no such receipt.\n");
    else
        kit_webhook_answer(response, is_due(push, row) && look(&task, receipt) ? 204 : 503, NULL);
    cJSON_Delete(form);
    cJSON_Delete(open);
}

const struct push_service push_pushover = {
    .name = "pushover",
    .url = "https://api.pushover.net",
    .api = {.name = "Pushover", .meanings = meanings, .said = said, .judge = judge},
    .begin = begin,
    .fault = fault,
    .user_fault = user_fault,
    .page = page,
    .end = end,
    .check = check,
    .round = round_of_receipts,
    .serve = serve,
};
