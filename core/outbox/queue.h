/*
 * queue - decides which of the waiting actions may go now. Knows order, lanes, limits and time, but nothing about
 * outcomes.
 *
 * Within one channel (of one connector) actions go in the order in which they entered, one at a time. A more
 * urgent lane overtakes: an action may go when no earlier one of its own or a more urgent lane is waiting in its
 * channel. So a message that waits for a retry holds up later ones, but never a page. Across channels the more
 * urgent lane goes first, then the one that entered first.
 *
 * An action that was delayed on purpose (not_before in the future, never handed out) enters its channel when it is
 * due; until then it holds nothing up.
 *
 * A connector that takes several at once always keeps one place for a page. And what must be recorded before it is handed out is
 * recorded for a few actions ahead, not for all that wait: after a crash, only those few are in doubt.
 *
 * No call scans all that is waiting. Channels that have something to send are in the heap of their gate (connector
 * and kind, which is what shared limits apply to, and whether the next one must be recorded first); channels that wait for a time are in one heap of timers; all other
 * channels are in no heap.
 */
#ifndef TOCSIN_OUTBOX_QUEUE_H
#define TOCSIN_OUTBOX_QUEUE_H

#include "base/heap.h"
#include "base/list.h"
#include "base/map.h"
#include "outbox/limit.h"

/* One action in memory. The queue uses the first group of fields, the outbox the second. */
struct item {
    struct action action;
    uint64_t turn;           /* place in its channel's order; 0: not in a channel */
    struct channel *channel; /* NULL: not in one */
    struct list link;        /* in its channel's lane */
    struct heap_node node;   /* in the heap of delayed items */
    uint64_t change;         /* must be durable before it may go */
    struct list fresh;       /* in the list of items that are not durable yet */
    bool blocked;            /* waits for another action's remote id */
    bool noting;             /* handing it out must be recorded first: see outbox_step */
    bool noted;              /* it is on record as handed out: durable, or will be with `change` */
    bool ahead;              /* its connector counts it as recorded, and not yet handed out */
    bool busy;               /* its connector counts it as with it */
    bool withdrawn;          /* forget it once that is durable */
    bool doubt;              /* in a lane of `once`: an earlier attempt may have reached the platform */

    struct item *refers;    /* that action */
    struct list dependents; /* items that refer to this one */
    struct list dependent;  /* in the list of the item that it refers to */
    struct list standing;   /* in the outbox's list of done items, or in that of the others */
    struct list leaving;    /* in the list of ended items whose end is not durable yet; the channel waits */
};

struct link_up { /* one connector */
    char *name;
    bool held;
    uint64_t can;     /* as of the last answer */
    bool open;        /* may take one more; asked once for each call of queue_next */
    uint64_t asked;   /* the call for which `open` is valid */
    instant *full_at; /* the buckets of the connector as a whole */
    int parallel;     /* calls at once; 0: unknown */
    int busy;         /* actions with it that are no pages */
    int ahead;        /* actions that are recorded as handed out, and are not yet */
    bool refills;     /* more are to be recorded */
};

struct queue {
    const struct outbox_ops *ops;
    struct rate_limits limits;
    struct map channels, connectors, gates;
    ARRAY(struct gate *) gate_list; /* in order of creation: the same in every run */
    struct list all_channels;
    struct heap timers, delayed;
    struct list fresh;
    uint64_t turns, durable, questions;
    instant now; /* the latest instant passed in */
};

void queue_init(struct queue *queue, const struct outbox_ops *ops);
void queue_finish(struct queue *queue); /* the caller keeps the items */
void queue_limits(struct queue *queue, const struct rate_limit *limits, size_t n);

/* Adds a waiting item, as the last of its lane in its channel; or delays it. */
void queue_add(struct queue *queue, struct item *item);
/* It is done or dead, so the next one may go. Does nothing when it is not in the queue. */
void queue_remove(struct queue *queue, struct item *item);
/* Call after not_before, blocked or change has changed. */
void queue_changed(struct queue *queue, struct item *item);
/* It may not go until this change is durable. */
void queue_withhold(struct queue *queue, struct item *item, uint64_t change);
void queue_durable(struct queue *queue, uint64_t change);
/* It is with the connector, or waiting again. */
void queue_sending(struct queue *queue, struct item *item);
void queue_waiting(struct queue *queue, struct item *item);
/* It is no longer with its connector, though its channel still waits. */
void queue_back(struct queue *queue, struct item *item);
/* It is recorded as handed out. */
void queue_noted(struct queue *queue, struct item *item);
/* How many calls at once the connector takes. */
void queue_parallel(struct queue *queue, const char *connector, int parallel);
void queue_hold(struct queue *queue, const char *connector, bool hold);
/* The platform refuses this kind until then, so nothing of this kind goes; unless each channel is limited separately, when
   a refusal in one says nothing about the others. */
void queue_pause(struct queue *queue, const char *connector, const char *kind, instant until);

/* The item to go now; its tokens are taken and its channel is busy, unless it is `noting`. Or NULL, and when to ask again
   (0: after a change). */
struct item *queue_next(struct queue *queue, instant now, instant *ret_wake);
/* What the connector can do: asked now, or its last answer if it gives none. */
uint64_t queue_can(struct queue *queue, const char *connector);

#endif
