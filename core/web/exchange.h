/*
 * exchange - one HTTP request from its first byte to its answer, as the server's own files see it; handlers see request.h.
 *
 * A request belongs to its connection while it arrives, to its handler until it is answered, and then to the pool of its
 * server, which reuses it. It may outlive its client: it keeps the buffer that it reads from, and its answer is dropped.
 * Loop's thread only. Nothing here decides what an answer says.
 */
#ifndef TOCSIN_WEB_EXCHANGE_H
#define TOCSIN_WEB_EXCHANGE_H

#include <uv.h>

#include "base/list.h"
#include "base/mem.h"
#include "web/routes.h"
#include "web/token.h"
#include "web/charge.h"
#include "web/wire.h"

struct http_client { /* a connection, as far as its request knows it */
    uv_tcp_t tcp;
    bool keep_alive; /* the connection stays open after the current answer */
    /* Writes an answer; the connection gives up its request. */
    void (*answer)(struct http_client *client, const char *head, size_t head_n, const char *body, size_t n);
    /* The socket was taken over: the connection gives up its request and closes. */
    void (*leave)(struct http_client *client);
};

struct exchanges { /* what the requests of one server share */
    struct list unused;
    size_t unused_count;
    bool draining;     /* every answer ends its connection */
    struct str answer; /* the head of the current answer */
    char date[48];     /* the header line, which the server keeps up to date */
};

/* A request with everything that belongs to it. Once answered, it is reused for another. */
struct http_request {
    struct exchanges *exchanges;
    struct http_client *client;     /* NULL: the client went away, or the answer came too late */
    struct wire_head head;          /* its texts are in the connection's buffer, or in `kept` */
    char *kept;                     /* the connection's buffer, taken over when the connection ends first */
    struct str path, body, headers; /* headers: of the answer */
    const char *query;
    struct route_match match;
    const struct token *token;
    unsigned flags; /* the route's, which may be gone when the answer comes */
    bool too_large; /* its body, which is not here */
    struct wire_chunks chunks;
    ARRAY(char *) texts; /* made for the handler, freed with the request */
    int64_t began;       /* loop time at which it was complete, in ns */
    bool asked;          /* about its admission */
    struct charge charge;
    void *attached; /* see http_attach */
    void (*end_attached)(void *attached);
    struct list link; /* in the list of unused requests, or of those that wait for their turn */
};

void exchanges_init(struct exchanges *exchanges);
void exchanges_finish(struct exchanges *exchanges); /* once all are answered */

struct http_request *exchange_begin(struct exchanges *exchanges, struct http_client *client);
/* Hands a complete request, which `began` then, to the handler of its route. */
void exchange_hand_over(struct http_request *request);
/* Puts a request back that was answered or abandoned. */
void exchange_end(struct http_request *request);

#endif
