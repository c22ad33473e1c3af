#include "outbox/outbox.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "outbox/limit.h"
#include "outbox/queue.h"
#include "outbox/retry.h"

#define DONE_KEPT   20000  /* keys of done actions remembered, newest */
#define REFER_AGAIN SECOND /* how soon an action looks again for one that it refers to */

struct done { /* what is remembered of a done action */
    uint64_t id;
    char *key, *remote_id;
    struct list link;
};

struct outbox {
    struct outbox_ops ops;
    struct rng *rng;
    struct limits limits;
    struct queues queues;
    struct map by_key;   /* key -> struct item; not done */
    struct map by_id;    /* id -> struct item; not done */
    struct map coalesce; /* value -> struct item that waits */
    struct map done;     /* key -> struct done */
    struct list done_order, fresh;
    uint64_t last_id, durable_id;
    size_t counts[ACTION_UNCERTAIN + 1], turn; /* turn: whose connector is asked first */
    struct action out;                         /* copy for outbox_outcome's result */
};

#define ID_KEY 24
static const char *id_key(uint64_t id, char key[ID_KEY])
{
    snprintf(key, ID_KEY, "%020" PRIu64, id);
    return key;
}

struct outbox *outbox_create(const struct outbox_ops *ops, struct rng *rng)
{
    struct outbox *outbox = xcalloc(1, sizeof(*outbox));
    outbox->ops = *ops;
    outbox->rng = rng;
    list_init(&outbox->done_order);
    list_init(&outbox->fresh);
    return outbox;
}

static void done_destroy(struct done *done)
{
    free(done->key);
    free(done->remote_id);
    free(done);
}

void outbox_destroy(struct outbox *outbox)
{
    if (!outbox)
        return;
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&outbox->by_id, &position));) {
        struct item *item = slot->value;
        action_finish(&item->action);
        free(item);
    }
    list_each (done, &outbox->done_order, struct done, link)
        done_destroy(done);
    map_finish(&outbox->by_key);
    map_finish(&outbox->by_id);
    map_finish(&outbox->coalesce);
    map_finish(&outbox->done);
    queues_finish(&outbox->queues);
    limits_finish(&outbox->limits);
    action_finish(&outbox->out);
    free(outbox);
}

void outbox_limits(struct outbox *outbox, const struct rate_limit *limits, size_t n)
{
    limits_set(&outbox->limits, limits, n);
}

static void set_state(struct outbox *outbox, struct item *item, enum action_state state)
{
    outbox->counts[item->action.state]--;
    outbox->counts[state]++;
    item->action.state = state;
}

/* What is with a connector is stored as waiting: after a restart nobody knows what came of it. */
static void write_doc(const struct item *item, struct journal_batch *batch, instant done_at)
{
    CLEANUP_STR struct str body = {0};
    char key[ID_KEY];
    struct action stored = item->action;
    if (stored.state == ACTION_SENDING)
        stored.state = ACTION_WAITING;
    action_encode(&stored, &body);
    struct journal_doc *doc = batch_doc(batch, DOC_ACTION, id_key(stored.id, key), body.p);
    doc->tag = xstrdup(action_state_name(stored.state));
    doc->at = done_at;
}

static void remember_done(struct outbox *outbox, uint64_t id, const char *key, const char *remote_id)
{
    struct done *done = xcalloc(1, sizeof(*done));
    *done = (struct done){.id = id, .key = xstrdup(key), .remote_id = xstrdup(remote_id)};
    struct done *older = map_put(&outbox->done, key, done);
    if (older) {
        list_remove(&older->link);
        done_destroy(older);
    }
    list_append(&outbox->done_order, &done->link);
    if (outbox->done.n > DONE_KEPT) {
        struct done *oldest = container_of(outbox->done_order.next, struct done, link);
        map_remove(&outbox->done, oldest->key);
        list_remove(&oldest->link);
        done_destroy(oldest);
    }
}

static struct item *take_in(struct outbox *outbox, struct action *action)
{
    char key[ID_KEY];
    struct item *item = xcalloc(1, sizeof(*item));
    item->action = *action;
    *action = (struct action){0};
    outbox->counts[item->action.state]++;
    map_put(&outbox->by_id, id_key(item->action.id, key), item);
    map_put(&outbox->by_key, item->action.key, item);
    if (item->action.coalesce && item->action.state == ACTION_WAITING)
        map_put(&outbox->coalesce, item->action.coalesce, item);
    return item;
}

struct loading {
    struct outbox *outbox;
    struct error *err;
    int rc;
};

static bool load_one(void *ctx, const struct journal_doc *doc)
{
    struct loading *loading = ctx;
    struct outbox *outbox = loading->outbox;
    struct action action;
    loading->rc = action_decode(doc->body, strlen(doc->body), &action, loading->err);
    if (loading->rc)
        return false;
    outbox->last_id = MAX(outbox->last_id, action.id);
    if (action.state == ACTION_DONE) {
        remember_done(outbox, action.id, action.key, action.remote_id);
        action_finish(&action);
        return true;
    }
    if (action.state == ACTION_WAITING)
        action.attempts = MAX(action.attempts, 1);
    struct item *item = take_in(outbox, &action);
    if (item->action.state == ACTION_WAITING) {
        queue_add(&outbox->queues, item);
        queue_refresh(&outbox->queues, item->queue, 0);
    }
    return true;
}

int outbox_load(struct outbox *outbox, struct journal *journal, struct error *err)
{
    struct loading loading = {outbox, err, 0};
    int rc = journal_docs(journal, &(struct doc_query){.kind = DOC_ACTION}, load_one, &loading, err);
    outbox->durable_id = outbox->last_id;
    return rc ? rc : loading.rc;
}

/* Not offered before what was said last about it is durable. */
static uint64_t hold_back(struct outbox *outbox, struct item *item, uint64_t id)
{
    list_remove(&item->in_fresh);
    item->hold = id;
    list_append(&outbox->fresh, &item->in_fresh);
    return id;
}

/* The newest word replaces one that still waits; it keeps its place. */
static uint64_t replace(struct outbox *outbox, struct item *item, const struct action *action,
                        struct journal_batch *batch)
{
    replace_text(&item->action.body, action->body);
    replace_text(&item->action.cause, action->cause);
    write_doc(item, batch, 0);
    uint64_t id = hold_back(outbox, item, ++outbox->last_id);
    queue_refresh(&outbox->queues, item->queue, action->made_at);
    return id;
}

uint64_t outbox_add(struct outbox *outbox, const struct action *action, struct journal_batch *batch)
{
    struct item *waiting = action->coalesce ? map_get(&outbox->coalesce, action->coalesce) : NULL;
    if (waiting)
        return replace(outbox, waiting, action, batch);
    struct item *known = map_get(&outbox->by_key, action->key);
    struct done *done = map_get(&outbox->done, action->key);
    if (known || done)
        return known ? known->action.id : done->id;
    struct action copy;
    action_copy(&copy, action);
    copy.id = ++outbox->last_id;
    copy.state = ACTION_WAITING;
    copy.attempts = 0;
    copy.give_up_at = action->made_at + retry_for(action->lane);
    if (!copy.channel)
        copy.channel = xstrdup("");
    struct item *item = take_in(outbox, &copy);
    hold_back(outbox, item, item->action.id);
    queue_add(&outbox->queues, item);
    write_doc(item, batch, 0);
    return item->action.id;
}

void outbox_durable(struct outbox *outbox, uint64_t id)
{
    list_each (item, &outbox->fresh, struct item, in_fresh) {
        if (item->hold > id)
            break;
        list_remove(&item->in_fresh);
        if (item->queue && queue_first(item->queue) == item)
            queue_refresh(&outbox->queues, item->queue, 0);
    }
}

uint64_t outbox_last_id(const struct outbox *outbox)
{
    return outbox->last_id;
}

/* Out of its queue; the next of the queue may go. */
static void leave_queue(struct outbox *outbox, struct item *item, instant now)
{
    struct queue *queue = item->queue;
    if (!queue)
        return;
    bool alone = queue->items.next == queue->items.prev;
    queue_remove(&outbox->queues, item);
    if (!alone)
        queue_refresh(&outbox->queues, queue, now);
}

static void forget_coalesce(struct outbox *outbox, const struct item *item)
{
    if (item->action.coalesce && map_get(&outbox->coalesce, item->action.coalesce) == item)
        map_remove(&outbox->coalesce, item->action.coalesce);
}

enum reference { REFERENCE_NONE, REFERENCE_FILLED, REFERENCE_WAITS, REFERENCE_DEAD };

static void fill_in(struct action *action, const char *remote_id)
{
    CLEANUP_JSON cJSON *body = NULL;
    if (json_parse(action->body, strlen(action->body), SIZE_MAX, JSON_DEPTH, "body", &body, NULL) ||
        !cJSON_IsObject(body))
        return;
    cJSON_DeleteItemFromObjectCaseSensitive(body, action->refer_as);
    cJSON_AddStringToObject(body, action->refer_as, remote_id);
    struct str text = {0};
    json_tree(&(struct json_out){&text, false}, body);
    free(action->body);
    action->body = str_take(&text);
}

static enum reference resolve(struct outbox *outbox, struct action *action)
{
    if (!action->refers)
        return REFERENCE_NONE;
    const struct done *done = map_get(&outbox->done, action->refers);
    if (done) {
        fill_in(action, done->remote_id ? done->remote_id : "");
        replace_text(&action->refers, NULL);
        return REFERENCE_FILLED;
    }
    const struct item *item = map_get(&outbox->by_key, action->refers);
    bool alive = item && (item->action.state == ACTION_WAITING || item->action.state == ACTION_SENDING);
    return alive ? REFERENCE_WAITS : REFERENCE_DEAD;
}

/* The first queue of a lane whose action may go now; others of it are told when to come again. */
static struct item *choose(struct outbox *outbox, struct lane_list *lanes, enum lane lane, instant now)
{
    list_each (queue, &lanes->ready[lane], struct queue, ready) {
        struct item *item = queue_first(queue);
        enum reference reference = resolve(outbox, &item->action);
        instant at =
            reference == REFERENCE_WAITS ? now + REFER_AGAIN : limits_when(&outbox->limits, &item->action, now);
        if (!at)
            return item;
        item->action.not_before = at;
        queue_wait(&outbox->queues, queue, at);
    }
    return NULL;
}

static struct item *choose_any(struct outbox *outbox, instant now)
{
    size_t n = outbox->queues.connectors.n;
    for (int lane = 0; lane < LANE_COUNT; lane++) {
        for (size_t i = 0; i < n; i++) {
            struct lane_list *lanes = outbox->queues.connectors.v[(outbox->turn + i) % n];
            uint64_t can;
            if (lanes->held || list_empty(&lanes->ready[lane]) ||
                !outbox->ops.can_take(outbox->ops.ctx, lanes->connector, &can))
                continue;
            struct item *item = choose(outbox, lanes, (enum lane)lane, now);
            if (item)
                return item;
        }
    }
    return NULL;
}

const struct action *outbox_next(struct outbox *outbox, instant now, instant *ret_wake)
{
    queues_wake(&outbox->queues, now);
    struct item *item = choose_any(outbox, now);
    *ret_wake = queues_wake(&outbox->queues, now);
    if (!item)
        return NULL;
    outbox->turn++;
    forget_coalesce(outbox, item);
    limits_take(&outbox->limits, &item->action, now);
    list_remove(&item->queue->ready);
    set_state(outbox, item, ACTION_SENDING);
    item->action.attempts++;
    return &item->action;
}

static bool is_sendable(const struct item *item)
{
    return item && (item->action.state == ACTION_SENDING || item->action.state == ACTION_WAITING);
}

static void again_at(struct outbox *outbox, struct item *item, instant at, instant now)
{
    set_state(outbox, item, ACTION_WAITING);
    item->action.not_before = at;
    queue_refresh(&outbox->queues, item->queue, now);
}

static void end(struct outbox *outbox, struct item *item, enum action_state state, instant now)
{
    set_state(outbox, item, state);
    forget_coalesce(outbox, item);
    leave_queue(outbox, item, now);
}

/* The state that an outcome leads to; *ret_at for one that is tried again. */
static enum action_state judge(struct outbox *outbox, const struct item *item,
                               const struct outbox_outcome *outcome, instant now, instant *ret_at)
{
    uint64_t can = 0;
    const struct action *action = &item->action;
    *ret_at = now + (outcome->retry_after ? outcome->retry_after : retry_delay(action->attempts, outbox->rng));
    switch (outcome->code) {
    case TOCSIN_DONE:
        return ACTION_DONE;
    case TOCSIN_REFUSED:
        return ACTION_DEAD;
    case TOCSIN_AUTH:
        outbox_hold(outbox, action->connector, true);
        *ret_at = now;
        return ACTION_WAITING;
    case TOCSIN_UNKNOWN:
        outbox->ops.can_take(outbox->ops.ctx, action->connector, &can);
        if (!(can & TOCSIN_CAN_FIND) && action->lane == LANE_CUSTOMER)
            return ACTION_UNCERTAIN; /* a customer who reads it twice is worse than a person who looks */
        break;
    }
    return *ret_at > action->give_up_at ? ACTION_DEAD : ACTION_WAITING;
}

const struct action *outbox_outcome(struct outbox *outbox, uint64_t id, const struct outbox_outcome *outcome,
                                    instant now, struct journal_batch *batch)
{
    char key[ID_KEY];
    struct item *item = map_get(&outbox->by_id, id_key(id, key));
    if (!is_sendable(item))
        return NULL;
    instant at;
    replace_text(&item->action.detail, outcome->detail);
    if (outcome->remote_id)
        replace_text(&item->action.remote_id, outcome->remote_id);
    enum action_state state = judge(outbox, item, outcome, now, &at);
    if (state == ACTION_WAITING)
        again_at(outbox, item, at, now);
    else
        end(outbox, item, state, now);
    write_doc(item, batch, state == ACTION_DONE ? now : 0);
    action_finish(&outbox->out);
    action_copy(&outbox->out, &item->action);
    if (state == ACTION_DONE) {
        remember_done(outbox, id, item->action.key, item->action.remote_id);
        map_remove(&outbox->by_id, key);
        map_remove(&outbox->by_key, item->action.key);
        outbox->counts[ACTION_DONE]--;
        list_remove(&item->in_fresh);
        action_finish(&item->action);
        free(item);
    }
    return &outbox->out;
}

static struct item *stuck(struct outbox *outbox, uint64_t id, struct error *err)
{
    char key[ID_KEY];
    struct item *item = map_get(&outbox->by_id, id_key(id, key));
    if (item && (item->action.state == ACTION_DEAD || item->action.state == ACTION_UNCERTAIN))
        return item;
    error_set(err, ERR_NOT_FOUND,
              "there is no action %" PRIu64 " that waits for a person; `actions` lists them", id);
    return NULL;
}

int outbox_again(struct outbox *outbox, uint64_t id, instant now, struct journal_batch *batch,
                 struct error *err)
{
    struct item *item = stuck(outbox, id, err);
    if (!item)
        return ERR_NOT_FOUND;
    set_state(outbox, item, ACTION_WAITING);
    item->action.not_before = 0;
    item->action.give_up_at = now + retry_for(item->action.lane);
    queue_add(&outbox->queues, item);
    hold_back(outbox, item, ++outbox->last_id);
    write_doc(item, batch, 0);
    return 0;
}

int outbox_drop(struct outbox *outbox, uint64_t id, struct journal_batch *batch, struct error *err)
{
    char key[ID_KEY];
    struct item *item = stuck(outbox, id, err);
    if (!item)
        return ERR_NOT_FOUND;
    batch_doc(batch, DOC_ACTION, id_key(id, key), NULL);
    outbox->counts[item->action.state]--;
    map_remove(&outbox->by_id, key);
    map_remove(&outbox->by_key, item->action.key);
    action_finish(&item->action);
    free(item);
    return 0;
}

void outbox_hold(struct outbox *outbox, const char *connector, bool hold)
{
    queues_connector(&outbox->queues, connector)->held = hold;
}

void outbox_mark_sending(struct outbox *outbox, uint64_t id)
{
    char key[ID_KEY];
    struct item *item = map_get(&outbox->by_id, id_key(id, key));
    if (!item || item->action.state != ACTION_WAITING)
        return;
    forget_coalesce(outbox, item);
    set_state(outbox, item, ACTION_SENDING);
    queue_refresh(&outbox->queues, item->queue, 0);
}

const char *outbox_remote_id(const struct outbox *outbox, const char *key)
{
    const struct done *done = map_get(&outbox->done, key);
    return done ? done->remote_id : NULL;
}

bool outbox_knows(const struct outbox *outbox, const char *key)
{
    const struct item *item = map_get(&outbox->by_key, key);
    return map_get(&outbox->done, key) || (item && item->action.state != ACTION_DEAD);
}

static int by_id(const void *a, const void *b)
{
    uint64_t x = (*(struct item *const *)a)->action.id, y = (*(struct item *const *)b)->action.id;
    return x < y ? -1 : x > y;
}

void outbox_each(const struct outbox *outbox, bool (*on)(void *ctx, const struct action *action), void *ctx)
{
    ARRAY(struct item *) items = {0};
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&outbox->by_id, &position));)
        *array_add(&items) = slot->value;
    if (items.n)
        qsort(items.v, items.n, sizeof(*items.v), by_id);
    for (size_t i = 0; i < items.n && on(ctx, &items.v[i]->action); i++)
        ;
    array_free(&items);
}

size_t outbox_count(const struct outbox *outbox, enum action_state state)
{
    return outbox->counts[state];
}
