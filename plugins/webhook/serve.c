/* What comes: what became of a page, and what a customer answered. */
#include "webhook.h"

#include <string.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/webhook.h>

#define BODY_MOST ((size_t)256 << 10)

/* A signed request. */
struct incoming {
    const struct webhook *webhook;
    const char *id;
    const cJSON *data;
    struct tocsin_response *response;
};

static void answer(const struct incoming *in, int32_t status, const char *text)
{
    kit_webhook_answer(in->response, status, text);
}

/* ---- "page" ---- */

static bool is_state(const char *state)
{
    return *state && !strchr(state, ' ') && kit_has_word("delivered seen acknowledged failed", state);
}

static void take_page(const struct incoming *in)
{
    const char *message = kit_json_text(in->data, "message"), *state = kit_json_text(in->data, "state");
    const struct tocsin_host *host = in->webhook->kit.host;
    bool ours = strncmp(message, WEBHOOK_ID, strlen(WEBHOOK_ID)) == 0;
    struct kit_page page = kit_page_by_mark(host, ours ? message + strlen(WEBHOOK_ID) : "");
    if (!is_state(state))
        answer(in, 400, "`state` must be delivered, seen, acknowledged or failed.\n");
    else if (!*page.mark)
        answer(in, 404, "There is no such page. `message` must be that of a page's data.\n");
    else if (!page.row || !kit_page_is_known(&page))
        answer(in, 503,
               "That page is not known, or not yet: send it again. `message` must be that of a page's data.\n");
    else
        kit_webhook_acknowledge(in->response,
                                kit_emit(host, kit_page_event(message, state, kit_json_text(in->data, "how"),
                                                              kit_json_text(in->data, "text"))));
    kit_page_finish(&page);
}

/* ---- "reply" ---- */

static void take_reply(const struct incoming *in)
{
    static const char *const texts[] = {"text",     "customer", "address", "name",  "message", "link",
                                        "incident", "ticket",   "title",   "place", "channel"};
    const char *who = kit_json_text_or(in->data, "address", kit_json_text(in->data, "customer"));
    if (!*who || !*kit_json_text(in->data, "text")) {
        answer(in, 400, "A reply has `text`, and `address` or `customer`.\n");
        return;
    }
    cJSON *event = kit_json_texts("type", "reply", "id", in->id, NULL);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (*kit_json_text(in->data, texts[i]))
            cJSON_AddStringToObject(event, texts[i], kit_json_text(in->data, texts[i]));
    }
    cJSON_AddBoolToObject(event, "automatic", kit_json_true(in->data, "automatic"));
    cJSON_AddBoolToObject(event, "unverified", kit_json_true(in->data, "unverified"));
    cJSON *user = kit_json_texts("id", kit_json_text_or(in->data, "user", who), NULL);
    cJSON_AddTrueToObject(user, "outside");
    cJSON_AddItemToObject(event, "user", user);
    kit_webhook_acknowledge(in->response, kit_emit(in->webhook->kit.host, event));
}

/* ---- both ---- */

static const struct {
    const char *type;
    void (*take)(const struct incoming *in);
} types[] = {{"page", take_page}, {"reply", take_reply}};

static void take(const struct webhook *webhook, const struct tocsin_request *request,
                 struct tocsin_response *response)
{
    cJSON *body = kit_json_parse(request->body, request->body_length);
    const struct incoming in = {webhook, kit_webhook_header(request, "webhook-id"),
                                kit_json_member(body, "data"), response};
    size_t i = 0, n = sizeof(types) / sizeof(types[0]);
    while (i < n && strcmp(types[i].type, kit_json_text(body, "type")) != 0)
        i++;
    if (i < n)
        types[i].take(&in);
    else
        answer(&in, 400, "`type` must be page or reply.\n");
    cJSON_Delete(body);
}

void webhook_serve(void *self, const struct tocsin_request *request, struct tocsin_response *response)
{
    const struct webhook *webhook = self;
    if (strcmp(request->path, "/") != 0 || strcmp(request->method, "POST") != 0)
        kit_webhook_answer(response, 404, "POST to /.\n");
    else if (request->body_length > BODY_MOST)
        kit_webhook_answer(response, 413, "The body is larger than 256 KiB.\n");
    else if (!webhook->keys.n)
        kit_webhook_answer(response, 404, "Nothing is taken here: this connector has no `url`.\n");
    else if (!standard_is_signed(&webhook->keys, request))
        kit_webhook_answer(response, 401,
                           "Sign it by Standard Webhooks with `secret`, within the last five minutes.\n");
    else
        take(webhook, request, response);
}
