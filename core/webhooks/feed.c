/*
 * Ticks read the journal behind the place of each endpoint, and queue what it is to be told of. Where they came to is kept in the turn
 * that queues, so a crash neither misses an event nor queues one twice.
 *
 * Few are under way to each: FRESH_MOST that were never tried, so that a slow receiver holds up nobody else, and FAILED_MOST that wait to
 * be tried again, so that one event that is refused holds up its own incident alone. What waits behind it is only bounded by WAITING_MOST.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "delivery/link.h"
#include "sight/sight.h"
#include "webhooks/inside.h"

#include <tocsin/connector.h>

#define WAITING_MOST 150 /* below LOG_MOST, so that what was taken last is remembered, too */
#define FRESH_MOST   4
#define FAILED_MOST  8
#define AT_ONCE      200  /* events that one tick reads for an endpoint */
#define UNSAVED_MOST 1000 /* events that concern nobody, until that is kept */

/* ---- actions ---- */

/* What is sent again after it had ended is another action. */
char *feed_key(const struct endpoint *endpoint, const struct webhook_delivery *delivery)
{
    return xasprintf(WEBHOOK_KEY "%s:%" PRIu64 ":%d", endpoint_name(endpoint), delivery->seq, delivery->rounds);
}

/* What it says is added when it leaves. */
void feed_queue(struct turn *turn, const struct endpoint *endpoint, struct webhook_delivery *delivery)
{
    const struct incident *incident = sight_incident(turn_core(turn), delivery->incident, sight_everything);
    const char *connector = link_with(turn_core(turn), TOCSIN_CAN_HOOKS);
    delivery->state = WEBHOOK_WAITING;
    delivery->attempts = 0;
    delivery->failing_since = 0;
    delivery->rounds++;
    endpoint_log_write(turn, endpoint, delivery);
    CLEANUP_FREE char *key = feed_key(endpoint, delivery),
                      *order =
                          xasprintf(WEBHOOK_KEY "%s:%" PRIu64, endpoint_name(endpoint), delivery->incident);
    struct action action = {.key = key,
                            .kind = (char *)(uintptr_t) "subscriber.tell",
                            .channel = order,
                            .body = (char *)(uintptr_t) "{}",
                            .lane = LANE_WEBHOOK};
    if (connector)
        sight_send(turn, &action, incident, &(struct place){.connector = connector});
}

bool feed_parse(const struct core *core, const struct action *action, struct endpoint **ret, uint64_t *ret_seq)
{
    const char *name = text_starts(action->key, WEBHOOK_KEY) ? action->key + strlen(WEBHOOK_KEY) : NULL;
    const char *colon = name ? strchr(name, ':') : NULL;
    CLEANUP_FREE char *only = colon ? xstrndup(name, (size_t)(colon - name)) : NULL;
    *ret = only ? endpoint_find(core, only) : NULL;
    *ret_seq = colon ? strtoull(colon + 1, NULL, 10) : 0;
    return *ret != NULL;
}

/* ---- how many are under way ---- */

static bool is_behind_another(const struct endpoint *endpoint, size_t i)
{
    const struct webhook_delivery *delivery = &endpoint->log.v[i];
    for (size_t k = 0; k < i; k++) {
        if (endpoint->log.v[k].state == WEBHOOK_WAITING && endpoint->log.v[k].incident == delivery->incident)
            return true;
    }
    return false;
}

static bool has_room(const struct endpoint *endpoint)
{
    size_t waiting = 0, fresh = 0, failed = 0;
    for (size_t i = 0; i < endpoint->log.n; i++) {
        const struct webhook_delivery *delivery = &endpoint->log.v[i];
        if (delivery->state != WEBHOOK_WAITING)
            continue;
        waiting++;
        if (!is_behind_another(endpoint, i))
            ++*(delivery->attempts ? &failed : &fresh);
    }
    return waiting < WAITING_MOST && fresh < FRESH_MOST && failed < FAILED_MOST;
}

/* ---- reading ---- */

struct feeding {
    struct core *core;
    struct endpoint *endpoint;
    struct turn *turn; /* NULL: nothing was queued yet */
    instant now;
    bool full;
};

/* An endpoint that goes on may have taken some events behind the first that it did not. */
static void begin(struct feeding *f, const struct event *event)
{
    f->turn = f->turn ? f->turn : turn_begin(f->core, f->now);
    struct webhook_delivery *delivery = endpoint_log_add(f->turn, f->endpoint, event);
    if (delivery->state != WEBHOOK_DELIVERED)
        feed_queue(f->turn, f->endpoint, delivery);
}

static bool take(void *ctx, const struct journal_event *row)
{
    struct feeding *f = ctx;
    struct event event;
    if (!has_room(f->endpoint)) {
        f->full = true;
        return false;
    }
    f->endpoint->after = row->seq;
    if (turn_event_of_row(row, &event, NULL))
        return true;
    if (endpoint_wants(f->core, f->endpoint, &event))
        begin(f, &event);
    event_finish(&event);
    return true;
}

/* True: there may be more at once. What was queued before an error is kept; the rest is read later. */
static bool feed(struct core *core, struct endpoint *endpoint, instant now)
{
    struct feeding f = {.core = core, .endpoint = endpoint, .now = now};
    struct journal *journal = core_journal(core);
    bool behind = endpoint->after < journal_last_seq(journal);
    if (endpoint->disabled_at)
        return false;
    int rc = behind ? journal_read(journal, endpoint->after, AT_ONCE, take, &f, NULL) : 0;
    if (!f.turn && endpoint->after - endpoint->saved >= UNSAVED_MOST)
        f.turn = turn_begin(core, now);
    if (f.turn) {
        endpoint_write(f.turn, endpoint);
        turn_commit(f.turn, NULL, NULL);
    }
    return !rc && !f.full && endpoint->after < journal_last_seq(journal);
}

/* What was withdrawn is over: it may no longer be read there, or somebody dropped it. */
static void settle(struct core *core, struct endpoint *endpoint, instant now)
{
    struct turn *turn = NULL;
    for (size_t i = 0; i < endpoint->log.n; i++) {
        struct webhook_delivery *delivery = &endpoint->log.v[i];
        CLEANUP_FREE char *key = feed_key(endpoint, delivery);
        if (delivery->state != WEBHOOK_WAITING || outbox_knows(core_outbox(core), key))
            continue;
        turn = turn ? turn : turn_begin(core, now);
        delivery->state = WEBHOOK_FAILED;
        replace_text(&delivery->result, "it was withdrawn before it was taken");
        endpoint_log_write(turn, endpoint, delivery);
    }
    if (turn)
        turn_commit(turn, NULL, NULL);
}

/* A new endpoint begins with what happens from now on, whenever something can be sent there. */
static void keep_new(struct core *core, instant now)
{
    struct webhooks *webhooks = webhooks_of(core);
    struct turn *turn = NULL;
    for (size_t i = 0; i < webhooks->endpoints.n; i++) {
        if (webhooks->endpoints.v[i].stored)
            continue;
        turn = turn ? turn : turn_begin(core, now);
        endpoint_write(turn, &webhooks->endpoints.v[i]);
    }
    if (turn)
        turn_commit(turn, NULL, NULL);
}

instant feed_tick(struct core *core, instant now)
{
    struct webhooks *webhooks = webhooks_of(core);
    bool more = false;
    if (!webhooks->endpoints.n || core_trouble(core))
        return 0;
    keep_new(core, now);
    if (link_starting(core) || !link_with(core, TOCSIN_CAN_HOOKS))
        return now + SECOND;
    for (size_t i = 0; i < webhooks->endpoints.n; i++) {
        settle(core, &webhooks->endpoints.v[i], now);
        more = feed(core, &webhooks->endpoints.v[i], now) || more;
    }
    return more ? now : now + SECOND / 2;
}
