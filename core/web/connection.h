/*
 * connection - one client's socket: takes in bytes, hands complete requests to their handlers, writes answers.
 *
 * A connection handles one request at a time. What a client sends ahead waits in a buffer of fixed size; while that is full, the
 * socket is not read. So a client costs at most a head, one body and one answer. A connection owns itself: connection_close
 * frees it when the loop has run. It knows neither the server nor what the other connections do. Loop's thread only.
 */
#ifndef TOCSIN_WEB_CONNECTION_H
#define TOCSIN_WEB_CONNECTION_H

#include "base/time.h"
#include "web/exchange.h"
#include "web/guesses.h"
#include "web/pace.h"

struct connections { /* what the connections of one server share; it outlives them */
    uv_loop_t *loop;
    duration request_time, idle_time, answer_time; /* see struct server_settings */
    const struct routes *routes;
    struct tokens *tokens; /* NULL: there are none */
    struct guesses guesses;
    struct exchanges exchanges;
    struct pace pace;  /* of those that send much */
    struct pace turns; /* of requests whose handlers take long */
    int handles;       /* of these, not closed yet */
    struct list list;
    size_t n;
};

enum connection_state {
    READING_HEAD,
    READING_BODY,
    ANSWERING, /* a handler has the request */
    WRITING,   /* the socket has not taken all of the answer yet */
    LINGERING, /* answered; waiting for the client to read it before closing */
};

struct connection {
    struct http_client client;
    struct connections *all;
    struct list link; /* in the list of all connections */
    struct list turn; /* while it sends much: waits for a turn to be read */
    enum connection_state state;
    char *in; /* unread bytes: in[0..n) */
    size_t n, cap;
    size_t head_n; /* length of the current head, at the start of `in` */
    struct http_request *request;
    uint64_t deadline; /* loop time in ms */
    size_t paced;      /* parts of BODY_PACE bytes that have arrived */
    size_t drained;    /* bytes discarded while lingering */
    bool ended, closing, working;
};

void connections_init(struct connections *all); /* whose loop is set */
/* Closes all of them; the loop has to run until none and no handle is left. */
void connections_close(struct connections *all);
void connection_accept(struct connections *all, uv_stream_t *listener);
void connection_close(struct connection *connection);
/* Called when the deadline has passed. */
void connection_expired(struct connection *connection);

#endif
