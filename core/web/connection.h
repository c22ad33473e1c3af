/*
 * connection - one client's socket: bytes in, requests out to the server, answers back. Private to core/web.
 *
 * A connection handles one request at a time; what a client sends ahead waits in a buffer of fixed size, and
 * when that is full its socket is not read. So a client costs at most a head, one body and one answer.
 */
#ifndef TOCSIN_WEB_CONNECTION_H
#define TOCSIN_WEB_CONNECTION_H

#include <uv.h>

#include "base/list.h"
#include "base/mem.h"
#include "web/server.h"
#include "web/token.h"
#include "web/wire.h"

/* A request with all that belongs to it; kept by the server for the next one when it is answered. */
struct http_request {
    struct server *server;
    struct connection *connection;  /* NULL: the client, or its patience, is gone */
    struct wire_head head;          /* its texts stand in the connection's buffer, or in `kept` */
    char *kept;                     /* the connection's buffer, taken over when it went away first */
    struct str path, body, headers; /* headers: of the answer */
    const char *query;
    struct route_match match;
    const struct token *token;
    unsigned flags; /* of the route, which may be gone when the answer comes */
    struct wire_chunks chunks;
    ARRAY(char *) texts; /* made for the handler, freed with the request */
    int64_t began;       /* loop time at which it was whole, in ns */
    struct list link;    /* among the unused */
};

enum connection_state {
    READING_HEAD,
    READING_BODY,
    ANSWERING, /* a handler has the request */
    WRITING,   /* an answer did not fit the socket */
    LINGERING, /* answered, and now only waiting for the client to see that */
};

struct connection {
    uv_tcp_t tcp;
    struct server *server;
    struct list link; /* of the server's connections */
    enum connection_state state;
    char *in; /* bytes not used yet: in[0..n) */
    size_t n, cap;
    size_t head_n; /* length of the head at hand, at the start of `in` */
    struct http_request *request;
    uint64_t deadline; /* loop time in ms */
    size_t paced;      /* parts of the body that have come in */
    size_t drained;    /* bytes thrown away while lingering */
    bool keep_alive, ended, closing, working;
};

void connection_accept(struct server *server, uv_stream_t *listener);
void connection_close(struct connection *connection);
/* Writes an answer, taking from the request what it needs; the request is no longer the connection's. */
void connection_answer(struct connection *connection, const char *head, size_t head_n, const char *body,
                       size_t n);
/* The loop's time passed its deadline. */
void connection_expired(struct connection *connection);

/* ---- what the connection asks of the server ---- */

/* The head is whole: finds the route and checks what can be checked. True: read the body and hand it over.
   False: it has been answered. */
bool server_begin(struct server *server, struct http_request *request);
void server_hand_over(struct server *server, struct http_request *request);
struct http_request *server_request(struct server *server);
void server_request_done(struct server *server, struct http_request *request);
void server_closed(struct server *server);
/* Does the request ask for a WebSocket where there is one, in a way that can be done? Then the copy of its socket goes to `adopt`. */
bool server_upgrades(const struct server *server, struct http_request *request);

struct stream;
/* Why it cannot be followed as asked: a text for the client; NULL: it can. */
const char *stream_refusal(const struct stream *stream, struct http_request *request);
void stream_adopt(struct stream *stream, struct http_request *request, int fd);
void stream_destroy(struct stream *stream); /* begins; its handles need the loop to end */

struct server {
    struct server_settings settings; /* its texts are copies */
    uv_loop_t *loop;
    uv_tcp_t listener;
    uv_timer_t sweep;
    bool listening, draining;
    struct tokens *tokens;
    struct routes *routes;
    struct stream *stream; /* NULL: none */
    struct list connections, unused;
    size_t connection_count, unused_count;
    uint64_t full_at; /* loop time in ms when all connections were taken last; 0: never */
    int handles;      /* of the loop, without the connections' */
    struct str answer;
    char date[48]; /* the header line, as of the last sweep */
};

#endif
