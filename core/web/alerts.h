/*
 * alerts - the HTTP side of the intake: turns a sender's request into alerts for the core, and answers once
 * they are durable.
 *
 * No sender keeps the others waiting, whatever it sends. Short bodies are read on the loop, long ones one at a time on a thread beside
 * it; that touches nothing but its request, and what it takes counts against the sender's allowance. The core gets the alerts of a body
 * in parts, and a sender gets a short time in each turn of the loop. What its other bodies need waits, and the sender is answered when
 * its last part is durable. The memory of all is bounded, and that of each sender: whoever needs more is asked to come back. A reload meanwhile does not matter: a request holds the configuration that it began with.
 *
 * Loop's thread only. Holds a request from its arrival to its answer.
 */
#ifndef TOCSIN_WEB_ALERTS_H
#define TOCSIN_WEB_ALERTS_H

#include "intake/route.h"
#include "turn/core.h"
#include "web/server.h"

struct alerts_intake;

/* Adds a route to the server for each intake path. `core` stays the caller's; `config` returns what is in force. */
struct alerts_intake *alerts_intake_create(struct server *server, struct core *core,
                                           struct intake_config *(*config)(void), instant (*clock)(void));
/* How many seconds that source must wait before it sends a long body again; 0: it need not. */
int alerts_intake_wait(struct alerts_intake *intake, const char *source);
/* Nothing more is given to the core: who waits for that is asked to come back. False: a body is still being read on the thread, and
   `drained` will be called. */
bool alerts_intake_drain(struct alerts_intake *intake, void (*drained)(void *ctx), void *ctx);
/* After server_destroy, and a drain that is done. Runs the loop until its handles are closed. NULL is fine. */
void alerts_intake_destroy(struct alerts_intake *intake);

#endif
