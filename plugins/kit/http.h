/*
 * http - a blocking HTTP client for connectors, over libcurl.
 *
 * One kit_http serves all threads of a connector; each call uses a connection of its own from a small pool. Certificates
 * are verified, redirects are not followed, only http and https are spoken, every call has a time limit and a limit on
 * what it reads (after decompression). The answer tells apart what was never sent from what was cut after sending, which
 * decides between TOCSIN_RETRY and TOCSIN_UNKNOWN. Nothing here puts a URL or a header into an error: they hold secrets.
 */
#ifndef KIT_HTTP_H
#define KIT_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tocsin/connector.h>

struct kit_http;

struct kit_header {
    const char *name, *value; /* of an answer: name in lower case */
};

struct kit_request {
    const char *method, *url; /* method NULL: GET, or POST where there is a body */
    const struct kit_header *headers;
    size_t header_count;
    const char *body;
    size_t body_length;
    int64_t timeout_ms; /* 0: 30 s */
    size_t most;        /* bytes of the answer's body; 0: 4 MiB */
    bool once;          /* never sent a second time: a fresh connection, which cannot have been closed unseen */
};

enum kit_outcome {
    KIT_ANSWERED, /* status and body are the peer's */
    KIT_NOT_SENT, /* nothing reached the peer: no address, no connection, no trust */
    KIT_CUT,      /* sent, in part at least, and no whole answer: it may have happened */
};

struct kit_answer {
    enum kit_outcome outcome;
    long status;
    int64_t retry_after_ms; /* as the peer asked; 0: it did not */
    char *body;             /* never NULL, terminated after body_length */
    size_t body_length;
    struct kit_header *headers;
    size_t header_count;
    char error[256]; /* what went wrong, for a person; "" when answered */
};

/* user_agent is copied. NULL when memory runs out. */
struct kit_http *kit_http_create(const char *user_agent);
void kit_http_destroy(struct kit_http *http); /* after the last call returned; NULL is fine */
/* Fills *answer, always; the caller finishes it. Any thread. */
void kit_http_call(struct kit_http *http, const struct kit_request *request, struct kit_answer *answer);
void kit_answer_finish(struct kit_answer *answer);
const char *kit_answer_header(const struct kit_answer *answer, const char *name); /* lower case; NULL: absent */

/* The outcome of an action by the usual meaning of statuses; platforms that say it in the body look there first. */
int32_t kit_answer_result(const struct kit_answer *answer, struct tocsin_result *result);

/* "120" or an HTTP date, as milliseconds from now: 0 for what is neither or past, at most a day. */
int64_t kit_retry_after(const char *value, int64_t now_ms);

/* Percent-encodes for a URL; the caller frees. NULL when memory runs out. */
char *kit_url_encode(const char *text);

#endif
