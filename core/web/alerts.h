/*
 * alerts - the HTTP side of the intake: requests of senders to alerts to the hub, answers when they are
 * durable.
 *
 * Loop's thread only. Keeps a request from its arrival to its answer, and nothing else.
 */
#ifndef TOCSIN_WEB_ALERTS_H
#define TOCSIN_WEB_ALERTS_H

#include "hub/hub.h"
#include "intake/route.h"
#include "web/server.h"

struct alerts_intake;

/* `config` and `hub` stay the caller's. Adds a route for each path of the intake to the server. */
struct alerts_intake *alerts_intake_create(struct server *server, struct hub *hub,
                                           const struct intake_config *config, instant (*clock)(void));
void alerts_intake_destroy(struct alerts_intake *intake);

#endif
