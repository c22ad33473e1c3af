#include "outbox/queue.h"

#include <string.h>

#define NEVER      INT64_MAX
#define AHEAD_MOST 32 /* actions of one connector that are recorded as handed out before they are */

/* The actions of one connector and channel. An action without a channel gets one for itself. */
struct channel {
    char *key; /* NULL: not in the map; belongs to a single action */
    struct link_up *connector;
    struct list lanes[LANE_COUNT];
    struct list all;       /* in the list of all channels */
    struct item *sending;  /* at most one */
    struct item *best;     /* the item that may go, while the channel is in a gate's heap */
    struct gate *gate;     /* whose heap it is in; NULL: none */
    instant due;           /* when to look again, while it is in the heap of timers */
    struct heap_node node; /* in the gate's heap, or the timers */
    instant *full_at;      /* its buckets */
};

/* A connector and a kind, to which the limits shared by channels apply; those to be recorded first have one of their own. */
struct gate {
    struct link_up *connector;
    char *kind;
    bool notes;
    struct heap ready;    /* of channels, by lane, then turn */
    instant paused_until; /* as the platform asked */
};

static struct channel *channel_of_node(const struct heap_node *node)
{
    return container_of(node, struct channel, node);
}

static bool more_urgent(const struct heap_node *x, const struct heap_node *y)
{
    const struct item *a = channel_of_node(x)->best, *b = channel_of_node(y)->best;
    return a->action.lane != b->action.lane ? a->action.lane < b->action.lane : a->turn < b->turn;
}

static bool due_earlier(const struct heap_node *x, const struct heap_node *y)
{
    return channel_of_node(x)->due < channel_of_node(y)->due;
}

static bool delayed_less(const struct heap_node *x, const struct heap_node *y)
{
    const struct action *a = &container_of(x, struct item, node)->action;
    const struct action *b = &container_of(y, struct item, node)->action;
    return a->not_before != b->not_before ? a->not_before < b->not_before : a->id < b->id;
}

void queue_init(struct queue *queue, const struct outbox_ops *ops)
{
    *queue = (struct queue){.ops = ops};
    list_init(&queue->all_channels);
    list_init(&queue->fresh);
    heap_init(&queue->timers, due_earlier);
    heap_init(&queue->delayed, delayed_less);
}

/* ---- connectors, gates, channels ---- */

static char *pair(const char *a, const char *b)
{
    return xasprintf("%s\x1f%s", a, b);
}

static struct link_up *connector_of(struct queue *queue, const char *name)
{
    struct link_up *connector = map_get(&queue->connectors, name);
    if (!connector) {
        connector = xcalloc(1, sizeof(*connector));
        connector->name = xstrdup(name);
        map_put(&queue->connectors, name, connector);
    }
    return connector;
}

static struct gate *gate_of(struct queue *queue, struct link_up *connector, const char *kind, bool notes)
{
    CLEANUP_FREE char *key = xasprintf("%s\x1f%s%s", connector->name, kind, notes ? "\x1f" : "");
    struct gate *gate = map_get(&queue->gates, key);
    if (!gate) {
        gate = xcalloc(1, sizeof(*gate));
        gate->connector = connector;
        gate->kind = xstrdup(kind);
        gate->notes = notes;
        heap_init(&gate->ready, more_urgent);
        map_put(&queue->gates, key, gate);
        *array_add(&queue->gate_list) = gate;
    }
    return gate;
}

static struct channel *channel_of(struct queue *queue, const struct action *action)
{
    CLEANUP_FREE char *key = *action->channel ? pair(action->connector, action->channel) : NULL;
    struct channel *channel = key ? map_get(&queue->channels, key) : NULL;
    if (channel)
        return channel;
    channel = xcalloc(1, sizeof(*channel));
    channel->connector = connector_of(queue, action->connector);
    for (size_t i = 0; i < LANE_COUNT; i++)
        list_init(&channel->lanes[i]);
    list_append(&queue->all_channels, &channel->all);
    if (key)
        map_put(&queue->channels, key, channel);
    channel->key = steal(key);
    return channel;
}

static void channel_free(struct channel *channel)
{
    list_remove(&channel->all);
    free(channel->key);
    free(channel->full_at);
    free(channel);
}

static void unplace(struct queue *queue, struct channel *channel)
{
    if (channel->node.place)
        heap_remove(channel->gate ? &channel->gate->ready : &queue->timers, &channel->node);
    channel->gate = NULL;
    channel->best = NULL;
}

/* An empty channel is forgotten as soon as its buckets are full, like those of a new one. */
static void place_empty(struct queue *queue, struct channel *channel)
{
    channel->due = channel->key ? rate_limits_full(&queue->limits, channel->full_at) : 0;
    if (channel->due > queue->now) {
        heap_add(&queue->timers, &channel->node);
        return;
    }
    if (channel->key)
        map_remove(&queue->channels, channel->key);
    channel_free(channel);
}

/* When the first item of a lane may go, as far as it and its channel are concerned; NEVER: after a change. */
static instant item_ready(const struct queue *queue, const struct channel *channel, const struct item *item)
{
    if (item->blocked || item->change > queue->durable)
        return NEVER;
    const struct action *action = &item->action;
    instant at = channel->key ? rate_limits_ready(&queue->limits, true, channel->full_at, action->connector,
                                                  action->kind)
                              : 0;
    return at > action->not_before ? at : action->not_before;
}

static struct item *lane_first(const struct channel *channel, size_t lane)
{
    const struct list *list = &channel->lanes[lane];
    return list_empty(list) ? NULL : container_of(list->next, struct item, link);
}

/* Puts the channel into the right heap after anything about it has changed. May free it. */
static void place(struct queue *queue, struct channel *channel)
{
    unplace(queue, channel);
    if (channel->sending)
        return;
    uint64_t earliest = UINT64_MAX; /* turn in the more urgent lanes */
    channel->due = NEVER;
    for (size_t lane = 0; lane < LANE_COUNT && !channel->best; lane++) {
        struct item *first = lane_first(channel, lane);
        if (!first || first->turn > earliest)
            continue;
        earliest = first->turn;
        instant at = item_ready(queue, channel, first);
        if (at <= queue->now)
            channel->best = first;
        else if (at < channel->due)
            channel->due = at;
    }
    if (channel->best) {
        channel->gate = gate_of(queue, channel->connector, channel->best->action.kind, channel->best->noting);
        heap_add(&channel->gate->ready, &channel->node);
    } else if (channel->due < NEVER) {
        heap_add(&queue->timers, &channel->node);
    } else if (earliest == UINT64_MAX) {
        place_empty(queue, channel);
    }
}

void queue_finish(struct queue *queue)
{
    list_each (channel, &queue->all_channels, struct channel, all) {
        channel_free(channel);
    }
    for (size_t i = 0; i < queue->gate_list.n; i++) {
        heap_finish(&queue->gate_list.v[i]->ready);
        free(queue->gate_list.v[i]->kind);
        free(queue->gate_list.v[i]);
    }
    array_free(&queue->gate_list);
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&queue->connectors, &i));) {
        struct link_up *connector = slot->value;
        free(connector->name);
        free(connector->full_at);
        free(connector);
    }
    map_finish(&queue->channels);
    map_finish(&queue->connectors);
    map_finish(&queue->gates);
    heap_finish(&queue->timers);
    heap_finish(&queue->delayed);
    rate_limits_finish(&queue->limits);
}

void queue_limits(struct queue *queue, const struct rate_limit *limits, size_t n)
{
    rate_limits_set(&queue->limits, limits, n);
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&queue->connectors, &i));) {
        struct link_up *connector = slot->value;
        free(steal(connector->full_at));
    }
    list_each (channel, &queue->all_channels, struct channel, all) {
        free(steal(channel->full_at));
        place(queue, channel);
    }
}

/* ---- items ---- */

static void count_ahead(struct link_up *connector, struct item *item, bool ahead)
{
    connector->ahead += (int)ahead - (int)item->ahead;
    item->ahead = ahead;
}

static void count_busy(struct link_up *connector, struct item *item, bool busy)
{
    busy = busy && item->action.lane != LANE_PAGE;
    connector->busy += (int)busy - (int)item->busy;
    item->busy = busy;
}

void queue_noted(struct queue *queue, struct item *item)
{
    count_ahead(connector_of(queue, item->action.connector), item, true);
}

void queue_back(struct queue *queue, struct item *item)
{
    count_busy(connector_of(queue, item->action.connector), item, false);
}

void queue_parallel(struct queue *queue, const char *connector, int parallel)
{
    connector_of(queue, connector)->parallel = parallel;
}

static void enter(struct queue *queue, struct item *item)
{
    struct channel *channel = channel_of(queue, &item->action);
    item->turn = ++queue->turns;
    item->channel = channel;
    list_append(&channel->lanes[item->action.lane], &item->link);
    place(queue, channel);
}

void queue_add(struct queue *queue, struct item *item)
{
    if (item->action.attempts == 0 && item->action.not_before > queue->now)
        heap_add(&queue->delayed, &item->node);
    else
        enter(queue, item);
}

void queue_remove(struct queue *queue, struct item *item)
{
    list_remove(&item->fresh);
    if (item->node.place)
        heap_remove(&queue->delayed, &item->node);
    struct channel *channel = item->channel;
    if (!channel)
        return;
    count_ahead(channel->connector, item, false);
    count_busy(channel->connector, item, false);
    list_remove(&item->link);
    item->channel = NULL;
    item->turn = 0;
    if (channel->sending == item)
        channel->sending = NULL;
    place(queue, channel);
}

void queue_changed(struct queue *queue, struct item *item)
{
    if (item->node.place)
        heap_moved(&queue->delayed, &item->node);
    else if (item->channel)
        place(queue, item->channel);
}

void queue_withhold(struct queue *queue, struct item *item, uint64_t change)
{
    item->change = change;
    list_remove(&item->fresh);
    list_append(&queue->fresh, &item->fresh);
    queue_changed(queue, item);
}

void queue_durable(struct queue *queue, uint64_t change)
{
    if (change <= queue->durable)
        return;
    queue->durable = change;
    list_each (item, &queue->fresh, struct item, fresh) {
        if (item->change > change)
            break;
        list_remove(&item->fresh);
        queue_changed(queue, item);
    }
}

void queue_sending(struct queue *queue, struct item *item)
{
    if (item->node.place) {
        heap_remove(&queue->delayed, &item->node);
        enter(queue, item);
    }
    item->channel->sending = item;
    count_ahead(item->channel->connector, item, false);
    count_busy(item->channel->connector, item, true);
    place(queue, item->channel);
}

void queue_waiting(struct queue *queue, struct item *item)
{
    item->channel->sending = NULL;
    count_busy(item->channel->connector, item, false);
    place(queue, item->channel);
}

void queue_hold(struct queue *queue, const char *connector, bool hold)
{
    connector_of(queue, connector)->held = hold;
}

void queue_pause(struct queue *queue, const char *connector, const char *kind, instant until)
{
    struct gate *gate = gate_of(queue, connector_of(queue, connector), kind, false);
    if (!rate_limits_by_channel(&queue->limits, connector, kind))
        gate->paused_until = MAX(gate->paused_until, until);
}

/* ---- which goes next ---- */

static void ask(struct queue *queue, struct link_up *connector)
{
    uint64_t can = connector->can;
    connector->asked = queue->questions;
    connector->open = queue->ops->can_take(queue->ops->ctx, connector->name, &can);
    connector->can = can;
}

uint64_t queue_can(struct queue *queue, const char *connector)
{
    struct link_up *it = connector_of(queue, connector);
    ask(queue, it);
    return it->can;
}

static bool open_now(struct queue *queue, struct link_up *connector)
{
    if (connector->held)
        return false;
    if (connector->asked != queue->questions)
        ask(queue, connector);
    return connector->open;
}

/* Everything that is due by now takes its place. */
static void advance(struct queue *queue, instant now)
{
    queue->now = now > queue->now ? now : queue->now;
    for (struct heap_node *node; (node = heap_first(&queue->delayed));) {
        struct item *item = container_of(node, struct item, node);
        if (item->action.not_before > queue->now)
            break;
        heap_remove(&queue->delayed, node);
        enter(queue, item);
    }
    for (struct heap_node *node; (node = heap_first(&queue->timers));) {
        if (channel_of_node(node)->due > queue->now)
            break;
        place(queue, channel_of_node(node));
    }
}

static void sooner(instant *wake, instant at)
{
    if (*wake == 0 || at < *wake)
        *wake = at;
}

/* Several are recorded at once, since each time waits for the disk. */
static bool may_note(struct link_up *connector)
{
    return connector->refills = connector->ahead < (connector->refills ? AHEAD_MOST : AHEAD_MOST / 2);
}

/* Has the connector a place for what comes first at this gate? The last one is kept for pages. */
static bool has_place(const struct gate *gate, const struct item *first)
{
    const struct link_up *connector = gate->connector;
    if (gate->notes)
        return may_note(gate->connector);
    return first->action.lane == LANE_PAGE || connector->parallel < 2 ||
           connector->busy < connector->parallel - 1;
}

/* The more urgent; of one lane, those to be recorded, so that they are durable when there is a place. */
static bool goes_before(const struct gate *gate, const struct gate *other)
{
    const struct heap_node *a = heap_first(&gate->ready), *b = heap_first(&other->ready);
    bool same = channel_of_node(a)->best->action.lane == channel_of_node(b)->best->action.lane;
    return same && gate->notes != other->notes ? gate->notes : more_urgent(a, b);
}

/* Among the gates that may send now, the one whose first channel is most urgent. */
static struct gate *best_gate(struct queue *queue, instant *wake)
{
    struct gate *best = NULL;
    for (size_t i = 0; i < queue->gate_list.n; i++) {
        struct gate *gate = queue->gate_list.v[i];
        struct heap_node *first = heap_first(&gate->ready);
        if (!first || !open_now(queue, gate->connector) || !has_place(gate, channel_of_node(first)->best))
            continue;
        instant at = rate_limits_ready(&queue->limits, false, gate->connector->full_at, gate->connector->name,
                                       gate->kind);
        at = MAX(at, gate->paused_until);
        if (at > queue->now)
            sooner(wake, at);
        else if (!best || goes_before(gate, best))
            best = gate;
    }
    return best;
}

struct item *queue_next(struct queue *queue, instant now, instant *ret_wake)
{
    queue->questions++;
    advance(queue, now);
    instant wake = 0;
    struct gate *gate = best_gate(queue, &wake);
    if (!gate) {
        if (heap_first(&queue->timers))
            sooner(&wake, channel_of_node(heap_first(&queue->timers))->due);
        if (heap_first(&queue->delayed))
            sooner(&wake, container_of(heap_first(&queue->delayed), struct item, node)->action.not_before);
        *ret_wake = wake;
        return NULL;
    }
    struct channel *channel = channel_of_node(heap_first(&gate->ready));
    struct item *item = channel->best;
    const struct action *action = &item->action;
    *ret_wake = 0;
    if (item->noting)
        return item;
    rate_limits_take(&queue->limits, false, &gate->connector->full_at, action->connector, action->kind,
                     queue->now);
    if (channel->key)
        rate_limits_take(&queue->limits, true, &channel->full_at, action->connector, action->kind, queue->now);
    queue_sending(queue, item);
    return item;
}
