/*
 * http - a blocking HTTP client over libcurl.
 *
 * One client serves all threads of a connector: create it in open() and destroy it in close(). Connections are pooled.
 * Certificates are verified (by the CAs in the file SSL_CERT_FILE, where that is set), redirects are not followed, only http and https are allowed, and every call has limits on its time
 * and on the size of the answer, after decompression.
 *
 *     struct kit_request request = {.url = url, .bearer = token, .json = message, .timeout_ms = action->deadline_ms};
 *     struct kit_answer answer;
 *     kit_http_call(http, &request, &answer);
 *     if (kit_answer_result(&answer, result) == TOCSIN_DONE)
 *         … kit_json_parse(answer.body, answer.body_length)
 *     kit_answer_finish(&answer);
 *
 * The answer separates what was never sent, which may be sent again, from what was cut off after sending, which may have
 * happened. Errors may name the host, but never a path, a query or a header, because those hold secrets.
 */
#ifndef TOCSIN_KIT_HTTP_H
#define TOCSIN_KIT_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <tocsin/connector.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kit_http;

struct kit_header {
    const char *name, *value; /* in answers the name is in lower case; a header with a line break is not sent */
};

/* A request; everything in it is borrowed for the call. */
struct kit_request {
    const char *method, *url; /* method NULL: POST if there is a body, otherwise GET */
    const struct kit_header *headers;
    size_t header_count;
    const char *bearer; /* a token, sent as "Authorization: Bearer …"; NULL: none */
    const cJSON *json;  /* the body, sent as application/json; NULL: see `body` */
    const char *body;   /* any other body; NULL: none */
    size_t body_length;
    int64_t timeout_ms; /* for the whole call; 0: 30 s. Connecting may take 10 s of it */
    size_t most;        /* limit of the answer's body in bytes; 0: 4 MiB. A longer one is KIT_CUT */
    /* Use a new connection, on which libcurl never repeats the request by itself: for what must not happen twice. */
    bool once;
    /* The address is a stranger's: it must not lead to this machine or into a private network. Such a call is KIT_NOT_SENT. */
    bool stranger;
};

enum kit_outcome {
    KIT_ANSWERED, /* status and body are the peer's */
    KIT_NOT_SENT, /* nothing reached the peer: no address, no connection, no trust */
    KIT_CUT,      /* sent, in part at least, and no whole answer: it may have happened */
};

struct kit_answer {
    enum kit_outcome outcome;
    long status;            /* the HTTP status; 0 unless answered */
    int64_t retry_after_ms; /* from Retry-After, at most a day; 0: none */
    char *body;             /* never NULL, terminated after body_length bytes */
    size_t body_length;
    struct kit_header *headers; /* the first 100 */
    size_t header_count;
    char error[256]; /* what went wrong, for a person; "" when answered */
};

/* Copies `user_agent`. NULL if memory runs out. */
struct kit_http *kit_http_create(const char *user_agent);
/* Call it after the last call has returned. Accepts NULL. */
void kit_http_destroy(struct kit_http *http);
/* Makes a call, for at most timeout_ms. Always fills *answer, which the caller finishes. Any thread. */
void kit_http_call(struct kit_http *http, const struct kit_request *request, struct kit_answer *answer);
/* Frees the contents of an answer. */
void kit_answer_finish(struct kit_answer *answer);
/* A header of the answer, by its name in lower case; NULL if there is none. Borrowed. */
const char *kit_answer_header(const struct kit_answer *answer, const char *name);

/*
 * Sets the outcome of an action by the usual meaning of HTTP statuses, with the peer's delay and a detail for the operator.
 * Returns result->code:
 *   TOCSIN_DONE     2xx
 *   TOCSIN_RETRY    408, 425, 429, other 5xx, and what was not sent
 *   TOCSIN_AUTH     401, 403
 *   TOCSIN_UNKNOWN  502, 504, and what was cut
 *   TOCSIN_REFUSED  everything else, including redirects
 * If your platform reports errors in the body, look there first.
 */
int32_t kit_answer_result(const struct kit_answer *answer, struct tocsin_result *result);

/* What a status means on one platform, where that differs from the usual, and what to do, for a person. */
struct kit_meaning {
    long status; /* 0 ends the table */
    int32_t code;
    const char *text; /* NULL: the usual one */
};
/* The same, by such a table first. `said`: the platform's own words, which the detail ends with; may be "". */
int32_t kit_answer_meaning(const struct kit_answer *answer, const struct kit_meaning *meanings,
                           const char *said, struct tocsin_result *result);
/* The outcome as open(), check() and run() report it: 0 for DONE, TOCSIN_E_AUTH for AUTH and REFUSED, else TOCSIN_E_FAILED. */
int32_t kit_result_error(const struct tocsin_result *result, struct tocsin_error *error);

/* A Retry-After value, "120" or an HTTP date, as milliseconds from now_ms (since 1970): at most a day; 0 if it is invalid or past. */
int64_t kit_retry_after(const char *value, int64_t now_ms);
/* An X-RateLimit-Reset value, when a limit begins anew, in seconds since 1970, as milliseconds from now_ms: a second at least, most_ms at
   most; 0 for NULL. */
int64_t kit_reset_after(const char *value, int64_t now_ms, int64_t most_ms);

/* Percent-encodes a text for a URL or a form. The caller frees it. NULL if memory runs out. */
char *kit_url_encode(const char *text);

#ifdef __cplusplus
}
#endif
#endif
