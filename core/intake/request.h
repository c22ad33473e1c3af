/*
 * request - one HTTP request of a sender as plain data, and the answer to it.
 *
 * The web server fills in a request and calls intake_receive (route.h), which returns a list of alerts and an answer.
 * The answer is sent once the alerts are durable. If they cannot be stored now, intake_busy returns the answer that
 * makes this sender come back (or, if it never does, lose the least). An answer owns all its bytes, so that it can
 * wait.
 *
 * Pure: no I/O and no clock. `find` looks up who a key belongs to.
 */
#ifndef TOCSIN_INTAKE_REQUEST_H
#define TOCSIN_INTAKE_REQUEST_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "intake/alert.h"
#include "intake/charset.h"
#include "intake/customer.h"
#include "intake/reader.h"

enum intake_auth {
    INTAKE_KEY,     /* the public key of a DSN; secret: the key, stream: the project */
    INTAKE_BEARER,  /* secret: the token */
    INTAKE_BASIC,   /* user and secret: the password */
    INTAKE_ROUTING, /* secret: PagerDuty's routing_key */
};

struct intake_credential {
    enum intake_auth style;
    const char *user, *secret, *stream; /* never NULL */
};

/* Who a key belongs to. Texts may be "", and live as long as the request. */
struct intake_source {
    const char *name;                  /* unique: budgets and fingerprints are per source */
    const char *service, *environment; /* for alerts that do not name them */
};

struct intake_limits {
    size_t body;     /* as received; 0: 20 MB */
    size_t inflated; /* 0: 100 MB */
    size_t json;     /* one document; 0: 8 MB (a Sentry event: 1 MB, as Sentry itself allows) */
};

/* The part that does not change between requests. A request that waits, or is read on another thread, holds it. */
struct intake_config {
    int held;                             /* by so many; the loop's thread counts */
    void (*free)(struct intake_config *); /* called when the last one lets go; NULL: it is not freed */
    struct intake_limits limits;
    const struct customer_mapping *customers; /* NULL: the default mapping */
    void *ctx;
    /* NULL when the credential is unknown. Its timing must not reveal which part was wrong. Any thread, while the config is held. */
    const struct intake_source *(*find)(void *ctx, const struct intake_credential *credential);
};

void intake_config_hold(struct intake_config *config);
void intake_config_release(struct intake_config *config);

struct intake_request {
    const struct intake_config *config;
    const char *method, *path; /* without the query */
    const char *query;         /* without '?'; NULL or "": none */
    const char *authorization; /* header values; NULL: absent */
    const char *sentry_auth;   /* X-Sentry-Auth */
    const char *content_encoding, *content_type;
    const char *body;
    size_t n;
    instant now;
    struct arena *arena; /* reset by the caller between requests */
    bool at_once;        /* to be read on the loop's thread: give up if that takes long */

    /* Filled in on the way. */
    const struct intake_route *route;   /* NULL: no intake path */
    const char *key;                    /* a Sentry key from header or query; "" if none was given */
    const char *stream;                 /* from the path; "" if it names none */
    const struct intake_source *source; /* NULL: not known yet; the decoder finds it in the body */
    enum charset charset;               /* of the body; request_json and request_reader read it so */
};

/* The form of refusal that a sender understands, and the status that makes it come back. */
enum intake_dialect {
    DIALECT_PLAIN,        /* problem details; comes back on 503 */
    DIALECT_SENTRY,       /* X-Sentry-Error; never sends the same again, but pauses when asked to */
    DIALECT_ALERTMANAGER, /* problem details; comes back on 5xx only: even 429 loses the notification */
    DIALECT_PAGERDUTY,    /* {"status","message","errors"}; comes back on 429 */
};

#define INTAKE_ANSWER  2000
#define INTAKE_HEADERS 8
#define INTAKE_WHY     140

struct intake_answer {
    int status;
    char body[INTAKE_ANSWER]; /* JSON, or "" */
    struct {
        const char *name; /* lower case; static */
        char value[160];
    } headers[INTAKE_HEADERS];
    int n_headers;
    char why[INTAKE_WHY]; /* of a refusal, in words: "wrong key"; "" for an answer that is none */
};

/* Sets status and body; cuts a body that does not fit. */
__attribute__((format(printf, 3, 4))) void answer_set(struct intake_answer *answer, int status,
                                                      const char *format, ...);
void answer_header(struct intake_answer *answer, const char *name, const char *value);
/* Sets a refusal in the sender's dialect; returns rc. The text is for people. */
__attribute__((format(printf, 5, 6))) int answer_refuse(struct intake_answer *answer,
                                                        enum intake_dialect dialect, int status, int rc,
                                                        const char *format, ...);
/* Says in words why a request was refused, where that is shorter than the text for its sender. */
void answer_why(struct intake_answer *answer, const char *why);
/* The sender is asked to come back in so many seconds, in the way that it understands: the alerts cannot be stored now, or, if
   `spent`, the sender has used up what it is allowed. */
void answer_pause(struct intake_answer *answer, enum intake_dialect dialect, int seconds, bool spent);

/*
 * Decodes one wire format: reads request->body (inflated) into alerts. Returns 0 with the answer to send once they are
 * durable, or a negative code with the answer to send now.
 */
typedef int intake_decoder(struct intake_request *request, struct alert_list *ret,
                           struct intake_answer *answer);

/* ---- for decoders ---- */

/* Parses a document into the request's arena, which owns it: never delete it. Refuses in the dialect. Bytes that are no UTF-8 are
   replaced (charset.h). */
int request_json(struct intake_request *request, enum intake_dialect dialect, const char *bytes, size_t n,
                 const cJSON **ret, struct intake_answer *answer);
/* Begins to read the whole body in one pass; likewise. */
void request_reader(struct intake_request *request, struct reader *ret);
/* Adds an alert from the request's source; NULL: there are too many. */
struct alert *request_alert(struct intake_request *request, struct alert_list *list, const char *source);
/* Call once the alert is filled in: adds the defaults of the source, and the customer. `doc` may be NULL. */
void request_complete(struct intake_request *request, struct alert *alert, const cJSON *doc);
/* Finds who a key in the body belongs to; ERR_AUTH: nobody. */
int request_find(struct intake_request *request, enum intake_auth style, const char *user, const char *secret);

#endif
