/* What a runner says, message by message. */
#include "host/peer.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"
#include "host/descriptor.h"

#define REMOTE_ID   255
#define DETAIL      511
#define KEY_BYTES   200
#define VALUE_BYTES 65536

/* ---- log lines ---- */

/* False when it has said too much lately; how much it said beyond that is told once it is quieter. */
static bool may_log(struct peer *peer)
{
    int64_t now = clock_mono_ns() / 1000000;
    if (now - peer->logging.since >= 10 * SECOND) {
        int dropped = peer->logging.dropped;
        peer->logging.since = now;
        peer->logging.lines = peer->logging.dropped = 0;
        if (dropped)
            log_at(LOG_WARN, &(struct log_context){.connector = peer->name}, "%d lines were left out", dropped);
    }
    bool may = ++peer->logging.lines <= LOG_BURST;
    peer->logging.dropped += !may;
    return may;
}

static void log_line(struct peer *peer, enum log_level level, const char *text, size_t n)
{
    if (!may_log(peer))
        return;
    CLEANUP_FREE char *clean = utf8_sanitize(text, n, LOG_LINE);
    log_at(level, &(struct log_context){.connector = peer->name}, "%s", clean);
}

static void end_line(struct peer *peer, struct output *output)
{
    enum log_level level = output == &peer->error ? LOG_WARN : LOG_INFO;
    if (output->line.len)
        log_line(peer, level, output->line.p, output->line.len);
    str_clear(&output->line);
}

void peer_take_output(struct peer *peer, struct output *output, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] == '\n' || output->line.len == LOG_LINE)
            end_line(peer, output);
        if (bytes[i] != '\n')
            str_addc(&output->line, bytes[i]);
    }
    if (!n) /* its end */
        end_line(peer, output);
}

static void take_log(struct peer *peer, cJSON *message)
{
    static const enum log_level levels[] = {LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR};
    const char *text = json_text_or(message, "text", "");
    log_line(peer, levels[json_int_or(message, "level", 1) & 3], text, strlen(text));
}

/* ---- the beginning ---- */

static void take_hello(struct peer *peer, cJSON *message)
{
    if (json_int_or(message, "version", 0) != MESSAGE_VERSION)
        peer_end(peer, LIFE_WRONG,
                 "tocsin-runner is of another version; install tocsind and tocsin-runner together");
    peer->phase = PHASE_DESCRIBE;
}

static void send_settings(struct peer *peer, const cJSON *checked)
{
    struct str json = {0};
    struct json_out j = message_begin(MESSAGE_SETTINGS, &json);
    json_put_int(&j, "memory", peer->memory);
    json_key(&j, "settings");
    json_tree(&j, checked);
    json_end_object(&j);
    peer_send(peer, &json);
}

static void take_descriptor(struct peer *peer, cJSON *message)
{
    struct error err;
    CLEANUP_JSON cJSON *checked = NULL;
    CLEANUP_FREE char *where = xasprintf("connectors.%s", peer->name);
    size_t n;
    CLEANUP_FREE struct setting *table = descriptor_settings(message, &n);
    replace_text(&peer->version, json_text_or(message, "version", NULL));
    replace_text(&peer->summary, json_text_or(message, "summary", NULL));
    peer->can = (uint64_t)json_int_or(message, "can", 0);
    peer->parallel = MAX(1, MIN(json_int_or(message, "parallel", 1), 16));
    peer->phase = PHASE_OPEN;
    if (peer->supervisor->ops.on_limits)
        peer->supervisor->ops.on_limits(peer->supervisor->ops.ctx, peer->name, json_member(message, "limits"));
    if (config_check(table, n, peer->settings, where, &checked, &err)) {
        peer_end(peer, LIFE_WRONG, err.text);
        return;
    }
    send_settings(peer, checked);
    peer_step(peer, LIFE_DESCRIBED);
}

static void take_failed(struct peer *peer, cJSON *message)
{
    bool wrong = json_int_or(message, "code", TOCSIN_E_FAILED) == TOCSIN_E_CONFIG;
    CLEANUP_FREE char *text = log_redact(json_text_or(message, "text", "it failed"));
    peer_end(peer, wrong ? LIFE_WRONG : LIFE_FAULT, text);
}

static void take_ready(struct peer *peer, cJSON *message)
{
    (void)message;
    peer->phase = PHASE_RUN;
    *peer->reason = '\0';
    log_at(LOG_INFO, &(struct log_context){.connector = peer->name}, "is running");
    peer_step(peer, LIFE_READY);
}

/* ---- questions ---- */

/* The token tells the process apart as well, so that an answer never reaches a later one. */
static uint64_t ask_token(struct peer *peer, const cJSON *message)
{
    peer->paused = ++peer->asked >= ASKED_MOST;
    return (peer->generation & 0xffff) << 40 | ((uint64_t)json_int_or(message, "token", 0) & 0xffffffffff);
}

static void take_event(struct peer *peer, cJSON *message)
{
    const struct supervisor_ops *ops = &peer->supervisor->ops;
    CLEANUP_JSON cJSON *event = NULL;
    const char *text = json_text_or(message, "event", "");
    uint64_t token = ask_token(peer, message);
    if (json_parse(text, strlen(text), FRAME_MOST, MESSAGE_DEPTH, "event", &event, NULL) ||
        !cJSON_IsObject(event))
        supervisor_ack(peer->supervisor, peer->name, token, TOCSIN_EMIT_REFUSED);
    else
        ops->on_event(ops->ctx, peer->name, event, token);
}

static void take_get(struct peer *peer, cJSON *message)
{
    const struct supervisor_ops *ops = &peer->supervisor->ops;
    const char *key = json_text_or(message, "key", "");
    uint64_t token = ask_token(peer, message);
    if (strlen(key) > KEY_BYTES)
        supervisor_value(peer->supervisor, peer->name, token, NULL);
    else
        ops->on_get(ops->ctx, peer->name, key, token);
}

static void take_put(struct peer *peer, cJSON *message)
{
    const struct supervisor_ops *ops = &peer->supervisor->ops;
    const char *key = json_text_or(message, "key", ""), *value = json_text_or(message, "value", NULL);
    uint64_t token = ask_token(peer, message);
    if (strlen(key) > KEY_BYTES || (value && strlen(value) > VALUE_BYTES))
        supervisor_ack(peer->supervisor, peer->name, token, -1);
    else
        ops->on_put(ops->ctx, peer->name, key, value, token);
}

/* ---- answers ---- */

static bool take_out(struct peer *peer, uint64_t id)
{
    for (size_t i = 0; i < peer->in_flight.n; i++) {
        if (peer->in_flight.v[i] == id) {
            array_remove(&peer->in_flight, i);
            return true;
        }
    }
    return false;
}

static char *clean_text(const cJSON *message, const char *key, size_t most)
{
    const char *text = json_text_or(message, key, "");
    return utf8_sanitize(text, strlen(text), most);
}

/* A result for what is not in flight (a double one, say) is not believed. */
static void take_result(struct peer *peer, cJSON *message)
{
    const struct supervisor_ops *ops = &peer->supervisor->ops;
    uint64_t id = strtoull(json_text_or(message, "id", "0"), NULL, 10);
    int64_t code = json_int_or(message, "code", TOCSIN_UNKNOWN);
    if (!take_out(peer, id)) {
        static const char text[] = "it gave a result for an action that it does not have";
        log_line(peer, LOG_WARN, text, strlen(text));
        return;
    }
    CLEANUP_FREE char *remote_id = clean_text(message, "remote_id", REMOTE_ID);
    CLEANUP_FREE char *detail = clean_text(message, "detail", DETAIL);
    CLEANUP_FREE char *redacted = log_redact(detail);
    ops->on_result(ops->ctx, peer->name, id,
                   code >= TOCSIN_DONE && code <= TOCSIN_UNKNOWN ? (int)code : TOCSIN_UNKNOWN,
                   MAX(json_int_or(message, "retry_after", 0), 0), remote_id, redacted);
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
    for (size_t i = 0; i < peer->serving.n; i++) {
        struct serving serving = peer->serving.v[i];
        if (serving.id != id)
            continue;
        array_remove(&peer->serving, i);
        give_response(&serving, message);
        return;
    }
}

/* Checks are answered in the order they were asked. */
static void take_checked(struct peer *peer, cJSON *message)
{
    if (!peer->checking.n)
        return;
    struct checking checking = peer->checking.v[0];
    array_remove(&peer->checking, 0);
    CLEANUP_FREE char *text = clean_text(message, "text", DETAIL);
    CLEANUP_FREE char *redacted = log_redact(text);
    checking.done(checking.ctx, (int)json_int_or(message, "code", TOCSIN_E_FAILED), redacted);
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

static void (*const takers[MESSAGE_TYPES])(struct peer *, cJSON *) = {
    [MESSAGE_HELLO] = take_hello,       [MESSAGE_DESCRIPTOR] = take_descriptor,
    [MESSAGE_FAILED] = take_failed,     [MESSAGE_READY] = take_ready,
    [MESSAGE_EVENT] = take_event,       [MESSAGE_GET] = take_get,
    [MESSAGE_PUT] = take_put,           [MESSAGE_RESULT] = take_result,
    [MESSAGE_RESPONSE] = take_response, [MESSAGE_CHECKED] = take_checked,
    [MESSAGE_LOG] = take_log,           [MESSAGE_PONG] = take_pong,
    [MESSAGE_BYE] = take_bye,
};

void peer_take(struct peer *peer, const char *json, size_t n)
{
    struct error err;
    enum message_type type;
    CLEANUP_JSON cJSON *message = NULL;
    if (message_parse(json, n, FROM_RUNNER, peer->phase, &type, &message, &err))
        peer_end(peer, LIFE_FAULT, err.text);
    else
        takers[type](peer, message);
}
