/*
 * connection - one client's socket: takes in bytes, hands requests to the server, writes answers. Private to
 * core/web.
 *
 * A connection handles one request at a time. What a client sends ahead waits in a buffer of fixed size; while
 * that is full, the socket is not read. So a client costs at most a head, one body and one answer.
 */
#ifndef TOCSIN_WEB_CONNECTION_H
#define TOCSIN_WEB_CONNECTION_H

#include <uv.h>

#include "base/list.h"
#include "base/mem.h"
#include "web/server.h"
#include "web/token.h"
#include "web/wire.h"

/* A request with everything that belongs to it. Once answered, the server reuses it for another. */
struct http_request {
    struct server *server;
    struct connection *connection;  /* NULL: the client went away, or the answer came too late */
    struct wire_head head;          /* its texts are in the connection's buffer, or in `kept` */
    char *kept;                     /* the connection's buffer, taken over when the connection ends first */
    struct str path, body, headers; /* headers: of the answer */
    const char *query;
    struct route_match match;
    const struct token *token;
    unsigned flags; /* the route's, which may be gone when the answer comes */
    struct wire_chunks chunks;
    ARRAY(char *) texts; /* made for the handler, freed with the request */
    int64_t began;       /* loop time at which it was complete, in ns */
    struct list link;    /* in the server's list of unused requests */
};

enum connection_state {
    READING_HEAD,
    READING_BODY,
    ANSWERING, /* a handler has the request */
    WRITING,   /* the socket has not taken all of the answer yet */
    LINGERING, /* answered; waiting for the client to read it before closing */
};

struct connection {
    uv_tcp_t tcp;
    struct server *server;
    struct list link; /* in the server's list of connections */
    enum connection_state state;
    char *in; /* unread bytes: in[0..n) */
    size_t n, cap;
    size_t head_n; /* length of the current head, at the start of `in` */
    struct http_request *request;
    uint64_t deadline; /* loop time in ms */
    size_t paced;      /* parts of BODY_PACE bytes that have arrived */
    size_t drained;    /* bytes discarded while lingering */
    bool keep_alive, ended, closing, working;
};

void connection_accept(struct server *server, uv_stream_t *listener);
void connection_close(struct connection *connection);
/* Writes an answer; the connection gives up its request. */
void connection_answer(struct connection *connection, const char *head, size_t head_n, const char *body,
                       size_t n);
/* Called when the deadline has passed. */
void connection_expired(struct connection *connection);

/* ---- what the connection asks of the server ---- */

/* Called when the head is complete: finds the route and checks the request. True: read the body, then hand
   the request over. False: it has been answered. */
bool server_begin(struct server *server, struct http_request *request);
void server_hand_over(struct server *server, struct http_request *request);
struct http_request *server_request(struct server *server);
void server_request_done(struct server *server, struct http_request *request);
void server_closed(struct server *server);
/* True: the request asks for a WebSocket that can be opened, so a copy of its socket goes to stream_adopt. */
bool server_upgrades(const struct server *server, struct http_request *request);

struct stream;
/* Why the stream cannot be followed as requested, as text for the client. NULL: it can. */
const char *stream_refusal(const struct stream *stream, struct http_request *request);
void stream_adopt(struct stream *stream, struct http_request *request, int fd);
void stream_destroy(struct stream *stream); /* runs the loop until its handles are closed */

struct server {
    struct server_settings settings; /* owns copies of the texts */
    uv_loop_t *loop;
    uv_tcp_t listener;
    uv_timer_t sweep;
    bool listening, draining;
    struct tokens *tokens;
    struct routes *routes;
    struct stream *stream; /* NULL: none */
    struct list connections, unused;
    size_t connection_count, unused_count;
    uint64_t full_at; /* loop time in ms at which all connections were last in use; 0: never */
    int handles;      /* open handles on the loop, besides those of connections */
    struct str answer;
    char date[48]; /* the header line, as of the last sweep */
};

#endif
