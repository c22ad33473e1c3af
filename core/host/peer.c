#include "host/peer.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <tocsin/connector.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"

static void on_timer(uv_timer_t *timer);

static int64_t mono_ms(void)
{
    return clock_mono_ns() / 1000000;
}

/* ---- sending ---- */

struct outgoing {
    uv_write_t write;
    uv_buf_t bytes;
};

static void on_written(uv_write_t *write, int status)
{
    struct outgoing *out = container_of(write, struct outgoing, write);
    (void)status;                                    /* a broken channel is seen when reading */
    explicit_bzero(out->bytes.base, out->bytes.len); /* settings hold secrets */
    free(out->bytes.base);
    free(out);
}

void peer_send(struct peer *peer, struct str *json)
{
    struct str frame = {0};
    frame_encode(json->p, json->len, &frame);
    explicit_bzero(json->p, json->len);
    str_finish(json);
    struct outgoing *out = xcalloc(1, sizeof(*out));
    uv_stream_t *channel = (uv_stream_t *)&peer->channel;
    out->bytes = uv_buf_init(frame.p, (unsigned)frame.len);
    if (!peer->alive || uv_is_closing((uv_handle_t *)channel) ||
        uv_write(&out->write, channel, &out->bytes, 1, on_written))
        on_written(&out->write, 0);
    else if (uv_stream_get_write_queue_size(channel) > UNSENT_MOST)
        peer_end(peer, LIFE_FAULT, "it does not read what the core says");
}

void peer_say(struct peer *peer, enum message_type type)
{
    struct str json = {0};
    struct json_out j = message_begin(type, &json);
    json_end_object(&j);
    peer_send(peer, &json);
}

/* ---- reading ---- */

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    static char bytes[65536]; /* one loop, used before the next read */
    (void)handle;
    (void)suggested;
    *buffer = uv_buf_init(bytes, sizeof(bytes));
}

/* From its first word until it is ended for what it did. */
static bool is_heard(const struct peer *peer)
{
    return life_has_process(peer->life.state) && peer->life.state != LIFE_ENDING;
}

static void take_frames(struct peer *peer)
{
    const char *json;
    size_t n;
    struct error err;
    int rc = 0;
    while (is_heard(peer) && !peer->paused && (rc = frames_next(&peer->frames, &json, &n, &err)) > 0)
        peer_take(peer, json, n);
    if (rc < 0)
        peer_end(peer, LIFE_FAULT, err.text);
    if (peer->paused)
        uv_read_stop((uv_stream_t *)&peer->channel);
}

static void on_channel(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
    struct peer *peer = stream->data;
    if (n < 0) { /* it is dying, and its exit will tell why; if it only closed the channel it dies now */
        uv_read_stop(stream);
        if (peer->alive)
            uv_process_kill(&peer->process, SIGKILL);
        return;
    }
    frames_feed(&peer->frames, buffer->base, (size_t)n);
    take_frames(peer);
}

void peer_answered(struct peer *peer)
{
    peer->asked -= peer->asked > 0;
    if (peer->paused && peer->asked <= ASKED_MOST / 2)
        supervisor_wake(peer->supervisor);
}

void peer_resume(struct peer *peer)
{
    if (!peer->paused || peer->asked > ASKED_MOST / 2)
        return;
    peer->paused = false;
    if (!peer->alive)
        return;
    peer_step(peer, LIFE_PONG); /* it could not be heard meanwhile */
    uv_read_start((uv_stream_t *)&peer->channel, on_alloc, on_channel);
    take_frames(peer);
}

static void on_output(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
    struct peer *peer = stream->data;
    struct output *output = stream == (uv_stream_t *)&peer->output.pipe ? &peer->output : &peer->error;
    if (n < 0)
        uv_read_stop(stream);
    peer_take_output(peer, output, buffer->base, n > 0 ? (size_t)n : 0);
}

/* ---- the end of a process ---- */

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
    while (peer->checking.n) {
        struct checking checking = peer->checking.v[0];
        array_remove(&peer->checking, 0);
        checking.done(checking.ctx, TOCSIN_E_FAILED, peer->reason);
    }
}

static void on_gone(uv_handle_t *handle)
{
    struct peer *peer = handle->data;
    if (--peer->closing)
        return;
    frames_finish(&peer->frames);
    peer->asked = 0;
    peer->paused = false;
    peer_step(peer, LIFE_CLEARED);
    if (!life_has_process(peer->life.state))
        supervisor_peer_ended(peer->supervisor, peer);
}

static void close_all(struct peer *peer)
{
    uv_handle_t *handles[] = {(uv_handle_t *)&peer->process, (uv_handle_t *)&peer->channel,
                              (uv_handle_t *)&peer->output.pipe, (uv_handle_t *)&peer->error.pipe};
    peer->closing = ARRAY_SIZE(handles);
    for (size_t i = 0; i < ARRAY_SIZE(handles); i++)
        uv_close(handles[i], on_gone);
}

static void say_reason(struct peer *peer, int64_t status, int signal)
{
    if (*peer->reason)
        return;
    if (signal)
        snprintf(peer->reason, sizeof(peer->reason), "its process was ended by signal %d (%s)", signal,
                 strsignal(signal));
    else
        snprintf(peer->reason, sizeof(peer->reason), "its process ended with status %" PRId64, status);
}

/* What it said before it died still counts: a result, or the reason. */
static void drain(struct peer *peer)
{
    char bytes[65536];
    uv_os_fd_t fd;
    ssize_t n;
    if (uv_fileno((uv_handle_t *)&peer->channel, &fd))
        return;
    peer->paused = false;
    take_frames(peer);
    for (int i = 0; i < 64 && (n = read(fd, bytes, sizeof(bytes))) > 0; i++) {
        frames_feed(&peer->frames, bytes, (size_t)n);
        take_frames(peer);
        peer->paused = false;
    }
}

static void on_ended(uv_process_t *process, int64_t status, int signal)
{
    struct peer *peer = process->data;
    peer->alive = false;
    drain(peer);
    say_reason(peer, status, signal);
    peer->generation++;
    if (peer->life.wanted && !peer->life.anew)
        log_at(LOG_WARN, &(struct log_context){.connector = peer->name}, "%s", peer->reason);
    peer_step(peer, LIFE_EXITED);
    give_back(peer);
    close_all(peer);
}

/* ---- the beginning of one ---- */

/* What a connector's libraries may look up: how to reach the world, never who we are. */
static const char *const passed_on[] = {"HTTPS_PROXY", "https_proxy",  "http_proxy",  "NO_PROXY",
                                        "no_proxy",    "SSL_CERT_DIR", "TZ",          "SSL_CERT_FILE",
                                        "TZDIR",       "ASAN_OPTIONS", "TSAN_OPTIONS"};

static void fill_environment(char *environment[ARRAY_SIZE(passed_on) + 3])
{
    size_t n = 0;
    environment[n++] = xstrdup("PATH=/usr/bin:/bin");
    environment[n++] = xstrdup("LANG=C.UTF-8");
    for (size_t i = 0; i < ARRAY_SIZE(passed_on); i++) {
        const char *value = getenv(passed_on[i]);
        if (value)
            environment[n++] = xasprintf("%s=%s", passed_on[i], value);
    }
    environment[n] = NULL;
}

static int spawn(struct peer *peer)
{
    uv_loop_t *loop = peer->supervisor->loop;
    uv_stream_t *channel = (uv_stream_t *)&peer->channel;
    uv_stream_t *output = (uv_stream_t *)&peer->output.pipe, *error = (uv_stream_t *)&peer->error.pipe;
    uv_pipe_init(loop, &peer->channel, 0);
    uv_pipe_init(loop, &peer->output.pipe, 0);
    uv_pipe_init(loop, &peer->error.pipe, 0);
    char *args[] = {peer->supervisor->runner, peer->file, NULL};
    char *environment[ARRAY_SIZE(passed_on) + 3];
    uv_stdio_container_t stdio[4] = {
        {.flags = UV_IGNORE},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = output},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = error},
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE | UV_WRITABLE_PIPE, .data.stream = channel},
    };
    uv_process_options_t options = {.exit_cb = on_ended,
                                    .file = args[0],
                                    .args = args,
                                    .env = environment,
                                    .stdio_count = ARRAY_SIZE(stdio),
                                    .stdio = stdio};
    fill_environment(environment);
    peer->process.data = peer->channel.data = peer->output.pipe.data = peer->error.pipe.data = peer;
    int rc = uv_spawn(loop, &peer->process, &options);
    for (char **each = environment; *each; each++)
        free(*each);
    return rc;
}

static void start(struct peer *peer)
{
    peer->phase = PHASE_HELLO;
    *peer->reason = '\0';
    int rc = spawn(peer);
    if (rc) {
        bool passing = rc == UV_EAGAIN || rc == UV_ENOMEM || rc == UV_EMFILE || rc == UV_ENFILE;
        CLEANUP_FREE char *why =
            xasprintf("%s cannot be started: %s", peer->supervisor->runner, uv_strerror(rc));
        peer_end(peer, passing ? LIFE_FAULT : LIFE_WRONG, why);
        peer_step(peer, LIFE_EXITED);
        close_all(peer);
        return;
    }
    peer->alive = true;
    peer->restarts += peer->generation > 0;
    metric_add(METRIC_CONNECTOR_RESTARTS, peer->generation > 0);
    uv_read_start((uv_stream_t *)&peer->channel, on_alloc, on_channel);
    uv_read_start((uv_stream_t *)&peer->output.pipe, on_alloc, on_output);
    uv_read_start((uv_stream_t *)&peer->error.pipe, on_alloc, on_output);
}

/* ---- steps ---- */

static const char stopped[] = "it was stopped"; /* by order: no trouble */

static void tell(struct peer *peer, enum life_state before)
{
    const struct supervisor_ops *ops = &peer->supervisor->ops;
    bool up = peer->life.state == LIFE_RUNNING;
    bool broke = peer->life.state == LIFE_BROKEN && before != LIFE_BROKEN;
    if (up == peer->up && !broke)
        return;
    peer->up = up;
    bool trouble = !up && *peer->reason && strcmp(peer->reason, stopped) != 0;
    ops->on_state(ops->ctx, peer->name, peer->can, up, trouble ? peer->reason : NULL);
}

void peer_step(struct peer *peer, enum life_event event)
{
    int64_t now = mono_ms();
    enum life_state before = peer->life.state;
    unsigned act = life_step(&peer->life, event, now, &peer->supervisor->times.life);
    const char *why = peer->life.why;
    if (!why && (event == LIFE_STOP || event == LIFE_START) && act & (LIFE_ASK_STOP | LIFE_TERMINATE))
        why = stopped;
    if (why && !*peer->reason)
        snprintf(peer->reason, sizeof(peer->reason), "%s", why);
    if (before != peer->life.state)
        peer->since = clock_now();
    if (peer->life.due)
        uv_timer_start(&peer->timer, on_timer, (uint64_t)MAX(peer->life.due - now, 0), 0);
    else
        uv_timer_stop(&peer->timer);
    if (act & LIFE_SPAWN)
        start(peer);
    if (act & LIFE_ASK_STOP) {
        peer->phase = PHASE_STOP;
        peer_say(peer, MESSAGE_STOP);
    }
    if (act & LIFE_PING && !peer->paused)
        peer_say(peer, MESSAGE_PING);
    if (act & (LIFE_TERMINATE | LIFE_KILL) && peer->alive)
        uv_process_kill(&peer->process, act & LIFE_KILL ? SIGKILL : SIGTERM);
    tell(peer, before);
}

static void on_timer(uv_timer_t *timer)
{
    struct peer *peer = timer->data;
    if (peer->paused) /* the core is behind, not the runner */
        peer->life.heard = mono_ms();
    peer_step(peer, LIFE_TIMER);
}

void peer_end(struct peer *peer, enum life_event how, const char *why)
{
    if (!*peer->reason)
        snprintf(peer->reason, sizeof(peer->reason), "%s", why);
    peer_step(peer, how);
}

/* ---- life ---- */

void peer_configure(struct peer *peer, const struct connector_config *config)
{
    replace_text(&peer->file, config->file);
    cJSON_Delete(peer->settings);
    peer->settings = cJSON_Duplicate(config->settings, true);
    peer->memory = config->memory;
}

struct peer *peer_create(struct supervisor *supervisor, const struct connector_config *config)
{
    struct peer *peer = xcalloc(1, sizeof(*peer));
    peer->supervisor = supervisor;
    peer->name = xstrdup(config->name);
    peer_configure(peer, config);
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
    array_free(&peer->checking);
    str_finish(&peer->output.line);
    str_finish(&peer->error.line);
    free(peer);
}

void peer_destroy(struct peer *peer)
{
    uv_close((uv_handle_t *)&peer->timer, on_timer_gone);
}
