/* Who follows the announcements is told, once each time, that an incident is critical or resolved. */
#include "../command/rig.h"

static struct rig *rig;

static int set_up(void **state)
{
    (void)state;
    rig = rig_with_room();
    struct turn *turn = turn_begin(rig->core, rig->now);
    struct command card = {.verb = "card", .by = "system", .name = "console", .value = "general", .text = "m9"};
    assert_int_equal(turn_do(turn, 1, &card, NULL, NULL), 0);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rig_destroy(rig);
    return 0;
}

static size_t told(const char *text)
{
    return rig_sent(rig, "console post: {\"channel\":\"general\"", text);
}

static void critical_is_told_each_time_it_becomes_so(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 1, "sev major", "major");
    assert_int_equal(told("is now"), 0);
    rig_expect(rig, "ben", 1, "sev critical", "critical");
    assert_int_equal(told("**INC-1 checkout is slow** is now critical."), 1);
    CLEANUP_FREE char *again = rig_line(rig, "ben", 1, "sev critical");
    assert_int_equal(told("is now critical"), 1);
    rig_expect(rig, "ben", 1, "sev minor", "minor");
    rig_expect(rig, "ben", 1, "sev critical", "critical");
    assert_int_equal(told("is now critical"), 2);
    assert_int_equal(rig_sent(rig, "\"channel\":\"room\"", "** is now critical"),
                     0); /* the room has its answer */
}

static void resolved_is_told_with_what_helped(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 1, "fix", "INC-1");
    rig_expect(rig, "ben", 1, "resolve rolled *back*", "resolved");
    assert_int_equal(told("**INC-1 checkout is slow** is now resolved: rolled \\\\*back\\\\*"), 1);
    rig->now += 5 * SECOND;
    rig_settle(rig);
    assert_true(rig_sent(rig, "console edit: {\"channel\":\"general\",\"message\":\"m9\"", "resolved") > 0);
    rig_expect(rig, "ben", 1, "reopen it is back", "reopened");
    rig_expect(rig, "ben", 1, "resolve", "resolved");
    assert_int_equal(told("**INC-1 checkout is slow** is now resolved"), 2);
}

static void whoever_reads_the_answer_is_not_told_again(void **state)
{
    (void)state;
    const char *const typed =
        "{'type':'message','id':'%d','channel':'%s'%s,'user':{'id':'ben','name':'Ben'},'text':'!inc INC-1 %s'}";
    const struct {
        const char *channel, *thread, *command, *answer;
        size_t told; /* so far */
    } lines[] = {
        {"general", "", "sev critical", "set the severity of INC-1 to critical", 0},
        {"general", "", "sev minor", "to minor", 0},
        {"room", "", "sev critical", "to critical", 1},
        {"general", "", "sev critical", "already critical", 1},
        {"general", ",'thread':'t1'", "resolve done", "resolved INC-1", 2},
        {"general", "", "reopen it is back", "reopened INC-1", 2},
        {"general", "", "resolve done", "resolved INC-1", 2},
    };
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        CLEANUP_FREE char *event =
            xasprintf(typed, (int)i + 1, lines[i].channel, lines[i].thread, lines[i].command);
        rig_event(rig, event);
        CLEANUP_FREE char *channel = xasprintf("\"channel\":\"%s\"", lines[i].channel);
        assert_true(rig_sent(rig, channel, lines[i].answer) > 0);
        if (told("is now") != lines[i].told)
            fail_msg("%s in %s: told %zu times", lines[i].command, lines[i].channel, told("is now"));
    }
}

static void a_private_incident_is_no_news(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 1, "private", "private");
    rig_expect(rig, "ben", 1, "sev critical", "critical");
    rig_expect(rig, "ben", 1, "resolve", "resolved");
    assert_int_equal(told("is now"), 0);
}

static void what_is_declared_critical_is_announced_as_such(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "declare --sev critical payments are down", "INC-2");
    assert_int_equal(told("** is now critical"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(critical_is_told_each_time_it_becomes_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(resolved_is_told_with_what_helped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whoever_reads_the_answer_is_not_told_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_private_incident_is_no_news, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_declared_critical_is_announced_as_such, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
