#include "outbox/queue.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"

static void heap_put(struct queues *queues, size_t place, struct queue *queue)
{
    queues->heap.v[place - 1] = queue;
    queue->heap_place = place;
}

static void heap_fix(struct queues *queues, struct queue *queue)
{
    size_t place = queue->heap_place, n = queues->heap.n;
    for (; place > 1 && queue->ready_at < queues->heap.v[place / 2 - 1]->ready_at; place /= 2)
        heap_put(queues, place, queues->heap.v[place / 2 - 1]);
    for (size_t child; (child = 2 * place) <= n; place = child) {
        if (child < n && queues->heap.v[child]->ready_at < queues->heap.v[child - 1]->ready_at)
            child++;
        if (queues->heap.v[child - 1]->ready_at >= queue->ready_at)
            break;
        heap_put(queues, place, queues->heap.v[child - 1]);
    }
    heap_put(queues, place, queue);
}

static void heap_remove(struct queues *queues, struct queue *queue)
{
    if (!queue->heap_place)
        return;
    struct queue *last = queues->heap.v[--queues->heap.n];
    if (last != queue) {
        heap_put(queues, queue->heap_place, last);
        heap_fix(queues, last);
    }
    queue->heap_place = 0;
}

static void queue_destroy(struct queues *queues, struct queue *queue)
{
    heap_remove(queues, queue);
    list_remove(&queue->ready);
    map_remove(&queues->by_key, queue->key);
    free(queue->key);
    free(queue);
}

void queues_finish(struct queues *queues)
{
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&queues->by_key, &position));) {
        struct queue *queue = slot->value;
        free(queue->key);
        free(queue);
    }
    map_finish(&queues->by_key);
    array_free(&queues->heap);
    for (size_t i = 0; i < queues->connectors.n; i++) {
        free(queues->connectors.v[i]->connector);
        free(queues->connectors.v[i]);
    }
    array_free(&queues->connectors);
}

struct lane_list *queues_connector(struct queues *queues, const char *connector)
{
    for (size_t i = 0; i < queues->connectors.n; i++) {
        if (strcmp(queues->connectors.v[i]->connector, connector) == 0)
            return queues->connectors.v[i];
    }
    struct lane_list *lanes = xcalloc(1, sizeof(*lanes));
    lanes->connector = xstrdup(connector);
    for (int lane = 0; lane < LANE_COUNT; lane++)
        list_init(&lanes->ready[lane]);
    *array_add(&queues->connectors) = lanes;
    return lanes;
}

static char *queue_key(const struct action *action)
{
    if (*action->channel)
        return xasprintf("%s\x1f%s\x1f%d", action->connector, action->channel, (int)action->lane);
    return xasprintf("%s\x1f\x1f%" PRIu64, action->connector, action->id);
}

void queue_add(struct queues *queues, struct item *item)
{
    CLEANUP_FREE char *key = queue_key(&item->action);
    struct queue *queue = map_get(&queues->by_key, key);
    if (!queue) {
        queue = xcalloc(1, sizeof(*queue));
        list_init(&queue->items);
        queue->lanes = queues_connector(queues, item->action.connector);
        queue->lane = item->action.lane;
        queue->key = steal(key);
        map_put(&queues->by_key, queue->key, queue);
    }
    item->queue = queue;
    list_append(&queue->items, &item->in_queue);
}

void queue_remove(struct queues *queues, struct item *item)
{
    struct queue *queue = item->queue;
    list_remove(&item->in_queue);
    item->queue = NULL;
    if (list_empty(&queue->items))
        queue_destroy(queues, queue);
}

struct item *queue_first(const struct queue *queue)
{
    return container_of(queue->items.next, struct item, in_queue);
}

void queue_wait(struct queues *queues, struct queue *queue, instant at)
{
    list_remove(&queue->ready);
    queue->ready_at = at;
    if (!queue->heap_place) {
        *array_add(&queues->heap) = queue;
        queue->heap_place = queues->heap.n;
    }
    heap_fix(queues, queue);
}

void queue_refresh(struct queues *queues, struct queue *queue, instant now)
{
    struct item *first = queue_first(queue);
    heap_remove(queues, queue);
    list_remove(&queue->ready);
    if (first->action.state != ACTION_WAITING || first->in_fresh.next)
        return;
    if (first->action.not_before > now)
        queue_wait(queues, queue, first->action.not_before);
    else
        list_append(&queue->lanes->ready[queue->lane], &queue->ready);
}

instant queues_wake(struct queues *queues, instant now)
{
    while (queues->heap.n && queues->heap.v[0]->ready_at <= now) {
        struct queue *queue = queues->heap.v[0];
        heap_remove(queues, queue);
        list_append(&queue->lanes->ready[queue->lane], &queue->ready);
    }
    return queues->heap.n ? queues->heap.v[0]->ready_at : 0;
}
