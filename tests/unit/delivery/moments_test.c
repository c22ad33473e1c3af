/* A connector that shows each reader their own zone gets moments; every other gets their text. */
#include "../command/rig.h"

static struct rig *rig;

static int set_up(void **state)
{
    (void)state;
    rig = rig_with_room();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rig_destroy(rig);
    return 0;
}

static void work(void)
{
    rig_expect(rig, "ben", 1, "pause waiting for [the bank](time:7) until tomorrow 9:00", "paused");
    rig->now += 5 * SECOND;
    rig_settle(rig);
    rig_event(rig, "{'type':'join','id':'j','user':{'id':'ana'},'channel':'room'}");
}

static void without_the_ability_times_have_their_zone(void **state)
{
    (void)state;
    work();
    assert_int_equal(rig_sent(rig, "](time:17", ""), 0);
    assert_true(
        rig_sent(rig, "console edit", "paused until Tue 24 Nov 09:00 UTC: waiting for [the bank](time:7)") >
        0); /* a value is as it was typed */
    assert_true(rig_sent(rig, "\"footer\":\"declared Mon 23 Nov 15:06 UTC by Ben\"", "") > 0);
}

static void with_it_they_are_moments(void **state)
{
    (void)state;
    delivery_connector(rig->core, "console",
                       TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_PAGE | TOCSIN_CAN_TIMES, true, NULL,
                       rig->now);
    work();
    assert_true(rig_sent(rig, "console edit",
                         "paused until [Tue 24 Nov 09:00 UTC](time:1795510800): waiting for \\\\[the bank") >
                0);
    assert_true(rig_sent(rig, "\"value\":\"paused until Tue 24 Nov 09:00 UTC: waiting for", "") > 0);
    assert_true(
        rig_sent(rig, "\"footer_text\":\"declared [Mon 23 Nov 15:06 UTC](time:1795446382) by Ben\"", "") > 0);
    assert_true(rig_sent(rig, "- [today 16:06](time:", "Ben declared it") > 0);
}

/* What people type as a reason is theirs; in a title it is a value, whatever it looks like. */
static void a_value_is_no_moment(void **state)
{
    (void)state;
    delivery_connector(rig->core, "console",
                       TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_PAGE | TOCSIN_CAN_TIMES, true, NULL,
                       rig->now);
    rig_expect(rig, "ben", 1, "title it broke [now](time:7)", "it broke");
    rig->now += 5 * SECOND;
    rig_settle(rig);
    rig_event(rig, "{'type':'join','id':'j','user':{'id':'ana'},'channel':'room'}");
    rig_expect(rig, "ben", 1, "timeline", "\\[now\\](time:7)");
    rig_expect(rig, "ben", 0, "list", "\\[now\\](time:7)");
    assert_true(rig_sent(rig, "INC-1 it broke [now](time:7)", "\"title\"") > 0); /* plain text */
    assert_true(rig_sent(rig, "\\\\[now\\\\](time:7)", "") > 0);                 /* in CommonMark */
    assert_int_equal(rig_sent(rig, "called it: it broke [now]", ""), 0);
}

static void programs_and_terminals_get_the_text(void **state)
{
    (void)state;
    struct asker asker = {.person = "ben", .here = 1};
    struct answer answer = {0};
    CLEANUP_STR struct str out = {0};
    struct turn *turn = turn_begin(rig->core, rig->now);
    command_run(turn, &asker, "timeline", &answer);
    turn_commit(turn, NULL, NULL);
    assert_non_null(strstr(answer.text.p, "](time:"));
    answer_encode(&answer, &out);
    assert_null(strstr(out.p, "](time:"));
    assert_non_null(strstr(out.p, "today 15:06"));
    answer_finish(&answer);
    rig_settle(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_the_ability_times_have_their_zone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(with_it_they_are_moments, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_value_is_no_moment, set_up, tear_down),
        cmocka_unit_test_setup_teardown(programs_and_terminals_get_the_text, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
