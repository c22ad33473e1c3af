/*
 * bridge - joins connectors and hub: events become chat, actions go out, outcomes and states come back, and each connector's
 * small store is kept in the journal. Loop's thread only; decides nothing.
 */
#ifndef TOCSIN_HOST_BRIDGE_H
#define TOCSIN_HOST_BRIDGE_H

#include "command/chat.h"
#include "host/supervisor.h"
#include "hub/hub.h"

struct bridge;

/* `clock` gives now. Hub and chat stay the caller's and outlive the bridge. */
struct bridge *bridge_create(struct uv_loop_s *loop, const char *runner, struct hub *hub, struct chat *chat,
                             instant (*clock)(void));
/* What the configuration says of a connector's rate limits (outbox/limit_read.h), copied. NULL: nothing. It
   holds at once, with what the connector declared when it last started. */
void bridge_limits(struct bridge *bridge, const char *connector, const cJSON *configured);
struct supervisor *bridge_supervisor(struct bridge *bridge);
/* Nothing more reaches the hub; call before it goes. */
void bridge_cut(struct bridge *bridge);
void bridge_destroy(struct bridge *bridge);

#endif
