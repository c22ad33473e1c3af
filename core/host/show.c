#include "host/show.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"

#define OUTPUT_MOST ((size_t)1 << 20)
#define TIME_MOST   (10 * SECOND)

struct child {
    pid_t pid;
    int out, error;
    struct str text, complaint;
};

static int start(struct child *child, const char *runner, const char *file, struct error *err)
{
    char *args[] = {(char *)(uintptr_t)runner, (char *)(uintptr_t) "--show", (char *)(uintptr_t)file, NULL};
    char *environment[] = {(char *)(uintptr_t) "PATH=/usr/bin:/bin", (char *)(uintptr_t) "LANG=C.UTF-8", NULL};
    int out[2], error[2];
    posix_spawn_file_actions_t actions;
    if (pipe2(out, O_CLOEXEC) || pipe2(error, O_CLOEXEC))
        return error_set(err, ERR_IO, "cannot create a pipe: %s", strerror(errno));
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, error[1], STDERR_FILENO);
    int rc = posix_spawn(&child->pid, runner, &actions, NULL, args, environment);
    posix_spawn_file_actions_destroy(&actions);
    close(out[1]);
    close(error[1]);
    child->out = out[0];
    child->error = error[0];
    return rc ? error_set(err, ERR_IO, "cannot start %s: %s", runner, strerror(rc)) : 0;
}

/* False at the end of the output, or when it is too long. */
static bool read_some(int fd, struct str *to)
{
    char bytes[4096];
    ssize_t n = read(fd, bytes, sizeof(bytes));
    if (n > 0)
        str_addn(to, bytes, (size_t)n);
    return (n > 0 || (n < 0 && errno == EINTR)) && to->len < OUTPUT_MOST;
}

/* Reads until the child closes its output. False when the time is up. */
static bool read_output(struct child *child)
{
    int64_t until = clock_mono_ns() / 1000000 + TIME_MOST;
    struct pollfd fds[] = {{child->out, POLLIN, 0}, {child->error, POLLIN, 0}};
    while (fds[0].fd >= 0 || fds[1].fd >= 0) {
        int64_t left = until - clock_mono_ns() / 1000000;
        if (left <= 0 || poll(fds, 2, (int)left) == 0)
            return false;
        if (fds[0].revents && !read_some(child->out, &child->text))
            fds[0].fd = -1;
        if (fds[1].revents && !read_some(child->error, &child->complaint))
            fds[1].fd = -1;
    }
    return true;
}

static int end(struct child *child, bool in_time, const char *file, struct error *err)
{
    int status = 0;
    if (!in_time)
        kill(child->pid, SIGKILL);
    close(child->out);
    close(child->error);
    waitpid(child->pid, &status, 0);
    if (!in_time)
        return error_set(err, ERR_TIMEOUT, "%s: loading it took longer than %d seconds", file,
                         (int)(TIME_MOST / SECOND));
    if (WIFSIGNALED(status))
        return error_set(err, ERR_INVALID, "%s: loading it crashed the process with signal %d (%s)", file,
                         WTERMSIG(status), strsignal(WTERMSIG(status)));
    if (status == 0)
        return 0;
    CLEANUP_FREE char *clean = utf8_sanitize(str_text(&child->complaint), child->complaint.len, 480);
    clean[strcspn(clean, "\n")] = '\0';
    return error_set(err, ERR_INVALID, "%s",
                     *clean ? clean : "the connector cannot be loaded; it gave no reason");
}

static int ask(const char *runner, const char *file, struct str *ret_text, struct error *err)
{
    struct child child = {0};
    int rc = start(&child, runner, file, err);
    if (!rc)
        rc = end(&child, read_output(&child), file, err);
    str_finish(&child.complaint);
    *ret_text = child.text;
    return rc;
}

int show_connector(const char *runner, const char *file, cJSON **ret, struct error *err)
{
    CLEANUP_STR struct str text = {0};
    int rc = ask(runner, file, &text, err);
    return rc ? rc : json_parse(str_text(&text), text.len, OUTPUT_MOST, JSON_DEPTH, file, ret, err);
}
