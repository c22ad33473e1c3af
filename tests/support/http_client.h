/*
 * http_client - plain sockets for tests of the web server, in the server's own thread: functions that wait run its loop.
 * A wait of more than some seconds fails the test.
 */
#ifndef TOCSIN_TESTS_HTTP_CLIENT_H
#define TOCSIN_TESTS_HTTP_CLIENT_H

#include <uv.h>

#include "base/str.h"

struct http_client {
    uv_loop_t *loop;
    int fd;
    struct str in; /* received and not consumed yet */
    bool ended;    /* the server closed */
};

void http_client_open(struct http_client *client, uv_loop_t *loop, int port);
void http_client_close(struct http_client *client);
void http_client_send(struct http_client *client, const char *bytes, size_t n);
/* Runs the loop until a whole answer has arrived. Returns its status, a copy of its body in *ret_body and its head in `headers`;
   both may be NULL. 0: the server closed the connection instead. */
int http_client_answer(struct http_client *client, char **ret_body, struct str *headers);
/* The same for an answer to HEAD: no body follows. */
int http_client_head_answer(struct http_client *client, struct str *headers);
/* Sends text and waits for the answer. */
int http_client_ask(struct http_client *client, const char *request, char **ret_body);
/* Runs the loop until the server closes the connection. */
void http_client_wait_end(struct http_client *client);
/* Runs the loop until n bytes have arrived; false: the server closed the connection. */
bool http_client_need(struct http_client *client, size_t n);
/* One turn of the loop; waits at most a few milliseconds. */
void loop_turn(uv_loop_t *loop);

/* Runs the loop until the condition holds; fails the test after 10 seconds. */
#define LOOP_UNTIL(loop, condition)                                                                            \
    do {                                                                                                       \
        uint64_t until_ = uv_hrtime() + 10000000000ull;                                                        \
        while (!(condition)) {                                                                                 \
            loop_turn(loop);                                                                                   \
            if (uv_hrtime() > until_)                                                                          \
                loop_gave_up(#condition, __FILE__, __LINE__);                                                  \
        }                                                                                                      \
    } while (0)
void loop_gave_up(const char *condition, const char *file, int line);

#endif
