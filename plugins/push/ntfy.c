/*
 * ntfy: a notification of a topic, which is a person's id. Its button posts to an address of ours that nobody else has. Its name, which
 * is the page's mark, replaces it when it is sent again, and when it has ended.
 */
#include "push.h"

#include <string.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/signature.h>
#include <tocsin/kit/webhook.h>

#define TITLE_MOST   250
#define MESSAGE_MOST 3000 /* bytes; more than 4096 would become an attachment */
#define TOPIC_MOST   64

static const struct kit_meaning meanings[] = {
    {401, TOCSIN_AUTH, "ntfy refuses `token`: make one with `ntfy token add`"},
    {403, TOCSIN_REFUSED, "the token may not write to that topic: allow it with `ntfy access`"},
    {413, TOCSIN_REFUSED, "ntfy takes no message of that length"},
    {0, 0, NULL},
};

/* {"code", "http", "error"} */
static void said(const cJSON *body, struct kit_text *words)
{
    kit_text_add(words, kit_json_text(body, "error"));
}

/* A day's quota does not come back within a page's time. */
static void judge(const struct kit_answer *answer, const cJSON *body, struct tocsin_result *result)
{
    if (answer->status == 429 && kit_json_int(body, "code", 0) == 42908)
        kit_result(result, TOCSIN_REFUSED,
                   "ntfy takes no more messages today: use a server of your own, or a plan");
}

/* Of tokens and topics. */
static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

static const char *fault(const struct push *push)
{
    return push->token[strspn(push->token, letters)]
               ? "`token` must be an access token of ntfy's, such as tk_…, and nothing else"
               : NULL;
}

static void begin(struct push *push)
{
    if (*push->token)
        kit_instance_header(push, "Authorization", "Bearer %s", push->token);
}

static const char *user_fault(const char *user)
{
    size_t n = strspn(user, letters);
    return n && n <= TOPIC_MOST && !user[n] ? NULL : "is no topic of ntfy's: 1 to 64 letters, digits, - and _";
}

/* ---- out ---- */

static int priority_of(const cJSON *body)
{
    static const struct {
        const char *tone;
        int priority;
    } rows[] = {{"alarm", 5}, {"warn", 4}, {"ok", 3}, {"info", 3}, {"quiet", 2}};
    const char *tone = kit_json_text(kit_json_member(body, "card"), "tone");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(rows[i].tone, tone) == 0)
            return rows[i].priority;
    }
    return 5; /* a page without a card */
}

static cJSON *notification(const struct kit_page *page, int priority)
{
    cJSON *json = kit_json_texts("topic", kit_json_text(page->row, "user"), "sequence_id", page->mark, NULL);
    cJSON_AddNumberToObject(json, "priority", priority);
    return json;
}

static void add_cut(cJSON *json, const char *name, const struct kit_text *text, size_t most)
{
    struct kit_text cut = {0};
    push_cut(text, most, &cut);
    cJSON_AddStringToObject(json, name, kit_text_get(&cut));
    kit_text_finish(&cut);
}

static void add_button(const struct push *push, const struct kit_page *page, cJSON *json)
{
    struct kit_text url = {0};
    kit_text_addf(&url, "%s/ack?p=%s&k=%s", push->public_url, page->mark, kit_json_text(page->row, "key"));
    cJSON *action = kit_json_texts("action", "http", "label", "Acknowledge", "url", kit_text_get(&url),
                                   "method", "POST", NULL);
    cJSON_AddTrueToObject(action, "clear");
    cJSON_AddItemToArray(cJSON_AddArrayToObject(json, "actions"), action);
    kit_text_finish(&url);
}

static bool publish(struct kit_task *task, cJSON *json)
{
    cJSON *answer = kit_api_write(task, "POST", "", json, NULL);
    bool good = answer && *kit_json_text(answer, "id");
    if (answer && !good)
        kit_result(task->result, TOCSIN_UNKNOWN, "ntfy answered without an id; is `url` its address?");
    cJSON_Delete(answer);
    return good;
}

static void page(struct kit_task *task, struct kit_page *noted)
{
    const struct push *push = push_of(task);
    struct kit_page_words words = kit_page_words(task->body);
    cJSON *json = notification(noted, priority_of(task->body));
    add_cut(json, "title", &words.title, TITLE_MOST);
    add_cut(json, "message", words.text.n ? &words.text : &words.title, MESSAGE_MOST);
    if (words.link.n)
        cJSON_AddStringToObject(json, "click", kit_text_get(&words.link));
    if (*push->public_url)
        add_button(push, noted, json);
    if (publish(task, json))
        kit_page_sent(noted, noted->mark, task->result);
    kit_page_words_finish(&words);
}

static void end(struct kit_task *task, struct kit_page *noted)
{
    cJSON *json = notification(noted, 2);
    cJSON_AddStringToObject(json, "message",
                            kit_json_text_or(task->body, "text", "It needs no answer any more."));
    publish(task, json);
}

/* A server without accounts has no such address. */
static void check(struct kit_task *task)
{
    const struct push *push = push_of(task);
    cJSON *answer = kit_api_get(task, *push->token ? "v1/account" : "v1/health");
    cJSON_Delete(answer);
}

/* ---- in ---- */

/* A GET would be whoever looks at links. The button's address is known to whoever may read the topic. */
static void serve(struct push *push, const struct tocsin_request *request, struct tocsin_response *response)
{
    const struct tocsin_host *host = push->kit.host;
    cJSON *query = kit_webhook_form(request->query, strlen(request->query));
    struct kit_page noted = kit_page_by_mark(host, kit_json_text(query, "p"));
    const char *ended = kit_json_text(noted.row, "ended"), *key = kit_json_text(noted.row, "key");
    if (strcmp(request->path, "/ack") != 0 || strcmp(request->method, "POST") != 0)
        kit_webhook_answer(response, 404, "There is /ack, by POST.\n");
    else if (!*key || !kit_same(key, kit_json_text(query, "k")))
        kit_webhook_answer(response, 403, "There is no such page.\n");
    else if (*ended)
        kit_webhook_answer(response, 200, ended);
    else if (!kit_page_is_known(&noted))
        kit_webhook_answer(response, 503, "The page is not stored yet. Press again in a moment.\n");
    else
        kit_webhook_acknowledge(response,
                                kit_emit(host, kit_page_event(noted.mark, "acknowledged", "a button", NULL)));
    kit_page_finish(&noted);
    cJSON_Delete(query);
}

const struct push_service push_ntfy = {
    .name = "ntfy",
    .url = "https://ntfy.sh",
    .api = {.name = "ntfy", .meanings = meanings, .said = said, .judge = judge},
    .begin = begin,
    .fault = fault,
    .user_fault = user_fault,
    .page = page,
    .end = end,
    .check = check,
    .serve = serve,
};
