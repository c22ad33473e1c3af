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
    rig->outcome = TOCSIN_AUTH;
    say("first");
    assert_non_null(link_held(rig->core, "console"));
    assert_int_equal(rig->checks, 0);
    rig->outcome = TOCSIN_DONE;
    say("second");
    assert_int_equal(rig_sent(rig, "second", ""), 0);
    rig_expect(rig, "ben", 0, "actions", "Not sent yet: 2");
    rig_expect(rig, "ben", 0, "actions", "waiting");
    pass(30 * SECOND);
    assert_int_equal(rig->checks, 0);
    pass(31 * SECOND);
    assert_int_equal(rig->checks, 1);
    pass(5 * SECOND);
    assert_int_equal(rig->checks, 1);
    pass(MINUTE);
    assert_int_equal(rig->checks, 2);
    assert_int_equal(rig_sent(rig, "second", ""), 0);
    delivery_mended(rig->core, "console", rig->now);
    rig_settle(rig);
    assert_null(link_held(rig->core, "console"));
    assert_int_equal(rig_sent(rig, "first", ""), 2);
    assert_int_equal(rig_sent(rig, "second", ""), 1);
    pass(HOUR);
    assert_int_equal(rig->checks, 2);
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
        cmocka_unit_test_setup_teardown(its_trouble_is_reported_in_the_incidents_it_affects, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_edit_that_replaces_a_waiting_one_is_sent, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
