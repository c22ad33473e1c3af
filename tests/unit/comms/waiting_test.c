/* An incident that waits for a customer. */
#include "../command/rig.h"

#include "comms/comms.h"

static struct rig *waiting(const char *line)
{
    struct rig *rig = rig_with_room();
    rig_expect(rig, "ana", 1, "customers add acme, Globex Corp", "2 customers");
    if (line)
        rig_expect(rig, "ana", 1, line, "INC-1 waits for");
    return rig;
}

static void answers(struct rig *rig, const char *customer, bool automatic)
{
    struct turn *turn = turn_begin(rig->core, rig->now);
    comms_replied(turn,
                  &(struct reply){.customer = customer, .text = "it works again", .automatic = automatic});
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
}

static void their_answer_wakes_it(void **state)
{
    (void)state;
    struct rig *rig = waiting("wait for acme until friday");
    assert_int_equal(rig_incident(rig, 1)->status, STATUS_PAUSED);
    assert_string_equal(rig_incident(rig, 1)->pause.reason, "waiting for acme");
    answers(rig, "Globex Corp", false);
    answers(rig, "acme", true); /* out of office */
    assert_int_equal(rig_incident(rig, 1)->status, STATUS_PAUSED);
    answers(rig, "ACME", false);
    assert_int_equal(rig_incident(rig, 1)->status, STATUS_INVESTIGATING);
    assert_int_equal(rig_sent(rig, "console post", "acme answered, so the pause is over (waiting for acme)"),
                     1);
    rig_expect(rig, "ana", 1, "timeline", "resumed it: acme answered");
    answers(rig, "acme", false);
    assert_int_equal(rig_sent(rig, "console post", "so the pause is over"), 1);
    rig_destroy(rig);
}

static void or_the_time_does(void **state)
{
    (void)state;
    struct rig *rig = waiting("wait for acme for 2h");
    rig->now += 2 * HOUR;
    rig_settle(rig);
    assert_int_equal(rig_incident(rig, 1)->status, STATUS_INVESTIGATING);
    assert_int_equal(rig_sent(rig, "console post", "the pause is over (waiting for acme)"), 1);
    rig_expect(rig, "ana", 1, "pause lunch for 1h", "paused");
    assert_null(rig_incident(rig, 1)->pause.customer);
    answers(rig, "acme", false);
    assert_int_equal(rig_incident(rig, 1)->status, STATUS_PAUSED);
    rig_destroy(rig);
}

static void names_are_read_whole_or_followed_by_what_for(void **state)
{
    (void)state;
    struct rig *rig = waiting("wait for Globex Corp until tomorrow 9:00");
    assert_string_equal(rig_incident(rig, 1)->pause.customer, "Globex Corp");
    rig_expect(rig, "ana", 1, "resume", "");
    rig_expect(rig, "ana", 1, "wait for acme to send their logs until tomorrow 9:00", "INC-1 waits for acme");
    assert_string_equal(rig_incident(rig, 1)->pause.reason, "waiting for acme to send their logs");
    rig_destroy(rig);
}

static void what_cannot_be_waited_for_is_refused(void **state)
{
    (void)state;
    struct rig *rig = waiting(NULL);
    rig_expect(rig, "ana", 1, "wait for initech until friday", "! INC-1 affects no customer called 'initech'");
    rig_expect(rig, "ana", 1, "wait for acme", "! Say until when at most: `INC-1 wait for acme until friday`");
    rig_expect(rig, "ana", 1, "wait for acme2",
               "! Say until when at most: `INC-1 wait for acme2 until friday`");
    rig_expect(rig, "ana", 1, "wait for acme2 for 2 hourz", "! I can't read 'for 2 hourz' as a time");
    rig_expect(rig, "ana", 1, "wait for acme until yesterday", "! ");
    rig_expect(rig, "ana", 1, "wait for acme until 1 January 2020", "! ");
    rig_expect(rig, "ana", 1, "wait until friday", "! ");
    rig_expect(rig, "ana", 1, "wait", "! ");
    assert_int_equal(rig_incident(rig, 1)->status, STATUS_INVESTIGATING);
    rig_destroy(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(their_answer_wakes_it),
        cmocka_unit_test(or_the_time_does),
        cmocka_unit_test(names_are_read_whole_or_followed_by_what_for),
        cmocka_unit_test(what_cannot_be_waited_for_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
