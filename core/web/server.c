#include "web/server.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "base/zone.h"
#include "web/connection.h"

#define SWEEP_EVERY     500 /* ms */
#define BACKLOG         512
#define UNUSED_MOST     64           /* requests kept for reuse, at most */
#define FULL_TOLD_EVERY (60 * 1000U) /* ms; how often a full server is logged */
#define BODY_KEPT       ((size_t)256 << 10)

static const struct server_settings defaults = {
    .connections = 1000, .request_time = 20 * SECOND, .idle_time = 60 * SECOND, .answer_time = 60 * SECOND};

struct server *server_create(const struct server_settings *settings, struct tokens *tokens,
                             struct uv_loop_s *loop)
{
    struct server *server = xcalloc(1, sizeof(*server));
    server->settings = (struct server_settings){
        .listen = xstrdup(settings->listen),
        .connections = settings->connections ? settings->connections : defaults.connections,
        .request_time = settings->request_time ? settings->request_time : defaults.request_time,
        .idle_time = settings->idle_time ? settings->idle_time : defaults.idle_time,
        .answer_time = settings->answer_time ? settings->answer_time : defaults.answer_time,
    };
    server->tokens = tokens;
    server->loop = loop;
    server->routes = routes_create();
    list_init(&server->connections);
    list_init(&server->unused);
    return server;
}

void server_add(struct server *server, const struct route *table, size_t n, void *ctx)
{
    routes_add(server->routes, table, n, ctx);
}

/* ---- requests ---- */

struct http_request *server_request(struct server *server)
{
    struct http_request *request;
    if (list_empty(&server->unused)) {
        request = xcalloc(1, sizeof(*request));
        request->server = server;
    } else {
        request = container_of(server->unused.next, struct http_request, link);
        list_remove(&request->link);
        server->unused_count--;
    }
    request->query = "";
    return request;
}

static void request_destroy(struct http_request *request)
{
    str_finish(&request->path);
    str_finish(&request->body);
    str_finish(&request->headers);
    array_free(&request->texts);
    free(request);
}

void server_request_done(struct server *server, struct http_request *request)
{
    for (size_t i = 0; i < request->texts.n; i++)
        free(request->texts.v[i]);
    request->texts.n = 0;
    free(steal(request->kept));
    request->connection = NULL;
    request->token = NULL;
    request->flags = 0;
    request->match.route = NULL;
    request->match.n = 0;
    request->chunks = (struct wire_chunks){0};
    request->began = 0;
    str_clear(&request->headers);
    str_clear(&request->path);
    str_clear(&request->body);
    if (request->body.cap > BODY_KEPT)
        str_finish(&request->body);
    if (server->unused_count >= UNUSED_MOST) {
        request_destroy(request);
        return;
    }
    list_append(&server->unused, &request->link);
    server->unused_count++;
}

/* ---- what is checked before a body is read ---- */

static bool refuse_unknown(struct http_request *request)
{
    if (!request->match.allowed) {
        http_problem(request, 404, "Nothing at %s.", http_path(request));
        return false;
    }
    CLEANUP_STR struct str allowed = {0};
    for (enum http_method method = HTTP_GET; method < HTTP_HEAD; method++)
        if (request->match.allowed & 1u << method)
            str_addf(&allowed, "%s%s", allowed.len ? ", " : "", http_method_name(method));
    http_answer_header(request, "Allow", str_text(&allowed));
    http_problem(request, 405, "%s does not support %s. Use %s.", http_path(request),
                 http_method_name(request->head.method), str_text(&allowed));
    return false;
}

/* A browser asks whether a page of another origin may call this route. */
static bool answer_preflight(struct http_request *request)
{
    http_answer_header(request, "Access-Control-Allow-Origin", "*");
    http_answer_header(request, "Access-Control-Allow-Methods", "POST, OPTIONS");
    http_answer_header(
        request, "Access-Control-Allow-Headers",
        "x-sentry-auth, x-requested-with, x-forwarded-for, origin, referer, accept, authentication, "
        "authorization, content-encoding, transfer-encoding, content-type");
    http_answer_header(request, "Access-Control-Max-Age", "86400");
    http_answer(request, 204, NULL, NULL, 0);
    return false;
}

static const struct token *who(const struct server *server, struct http_request *request)
{
    const char *given = http_header(request, "authorization");
    if (given && strncasecmp(given, "Bearer ", 7) == 0)
        given += 7;
    else
        given = request->match.route->flags & ROUTE_QUERY_TOKEN ? http_query_value(request, "token") : NULL;
    return given && server->tokens ? tokens_find(server->tokens, given) : NULL;
}

static bool authorize(const struct server *server, struct http_request *request)
{
    unsigned scope = request->match.route->scope;
    if (!scope)
        return true;
    request->token = who(server, request);
    if (!request->token) {
        http_answer_header(request, "WWW-Authenticate", "Bearer");
        http_problem(request, 401,
                     "A valid token is required. Create one with `tocsin token create`, and send it as: "
                     "Authorization: Bearer tocsin_...");
        return false;
    }
    if ((request->token->scopes & scope) == scope)
        return true;
    CLEANUP_STR struct str wanted = {0};
    scopes_format(scope, &wanted);
    http_problem(request, 403, "The token '%s' may not do this. It needs the scope %s.", request->token->name,
                 str_text(&wanted));
    return false;
}

static bool is_json(const char *type)
{
    size_t n = strcspn(type, "; \t");
    return (n == 16 && strncasecmp(type, "application/json", 16) == 0) ||
           (n > 5 && strncasecmp(type + n - 5, "+json", 5) == 0);
}

static bool check_body(struct http_request *request)
{
    const struct route *route = request->match.route;
    const struct wire_head *head = &request->head;
    if (!head->chunked && head->length == 0)
        return true;
    if (head->length > (int64_t)route->body_limit || (head->chunked && route->body_limit == 0)) {
        http_problem(request, 413, "The body is too large. The limit is %zu bytes.", route->body_limit);
        return false;
    }
    const char *type = wire_header(head, "content-type");
    if (route->flags & ROUTE_JSON && (!type || !is_json(type))) {
        http_problem(request, 415, "The body must be application/json.");
        return false;
    }
    return true;
}

bool server_begin(struct server *server, struct http_request *request)
{
    struct route_match *match = &request->match;
    int rc = wire_target(request->head.target, &request->path, &request->query);
    if (rc < 0) {
        http_problem(request, -rc, "The path is %s.", rc == -414 ? "too long" : "not valid");
        return false;
    }
    routes_find(server->routes, request->head.method, str_text(&request->path), match);
    if (!match->route && match->cors && request->head.method == HTTP_OPTIONS)
        return answer_preflight(request);
    if (!match->route)
        return refuse_unknown(request);
    request->flags = match->route->flags;
    return authorize(server, request) && check_body(request);
}

void server_hand_over(struct server *server, struct http_request *request)
{
    (void)server;
    request->began = clock_mono_ns();
    request->match.route->handler(request->match.ctx, request);
}

bool server_upgrades(const struct server *server, struct http_request *request)
{
    const char *upgrade = server->stream && request->match.route->flags & ROUTE_QUERY_TOKEN
                              ? wire_header(&request->head, "upgrade")
                              : NULL;
    return upgrade && strcasecmp(upgrade, "websocket") == 0 && !stream_refusal(server->stream, request);
}

/* ---- sockets ---- */

void server_closed(struct server *server)
{
    server->connection_count--;
    metric_add(METRIC_HTTP_CONNECTIONS, -1);
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
    list_each (connection, &server->connections, struct connection, link) {
        bool counts = !connection->closing && &connection->link != server->connections.prev && is(connection);
        if (counts && (!found || connection->deadline < found->deadline))
            found = connection;
    }
    return found;
}

/* A client that opens connections and sends nothing must not shut others out. When all connections are in use, an idle one is closed;
   if none is idle, the one whose request takes longest; if all are being answered, the newest. */
static void make_way(struct server *server)
{
    struct connection *closed = longest(server, is_idle);
    closed = closed ? closed : longest(server, is_unfinished);
    connection_close(closed ? closed : container_of(server->connections.prev, struct connection, link));
    uint64_t now = uv_now(server->loop);
    if (!server->full_at || now - server->full_at > FULL_TOLD_EVERY)
        log_warn("all %d connections are in use: closing those that have been silent longest",
                 server->settings.connections);
    server->full_at = now;
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct server *server = listener->data;
    if (status < 0) {
        log_warn("cannot accept a connection: %s", uv_strerror(status));
        return;
    }
    metric_add(METRIC_HTTP_CONNECTIONS, 1);
    connection_accept(server, listener);
    if (server->connection_count > (size_t)server->settings.connections)
        make_way(server);
}

/* "Date: Mon, 23 Nov 2026 15:06:22 GMT" (RFC 9110, 5.6.7) */
static void set_date(struct server *server)
{
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct wall w = zone_to_wall(clock_now(), NULL);
    snprintf(server->date, sizeof(server->date), "Date: %.3s, %02d %.3s %04d %02d:%02d:%02d GMT\r\n",
             days + 3 * w.weekday, w.day, months + 3 * (w.month - 1), w.year, w.hour, w.minute, w.second);
}

static void on_sweep(uv_timer_t *timer)
{
    struct server *server = timer->data;
    uint64_t now = uv_now(server->loop);
    set_date(server);
    list_each (connection, &server->connections, struct connection, link) {
        if (!connection->closing && connection->deadline <= now)
            connection_expired(connection);
    }
}

static int bind_and_listen(struct server *server, struct error *err)
{
    struct sockaddr_storage address = {0};
    int rc = address_parse(server->settings.listen, &address, err);
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
    return error_set(err, ERR_IO, "cannot listen on %s: %s%s", server->settings.listen, uv_strerror(rc), hint);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct server *server = handle->data;
    server->handles--;
}

int server_listen(struct server *server, struct error *err)
{
    require(!server->listening);
    uv_tcp_init(server->loop, &server->listener);
    uv_timer_init(server->loop, &server->sweep);
    server->listener.data = server->sweep.data = server;
    server->handles += 2;
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
    if (server->draining)
        return;
    server->draining = true;
    if (server->listening)
        uv_close((uv_handle_t *)&server->listener, on_handle_closed);
    list_each (connection, &server->connections, struct connection, link) {
        if (!connection->request)
            connection_close(connection);
    }
}

void server_destroy(struct server *server)
{
    if (!server)
        return;
    server_drain(server);
    list_each (connection, &server->connections, struct connection, link) {
        connection_close(connection);
    }
    if (server->listening)
        uv_close((uv_handle_t *)&server->sweep, on_handle_closed);
    stream_destroy(server->stream);
    while (server->handles > 0 || server->connection_count > 0)
        uv_run(server->loop, UV_RUN_ONCE);
    list_each (request, &server->unused, struct http_request, link) {
        request_destroy(request);
    }
    routes_destroy(server->routes);
    str_finish(&server->answer);
    free((char *)(uintptr_t)server->settings.listen);
    free(server);
}
