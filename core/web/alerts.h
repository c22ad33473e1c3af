/*
 * alerts - the HTTP side of the intake: turns a sender's request into alerts for the core, and answers once
 * they are durable.
 *
 * Loop's thread only. Holds a request from its arrival to its answer, and nothing else.
 */
#ifndef TOCSIN_WEB_ALERTS_H
#define TOCSIN_WEB_ALERTS_H

#include "intake/route.h"
#include "turn/core.h"
#include "web/server.h"

struct alerts_intake;

/* Adds a route to the server for each intake path. `config` and `core` stay the caller's. */
struct alerts_intake *alerts_intake_create(struct server *server, struct core *core,
                                           const struct intake_config *config, instant (*clock)(void));
void alerts_intake_destroy(struct alerts_intake *intake);

#endif
