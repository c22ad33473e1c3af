/*
 * request - one HTTP request of a sender as plain data, what comes of it, and what it is answered.
 *
 * The web server fills a request and calls intake_receive (route.h); it gets a list of alerts and an answer. The
 * answer is sent when the alerts are durable; if they cannot be taken now, intake_busy gives the answer that makes
 * this sender come back (or, for those that never do, lose least). An answer owns all its bytes, so that it can wait.
 *
 * Pure: no I/O and no clock. Who a key belongs to is asked through `find`.
 */
#ifndef TOCSIN_INTAKE_REQUEST_H
#define TOCSIN_INTAKE_REQUEST_H

#include <stdbool.h>

#include "intake/alert.h"
#include "intake/customer.h"

enum intake_auth {
    INTAKE_KEY,     /* a DSN's public key; secret: the key, stream: the project */
    INTAKE_BEARER,  /* secret: the token */
    INTAKE_BASIC,   /* user and secret: the password */
    INTAKE_ROUTING, /* secret: PagerDuty's routing_key */
};

struct intake_credential {
    enum intake_auth style;
    const char *user, *secret, *stream; /* never NULL */
};

/* Whom a key belongs to. Texts may be "" and live as long as the request. */
struct intake_source {
    const char *name;                  /* unique: budgets and fingerprints are per source */
    const char *service, *environment; /* of alerts that name none */
};

struct intake_limits {
    size_t body;     /* as received; 0: 20 MB */
    size_t inflated; /* 0: 100 MB */
    size_t json;     /* one document; 0: 8 MB (a Sentry event: 1 MB, as its vendor has it) */
};

/* What does not change between requests. */
struct intake_config {
    struct intake_limits limits;
    const struct customer_mapping *customers; /* NULL: the default mapping */
    void *ctx;
    /* NULL when the credential is not known. Must not tell by its time which part was wrong. */
    const struct intake_source *(*find)(void *ctx, const struct intake_credential *credential);
};

struct intake_request {
    const struct intake_config *config;
    const char *method, *path; /* without the query */
    const char *query;         /* without '?'; NULL or "": none */
    const char *authorization; /* header values; NULL: absent */
    const char *sentry_auth;   /* X-Sentry-Auth */
    const char *content_encoding;
    const char *body;
    size_t n;
    instant now;
    struct arena *arena; /* reset by the caller between requests */

    const char *stream; /* filled by intake_receive: from the path; "" when it names none */
};

#define INTAKE_ANSWER  2000
#define INTAKE_HEADERS 8

struct intake_answer {
    int status;
    char body[INTAKE_ANSWER]; /* JSON, or "" */
    struct {
        const char *name; /* lower case; static */
        char value[160];
    } headers[INTAKE_HEADERS];
    int n_headers;
};

void answer_header(struct intake_answer *answer, const char *name, const char *value);

/* One wire format: reads request->body (inflated) into alerts. Returns 0, or a negative code with `answer` filled. */
typedef int intake_decoder(const struct intake_request *request, struct alert_list *ret,
                           struct intake_answer *answer);

#endif
