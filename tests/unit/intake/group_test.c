#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "intake/group_edit.h"
#include "intake/group_place.h"
#include "intake/group_table.h"

#define T0 (INT64_C(1790000000) * SECOND)

struct journal_stub {
    struct str docs[200]; /* by fingerprint */
    int calls, documents, samples, asked;
};

static int known(void *ctx, uint64_t fingerprint, struct group *group)
{
    struct journal_stub *stub = ctx;
    stub->asked++;
    if (fingerprint >= ARRAY_SIZE(stub->docs) || stub->docs[fingerprint].len == 0)
        return ERR_NOT_FOUND;
    struct error err;
    assert_int_equal(group_decode(stub->docs[fingerprint].p, stub->docs[fingerprint].len, group, &err), 0);
    return 0;
}

static void record(void *ctx, const struct group *group)
{
    struct journal_stub *stub = ctx;
    stub->calls++;
    stub->samples += group->upkeep.sample != NULL;
    if (!group->upkeep.changed)
        return;
    stub->documents++;
    if (group->fingerprint < ARRAY_SIZE(stub->docs)) {
        str_clear(&stub->docs[group->fingerprint]);
        group_encode(group, &stub->docs[group->fingerprint]);
    }
}

/* Alerts in all, as the documents say. */
static int64_t recorded(struct journal_stub *stub)
{
    int64_t sum = 0;
    for (uint64_t i = 0; i < ARRAY_SIZE(stub->docs); i++) {
        struct group group = {0};
        if (known(stub, i, &group) == 0)
            sum += group.tally.count;
        group_finish(&group);
    }
    return sum;
}

struct world {
    struct journal_stub stub;
    struct rng rng;
    struct group_table *table;
};

static void world_init(struct world *w, struct group_limits limits)
{
    *w = (struct world){0};
    rng_init(&w->rng, 1);
    struct group_hooks hooks = {.ctx = &w->stub, .known = known, .record = record};
    w->table = group_table_create(&limits, &hooks, &w->rng);
}

static void world_finish(struct world *w)
{
    group_table_destroy(w->table);
    for (size_t i = 0; i < ARRAY_SIZE(w->stub.docs); i++)
        str_finish(&w->stub.docs[i]);
}

static struct alert alert_of(uint64_t fingerprint)
{
    struct alert alert;
    alert_init(&alert, "generic", T0);
    alert.fingerprint = fingerprint;
    alert.about.origin = "shop";
    alert.about.title = "payment failed";
    alert.about.service = "checkout";
    return alert;
}

static enum group_change add(struct world *w, const struct alert *alert, instant now, struct group **ret)
{
    struct group_verdict verdict;
    group_table_add(w->table, alert, now, &verdict);
    if (ret)
        *ret = verdict.group;
    return verdict.change;
}

static void test_a_group_is_new_once_then_moves_at_most_once_a_second(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, (struct group_limits){0});
    struct alert alert = alert_of(7);
    struct group *group;
    assert_int_equal(add(&w, &alert, T0, &group), GROUP_NEW);
    assert_ptr_equal(group->alert, &alert);
    assert_string_equal(group->about.title, "payment failed");
    assert_string_equal(group->about.service, "checkout");
    for (int i = 1; i < 1000; i++)
        assert_int_equal(add(&w, &alert, T0 + i, NULL), GROUP_NOTHING);
    assert_int_equal(add(&w, &alert, T0 + 1000, NULL), GROUP_MOVED);
    assert_int_equal(add(&w, &alert, T0 + 1001, &group), GROUP_NOTHING);
    assert_int_equal(group->tally.count, 1002);
    world_finish(&w);
}

static void test_the_last_move_is_reported_later(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, (struct group_limits){0});
    struct alert alert = alert_of(7), other = alert_of(8);
    add(&w, &alert, T0, NULL);
    assert_int_equal(group_table_due(w.table), 0);
    add(&w, &alert, T0 + 10, NULL);
    add(&w, &other, T0 + 20, NULL);
    add(&w, &other, T0 + 30, NULL);
    assert_int_equal(group_table_due(w.table), T0 + SECOND);
    assert_null(group_table_moved(w.table, T0 + 999));
    struct group *moved = group_table_moved(w.table, T0 + SECOND);
    assert_non_null(moved);
    assert_int_equal(moved->fingerprint, 7);
    assert_null(moved->alert);
    assert_null(group_table_moved(w.table, T0 + SECOND));
    assert_int_equal(group_table_moved(w.table, T0 + SECOND + 20)->fingerprint, 8);
    assert_null(group_table_moved(w.table, T0 + HOUR));
    assert_int_equal(group_table_due(w.table), 0);
    world_finish(&w);
}

static void test_a_storm_is_reported_at_a_steady_pace(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, (struct group_limits){.moves_second = 10});
    int told[101] = {0}, most = 0;
    for (int ms = 0; ms < 30000; ms += 5) {
        int in_second = 0;
        for (uint64_t k = 1; k <= 100; k++) {
            struct alert alert = alert_of(k);
            told[k] += add(&w, &alert, T0 + ms, NULL) == GROUP_MOVED;
        }
        for (struct group *moved; (moved = group_table_moved(w.table, T0 + ms)); in_second++)
            told[moved->fingerprint]++;
        most = MAX(most, in_second);
        instant due = group_table_due(w.table);
        assert_true(ms < 2000 || due > T0 + ms); /* it never asks to be called at once, again and again */
    }
    int all = 0;
    for (int k = 1; k <= 100; k++) {
        assert_true(told[k] >= 2); /* no group is forgotten */
        all += told[k];
    }
    assert_in_range(all, 29 * 2 * 10, 31 * 2 * 10);
    assert_true(most <= 10);
    world_finish(&w);
}

static void test_a_busy_group_does_not_hold_up_the_others(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, (struct group_limits){0});
    struct alert busy = alert_of(1), quiet = alert_of(2);
    add(&w, &busy, T0, NULL);
    add(&w, &quiet, T0, NULL);
    add(&w, &busy, T0 + 1, NULL);
    add(&w, &quiet, T0 + 2, NULL);
    bool told = false;
    for (int ms = 3; ms < 3000; ms++) {
        add(&w, &busy, T0 + ms, NULL);
        struct group *moved = ms % 100 == 50 ? group_table_moved(w.table, T0 + ms) : NULL;
        told |= moved && moved->fingerprint == 2;
    }
    assert_true(told);
    world_finish(&w);
}

static void test_counts_are_exact_to_the_minute(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, (struct group_limits){0});
    instant start = T0 / MINUTE * MINUTE;
    struct alert alert = alert_of(7);
    struct group *group;
    for (int minute = 0; minute < 200; minute++)
        for (int i = 0; i <= minute % 3; i++)
            add(&w, &alert, start + minute * MINUTE + i, &group);
    instant now = start + 199 * MINUTE + 500; /* minutes 199, 198, 197 had 2, 1, 3 */
    assert_int_equal(group_count_within(group, 1, now), 2);
    assert_int_equal(group_count_within(group, 2, now), 3);
    assert_int_equal(group_count_within(group, 3, now), 6);
    assert_int_equal(group_count_within(group, 60, now), 120);
    assert_int_equal(group_count_within(group, 1000, now), 120);
    assert_int_equal(group_count_within(group, 1, now + MINUTE), 0);
    assert_int_equal(group_count_within(group, 3, now + 2 * MINUTE), 2);
    assert_int_equal(group_count_within(group, 60, now + 59 * MINUTE), 2);
    assert_int_equal(group_count_within(group, 60, now + 60 * MINUTE), 0);
    add(&w, &alert, now + 30 * MINUTE, &group);
    assert_int_equal(group_count_within(group, 30, now + 30 * MINUTE), 1);
    assert_int_equal(group_count_within(group, 31, now + 30 * MINUTE), 3);
    add(&w, &alert, now + 300 * MINUTE, &group);
    assert_int_equal(group_count_within(group, 60, now + 300 * MINUTE), 1);
    world_finish(&w);
}

static void test_resolving_and_coming_back(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, (struct group_limits){.forgotten = DAY});
    struct alert fires = alert_of(7), ends = alert_of(7);
    ends.status = ALERT_RESOLVED;
    struct group *group;
    assert_int_equal(add(&w, &ends, T0, &group), GROUP_NOTHING);
    assert_null(group); /* it is unknown */
    assert_int_equal(add(&w, &fires, T0, NULL), GROUP_NEW);
    assert_int_equal(add(&w, &ends, T0 + 1, &group), GROUP_RESOLVED);
    assert_int_equal(group->times.settled_at, T0 + 1);
    assert_int_equal(add(&w, &ends, T0 + 2, NULL), GROUP_NOTHING);
    assert_int_equal(add(&w, &fires, T0 + 3, &group), GROUP_REGRESSED);
    assert_int_equal(group->regressions, 1);
    assert_int_equal(group->times.opened_at, T0 + 3);
    assert_int_equal(group->tally.count, 2);
    group_table_settle(w.table, group, T0 + 4); /* as its incident was resolved */
    assert_int_equal(add(&w, &fires, T0 + 5, NULL), GROUP_REGRESSED);
    assert_int_equal(add(&w, &fires, T0 + 5 + DAY, NULL), GROUP_MOVED);
    assert_int_equal(add(&w, &fires, T0 + 6 + 2 * DAY, &group), GROUP_REGRESSED); /* after a long time */
    assert_int_equal(group->regressions, 3);
    ends.status = ALERT_ACKNOWLEDGED;
    assert_int_equal(add(&w, &ends, T0 + 6 + 2 * DAY, &group), GROUP_ACKNOWLEDGED);
    assert_int_equal(group->tally.count, 5);
    world_finish(&w);
}

static void test_a_group_is_over_when_its_last_member_is(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, (struct group_limits){0});
    struct alert alert = alert_of(7);
    struct group *group;
    for (alert.member = 101; alert.member <= 103; alert.member++)
        add(&w, &alert, T0, NULL);
    alert.status = ALERT_RESOLVED;
    alert.member = 101;
    assert_int_equal(add(&w, &alert, T0, NULL), GROUP_NOTHING);
    assert_int_equal(add(&w, &alert, T0, NULL), GROUP_NOTHING); /* the same member is not counted twice */
    alert.member = 103;
    assert_int_equal(add(&w, &alert, T0, NULL), GROUP_NOTHING);
    alert.member = 102;
    assert_int_equal(add(&w, &alert, T0, NULL), GROUP_RESOLVED);
    alert.status = ALERT_FIRING;
    for (alert.member = 1; alert.member <= GROUP_MEMBERS + 1; alert.member++)
        add(&w, &alert, T0, &group);
    assert_true(group->firing.crowded);
    assert_int_equal(group->firing.n, GROUP_MEMBERS);
    alert.status = ALERT_RESOLVED;
    for (alert.member = 1; alert.member <= GROUP_MEMBERS + 1; alert.member++)
        assert_int_equal(add(&w, &alert, T0, NULL), GROUP_NOTHING); /* other members may still fire */
    group_table_settle(w.table, group, T0);
    assert_false(group->firing.crowded);
    world_finish(&w);
}

static struct alert member_of(uint64_t member, const char *name, instant ends)
{
    struct alert alert = alert_of(7);
    alert.member = member;
    alert.instance = name;
    alert.ends = ends;
    return alert;
}

static void test_members_run_out_unless_they_are_renewed(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, (struct group_limits){0});
    struct alert a = member_of(1, "a", T0 + MINUTE), b = member_of(2, "b", T0 + 2 * MINUTE);
    struct alert b_later = member_of(2, "b", T0 + 3 * MINUTE);
    struct group_verdict v;
    add(&w, &a, T0, NULL);
    add(&w, &b, T0, NULL);
    add(&w, &b_later, T0 + 1, NULL);
    while (group_table_moved(w.table, T0 + 10 * SECOND))
        ;
    assert_true(group_table_due(w.table) == T0 + MINUTE);
    assert_false(group_table_lapsed(w.table, T0 + MINUTE - 1, &v));
    assert_true(group_table_lapsed(w.table, T0 + MINUTE, &v));
    assert_int_equal(v.change, GROUP_NOTHING);
    assert_true(v.members);
    assert_int_equal(v.group->firing.n, 1);
    group_table_touch(w.table, v.group);
    assert_false(group_table_lapsed(w.table, T0 + 2 * MINUTE, &v));
    assert_true(group_table_lapsed(w.table, T0 + 3 * MINUTE, &v));
    assert_int_equal(v.change, GROUP_RESOLVED);
    group_table_touch(w.table, v.group);
    assert_false(group_table_lapsed(w.table, T0 + DAY, &v));
    assert_true(group_table_due(w.table) == 0);
    assert_int_equal(add(&w, &a, T0 + DAY, NULL), GROUP_REGRESSED);
    world_finish(&w);
}

static void test_a_sooner_end_counts_and_none_ends_it(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, (struct group_limits){0});
    struct alert far = alert_of(7), soon = far, none = far;
    struct group_verdict v;
    far.ends = T0 + HOUR;
    soon.ends = T0 + MINUTE;
    add(&w, &far, T0, NULL);
    add(&w, &soon, T0, NULL);
    assert_true(group_table_lapsed(w.table, T0 + MINUTE, &v));
    assert_int_equal(v.change, GROUP_RESOLVED);
    group_table_touch(w.table, v.group);
    far.ends = T0 + 2 * HOUR;
    add(&w, &far, T0 + MINUTE, NULL);
    add(&w, &none, T0 + MINUTE, NULL);
    assert_false(group_table_lapsed(w.table, T0 + DAY, &v));
    world_finish(&w);
}

static void test_an_end_outlives_eviction_and_a_restart(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, (struct group_limits){.groups = 10});
    struct alert alert = alert_of(7);
    struct group_verdict v;
    alert.ends = T0 + HOUR;
    add(&w, &alert, T0, NULL);
    group_table_flush(w.table, T0, SIZE_MAX);
    for (uint64_t i = 20; i < 120; i++) {
        struct alert other = alert_of(i);
        add(&w, &other, T0 + (int64_t)i * SECOND, NULL);
    }
    assert_null(group_table_held(w.table, 7));
    assert_true(group_table_lapsed(w.table, T0 + HOUR, &v));
    assert_int_equal(v.group->fingerprint, 7);
    assert_int_equal(v.change, GROUP_RESOLVED);
    alert.ends = T0 + 3 * HOUR;
    assert_int_equal(add(&w, &alert, T0 + 2 * HOUR, NULL), GROUP_REGRESSED);
    group_table_flush(w.table, T0 + 2 * HOUR, SIZE_MAX);
    group_table_clear(w.table);
    assert_non_null(group_table_find(w.table, 7, T0 + 2 * HOUR)); /* as at a start */
    assert_true(group_table_lapsed(w.table, T0 + 3 * HOUR, &v));
    group_table_touch(w.table, v.group);
    alert.ends = T0 + 5 * HOUR;
    add(&w, &alert, T0 + 4 * HOUR, NULL);
    group_table_flush(w.table, T0 + 4 * HOUR, SIZE_MAX);
    group_table_clear(w.table);
    alert.ends = 0; /* nobody watched it when it ended */
    assert_int_equal(add(&w, &alert, T0 + 6 * HOUR, NULL), GROUP_REGRESSED);
    world_finish(&w);
}

static void test_quick_returns_flap(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, (struct group_limits){0});
    struct alert fires = alert_of(7), over = fires;
    struct group *group;
    over.status = ALERT_RESOLVED;
    add(&w, &fires, T0, &group);
    instant now = T0;
    for (int i = 0; i < FLAP_RETURNS; i++) {
        assert_false(group_flaps(group, now));
        add(&w, &over, now += MINUTE, NULL);
        add(&w, &fires, now += MINUTE, &group);
    }
    assert_true(group_flaps(group, now));
    assert_false(group_flaps(group, now + FLAP_WITHIN));
    now += HOUR;
    add(&w, &over, now, NULL);
    add(&w, &fires, now + MINUTE, &group); /* the first of another spell */
    assert_int_equal(group->flap.n, 1);
    group_table_settle(w.table, group, now + 2 * MINUTE); /* its incident ended: people did that */
    add(&w, &fires, now + 3 * MINUTE, &group);
    assert_int_equal(group->flap.n, 1);
    world_finish(&w);
}

static void test_everything_counted_is_recorded_once(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, (struct group_limits){0});
    int64_t counted = 0;
    instant now = T0;
    for (int i = 0; i < 5000; i++) {
        struct alert alert = alert_of(1 + rng_below(&w.rng, 50));
        alert.count = 1 + (int64_t)rng_below(&w.rng, 5);
        now += (int64_t)rng_below(&w.rng, 3000);
        struct group *group;
        if (add(&w, &alert, now, &group) == GROUP_NEW)
            group_table_record(w.table, group);
        counted += alert.count;
        if (i % 500 == 499)
            group_table_flush(w.table, now, SIZE_MAX);
    }
    group_table_flush(w.table, now + 2 * MINUTE, SIZE_MAX);
    assert_int_equal(recorded(&w.stub), counted);
    int calls = w.stub.calls;
    group_table_flush(w.table, now + HOUR, SIZE_MAX);
    assert_int_equal(w.stub.calls, calls); /* nothing is left to record */
    assert_true(w.stub.samples >= 50);
    world_finish(&w);
}

static void test_json_round_trip(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, (struct group_limits){0});
    struct alert alert = alert_of(UINT64_C(0xfedcba9876543210));
    struct group *group, back = {0};
    alert.who.customer = "acme \"corp\"";
    alert.who.customer_name = "Acme";
    alert.about.release = "shop@1.2";
    alert.grouping = GROUPING_LABELS;
    for (alert.member = 1; alert.member < 6; alert.member++) {
        alert.instance = alert.member % 2 ? "web \"1\"" : "";
        alert.ends = alert.member == 2 ? T0 + HOUR : 0;
        add(&w, &alert, T0 + (int64_t)alert.member * MINUTE, &group);
    }
    group_members_told(group, true);
    group_drop_member(group, &(struct alert){.member = 3}, T0 + 6 * MINUTE); /* people must still be told */
    group_add_member(group, &(struct alert){.member = 6, .instance = "c"}, T0 + 6 * MINUTE);
    group_flap(group, T0, T0 + MINUTE);
    group->flap.until = T0 + HOUR;
    group->care.incident = 42;
    group->care.muted_until = T0 + DAY;
    CLEANUP_STR struct str one = {0}, two = {0};
    struct error err;
    group_encode(group, &one);
    assert_int_equal(group_decode(one.p, one.len, &back, &err), 0);
    group_encode(&back, &two);
    assert_string_equal(one.p, two.p);
    assert_int_equal(back.care.incident, 42);
    assert_int_equal(back.firing.n, 5);
    assert_int_equal(back.firing.n_gone, 1);
    assert_true(back.firing.about[1].ends == T0 + HOUR && back.firing.about[1].told);
    assert_false(back.firing.about[4].told);
    assert_string_equal(back.gone[0].name, "web \"1\"");
    assert_int_equal(back.flap.n, 1);
    assert_true(back.flap.until == T0 + HOUR);
    assert_int_equal(group_count_within(&back, 3, T0 + 5 * MINUTE), 3);
    assert_true(group_muted(&back, T0));
    assert_int_equal(group_decode("{}", 2, &back, &err), ERR_INVALID);
    group_finish(&back);
    world_finish(&w);
}

static void test_forgotten_groups_are_found_again(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, (struct group_limits){.groups = 20});
    int new = 0;
    int64_t counted = 0;
    for (int i = 0; i < 4000; i++) {
        struct alert alert = alert_of(1 + rng_below(&w.rng, 150));
        new += add(&w, &alert, T0 + i * SECOND, NULL) == GROUP_NEW;
        counted++;
        assert_true(group_table_count(w.table) <= 20);
    }
    group_table_flush(w.table, T0 + DAY, SIZE_MAX);
    assert_int_equal(new, 150);
    assert_int_equal(recorded(&w.stub), counted);
    int64_t sum = 0;
    for (uint64_t i = 1; i <= 150; i++)
        sum += group_table_find(w.table, i, T0 + DAY)->tally.count;
    assert_int_equal(sum, counted);
    assert_null(group_table_find(w.table, 151, T0 + DAY));
    world_finish(&w);
}

static void test_a_million_fingerprints_do_not_win(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, (struct group_limits){.groups = 5000, .bytes = 2 << 20});
    struct alert attack = alert_of(0), honest = alert_of(7);
    attack.about.origin = "attacker";
    char customer[ALERT_CUSTOMER + 1] = "", title[ALERT_TITLE + 1] = "";
    memset(title, 'x', ALERT_TITLE);
    attack.about.title = title;
    attack.who.customer = customer;
    int new = 0, flood_new = 0;
    add(&w, &honest, T0, NULL);
    group_table_flush(w.table, T0, SIZE_MAX);
    for (uint64_t i = 0; i < 1000000; i++) {
        struct group_verdict verdict;
        attack.fingerprint = 1000 + i;
        memset(customer, 'a' + (char)(i % 26), ALERT_CUSTOMER);
        group_table_add(w.table, &attack, T0 + (int64_t)i / 1000, &verdict);
        new += verdict.change == GROUP_NEW && !verdict.flood;
        flood_new += verdict.change == GROUP_NEW && verdict.flood;
        if (i % 50000 == 0)
            group_table_flush(w.table, T0 + (int64_t)i / 1000, SIZE_MAX);
        assert_true(group_table_count(w.table) <= 5000);
        assert_true(group_table_bytes(w.table) < (3 << 20));
    }
    assert_int_equal(new, 10000);
    assert_int_equal(flood_new, 1);
    assert_true(w.stub.asked < 10100);
    assert_int_equal(add(&w, &honest, T0 + 2000, NULL), GROUP_MOVED); /* other sources lose nothing */
    honest.fingerprint = 9;
    assert_int_equal(add(&w, &honest, T0 + 2000, NULL), GROUP_NEW);
    attack.fingerprint = 5; /* an hour later there is room again */
    assert_int_equal(add(&w, &attack, T0 + HOUR, NULL), GROUP_NEW);
    world_finish(&w);
}

/* Each is looked up first; that has no limit of its own below it. */
static void test_as_many_new_groups_as_configured(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, (struct group_limits){.new_burst = 20000});
    struct alert alert = alert_of(1);
    for (; alert.fingerprint <= 20000; alert.fingerprint++)
        assert_int_equal(add(&w, &alert, T0, NULL), GROUP_NEW);
    assert_int_equal(group_table_count(w.table), 20000);
    world_finish(&w);
}

static void test_the_flood_group_says_whose_it_is(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, (struct group_limits){.new_burst = 2});
    struct alert alert = alert_of(1);
    struct group_verdict verdict;
    for (; alert.fingerprint < 10; alert.fingerprint++)
        group_table_add(w.table, &alert, T0 + (int64_t)alert.fingerprint, &verdict);
    assert_true(verdict.flood);
    assert_string_equal(verdict.group->about.title, "flood of distinct errors from shop");
    assert_int_equal(verdict.group->tally.count, 7);
    assert_int_equal(verdict.group->grouping, GROUPING_FLOOD);
    assert_string_equal(verdict.group->alert->message, alert.message);
    assert_int_equal(group_table_count(w.table), 3);
    world_finish(&w);
}

static void test_time_does_not_run_backwards(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, (struct group_limits){0});
    struct alert alert = alert_of(7);
    struct group *group;
    add(&w, &alert, T0, NULL);
    add(&w, &alert, T0 - DAY, &group);
    assert_int_equal(group->times.last_seen, T0);
    assert_int_equal(group_count_within(group, 1, T0), 2);
    world_finish(&w);
}

static void test_a_cleared_table_knows_what_was_recorded(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, (struct group_limits){0});
    struct alert alert = alert_of(7);
    struct group *group;
    add(&w, &alert, T0, &group);
    group_table_record(w.table, group);
    alert.fingerprint = 8;
    add(&w, &alert, T0, NULL); /* never recorded */
    group_table_clear(w.table);
    assert_int_equal(add(&w, &alert, T0 + SECOND, NULL), GROUP_NEW);
    alert.fingerprint = 7;
    assert_int_equal(add(&w, &alert, T0 + SECOND, &group), GROUP_MOVED);
    assert_int_equal(group->tally.count, 2);
    world_finish(&w);
}

static void test_places_are_news_within_bounds(void **state)
{
    (void)state;
    struct world w;
    char names[40][16];
    int news = 0;
    world_init(&w, (struct group_limits){0});
    struct alert alert = alert_of(7);
    struct group *group;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 40; i++) {
            snprintf(names[i], sizeof(names[i]), "env%d", i);
            alert.about.environment = names[i];
            news += add(&w, &alert, T0, &group) == GROUP_SPREAD;
        }
    }
    assert_int_equal(news, GROUP_PLACES - 1); /* the first was new */
    assert_int_equal(group->places.n, GROUP_PLACES);
    alert.level = LEVEL_FATAL;
    assert_int_equal(add(&w, &alert, T0, NULL), GROUP_WORSE);
    alert.about.environment = "env20"; /* takes the last place, which is fatal already */
    assert_int_equal(add(&w, &alert, T0, NULL), GROUP_NOTHING);
    alert.about.environment = "env0";
    assert_int_equal(add(&w, &alert, T0, NULL), GROUP_WORSE);
    assert_int_equal(add(&w, &alert, T0, NULL), GROUP_NOTHING);
    assert_true(group_table_bytes(w.table) > GROUP_PLACES * sizeof(struct group_place));
    world_finish(&w);
}

/* Whatever the alert before was: what is due is kept for the rules, each time they were asked. */
static void test_what_is_due_returns_after_the_rules_were_asked(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, (struct group_limits){0});
    struct alert alert = alert_of(7);
    struct group *group;
    add(&w, &alert, T0, &group);
    assert_int_equal(group->places.v[0].due, GROUP_NEW);
    add(&w, &alert, T0 + 1, &group);
    assert_int_equal(group->places.v[0].due, GROUP_NEW);
    for (int round = 0; round < 3; round++) {
        group_place_judged(group, 0, GROUP_NOTHING);
        add(&w, &alert, T0 + 2, &group);
        assert_int_equal(group->places.v[0].due, GROUP_MOVED);
        add(&w, &alert, T0 + 2, &group);
    }
    alert.level = LEVEL_FATAL;
    assert_int_equal(add(&w, &alert, T0 + 3, &group), GROUP_WORSE);
    alert.level = LEVEL_ERROR;
    assert_int_equal(add(&w, &alert, T0 + 3, &group), GROUP_NOTHING);
    assert_int_equal(group->places.v[0].due, GROUP_WORSE);
    char service[200];
    memset(service, 's', sizeof(service) - 1); /* longer than a hash is made of */
    service[sizeof(service) - 1] = '\0';
    alert.about.service = service;
    assert_int_equal(add(&w, &alert, T0 + 3, &group), GROUP_SPREAD);
    assert_int_equal(add(&w, &alert, T0 + 3, &group), GROUP_NOTHING);
    world_finish(&w);
}

/* A place beyond those that are kept gives its names to the last one when the rules are to be asked, not with each alert. */
static void test_places_beyond_the_last_are_named_once_for_the_rules(void **state)
{
    (void)state;
    struct world w;
    char name[16];
    world_init(&w, (struct group_limits){0});
    struct alert alert = alert_of(7);
    alert.about.environment = name;
    struct group *group;
    for (int i = 0; i < GROUP_PLACES; i++) {
        snprintf(name, sizeof(name), "env%d", i);
        add(&w, &alert, T0, &group);
    }
    struct group_place *last = &group->places.v[GROUP_PLACES - 1];
    group_place_judged(group, GROUP_PLACES - 1, GROUP_NOTHING);
    snprintf(name, sizeof(name), "first");
    add(&w, &alert, T0, NULL);
    assert_string_equal(last->environment, "first");
    snprintf(name, sizeof(name), "second");
    add(&w, &alert, T0, NULL);
    assert_string_equal(last->environment, "first");
    alert.level = LEVEL_FATAL;
    assert_int_equal(add(&w, &alert, T0, NULL), GROUP_WORSE);
    assert_string_equal(last->environment, "second");
    world_finish(&w);
}

static void test_what_came_back_is_seen_for_the_first_time(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, (struct group_limits){0});
    struct alert alert = alert_of(7), over = alert_of(7);
    over.status = ALERT_RESOLVED;
    struct group *group;
    alert.about.environment = "production";
    add(&w, &alert, T0, &group);
    group_place_judged(group, 0, GROUP_NOTHING);
    add(&w, &over, T0, NULL);
    alert.about.environment = "staging";
    assert_int_equal(add(&w, &alert, T0 + 1, &group), GROUP_REGRESSED);
    alert.about.environment = "production";
    assert_int_equal(add(&w, &alert, T0 + 1, &group), GROUP_SPREAD);
    world_finish(&w);
}

/* An older version wrote it, without places. */
static void test_an_old_document_is_of_one_place(void **state)
{
    (void)state;
    struct group group;
    struct error err;
    const char *old = "{\"fingerprint\":\"0000000000000007\",\"state\":\"open\",\"level\":\"error\","
                      "\"environment\":\"staging\",\"service\":\"pay\",\"unjudged\":2}";
    assert_int_equal(group_decode(old, strlen(old), &group, &err), 0);
    assert_int_equal(group.places.n, 1);
    assert_string_equal(group.places.v[0].environment, "staging");
    assert_string_equal(group.places.v[0].service, "pay");
    assert_int_equal(group.places.v[0].level, LEVEL_ERROR);
    assert_int_equal(group.places.v[0].due, GROUP_REGRESSED);
    group_finish(&group);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_group_is_new_once_then_moves_at_most_once_a_second),
        cmocka_unit_test(test_the_last_move_is_reported_later),
        cmocka_unit_test(test_a_storm_is_reported_at_a_steady_pace),
        cmocka_unit_test(test_a_busy_group_does_not_hold_up_the_others),
        cmocka_unit_test(test_counts_are_exact_to_the_minute),
        cmocka_unit_test(test_resolving_and_coming_back),
        cmocka_unit_test(test_a_group_is_over_when_its_last_member_is),
        cmocka_unit_test(test_everything_counted_is_recorded_once),
        cmocka_unit_test(test_places_are_news_within_bounds),
        cmocka_unit_test(test_what_is_due_returns_after_the_rules_were_asked),
        cmocka_unit_test(test_places_beyond_the_last_are_named_once_for_the_rules),
        cmocka_unit_test(test_what_came_back_is_seen_for_the_first_time),
        cmocka_unit_test(test_an_old_document_is_of_one_place),
        cmocka_unit_test(test_json_round_trip),
        cmocka_unit_test(test_members_run_out_unless_they_are_renewed),
        cmocka_unit_test(test_a_sooner_end_counts_and_none_ends_it),
        cmocka_unit_test(test_an_end_outlives_eviction_and_a_restart),
        cmocka_unit_test(test_quick_returns_flap),
        cmocka_unit_test(test_forgotten_groups_are_found_again),
        cmocka_unit_test(test_a_million_fingerprints_do_not_win),
        cmocka_unit_test(test_as_many_new_groups_as_configured),
        cmocka_unit_test(test_the_flood_group_says_whose_it_is),
        cmocka_unit_test(test_time_does_not_run_backwards),
        cmocka_unit_test(test_a_cleared_table_knows_what_was_recorded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
