/*
 * Inbound: Teams posts one activity a request, to /connector/NAME/messages.
 *
 * It is answered with 200 once its events are durable, and with 503 otherwise; Teams may then deliver it again. A press is answered
 * with the card as it is now, for whoever pressed; all others get it by an edit of the message.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/webhook.h>

#include "in.h"
#include "send.h"
#include "serve.h"
#include "shown.h"
#include "trust.h"

#define BODY_MOST  ((size_t)256 << 10)
#define ASK_MS     2500  /* for all questions to Teams before an event is passed on */
#define CARD_MS    1500  /* to wait for the card after a press */
#define FORM_MS    3500  /* to wait for a form */
#define LOG_MS     60000 /* between two log lines about refusals */
#define CARD_TYPE  "application/vnd.microsoft.card.adaptive"
#define TEXT_TYPE  "application/vnd.microsoft.activity.message"
#define ERROR_TYPE "application/vnd.microsoft.error"

/* ---- refusals ---- */

struct teams_refusals { /* anybody can send requests to a public address */
    pthread_mutex_t lock;
    int64_t n; /* since the last good one */
    int64_t logged_ms;
    char why[TRUST_WHY]; /* the latest one */
};

struct teams_refusals *teams_refusals_create(void)
{
    struct teams_refusals *refusals = calloc(1, sizeof(*refusals));
    pthread_mutex_init(&refusals->lock, NULL);
    return refusals;
}

void teams_refusals_destroy(struct teams_refusals *refusals)
{
    if (refusals)
        pthread_mutex_destroy(&refusals->lock);
    free(refusals);
}

static void put_refused(const struct teams_refusals *refusals, struct kit_text *out)
{
    kit_text_addf(out,
                  "refused %lld request%s to /connector/…/messages since the last good one; the latest: %s",
                  (long long)refusals->n, refusals->n == 1 ? "" : "s", refusals->why);
}

bool teams_serve_refused(struct teams *teams, struct kit_text *out)
{
    pthread_mutex_lock(&teams->refusals->lock);
    bool any = teams->refusals->n > 0;
    if (any)
        put_refused(teams->refusals, out);
    pthread_mutex_unlock(&teams->refusals->lock);
    return any;
}

/* why NULL: the request was good. */
static void note(struct teams *teams, const char *why, int64_t now_ms)
{
    struct teams_refusals *refusals = teams->refusals;
    struct kit_text text = {0};
    pthread_mutex_lock(&refusals->lock);
    refusals->n = why ? refusals->n + 1 : 0;
    if (why)
        snprintf(refusals->why, sizeof(refusals->why), "%s", why);
    if (why && now_ms - refusals->logged_ms >= LOG_MS) {
        refusals->logged_ms = now_ms;
        put_refused(refusals, &text);
    }
    pthread_mutex_unlock(&refusals->lock);
    if (text.n)
        kit_log(teams->host, KIT_WARNING, "%s", kit_text_get(&text));
    kit_text_finish(&text);
}

/* ---- answers to invokes ---- */

/* Takes the value over. */
static void answer_invoke(struct tocsin_response *response, int code, const char *type, cJSON *value)
{
    struct kit_text text = {0};
    cJSON *body = cJSON_CreateObject();
    cJSON_AddNumberToObject(body, "statusCode", code);
    cJSON_AddStringToObject(body, "type", type);
    cJSON_AddItemToObject(body, "value", value);
    response->status = kit_json_write(body, &text) ? 200 : 500;
    snprintf(response->content_type, sizeof(response->content_type), "application/json; charset=utf-8");
    response->write(response, kit_text_get(&text), text.n);
    kit_text_finish(&text);
    cJSON_Delete(body);
}

static void answer_text(struct tocsin_response *response, const char *text)
{
    answer_invoke(response, 200, TEXT_TYPE, cJSON_CreateString(text));
}

static void answer_again(struct tocsin_response *response)
{
    answer_invoke(response, 500, ERROR_TYPE,
                  kit_json_texts("code", "ServiceUnavailable", "message",
                                 "Tocsin could not store this; please try again in a moment", NULL));
}

/* A form of its own has been answered, and goes. */
static void remove_form(struct teams *teams, const cJSON *activity, const char *message)
{
    struct teams_place place;
    struct teams_reply reply;
    teams_find(teams, kit_json_text(kit_json_member(activity, "conversation"), "id"), "", &place);
    teams_replace(teams, &place, message, NULL, &reply);
    if (!reply.ok && !teams_is_gone(&reply))
        kit_log(teams->host, KIT_DEBUG, "a form that was answered could not be removed (status %ld)",
                reply.status);
    teams_reply_finish(&reply);
}

static void answer_press(struct teams *teams, const cJSON *activity, const struct teams_press *press,
                         struct teams_wait *wait, struct tocsin_response *response)
{
    cJSON *card = teams_wait_end(teams->shown, wait, press->asks ? FORM_MS : CARD_MS);
    if (press->own)
        remove_form(teams, activity, press->message);
    if (!card && !press->own && (press->refresh || press->asks))
        card = teams_shown_get(teams->shown, press->message);
    if (card)
        answer_invoke(response, 200, CARD_TYPE, card);
    else
        answer_text(response, press->own       ? "Thank you."
                              : press->refresh ? "Nothing was changed."
                                               : "Received.");
}

/* ---- activities ---- */

/* Passes all events on, in order. False: not all are stored. */
static bool emit_all(struct teams *teams, cJSON *events)
{
    while (cJSON_GetArraySize(events)) {
        if (kit_emit(teams->host, cJSON_DetachItemFromArray(events, 0)) == TOCSIN_EMIT_RETRY)
            return false;
    }
    return true;
}

/* An old client's press comes as a message, too. */
static void take_plain(struct teams *teams, const cJSON *activity, struct teams_heard *heard,
                       struct tocsin_response *response)
{
    bool stored = emit_all(teams, heard->events);
    if (stored && heard->press.own)
        remove_form(teams, activity, heard->press.message);
    kit_webhook_answer(response, stored ? 200 : 503, "");
}

/* An invoke always has an answer: without one, Teams shows an error. */
static void take_invoke(struct teams *teams, const cJSON *activity, struct teams_heard *heard,
                        struct tocsin_response *response)
{
    const struct teams_press *press = &heard->press;
    bool waits = !press->own && cJSON_GetArraySize(heard->events);
    struct teams_wait *wait = waits ? teams_wait_begin(teams->shown, press->message, press->trigger) : NULL;
    if (!press->any) {
        kit_webhook_answer(response, 501, "");
    } else if (emit_all(teams, heard->events)) {
        answer_press(teams, activity, press, wait, response);
    } else {
        cJSON_Delete(teams_wait_end(teams->shown, wait, 0));
        answer_again(response);
    }
}

static void take(struct teams *teams, const cJSON *activity, struct tocsin_response *response)
{
    struct teams_heard heard;
    bool invoke = strcmp(kit_json_text(activity, "type"), "invoke") == 0;
    teams_deadline(ASK_MS);
    teams_hear(teams, activity, &heard);
    (invoke ? take_invoke : take_plain)(teams, activity, &heard, response);
    teams_deadline(0);
    cJSON_Delete(heard.events);
}

static void check_and_take(struct teams *teams, const struct tocsin_request *request, const cJSON *activity,
                           struct tocsin_response *response)
{
    char why[TRUST_WHY] = "";
    int status = trust_check(teams->trust, kit_webhook_header(request, "authorization"), activity,
                             request->received_ms, why);
    note(teams, status ? why : NULL, request->received_ms);
    if (status)
        kit_webhook_answer(response, status, "this is for the Bot Service of Microsoft Teams alone\n");
    else
        take(teams, activity, response);
}

void teams_serve(void *self, const struct tocsin_request *request, struct tocsin_response *response)
{
    struct teams *teams = self;
    if (strcmp(request->path, "/messages") != 0) {
        kit_webhook_answer(response, 404, "Teams is served at /messages\n");
    } else if (strcmp(request->method, "POST") != 0) {
        kit_webhook_answer(response, 405, "use POST\n");
    } else if (request->body_length > BODY_MOST) {
        kit_webhook_answer(response, 413, "the body is larger than 256 KiB\n");
    } else {
        cJSON *activity = kit_json_parse(request->body, request->body_length);
        if (cJSON_IsObject(activity))
            check_and_take(teams, request, activity, response);
        else
            kit_webhook_answer(response, 400, "the body is no activity\n");
        cJSON_Delete(activity);
    }
}
