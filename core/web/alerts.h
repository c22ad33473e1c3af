/*
 * alerts - the HTTP side of the intake: turns a sender's request into alerts for the hub, and answers once
 * they are durable.
 *
 * Loop's thread only. Holds a request from its arrival to its answer, and nothing else.
 */
#ifndef TOCSIN_WEB_ALERTS_H
#define TOCSIN_WEB_ALERTS_H

#include "hub/hub.h"
#include "intake/route.h"
#include "web/server.h"

struct alerts_intake;

/* Adds a route to the server for each intake path. `config` and `hub` stay the caller's. */
struct alerts_intake *alerts_intake_create(struct server *server, struct hub *hub,
                                           const struct intake_config *config, instant (*clock)(void));
void alerts_intake_destroy(struct alerts_intake *intake);

#endif
