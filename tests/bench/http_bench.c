/*
 * Requests per second of our HTTP server and of a libwebsockets handler that only answers, both on a libuv loop, in turns,
 * with the same load: wrk with 32 connections. Prints one line each, and the ratio. Goal: 0.7.
 */
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include "base/mem.h"
#include "web/server.h"

#define SECONDS 3
#define ROUNDS  3

static const char answer[] = "{\"id\":\"fc6d8c0c43fc4630ad850ee518f1b9d0\"}";

/* ---- the peer ---- */

static int answer_plain(struct lws *wsi)
{
    unsigned char buffer[LWS_PRE + 512], *start = buffer + LWS_PRE, *p = start,
                                         *end = buffer + sizeof(buffer) - 1;
    if (lws_add_http_common_headers(wsi, 200, "application/json", sizeof(answer) - 1, &p, end) ||
        lws_finalize_http_header(wsi, &p, end))
        return -1;
    memcpy(p, answer, sizeof(answer) - 1); /* head and body in one write, as ours */
    p += sizeof(answer) - 1;
    if (lws_write(wsi, start, (size_t)(p - start), LWS_WRITE_HTTP_HEADERS) < 0)
        return -1;
    return lws_http_transaction_completed(wsi) ? -1 : 0;
}

static int peer_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t n)
{
    (void)user, (void)in, (void)n;
    switch (reason) {
    case LWS_CALLBACK_HTTP:
        return lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI) ? 0 : answer_plain(wsi);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return answer_plain(wsi);
    default:
        return 0;
    }
}

static void run_peer(int port_pipe)
{
    static const struct lws_protocols protocols[] = {{.name = "http", .callback = peer_callback}, {0}};
    uv_loop_t loop;
    void *loops[] = {&loop};
    uv_loop_init(&loop);
    lws_set_log_level(0, NULL);
    struct lws_context_creation_info info = {.options =
                                                 LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
                                             .foreign_loops = loops,
                                             .iface = "127.0.0.1",
                                             .protocols = protocols,
                                             .max_http_header_pool = 64};
    struct lws_context *context = lws_create_context(&info);
    struct lws_vhost *vhost = lws_create_vhost(context, &info);
    int port = lws_get_vhost_listen_port(vhost);
    require(write(port_pipe, &port, sizeof(port)) == sizeof(port));
    uv_run(&loop, UV_RUN_DEFAULT);
}

/* ---- ours ---- */

static void ours(void *ctx, struct http_request *request)
{
    (void)ctx;
    http_answer(request, 200, "application/json", answer, sizeof(answer) - 1);
}

static const struct route table[] = {
    {HTTP_GET, "/api/v1/incidents/{id}", ours, 0, 0, 0},
    {HTTP_POST, "/api/{project}/envelope/", ours, 0, 1 << 20, ROUTE_CORS},
};

static void run_ours(int port_pipe)
{
    uv_loop_t loop;
    uv_loop_init(&loop);
    struct server *server = server_create(&(struct server_settings){.listen = "127.0.0.1:0"}, NULL, &loop);
    server_add(server, table, 2, NULL);
    require(server_listen(server, NULL) == 0);
    int port = server_port(server);
    require(write(port_pipe, &port, sizeof(port)) == sizeof(port));
    uv_run(&loop, UV_RUN_DEFAULT);
}

/* ---- the load ---- */

static pid_t start(void (*run)(int port_pipe), int *ret_port)
{
    int ends[2];
    require(pipe(ends) == 0);
    pid_t pid = fork();
    if (pid == 0) {
        run(ends[1]);
        _exit(0);
    }
    require(read(ends[0], ret_port, sizeof(*ret_port)) == sizeof(*ret_port));
    close(ends[0]);
    close(ends[1]);
    return pid;
}

static double load(int port, const char *script, const char *path)
{
    CLEANUP_FREE char *command = xasprintf("wrk -t1 -c32 -d%d %s%s http://127.0.0.1:%d%s", SECONDS,
                                           *script ? "-s " : "", script, port, path);
    FILE *out = popen(command, "r");
    char line[256];
    double rate = 0;
    while (out && fgets(line, sizeof(line), out)) {
        const char *at = strstr(line, "Requests/sec:");
        if (at)
            rate = strtod(at + 13, NULL);
        if (strstr(line, "Non-2xx"))
            fprintf(stderr, "%s", line);
    }
    if (out)
        pclose(out);
    return rate;
}

static double best(double a, double b)
{
    return a > b ? a : b;
}

int main(void)
{
    if (access("/usr/bin/wrk", X_OK) < 0) {
        printf("http: skipped, wrk is not installed\n");
        return 0;
    }
    char script[] = "/tmp/tocsin-bench-XXXXXX";
    int fd = mkstemp(script);
    dprintf(fd, "wrk.method = 'POST'\nwrk.body = string.rep('x', 1024)\n"
                "wrk.headers['Content-Type'] = 'application/x-sentry-envelope'\n");
    close(fd);
    static const struct {
        const char *name, *path;
        bool post;
    } rows[] = {{"http GET", "/api/v1/incidents/42", false}, {"http POST 1 KB", "/api/1/envelope/", true}};
    int peer_port = 0, our_port = 0;
    pid_t peer = start(run_peer, &peer_port), us = start(run_ours, &our_port);
    for (size_t i = 0; i < 2; i++) {
        double theirs = 0, mine = 0;
        for (int round = 0; round < ROUNDS; round++) {
            theirs = best(theirs, load(peer_port, rows[i].post ? script : "", rows[i].path));
            mine = best(mine, load(our_port, rows[i].post ? script : "", rows[i].path));
        }
        printf("%-16s ours %8.0f/s  peer %8.0f/s  ratio %.2f  goal 0.70 %s\n", rows[i].name, mine, theirs,
               mine / theirs, mine >= 0.7 * theirs ? "met" : "missed");
    }
    kill(peer, SIGKILL);
    kill(us, SIGKILL);
    waitpid(peer, NULL, 0);
    waitpid(us, NULL, 0);
    unlink(script);
    return 0;
}
