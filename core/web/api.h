/*
 * api - the REST API under /api/v1: JSON, paged, errors as RFC 9457 problem details; and the live stream.
 *
 * Every request reads and acts as the token's person, so a private incident that this person may not see does
 * not exist here either. docs/openapi.json describes the API, and a test compares the two. Loop's thread only.
 */
#ifndef TOCSIN_WEB_API_H
#define TOCSIN_WEB_API_H

#include "host/supervisor.h"
#include "turn/core.h"
#include "web/server.h"
#include "web/token.h"

struct api;
struct api_parts { /* the caller owns them all */
    struct server *server;
    struct tokens *tokens;
    struct core *core;
    struct supervisor *supervisor;
    int (*reload_policy)(struct error *err);
    /* Reloads the configuration, all or nothing. *said: what changed, for the operator. */
    int (*reload)(struct str *said, struct error *err);
    instant (*clock)(void);
    const char *public_url;      /* NULL: none */
    int64_t requests_per_minute; /* that a token may make; 0: as many as it likes */
};

struct api *api_create(const struct api_parts *parts);
void api_destroy(struct api *api); /* after server_destroy; runs the loop until the stream is closed */
/* Passes an event that became durable to the live stream. */
void api_published(struct api *api, const struct event *event);

#endif
