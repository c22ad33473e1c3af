/*
 * request - one HTTP request as a handler sees it, and its answer.
 *
 * A handler gets a whole request, body and all, and answers it once, now or later: after a commit, from any
 * callback on the loop. Until then the request stays valid, also when its client went away meanwhile (the
 * answer is then dropped); after its answer it must not be touched. What a getter returns is borrowed until
 * the answer, and all of it comes from outside. A handler that keeps requests unanswered must answer them
 * before the server is destroyed. Loop's thread only.
 */
#ifndef TOCSIN_WEB_REQUEST_H
#define TOCSIN_WEB_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum http_method {
    HTTP_GET = 1, /* answers HEAD as well: the same headers, no body */
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_HEAD,
};

struct http_request;
struct token;

enum http_method http_method(const struct http_request *request);
const char *http_method_name(enum http_method method);
const char *http_path(
    const struct http_request *request); /* begins with '/'; percent-decoded, no "." or ".." */
const char *http_query(
    const struct http_request *request); /* as sent, without the '?'; "" when there is none */
/* Percent-decoded value of a query parameter; NULL: absent. "" when it has none. */
const char *http_query_value(struct http_request *request, const char *name);
/* By name in lower case, without a colon; NULL: absent. */
const char *http_header(struct http_request *request, const char *name);
/* Every header, names in lower case. */
void http_each_header(struct http_request *request, void (*on)(void *ctx, const char *name, const char *value),
                      void *ctx);
/* What stood for {name} in the route's pattern; "" when the pattern has no such part. */
const char *http_parameter(struct http_request *request, const char *name);
/* Followed by a NUL that is not counted. */
const char *http_body(const struct http_request *request, size_t *ret_n);
/* Whose token it was; NULL on a route that needs none. */
const struct token *http_token(const struct http_request *request);
const char *http_peer(struct http_request *request); /* numeric address */

/* ---- the answer; each of these ends the request ---- */

/* content_type NULL: none. The body is copied. */
void http_answer(struct http_request *request, int status, const char *content_type, const char *body,
                 size_t n);
/* application/problem+json (RFC 9457) with the status' own title, and the text as `detail`. */
__attribute__((format(printf, 3, 4))) void http_problem(struct http_request *request, int status,
                                                        const char *format, ...);
/* The problem that fits an error code: 400, 404, 409, 413, 401, 503, … */
struct error;
void http_problem_of(struct http_request *request, const struct error *err);

/* A further header of the answer, before it: name in any case without a colon. Text with control characters
   is left out. */
void http_answer_header(struct http_request *request, const char *name, const char *value);

/* The status' words: "Not Found". */
const char *http_status_text(int status);

#endif
