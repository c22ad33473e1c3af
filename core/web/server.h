/*
 * server - HTTP on the core's loop; WebSockets over libwebsockets.
 *
 * The server owns the sockets and enforces what outsiders may cost: the number of connections, the size of
 * heads and bodies, the time to send a request and to take an answer. Requests go to the handlers of the
 * routes, whole; see request.h. It knows nothing of incidents. Loop's thread only.
 *
 *     server_create -> server_add (any number of tables) -> server_listen -> ... -> server_destroy
 *
 * HTTP/1.1 with keep-alive, pipelining and chunked bodies is read by wire.c: libwebsockets 4.1 cannot take a
 * chunked body (which is what Sentry's SDKs send), lists no headers it does not know (which connectors'
 * webhooks need), and unescapes a query for good. WebSockets are its work: a socket that asks for one is
 * handed over to it. No TLS: meant for loopback, or a proxy that ends it.
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
    const char *listen;    /* "127.0.0.1:8088", "[::1]:8088"; ":8088" is every address; port 0: any free one */
    int connections;       /* most at once; 0: 1,000 */
    duration request_time; /* for a request to come in whole, and again for each 256 KB; 0: 20 s */
    duration idle_time;    /* of a kept-alive connection between requests; 0: 60 s */
    duration answer_time;  /* for a handler to answer, then 503; 0: 60 s */
};

/* Tokens are asked for routes with a scope; NULL: nobody has one. They stay the caller's. */
struct server *server_create(const struct server_settings *settings, struct tokens *tokens,
                             struct uv_loop_s *loop);
/* See routes_add. Before or after server_listen. */
void server_add(struct server *server, const struct route *table, size_t n, void *ctx);
/* Once. The error says which address and why (in use, not allowed, not this machine's). */
int server_listen(struct server *server, struct error *err);
int server_port(const struct server *server); /* the one it got */
/* No new connections; those that are idle end now, others after their answer. */
void server_drain(struct server *server);
/* Closes everything, dropping answers not yet written, and frees the server. Runs the loop until its handles
   are gone. */
void server_destroy(struct server *server);

#endif
