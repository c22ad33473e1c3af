#include "outbox/outbox.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "outbox/queue.h"
#include "outbox/retry.h"

#define DONE_KEPT      DAY
#define DONE_KEPT_MOST 20000         /* done actions in memory, whatever their age */
#define FORGET_AT_ONCE 16            /* documents of done actions removed with one outcome */
#define LAST_ID        "last action" /* key of a DOC_META document: the greatest id so far */

struct outbox {
    struct outbox_ops ops;
    struct rng *rng;
    struct queue queue;
    struct map by_id, by_key; /* every item */
    struct map coalesce;      /* value -> the newest waiting item with it */
    struct map failed;        /* value -> the newest dead item with it */
    struct list undone;       /* items, by id */
    struct list done;         /* items, oldest first; without their bodies */
    size_t done_count;
    struct list leaving;    /* ended items that keep their channel until their end is durable */
    struct item *just_done; /* still has its body, since the caller has it */
    uint64_t last_id;
    size_t counts[ACTION_UNCERTAIN + 1];
    size_t under_way[LANE_COUNT];
};

#define ID_KEY 24
static const char *id_key(uint64_t id, char key[ID_KEY])
{
    snprintf(key, ID_KEY, "%020" PRIu64, id);
    return key;
}

static struct item *find(const struct outbox *outbox, uint64_t id)
{
    char key[ID_KEY];
    return map_get(&outbox->by_id, id_key(id, key));
}

struct outbox *outbox_create(const struct outbox_ops *ops, struct rng *rng)
{
    struct outbox *outbox = xcalloc(1, sizeof(*outbox));
    outbox->ops = *ops;
    outbox->rng = rng;
    queue_init(&outbox->queue, &outbox->ops);
    list_init(&outbox->undone);
    list_init(&outbox->done);
    list_init(&outbox->leaving);
    return outbox;
}

static void item_destroy(struct item *item)
{
    action_finish(&item->action);
    free(item);
}

void outbox_destroy(struct outbox *outbox)
{
    if (!outbox)
        return;
    queue_finish(&outbox->queue);
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&outbox->by_id, &i));)
        item_destroy(slot->value);
    map_finish(&outbox->by_id);
    map_finish(&outbox->by_key);
    map_finish(&outbox->coalesce);
    map_finish(&outbox->failed);
    free(outbox);
}

void outbox_limits(struct outbox *outbox, const struct rate_limit *limits, size_t n)
{
    queue_limits(&outbox->queue, limits, n);
}

/* ---- documents ---- */

/* Written whenever a document is removed, so that its id is not reused. */
static void write_last_id(const struct outbox *outbox, struct journal_batch *batch)
{
    char text[ID_KEY];
    snprintf(text, sizeof(text), "%" PRIu64, outbox->last_id);
    batch_doc(batch, DOC_META, LAST_ID, text);
}

static int read_last_id(struct outbox *outbox, struct journal *journal, struct error *err)
{
    struct journal_doc doc;
    int rc = journal_doc(journal, DOC_META, LAST_ID, &doc, err);
    if (rc)
        return rc == ERR_NOT_FOUND ? 0 : rc;
    outbox->last_id = strtoull(doc.body, NULL, 10);
    journal_doc_finish(&doc);
    return 0;
}

/* An action that is with a connector is stored as waiting, since after a restart nobody knows its outcome; except for one
   that must not be done twice. */
static void write_doc(const struct item *item, struct journal_batch *batch)
{
    CLEANUP_STR struct str body = {0};
    char key[ID_KEY];
    struct action stored = item->action;
    if (stored.state == ACTION_SENDING || stored.state == ACTION_WAITING)
        stored.state = item->noted || item->doubt ? ACTION_SENDING : ACTION_WAITING;
    action_encode(&stored, &body);
    struct journal_doc *doc = batch_doc(batch, DOC_ACTION, id_key(stored.id, key), str_text(&body));
    doc->tag = xstrdup(action_state_name(stored.state));
    doc->at = item->action.done_at;
}

/* Of what is in memory. `by`: 1 or -1. */
static void count(struct outbox *outbox, const struct item *item, int by)
{
    outbox->counts[item->action.state] += (size_t)by;
    if (action_is_under_way(&item->action))
        outbox->under_way[item->action.lane] += (size_t)by;
}

static void set_state(struct outbox *outbox, struct item *item, enum action_state state)
{
    count(outbox, item, -1);
    item->action.state = state;
    count(outbox, item, 1);
}

/* If it must not be done twice, handing it out must be recorded first, unless that is on record already. */
static void mind(struct item *item)
{
    item->noting = lanes[item->action.lane].once && !item->noted && !item->doubt;
}

/* Owns the action from now on. */
static struct item *item_create(struct outbox *outbox, struct action *action)
{
    char key[ID_KEY];
    struct item *item = xcalloc(1, sizeof(*item));
    item->action = *action;
    list_init(&item->dependents);
    mind(item);
    count(outbox, item, 1);
    list_append(&outbox->undone, &item->standing);
    map_put(&outbox->by_id, id_key(action->id, key), item);
    map_put(&outbox->by_key, action->key, item);
    return item;
}

static void unmap(struct map *map, const char *key, const struct item *item)
{
    if (key && map_get(map, key) == item)
        map_remove(map, key);
}

static void forget(struct outbox *outbox, struct item *item)
{
    char key[ID_KEY];
    count(outbox, item, -1);
    list_remove(&item->standing);
    map_remove(&outbox->by_id, id_key(item->action.id, key));
    unmap(&outbox->by_key, item->action.key, item);
    unmap(&outbox->failed, item->action.coalesce, item);
    item_destroy(item);
}

/* Actions behind one that has ended go when its end is durable: else a crash could bring it back, out of order. */
static void leave(struct outbox *outbox, struct item *item)
{
    list_remove(&item->leaving);
    queue_remove(&outbox->queue, item);
}

static void drop_body(struct item *item)
{
    if (item)
        replace_text(&item->action.body, NULL);
}

/* Done actions are kept for a day: for their keys and remote ids. */
static void forget_old(struct outbox *outbox, instant now, size_t most, struct journal_batch *batch)
{
    size_t n = 0;
    for (; n < most && !list_empty(&outbox->done); n++) {
        struct item *oldest = container_of(outbox->done.next, struct item, standing);
        if (now - oldest->action.done_at < DONE_KEPT && outbox->done_count <= DONE_KEPT_MOST)
            break;
        char key[ID_KEY];
        batch_doc(batch, DOC_ACTION, id_key(oldest->action.id, key), NULL);
        leave(outbox, oldest);
        outbox->done_count--;
        forget(outbox, oldest);
    }
    if (n)
        write_last_id(outbox, batch);
}

void outbox_prune(struct outbox *outbox, instant now, size_t most, struct journal_batch *batch)
{
    drop_body(steal(outbox->just_done));
    forget_old(outbox, now, most, batch);
}

static void keep_done(struct outbox *outbox, struct item *item)
{
    outbox->just_done = item;
    list_remove(&item->standing);
    list_append(&outbox->done, &item->standing);
    outbox->done_count++;
}

/* ---- references: an action whose body needs the remote id of an earlier one ---- */

static bool alive(const struct item *item)
{
    return item && action_is_under_way(&item->action);
}

static void fill_in(struct action *action, const char *remote_id)
{
    CLEANUP_JSON cJSON *body = NULL;
    size_t length = strlen(action->body);
    if (json_parse(action->body, length, length, JSON_DEPTH, "an action's body", &body, NULL) < 0 ||
        !cJSON_IsObject(body))
        return;
    cJSON_DeleteItemFromObjectCaseSensitive(body, action->reference.as);
    cJSON_AddStringToObject(body, action->reference.as, remote_id);
    struct str text = {0};
    json_tree(&(struct json_out){.out = &text}, body);
    free(action->body);
    action->body = str_take(&text);
    replace_text(&action->reference.key, NULL);
}

/* Fills the reference in if it is known, waits if it will be, and else leaves it: the action is then offered with `refers`
   set, and the caller refuses it. */
static void refer(struct outbox *outbox, struct item *item)
{
    list_remove(&item->dependent);
    item->blocked = false;
    struct item *to = item->action.reference.key ? map_get(&outbox->by_key, item->action.reference.key) : NULL;
    if (!to)
        return;
    if (to->action.state == ACTION_DONE && to->action.outcome.remote_id) {
        fill_in(&item->action, to->action.outcome.remote_id);
    } else if (alive(to) && to != item) {
        list_append(&to->dependents, &item->dependent);
        item->blocked = true;
    }
}

/* The item is done, or will never be: the items that refer to it continue, with their new bodies stored. */
static void release(struct outbox *outbox, struct item *item, struct journal_batch *batch)
{
    list_each (waiting, &item->dependents, struct item, dependent) {
        refer(outbox, waiting);
        if (!waiting->action.reference.key)
            write_doc(waiting, batch);
        queue_changed(&outbox->queue, waiting);
    }
}

/* ---- loading ---- */

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
    if (loading->rc < 0)
        return false;
    outbox->last_id = MAX(outbox->last_id, action.id);
    bool handed = action.state == ACTION_SENDING;
    action.state = handed ? ACTION_WAITING : action.state;
    struct item *item = item_create(outbox, &action);
    item->doubt = handed;
    item->action.unsure = handed || action.attempts > 0 || !lanes[action.lane].once;
    mind(item);
    if (item->action.state == ACTION_DONE) {
        keep_done(outbox, item);
        drop_body(steal(outbox->just_done));
    }
    return true;
}

static void resume(struct outbox *outbox, struct item *item)
{
    struct action *action = &item->action;
    if (action->state == ACTION_DEAD && action->coalesce)
        map_put(&outbox->failed, action->coalesce, item);
    if (action->state != ACTION_WAITING)
        return;
    refer(outbox, item);
    if (action->coalesce)
        map_put(&outbox->coalesce, action->coalesce, item);
    queue_add(&outbox->queue, item);
}

int outbox_load(struct outbox *outbox, struct journal *journal, struct error *err)
{
    struct loading loading = {outbox, err, 0};
    int rc = read_last_id(outbox, journal, err);
    rc = rc ? rc : journal_docs(journal, &(struct doc_query){.kind = DOC_ACTION}, load_one, &loading, err);
    if (rc < 0 || loading.rc < 0)
        return rc < 0 ? rc : loading.rc;
    list_each (item, &outbox->undone, struct item, standing) {
        resume(outbox, item);
    }
    queue_durable(&outbox->queue, outbox->last_id);
    return 0;
}

/* ---- adding ---- */

static instant give_up_at(const struct action *action)
{
    return MAX(action->made_at, action->not_before) + retry_span(action->lane);
}

/*
 * The newest action replaces one that is still waiting. It takes over its place, but has its own key: a platform that has
 * seen the older key would take it for the older action.
 */
static uint64_t replace(struct outbox *outbox, struct item *item, const struct action *newer,
                        struct journal_batch *batch)
{
    struct action *action = &item->action;
    unmap(&outbox->by_key, action->key, item);
    replace_text(&action->key, newer->key);
    replace_text(&action->body, newer->body);
    replace_text(&action->reference.key, newer->reference.key);
    replace_text(&action->reference.as, newer->reference.as);
    replace_text(&action->cause, newer->cause);
    replace_text(&action->rule, newer->rule);
    action->incident = newer->incident;
    action->made_at = newer->made_at;
    action->give_up_at = give_up_at(newer);
    if (action->attempts == 0) /* an urgent message goes at once */
        action->not_before = MIN(action->not_before, newer->not_before);
    map_put(&outbox->by_key, action->key, item);
    refer(outbox, item);
    queue_withhold(&outbox->queue, item, ++outbox->last_id);
    write_doc(item, batch);
    return item->change;
}

static bool are_alike(const struct action *a, const struct action *b)
{
    return text_equal(a->kind, b->kind) && text_equal(a->connector, b->connector) &&
           text_equal(a->channel, b->channel ? b->channel : "");
}

/* The waiting item that this action may replace; NULL: none. */
static struct item *replaceable(const struct outbox *outbox, const struct action *action)
{
    struct item *item = action->coalesce ? map_get(&outbox->coalesce, action->coalesce) : NULL;
    bool fits = item && !item->doubt && list_empty(&item->dependents) && are_alike(&item->action, action);
    return fits ? item : NULL;
}

/* Forgets an item that has ended, when its end is durable. */
static void discard_later(struct outbox *outbox, struct item *item, struct journal_batch *batch)
{
    char key[ID_KEY];
    batch_doc(batch, DOC_ACTION, id_key(item->action.id, key), NULL);
    write_last_id(outbox, batch);
    unmap(&outbox->by_key, item->action.key, item); /* it may be added again */
    unmap(&outbox->failed, item->action.coalesce, item);
    item->withdrawn = true;
}

/* … or at once, if that is durable already. */
static void discard(struct outbox *outbox, struct item *item, struct journal_batch *batch)
{
    bool leaves = item->leaving.next;
    discard_later(outbox, item, batch);
    if (!leaves)
        forget(outbox, item);
}

/* What failed for good is over once there is a newer state to show: nobody should send the old one again. */
static void forget_older(struct outbox *outbox, const struct action *newer, struct journal_batch *batch)
{
    struct item *item = newer->coalesce ? map_get(&outbox->failed, newer->coalesce) : NULL;
    if (item && list_empty(&item->dependents) && are_alike(&item->action, newer))
        discard(outbox, item, batch);
}

uint64_t outbox_add(struct outbox *outbox, const struct action *action, struct journal_batch *batch)
{
    const struct item *known = map_get(&outbox->by_key, action->key);
    if (known)
        return known->action.id;
    forget_older(outbox, action, batch);
    struct item *older = replaceable(outbox, action);
    if (older)
        return replace(outbox, older, action, batch);
    struct action copy;
    action_copy(&copy, action);
    copy.id = ++outbox->last_id;
    copy.state = ACTION_WAITING;
    copy.attempts = 0;
    if (!copy.channel)
        copy.channel = xstrdup("");
    if (!copy.give_up_at)
        copy.give_up_at = give_up_at(&copy);
    struct item *item = item_create(outbox, &copy);
    refer(outbox, item);
    queue_withhold(&outbox->queue, item, copy.id);
    if (copy.coalesce)
        map_put(&outbox->coalesce, copy.coalesce, item);
    queue_add(&outbox->queue, item);
    write_doc(item, batch);
    return copy.id;
}

void outbox_durable(struct outbox *outbox, uint64_t id)
{
    list_each (item, &outbox->leaving, struct item, leaving) {
        if (item->change > id)
            break;
        leave(outbox, item);
        if (item->withdrawn)
            forget(outbox, item);
    }
    queue_durable(&outbox->queue, id);
}

uint64_t outbox_last_id(const struct outbox *outbox)
{
    return outbox->last_id;
}

/* ---- handing out, and outcomes ---- */

static void stop_coalescing(struct outbox *outbox, const struct item *item)
{
    unmap(&outbox->coalesce, item->action.coalesce, item);
}

const struct action *outbox_next(struct outbox *outbox, instant now, instant *ret_wake)
{
    struct item *item = queue_next(&outbox->queue, now, ret_wake);
    if (!item)
        return NULL;
    if (item->noting)
        return &item->action;
    stop_coalescing(outbox, item);
    set_state(outbox, item, ACTION_SENDING);
    item->action.attempts = MAX(item->action.attempts, item->action.unsure) + 1;
    return &item->action;
}

enum outbox_step outbox_step(struct outbox *outbox, const struct action *action)
{
    const struct item *item = container_of(action, struct item, action);
    if (item->noting)
        return STEP_NOTE;
    if (action->reference.key)
        return STEP_ORPHAN;
    bool findable = queue_can(&outbox->queue, action->connector) & TOCSIN_CAN_FIND;
    return item->doubt && !findable ? STEP_DOUBT : STEP_PERFORM;
}

void outbox_note(struct outbox *outbox, uint64_t id, struct journal_batch *batch)
{
    struct item *item = find(outbox, id);
    if (!item || !item->noting)
        return;
    item->noted = true;
    mind(item);
    queue_noted(&outbox->queue, item);
    queue_withhold(&outbox->queue, item, ++outbox->last_id);
    write_doc(item, batch);
}

void outbox_mark_sending(struct outbox *outbox, uint64_t id)
{
    struct item *item = find(outbox, id);
    if (!item || item->action.state != ACTION_WAITING)
        return;
    stop_coalescing(outbox, item);
    set_state(outbox, item, ACTION_SENDING);
    item->action.attempts = MAX(item->action.attempts, 1); /* the current attempt */
    queue_sending(&outbox->queue, item);
}

/* Back in its place, to be tried at `at`; a newer action may replace it again. */
static void try_again(struct outbox *outbox, struct item *item, instant at)
{
    struct action *action = &item->action;
    set_state(outbox, item, ACTION_WAITING);
    action->not_before = at;
    if (action->coalesce && !map_get(&outbox->coalesce, action->coalesce))
        map_put(&outbox->coalesce, action->coalesce, item);
    queue_waiting(&outbox->queue, item);
}

static void end(struct outbox *outbox, struct item *item, enum action_state state, struct journal_batch *batch)
{
    set_state(outbox, item, state);
    stop_coalescing(outbox, item);
    if (state == ACTION_DEAD && item->action.coalesce)
        map_put(&outbox->failed, item->action.coalesce, item);
    list_remove(&item->dependent);
    queue_back(&outbox->queue, item);
    item->change = ++outbox->last_id;
    list_append(&outbox->leaving, &item->leaving);
    release(outbox, item, batch);
}

/* If it comes back after a crash, the connector finds it by its key and does not repeat it, so the order is kept. An edit
   would be applied again, over a later one. */
static bool is_found_again(struct outbox *outbox, const struct action *action)
{
    bool adds = strcmp(action->kind, "post") == 0 || strcmp(action->kind, "page") == 0;
    return adds && queue_can(&outbox->queue, action->connector) & TOCSIN_CAN_FIND;
}

/* The state that an outcome leads to; *ret_at: when a waiting action is tried again. */
static enum action_state judge(struct outbox *outbox, const struct item *item,
                               const struct outbox_outcome *outcome, instant now, instant *ret_at)
{
    const struct action *action = &item->action;
    *ret_at = now;
    if (outcome->code == TOCSIN_DONE)
        return ACTION_DONE;
    if (outcome->code == TOCSIN_REFUSED)
        return ACTION_DEAD;
    if (outcome->code == TOCSIN_AUTH)
        return ACTION_WAITING;
    bool unknown = outcome->code == TOCSIN_UNKNOWN;
    bool findable = unknown && queue_can(&outbox->queue, action->connector) & TOCSIN_CAN_FIND;
    bool once = lanes[action->lane].once;
    if (unknown && !findable && once)
        return ACTION_UNCERTAIN;
    if (findable && action->attempts == 1 && !outcome->retry_after)
        return ACTION_WAITING; /* the connector looks it up by its key at once */
    /* However long the wait, it is not given up without a last attempt. */
    *ret_at = MIN(now + retry_wait(action->lane, action->attempts, outcome->retry_after, outbox->rng),
                  action->give_up_at);
    if (now < action->give_up_at)
        return ACTION_WAITING;
    return once && (unknown || item->doubt) ? ACTION_UNCERTAIN : ACTION_DEAD;
}

/* Before its next attempt. A later outcome that only says "not now" does not settle the doubt about an earlier attempt. */
static void take_doubt(struct item *item, int code)
{
    item->action.unsure = item->action.unsure || code == TOCSIN_UNKNOWN;
    if (!lanes[item->action.lane].once)
        return;
    item->doubt = item->doubt || code == TOCSIN_UNKNOWN;
    item->noted = false;
    mind(item);
}

static void take_outcome(struct item *item, const struct outbox_outcome *outcome)
{
    replace_text(&item->action.outcome.detail, outcome->detail);
    if (outcome->remote_id && *outcome->remote_id)
        replace_text(&item->action.outcome.remote_id, outcome->remote_id);
}

static void explain_giving_up(struct action *action, instant now)
{
    CLEANUP_STR struct str text = {0};
    str_addf(&text, "given up after %d attempts in ", action->attempts);
    duration_format(now - MAX(action->made_at, action->not_before), &text);
    str_addf(&text, ": %s", action->outcome.detail ? action->outcome.detail : "no reason was given");
    replace_text(&action->outcome.detail, str_text(&text));
}

/* It is kept for its key and remote id, unless nobody asks for those again. */
static void take_done(struct outbox *outbox, struct item *item, struct journal_batch *batch)
{
    if (lanes[item->action.lane].forgotten) {
        discard_later(outbox, item, batch);
        return;
    }
    write_doc(item, batch);
    keep_done(outbox, item);
    if (is_found_again(outbox, &item->action))
        leave(outbox, item);
}

const struct action *outbox_outcome(struct outbox *outbox, uint64_t id, const struct outbox_outcome *outcome,
                                    instant now, struct journal_batch *batch)
{
    struct item *item = find(outbox, id);
    if (!alive(item))
        return NULL;
    if (item->action.state == ACTION_WAITING && outcome->code != TOCSIN_DONE)
        return &item->action; /* a late outcome; the next attempt is waiting already */
    drop_body(steal(outbox->just_done));
    forget_old(outbox, now, FORGET_AT_ONCE, batch);
    take_outcome(item, outcome);
    instant at;
    enum action_state state = judge(outbox, item, outcome, now, &at);
    if (outcome->code == TOCSIN_AUTH)
        outbox_hold(outbox, item->action.connector, true);
    if (outcome->retry_after > 0)
        queue_pause(&outbox->queue, item->action.connector, item->action.kind, now + outcome->retry_after);
    if (state == ACTION_DEAD && outcome->code != TOCSIN_REFUSED)
        explain_giving_up(&item->action, now);
    if (state == ACTION_WAITING) {
        take_doubt(item, outcome->code);
        try_again(outbox, item, at);
    } else {
        item->action.done_at = state == ACTION_DONE ? now : 0;
        end(outbox, item, state, batch);
    }
    if (state == ACTION_DONE)
        take_done(outbox, item, batch);
    else
        write_doc(item, batch);
    return &item->action;
}

void outbox_withdraw(struct outbox *outbox, uint64_t id, struct journal_batch *batch)
{
    struct item *item = find(outbox, id);
    if (!item || item->withdrawn || item->action.state == ACTION_DONE)
        return;
    if (item->action.state == ACTION_WAITING) { /* its channel must not offer it meanwhile */
        item->blocked = true;
        queue_changed(&outbox->queue, item);
    }
    if (alive(item))
        end(outbox, item, ACTION_DEAD, batch); /* those behind it wait until that is durable */
    discard(outbox, item, batch);
}

/* ---- decisions of people ---- */

/* The item about which somebody decides: neither done, nor with its connector. */
static int find_undecided(const struct outbox *outbox, uint64_t id, struct item **ret, struct error *err)
{
    struct item *item = find(outbox, id);
    if (!item || item->withdrawn || item->action.state == ACTION_DONE)
        return error_set(err, ERR_NOT_FOUND, "There is no action %" PRIu64 " that is not done.", id);
    if (item->action.state == ACTION_SENDING)
        return error_set(err, ERR_REFUSED, "Action %" PRIu64 " is being sent right now. Wait for its outcome.",
                         id);
    *ret = item;
    return 0;
}

/* An action that needs the result of another one, which there is not. */
static int refuse_orphan(const struct outbox *outbox, const struct item *item, struct error *err)
{
    const struct item *first = map_get(&outbox->by_key, item->action.reference.key);
    if (!first || first->withdrawn)
        return error_set(err, ERR_REFUSED,
                         "Action %" PRIu64 " belongs to a message or channel that was never made, so it cannot "
                         "be sent. `actions drop %" PRIu64 "` gives it up.",
                         item->action.id, item->action.id);
    return error_set(err, ERR_REFUSED,
                     "Action %" PRIu64 " needs what action %" PRIu64 " makes. Send that one first: `actions "
                     "again %" PRIu64 "`.",
                     item->action.id, first->action.id, first->action.id);
}

/* Back into its channel, as the last of its lane. */
static void revive(struct outbox *outbox, struct item *item)
{
    leave(outbox, item);
    set_state(outbox, item, ACTION_WAITING);
    item->doubt = item->noted = false; /* the person who asks for it has looked */
    mind(item);
    unmap(&outbox->failed, item->action.coalesce, item);
    if (item->action.coalesce && !map_get(&outbox->coalesce, item->action.coalesce))
        map_put(&outbox->coalesce, item->action.coalesce, item);
    queue_add(&outbox->queue, item);
}

int outbox_again(struct outbox *outbox, uint64_t id, instant now, struct journal_batch *batch,
                 struct error *err)
{
    struct item *item = NULL;
    int rc = find_undecided(outbox, id, &item, err);
    if (rc || !item)
        return rc;
    bool waits = item->action.state == ACTION_WAITING;
    refer(outbox, item);
    if (item->action.reference.key && (waits || !item->blocked))
        return refuse_orphan(outbox, item, err);
    item->action.not_before = 0;
    item->action.give_up_at = now + retry_span(item->action.lane);
    if (waits)
        queue_changed(&outbox->queue, item);
    else
        revive(outbox, item);
    write_doc(item, batch);
    return 0;
}

int outbox_drop(struct outbox *outbox, uint64_t id, struct journal_batch *batch, struct error *err)
{
    struct item *item;
    int rc = find_undecided(outbox, id, &item, err);
    if (!rc)
        outbox_withdraw(outbox, id, batch);
    return rc;
}

void outbox_parallel(struct outbox *outbox, const char *connector, int parallel)
{
    queue_parallel(&outbox->queue, connector, parallel);
}

void outbox_hold(struct outbox *outbox, const char *connector, bool hold)
{
    queue_hold(&outbox->queue, connector, hold);
}

/* ---- reading ---- */

const char *outbox_remote_id(const struct outbox *outbox, const char *key)
{
    const struct item *item = map_get(&outbox->by_key, key);
    return item && item->action.state == ACTION_DONE ? item->action.outcome.remote_id : NULL;
}

const struct action *outbox_get(const struct outbox *outbox, const char *key)
{
    const struct item *item = map_get(&outbox->by_key, key);
    return item && !item->withdrawn ? &item->action : NULL;
}

bool outbox_knows(const struct outbox *outbox, const char *key)
{
    const struct item *item = map_get(&outbox->by_key, key);
    return item && item->action.state != ACTION_DEAD;
}

void outbox_each(const struct outbox *outbox, bool (*on)(void *ctx, const struct action *action), void *ctx)
{
    list_each (item, &outbox->undone, struct item, standing) {
        if (!item->withdrawn && !on(ctx, &item->action))
            return;
    }
}

size_t outbox_count(const struct outbox *outbox, enum action_state state)
{
    return outbox->counts[state];
}

size_t outbox_under_way(const struct outbox *outbox, enum lane lane)
{
    return outbox->under_way[lane];
}
