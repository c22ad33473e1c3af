/* `tocsin run`: runs tocsind in the foreground with a guided first incident, and the chat if this is a terminal. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "host/programs.h"
#include "cli/api_client.h"
#include "cli/chat.h"
#include "cli/subcommands.h"
#include "cli/init.h"
#include "cli/locate.h"

#define NEW_DIRECTORY "tocsin-first"
#define READY_SECONDS 15

static volatile sig_atomic_t interrupted; /* the signal, or 0 */
static volatile pid_t daemon_pid;

static void on_signal(int number)
{
    interrupted = number;
    if (daemon_pid > 0)
        kill(daemon_pid, SIGTERM); /* the chat ends when its socket does */
}

/* ---- the directory ---- */

/* The configuration to run: that of the given directory, which is created if it does not exist. Without a directory, the one
   that locate.h finds. */
static int prepare(const struct cli *cli, char **ret_config, struct error *err)
{
    struct init_result created;
    long port;
    const char *directory = cli->argc ? cli->argv[0] : NULL;
    if (!directory && locate_configuration(cli, ret_config, NULL) == 0)
        return 0;
    directory = directory ? directory : NEW_DIRECTORY;
    CLEANUP_FREE char *path = xasprintf("%s/tocsin.lua", directory);
    if (access(path, F_OK)) {
        int rc = cli_number(cli, "port", 1, 65535, 0, &port, err);
        rc = rc ? rc : init_directory(directory, (int)port, cli_value(cli, "important"), &created, err);
        if (rc)
            return rc;
        printf("Created a new Tocsin in %s.\n", created.directory);
        init_result_finish(&created);
    }
    *ret_config = steal(path);
    return 0;
}

/* ---- the daemon ---- */

__attribute__((noreturn)) static void become_daemon(const char *program, const char *config, const char *log,
                                                    pid_t parent)
{
    int fd = log ? open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    setpgid(0, 0); /* so that Ctrl-C reaches only `tocsin run`, which passes it on once */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(1);
    if (fd >= 0)
        dup2(fd, STDERR_FILENO);
    execl(program, program, "--config", config, NULL);
    dprintf(STDERR_FILENO, "%s: %s\n", program, strerror(errno));
    _exit(127);
}

static int start_daemon(const char *config, const char *log, struct error *err)
{
    CLEANUP_FREE char *program = program_beside("tocsind", "sbin/tocsind");
    if (access(program, X_OK))
        return error_set(err, ERR_NOT_FOUND, "%s is missing; build it, or reinstall Tocsin", program);
    pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        become_daemon(program, config, log, parent);
    if (pid < 0)
        return error_set(err, ERR_IO, "cannot start tocsind: %s", strerror(errno));
    daemon_pid = pid;
    return 0;
}

static bool has_ended(int *ret_status)
{
    return waitpid(daemon_pid, ret_status, WNOHANG) == daemon_pid;
}

/* After a crash the socket file still exists, but nobody accepts connections. */
static bool accepts_chat(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool accepted = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
    if (fd >= 0)
        close(fd);
    return accepted;
}

/* Waits until tocsind answers /readyz and the chat accepts connections. */
static int await_ready(struct cli *cli, const char *url, const char *socket, const char *log, struct error *err)
{
    CLEANUP_FREE char *ready = xasprintf("%s/readyz", url);
    int64_t until = clock_mono_ns() + (int64_t)READY_SECONDS * 1000000000;
    int status;
    while (clock_mono_ns() < until && !interrupted) {
        bool answers = api_probe(ready);
        if (answers && (!socket || accepts_chat(socket)))
            return 0;
        if (has_ended(&status)) {
            daemon_pid = 0;
            return error_set(err, ERR_IO, "tocsind did not start%s%s", log ? "; its log says why: " : "",
                             log ? log : "");
        }
        poll(NULL, 0, 50);
    }
    cli->unreachable = true;
    return error_set(err, ERR_TIMEOUT, "tocsind does not answer at %s%s%s", url, log ? "; its log: " : "",
                     log ? log : "");
}

static int end_daemon(void)
{
    int status = 0;
    if (daemon_pid <= 0)
        return 0;
    kill(daemon_pid, SIGTERM);
    while (waitpid(daemon_pid, &status, 0) < 0 && errno == EINTR)
        continue;
    daemon_pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* ---- the guide ---- */

static void print_guide(const struct configuration *c, const char *url, bool chat)
{
    const cJSON *sources = json_member(c->core, "sources");
    const char *key = json_text_or(sources ? sources->child : NULL, "key", NULL);
    CLEANUP_FREE char *program = program_beside("tocsin", "bin/tocsin");
    CLEANUP_FREE char *folder = configuration_path(c, json_text_or(c->core, "policy", "policy"));
    CLEANUP_FREE char *policy = xasprintf("%s/team.lua", folder);
    printf("\nTocsin listens on %s\n", url);
    if (!key)
        return;
    printf(
        "\n  Your first incident\n\n"
        "  1. In another terminal, send an error:\n\n"
        "     %s --config %s alert --release shop@1.4.2 --customer Acme \"CardDeclined: the card was "
        "refused\"\n\n"
        "     Or do the same from any program, over HTTP:\n\n"
        "     curl '%s/api/1/store/?sentry_key=%s' -d '{\"release\":\"shop@1.4.2\",\"user\":{\"id\":\"acme\"},"
        "\"exception\":{\"values\":[{\"type\":\"CardDeclined\",\"value\":\"the card was refused\"}]}}'\n\n"
        "     Or use any Sentry SDK in your own program, with the DSN  http://%s@%s/1\n\n",
        program, c->path, url, key, key, url + strlen("http://"));
    if (chat)
        printf("  2. An incident opens here. Press `a` and Enter to accept it, then go to its room: /join "
               "inc-1\n");
    else
        printf("  2. An incident opens. See it, and accept it with `a`, in the chat:  %s --config %s chat\n",
               program, c->path);
    printf("  3. Then try /pause waiting for the bank for 2m, /note …, /resolve rolled back, /why, /help\n\n"
           "  Which of your services are important? A new error in one of them opens an incident at once. Name "
           "them in\n"
           "  %s: services { important = { \"checkout\", \"pay*\" } }\n"
           "  What comes in and opens no incident is listed, with the reason:  %s\n\n",
           policy, chat ? "/incoming" : "tocsin inc incoming");
    fflush(stdout);
}

/* ---- the command ---- */

static int talk(struct cli *cli, const char *socket)
{
    struct error err;
    struct chat_options options = {.socket = socket, .owns_daemon = true};
    int rc = chat_main(&options, &err);
    return rc && !interrupted ? cli_fail(cli, &err) : CLI_OK;
}

static int wait_daemon(void)
{
    int status = 0;
    while (waitpid(daemon_pid, &status, 0) < 0 && errno == EINTR)
        continue;
    daemon_pid = 0;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? CLI_OK : CLI_FAILED;
}

static int serve(struct cli *cli, const struct configuration *c, struct error *err)
{
    bool chat = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && !cli_has(cli, "no-chat");
    CLEANUP_FREE char *socket = console_socket(c), *url = url_of_listen(json_text_or(c->core, "listen", ""));
    CLEANUP_FREE char *log = chat && socket ? configuration_path(c, "tocsind.log") : NULL;
    CLEANUP_FREE char *health = xasprintf("%s/healthz", url);
    if (api_probe(health)) {
        error_set(err, ERR_REFUSED, "a tocsind already runs at %s; `tocsin --config %s chat` opens its chat",
                  url, c->path);
        return cli_fail(cli, err);
    }
    int rc = start_daemon(c->path, log, err);
    rc = rc ? rc : await_ready(cli, url, socket, log, err);
    if (rc) {
        end_daemon();
        return interrupted ? CLI_OK : cli_fail(cli, err);
    }
    print_guide(c, url, chat && socket);
    if (log)
        printf("  (tocsind logs to %s; /quit or Ctrl-C stops everything)\n\n", log);
    if (!chat || !socket)
        return wait_daemon();
    int status = talk(cli, socket);
    int ended = end_daemon();
    return status ? status : ended;
}

static void catch_signals(void)
{
    const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal};
    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
        sigaction(numbers[i], &action, NULL);
}

int cli_run_start(struct cli *cli)
{
    struct error err;
    struct configuration c = {0};
    CLEANUP_FREE char *config = NULL;
    int rc = prepare(cli, &config, &err);
    rc = rc ? rc : configuration_load(config, &c, &err);
    if (rc)
        return cli_fail(cli, &err);
    catch_signals();
    int status = serve(cli, &c, &err);
    configuration_finish(&c);
    return status;
}
