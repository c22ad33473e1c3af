#include "web/server.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/zone.h"
#include "web/connection.h"

#define SWEEP_EVERY 500 /* ms */
#define BACKLOG     512
#define TOLD_EVERY  (60 * 1000U) /* ms; how often a full server, or one that cannot accept, is logged */

static const struct server_settings defaults = {
    .connections = 1000, .request_time = 20 * SECOND, .idle_time = 60 * SECOND, .answer_time = 60 * SECOND};

struct server {
    char *listen; /* as configured */
    size_t connections_most;
    struct connections connections;
    struct routes *routes;
    uv_tcp_t listener;
    uv_timer_t sweep;
    bool listening;
    bool deaf;        /* the listener was closed, because accepting failed; the next sweep listens again */
    uint64_t full_at; /* loop time in ms at which all connections were last in use; 0: never */
    uint64_t deaf_at; /* the same of being deaf */
    int handles;      /* open handles on the loop, besides those of connections */
};

struct server *server_create(const struct server_settings *settings, struct tokens *tokens,
                             struct uv_loop_s *loop)
{
    struct server *server = xcalloc(1, sizeof(*server));
    server->listen = xstrdup(settings->listen);
    server->connections_most = (size_t)(settings->connections ? settings->connections : defaults.connections);
    server->routes = routes_create();
    server->connections = (struct connections){
        .loop = loop,
        .request_time = settings->request_time ? settings->request_time : defaults.request_time,
        .idle_time = settings->idle_time ? settings->idle_time : defaults.idle_time,
        .answer_time = settings->answer_time ? settings->answer_time : defaults.answer_time,
        .routes = server->routes,
        .tokens = tokens,
    };
    connections_init(&server->connections);
    return server;
}

void server_add(struct server *server, const struct route *table, size_t n, void *ctx)
{
    routes_add(server->routes, table, n, ctx, NULL);
}

void server_add_admitted(struct server *server, const struct route *table, size_t n, void *ctx,
                         http_admission *admission)
{
    routes_add(server->routes, table, n, ctx, admission);
}

void server_set_access(struct server *server, http_admission *access, void *ctx)
{
    routes_set_access(server->routes, access, ctx);
}

void server_set_change(struct server *server, http_admission *change, void *ctx)
{
    routes_set_change(server->routes, change, ctx);
}

void server_set_prefix(struct server *server, const char *host, const char *prefix)
{
    routes_set_prefix(server->routes, host, prefix);
}

struct uv_loop_s *server_loop(const struct server *server)
{
    return server->connections.loop;
}

/* It has its answer, and the client sends what nobody reads. */
static bool is_lingering(const struct connection *connection)
{
    return connection->state == LINGERING;
}

static bool is_idle(const struct connection *connection)
{
    return connection->state == READING_HEAD && connection->n == 0;
}

static bool is_unfinished(const struct connection *connection)
{
    return connection->state != ANSWERING && connection->state != WRITING;
}

/* The connection of that kind with the earliest deadline, except the newest, which is last in the list. NULL: none. */
static struct connection *longest(struct server *server, bool (*is)(const struct connection *connection))
{
    struct connection *found = NULL;
    list_each (connection, &server->connections.list, struct connection, link) {
        bool counts =
            !connection->closing && &connection->link != server->connections.list.prev && is(connection);
        if (counts && (!found || connection->deadline < found->deadline))
            found = connection;
    }
    return found;
}

/* Is it a while since that happened last? */
static bool is_news(const struct server *server, uint64_t *last)
{
    uint64_t now = uv_now(server->connections.loop), before = *last;
    *last = now;
    return !before || now - before > TOLD_EVERY;
}

/* A client that opens connections and sends nothing, or is refused again and again, must not shut others out. When all connections are in
   use, one that only lingers is closed; if there is none, an idle one; then the one whose request takes longest; if all are being
   answered, the newest. */
static void make_way(struct server *server)
{
    static bool (*const kinds[])(const struct connection *) = {is_lingering, is_idle, is_unfinished};
    struct connection *closed = NULL;
    for (size_t i = 0; i < ARRAY_SIZE(kinds) && !closed; i++)
        closed = longest(server, kinds[i]);
    connection_close(closed ? closed : container_of(server->connections.list.prev, struct connection, link));
    if (is_news(server, &server->full_at))
        log_warn("all %zu connections are in use: closing those that have been silent longest",
                 server->connections_most);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct server *server = handle->data;
    server->handles--;
}

/* As when no descriptor is free. libuv would try again at once and for ever, and nothing else would run. */
static void stop_listening(struct server *server)
{
    server->deaf = true;
    uv_close((uv_handle_t *)&server->listener, on_handle_closed);
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct server *server = listener->data;
    if (status < 0) {
        if (is_news(server, &server->deaf_at))
            log_warn("cannot accept connections: %s; it is tried again twice a second", uv_strerror(status));
        stop_listening(server);
        return;
    }
    connection_accept(&server->connections, listener);
    if (server->connections.n > server->connections_most)
        make_way(server);
}

/* "Date: Mon, 23 Nov 2026 15:06:22 GMT" (RFC 9110, 5.6.7) */
static void set_date(struct server *server)
{
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct wall w = zone_to_wall(clock_now(), NULL);
    struct exchanges *exchanges = &server->connections.exchanges;
    snprintf(exchanges->date, sizeof(exchanges->date), "Date: %.3s, %02d %.3s %04d %02d:%02d:%02d GMT\r\n",
             days + 3 * w.weekday, w.day, months + 3 * (w.month - 1), w.year, w.hour, w.minute, w.second);
}

static int bind_and_listen(struct server *server, struct error *err)
{
    struct sockaddr_storage address = {0};
    uv_tcp_init(server->connections.loop, &server->listener);
    server->listener.data = server;
    server->handles++;
    int rc = address_parse(server->listen, &address, err);
    if (rc < 0)
        return rc;
    rc = uv_tcp_bind(&server->listener, (struct sockaddr *)&address, 0);
    if (rc == 0)
        rc = uv_listen((uv_stream_t *)&server->listener, BACKLOG, on_connection);
    if (rc == 0)
        return 0;
    const char *hint = rc == UV_EADDRINUSE      ? "; another program is listening there: choose another port"
                       : rc == UV_EACCES        ? "; only root may use ports below 1024: choose a higher one"
                       : rc == UV_EADDRNOTAVAIL ? "; this machine does not have that address"
                                                : "";
    return error_set(err, ERR_IO, "cannot listen on %s: %s%s", server->listen, uv_strerror(rc), hint);
}

static void listen_again(struct server *server)
{
    struct error err;
    bool closed = server->handles == 1; /* only the timer is left */
    if (!server->deaf || !closed || server->connections.exchanges.draining)
        return;
    server->deaf = false;
    if (bind_and_listen(server, &err))
        stop_listening(server);
}

static void on_sweep(uv_timer_t *timer)
{
    struct server *server = timer->data;
    uint64_t now = uv_now(server->connections.loop);
    set_date(server);
    listen_again(server);
    list_each (connection, &server->connections.list, struct connection, link) {
        if (!connection->closing && connection->deadline <= now)
            connection_expired(connection);
    }
}

int server_listen(struct server *server, struct error *err)
{
    require(!server->listening);
    uv_timer_init(server->connections.loop, &server->sweep);
    server->sweep.data = server;
    server->handles++;
    server->listening = true;
    signal(SIGPIPE, SIG_IGN); /* write() reports a client that went away */
    set_date(server);
    uv_timer_start(&server->sweep, on_sweep, SWEEP_EVERY, SWEEP_EVERY);
    return bind_and_listen(server, err);
}

int server_port(const struct server *server)
{
    struct sockaddr_storage address;
    int n = sizeof(address);
    if (uv_tcp_getsockname(&server->listener, (struct sockaddr *)&address, &n) < 0)
        return 0;
    return ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                               : ((struct sockaddr_in *)&address)->sin_port);
}

void server_drain(struct server *server)
{
    struct exchanges *exchanges = &server->connections.exchanges;
    if (exchanges->draining)
        return;
    exchanges->draining = true;
    if (server->listening && !server->deaf)
        uv_close((uv_handle_t *)&server->listener, on_handle_closed);
    list_each (connection, &server->connections.list, struct connection, link) {
        if (!connection->request)
            connection_close(connection);
    }
}

void server_destroy(struct server *server)
{
    if (!server)
        return;
    server_drain(server);
    connections_close(&server->connections);
    if (server->listening)
        uv_close((uv_handle_t *)&server->sweep, on_handle_closed);
    while (server->handles > 0 || server->connections.handles > 0 || server->connections.n > 0)
        uv_run(server->connections.loop, UV_RUN_ONCE);
    exchanges_finish(&server->connections.exchanges);
    routes_destroy(server->routes);
    free(server->listen);
    free(server);
}
