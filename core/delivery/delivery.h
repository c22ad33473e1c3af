/*
 * delivery - passes actions from the outbox to their connectors, and outcomes back.
 *
 * An action leaves once it is durable, is next in its order, its connector can take it, and its readers may still see its
 * incident (sight/). This part does not interpret outcomes: it passes them to the parts (`outcome`), and also tells them when a
 * connector fails or recovers (`connector`). Loop's thread only.
 */
#ifndef TOCSIN_DELIVERY_DELIVERY_H
#define TOCSIN_DELIVERY_DELIVERY_H

#include "delivery/link.h"
#include "turn/part.h"

extern const struct part delivery_part;

/* A connector reports the outcome of an action. */
void delivery_outcome(struct core *core, uint64_t action, const struct outbox_outcome *outcome, instant now);
/* The state and abilities of a connector that is configured. `reason`: why it is down, which affected incidents are told; NULL: it is up, or was stopped
   on purpose. */
void delivery_connector(struct core *core, const char *connector, uint64_t can, bool up, const char *reason,
                        instant now);
/* The connectors of the configuration, each added or removed by itself. */
void delivery_add(struct core *core, const char *connector);
void delivery_remove(struct core *core, const char *connector);
/* All of them have been. Whatever waits for another one is dropped, and the incidents that it was about are told. */
void delivery_configured(struct core *core, instant now);
/* What a connector can do, and how much at once, before it is up. */
void delivery_described(struct core *core, const char *connector, uint64_t can, int parallel);
/* A connector says that its platform is unreachable (`why`), or no longer (NULL). */
void delivery_health(struct core *core, const char *connector, const char *why, instant now);
struct delivery_check {
    int code;            /* 0 or TOCSIN_E_… */
    const char *text;    /* what is wrong */
    const char *channel; /* code 0: why announcements cannot be posted; NULL: they can */
};
/* The answer to a check (core_ops.check, or a person's): holds the connector, or sends what was held. */
void delivery_checked(struct core *core, const char *connector, const struct delivery_check *check,
                      instant now);
/* A check found the connector's credentials OK: held actions are sent. */
void delivery_mended(struct core *core, const char *connector, instant now);

/* A person's decision about an action that is not with its connector: send it now, or drop it. */
int delivery_again(struct turn *turn, uint64_t id, struct error *err);
int delivery_drop(struct turn *turn, uint64_t id, struct error *err);

#endif
