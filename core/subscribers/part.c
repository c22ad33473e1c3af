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

typedef ARRAY(struct subscriber) found_subscribers;

static void take(void *ctx, const char *key, const struct subscriber *subscriber)
{
    found_subscribers *found = ctx;
    CLEANUP_STR struct str copy = {0};
    (void)key;
    subscriber_encode(subscriber, &(struct json_out){&copy, false});
    subscriber_decode(str_text(&copy), array_add(found));
}

static void find(const struct core *core, const char *address, found_subscribers *ret)
{
    char hash[SECRET_HASH_TEXT];
    CLEANUP_FREE char *lower = strchr(address, '@') ? text_lower(address) : xstrdup(address);
    subscriber_hash(lower, hash);
    subscribers_query(core, &(struct doc_query){.kind = DOC_SUBSCRIBER, .tag = hash}, take, ret, NULL);
}

static void finish_found(found_subscribers *found)
{
    for (size_t i = 0; i < found->n; i++)
        subscriber_finish(&found->v[i]);
    array_free(found);
}

struct signups {
    struct turn *turn;
    const char *address;
};

static bool remove_signup(void *ctx, const struct journal_doc *doc)
{
    const struct signups *signups = ctx;
    struct subscriber asked;
    if (subscriber_decode(doc->body, &asked) && text_equal_nocase(asked.address, signups->address))
        batch_doc(turn_batch(signups->turn), DOC_SIGNUP, doc->key, NULL);
    subscriber_finish(&asked);
    return true;
}

size_t subscribers_remove(struct turn *turn, const char *address)
{
    found_subscribers found = {0};
    find(turn_core(turn), address, &found);
    for (size_t i = 0; i < found.n; i++) {
        CLEANUP_FREE char *key = subscriber_key(&found.v[i]);
        subscriber_delete(turn, key);
    }
    journal_docs(core_journal(turn_core(turn)), &(struct doc_query){.kind = DOC_SIGNUP}, remove_signup,
                 &(struct signups){turn, address}, NULL);
    size_t n = found.n;
    finish_found(&found);
    return n;
}

void subscribers_bounced(struct turn *turn, const char *address, bool permanent)
{
    found_subscribers found = {0};
    if (!permanent)
        return;
    find(turn_core(turn), address, &found);
    for (size_t i = 0; i < found.n; i++) {
        found.v[i].suppressed = true;
        subscribers_put(turn, &found.v[i]);
    }
    finish_found(&found);
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
}

const struct part subscribers_part = {.name = "subscribers",
                                      .state_size = sizeof(struct subscribers),
                                      .load = notices_load,
                                      .unload = unload,
                                      .folded = folded,
                                      .tick = notices_tick,
                                      .delivery.outcome = outcome,
                                      .delivery.pointless = pointless};
