/*
 * request - one HTTP request as a handler sees it, and its answer.
 *
 * A handler gets a complete request, body included, and answers it once: now, or later from any callback on
 * the loop, such as after a commit. Until then the request stays valid, even if its client goes away (the
 * answer is then dropped); afterwards it must not be touched. What a getter returns is borrowed until the
 * answer, and comes from outside: trust none of it. Every request must be answered before the server is
 * destroyed. Loop's thread only.
 */
#ifndef TOCSIN_WEB_REQUEST_H
#define TOCSIN_WEB_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum http_method {
    HTTP_GET = 1, /* also answers HEAD: the same headers, no body */
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_HEAD,
};

struct http_request;
struct kept;
struct token;

enum http_method http_method(const struct http_request *request);
bool http_reads(const struct http_request *request); /* is it GET or HEAD? */
const char *http_method_name(enum http_method method);
/* Begins with '/'; percent-decoded; without "." and ".." parts. */
const char *http_path(const struct http_request *request);
/* As sent, without the '?'; "" when there is none. */
const char *http_query(const struct http_request *request);
/* The percent-decoded value of a query parameter. NULL: absent; "": it has no value. */
const char *http_query_value(struct http_request *request, const char *name);
/* Calls `on` for each pair of a form in the body (application/x-www-form-urlencoded), decoded; both are borrowed for the call. */
void http_each_field(const struct http_request *request,
                     void (*on)(void *ctx, const char *name, const char *value), void *ctx);
/* `name` in lower case, without the colon. NULL: absent. */
const char *http_header(struct http_request *request, const char *name);
/* The token of "Authorization: Bearer TOKEN". NULL: none was sent so. */
const char *http_bearer(struct http_request *request);
/* Calls `on` for each header, its name in lower case. */
void http_each_header(struct http_request *request, void (*on)(void *ctx, const char *name, const char *value),
                      void *ctx);
/* The part of the path that matches {name} in the route's pattern; "" when the pattern has no such part. */
const char *http_parameter(struct http_request *request, const char *name);
/* The body is followed by a NUL that *ret_n does not count. */
const char *http_body(const struct http_request *request, size_t *ret_n);
size_t http_body_most(const struct http_request *request); /* bytes, on its route */
/* How long the body is by its head; where that does not say: the most that it can be. */
size_t http_length(const struct http_request *request);
/* Counts so many bytes in both until the request has been answered, or its client is gone. */
void http_charge(struct http_request *request, size_t bytes, size_t *of_sender, size_t *of_all);
/* Moves the body out, to be freed by the caller with str_finish on any thread. */
struct str http_take_body(struct http_request *request);
/* Only on a route with ROUTE_TOO_LARGE: the body is beyond the limit, and not here. */
bool http_too_large(const struct http_request *request);
/* The client went away: nobody gets the answer, which must be given all the same. */
bool http_gone(const struct http_request *request);
/* NULL on a route that needs no token. */
const struct token *http_token(const struct http_request *request);
unsigned http_scope(const struct http_request *request); /* of its route: enum token_scope */
const char *http_peer(struct http_request *request);     /* its numeric address */

/* Goes with the request until it has been answered; then `end` is called with it. At most one. */
void http_attach(struct http_request *request, void *thing, void (*end)(void *thing));
void *http_attached(const struct http_request *request); /* NULL: nothing */

/* ---- the answer; each of these ends the request ---- */

/* content_type NULL: none. The body is copied. */
void http_answer(struct http_request *request, int status, const char *content_type, const char *body,
                 size_t n);
#define HTTP_PROBLEM "application/problem+json"
/* Problem details (RFC 9457) with the status' own title, and the text as `detail`. */
__attribute__((format(printf, 3, 4))) void http_problem(struct http_request *request, int status,
                                                        const char *format, ...);
/* The problem that matches an error's code: 400, 401, 404, 409, 413, 503, … */
struct error;
int http_status_of(int code); /* of an ERR_ code */
/* Writes such problem details. `code`: a word for programs; NULL: none. */
void http_problem_write(int status, const char *code, const char *detail, struct str *out);
void http_problem_of(struct http_request *request, const struct error *err);

/* A file in the smallest encoding that the client takes, with its ETag; 304 in place of 200 where the client has it already. The caller
   says by Vary that it depends on Accept-Encoding. */
void http_answer_kept(struct http_request *request, int status, const struct kept *file);
/* Ends the request without an answer and takes its socket over, for another protocol. Returns a descriptor that the caller
   closes; -1: the client went away. */
int http_take_socket(struct http_request *request);

/* Adds a header; to be called before the answer. `name` in any case, without the colon. A value with control
   characters is dropped. */
void http_answer_header(struct http_request *request, const char *name, const char *value);

/* The value of such a header, NULL: there is none. The caller frees it. */
char *http_answered_header(const struct http_request *request, const char *name);

/* The reason phrase: "Not Found". */
const char *http_status_text(int status);

#endif
