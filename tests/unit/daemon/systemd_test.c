/* What systemd is told by the daemon (Type=notify): ready when it accepts connections, alive, stopping. */
#include "../../support/check.h"

#include <arpa/inet.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"

#define PATIENCE 30000 /* ms; the machine may be busy */

static struct service {
    char *directory; /* has the configuration and systemd's socket */
    int port, notify;
    pid_t daemon;
} s;

static pid_t start(char *const argv[])
{
    pid_t pid;
    extern char **environ;
    assert_int_equal(posix_spawn(&pid, argv[0], NULL, NULL, argv, environ), 0);
    return pid;
}

static int status_of(pid_t pid)
{
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static char *program(const char *name)
{
    const char *build = getenv("TOCSIN_BUILD");
    return xasprintf("%s/%s", build ? build : "build/debug", name);
}

static int bind_port(int *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    *ret_port = ntohs(address.sin_port);
    return fd;
}

static bool takes_connections(void)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)s.port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool taken = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
    close(fd);
    return taken;
}

static int set_up(void **state)
{
    (void)state;
    char above[] = "/tmp/tocsin-systemd-XXXXXX";
    assert_non_null(mkdtemp(above));
    s = (struct service){.directory = xstrdup(above)};
    close(bind_port(&s.port));
    CLEANUP_FREE char *tocsin = program("tocsin"), *made = xasprintf("%s/made", above);
    char port[8];
    snprintf(port, sizeof(port), "%d", s.port);
    assert_int_equal(status_of(start((char *[]){tocsin, "init", made, "--port", port, NULL})), 0);

    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof(address.sun_path), "%s/notify", above);
    s.notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(s.notify, (struct sockaddr *)&address, sizeof(address)), 0);
    setenv("NOTIFY_SOCKET", address.sun_path, 1);
    return 0;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *at)
{
    (void)info;
    (void)type;
    (void)at;
    return remove(path);
}

static int tear_down(void **state)
{
    (void)state;
    if (s.daemon) {
        kill(s.daemon, SIGKILL);
        status_of(s.daemon);
    }
    close(s.notify);
    nftw(s.directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(s.directory);
    return 0;
}

static void start_daemon(void)
{
    CLEANUP_FREE char *tocsind = program("tocsind"), *config = xasprintf("%s/made/tocsin.lua", s.directory);
    s.daemon = start((char *[]){tocsind, "--config", config, NULL});
}

static int stop_daemon(void)
{
    int status = status_of(s.daemon);
    s.daemon = 0;
    return status;
}

/* The next message to systemd, or "". */
static const char *hear(int patience)
{
    static char text[256];
    struct pollfd p = {.fd = s.notify, .events = POLLIN};
    ssize_t n = poll(&p, 1, patience) == 1 ? recv(s.notify, text, sizeof(text) - 1, 0) : 0;
    text[n > 0 ? n : 0] = '\0';
    return text;
}

static void systemd_hears_ready_alive_and_stopping(void **state)
{
    (void)state;
    start_daemon();
    assert_string_equal(hear(PATIENCE), "READY=1");
    assert_true(takes_connections()); /* already, not soon */
    assert_string_equal(hear(PATIENCE), "WATCHDOG=1");
    assert_string_equal(hear(PATIENCE), "WATCHDOG=1");
    kill(s.daemon, SIGTERM);
    const char *heard;
    while (strcmp(heard = hear(PATIENCE), "WATCHDOG=1") == 0)
        continue;
    assert_string_equal(heard, "STOPPING=1");
    assert_int_equal(stop_daemon(), 0);
    assert_string_equal(hear(0), "");
}

static void the_daemon_is_not_ready_without_its_port(void **state)
{
    (void)state;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)s.port)};
    int taken = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    setsockopt(taken, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    assert_int_equal(bind(taken, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(taken, 1), 0);
    start_daemon();
    assert_int_equal(stop_daemon(), 1);
    assert_string_equal(hear(0), "");
    close(taken);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(systemd_hears_ready_alive_and_stopping, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_daemon_is_not_ready_without_its_port, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
