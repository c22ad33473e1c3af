/*
 * state - what delivery remembers. Only this folder includes it.
 */
#ifndef TOCSIN_DELIVERY_STATE_H
#define TOCSIN_DELIVERY_STATE_H

#include "delivery/link.h"
#include "turn/part.h"

struct late { /* an outcome that arrived while the journal could not be written */
    uint64_t action;
    int code;
    duration retry_after;
    char *remote_id, *detail, *answer;
    struct journal_batch *kept;
};

struct delivery {
    link_list links;
    ARRAY(struct late) late;
    ARRAY(struct drawing *) drawings; /* drawing.h */
    bool undrawn;                     /* the last picture could not be drawn, and the log says so */
    bool complete;                    /* `links` has every connector of the configuration, and no other */
};

static inline struct delivery *delivery_of(const struct core *core)
{
    return part_state(core, "delivery");
}

/* connection.c */
void delivery_wake(struct core *core);
void delivery_tell(struct core *core, struct link *link, bool up, const char *reason, instant now);
void delivery_hold(struct core *core, const char *connector, const char *why, instant now);

/* health.c */
#define ASK_SICK MINUTE /* between checks, while credentials are refused or the platform does not answer */
void health_outcome(struct core *core, const char *connector, const struct outbox_outcome *outcome,
                    instant now);
/* Checks connectors now and then, so that a fix or a fault is noticed though nothing is sent. Returns when to call again. */
instant health_ask(struct core *core, instant now);

/* link.c */
struct link *link_add(struct delivery *delivery, const char *connector);
/* Passes the limits of all connectors to the outbox. */
void link_apply_limits(struct core *core);
void links_finish(struct delivery *delivery);
void link_remove(struct core *core, const char *connector);

#endif
