/* The part: notices from events, what becomes of messages, and whom nothing reaches. */
#include <string.h>

#include "base/log.h"
#include "subscribers/inside.h"

#define FAILURES_MOST 5 /* in a row; then nothing more is sent */

/* ---- what becomes of messages ---- */

/* The key of the subscriber's document, in that of an action that tells of a notice; NULL: it is none. Borrowed. */
static const char *subscriber_of(const struct action *action)
{
    const char *colon =
        text_starts(action->key, NOTICE_KEY) ? strchr(action->key + strlen(NOTICE_KEY), ':') : NULL;
    return colon ? colon + 1 : NULL;
}

/* A mail that its server takes reaches nobody where an earlier one came back for good. */
static void count(struct turn *turn, struct subscriber *subscriber, bool reached)
{
    bool bounced = subscriber->suppressed && subscriber->failures < FAILURES_MOST;
    if (reached && !subscriber->failures)
        return;
    subscriber->failures = reached ? 0 : subscriber->failures + 1;
    subscriber->suppressed = bounced || subscriber->failures >= FAILURES_MOST;
    subscribers_put(turn, subscriber);
}

/* It is not left for people to look at: an address that takes nothing is no news, and must be named nowhere. */
static void outcome(struct turn *turn, const struct action *action, const struct outbox_outcome *reported,
                    const cJSON *body)
{
    struct subscriber subscriber = {0};
    const char *key = subscriber_of(action);
    bool over = !action_is_under_way(action), reached = action->state == ACTION_DONE;
    (void)reported, (void)body;
    if (!over || action->lane != LANE_SUBSCRIBER)
        return;
    if (key && subscriber_get(turn_core(turn), key, &subscriber))
        count(turn, &subscriber, reached);
    subscriber_finish(&subscriber);
    if (reached)
        return;
    log_warn("%s %llu to a subscriber of a status page %s", action->kind, (unsigned long long)action->id,
             action->state == ACTION_UNCERTAIN ? "may or may not have been sent" : "was given up");
    outbox_withdraw(core_outbox(turn_core(turn)), action->id, turn_batch(turn));
    turn_covers_actions(turn);
}

/* They subscribe no more. */
static bool pointless(struct core *core, const struct action *action)
{
    struct subscriber subscriber = {0};
    const char *key = subscriber_of(action);
    bool there = !key || subscriber_get(core, key, &subscriber);
    subscriber_finish(&subscriber);
    return !there;
}

/* ---- an address on all pages ---- */

/* Calls `on` with the subscribers of that address. */
static void each_of(const struct core *core, const char *address, subscribers_on *on, void *ctx)
{
    char hash[SECRET_HASH_TEXT];
    CLEANUP_FREE char *lower = strchr(address, '@') ? text_lower(address) : xstrdup(address);
    subscriber_hash(lower, hash);
    subscribers_query(core, &(struct doc_query){.kind = DOC_SUBSCRIBER, .tag = hash}, on, ctx, NULL);
}

struct removing {
    struct turn *turn;
    const char *address;
    size_t n; /* subscribers */
};

static void remove_one(void *ctx, const char *key, const struct subscriber *subscriber)
{
    struct removing *removing = ctx;
    (void)subscriber;
    subscriber_delete(removing->turn, key);
    removing->n++;
}

static bool remove_signup(void *ctx, const struct journal_doc *doc)
{
    const struct removing *removing = ctx;
    struct subscriber asked;
    if (subscriber_decode(doc->body, &asked) && text_equal_nocase(asked.address, removing->address))
        written_put(&subscribers_of(turn_core(removing->turn))->written, removing->turn, DOC_SIGNUP, doc->key,
                    NULL);
    subscriber_finish(&asked);
    return true;
}

size_t subscribers_remove(struct turn *turn, const char *address)
{
    const struct core *core = turn_core(turn);
    struct removing removing = {.turn = turn, .address = address};
    each_of(core, address, remove_one, &removing);
    journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_SIGNUP}, remove_signup, &removing, NULL);
    return removing.n;
}

/* As they are now: `durable` is what was. */
static void suppress(void *ctx, const char *key, const struct subscriber *durable)
{
    struct turn *turn = ctx;
    struct subscriber now = {0};
    (void)durable;
    if (subscriber_get(turn_core(turn), key, &now)) {
        now.suppressed = true;
        subscribers_put(turn, &now);
    }
    subscriber_finish(&now);
}

void subscribers_bounced(struct turn *turn, const char *address, bool permanent)
{
    if (permanent)
        each_of(turn_core(turn), address, suppress, turn);
}

/* ---- the part ---- */

static void folded(struct turn *turn, const struct event *event, const struct incident *incident)
{
    if (!incident)
        notices_of_event(turn, event);
}

static void unload(struct core *core)
{
    notices_finish(subscribers_of(core));
    written_finish(&subscribers_of(core)->written);
}

const struct part subscribers_part = {.name = "subscribers",
                                      .state_size = sizeof(struct subscribers),
                                      .load = notices_load,
                                      .unload = unload,
                                      .folded = folded,
                                      .tick = notices_tick,
                                      .delivery.outcome = outcome,
                                      .delivery.pointless = pointless};
