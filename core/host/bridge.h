/*
 * bridge - connects the connectors to the core: events go to chat, actions go out, outcomes and states come back, and each
 * connector's small store is kept in the journal. It decides nothing. Loop thread only.
 */
#ifndef TOCSIN_HOST_BRIDGE_H
#define TOCSIN_HOST_BRIDGE_H

#include "command/chat.h"
#include "host/supervisor.h"
#include "turn/core.h"

struct bridge;

/* `clock` returns the current time. The caller keeps core and chat, which must outlive the bridge. */
struct bridge *bridge_create(struct uv_loop_s *loop, const char *runner, struct core *core, struct chat *chat,
                             instant (*clock)(void));
/* A connector's rate limits from the configuration (outbox/limit_read.h), copied; NULL: none. They take effect at once,
   combined with what the connector declared when it last started. */
void bridge_limits(struct bridge *bridge, const char *connector, const cJSON *configured);
struct supervisor *bridge_supervisor(struct bridge *bridge);
/* From now on nothing reaches the core. Call before the core is destroyed. */
void bridge_cut(struct bridge *bridge);
void bridge_destroy(struct bridge *bridge);

#endif
