/* A connector that was removed from the configuration gets no actions; what waited for it is dropped, and people are told. */
#include "../command/rig.h"

#include "delivery/delivery.h"
#include "rooms/rooms.h"

#define CAN (TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_PAGE | TOCSIN_CAN_CHANNELS)

static struct rig *rig;

static int set_up(void **state)
{
    (void)state;
    rig = rig_with_room();
    delivery_add(rig->core, "slack");
    delivery_configured(rig->core, rig->now);
    delivery_connector(rig->core, "slack", CAN, true, NULL, rig->now);
    rig_settle(rig);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rig_destroy(rig);
    return 0;
}

static void say(uint64_t incident, const char *text)
{
    struct turn *turn = turn_begin(rig->core, rig->now);
    struct place place = {.connector = "slack", .channel = "team"};
    rooms_say(turn, &place, incident, text, NULL, text);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
}

static void remove_slack(void)
{
    delivery_remove(rig->core, "slack");
    delivery_configured(rig->core, rig->now);
    rig_settle(rig);
}

static bool count_action(void *ctx, const struct action *action)
{
    (void)action;
    ++*(size_t *)ctx;
    return true;
}

static size_t undone(void)
{
    size_t n = 0;
    outbox_each(core_outbox(rig->core), count_action, &n);
    return n;
}

static void what_waited_is_dropped_with_one_word(void **state)
{
    (void)state;
    delivery_connector(rig->core, "slack", CAN, false, NULL, rig->now);
    say(1, "first");
    say(1, "second");
    say(0, "of no incident");
    assert_int_equal(undone(), 3);
    remove_slack();
    assert_int_equal(undone(), 0);
    assert_int_equal(rig_sent(rig, "slack ", "first"), 0);
    assert_int_equal(rig_sent(rig, "console post", "removed from the configuration"), 1);
    assert_int_equal(rig_sent(rig, "\"channel\":\"room\"", "post a message (2 times)"), 1);
    rig_expect(rig, "ben", 1, "timeline", "what waited for it was dropped: post a message (2 times)");
    rig_expect(rig, "ben", 0, "actions", "Everything has been sent");
}

static void what_failed_there_is_dropped_too(void **state)
{
    (void)state;
    rig->outcome = TOCSIN_REFUSED;
    rig->only = "hopeless";
    say(1, "hopeless");
    rig->outcome = TOCSIN_DONE;
    assert_int_equal(undone(), 1);
    remove_slack();
    assert_int_equal(undone(), 0);
    assert_int_equal(rig_sent(rig, "console post", "removed from the configuration"), 1);
}

static void it_gets_nothing_more(void **state)
{
    (void)state;
    struct turn *turn = turn_begin(rig->core, rig->now);
    struct command channel = {
        .verb = "channel", .by = "system", .name = "slack", .value = "C1", .text = "inc-1", .flag = true};
    assert_int_equal(turn_do(turn, 1, &channel, NULL, NULL), 0);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "slack post", "\"channel\":\"C1\""), 1); /* its card */
    remove_slack();
    size_t before = rig_sent(rig, "slack ", "");
    rig_expect(rig, "ben", 1, "sev major", "major");
    rig_expect(rig, "ben", 0, "another thing broke", "INC-2");
    rig_expect(rig, "ben", 1, "resolve", "resolved");
    delivery_connector(rig->core, "slack", CAN, true, NULL, rig->now); /* its last word, which came late */
    say(1, "hello?");
    rig->now += 5 * SECOND; /* cards on the other connector are edited by now */
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "slack ", ""), before);
    assert_int_equal(undone(), 0);
}

static void an_outcome_that_comes_late_changes_nothing(void **state)
{
    (void)state;
    struct turn *turn = turn_begin(rig->core, rig->now);
    struct place place = {.connector = "slack", .channel = "general"};
    rooms_say(turn, &place, 1, "k", NULL, "in flight");
    turn_commit(turn, NULL, NULL);
    journal_step(rig->journal);
    core_tick(rig->core, rig->now);
    assert_int_equal(rig->handed.n, 1);
    uint64_t id = rig->handed.v[0];
    rig->handed.n = 0;
    remove_slack();
    struct outbox_outcome late = {.code = TOCSIN_UNKNOWN};
    delivery_outcome(rig->core, id, &late, rig->now);
    rig_settle(rig);
    assert_int_equal(undone(), 0);
    assert_int_equal(rig_sent(rig, "slack post", "in flight"), 1);
}

static void it_works_again_when_it_is_back(void **state)
{
    (void)state;
    remove_slack();
    say(1, "lost");
    delivery_add(rig->core, "slack");
    delivery_configured(rig->core, rig->now);
    delivery_connector(rig->core, "slack", CAN, true, NULL, rig->now);
    say(1, "found");
    assert_int_equal(rig_sent(rig, "slack post", "lost"), 0);
    assert_int_equal(rig_sent(rig, "slack post", "found"), 1);
}

static uint64_t failed(const char *text)
{
    rig->outcome = TOCSIN_REFUSED;
    rig->only = text;
    say(0, text);
    rig->outcome = TOCSIN_DONE;
    return outbox_last_id(core_outbox(rig->core)) - 1; /* its end has the last number */
}

static void a_refusal_says_which_actions_there_are(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "actions again 999", "No action 999");
    rig_expect(rig, "ben", 0, "actions again 999", "Nothing waits for a decision");
    uint64_t first = failed("one"), second = failed("two");
    CLEANUP_FREE char *there = xasprintf("There are: %d, %d.", (int)first, (int)second);
    CLEANUP_FREE char *hint = xasprintf("`actions again %d`", (int)first);
    rig_expect(rig, "ben", 0, "actions again 999", there);
    rig_expect(rig, "ben", 0, "actions drop 999", there);
    rig_expect(rig, "ben", 0, "actions again", there);
    rig_expect(rig, "ben", 0, "actions forget 999", there);
    rig_expect(rig, "ben", 0, "actions", hint);
    CLEANUP_FREE char *again = xasprintf("actions again %d", (int)first);
    rig_expect(rig, "ben", 1, again, "Retrying"); /* typed in the room of an incident that it is not about */
    rig_expect(rig, "ben", 1, again, "No action");
    CLEANUP_FREE char *only = xasprintf("There is: %d.", (int)second);
    rig_expect(rig, "ben", 1, again, only);
}

static void what_waits_can_be_dropped_or_sent_at_once(void **state)
{
    (void)state;
    rig->outcome = TOCSIN_RETRY;
    rig->only = "slow";
    say(0, "slow one");
    say(0, "slow two");
    rig->outcome = TOCSIN_DONE;
    rig_expect(rig, "ben", 0, "actions", "waiting");
    uint64_t ids[2];
    size_t n = 0;
    outbox_each(core_outbox(rig->core), count_action, &n);
    assert_int_equal(n, 2);
    ids[1] = outbox_last_id(core_outbox(rig->core));
    ids[0] = ids[1] - 1;
    CLEANUP_FREE char *drop = xasprintf("actions drop %d", (int)ids[1]);
    CLEANUP_FREE char *again = xasprintf("actions again %d", (int)ids[0]);
    rig_expect(rig, "ben", 0, drop, "Dropped");
    size_t before = rig_sent(rig, "slow one", "");
    rig_expect(rig, "ben", 0, again, "Retrying");
    assert_int_equal(rig_sent(rig, "slow one", ""), before + 1);
    assert_int_equal(rig_sent(rig, "slow two", ""), 0);
    assert_int_equal(undone(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_waited_is_dropped_with_one_word, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_failed_there_is_dropped_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_gets_nothing_more, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_outcome_that_comes_late_changes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_works_again_when_it_is_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refusal_says_which_actions_there_are, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_waits_can_be_dropped_or_sent_at_once, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
