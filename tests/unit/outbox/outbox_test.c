#include "../../support/check.h"

#include <stdio.h>
#include <string.h>
#include <tocsin/connector.h>

#include "base/json.h"
#include "base/map.h"
#include "outbox/outbox.h"
#include "outbox/retry.h"

/* ---- a journal of documents in memory: only committed documents survive ---- */

struct journal {
    struct map docs; /* key -> struct journal_doc */
};

struct journal_batch *batch_create(void)
{
    return xcalloc(1, sizeof(struct journal_batch));
}

void journal_doc_finish(struct journal_doc *doc)
{
    free(doc->key);
    free(doc->tag);
    free(doc->body);
    *doc = (struct journal_doc){0};
}

void batch_destroy(struct journal_batch *batch)
{
    for (size_t i = 0; i < batch->docs.n; i++)
        journal_doc_finish(&batch->docs.v[i]);
    array_free(&batch->docs);
    free(batch);
}

struct journal_doc *batch_doc(struct journal_batch *batch, enum doc_kind kind, const char *key,
                              const char *body)
{
    struct journal_doc *doc = array_add(&batch->docs);
    *doc = (struct journal_doc){.kind = kind, .key = xstrdup(key), .body = xstrdup(body)};
    return doc;
}

static int by_key(const void *a, const void *b)
{
    return strcmp((*(struct journal_doc *const *)a)->key, (*(struct journal_doc *const *)b)->key);
}

int journal_docs(struct journal *journal, const struct doc_query *query, journal_on_doc *on, void *ctx,
                 struct error *err)
{
    (void)err;
    ARRAY(struct journal_doc *) docs = {0};
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&journal->docs, &i));)
        if (((struct journal_doc *)slot->value)->kind == query->kind)
            *array_add(&docs) = slot->value;
    if (docs.n)
        qsort(docs.v, docs.n, sizeof(docs.v[0]), by_key);
    for (size_t i = 0; i < docs.n && on(ctx, docs.v[i]); i++)
        continue;
    array_free(&docs);
    return 0;
}

int journal_doc(struct journal *journal, enum doc_kind kind, const char *key, struct journal_doc *ret,
                struct error *err)
{
    const struct journal_doc *doc = map_get(&journal->docs, key);
    (void)kind, (void)err;
    if (!doc)
        return ERR_NOT_FOUND;
    *ret = (struct journal_doc){.key = xstrdup(doc->key), .body = xstrdup(doc->body)};
    return 0;
}

static void remove_doc(struct journal *journal, const char *key)
{
    struct journal_doc *doc = map_remove(&journal->docs, key);
    if (doc)
        journal_doc_finish(doc);
    free(doc);
}

static void commit(struct journal *journal, struct journal_batch *batch)
{
    for (size_t i = 0; i < batch->docs.n; i++) {
        struct journal_doc *doc = &batch->docs.v[i];
        remove_doc(journal, doc->key);
        if (!doc->body)
            continue;
        struct journal_doc *kept = xcalloc(1, sizeof(*kept));
        *kept = *doc;
        kept->key = xstrdup(doc->key);
        doc->tag = doc->body = NULL;
        map_put(&journal->docs, kept->key, kept);
    }
    batch_destroy(batch);
}

static void journal_clear(struct journal *journal)
{
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&journal->docs, &i));) {
        journal_doc_finish(slot->value);
        free(slot->value);
    }
    map_finish(&journal->docs);
}

/* ---- a small outbox with one connector for the plain cases ---- */

static uint64_t can = TOCSIN_CAN_POST;
static bool up = true;

static bool can_take(void *ctx, const char *connector, uint64_t *ret_can)
{
    (void)ctx, (void)connector;
    *ret_can = can;
    return up;
}

struct bench {
    struct journal journal;
    struct rng rng;
    struct outbox *outbox;
    instant now;
};

static void bench_reload(struct bench *bench)
{
    outbox_destroy(bench->outbox);
    bench->outbox = outbox_create(&(struct outbox_ops){.can_take = can_take}, &bench->rng);
    assert_int_equal(outbox_load(bench->outbox, &bench->journal, NULL), 0);
}

static void bench_init(struct bench *bench)
{
    *bench = (struct bench){.now = 1000 * DAY};
    can = TOCSIN_CAN_POST;
    up = true;
    rng_init(&bench->rng, 1);
    bench_reload(bench);
}

static void bench_finish(struct bench *bench)
{
    outbox_destroy(bench->outbox);
    journal_clear(&bench->journal);
}

static uint64_t add(struct bench *bench, struct action action)
{
    action.connector = action.connector ? action.connector : "console";
    action.kind = action.kind ? action.kind : "post";
    action.channel = action.channel ? action.channel : "room";
    action.body = action.body ? action.body : "{}";
    action.made_at = bench->now;
    struct journal_batch *batch = batch_create();
    uint64_t id = outbox_add(bench->outbox, &action, batch);
    commit(&bench->journal, batch);
    outbox_durable(bench->outbox, id);
    return id;
}

/* The next action to hand out, after recording it where that is required. */
static const struct action *take(struct bench *bench)
{
    instant wake;
    const struct action *action;
    while ((action = outbox_next(bench->outbox, bench->now, &wake)) &&
           outbox_step(bench->outbox, action) == STEP_NOTE) {
        struct journal_batch *batch = batch_create();
        outbox_note(bench->outbox, action->id, batch);
        commit(&bench->journal, batch);
        outbox_durable(bench->outbox, outbox_last_id(bench->outbox));
    }
    return action;
}

/* The key of the next action; "": none. */
static const char *next(struct bench *bench, uint64_t *ret_id)
{
    const struct action *action = take(bench);
    if (action && ret_id)
        *ret_id = action->id;
    return action ? action->key : "";
}

static const struct action *tell(struct bench *bench, uint64_t id, struct outbox_outcome outcome)
{
    struct journal_batch *batch = batch_create();
    const struct action *action = outbox_outcome(bench->outbox, id, &outcome, bench->now, batch);
    commit(&bench->journal, batch);
    outbox_durable(bench->outbox, outbox_last_id(bench->outbox));
    return action;
}

static enum action_state told(struct bench *bench, uint64_t id, int code)
{
    const struct action *action = tell(bench, id, (struct outbox_outcome){.code = code, .remote_id = "r"});
    assert_non_null(action);
    return action->state;
}

static void test_the_more_urgent_lane_goes_first(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    add(&bench, (struct action){.key = "topic", .channel = "a", .lane = LANE_HOUSEKEEPING});
    add(&bench, (struct action){.key = "room", .channel = "b", .lane = LANE_ROOM});
    add(&bench, (struct action){.key = "customer", .channel = "c", .lane = LANE_CUSTOMER});
    add(&bench, (struct action){.key = "page", .channel = "d", .lane = LANE_PAGE});
    assert_string_equal(next(&bench, NULL), "page");
    assert_string_equal(next(&bench, NULL), "customer");
    assert_string_equal(next(&bench, NULL), "room");
    assert_string_equal(next(&bench, NULL), "topic");
    assert_string_equal(next(&bench, NULL), "");
    assert_int_equal(outbox_count(bench.outbox, ACTION_SENDING), 4);
    bench_finish(&bench);
}

static void test_a_retry_holds_up_its_channel_but_not_a_page(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    uint64_t first = 0, page = 0;
    add(&bench, (struct action){.key = "first", .lane = LANE_ROOM});
    add(&bench, (struct action){.key = "second", .lane = LANE_ROOM});
    add(&bench, (struct action){.key = "topic", .lane = LANE_HOUSEKEEPING});
    add(&bench, (struct action){.key = "elsewhere", .channel = "other", .lane = LANE_ROOM});
    assert_string_equal(next(&bench, &first), "first");
    assert_string_equal(next(&bench, NULL), "elsewhere");
    tell(&bench, first, (struct outbox_outcome){.code = TOCSIN_RETRY, .retry_after = MINUTE});
    assert_string_equal(next(&bench, NULL), "");
    add(&bench, (struct action){.key = "page", .kind = "page", .lane = LANE_PAGE});
    assert_string_equal(next(&bench, &page), "page");
    assert_string_equal(next(&bench, NULL), "");
    assert_int_equal(told(&bench, page, TOCSIN_DONE), ACTION_DONE);
    bench.now += 2 * MINUTE;
    assert_string_equal(next(&bench, &first), "first");
    assert_int_equal(told(&bench, first, TOCSIN_REFUSED), ACTION_DEAD);
    assert_string_equal(next(&bench, NULL), "second");
    bench_finish(&bench);
}

static void test_outcomes(void **state)
{
    (void)state;
    static const struct {
        enum lane lane;
        uint64_t can;
        int code;
        enum action_state state;
        bool at_once;
    } cases[] = {
        {LANE_ROOM, 0, TOCSIN_DONE, ACTION_DONE, false},
        {LANE_ROOM, 0, TOCSIN_REFUSED, ACTION_DEAD, false},
        {LANE_ROOM, 0, TOCSIN_RETRY, ACTION_WAITING, false},
        {LANE_ROOM, 0, TOCSIN_UNKNOWN, ACTION_WAITING, false},
        {LANE_PAGE, 0, TOCSIN_UNKNOWN, ACTION_WAITING, false},
        {LANE_HOUSEKEEPING, 0, TOCSIN_UNKNOWN, ACTION_WAITING, false},
        {LANE_CUSTOMER, 0, TOCSIN_UNKNOWN, ACTION_UNCERTAIN, false},
        {LANE_CUSTOMER, TOCSIN_CAN_FIND, TOCSIN_UNKNOWN, ACTION_WAITING, true},
        {LANE_ROOM, TOCSIN_CAN_FIND, TOCSIN_UNKNOWN, ACTION_WAITING, true},
        {LANE_CUSTOMER, 0, TOCSIN_RETRY, ACTION_WAITING, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bench bench;
        bench_init(&bench);
        can = cases[i].can;
        uint64_t id = 0;
        add(&bench, (struct action){.key = "it", .lane = cases[i].lane});
        next(&bench, &id);
        assert_int_equal(told(&bench, id, cases[i].code), cases[i].state);
        assert_int_equal(outbox_count(bench.outbox, cases[i].state), 1);
        assert_string_equal(next(&bench, NULL), cases[i].at_once ? "it" : "");
        bench_finish(&bench);
    }
}

static void test_refused_credentials_hold_the_connector(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    uint64_t id = 0;
    add(&bench, (struct action){.key = "a"});
    add(&bench, (struct action){.key = "b", .channel = "other"});
    add(&bench, (struct action){.key = "c", .connector = "mail"});
    next(&bench, &id);
    assert_int_equal(told(&bench, id, TOCSIN_AUTH), ACTION_WAITING);
    assert_string_equal(next(&bench, NULL), "c");
    assert_string_equal(next(&bench, NULL), "");
    outbox_hold(bench.outbox, "console", false);
    assert_string_equal(next(&bench, NULL), "a");
    assert_string_equal(next(&bench, NULL), "b");
    bench_finish(&bench);
}

static void test_giving_up_is_visible_and_can_be_undone(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    uint64_t id = 0;
    add(&bench, (struct action){.key = "topic", .lane = LANE_HOUSEKEEPING});
    const struct action *action = NULL;
    for (int i = 0; i < 100 && (!action || action->state == ACTION_WAITING); i++) {
        if (*next(&bench, &id))
            action = tell(&bench, id, (struct outbox_outcome){.code = TOCSIN_RETRY, .detail = "busy"});
        bench.now += MINUTE;
    }
    assert_int_equal(action->state, ACTION_DEAD);
    assert_non_null(strstr(action->outcome.detail, "given up"));
    assert_non_null(strstr(action->outcome.detail, "busy"));
    struct journal_batch *batch = batch_create();
    assert_int_equal(outbox_again(bench.outbox, id, bench.now, batch, NULL), 0);
    commit(&bench.journal, batch);
    assert_string_equal(next(&bench, &id), "topic");
    assert_int_equal(told(&bench, id, TOCSIN_REFUSED), ACTION_DEAD);
    batch = batch_create();
    assert_int_equal(outbox_drop(bench.outbox, id, batch, NULL), 0);
    commit(&bench.journal, batch);
    struct error err;
    batch = batch_create();
    assert_int_equal(outbox_drop(bench.outbox, id, batch, &err), ERR_NOT_FOUND);
    commit(&bench.journal, batch);
    assert_int_equal(bench.journal.docs.n, 1); /* the last id */
    bench_finish(&bench);
}

static void test_what_waits_is_dropped_or_goes_at_once(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    uint64_t first = 0;
    add(&bench, (struct action){.key = "first", .channel = "a"});
    uint64_t second = add(&bench, (struct action){.key = "second", .channel = "a"});
    uint64_t later =
        add(&bench, (struct action){.key = "later", .channel = "a", .not_before = bench.now + HOUR});
    uint64_t third = add(&bench, (struct action){.key = "third", .channel = "a"});
    struct error err;
    next(&bench, &first);
    struct journal_batch *batch = batch_create();
    assert_int_equal(outbox_drop(bench.outbox, first, batch, &err), ERR_REFUSED); /* it is with its connector */
    assert_int_equal(outbox_again(bench.outbox, first, bench.now, batch, &err), ERR_REFUSED);
    commit(&bench.journal, batch);
    told(&bench, first, TOCSIN_RETRY);
    assert_string_equal(next(&bench, NULL), "");
    batch = batch_create();
    assert_int_equal(outbox_drop(bench.outbox, second, batch, &err), 0);
    assert_int_equal(outbox_drop(bench.outbox, second, batch, &err), ERR_NOT_FOUND);
    assert_int_equal(outbox_again(bench.outbox, second, bench.now, batch, &err), ERR_NOT_FOUND);
    assert_int_equal(outbox_drop(bench.outbox, later, batch, &err), 0);
    assert_int_equal(outbox_again(bench.outbox, first, bench.now, batch, &err), 0);
    commit(&bench.journal, batch);
    outbox_durable(bench.outbox, outbox_last_id(bench.outbox));
    assert_string_equal(next(&bench, &first), "first"); /* although it had to wait */
    told(&bench, first, TOCSIN_DONE);
    uint64_t id = 0;
    assert_string_equal(next(&bench, &id), "third");
    assert_int_equal(id, third);
    told(&bench, id, TOCSIN_DONE);
    bench.now += 2 * HOUR;
    assert_string_equal(next(&bench, NULL), "");
    bench_reload(&bench);
    assert_string_equal(next(&bench, NULL), "");
    bench_finish(&bench);
}

static void test_a_failed_one_is_over_when_a_newer_one_replaces_it(void **state)
{
    (void)state;
    for (int reload = 0; reload < 2; reload++) {
        struct bench bench;
        bench_init(&bench);
        uint64_t id = 0, other = 0;
        add(&bench, (struct action){.key = "old", .kind = "edit", .channel = "a", .coalesce = "card"});
        next(&bench, &id);
        assert_int_equal(told(&bench, id, TOCSIN_REFUSED), ACTION_DEAD);
        add(&bench, (struct action){.key = "else", .kind = "edit", .channel = "b", .coalesce = "other"});
        next(&bench, &other);
        assert_int_equal(told(&bench, other, TOCSIN_REFUSED), ACTION_DEAD);
        if (reload)
            bench_reload(&bench);
        assert_int_equal(outbox_count(bench.outbox, ACTION_DEAD), 2);
        add(&bench, (struct action){.key = "new", .kind = "edit", .channel = "a", .coalesce = "card"});
        outbox_durable(bench.outbox, outbox_last_id(bench.outbox));
        assert_int_equal(outbox_count(bench.outbox, ACTION_DEAD), 1);
        struct error err;
        struct journal_batch *batch = batch_create();
        assert_int_equal(outbox_again(bench.outbox, id, bench.now, batch, &err), ERR_NOT_FOUND);
        assert_int_equal(outbox_again(bench.outbox, other, bench.now, batch, &err), 0);
        commit(&bench.journal, batch);
        assert_string_equal(next(&bench, &id), "new");
        told(&bench, id, TOCSIN_DONE);
        bench_finish(&bench);
    }
}

static void test_a_refused_kind_waits_as_long_as_the_platform_asks(void **state)
{
    (void)state;
    struct bench bench;
    uint64_t id = 0;
    bench_init(&bench);
    add(&bench, (struct action){.key = "a", .kind = "edit", .channel = "a"});
    add(&bench, (struct action){.key = "b", .kind = "edit", .channel = "b"});
    add(&bench, (struct action){.key = "c", .kind = "pin", .channel = "c"});
    assert_string_equal(next(&bench, &id), "a");
    tell(&bench, id, (struct outbox_outcome){.code = TOCSIN_RETRY, .retry_after = 10 * SECOND});
    assert_string_equal(next(&bench, NULL), "c"); /* other kinds go on */
    instant wake = 0;
    assert_null(outbox_next(bench.outbox, bench.now, &wake));
    assert_true(wake >= bench.now + 10 * SECOND && wake < bench.now + 12 * SECOND);
    bench.now += 12 * SECOND;
    assert_string_equal(next(&bench, NULL), "a");
    assert_string_equal(next(&bench, NULL), "b");
    bench_finish(&bench);
}

static void test_with_limits_per_channel_a_refusal_holds_up_that_channel_only(void **state)
{
    (void)state;
    struct bench bench;
    uint64_t id = 0;
    struct rate_limit limit = {"console", "post", true, 1, SECOND};
    bench_init(&bench);
    outbox_limits(bench.outbox, &limit, 1);
    add(&bench, (struct action){.key = "a", .channel = "a"});
    add(&bench, (struct action){.key = "b", .channel = "b"});
    assert_string_equal(next(&bench, &id), "a");
    tell(&bench, id, (struct outbox_outcome){.code = TOCSIN_RETRY, .retry_after = 10 * SECOND});
    assert_string_equal(next(&bench, NULL), "b");
    assert_string_equal(next(&bench, NULL), "");
    bench_finish(&bench);
}

static void test_nothing_is_given_up_without_a_last_attempt(void **state)
{
    (void)state;
    struct bench bench;
    uint64_t id = 0;
    bench_init(&bench);
    add(&bench, (struct action){.key = "page", .kind = "page", .lane = LANE_PAGE});
    assert_string_equal(next(&bench, &id), "page");
    struct outbox_outcome never = {.code = TOCSIN_RETRY, .retry_after = 24 * HOUR};
    assert_int_equal(tell(&bench, id, never)->state, ACTION_WAITING);
    bench.now += 25 * HOUR;
    assert_string_equal(next(&bench, &id), "page");
    assert_int_equal(tell(&bench, id, never)->state, ACTION_DEAD);
    bench_finish(&bench);
}

/* After an attempt that certainly did nothing, there is nothing to look up. */
static void test_only_an_action_that_may_have_been_sent_is_looked_up(void **state)
{
    (void)state;
    struct bench bench;
    uint64_t id = 0;
    bench_init(&bench);
    can = TOCSIN_CAN_POST | TOCSIN_CAN_FIND;
    add(&bench, (struct action){.key = "a"});
    assert_false(take(&bench)->unsure);
    id = outbox_last_id(bench.outbox);
    told(&bench, id, TOCSIN_RETRY);
    bench.now += MINUTE;
    assert_false(take(&bench)->unsure);
    told(&bench, id, TOCSIN_UNKNOWN);
    bench.now += MINUTE;
    assert_true(take(&bench)->unsure);
    bench_reload(&bench);
    assert_true(take(&bench)->unsure);
    told(&bench, id, TOCSIN_REFUSED);
    bench_reload(&bench); /* given up, and brought back by a person after a restart */
    struct journal_batch *batch = batch_create();
    assert_int_equal(outbox_again(bench.outbox, id, bench.now, batch, NULL), 0);
    commit(&bench.journal, batch);
    assert_true(take(&bench)->unsure);
    bench_finish(&bench);
}

static void test_a_reference_is_filled_in(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    uint64_t open = 0, id = 0;
    add(&bench, (struct action){.key = "open", .channel = ""});
    add(&bench, (struct action){.key = "post",
                                .channel = "INC-1",
                                .body = "{\"text\":\"x\"}",
                                .reference.key = "open",
                                .reference.as = "channel"});
    assert_string_equal(next(&bench, &open), "open");
    assert_string_equal(next(&bench, NULL), "");
    bench_reload(&bench);
    assert_string_equal(next(&bench, &open), "open");
    tell(&bench, open, (struct outbox_outcome){.code = TOCSIN_DONE, .remote_id = "C\"1"});
    assert_string_equal(outbox_remote_id(bench.outbox, "open"), "C\"1");
    bench_reload(&bench);
    instant wake;
    const struct action *action = outbox_next(bench.outbox, bench.now, &wake);
    assert_non_null(action);
    assert_string_equal(action->body, "{\"text\":\"x\",\"channel\":\"C\\\"1\"}");
    assert_null(action->reference.key);
    id = action->id;
    told(&bench, id, TOCSIN_DONE);
    add(&bench, (struct action){.key = "late", .reference.key = "post", .reference.as = "message"});
    action = outbox_next(bench.outbox, bench.now, &wake);
    assert_string_equal(action->body, "{\"message\":\"r\"}");
    bench_finish(&bench);
}

/* The first of two actions in a channel has ended, and that is not durable yet: does the second go? */
static bool goes_on_at_once(uint64_t abilities, const char *kind, int code)
{
    struct bench bench;
    uint64_t id = 0;
    bench_init(&bench);
    can = abilities;
    add(&bench, (struct action){.key = "first", .kind = (char *)(uintptr_t)kind, .lane = LANE_ROOM});
    add(&bench, (struct action){.key = "second", .lane = LANE_ROOM});
    assert_string_equal(next(&bench, &id), "first");
    struct journal_batch *batch = batch_create();
    outbox_outcome(bench.outbox, id, &(struct outbox_outcome){.code = code, .remote_id = "r"}, bench.now,
                   batch);
    bool at_once = *next(&bench, NULL);
    commit(&bench.journal, batch);
    outbox_durable(bench.outbox, outbox_last_id(bench.outbox));
    assert_string_equal(at_once ? "second" : next(&bench, NULL), "second");
    bench_finish(&bench);
    return at_once;
}

static void test_actions_behind_a_message_that_can_be_found_go_at_once(void **state)
{
    (void)state;
    assert_true(goes_on_at_once(TOCSIN_CAN_POST | TOCSIN_CAN_FIND, "post", TOCSIN_DONE));
    assert_true(goes_on_at_once(TOCSIN_CAN_POST | TOCSIN_CAN_FIND, "page", TOCSIN_DONE));
    assert_false(goes_on_at_once(TOCSIN_CAN_POST, "post", TOCSIN_DONE));
    assert_false(goes_on_at_once(TOCSIN_CAN_POST | TOCSIN_CAN_FIND, "edit", TOCSIN_DONE));
    assert_false(goes_on_at_once(TOCSIN_CAN_POST | TOCSIN_CAN_FIND, "channel.remove", TOCSIN_DONE));
    assert_false(goes_on_at_once(TOCSIN_CAN_POST | TOCSIN_CAN_FIND, "post", TOCSIN_REFUSED));
}

/* Otherwise a crash would bring it back after later ones have gone. */
static void test_actions_behind_a_withdrawn_one_wait_until_that_is_durable(void **state)
{
    (void)state;
    struct bench bench;
    uint64_t first = 0;
    bench_init(&bench);
    add(&bench, (struct action){.key = "one"});
    add(&bench, (struct action){.key = "two"});
    assert_string_equal(next(&bench, &first), "one");
    struct journal_batch *batch = batch_create();
    outbox_withdraw(bench.outbox, first, batch);
    assert_string_equal(next(&bench, NULL), "");
    commit(&bench.journal, batch);
    outbox_durable(bench.outbox, outbox_last_id(bench.outbox));
    assert_string_equal(next(&bench, NULL), "two");
    assert_false(outbox_knows(bench.outbox, "one"));
    assert_int_equal(outbox_count(bench.outbox, ACTION_DEAD), 0);
    bench_reload(&bench);
    assert_string_equal(next(&bench, NULL), "two");
    bench_finish(&bench);
}

static void test_an_action_that_refers_to_a_dead_one_is_offered_as_an_orphan(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    uint64_t open = 0, id = 0;
    add(&bench, (struct action){.key = "open", .channel = ""});
    add(&bench, (struct action){.key = "post", .reference.key = "open", .reference.as = "channel"});
    next(&bench, &open);
    told(&bench, open, TOCSIN_REFUSED);
    instant wake;
    const struct action *orphan = outbox_next(bench.outbox, bench.now, &wake);
    assert_string_equal(orphan->reference.key, "open");
    id = orphan->id;
    told(&bench, id, TOCSIN_REFUSED);
    struct error err;
    struct journal_batch *batch = batch_create();
    assert_int_equal(outbox_again(bench.outbox, id, bench.now, batch, &err), ERR_REFUSED);
    assert_int_equal(outbox_again(bench.outbox, open, bench.now, batch, &err), 0);
    assert_int_equal(outbox_again(bench.outbox, id, bench.now, batch, &err), 0);
    commit(&bench.journal, batch);
    assert_string_equal(next(&bench, &open), "open");
    assert_string_equal(next(&bench, NULL), "");
    told(&bench, open, TOCSIN_DONE);
    assert_string_equal(next(&bench, NULL), "post");
    bench_finish(&bench);
}

static void test_a_known_key_is_not_queued_again(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    uint64_t id = add(&bench, (struct action){.key = "a"});
    assert_int_equal(add(&bench, (struct action){.key = "a"}), id);
    next(&bench, &id);
    told(&bench, id, TOCSIN_DONE);
    assert_int_equal(add(&bench, (struct action){.key = "a"}), id);
    assert_string_equal(next(&bench, NULL), "");
    assert_true(outbox_knows(bench.outbox, "a"));
    bench.now += 2 * DAY;
    add(&bench, (struct action){.key = "b"});
    next(&bench, &id);
    told(&bench, id, TOCSIN_DONE);
    assert_false(outbox_knows(bench.outbox, "a"));
    assert_int_equal(bench.journal.docs.n, 2); /* with the last id */
    bench_finish(&bench);
}

static void test_coalescing_waits_for_the_newer_action(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    add(&bench, (struct action){.key = "1", .body = "{\"n\":1}", .coalesce = "card"});
    struct action newer = {.key = "2",
                           .connector = "console",
                           .kind = "post",
                           .channel = "room",
                           .body = "{\"n\":2}",
                           .coalesce = "card",
                           .made_at = bench.now};
    struct journal_batch *batch = batch_create();
    uint64_t change = outbox_add(bench.outbox, &newer, batch);
    assert_string_equal(next(&bench, NULL),
                        ""); /* neither the older action, nor the newer one before it is durable */
    commit(&bench.journal, batch);
    outbox_durable(bench.outbox, change);
    instant wake;
    const struct action *action = outbox_next(bench.outbox, bench.now, &wake);
    assert_string_equal(action->key, "2");
    assert_string_equal(action->body, "{\"n\":2}");
    add(&bench, (struct action){.key = "3", .body = "{\"n\":3}", .coalesce = "card"});
    assert_int_equal(outbox_count(bench.outbox, ACTION_WAITING), 1);
    bench_finish(&bench);
}

static void test_a_delayed_one_holds_nothing_up(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    add(&bench, (struct action){.key = "later", .not_before = bench.now + HOUR});
    add(&bench, (struct action){.key = "now"});
    uint64_t id = 0;
    assert_string_equal(next(&bench, &id), "now");
    told(&bench, id, TOCSIN_DONE);
    bench_reload(&bench);
    instant wake = 0;
    assert_null(outbox_next(bench.outbox, bench.now, &wake));
    assert_int_equal(wake, bench.now + HOUR);
    bench.now += HOUR;
    const struct action *action = outbox_next(bench.outbox, bench.now, &wake);
    assert_string_equal(action->key, "later");
    assert_true(action->attempts > 1); /* it was there before the restart */
    bench_finish(&bench);
}

static void test_ten_thousand_wait_for_one_limit(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    outbox_limits(bench.outbox, &(struct rate_limit){.connector = "console", .burst = 1, .refill = SECOND}, 1);
    for (int i = 0; i < 10000; i++) {
        char key[16], channel[16];
        snprintf(key, sizeof(key), "k%d", i);
        snprintf(channel, sizeof(channel), "c%d", i % 5000);
        add(&bench, (struct action){.key = key, .channel = channel});
    }
    for (int i = 0; i < 10000; i++) {
        uint64_t id = 0;
        instant wake = 0;
        const struct action *action = outbox_next(bench.outbox, bench.now, &wake);
        assert_non_null(action);
        id = action->id;
        assert_null(outbox_next(bench.outbox, bench.now, &wake));
        assert_int_equal(wake, i < 9999 ? bench.now + SECOND : 0);
        told(&bench, id, TOCSIN_DONE);
        bench.now += SECOND;
    }
    assert_int_equal(outbox_count(bench.outbox, ACTION_WAITING), 0);
    bench_finish(&bench);
}

#define MAILS 5000

static void add_mails(struct bench *bench)
{
    for (int i = 0; i < MAILS; i++) {
        char key[16], channel[16];
        snprintf(key, sizeof(key), "k%d", i);
        snprintf(channel, sizeof(channel), "c%d", i);
        add(bench, (struct action){.key = key, .kind = "desk.tell", .channel = channel, .lane = LANE_CUSTOMER});
    }
}

/* A connector that takes four at once keeps a place for it, so it need not even wait for a mail that takes long. */
static void test_a_page_is_never_behind_five_thousand_mails(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    outbox_parallel(bench.outbox, "console", 4);
    add_mails(&bench);
    uint64_t sending[3], page = 0;
    for (size_t i = 0; i < 3; i++)
        assert_string_not_equal(next(&bench, &sending[i]), "");
    assert_string_equal(next(&bench, NULL), "");
    add(&bench, (struct action){.key = "page", .kind = "page", .channel = "p", .lane = LANE_PAGE});
    assert_string_equal(next(&bench, &page), "page");
    assert_string_equal(next(&bench, NULL), "");
    told(&bench, page, TOCSIN_DONE);
    assert_string_equal(next(&bench, NULL), "");
    told(&bench, sending[0], TOCSIN_DONE);
    assert_string_equal(next(&bench, NULL), "k3");
    add(&bench, (struct action){.key = "second", .kind = "page", .channel = "p", .lane = LANE_PAGE});
    assert_string_equal(next(&bench, NULL), "second");
    bench_finish(&bench);
}

/* A crash leaves only those in doubt that were about to leave. */
static void test_few_are_recorded_before_they_leave(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    add_mails(&bench);
    size_t noted = 0;
    instant wake;
    const struct action *action;
    while ((action = outbox_next(bench.outbox, bench.now, &wake))) {
        assert_int_equal(outbox_step(bench.outbox, action), STEP_NOTE);
        struct journal_batch *batch = batch_create();
        outbox_note(bench.outbox, action->id, batch);
        commit(&bench.journal, batch);
        noted++;
    }
    assert_in_range(noted, 1, 100);
    outbox_durable(bench.outbox, outbox_last_id(bench.outbox));
    for (size_t i = 0; i < noted / 2; i++) /* more are recorded when half of them have left */
        assert_int_equal(outbox_step(bench.outbox, outbox_next(bench.outbox, bench.now, &wake)), STEP_PERFORM);
    assert_int_equal(outbox_step(bench.outbox, outbox_next(bench.outbox, bench.now, &wake)), STEP_PERFORM);
    assert_int_equal(outbox_step(bench.outbox, outbox_next(bench.outbox, bench.now, &wake)), STEP_NOTE);
    bench_reload(&bench);
    can = 0;
    size_t doubts = 0;
    for (size_t i = 0; i < MAILS && (action = take(&bench)); i++)
        doubts += outbox_step(bench.outbox, action) == STEP_DOUBT;
    assert_int_equal(doubts, noted);
    bench_finish(&bench);
}

/* ---- random histories, checked for invariants ---- */

#define CONNECTORS 2
#define CHANNELS   3
#define KINDS      2

struct pending { /* a batch that is not committed yet */
    struct journal_batch *batch;
    uint64_t change;
    char *value, *body; /* what it adds; NULL for an outcome */
};

struct world {
    struct bench bench;
    struct rng rng;
    ARRAY(struct pending) pending;
    ARRAY(uint64_t) sending;
    struct map open;         /* keys of messages to customers that may have been sent */
    struct map wanted, said; /* coalescing value or key -> body last made durable; last delivered */
    ARRAY(instant) handed[CONNECTORS][CHANNELS];
    int number;
};

static const char *const connector_names[CONNECTORS] = {"console", "slack"};
static const char *const channel_names[CHANNELS] = {"a", "b", "c"};
static const char *const kind_names[KINDS] = {"post", "edit"};
static const struct rate_limit world_limits[] = {
    {.connector = "slack", .kind = "post", .per_channel = true, .burst = 2, .refill = 3 * SECOND},
    {.connector = NULL, .burst = 5, .refill = SECOND},
};

static void put(struct map *map, const char *key, const char *text)
{
    free(map_put(map, key, xstrdup(text)));
}

static void world_add(struct world *w)
{
    char key[24], value[24], body[40];
    struct rng *r = &w->rng;
    int n = ++w->number;
    bool coalesces = rng_below(r, 3) == 0, delayed = rng_below(r, 12) == 0;
    size_t connector = rng_below(r, CONNECTORS), channel = rng_below(r, CHANNELS);
    snprintf(key, sizeof(key), "%s%d", delayed ? "d" : "k", n);
    snprintf(value, sizeof(value), "card%zu%zu", connector, channel);
    snprintf(body, sizeof(body), "{\"n\":%d}", n);
    struct action action = {.key = key,
                            .connector = (char *)connector_names[connector],
                            .kind = (char *)kind_names[coalesces ? 1 : rng_below(r, KINDS)],
                            .channel = (char *)(rng_below(r, 8) ? channel_names[channel] : ""),
                            .body = body,
                            .lane = (enum lane)rng_below(r, LANE_COUNT),
                            .made_at = w->bench.now,
                            .not_before = delayed ? w->bench.now + (instant)rng_below(r, MINUTE) : 0};
    if (coalesces) {
        action.channel = (char *)channel_names[channel];
        action.lane = LANE_HOUSEKEEPING;
        action.coalesce = value;
        action.not_before = 0;
        key[0] = 'k';
    }
    struct pending *pending = array_add(&w->pending);
    *pending = (struct pending){
        .batch = batch_create(), .value = xstrdup(coalesces ? value : key), .body = xstrdup(body)};
    pending->change = outbox_add(w->bench.outbox, &action, pending->batch);
}

static void world_commit(struct world *w, size_t n)
{
    for (; n > 0 && w->pending.n > 0; n--) {
        struct pending *first = &w->pending.v[0];
        commit(&w->bench.journal, first->batch);
        outbox_durable(w->bench.outbox, first->change);
        if (first->value)
            put(&w->wanted, first->value, first->body);
        free(first->value);
        free(first->body);
        array_remove(&w->pending, 0);
    }
}

struct handed_out {
    const struct action *action;
    struct world *w;
};

/* No other action of its channel is out, and no earlier one of the same or a more urgent lane is waiting. */
static bool check_order(void *ctx, const struct action *other)
{
    const struct handed_out *h = ctx;
    const struct action *action = h->action;
    if (other == action || !*action->channel || !text_equal(other->connector, action->connector) ||
        !text_equal(other->channel, action->channel))
        return true;
    assert_int_not_equal(other->state, ACTION_SENDING);
    if (other->state == ACTION_WAITING && other->key[0] != 'd' && action->key[0] != 'd')
        assert_false(other->id < action->id && other->lane <= action->lane);
    return true;
}

static void check_rate(struct world *w, const struct action *action)
{
    size_t connector = text_equal(action->connector, connector_names[1]), channel = 0;
    if (connector != 1 || !text_equal(action->kind, "post") || !*action->channel)
        return;
    while (!text_equal(channel_names[channel], action->channel))
        channel++;
    *array_add(&w->handed[connector][channel]) = w->bench.now;
    size_t n = w->handed[connector][channel].n;
    if (n > 2)
        assert_true(w->handed[connector][channel].v[n - 1] - w->handed[connector][channel].v[n - 3] >=
                    3 * SECOND);
}

/* Only an action that may have been sent is left to a person. */
static void world_doubt(struct world *w, const struct action *action)
{
    CLEANUP_FREE char *key = xstrdup(action->key);
    assert_true(lanes[action->lane].once);
    assert_int_equal(can & TOCSIN_CAN_FIND, 0);
    struct pending *pending = array_add(&w->pending);
    *pending = (struct pending){.batch = batch_create()};
    action = outbox_outcome(w->bench.outbox, action->id, &(struct outbox_outcome){.code = TOCSIN_UNKNOWN},
                            w->bench.now, pending->batch);
    pending->change = outbox_last_id(w->bench.outbox);
    assert_int_equal(action->state, ACTION_UNCERTAIN);
    put(&w->said, key, action->body);
}

/* A message that may have reached a customer is not sent again, unless a person has looked. */
static void world_perform(struct world *w, const struct action *action)
{
    if (lanes[action->lane].once) {
        if (map_get(&w->open, action->key))
            assert_true(can & TOCSIN_CAN_FIND && action->attempts > 1);
        put(&w->open, action->key, "");
    }
    *array_add(&w->sending) = action->id;
}

static bool world_next(struct world *w)
{
    instant wake = 0;
    const struct action *action = outbox_next(w->bench.outbox, w->bench.now, &wake);
    if (!action) {
        assert_true(wake == 0 || wake > w->bench.now);
        return false;
    }
    assert_true(action->not_before <= w->bench.now);
    enum outbox_step step = outbox_step(w->bench.outbox, action);
    if (step == STEP_NOTE) {
        struct pending *pending = array_add(&w->pending);
        *pending = (struct pending){.batch = batch_create()};
        outbox_note(w->bench.outbox, action->id, pending->batch);
        pending->change = outbox_last_id(w->bench.outbox);
        return true;
    }
    assert_int_not_equal(step, STEP_ORPHAN);
    outbox_each(w->bench.outbox, check_order, &(struct handed_out){action, w});
    check_rate(w, action);
    char key[24];
    snprintf(key, sizeof(key), "%020llu", (unsigned long long)action->id);
    const struct journal_doc *doc = map_get(&w->bench.journal.docs, key);
    assert_non_null(doc);
    assert_non_null(strstr(doc->body, action->key)); /* this version of it is durable */
    if (step == STEP_DOUBT)
        world_doubt(w, action);
    else
        world_perform(w, action);
    return true;
}

static void world_outcome(struct world *w, bool well)
{
    if (w->sending.n == 0)
        return;
    static const int codes[] = {TOCSIN_DONE,  TOCSIN_DONE,    TOCSIN_DONE,
                                TOCSIN_RETRY, TOCSIN_UNKNOWN, TOCSIN_REFUSED};
    size_t i = rng_below(&w->rng, w->sending.n);
    struct outbox_outcome outcome = {.code = well ? TOCSIN_DONE : codes[rng_below(&w->rng, 6)],
                                     .retry_after =
                                         rng_below(&w->rng, 3) ? 0 : (duration)rng_below(&w->rng, MINUTE)};
    struct pending *pending = array_add(&w->pending);
    *pending = (struct pending){.batch = batch_create()};
    const struct action *action =
        outbox_outcome(w->bench.outbox, w->sending.v[i], &outcome, w->bench.now, pending->batch);
    pending->change = outbox_last_id(w->bench.outbox);
    array_remove(&w->sending, i);
    assert_non_null(action);
    if (outcome.code == TOCSIN_RETRY && !(can & TOCSIN_CAN_FIND))
        free(map_remove(&w->open, action->key));
    if (action->state != ACTION_WAITING) /* a person would look at a dead or uncertain action */
        put(&w->said, action->coalesce ? action->coalesce : action->key, action->body);
}

/* Uncommitted changes are gone; actions that were with a connector will be offered again. */
static void world_crash(struct world *w)
{
    for (size_t i = 0; i < w->pending.n; i++) {
        batch_destroy(w->pending.v[i].batch);
        free(w->pending.v[i].value);
        free(w->pending.v[i].body);
    }
    w->pending.n = 0;
    w->sending.n = 0;
    for (size_t i = 0; i < CHANNELS; i++)
        w->handed[1][i].n = 0; /* buckets are full again */
    bench_reload(&w->bench);
    outbox_limits(w->bench.outbox, world_limits, 2);
}

static void world_step(struct world *w)
{
    uint64_t dice = rng_below(&w->rng, 100);
    if (dice < 25)
        world_add(w);
    else if (dice < 45)
        world_commit(w, 1 + rng_below(&w->rng, 3));
    else if (dice < 65)
        world_next(w);
    else if (dice < 85)
        world_outcome(w, false);
    else if (dice < 98)
        w->bench.now += (duration)rng_below(&w->rng, 3 * SECOND);
    else
        world_crash(w);
}

/* Every durable action goes out in the end, the latest of each kind last. */
static void world_drain(struct world *w)
{
    for (int i = 0; i < 100000; i++) {
        world_commit(w, SIZE_MAX);
        while (world_next(w))
            continue;
        world_outcome(w, true);
        w->bench.now += SECOND;
        if (w->sending.n == 0 && w->pending.n == 0 && outbox_count(w->bench.outbox, ACTION_WAITING) == 0)
            break;
    }
    assert_int_equal(outbox_count(w->bench.outbox, ACTION_WAITING), 0);
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&w->wanted, &i));) {
        assert_non_null(map_get(&w->said, slot->key));
        assert_string_equal(map_get(&w->said, slot->key), slot->value);
    }
}

static void free_texts(struct map *map)
{
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(map, &i));)
        free(slot->value);
    map_finish(map);
}

/* The next one is done. */
static void do_next(struct bench *bench)
{
    uint64_t id = 0;
    assert_string_not_equal(next(bench, &id), "");
    assert_non_null(tell(bench, id, (struct outbox_outcome){.code = TOCSIN_DONE, .remote_id = "r"}));
    assert_null(tell(bench, id, (struct outbox_outcome){.code = TOCSIN_DONE})); /* reported twice */
}

static void test_many_words_to_subscribers_push_nothing_else_out(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    add(&bench, (struct action){.key = "posted"});
    do_next(&bench);
    uint64_t last = 0;
    for (int i = 0; i < 21000; i++) {
        char key[16];
        snprintf(key, sizeof(key), "k%d", i);
        last =
            add(&bench, (struct action){.key = key, .kind = "tell", .channel = key, .lane = LANE_SUBSCRIBER});
        do_next(&bench);
    }
    for (int reloaded = 0; reloaded < 2; reloaded++) {
        assert_string_equal(outbox_remote_id(bench.outbox, "posted"), "r");
        assert_int_equal(outbox_count(bench.outbox, ACTION_DONE), 1);
        assert_false(outbox_knows(bench.outbox, "k20999"));
        assert_true(outbox_last_id(bench.outbox) > last);
        bench_reload(&bench);
    }
    bench_finish(&bench);
}

/* What is behind it goes when its end is durable, as behind any other: else a crash could bring it back after them. */
static void test_words_to_a_subscriber_keep_their_order(void **state)
{
    (void)state;
    struct bench bench;
    uint64_t first = 0;
    instant wake;
    bench_init(&bench);
    can |= TOCSIN_CAN_FIND;
    add(&bench, (struct action){.key = "first", .lane = LANE_SUBSCRIBER});
    add(&bench, (struct action){.key = "second", .lane = LANE_SUBSCRIBER});
    assert_string_equal(next(&bench, &first), "first");
    struct journal_batch *batch = batch_create();
    const struct outbox_outcome done = {.code = TOCSIN_DONE};
    assert_int_equal(outbox_outcome(bench.outbox, first, &done, bench.now, batch)->state, ACTION_DONE);
    assert_null(outbox_next(bench.outbox, bench.now, &wake));
    commit(&bench.journal, batch);
    outbox_durable(bench.outbox, outbox_last_id(bench.outbox));
    assert_string_equal(next(&bench, NULL), "second");
    bench_finish(&bench);
}

static void test_random_histories(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct world w = {0};
        bench_init(&w.bench);
        rng_init(&w.rng, seed);
        can = seed % 2 ? TOCSIN_CAN_FIND : 0;
        world_crash(&w);
        for (int step = 0; step < 1500; step++)
            world_step(&w);
        world_drain(&w);
        for (size_t i = 0; i < CONNECTORS * CHANNELS; i++)
            array_free(&w.handed[i / CHANNELS][i % CHANNELS]);
        array_free(&w.pending);
        array_free(&w.sending);
        free_texts(&w.open);
        free_texts(&w.wanted);
        free_texts(&w.said);
        bench_finish(&w.bench);
    }
}

static void test_a_customer_is_not_told_twice_and_not_left_out(void **state)
{
    (void)state;
    static const struct {
        enum lane lane;
        uint64_t can;
        bool handed; /* before the restart */
        enum outbox_step step;
        int attempts;
    } cases[] = {
        {LANE_CUSTOMER, 0, false, STEP_PERFORM, 1},
        {LANE_CUSTOMER, 0, true, STEP_DOUBT, 2},
        {LANE_CUSTOMER, TOCSIN_CAN_FIND, false, STEP_PERFORM, 1},
        {LANE_CUSTOMER, TOCSIN_CAN_FIND, true, STEP_PERFORM, 2},
        {LANE_PAGE, 0, false, STEP_PERFORM, 2},
        {LANE_PAGE, 0, true, STEP_PERFORM, 2},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bench bench;
        bench_init(&bench);
        can = cases[i].can;
        add(&bench, (struct action){.key = "it", .lane = cases[i].lane});
        if (cases[i].handed)
            assert_string_equal(next(&bench, NULL), "it");
        bench_reload(&bench);
        const struct action *action = take(&bench);
        assert_non_null(action);
        assert_int_equal(outbox_step(bench.outbox, action), cases[i].step);
        assert_int_equal(action->attempts, cases[i].attempts);
        bench_finish(&bench);
    }
}

static void test_a_temporary_refusal_leaves_no_doubt(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    uint64_t id = 0;
    add(&bench, (struct action){.key = "it", .lane = LANE_CUSTOMER});
    next(&bench, &id);
    assert_int_equal(told(&bench, id, TOCSIN_RETRY), ACTION_WAITING);
    bench_reload(&bench);
    bench.now += HOUR;
    assert_int_equal(outbox_step(bench.outbox, take(&bench)), STEP_PERFORM);
    /* But an attempt whose outcome nobody saw stays in doubt, whatever a later one says. */
    bench_reload(&bench);
    can = TOCSIN_CAN_FIND;
    assert_int_equal(outbox_step(bench.outbox, take(&bench)), STEP_PERFORM);
    assert_int_equal(told(&bench, id, TOCSIN_RETRY), ACTION_WAITING);
    can = 0;
    bench.now += HOUR;
    assert_int_equal(outbox_step(bench.outbox, take(&bench)), STEP_DOUBT);
    assert_int_equal(told(&bench, id, TOCSIN_UNKNOWN), ACTION_UNCERTAIN);
    /* A person who has looked may have it sent again. */
    struct journal_batch *batch = batch_create();
    assert_int_equal(outbox_again(bench.outbox, id, bench.now, batch, NULL), 0);
    commit(&bench.journal, batch);
    assert_int_equal(outbox_step(bench.outbox, take(&bench)), STEP_PERFORM);
    assert_int_equal(told(&bench, id, TOCSIN_DONE), ACTION_DONE);
    bench_finish(&bench);
}

static void test_an_id_is_never_reused(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    uint64_t id = 0, last = 0;
    add(&bench, (struct action){.key = "refused"});
    next(&bench, &id);
    assert_int_equal(told(&bench, id, TOCSIN_REFUSED), ACTION_DEAD);
    struct journal_batch *batch = batch_create();
    assert_int_equal(outbox_drop(bench.outbox, id, batch, NULL), 0);
    commit(&bench.journal, batch);
    bench_reload(&bench);
    last = id;
    assert_true(add(&bench, (struct action){.key = "another"}) > last);
    next(&bench, &id);
    assert_true(id > last);
    last = id;
    assert_int_equal(told(&bench, id, TOCSIN_DONE), ACTION_DONE);
    bench.now += 2 * DAY;
    batch = batch_create();
    outbox_prune(bench.outbox, bench.now, 100, batch);
    commit(&bench.journal, batch);
    assert_int_equal(bench.journal.docs.n, 1);
    bench_reload(&bench);
    assert_true(add(&bench, (struct action){.key = "a third"}) > last);
    bench_finish(&bench);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_the_more_urgent_lane_goes_first),
        cmocka_unit_test(test_a_retry_holds_up_its_channel_but_not_a_page),
        cmocka_unit_test(test_outcomes),
        cmocka_unit_test(test_refused_credentials_hold_the_connector),
        cmocka_unit_test(test_giving_up_is_visible_and_can_be_undone),
        cmocka_unit_test(test_a_refused_kind_waits_as_long_as_the_platform_asks),
        cmocka_unit_test(test_with_limits_per_channel_a_refusal_holds_up_that_channel_only),
        cmocka_unit_test(test_nothing_is_given_up_without_a_last_attempt),
        cmocka_unit_test(test_only_an_action_that_may_have_been_sent_is_looked_up),
        cmocka_unit_test(test_a_reference_is_filled_in),
        cmocka_unit_test(test_actions_behind_a_message_that_can_be_found_go_at_once),
        cmocka_unit_test(test_actions_behind_a_withdrawn_one_wait_until_that_is_durable),
        cmocka_unit_test(test_an_action_that_refers_to_a_dead_one_is_offered_as_an_orphan),
        cmocka_unit_test(test_a_known_key_is_not_queued_again),
        cmocka_unit_test(test_coalescing_waits_for_the_newer_action),
        cmocka_unit_test(test_a_delayed_one_holds_nothing_up),
        cmocka_unit_test(test_ten_thousand_wait_for_one_limit),
        cmocka_unit_test(test_a_page_is_never_behind_five_thousand_mails),
        cmocka_unit_test(test_few_are_recorded_before_they_leave),
        cmocka_unit_test(test_a_customer_is_not_told_twice_and_not_left_out),
        cmocka_unit_test(test_a_temporary_refusal_leaves_no_doubt),
        cmocka_unit_test(test_an_id_is_never_reused),
        cmocka_unit_test(test_what_waits_is_dropped_or_goes_at_once),
        cmocka_unit_test(test_a_failed_one_is_over_when_a_newer_one_replaces_it),
        cmocka_unit_test(test_many_words_to_subscribers_push_nothing_else_out),
        cmocka_unit_test(test_words_to_a_subscriber_keep_their_order),
        cmocka_unit_test(test_random_histories),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
