#include "host/peer_take.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/config.h"
#include "base/log.h"
#include "host/descriptor.h"
#include "host/peer_say.h"

#define REMOTE_ID   255
#define DETAIL      511
#define KEY_BYTES   200
#define VALUE_BYTES 65536

/* ---- the log, and health ---- */

static char *clean_text(const cJSON *message, const char *key, size_t most)
{
    const char *text = json_text_or(message, key, "");
    return utf8_sanitize(text, strlen(text), most);
}

/* What it says is wrong, without secrets. */
static char *redacted_text(const cJSON *message, const char *key)
{
    CLEANUP_FREE char *clean = clean_text(message, key, DETAIL);
    return log_redact(clean);
}

static void take_log(struct peer *peer, cJSON *message)
{
    static const enum log_level levels[] = {LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR};
    const char *text = json_text_or(message, "text", "");
    output_line(&peer->output, levels[json_int_or(message, "level", 1) & 3], text, strlen(text));
}

static void take_health(struct peer *peer, cJSON *message)
{
    const struct supervisor_ops *ops = &peer->needs->ops;
    CLEANUP_FREE char *why = json_text_or(message, "why", NULL) ? redacted_text(message, "why") : NULL;
    if (ops->on_health)
        ops->on_health(ops->ctx, peer->name, why);
}

/* ---- the beginning ---- */

static void take_hello(struct peer *peer, cJSON *message)
{
    if (json_int_or(message, "version", 0) != MESSAGE_VERSION)
        peer_end(peer, LIFE_UNUSABLE,
                 "tocsin-runner and tocsind have different versions; install them together");
    peer->phase = PHASE_DESCRIBE;
}

static void take_descriptor(struct peer *peer, cJSON *message)
{
    const struct supervisor_ops *ops = &peer->needs->ops;
    struct error err;
    CLEANUP_JSON cJSON *checked = NULL;
    CLEANUP_FREE char *where = xasprintf("connectors.%s", peer->name);
    size_t n;
    CLEANUP_FREE struct setting *table = descriptor_settings(message, &n);
    replace_text(&peer->about.version, json_text_or(message, "version", NULL));
    replace_text(&peer->about.summary, json_text_or(message, "summary", NULL));
    peer->about.can = (uint64_t)json_int_or(message, "can", 0);
    peer->about.parallel = MAX(1, MIN(json_int_or(message, "parallel", 1), 16));
    peer->phase = PHASE_OPEN;
    if (ops->on_described)
        ops->on_described(ops->ctx, peer->name, peer->about.can, (int)peer->about.parallel,
                          json_member(message, "limits"));
    if (config_check(table, n, peer->config.settings, where, &checked, &err)) {
        peer_end(peer, LIFE_UNUSABLE, err.text);
        return;
    }
    CLEANUP_JSON cJSON *pages = descriptor_pages(message, checked);
    if (ops->on_pages)
        ops->on_pages(ops->ctx, peer->name, pages);
    peer_say_settings(peer, checked);
    peer_step(peer, LIFE_DESCRIBED);
}

static void take_failed(struct peer *peer, cJSON *message)
{
    bool unusable = json_int_or(message, "code", TOCSIN_E_FAILED) == TOCSIN_E_CONFIG;
    CLEANUP_FREE char *text = log_redact(json_text_or(message, "text", "it failed"));
    peer->fault = (int)json_int_or(message, "code", TOCSIN_E_FAILED);
    peer_end(peer, unusable ? LIFE_UNUSABLE : LIFE_FAULT, text);
}

static void take_ready(struct peer *peer, cJSON *message)
{
    (void)message;
    peer->phase = PHASE_RUN;
    *peer->reason = '\0';
    log_at(LOG_INFO, &(struct log_context){.connector = peer->name}, "running");
    peer_step(peer, LIFE_READY);
}

/* ---- questions ---- */

static uint64_t ask_token(struct peer *peer, const cJSON *message)
{
    return peer_asks(peer, json_int_or(message, "token", 0));
}

static bool keys_fit(const cJSON *kept)
{
    const cJSON *one;
    cJSON_ArrayForEach(one, kept)
    {
        const char *key = json_text_or(one, "key", ""), *value = json_text_or(one, "value", "");
        if (!*key || strlen(key) > KEY_BYTES || strlen(value) > VALUE_BYTES)
            return false;
    }
    return true;
}

/* The values to store with this message. False: they are invalid, and the runner is stopped, since it should have checked them. */
static bool take_kept(struct peer *peer, const cJSON *message, const cJSON **ret)
{
    *ret = json_member(message, "kept");
    if (keys_fit(*ret))
        return true;
    peer_end(peer, LIFE_FAULT,
             "the message keeps a value that is too long, or whose key is missing or too long");
    return false;
}

static void take_event(struct peer *peer, cJSON *message)
{
    const struct supervisor_ops *ops = &peer->needs->ops;
    CLEANUP_JSON cJSON *event = NULL;
    const cJSON *kept;
    const char *text = json_text_or(message, "event", "");
    uint64_t token = ask_token(peer, message);
    if (!take_kept(peer, message, &kept))
        return;
    if (json_parse(text, strlen(text), FRAME_MOST, MESSAGE_DEPTH, "event", &event, NULL) ||
        !cJSON_IsObject(event))
        peer_ack(peer, token, TOCSIN_EMIT_REFUSED);
    else
        ops->on_event(ops->ctx, peer->name, event, kept, token);
}

static void take_get(struct peer *peer, cJSON *message)
{
    const struct supervisor_ops *ops = &peer->needs->ops;
    const char *key = json_text_or(message, "key", "");
    uint64_t token = ask_token(peer, message);
    if (strlen(key) > KEY_BYTES)
        peer_value(peer, token, NULL);
    else
        ops->on_get(ops->ctx, peer->name, key, token);
}

static void take_put(struct peer *peer, cJSON *message)
{
    const struct supervisor_ops *ops = &peer->needs->ops;
    const char *key = json_text_or(message, "key", ""), *value = json_text_or(message, "value", NULL);
    uint64_t token = ask_token(peer, message);
    if (strlen(key) > KEY_BYTES || (value && strlen(value) > VALUE_BYTES))
        peer_ack(peer, token, -1);
    else
        ops->on_put(ops->ctx, peer->name, key, value, token);
}

/* ---- answers ---- */

static bool take_out(struct peer *peer, uint64_t id)
{
    for (size_t i = 0; i < peer->hand.actions.n; i++) {
        if (peer->hand.actions.v[i] == id) {
            array_remove(&peer->hand.actions, i);
            return true;
        }
    }
    return false;
}

/* A result for an action that is not in flight, for instance a second one, is ignored. */
static void take_result(struct peer *peer, cJSON *message)
{
    const struct supervisor_ops *ops = &peer->needs->ops;
    uint64_t id = strtoull(json_text_or(message, "id", "0"), NULL, 10);
    int64_t code = json_int_or(message, "code", TOCSIN_UNKNOWN);
    const cJSON *kept;
    if (!take_kept(peer, message, &kept))
        return;
    if (!take_out(peer, id)) {
        static const char text[] = "ignored a result for an action that is not in progress";
        output_line(&peer->output, LOG_WARN, text, strlen(text));
        return;
    }
    CLEANUP_FREE char *remote_id = clean_text(message, "remote_id", REMOTE_ID);
    CLEANUP_FREE char *detail = redacted_text(message, "detail");
    struct connector_result result = {.code = code >= TOCSIN_DONE && code <= TOCSIN_UNKNOWN ? (int)code
                                                                                            : TOCSIN_UNKNOWN,
                                      .retry_after = MAX(json_int_or(message, "retry_after", 0), 0),
                                      .remote_id = remote_id,
                                      .detail = detail,
                                      .answer = json_text_or(message, "answer", NULL),
                                      .kept = kept};
    ops->on_result(ops->ctx, peer->name, id, &result);
}

static void give_response(const struct serving *serving, const cJSON *message)
{
    const char *text = json_text_or(message, "body64", "");
    int64_t status = json_int_or(message, "status", 500);
    size_t n = strlen(text), decoded = 0;
    CLEANUP_FREE char *body = xmalloc(n + 1);
    CLEANUP_FREE char *type = clean_text(message, "content_type", 95);
    if (sodium_base642bin((unsigned char *)body, n, text, n, NULL, &decoded, NULL,
                          sodium_base64_VARIANT_ORIGINAL))
        decoded = 0;
    bool type_fits = !strpbrk(type, "\r\n");
    serving->done(serving->ctx, status >= 200 && status < 600 ? (int)status : 500,
                  *type && type_fits ? type : NULL, body, decoded);
}

static void take_response(struct peer *peer, cJSON *message)
{
    uint64_t id = strtoull(json_text_or(message, "id", "0"), NULL, 10);
    for (size_t i = 0; i < peer->hand.webhooks.n; i++) {
        struct serving serving = peer->hand.webhooks.v[i];
        if (serving.id != id)
            continue;
        array_remove(&peer->hand.webhooks, i);
        give_response(&serving, message);
        return;
    }
}

/* Checks are answered in the order in which they were asked. */
static void take_checked(struct peer *peer, cJSON *message)
{
    if (!peer->hand.checks.n)
        return;
    struct checking checking = peer->hand.checks.v[0];
    array_remove(&peer->hand.checks, 0);
    CLEANUP_FREE char *text = redacted_text(message, "text"), *channel = redacted_text(message, "channel");
    checking.done(checking.ctx,
                  &(struct check_result){.code = (int)json_int_or(message, "code", TOCSIN_E_FAILED),
                                         .text = text,
                                         .channel = *channel ? channel : NULL});
}

static void take_pong(struct peer *peer, cJSON *message)
{
    (void)message;
    peer_step(peer, LIFE_PONG);
}

static void take_bye(struct peer *peer, cJSON *message)
{
    (void)message;
    if (peer->life.state != LIFE_STOPPING)
        peer_end(peer, LIFE_FAULT, "it stopped without being asked");
}

static void (*const handlers[MESSAGE_TYPES])(struct peer *, cJSON *) = {
    [MESSAGE_HELLO] = take_hello,       [MESSAGE_DESCRIPTOR] = take_descriptor,
    [MESSAGE_FAILED] = take_failed,     [MESSAGE_READY] = take_ready,
    [MESSAGE_EVENT] = take_event,       [MESSAGE_GET] = take_get,
    [MESSAGE_PUT] = take_put,           [MESSAGE_RESULT] = take_result,
    [MESSAGE_RESPONSE] = take_response, [MESSAGE_CHECKED] = take_checked,
    [MESSAGE_LOG] = take_log,           [MESSAGE_HEALTH] = take_health,
    [MESSAGE_PONG] = take_pong,         [MESSAGE_BYE] = take_bye,
};

void peer_take(struct peer *peer, const char *json, size_t n)
{
    struct error err;
    enum message_type type;
    CLEANUP_JSON cJSON *message = NULL;
    if (message_parse(json, n, FROM_RUNNER, peer->phase, &type, &message, &err))
        peer_end(peer, LIFE_FAULT, err.text);
    else
        handlers[type](peer, message);
}
