/*
 * heartbeats - what must report from time to time, and has not: the heartbeats of the policy, and when each was last heard; and whether
 * pages reach whoever is on call.
 *
 * Each has a secret address; whoever posts there is heard. What was not heard in time becomes an alert (source "heartbeat"), and being
 * heard again resolves it; the rest is the business of rules, as for any alert. When each was heard is a document, durable before its
 * sender is answered. Loop's thread only.
 */
#ifndef TOCSIN_HEARTBEATS_HEARTBEATS_H
#define TOCSIN_HEARTBEATS_HEARTBEATS_H

#include "policy/heartbeats.h"
#include "turn/call.h"
#include "turn/part.h"

extern const struct part heartbeats_part;

/* The command `heartbeat [NAME [address]]`. */
call_handler heartbeats_command;

/* The heartbeat with that address: the word at its end. NULL: none has it. Borrowed until the next load of the policy. */
const struct heartbeat *heartbeats_find(const struct core *core, const char *secret);
/* It was heard, which is durable with the turn. */
void heartbeats_hear(struct turn *turn, const struct heartbeat *heartbeat);

struct heartbeat_state {
    instant heard;  /* 0: never */
    instant due;    /* when it is missed; 0: not known yet */
    bool missed;    /* an alert says so */
    bool addressed; /* somebody made its address */
};
void heartbeats_state(const struct core *core, const struct heartbeat *heartbeat, struct heartbeat_state *ret);

#endif
