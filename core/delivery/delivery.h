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
/* A connector's state and abilities. `reason`: why it is down, which affected incidents are told; NULL: it is up, or was stopped
   on purpose. */
void delivery_connector(struct core *core, const char *connector, uint64_t can, bool up, const char *reason,
                        instant now);
/* A check found the connector's credentials OK: held actions are sent. */
void delivery_mended(struct core *core, const char *connector, instant now);

/* A person's decision about a failed action: retry it, or drop it. */
int delivery_again(struct turn *turn, uint64_t id, struct error *err);
int delivery_drop(struct turn *turn, uint64_t id, struct error *err);

#endif
