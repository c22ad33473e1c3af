/*
 * webchat - a chat that speaks JSON over HTTP: cards with buttons out, messages and presses in.
 *
 * Out, with "Authorization: Bearer TOKEN":
 *     POST url/messages      {"channel", "thread", "to", "html", "buttons": [{"label", "command"}]} -> {"id"}
 *     PUT  url/messages/ID   the same, for a message that changed
 *     GET  url/me            is the token good?
 * The chat honours "Idempotency-Key": it answers a key that it knows with the message that it has.
 *
 * In, to /connector/webchat/, signed in X-Chat-Signature: "sha256=" and the HMAC of X-Chat-Time, ":" and the body:
 *     {"type": "message", "id", "channel", "user": {"id", "name"}, "text", "mention": true when it is for the bot}
 *     {"type": "press", "id", "channel", "user", "message", "command": that of the button}
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/connector.h>
#include <tocsin/kit/commonmark.h>
#include <tocsin/kit/http.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/signature.h>
#include <tocsin/kit/webhook.h>

struct webchat { /* constant after open, so threads need no lock */
    const struct tocsin_host *host;
    struct kit_http *http;
    cJSON *settings;
    const char *url, *token, *secret; /* of the settings */
};

/* ---- out ---- */

static void put_line(struct kit_text *html, const char *open, const char *text, const char *close)
{
    if (!*text)
        return;
    kit_text_add(html, open);
    kit_escape(text, strlen(text), KIT_HTML, html);
    kit_text_add(html, close);
}

/* Either a card or just a text. */
static void put_html(const cJSON *body, struct kit_text *html)
{
    const cJSON *field, *card = kit_json_member(body, "card");
    const char *text = kit_json_text(card ? card : body, "text");
    put_line(html, "<h4>", kit_json_text(card, "title"), "</h4>\n");
    cJSON_ArrayForEach(field, kit_json_member(card, "fields"))
    {
        put_line(html, "<strong>", kit_json_text(field, "name"), "</strong> ");
        put_line(html, "", kit_json_text(field, "value"), "<br>\n");
    }
    kit_commonmark(text, strlen(text), KIT_HTML, html);
    put_line(html, "\n<small>", kit_json_text(card, "footer"), "</small>");
}

static cJSON *message_of(const cJSON *body)
{
    struct kit_text html = {0};
    const cJSON *button, *card = kit_json_member(body, "card");
    const char *paged = kit_json_text_or(body, "user", NULL);
    put_html(body, &html);
    cJSON *message = kit_json_texts("channel", kit_json_text(body, "channel"), "thread",
                                    kit_json_text_or(body, "thread", NULL), "to",
                                    kit_json_text_or(body, "to", paged), "html", kit_text_get(&html), NULL);
    cJSON *buttons = cJSON_AddArrayToObject(message, "buttons");
    cJSON_ArrayForEach(button, kit_json_member(card, "buttons"))
    {
        if (!kit_json_true(button, "asks")) /* needs a form, which this chat does not have */
            cJSON_AddItemToArray(buttons, kit_json_texts("label", kit_json_text(button, "label"), "command",
                                                         kit_json_text(button, "command"), NULL));
    }
    kit_text_finish(&html);
    return message;
}

/* The answer is the caller's to finish. */
static void call(struct webchat *w, struct kit_request *request, const char *path, struct kit_answer *answer)
{
    struct kit_text url = {0};
    kit_text_addf(&url, "%s/%s", w->url, path);
    request->url = kit_text_get(&url);
    request->bearer = w->token;
    kit_http_call(w->http, request, answer);
    kit_text_finish(&url);
}

static void webchat_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    cJSON *body = kit_json_parse(action->body, action->body_length), *message = message_of(body);
    char *id = kit_url_encode(kit_json_text(body, "message")), path[800] = "messages";
    struct kit_header key = {"Idempotency-Key", action->key};
    struct kit_request request = {
        .json = message, .headers = &key, .header_count = 1, .timeout_ms = action->deadline_ms};
    struct kit_answer answer;
    bool edits = strcmp(action->kind, "edit") == 0; /* post and page are new messages */
    if (edits) {
        request.method = "PUT";
        snprintf(path, sizeof(path), "messages/%s", id);
    }
    call(self, &request, path, &answer);
    if (edits && answer.status == 404) { /* the message is gone, so there is nothing to do */
        snprintf(result->detail, sizeof(result->detail), "the message no longer exists");
    } else if (kit_answer_result(&answer, result) == TOCSIN_DONE) {
        cJSON *said = kit_json_parse(answer.body, answer.body_length);
        snprintf(result->remote_id, sizeof(result->remote_id), "%s", kit_json_text(said, "id"));
        if (!*result->remote_id) /* perhaps from a proxy: nobody knows what happened */
            kit_result(result, TOCSIN_UNKNOWN, "the chat answered %ld without an id", answer.status);
        cJSON_Delete(said);
    }
    kit_answer_finish(&answer);
    free(id);
    cJSON_Delete(message);
    cJSON_Delete(body);
}

/* ---- in ---- */

static bool is_signed(const struct webchat *w, const struct tocsin_request *request)
{
    const char *at = kit_webhook_header(request, "x-chat-time");
    struct kit_part parts[] = {{at, strlen(at)}, {":", 1}, {request->body, request->body_length}};
    return kit_signed_hex(w->secret, "sha256=", parts, 3, kit_webhook_header(request, "x-chat-signature")) &&
           kit_timely(at, request->received_ms, 5 * 60 * 1000);
}

/* Only the members that the chat may set: an event can hold more. */
static cJSON *event_of(const cJSON *sent)
{
    static const char *const texts[] = {"type", "id", "channel", "message", "text", "command"};
    const cJSON *user = kit_json_member(sent, "user");
    cJSON *event = cJSON_CreateObject();
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (*kit_json_text(sent, texts[i]))
            cJSON_AddStringToObject(event, texts[i], kit_json_text(sent, texts[i]));
    }
    cJSON_AddItemToObject(
        event, "user",
        kit_json_texts("id", kit_json_text(user, "id"), "name", kit_json_text(user, "name"), NULL));
    cJSON_AddBoolToObject(event, "mention", kit_json_true(sent, "mention"));
    return event;
}

static void webchat_serve(void *self, const struct tocsin_request *request, struct tocsin_response *response)
{
    struct webchat *w = self;
    cJSON *sent = is_signed(w, request) ? kit_json_parse(request->body, request->body_length) : NULL;
    if (sent)
        kit_webhook_acknowledge(response, kit_emit(w->host, event_of(sent)));
    else
        kit_webhook_answer(response, 401, "Send JSON, signed with `secret` in the last five minutes.\n");
    cJSON_Delete(sent);
}

/* ---- life ---- */

static void webchat_close(void *self)
{
    struct webchat *w = self;
    if (!w)
        return;
    kit_http_destroy(w->http);
    cJSON_Delete(w->settings);
    free(w);
}

static int32_t webchat_open(const struct tocsin_host *host, const char *settings, void **ret_self,
                            struct tocsin_error *error)
{
    struct webchat *w = calloc(1, sizeof(*w));
    *ret_self = w;
    w->host = host;
    w->http = kit_http_create("tocsin-webchat/1.0");
    w->settings = kit_json_parse(settings, strlen(settings));
    w->url = kit_json_text(w->settings, "url");
    w->token = kit_json_text(w->settings, "token");
    w->secret = kit_json_text(w->settings, "secret");
    return *w->secret ? 0 : kit_fail(error, TOCSIN_E_CONFIG, "`secret` is empty: anybody could send events");
}

static int32_t webchat_check(void *self, struct tocsin_error *error)
{
    struct kit_request request = {.timeout_ms = 10000};
    struct tocsin_result result = {0};
    struct kit_answer answer;
    call(self, &request, "me", &answer);
    int32_t code = kit_answer_result(&answer, &result);
    kit_answer_finish(&answer);
    if (code == TOCSIN_AUTH)
        return kit_fail(error, TOCSIN_E_AUTH, "the chat refuses `token`; make a new one there and set it");
    return code == TOCSIN_DONE ? 0 : kit_fail(error, TOCSIN_E_FAILED, "GET url/me: %s", result.detail);
}

static const struct tocsin_setting settings[] = {
    {"url", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED, NULL, 0, 0, "The chat's API, without a slash at its end"},
    {"token", TOCSIN_SETTING_TEXT, TOCSIN_SECRET | TOCSIN_REQUIRED, NULL, 0, 0, "The bot's token"},
    {"secret", TOCSIN_SETTING_TEXT, TOCSIN_SECRET | TOCSIN_REQUIRED, NULL, 0, 0,
     "What the chat signs its requests with"},
    {0},
};

/* The chat's rate limits: 10 requests a second, and one post a second per channel. */
static const struct tocsin_limit limits[] = {{"*", 0, 10, 100}, {"post", 1, 1, 1000}, {0}};

TOCSIN_CONNECTOR(.name = "webchat", .version = "1.0", .summary = "A chat that speaks JSON over HTTP",
                 .parallel = 4,
                 .can = TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_THREAD | TOCSIN_CAN_BUTTONS |
                        TOCSIN_CAN_PAGE | TOCSIN_CAN_FIND,
                 .settings = settings, .limits = limits, .open = webchat_open, .check = webchat_check,
                 .serve = webchat_serve, .perform = webchat_perform, .close = webchat_close);
