/*
 * queue - which of the waiting actions may go now. Knows order, lanes, limits and time; knows nothing of
 * outcomes.
 *
 * Within one channel (of one connector) actions go in the order in which they entered, one at a time. A more
 * urgent lane overtakes: an action may go when no earlier one of its own or a more urgent lane waits in its
 * channel. So a message that waits for a retry holds up what came later, but never a page. Across channels the
 * more urgent lane goes first, then the one that entered first.
 *
 * An action that its maker delayed (not_before in the future, never handed out) enters its channel when it is
 * due: until then it holds nothing up.
 *
 * No question scans what waits. Channels that have something to send are in a heap of their gate (connector
 * and kind, which is what shared limits apply to); channels that wait for a moment are in one heap of timers;
 * others in none.
 */
#ifndef TOCSIN_OUTBOX_QUEUE_H
#define TOCSIN_OUTBOX_QUEUE_H

#include "base/heap.h"
#include "base/list.h"
#include "base/map.h"
#include "outbox/limit.h"

/* One action in memory. The queue uses what stands first, the outbox the rest. */
struct item {
    struct action action;
    uint64_t turn;           /* place in its channel's order; 0: not in a channel */
    struct channel *channel; /* NULL: not in one */
    struct list link;        /* in its channel's lane */
    struct heap_node node;   /* among the delayed */
    uint64_t change;         /* must be durable before it may go */
    struct list fresh;       /* among those that are not durable yet */
    bool blocked;            /* waits for another action's remote id */
    bool noting;             /* is not handed out before that is durable: see outbox_step */
    bool noted;              /* that it is handed out is durable, or will be with `change` */
    bool withdrawn;          /* is forgotten once that is durable */
    bool doubt;              /* of a lane of `once`: an earlier attempt may have reached the platform */

    struct item *refers;    /* that action */
    struct list dependents; /* items that refer to this one */
    struct list dependent;  /* in the list of what it refers to */
    struct list finished;   /* among the done, oldest first */
    struct list leaving;    /* ended, but that is not durable yet: its channel waits */
};

struct link_up { /* one connector */
    char *name;
    bool held;
    uint64_t can;     /* as of the last answer */
    bool open;        /* may take one more; asked once for each question */
    uint64_t asked;   /* the question for which `open` holds */
    instant *full_at; /* buckets of all its channels together */
};

struct queue {
    const struct outbox_ops *ops;
    struct rate_limits limits;
    struct map channels, connectors, gates;
    ARRAY(struct gate *) gate_list; /* in the order of making: the same in every run */
    struct list all_channels;
    struct heap timers, delayed;
    struct list fresh;
    uint64_t turns, durable, questions;
    instant now; /* the latest instant told */
};

void queue_init(struct queue *queue, const struct outbox_ops *ops);
void queue_finish(struct queue *queue); /* items stay the caller's */
void queue_limits(struct queue *queue, const struct rate_limit *limits, size_t n);

/* A waiting item comes in, as the last of its lane in its channel; or is delayed. */
void queue_add(struct queue *queue, struct item *item);
/* It is done or dead: what waited behind it may go. Nothing happens when it is not in. */
void queue_remove(struct queue *queue, struct item *item);
/* Readiness changed: not_before, blocked, or change. */
void queue_changed(struct queue *queue, struct item *item);
/* It may not go before this change is durable. */
void queue_withhold(struct queue *queue, struct item *item, uint64_t change);
void queue_durable(struct queue *queue, uint64_t change);
/* With the connector, and back. */
void queue_sending(struct queue *queue, struct item *item);
void queue_waiting(struct queue *queue, struct item *item);
void queue_hold(struct queue *queue, const char *connector, bool hold);
/* The platform refuses this kind until then: none of it goes. Where each channel is limited by itself, one that is refused
   says nothing of the others. */
void queue_pause(struct queue *queue, const char *connector, const char *kind, instant until);

/* The one to go now, its tokens taken and its channel busy, unless it is `noting`: then nothing is taken yet. Or NULL,
   and when to ask again (0: after a change). */
struct item *queue_next(struct queue *queue, instant now, instant *ret_wake);
/* What the connector can do, asked now, or the last answer when it gives none. */
uint64_t queue_can(struct queue *queue, const char *connector);

#endif
