/*
 * health - GET /healthz, /readyz and /metrics: is Tocsin alive, does it accept work, and what has it counted.
 *
 * /healthz answers 200 as long as the loop runs. /readyz answers 503 with the reason while the journal cannot
 * be written, and says if it is damaged. None of them needs a token, since none names a person or an incident.
 */
#ifndef TOCSIN_WEB_HEALTH_H
#define TOCSIN_WEB_HEALTH_H

#include "web/server.h"

struct health_ops {
    void *ctx;
    bool (*ready)(void *ctx, const char **ret_why);
    void (*gauges)(void *ctx); /* sets the gauges that are only computed when they are read; may be NULL */
    void (*damage)(void *ctx, struct str *out); /* adds a line if the journal is damaged; may be NULL */
};

/* `ops` must live as long as the server. */
void server_health(struct server *server, const struct health_ops *ops);

#endif
