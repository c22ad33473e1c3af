/*
 * health - GET /healthz, /readyz and /metrics: is it alive, does it take things in, and what has it counted.
 *
 * /healthz answers 200 as long as the loop turns. /readyz answers 503 with the reason while nothing is taken
 * in (the journal cannot be written). None needs a token: they tell no names.
 */
#ifndef TOCSIN_WEB_HEALTH_H
#define TOCSIN_WEB_HEALTH_H

#include "web/server.h"

struct health_ops {
    void *ctx;
    bool (*ready)(void *ctx, const char **ret_why);
    void (*gauges)(
        void *ctx); /* sets gauges that nobody keeps up to date, before they are shown; may be NULL */
};

/* The ops must live as long as the server. */
void server_health(struct server *server, const struct health_ops *ops);

#endif
