#include "host/process.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

#define UNSENT_MOST ((size_t)16 << 20)

/* ---- sending ---- */

struct outgoing {
    uv_write_t write;
    uv_buf_t bytes;
};

static void on_written(uv_write_t *write, int status)
{
    struct outgoing *out = container_of(write, struct outgoing, write);
    (void)status;                                    /* reading will notice a broken channel */
    explicit_bzero(out->bytes.base, out->bytes.len); /* settings hold secrets */
    free(out->bytes.base);
    free(out);
}

bool process_send(struct process *process, struct str *json)
{
    struct str frame = {0};
    frame_encode(json->p, json->len, &frame);
    explicit_bzero(json->p, json->len);
    str_finish(json);
    struct outgoing *out = xcalloc(1, sizeof(*out));
    uv_stream_t *channel = (uv_stream_t *)&process->channel;
    out->bytes = uv_buf_init(frame.p, (unsigned)frame.len);
    if (!process->alive || uv_is_closing((uv_handle_t *)channel) ||
        uv_write(&out->write, channel, &out->bytes, 1, on_written)) {
        on_written(&out->write, 0);
        return true;
    }
    return uv_stream_get_write_queue_size(channel) <= UNSENT_MOST;
}

/* ---- reading ---- */

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    static char bytes[65536]; /* one loop: used up before the next read */
    (void)handle;
    (void)suggested;
    *buffer = uv_buf_init(bytes, sizeof(bytes));
}

static void take_frames(struct process *process)
{
    const char *json;
    size_t n;
    struct error err;
    int rc = 0;
    while (!process->paused && (rc = frames_next(&process->frames, &json, &n, &err)) > 0)
        process->ops->frame(process, json, n);
    if (rc < 0)
        process->ops->broken(process, err.text);
    if (process->paused)
        uv_read_stop((uv_stream_t *)&process->channel);
}

static void on_channel(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
    struct process *process = stream->data;
    if (n < 0) { /* it is dying, and its exit status will say why; if it only closed the channel, kill it */
        uv_read_stop(stream);
        process_kill(process, SIGKILL);
        return;
    }
    frames_feed(&process->frames, buffer->base, (size_t)n);
    take_frames(process);
}

void process_pause(struct process *process)
{
    process->paused = true; /* take_frames, which is running now, stops reading */
}

void process_resume(struct process *process)
{
    process->paused = false;
    if (!process->alive)
        return;
    uv_read_start((uv_stream_t *)&process->channel, on_alloc, on_channel);
    take_frames(process);
}

static void on_output(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
    struct process *process = stream->data;
    if (n < 0)
        uv_read_stop(stream);
    process->ops->output(process, stream == (uv_stream_t *)&process->error, buffer->base,
                         n > 0 ? (size_t)n : 0);
}

/* ---- the end ---- */

/* Messages that it sent before it died still count: a result, or the reason. */
static void drain(struct process *process)
{
    char bytes[65536];
    uv_os_fd_t fd;
    ssize_t n;
    if (uv_fileno((uv_handle_t *)&process->channel, &fd))
        return;
    process->paused = false;
    take_frames(process);
    for (int i = 0; i < 64 && (n = read(fd, bytes, sizeof(bytes))) > 0; i++) {
        frames_feed(&process->frames, bytes, (size_t)n);
        take_frames(process);
        process->paused = false;
    }
}

static void on_ended(uv_process_t *handle, int64_t status, int signal)
{
    struct process *process = handle->data;
    process->alive = false;
    drain(process);
    process->ops->ended(process, status, signal);
}

void process_kill(struct process *process, int signal)
{
    if (process->alive)
        uv_process_kill(&process->handle, signal);
}

static void on_gone(uv_handle_t *handle)
{
    struct process *process = handle->data;
    if (--process->closing)
        return;
    frames_finish(&process->frames);
    process->paused = false;
    process->ops->cleared(process);
}

void process_clear(struct process *process)
{
    uv_handle_t *handles[] = {(uv_handle_t *)&process->handle, (uv_handle_t *)&process->channel,
                              (uv_handle_t *)&process->output, (uv_handle_t *)&process->error};
    process->closing = ARRAY_SIZE(handles);
    for (size_t i = 0; i < ARRAY_SIZE(handles); i++)
        uv_close(handles[i], on_gone);
}

/* ---- the start ---- */

/* What a connector's libraries may look up: how to reach the network, nothing about us. */
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

static int spawn(struct process *process, uv_loop_t *loop, const struct program *runner, const char *file)
{
    uv_stream_t *channel = (uv_stream_t *)&process->channel;
    uv_stream_t *output = (uv_stream_t *)&process->output, *error = (uv_stream_t *)&process->error;
    uv_pipe_init(loop, &process->channel, 0);
    uv_pipe_init(loop, &process->output, 0);
    uv_pipe_init(loop, &process->error, 0);
    char *args[] = {(char *)(uintptr_t)runner->path, (char *)(uintptr_t)file, NULL};
    char *environment[ARRAY_SIZE(passed_on) + 3];
    uv_stdio_container_t stdio[4] = {
        {.flags = UV_IGNORE},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = output},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = error},
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE | UV_WRITABLE_PIPE, .data.stream = channel},
    };
    uv_process_options_t options = {.exit_cb = on_ended,
                                    .flags = runner->other_user ? UV_PROCESS_SETUID | UV_PROCESS_SETGID : 0,
                                    .uid = runner->uid,
                                    .gid = runner->gid,
                                    .file = args[0],
                                    .args = args,
                                    .env = environment,
                                    .stdio_count = ARRAY_SIZE(stdio),
                                    .stdio = stdio};
    fill_environment(environment);
    process->handle.data = process->channel.data = process->output.data = process->error.data = process;
    int rc = uv_spawn(loop, &process->handle, &options);
    for (char **each = environment; *each; each++)
        free(*each);
    return rc;
}

int process_start(struct process *process, uv_loop_t *loop, const struct program *runner, const char *file)
{
    int rc = spawn(process, loop, runner, file);
    if (rc)
        return rc;
    process->alive = true;
    uv_read_start((uv_stream_t *)&process->channel, on_alloc, on_channel);
    uv_read_start((uv_stream_t *)&process->output, on_alloc, on_output);
    uv_read_start((uv_stream_t *)&process->error, on_alloc, on_output);
    return 0;
}
