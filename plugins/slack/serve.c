/*
 * Inbound by HTTP: the Events API, slash commands, interactivity.
 *
 * A request is accepted when Slack signed it within the last five minutes and its signature was not seen before: v0 signatures
 * over "v0:time:body" (see @slack/bolt's verify-request), and a memory of recent signatures. It is answered with 200 once its
 * content is durable, and with 503 otherwise: Slack then sends it again with a new signature and the same event_id.
 *
 * Anybody can send requests to a public address, so refusals are logged at most once a minute. Nothing else would show that the
 * secret belongs to another app or that the clock is off, so `connector check` reports the refusals until a request is accepted.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/clock.h>
#include <tocsin/kit/webhook.h>

#include "in.h"
#include "receive.h"

#define WINDOW_MS  ((int64_t)5 * 60 * 1000)
#define REMEMBERED 4096  /* signatures; the oldest is replaced */
#define LOG_MS     60000 /* between two log lines about refusals */
#define BODY_MOST  ((size_t)512 << 10)

struct slack_replays {
    pthread_mutex_t lock;
    size_t next;
    struct {
        char signature[KIT_HMAC_HEX + 3];
        int64_t at_ms;
    } rows[REMEMBERED];
    int64_t refused; /* requests since the last accepted one */
    int64_t logged_ms;
    const char *why; /* the latest one was refused */
};

struct slack_replays *slack_replays_create(void)
{
    struct slack_replays *replays = calloc(1, sizeof(*replays));
    pthread_mutex_init(&replays->lock, NULL);
    return replays;
}

void slack_replays_destroy(struct slack_replays *replays)
{
    if (!replays)
        return;
    pthread_mutex_destroy(&replays->lock);
    free(replays);
}

/* Remembers a signature. False: it was seen in the window already. */
static bool take_signature(struct slack_replays *replays, const char *signature, int64_t now_ms)
{
    bool seen = false;
    pthread_mutex_lock(&replays->lock);
    for (size_t i = 0; i < REMEMBERED && !seen; i++)
        seen = now_ms - replays->rows[i].at_ms < 2 * WINDOW_MS &&
               strcmp(replays->rows[i].signature, signature) == 0;
    if (!seen) {
        size_t i = replays->next++ % REMEMBERED;
        kit_clean_name(signature, replays->rows[i].signature, sizeof(replays->rows[i].signature));
        replays->rows[i].at_ms = now_ms;
    }
    pthread_mutex_unlock(&replays->lock);
    return !seen;
}

/* A request that was not kept may be sent again unchanged. */
static void forget_signature(struct slack_replays *replays, const char *signature)
{
    pthread_mutex_lock(&replays->lock);
    for (size_t i = 0; i < REMEMBERED; i++) {
        if (strcmp(replays->rows[i].signature, signature) == 0)
            replays->rows[i].signature[0] = '\0';
    }
    pthread_mutex_unlock(&replays->lock);
}

/* Why the request is not trusted as Slack's; NULL: it is. */
static const char *distrust(const struct slack *slack, const struct tocsin_request *request)
{
    const char *at = kit_webhook_header(request, "x-slack-request-timestamp"),
               *given = kit_webhook_header(request, "x-slack-signature");
    struct kit_part parts[] = {{"v0:", 3}, {at, strlen(at)}, {":", 1}, {request->body, request->body_length}};
    if (!*given || !*at)
        return "it has no signature: it is not Slack's, or a proxy removes the X-Slack-… headers";
    if (!kit_signed_hex(slack->signing_secret, "v0=", parts, 4, given))
        return "its signature does not match `signing_secret`, or a proxy changed the body: compare the secret "
               "with "
               "Basic Information on the app's page";
    if (!kit_timely(at, request->received_ms, WINDOW_MS))
        return "it was signed more than five minutes ago or in the future: set this machine's clock";
    return NULL;
}

/* ---- reporting refusals ---- */

static void put_refused(const struct slack_replays *replays, struct kit_text *out)
{
    kit_text_addf(out, "refused %lld request%s to /connector/…/ since the last good one; the latest: %s",
                  (long long)replays->refused, replays->refused == 1 ? "" : "s", replays->why);
}

static void note_refused(struct slack *slack, const char *why, int64_t now_ms)
{
    struct slack_replays *replays = slack->replays;
    struct kit_text text = {0};
    pthread_mutex_lock(&replays->lock);
    replays->refused++;
    replays->why = why;
    if (now_ms - replays->logged_ms >= LOG_MS) {
        replays->logged_ms = now_ms;
        put_refused(replays, &text);
    }
    pthread_mutex_unlock(&replays->lock);
    if (text.n)
        kit_log(slack->host, KIT_WARNING, "%s", kit_text_get(&text));
    kit_text_finish(&text);
}

static void note_taken(struct slack *slack)
{
    pthread_mutex_lock(&slack->replays->lock);
    slack->replays->refused = 0;
    pthread_mutex_unlock(&slack->replays->lock);
}

bool slack_serve_refused(struct slack *slack, struct kit_text *out)
{
    pthread_mutex_lock(&slack->replays->lock);
    bool any = slack->replays->refused > 0;
    if (any)
        put_refused(slack->replays, out);
    pthread_mutex_unlock(&slack->replays->lock);
    return any;
}

/* ---- the three endpoints ---- */

/* One object and nothing after it. */
static cJSON *read_object(const char *text, size_t n)
{
    cJSON *json = kit_json_parse(text, n);
    if (cJSON_IsObject(json))
        return json;
    cJSON_Delete(json);
    return NULL;
}

static cJSON *read_event(const struct tocsin_request *request)
{
    return read_object(request->body, request->body_length);
}

static cJSON *read_command(const struct tocsin_request *request)
{
    cJSON *form = kit_webhook_form(request->body, request->body_length);
    bool probe = *kit_json_text(form, "ssl_check"); /* Slack probes the address now and then */
    if (probe || (*kit_json_text(form, "command") && *kit_json_text(form, "user_id")))
        return form;
    cJSON_Delete(form);
    return NULL;
}

static cJSON *read_interaction(const struct tocsin_request *request)
{
    cJSON *form = kit_webhook_form(request->body, request->body_length);
    const char *payload = kit_json_text(form, "payload");
    cJSON *json = read_object(payload, strlen(payload));
    cJSON_Delete(form);
    return json;
}

static const struct endpoint {
    const char *path, *kind;
    cJSON *(*read)(const struct tocsin_request *request); /* NULL: malformed */
} endpoints[] = {
    {"/events", "events_api", read_event},
    {"/commands", "slash_commands", read_command},
    {"/interactive", "interactive", read_interaction},
};

/* Both times are of this machine's clock. */
static int64_t waited_ms(const struct tocsin_request *request)
{
    return kit_wall_ms() - request->received_ms;
}

static void take(struct slack *slack, const struct endpoint *endpoint, const cJSON *payload,
                 const struct tocsin_request *request, struct tocsin_response *response)
{
    const char *signature = kit_webhook_header(request, "x-slack-signature");
    if (strcmp(kit_json_text(payload, "type"), "url_verification") == 0) {
        kit_webhook_answer(response, 200, kit_json_text(payload, "challenge"));
        return;
    }
    if (*kit_json_text(payload, "ssl_check")) {
        kit_webhook_answer(response, 200, "");
        return;
    }
    if (slack_receive(slack, endpoint->kind, signature, payload, waited_ms(request)) != TOCSIN_EMIT_RETRY) {
        kit_webhook_answer(response, 200, "");
        return;
    }
    forget_signature(slack->replays, signature);
    kit_webhook_answer(response, 503, "the event is not stored yet; send it again\n");
}

static const struct endpoint *endpoint_of(const char *path)
{
    for (size_t i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]); i++) {
        if (strcmp(endpoints[i].path, path) == 0)
            return &endpoints[i];
    }
    return NULL;
}

void slack_serve(void *self, const struct tocsin_request *request, struct tocsin_response *response)
{
    struct slack *slack = self;
    const struct endpoint *endpoint = endpoint_of(request->path);
    const char *signature = kit_webhook_header(request, "x-slack-signature"), *why = NULL;
    if (!endpoint) {
        kit_webhook_answer(response, 404, "Slack is served at /events, /commands and /interactive\n");
    } else if (strcmp(request->method, "POST") != 0) {
        kit_webhook_answer(response, 405, "use POST\n");
    } else if (!*slack->signing_secret) {
        kit_webhook_answer(response, 403, "requests by HTTP need signing_secret; set it, or use Socket Mode\n");
    } else if (request->body_length > BODY_MOST) {
        kit_webhook_answer(response, 413, "the body is larger than 512 KiB\n");
    } else if ((why = distrust(slack, request)) ||
               !take_signature(slack->replays, signature, request->received_ms)) {
        if (why)
            note_refused(slack, why, request->received_ms);
        kit_webhook_answer(response, 401,
                           "the request is not signed by Slack, is older than five minutes, or is a repeat\n");
    } else {
        note_taken(slack);
        cJSON *payload = endpoint->read(request);
        if (payload)
            take(slack, endpoint, payload, request, response);
        else
            kit_webhook_answer(response, 400, "the body is not what Slack sends to this path\n");
        cJSON_Delete(payload);
    }
}
