/*
 * delivery - the way of an action from the outbox to its connector, and of its outcome back.
 *
 * An action leaves when it is durable, when its turn in its order has come, when its connector takes it, and when those who
 * will read it may still see its incident (sight/). Nothing is decided here about what an outcome means: the parts are told
 * of it (`outcome`), and of connectors that come and go (`connector`). Loop's thread only.
 */
#ifndef TOCSIN_DELIVERY_DELIVERY_H
#define TOCSIN_DELIVERY_DELIVERY_H

#include "delivery/link.h"
#include "turn/part.h"

extern const struct part delivery_part;

/* What a connector made of an action. */
void delivery_outcome(struct core *core, uint64_t action, const struct outbox_outcome *outcome, instant now);
/* A connector's state and abilities. `reason`: its trouble, which affected incidents are told of; NULL: none, it is up or was
   stopped by order. */
void delivery_connector(struct core *core, const char *connector, uint64_t can, bool up, const char *reason,
                        instant now);
/* Its credentials are OK, as a check found: what was held goes out. */
void delivery_mended(struct core *core, const char *connector, instant now);

/* A person's word on an action that was given up: once more, or drop it. */
int delivery_again(struct turn *turn, uint64_t id, struct error *err);
int delivery_drop(struct turn *turn, uint64_t id, struct error *err);

#endif
