/* A connector whose credentials are refused: nothing is lost, a person is told, and it continues by itself once they work. */
#include "../command/rig.h"

#include "delivery/delivery.h"
#include "rooms/rooms.h"

static struct rig *rig;

static int set_up(void **state)
{
    (void)state;
    rig = rig_create();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rig_destroy(rig);
    return 0;
}

static void say(const char *text)
{
    struct turn *turn = turn_begin(rig->core, rig->now);
    rooms_say_incident(turn, 0, text, NULL, text);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
}

static void pass(duration span)
{
    rig->now += span;
    rig_settle(rig);
}

static void it_is_checked_until_its_credentials_work(void **state)
{
    (void)state;
    int before = rig->checks; /* one when it came up */
    rig->outcome = TOCSIN_AUTH;
    say("first");
    assert_non_null(link_held(rig->core, "console"));
    assert_int_equal(rig->checks, before);
    rig->outcome = TOCSIN_DONE;
    say("second");
    assert_int_equal(rig_sent(rig, "second", ""), 0);
    rig_expect(rig, "ben", 0, "actions", "Not sent yet: 2");
    rig_expect(rig, "ben", 0, "actions", "waiting");
    pass(30 * SECOND);
    assert_int_equal(rig->checks, before);
    pass(31 * SECOND);
    assert_int_equal(rig->checks, before + 1);
    pass(5 * SECOND);
    assert_int_equal(rig->checks, before + 1);
    pass(MINUTE);
    assert_int_equal(rig->checks, before + 2);
    assert_int_equal(rig_sent(rig, "second", ""), 0);
    delivery_mended(rig->core, "console", rig->now);
    rig_settle(rig);
    assert_null(link_held(rig->core, "console"));
    assert_int_equal(rig_sent(rig, "first", ""), 2);
    assert_int_equal(rig_sent(rig, "second", ""), 1);
    for (int i = 0; i < 6; i++)
        pass(10 * MINUTE);
    assert_int_equal(rig->checks, before + 2 + 6); /* now and then, to notice what nobody sends */
}

/* Actions that fail in a row, over some seconds, say that the platform does not answer. */
static void a_platform_that_does_not_answer_is_unreachable(void **state)
{
    (void)state;
    instant since;
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    rig_room(rig, 1, "room");
    rig->outcome = TOCSIN_RETRY;
    instant began = rig->now;
    say("first");
    assert_null(link_unreachable(rig->core, "console", &since));
    pass(2 * SECOND);
    assert_null(link_unreachable(rig->core, "console", &since));
    pass(8 * SECOND);
    assert_string_equal(link_unreachable(rig->core, "console", &since), "no such channel");
    assert_int_equal(since, began);
    rig_expect(rig, "ben", 1, "timeline", "connector console has trouble: no such channel");
    rig->outcome = TOCSIN_DONE;
    pass(MINUTE);
    assert_null(link_unreachable(rig->core, "console", &since));
    rig_expect(rig, "ben", 1, "timeline", "connector console is back");
}

/* One that fails once, or is told to slow down, is not. */
static void a_hiccup_or_a_rate_limit_is_no_outage(void **state)
{
    (void)state;
    instant since;
    rig->outcome = TOCSIN_RETRY;
    say("first");
    rig->outcome = TOCSIN_DONE;
    pass(10 * SECOND);
    assert_null(link_unreachable(rig->core, "console", &since));
    rig->retry_after = SECOND;
    rig->outcome = TOCSIN_RETRY;
    say("second");
    for (int i = 0; i < 10; i++)
        pass(2 * SECOND);
    assert_null(link_unreachable(rig->core, "console", &since));
}

static void a_connector_can_say_that_its_platform_is_gone(void **state)
{
    (void)state;
    instant since;
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    rig_room(rig, 1, "room");
    delivery_health(rig->core, "console", "no connection can be opened", rig->now);
    assert_string_equal(link_unreachable(rig->core, "console", &since), "no connection can be opened");
    assert_int_equal(since, rig->now);
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "console post", "The connection to console has trouble: no connection"), 1);
    delivery_health(rig->core, "console", NULL, rig->now);
    assert_null(link_unreachable(rig->core, "console", &since));
}

static void checked(int code, const char *text, const char *channel)
{
    delivery_checked(rig->core, "console", &(struct delivery_check){code, text, channel}, rig->now);
    rig_settle(rig);
}

static void a_check_that_fails_says_it_before_anything_is_sent(void **state)
{
    (void)state;
    instant since;
    checked(TOCSIN_E_FAILED, "Slack could not be reached", NULL);
    assert_string_equal(link_unreachable(rig->core, "console", &since), "Slack could not be reached");
    checked(0, "", NULL);
    assert_null(link_unreachable(rig->core, "console", &since));
    checked(TOCSIN_E_AUTH, "the token was revoked", NULL);
    assert_string_equal(link_held(rig->core, "console"), "the token was revoked");
    say("waits");
    assert_int_equal(rig_sent(rig, "waits", ""), 0);
    checked(0, "", NULL);
    assert_null(link_held(rig->core, "console"));
    assert_int_equal(rig_sent(rig, "waits", ""), 1);
}

/* The channel for announcements is not there: another connector says so, once. */
static void a_missing_channel_for_announcements_is_told_elsewhere(void **state)
{
    (void)state;
    delivery_connector(rig->core, "slack", TOCSIN_CAN_POST, true, NULL, rig->now);
    checked(0, "", "there is no channel #general");
    assert_int_equal(rig_sent(rig, "slack post: {\"channel\":\"general\"",
                              "Console cannot post announcements in general: there is no channel"),
                     1);
    checked(0, "", "there is no channel #general");
    assert_int_equal(rig_sent(rig, "cannot post announcements", ""), 1);
    assert_non_null(link_find(rig->core, "console")->unannounced);
    checked(0, "", NULL);
    assert_null(link_find(rig->core, "console")->unannounced);
}

/* An announcement that a platform refuses is told in the incident's room; what is about no incident, elsewhere. */
static void what_cannot_be_announced_is_told_where_it_can(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    rig_room(rig, 1, "room");
    delivery_connector(rig->core, "slack", TOCSIN_CAN_POST, true, NULL, rig->now);
    rig->only = "slack post";
    rig->outcome = TOCSIN_REFUSED;
    struct turn *turn = turn_begin(rig->core, rig->now);
    rooms_announce(turn, turn_incident(turn, 1), NULL);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "console post: {\"channel\":\"room\"",
                              "Slack could not announce this in 'general': no such channel. Retry with"),
                     1);
    say("the policy has an error");
    assert_int_equal(rig_sent(rig, "console post: {\"channel\":\"general\"",
                              "Slack could not post in general: no such channel. `why "),
                     1);
    rig->outcome = TOCSIN_DONE;
    say("it works again");
    assert_null(link_find(rig->core, "slack")->unannounced);
}

/* A newer edit that replaces a waiting one, in a turn of its own, is sent as soon as it may be. */
static void an_edit_that_replaces_a_waiting_one_is_sent(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    rig_room(rig, 1, "room");
    rig->down = true;
    rig_expect(rig, "ben", 1, "sev major", "major");
    rig_expect(rig, "ben", 1, "sev critical", "critical");
    rig_expect(rig, "ben", 0, "actions", "Nothing is stuck. Actions on their way: ");
    rig->now += 11 * SECOND;
    rig_expect(rig, "ben", 0, "actions", "Not sent yet");
    rig->down = false;
    pass(SECOND);
    assert_int_equal(rig_sent(rig, "console edit", "\"major\""), 0);
    assert_true(rig_sent(rig, "console edit", "\"critical\"") >= 1);
}

/* A connector without a channel of the incident, but with something of it to send. */
static void its_trouble_is_reported_in_the_incidents_it_affects(void **state)
{
    (void)state;
    delivery_connector(rig->core, "pager", TOCSIN_CAN_POST | TOCSIN_CAN_EDIT, true, NULL, rig->now);
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    rig_room(rig, 1, "room");
    delivery_connector(rig->core, "pager", TOCSIN_CAN_POST | TOCSIN_CAN_EDIT, false, "it crashed", rig->now);
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "The connection to pager has trouble: it crashed", "room"), 0);
    delivery_connector(rig->core, "pager", TOCSIN_CAN_POST | TOCSIN_CAN_EDIT, true, NULL, rig->now);
    pass(HOUR);
    delivery_connector(rig->core, "console", 0, false, NULL, rig->now); /* an orderly stop */
    delivery_connector(rig->core, "console", TOCSIN_CAN_POST | TOCSIN_CAN_EDIT, true, NULL, rig->now);
    pass(MINUTE);
    assert_int_equal(rig_sent(rig, "has trouble", ""), 0);
    assert_int_equal(rig_sent(rig, "is back", ""), 0);
    rig->down = true;
    struct place place = {.connector = "pager", .channel = "team"};
    struct turn *turn = turn_begin(rig->core, rig->now);
    rooms_say(turn, &place, 1, "word", NULL, "a word to the team");
    turn_commit(turn, NULL, NULL);
    delivery_connector(rig->core, "pager", TOCSIN_CAN_POST | TOCSIN_CAN_EDIT, false, "it crashed", rig->now);
    rig->down = false;
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "console post", "The connection to pager has trouble: it crashed"), 1);
    rig_expect(rig, "ben", 1, "timeline", "pager");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_is_checked_until_its_credentials_work, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_platform_that_does_not_answer_is_unreachable, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_hiccup_or_a_rate_limit_is_no_outage, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_connector_can_say_that_its_platform_is_gone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_check_that_fails_says_it_before_anything_is_sent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_missing_channel_for_announcements_is_told_elsewhere, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_announced_is_told_where_it_can, set_up, tear_down),
        cmocka_unit_test_setup_teardown(its_trouble_is_reported_in_the_incidents_it_affects, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_edit_that_replaces_a_waiting_one_is_sent, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
