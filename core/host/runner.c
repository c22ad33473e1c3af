/*
 * tocsin-runner - the process of one connector: loads it, calls its blocking functions on separate threads, and talks to the
 * core over descriptor 3.
 *
 * The first thread reads the core's messages and answers its pings; `parallel` workers call perform and serve; one
 * thread calls run. While a worker is past its deadline, pings go unanswered, and the core ends the process: this is the
 * only way in which a late call ends. The process exits when the core goes away.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/confine.h"
#include "host/frame.h"
#include "host/runner.h"

#define CHANNEL 3

static enum message_phase take_settings(cJSON *message)
{
    confine_memory(json_int_or(message, "memory", 0));
    runner.trial = json_bool_or(message, "trial", false);
    runner_keep_files(runner.file, json_member(message, "settings"));
    runner_open(message);
    return PHASE_RUN;
}

/* Owns message; returns the next phase. */
static enum message_phase take_message(enum message_type type, cJSON *message, enum message_phase phase)
{
    switch (type) {
    case MESSAGE_SETTINGS:
        return take_settings(message);
    case MESSAGE_ACK:
    case MESSAGE_VALUE:
        runner_take_answer(message);
        return phase;
    case MESSAGE_PERFORM:
    case MESSAGE_SERVE:
    case MESSAGE_CHECK:
        runner_add_job(type, message);
        return phase;
    case MESSAGE_PING:
        if (runner_is_healthy())
            runner_say(MESSAGE_PONG);
        break;
    case MESSAGE_STOP:
        runner_stop();
        phase = PHASE_STOP;
        break;
    default:
        break;
    }
    cJSON_Delete(message);
    return phase;
}

static void take_frames(struct frames *frames, enum message_phase *phase)
{
    const char *json;
    size_t n;
    struct error err;
    int rc;
    while ((rc = frames_next(frames, &json, &n, &err)) > 0) {
        enum message_type type;
        cJSON *message;
        if (message_parse(json, n, FROM_CORE, *phase, &type, &message, &err))
            runner_fail(TOCSIN_E_FAILED, err.text);
        *phase = take_message(type, message, *phase);
    }
    if (rc < 0)
        runner_fail(TOCSIN_E_FAILED, err.text);
}

__attribute__((noreturn)) static void read_channel(void)
{
    static struct frames frames;
    static char bytes[65536];
    enum message_phase phase = PHASE_OPEN;
    for (;;) {
        ssize_t n = recv(CHANNEL, bytes, sizeof(bytes), 0);
        if (n == 0 || (n < 0 && errno != EINTR))
            _exit(0); /* the core is gone */
        frames_feed(&frames, bytes, n > 0 ? (size_t)n : 0);
        take_frames(&frames, &phase);
    }
}

static void greet(const char *file)
{
    struct str json = {0};
    struct error err;
    struct json_out j = message_begin(MESSAGE_HELLO, &json);
    runner.file = file;
    json_put_int(&j, "abi", TOCSIN_ABI);
    json_put_int(&j, "version", MESSAGE_VERSION);
    json_put_text(&j, "file", file);
    json_end_object(&j);
    runner_send(&json);
    if (load_connector(file, &runner.loaded, &err))
        runner_fail(TOCSIN_E_CONFIG, err.text);
    j = message_begin(MESSAGE_DESCRIPTOR, &json);
    describe_connector(&runner.loaded, &j);
    json_end_object(&j);
    runner_send(&json);
}

/* `tocsin-runner --show FILE`: prints the descriptor as JSON, or why it cannot be read. */
static int show(const char *file)
{
    CLEANUP_STR struct str json = {0};
    struct error err;
    struct json_out j = {&json, false};
    int out = dup(STDOUT_FILENO);
    dup2(STDERR_FILENO, STDOUT_FILENO); /* the object may print while it is loaded */
    confine_process();
    if (load_connector(file, &runner.loaded, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    json_begin_object(&j);
    describe_connector(&runner.loaded, &j);
    json_end_object(&j);
    str_addc(&json, '\n');
    bool written = write(out, json.p, json.len) == (ssize_t)json.len;
    unload_connector(&runner.loaded);
    return written ? 0 : 1;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    mallopt(M_ARENA_MAX, 2); /* for a small connector, memory matters more than contention */
    if (argc == 3 && strcmp(argv[1], "--show") == 0)
        return show(argv[2]);
    if (argc != 2 || fcntl(CHANNEL, F_GETFD) < 0) {
        fprintf(stderr,
                "tocsin-runner is started by tocsind. `tocsin-runner --show FILE.so` describes a connector.\n");
        return 2;
    }
    fcntl(CHANNEL, F_SETFD, FD_CLOEXEC);
    close_range(CHANNEL + 1, ~0U, 0);
    confine_process();
    greet(argv[1]);
    read_channel();
}
