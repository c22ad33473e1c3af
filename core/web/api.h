/*
 * api - the REST API under /api/v1: JSON, paged, errors as RFC 9457 problem details; and the live stream.
 *
 * Everything is asked of the hub in the name of the token's person, so a private incident that the person may
 * not see does not exist here either. What changes something is a command line, as in chat. docs/openapi.json
 * describes it all; a test compares. Loop's thread only.
 */
#ifndef TOCSIN_WEB_API_H
#define TOCSIN_WEB_API_H

#include "host/supervisor.h"
#include "hub/hub.h"
#include "web/server.h"
#include "web/token.h"

struct api;
struct api_parts { /* all stay the caller's */
    struct server *server;
    struct tokens *tokens;
    struct hub *hub;
    struct supervisor *supervisor;
    int (*reload_policy)(struct error *err);
    /* The configuration, all or nothing; *said: what became of it, for the operator. */
    int (*reload)(struct str *said, struct error *err);
    instant (*clock)(void);
};

struct api *api_create(const struct api_parts *parts);
void api_destroy(struct api *api);
/* An event became durable: for the live stream. */
void api_published(struct api *api, const struct event *event);

#endif
