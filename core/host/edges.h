/*
 * edges - the types that cross the boundary of the host: a connector's configuration, its reports, the requests to it.
 *
 * Only types, so that the parts of the host share them without knowing each other. Texts are borrowed for the call.
 */
#ifndef TOCSIN_HOST_EDGES_H
#define TOCSIN_HOST_EDGES_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "host/life.h"

struct connector_config {
    const char *name;      /* as configured: "slack"; lower-case letters, digits, - and _, at most 40 */
    const char *file;      /* the shared object */
    const cJSON *settings; /* as configured: checked once the connector has declared its settings */
    int64_t memory;        /* bytes; 0: no limit */
    bool trial;            /* only to check it: it receives nothing, and may be running elsewhere */
};

struct connector_result {
    int code; /* TOCSIN_DONE, _RETRY, ... */
    duration retry_after;
    const char *remote_id, *detail; /* NULL: none */
    const char *answer;             /* JSON, perhaps malformed, of an action that asks; NULL: none */
    const cJSON *kept;              /* see on_event */
};

struct supervisor_ops {
    void *ctx;
    /* An event; answer with supervisor_ack. `kept` is an array of {"key","value"} to store together with the event; a null
       value removes the key. `kept` NULL: nothing. */
    void (*on_event)(void *ctx, const char *connector, const cJSON *event, const cJSON *kept, uint64_t token);
    /* The connector's own store; answer with supervisor_value or supervisor_ack. A NULL value removes the key. */
    void (*on_get)(void *ctx, const char *connector, const char *key, uint64_t token);
    void (*on_put)(void *ctx, const char *connector, const char *key, const char *value, uint64_t token);
    void (*on_result)(void *ctx, const char *connector, uint64_t action, const struct connector_result *result);
    /* reason: what is wrong when it is not up; NULL: it was stopped on request. */
    void (*on_state)(void *ctx, const char *connector, uint64_t can, bool up, const char *reason);
    /* What it can do, and the rate limits that it declares (see outbox/limit_read.h), before it is up. Optional. */
    void (*on_described)(void *ctx, const char *connector, uint64_t can, int parallel, const cJSON *limits);
    /* The addresses that the links of its tickets begin with, as it is set: an array of text. Optional. */
    void (*on_pages)(void *ctx, const char *connector, const cJSON *pages);
    /* Its platform cannot be reached (why), or can again (NULL). Optional. */
    void (*on_health)(void *ctx, const char *connector, const char *why);
};

struct supervisor_times {
    struct life_times life;
    duration deadline; /* for one perform, serve or check */
};

struct webhook {
    const char *method, *path, *query, *body;
    size_t n;
    instant received;
    const cJSON *headers; /* object of text, names in lower case */
};
typedef void webhook_done(void *ctx, int status, const char *content_type, const char *body, size_t n);

struct check_result {
    int code; /* 0 or TOCSIN_E_... */
    const char *text;
    const char *channel; /* why announcements cannot be posted; NULL: they can, or the connector cannot tell */
};
typedef void check_done(void *ctx, const struct check_result *result);

#endif
