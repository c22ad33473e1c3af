/*
 * http_server - a web server of its own thread, for tests: answers from a table of pages, or fails the way that it is told to.
 *
 * One connection and one request at a time. The caller owns the server and its pages, and may change them while it runs.
 */
#ifndef TOCSIN_TESTS_HTTP_SERVER_H
#define TOCSIN_TESTS_HTTP_SERVER_H

#include <pthread.h>
#include <stdint.h>

struct http_page {
    const char *path; /* NULL ends the table */
    _Atomic int status;
    const char *_Atomic body;
    const char *_Atomic header; /* a line without its end; NULL: none */
    _Atomic int delay_ms;       /* before the answer */
    _Atomic int count;          /* of requests */
    char asked[8192];           /* the last one, as it came */
};

struct http_server {
    uint16_t port;
    struct http_page *pages; /* what is not there is 404 */
    int listening;
    pthread_t thread;
};

void http_server_start(struct http_server *server);
void http_server_stop(struct http_server *server);

#endif
