#include "host/peer.h"

#include <inttypes.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"

#define START_MOST   (60 * SECOND) /* from spawn to ready */
#define PING_EVERY   (5 * SECOND)
#define SILENCE_MOST (15 * SECOND) /* without a pong */
#define STOP_MOST    (5 * SECOND)
#define KILL_AFTER   (2 * SECOND)
#define HEALTHY      MINUTE
#define BACKOFF_MOST (60 * SECOND)
#define LOG_LINE     2000

static const char *const states[] = {
    [PEER_STOPPED] = "stopped", [PEER_STARTING] = "starting", [PEER_OPENING] = "opening",
    [PEER_RUNNING] = "running", [PEER_STOPPING] = "stopping", [PEER_BACKOFF] = "waiting",
    [PEER_BROKEN] = "broken",
};

const char *peer_state_name(enum peer_state state)
{
    return states[state];
}

duration peer_backoff_next(struct peer_backoff *backoff, duration healthy_for)
{
    if (healthy_for >= HEALTHY)
        backoff->failures = 0;
    duration delay = SECOND;
    for (int i = 0; i < backoff->failures && delay < BACKOFF_MOST; i++)
        delay *= 2;
    backoff->failures++;
    return MIN(delay, BACKOFF_MOST);
}

static int64_t mono_ms(void)
{
    return clock_mono_ns() / 1000000;
}

static void log_peer(const struct peer *peer, enum log_level level, const char *text)
{
    log_at(level, &(struct log_context){.connector = peer->name}, "%s", text);
}

static void set_state(struct peer *peer, enum peer_state state)
{
    bool was_up = peer->state == PEER_RUNNING, up = state == PEER_RUNNING;
    peer->state = state;
    peer->since = clock_now();
    if (was_up != up || state == PEER_BROKEN)
        peer->supervisor->ops.on_state(peer->supervisor->ops.ctx, peer->name, peer->can, up,
                                       up ? NULL : peer->reason);
}

/* ---- sending ---- */

struct outgoing {
    uv_write_t write;
    char *bytes;
};

static void on_written(uv_write_t *write, int status)
{
    struct outgoing *out = container_of(write, struct outgoing, write);
    (void)status; /* a broken channel is seen when reading */
    free(out->bytes);
    free(out);
}

void peer_send(struct peer *peer, struct str *json)
{
    struct str frame = {0};
    frame_encode(json->p, json->len, &frame);
    str_finish(json);
    struct outgoing *out = xcalloc(1, sizeof(*out));
    uv_buf_t buffer = uv_buf_init(frame.p, (unsigned)frame.len);
    out->bytes = frame.p;
    if (uv_is_closing((uv_handle_t *)&peer->channel) ||
        uv_write(&out->write, (uv_stream_t *)&peer->channel, &buffer, 1, on_written))
        on_written(&out->write, 0);
}

static void say(struct peer *peer, enum message_type type)
{
    struct str json = {0};
    struct json_out j = message_begin(type, &json);
    json_end_object(&j);
    peer_send(peer, &json);
}

/* ---- the end of a process ---- */

static void on_timer(uv_timer_t *timer);

static void give_back(struct peer *peer)
{
    const struct supervisor_ops *ops = &peer->supervisor->ops;
    while (peer->in_flight.n) {
        uint64_t id = peer->in_flight.v[0];
        array_remove(&peer->in_flight, 0);
        ops->on_result(ops->ctx, peer->name, id, TOCSIN_UNKNOWN, 0, NULL, peer->reason);
    }
    while (peer->serving.n) {
        struct serving serving = peer->serving.v[0];
        array_remove(&peer->serving, 0);
        serving.done(serving.ctx, 503, NULL, "", 0);
    }
}

static void start_later(struct peer *peer)
{
    duration healthy = peer->running_since ? clock_now() - peer->running_since : 0;
    duration delay = peer->restart_at_once ? 1 : peer_backoff_next(&peer->backoff, healthy);
    peer->restart_at_once = false;
    peer->restarts++;
    set_state(peer, PEER_BACKOFF);
    uv_timer_start(&peer->timer, on_timer, (uint64_t)delay, 0);
}

static void on_gone(uv_handle_t *handle)
{
    struct peer *peer = handle->data;
    if (--peer->closing)
        return;
    frames_finish(&peer->frames);
    str_clear(&peer->line);
    if (peer->supervisor->stopping) {
        set_state(peer, PEER_STOPPED);
        supervisor_peer_ended(peer->supervisor);
    } else if (peer->broken) {
        set_state(peer, PEER_BROKEN);
    } else {
        start_later(peer);
    }
    peer->running_since = 0;
}

static void on_ended(uv_process_t *process, int64_t status, int signal)
{
    struct peer *peer = process->data;
    peer->process_alive = false;
    uv_timer_stop(&peer->timer);
    if (!*peer->reason && signal)
        snprintf(peer->reason, sizeof(peer->reason), "its process was ended by signal %d (%s)", signal,
                 strsignal(signal));
    else if (!*peer->reason)
        snprintf(peer->reason, sizeof(peer->reason), "its process ended with status %" PRId64, status);
    if (peer->state != PEER_STOPPING)
        log_peer(peer, LOG_WARN, peer->reason);
    peer->generation++;
    if (peer->state == PEER_RUNNING)
        set_state(peer, PEER_BACKOFF);
    give_back(peer);
    uv_handle_t *handles[] = {(uv_handle_t *)process, (uv_handle_t *)&peer->channel,
                              (uv_handle_t *)&peer->output};
    for (size_t i = 0; i < ARRAY_SIZE(handles); i++) {
        if (!uv_is_closing(handles[i]))
            uv_close(handles[i], on_gone);
    }
}

static void end(struct peer *peer, const char *why)
{
    if (!*peer->reason)
        snprintf(peer->reason, sizeof(peer->reason), "%s", why);
    if (peer->process_alive)
        uv_process_kill(&peer->process, SIGKILL);
}

/* ---- messages ---- */

static struct setting *settings_table(const cJSON *descriptor, size_t *ret_n)
{
    static const enum setting_type types[] = {SETTING_TEXT,     SETTING_INT,  SETTING_BOOL,
                                              SETTING_DURATION, SETTING_LIST, SETTING_TABLE};
    const cJSON *rows = json_member(descriptor, "settings"), *row;
    struct setting *table = xcalloc((size_t)cJSON_GetArraySize(rows) + 1, sizeof(*table));
    *ret_n = 0;
    cJSON_ArrayForEach(row, rows)
    {
        int64_t type = json_int_or(row, "type", 0);
        table[(*ret_n)++] = (struct setting){.name = json_text_or(row, "name", ""),
                                             .type = types[type >= 0 && type < 6 ? type : 0],
                                             .flags = (unsigned)json_int_or(row, "flags", 0),
                                             .fallback = json_text_or(row, "fallback", NULL),
                                             .least = json_int_or(row, "least", 0),
                                             .most = json_int_or(row, "most", 0),
                                             .help = json_text_or(row, "help", "")};
    }
    return table;
}

static void take_hello(struct peer *peer, cJSON *message)
{
    if (json_int_or(message, "version", 0) != MESSAGE_VERSION)
        end(peer, "tocsin-runner speaks another version; install tocsind and tocsin-runner together");
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
    CLEANUP_FREE struct setting *table = settings_table(message, &n);
    replace_text(&peer->version, json_text_or(message, "version", NULL));
    replace_text(&peer->summary, json_text_or(message, "summary", NULL));
    peer->can = (uint64_t)json_int_or(message, "can", 0);
    peer->parallel = json_int_or(message, "parallel", 1);
    peer->phase = PHASE_OPEN;
    if (config_check(table, n, peer->settings, where, &checked, &err)) {
        peer->broken = true;
        end(peer, err.text);
        return;
    }
    set_state(peer, PEER_OPENING);
    send_settings(peer, checked);
}

static void take_failed(struct peer *peer, cJSON *message)
{
    int64_t code = json_int_or(message, "code", TOCSIN_E_FAILED);
    CLEANUP_FREE char *text = log_redact(json_text_or(message, "text", "failed"));
    peer->broken = code == TOCSIN_E_CONFIG;
    end(peer, text);
}

static void take_ready(struct peer *peer, cJSON *message)
{
    (void)message;
    peer->phase = PHASE_RUN;
    peer->heard_ms = mono_ms();
    peer->running_since = clock_now();
    *peer->reason = '\0';
    set_state(peer, PEER_RUNNING);
    log_peer(peer, LOG_INFO, "is running");
    uv_timer_start(&peer->timer, on_timer, PING_EVERY, PING_EVERY);
}

static uint64_t token_of(const struct peer *peer, const cJSON *message)
{
    return (peer->generation & 0xffff) << 40 | ((uint64_t)json_int_or(message, "token", 0) & 0xffffffffff);
}

static void take_event(struct peer *peer, cJSON *message)
{
    const struct supervisor_ops *ops = &peer->supervisor->ops;
    CLEANUP_JSON cJSON *event = NULL;
    const char *text = json_text_or(message, "event", "");
    uint64_t token = token_of(peer, message);
    if (json_parse(text, strlen(text), FRAME_MOST, MESSAGE_DEPTH, "event", &event, NULL))
        supervisor_ack(peer->supervisor, peer->name, token, TOCSIN_EMIT_REFUSED);
    else
        ops->on_event(ops->ctx, peer->name, event, token);
}

static void take_get(struct peer *peer, cJSON *message)
{
    const struct supervisor_ops *ops = &peer->supervisor->ops;
    ops->on_get(ops->ctx, peer->name, json_text_or(message, "key", ""), token_of(peer, message));
}

static void take_put(struct peer *peer, cJSON *message)
{
    const struct supervisor_ops *ops = &peer->supervisor->ops;
    ops->on_put(ops->ctx, peer->name, json_text_or(message, "key", ""), json_text_or(message, "value", NULL),
                token_of(peer, message));
}

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

/* A result for what is not in flight (a double one, say) is not believed. */
static void take_result(struct peer *peer, cJSON *message)
{
    const struct supervisor_ops *ops = &peer->supervisor->ops;
    uint64_t id = strtoull(json_text_or(message, "id", "0"), NULL, 10);
    int64_t code = json_int_or(message, "code", TOCSIN_UNKNOWN);
    if (!take_out(peer, id)) {
        log_peer(peer, LOG_WARN, "gave a result for an action that it does not have");
        return;
    }
    CLEANUP_FREE char *detail = log_redact(json_text_or(message, "detail", ""));
    ops->on_result(
        ops->ctx, peer->name, id, code >= TOCSIN_DONE && code <= TOCSIN_UNKNOWN ? (int)code : TOCSIN_UNKNOWN,
        MAX(json_int_or(message, "retry_after", 0), 0), json_text_or(message, "remote_id", ""), detail);
}

static void take_response(struct peer *peer, cJSON *message)
{
    uint64_t id = strtoull(json_text_or(message, "id", "0"), NULL, 10);
    for (size_t i = 0; i < peer->serving.n; i++) {
        struct serving serving = peer->serving.v[i];
        if (serving.id != id)
            continue;
        const char *text = json_text_or(message, "body64", "");
        size_t n = strlen(text), decoded = 0;
        CLEANUP_FREE char *body = xmalloc(n + 1);
        if (sodium_base642bin((unsigned char *)body, n, text, n, NULL, &decoded, NULL,
                              sodium_base64_VARIANT_ORIGINAL))
            decoded = 0;
        array_remove(&peer->serving, i);
        int64_t status = json_int_or(message, "status", 500);
        serving.done(serving.ctx, status >= 200 && status < 600 ? (int)status : 500,
                     json_text_or(message, "content_type", NULL), body, decoded);
        return;
    }
}

static void take_log(struct peer *peer, cJSON *message)
{
    static const enum log_level levels[] = {LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR};
    log_peer(peer, levels[json_int_or(message, "level", 1) & 3], json_text_or(message, "text", ""));
}

static void take_pong(struct peer *peer, cJSON *message)
{
    (void)message;
    peer->heard_ms = mono_ms();
}

static void take_bye(struct peer *peer, cJSON *message)
{
    (void)message;
    if (peer->state != PEER_STOPPING)
        end(peer, "it stopped without being asked");
}

static void (*const takers[MESSAGE_TYPES])(struct peer *, cJSON *) = {
    [MESSAGE_HELLO] = take_hello,       [MESSAGE_DESCRIPTOR] = take_descriptor,
    [MESSAGE_FAILED] = take_failed,     [MESSAGE_READY] = take_ready,
    [MESSAGE_EVENT] = take_event,       [MESSAGE_GET] = take_get,
    [MESSAGE_PUT] = take_put,           [MESSAGE_RESULT] = take_result,
    [MESSAGE_RESPONSE] = take_response, [MESSAGE_LOG] = take_log,
    [MESSAGE_PONG] = take_pong,         [MESSAGE_BYE] = take_bye,
};

static void take_frame(struct peer *peer, const char *json, size_t n)
{
    struct error err;
    enum message_type type;
    CLEANUP_JSON cJSON *message = NULL;
    if (message_parse(json, n, FROM_RUNNER, peer->phase, &type, &message, &err))
        end(peer, err.text);
    else
        takers[type](peer, message);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    static char bytes[65536]; /* one loop, used before the next read */
    (void)handle;
    (void)suggested;
    *buffer = uv_buf_init(bytes, sizeof(bytes));
}

static void on_channel(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
    struct peer *peer = stream->data;
    if (n < 0) {
        uv_read_stop(
            stream); /* it is dying, and its exit will tell why; if it only closed the channel it dies now */
        if (peer->process_alive)
            uv_process_kill(&peer->process, SIGKILL);
        return;
    }
    frames_feed(&peer->frames, buffer->base, (size_t)n);
    const char *json;
    size_t length;
    struct error err;
    int rc = 0;
    while (peer->process_alive && (rc = frames_next(&peer->frames, &json, &length, &err)) > 0)
        take_frame(peer, json, length);
    if (rc < 0)
        end(peer, err.text);
}

static void on_output(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
    struct peer *peer = stream->data;
    for (ssize_t i = 0; i < n; i++) {
        if (buffer->base[i] != '\n' && peer->line.len < LOG_LINE) {
            str_addc(&peer->line, buffer->base[i]);
            continue;
        }
        log_peer(peer, LOG_INFO, str_text(&peer->line));
        str_clear(&peer->line);
    }
}

/* ---- life ---- */

static void on_timer(uv_timer_t *timer)
{
    struct peer *peer = timer->data;
    switch (peer->state) {
    case PEER_BACKOFF:
        peer_start(peer);
        break;
    case PEER_STARTING:
    case PEER_OPENING:
        end(peer, "it was not ready within 60 seconds");
        break;
    case PEER_RUNNING:
        if (mono_ms() - peer->heard_ms > SILENCE_MOST)
            end(peer, "it hung: a call went past its deadline, or its process does not answer");
        else
            say(peer, MESSAGE_PING);
        break;
    case PEER_STOPPING:
        uv_process_kill(&peer->process, SIGKILL);
        break;
    case PEER_STOPPED:
    case PEER_BROKEN:
        break;
    }
}

struct peer *peer_create(struct supervisor *supervisor, const struct connector_config *config)
{
    struct peer *peer = xcalloc(1, sizeof(*peer));
    peer->supervisor = supervisor;
    peer->name = xstrdup(config->name);
    peer->file = xstrdup(config->file);
    peer->settings = cJSON_Duplicate(config->settings, true);
    peer->memory = config->memory;
    uv_timer_init(supervisor->loop, &peer->timer);
    peer->timer.data = peer;
    return peer;
}

static void on_timer_gone(uv_handle_t *handle)
{
    struct peer *peer = handle->data;
    free(peer->name);
    free(peer->file);
    free(peer->version);
    free(peer->summary);
    cJSON_Delete(peer->settings);
    array_free(&peer->in_flight);
    array_free(&peer->serving);
    str_finish(&peer->line);
    free(peer);
}

void peer_destroy(struct peer *peer)
{
    uv_close((uv_handle_t *)&peer->timer, on_timer_gone);
}

static int spawn(struct peer *peer)
{
    uv_loop_t *loop = peer->supervisor->loop;
    uv_pipe_init(loop, &peer->channel, 0);
    uv_pipe_init(loop, &peer->output, 0);
    char *args[] = {peer->supervisor->runner, peer->file, NULL};
    char *environment[] = {(char *)(uintptr_t) "PATH=/usr/bin:/bin", (char *)(uintptr_t) "LANG=C.UTF-8", NULL};
    uv_stdio_container_t stdio[4] = {
        {.flags = UV_IGNORE},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&peer->output},
        {.flags = UV_INHERIT_FD, .data.fd = 2},
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE | UV_WRITABLE_PIPE,
         .data.stream = (uv_stream_t *)&peer->channel},
    };
    uv_process_options_t options = {.exit_cb = on_ended,
                                    .file = args[0],
                                    .args = args,
                                    .env = environment,
                                    .stdio_count = 4,
                                    .stdio = stdio};
    peer->process.data = peer->channel.data = peer->output.data = peer;
    peer->closing = 3;
    return uv_spawn(loop, &peer->process, &options);
}

void peer_start(struct peer *peer)
{
    peer->broken = false;
    peer->phase = PHASE_HELLO;
    *peer->reason = '\0';
    int rc = spawn(peer);
    if (rc) {
        snprintf(peer->reason, sizeof(peer->reason), "%s cannot be started: %s", peer->supervisor->runner,
                 uv_strerror(rc));
        log_peer(peer, LOG_ERROR, peer->reason);
        peer->broken = true;
        uv_close((uv_handle_t *)&peer->process, on_gone);
        uv_close((uv_handle_t *)&peer->channel, on_gone);
        uv_close((uv_handle_t *)&peer->output, on_gone);
        return;
    }
    peer->process_alive = true;
    set_state(peer, PEER_STARTING);
    uv_read_start((uv_stream_t *)&peer->channel, on_alloc, on_channel);
    uv_read_start((uv_stream_t *)&peer->output, on_alloc, on_output);
    uv_timer_start(&peer->timer, on_timer, START_MOST, 0);
}

void peer_stop(struct peer *peer)
{
    if (!peer->process_alive) {
        uv_timer_stop(&peer->timer);
        return;
    }
    bool can_listen = peer->state == PEER_RUNNING;
    snprintf(peer->reason, sizeof(peer->reason), "it was stopped");
    set_state(peer, PEER_STOPPING);
    peer->phase = PHASE_STOP;
    if (can_listen)
        say(peer, MESSAGE_STOP);
    else
        uv_process_kill(&peer->process, SIGTERM);
    uv_timer_start(&peer->timer, on_timer, STOP_MOST, KILL_AFTER);
}
