/* The connector that announces while no chat can be reached, and is silent else. */
#include "../command/rig.h"

#include "rooms/rooms.h"

#define CHAT (TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_CHANNELS)

static struct rig *rig;

static void is_up(const char *connector, bool up)
{
    uint64_t can = strcmp(connector, "console") == 0 ? CHAT | TOCSIN_CAN_LOCAL : CHAT;
    for (int i = 0; i < 2 && !up; i++) /* it does not come up again either */
        delivery_connector(rig->core, connector, can, false, "no route to host", rig->now);
    if (up)
        delivery_connector(rig->core, connector, can, true, NULL, rig->now);
    rig_settle(rig);
}

static int set_up(void **state)
{
    static const char *const connectors[] = {"console", "slack", "teams", "irc"};
    (void)state;
    rig = rig_create();
    ((struct core_settings *)(uintptr_t)core_settings(rig->core))->announce_fallback = "irc";
    for (size_t i = 0; i < ARRAY_SIZE(connectors); i++)
        is_up(connectors[i], true);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rig_destroy(rig);
    return 0;
}

static void announce(const char *title)
{
    uint64_t id;
    struct turn *turn = turn_begin(rig->core, rig->now);
    struct command declare = {.verb = "declare", .by = "ben", .text = title};
    assert_int_equal(turn_do(turn, 0, &declare, &id, NULL), 0);
    rooms_announce(turn, turn_incident(turn, id), NULL);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
}

static void say(uint64_t incident, const char *key, const char *text)
{
    struct turn *turn = turn_begin(rig->core, rig->now);
    rooms_say_incident(turn, incident, key, NULL, text);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
}

static void all_chats_fail(void)
{
    is_up("slack", false);
    is_up("teams", false);
}

static void it_is_silent_while_a_chat_is_there(void **state)
{
    (void)state;
    is_up("slack", false);
    announce("checkout is slow");
    say(0, "k1", "the policy has an error");
    assert_int_equal(rig_sent(rig, "teams post", "checkout is slow"), 1);
    assert_int_equal(rig_sent(rig, "teams post", "the policy has an error"), 1);
    assert_int_equal(rig_sent(rig, "irc post", ""), 0);
}

static void it_announces_once_while_none_is_and_says_why_and_when_it_ends(void **state)
{
    (void)state;
    all_chats_fail();
    assert_int_equal(rig_sent(rig, "irc post", "No chat can be reached"), 1);
    assert_int_equal(rig_sent(rig, "irc post", "slack: no route to host; teams: no route to host"), 1);
    assert_int_equal(rig_sent(rig, "irc post", "\"channel\":\"general\""), 1);
    announce("checkout is slow");
    say(0, "k1", "the policy has an error");
    assert_int_equal(rig_sent(rig, "irc post", "checkout is slow"), 1);
    assert_int_equal(rig_sent(rig, "irc post", "the policy has an error"), 1);
    assert_int_equal(rig_sent(rig, "console post", "checkout is slow"), 1); /* which works as ever */
    rig->now += 10 * MINUTE;
    is_up("teams", true);
    assert_int_equal(rig_sent(rig, "irc post", "Back: teams. Incidents are announced there again"), 1);
    assert_int_equal(rig_sent(rig, "irc post", "No chat can be reached"), 1);
    announce("cards are refused");
    assert_int_equal(rig_sent(rig, "irc post", "cards are refused"), 0);
    assert_int_equal(rig_sent(rig, "teams post", "cards are refused"), 1);
}

/* What was to be announced just before is not lost in silence. */
static void what_waits_is_announced_once(void **state)
{
    (void)state;
    is_up("slack", false);
    rig->down = true; /* teams still counts as a chat, but takes nothing */
    announce("checkout is slow");
    say(0, "k1", "the policy has an error");
    is_up("teams", false);
    rig->down = false;
    rig->now += SECOND;
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "irc post", "checkout is slow"), 1);
    assert_int_equal(rig_sent(rig, "irc post", "the policy has an error"), 1);
}

static void what_another_chat_announced_is_no_news(void **state)
{
    (void)state;
    is_up("slack", false);
    rig->only = NULL;
    say(0, "k1", "the policy has an error"); /* in teams, and waits for slack */
    assert_int_equal(rig_sent(rig, "teams post", "the policy has an error"), 1);
    is_up("teams", false);
    assert_int_equal(rig_sent(rig, "irc post", "No chat can be reached"), 1);
    assert_int_equal(rig_sent(rig, "irc post", "the policy has an error"), 0);
}

static void room(uint64_t id, const char *connector, const char *channel, bool private)
{
    struct turn *turn = turn_begin(rig->core, rig->now);
    struct command open = {
        .verb = "channel", .by = "system", .name = connector, .value = channel, .count = private, .flag = true};
    assert_int_equal(turn_do(turn, id, &open, NULL, NULL), 0);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
}

static void what_reaches_no_room_is_said_there(void **state)
{
    (void)state;
    announce("checkout is slow");
    room(1, "slack", "C1", false);
    room(1, "console", "inc-1", false);
    all_chats_fail();
    say(1, "k1", "an update is due");
    assert_int_equal(rig_sent(rig, "irc post", "INC-1: an update is due"), 1);
    room(1, "irc", "#inc-1", false);
    say(1, "k2", "an update is overdue");
    assert_int_equal(rig_sent(rig, "irc post", "INC-1: an update is overdue"), 0);
    assert_int_equal(rig_sent(rig, "irc post", "an update is overdue"), 1);
}

static void nothing_of_a_private_incident_is_announced_there(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "declare --private a leak", "INC-1");
    room(1, "slack", "C1", true);
    all_chats_fail();
    say(1, "k1", "the leak goes on");
    rig_expect(rig, "ben", 1, "status fixing", "INC-1");
    assert_int_equal(rig_sent(rig, "irc post", "leak"), 0);
}

/* A restart tells nobody twice, and the end all the same. */
static void it_outlives_a_restart(void **state)
{
    struct core_settings settings = {
        .parts = core_parts, .zone = "UTC", .announce = "general", .announce_fallback = "irc"};
    struct core_ops ops = *core_ops(rig->core);
    struct error err;
    (void)state;
    all_chats_fail();
    chat_destroy(rig->chat);
    core_destroy(rig->core);
    assert_int_equal(
        core_create(&settings, &ops, rig->journal, RIG_POLICY, &rig->rng, rig->now, &rig->core, &err), 0);
    rig->chat = chat_create(rig->core, NULL, 0);
    is_up("irc", true);
    is_up("slack", false);
    is_up("teams", false);
    assert_int_equal(rig_sent(rig, "irc post", "No chat can be reached"), 1);
    is_up("slack", true);
    assert_int_equal(rig_sent(rig, "irc post", "Back: slack."), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_is_silent_while_a_chat_is_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_announces_once_while_none_is_and_says_why_and_when_it_ends, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_waits_is_announced_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_another_chat_announced_is_no_news, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_reaches_no_room_is_said_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_of_a_private_incident_is_announced_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_outlives_a_restart, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
