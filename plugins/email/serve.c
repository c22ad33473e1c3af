/* What comes by HTTP: mails that a mail server hands in through `tocsin mail`, and people who unsubscribe. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/signature.h>
#include <tocsin/kit/webhook.h>

#include "in.h"
#include "peers.h"
#include "serve.h"

/* ---- mails ---- */

static bool may_hand_in(const struct email *email, const struct tocsin_request *request)
{
    static const char scheme[] = "Bearer ";
    const char *given = kit_webhook_header(request, "authorization");
    return *email->pipe_key && strncmp(given, scheme, strlen(scheme)) == 0 &&
           kit_same(given + strlen(scheme), email->pipe_key);
}

static void serve_mail(const struct email *email, const struct tocsin_request *request,
                       struct tocsin_response *response)
{
    static const struct email_cursor none = {0};
    static const int32_t statuses[] = {[EMAIL_TAKEN] = 204, [EMAIL_PASSED] = 204, [EMAIL_NOT_YET] = 503};
    if (strcmp(request->method, "POST") != 0)
        kit_webhook_answer(response, 405, "POST a mail.\n");
    else if (!may_hand_in(email, request))
        kit_webhook_answer(response, 401, "Send `pipe_key` of the connector's settings as a bearer token.\n");
    else
        kit_webhook_answer(response, statuses[email_take(email, request->body, request->body_length, &none)],
                           NULL);
}

/* ---- unsubscribing ---- */

static const char page[] =
    "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Unsubscribe</title>"
    "<meta name=\"viewport\" content=\"width=device-width\"></head>"
    "<body style=\"font-family:sans-serif;margin:3em auto;max-width:30em\">"
    "<p>No more messages that go to many people?</p>"
    "<form method=\"post\"><button>Unsubscribe</button></form></body></html>\n";

/* Whoever has the link may use it. An unknown one is answered alike, so that nobody learns which are valid. */
static void unsubscribe(const struct email *email, const struct tocsin_request *request,
                        struct tocsin_response *response)
{
    struct email_token token;
    cJSON *query = kit_webhook_form(request->query, strlen(request->query));
    const char *given = kit_json_text(query, "t");
    bool known =
        email_token_read(&email->self, given, strlen(given), &token) && token.kind == EMAIL_FOR_UNSUBSCRIBE;
    bool done = !known || email_peer_unsubscribe(email, &token);
    kit_webhook_answer(response, done ? 200 : 503,
                       done ? "You are unsubscribed. Answers to your own questions still reach you.\n"
                            : "That could not be stored. Please try again in a minute.\n");
    cJSON_Delete(query);
}

/* A GET only shows a page: programs that look for bad links follow them. */
static void serve_unsubscribe(const struct email *email, const struct tocsin_request *request,
                              struct tocsin_response *response)
{
    if (strcmp(request->method, "POST") == 0) {
        unsubscribe(email, request, response);
        return;
    }
    response->status = 200;
    snprintf(response->content_type, sizeof(response->content_type), "text/html; charset=utf-8");
    response->write(response, page, sizeof(page) - 1);
}

void email_serve(void *self, const struct tocsin_request *request, struct tocsin_response *response)
{
    if (strcmp(request->path, "/mail") == 0)
        serve_mail(self, request, response);
    else if (strcmp(request->path, "/unsubscribe") == 0)
        serve_unsubscribe(self, request, response);
    else
        kit_webhook_answer(response, 404, "There is /mail and /unsubscribe.\n");
}
