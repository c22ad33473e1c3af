/*
 * server - HTTP on the core's loop.
 *
 * The server owns the sockets and limits what outsiders may cost: the number of connections, the size of heads
 * and bodies, the time to send a request and to take an answer. It hands complete requests to the handlers of
 * the routes; see request.h. It knows nothing about incidents. Loop's thread only.
 *
 *     server_create -> server_add (any number of tables) -> server_listen -> ... -> server_destroy
 *
 * wire.c reads HTTP/1.1 with keep-alive, pipelining and chunked bodies. libwebsockets 4.1 cannot: it takes no
 * chunked bodies (Sentry's SDKs send them), hides headers that it does not know (connectors' webhooks need
 * them), and keeps only the unescaped query. It does the WebSockets: stream.c takes over a socket that asks
 * for one. There is no TLS: listen on loopback, or behind a proxy that terminates it.
 */
#ifndef TOCSIN_WEB_SERVER_H
#define TOCSIN_WEB_SERVER_H

#include "base/error.h"
#include "base/time.h"
#include "web/routes.h"

struct server;
struct tokens;
struct uv_loop_s;

struct server_settings {
    const char *listen;    /* "127.0.0.1:8088", "[::1]:8088"; ":8088": every address; port 0: any free port */
    int connections;       /* at most, at once; 0: 1,000 */
    duration request_time; /* for a request to arrive, extended by as much for each 256 KB; 0: 20 s */
    duration idle_time;    /* for a kept-alive connection between requests; 0: 60 s */
    duration answer_time;  /* for a handler to answer, or 503; 0: 60 s */
};

/* `tokens` are checked on routes with a scope, and stay the caller's. NULL: there are none. */
struct server *server_create(const struct server_settings *settings, struct tokens *tokens,
                             struct uv_loop_s *loop);
/* See routes_add. Before or after server_listen. */
void server_add(struct server *server, const struct route *table, size_t n, void *ctx);
void server_add_admitted(struct server *server, const struct route *table, size_t n, void *ctx,
                         http_admission *admission);
/* See routes_set_access. */
void server_set_access(struct server *server, http_admission *access, void *ctx);
/* See routes_set_change. */
void server_set_change(struct server *server, http_admission *change, void *ctx);
/* See routes_set_prefix. */
void server_set_prefix(struct server *server, const char *host, const char *prefix);
/* Call it once. The error names the address and the reason (in use, not allowed, not this machine's). */
int server_listen(struct server *server, struct error *err);
int server_port(const struct server *server); /* the actual one */
struct uv_loop_s *server_loop(const struct server *server);
/* Takes no new connections; closes idle ones now, others after their answer. */
void server_drain(struct server *server);
/* Closes everything, drops answers that are not written yet, and frees the server. Runs the loop until its
   handles are closed. */
void server_destroy(struct server *server);

#endif
