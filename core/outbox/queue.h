/*
 * queue - which action may go next. Items of one connector, channel and lane form a queue; only its first may go, and
 * only one of it is out at a time. Queues whose first item may go stand in a list per connector and lane; those that
 * wait for an instant stand in a heap. So choosing costs O(log n) in queues, however many actions wait.
 */
#ifndef TOCSIN_OUTBOX_QUEUE_H
#define TOCSIN_OUTBOX_QUEUE_H

#include "base/list.h"
#include "base/map.h"
#include "base/mem.h"
#include "outbox/action.h"

struct item {
    struct action action;
    uint64_t hold;        /* not offered before this id is durable */
    struct list in_queue; /* of its queue, in order of id */
    struct list in_fresh; /* not yet durable */
    struct queue *queue;
};

struct queue {
    struct list items;
    struct list ready;       /* in its lane's list while its first item may go */
    struct lane_list *lanes; /* of its connector */
    enum lane lane;
    char *key;
    instant ready_at;  /* in the heap until then */
    size_t heap_place; /* from 1; 0: not in the heap */
};

struct lane_list { /* one connector */
    char *connector;
    bool held;
    struct list ready[LANE_COUNT];
};

struct queues {
    struct map by_key;
    ARRAY(struct queue *) heap;
    ARRAY(struct lane_list *) connectors;
};

void queues_finish(struct queues *queues); /* the items are the caller's */
struct lane_list *queues_connector(struct queues *queues, const char *connector);
/* Puts a waiting item in its place. Several may be added before queue_refresh. */
void queue_add(struct queues *queues, struct item *item);
/* Takes an item out for good; its queue may vanish. */
void queue_remove(struct queues *queues, struct item *item);
/* Looks at the queue's first item again: ready now, at an instant, or not at all. */
void queue_refresh(struct queues *queues, struct queue *queue, instant now);
/* Holds a queue back until `at`. */
void queue_wait(struct queues *queues, struct queue *queue, instant at);
/* Moves queues whose instant has come to their lane's list; returns the next instant, 0: none. */
instant queues_wake(struct queues *queues, instant now);
struct item *queue_first(const struct queue *queue);

#endif
