/* What the policy says of a month, and the digest. It is Mon 23 Nov 2026 15:06 UTC. */
#include <inttypes.h>

#include "../command/policy_rig.h"

#include "review/review.h"

#define TEAMS "team { name = 'pay', people = { 'ben' }, channel = 'pay-room' }\n"

static void later(duration d)
{
    rig->now += d;
    rig_settle(rig);
}

static void incident(const char *team, duration lasted)
{
    CLEANUP_FREE char *line = xasprintf("declare it is slow --team %s", team),
                      *said = rig_line(rig, "ben", 0, line);
    uint64_t id = strtoull(strstr(said, "INC-") + 4, NULL, 10);
    later(lasted);
    rig_expect(rig, "ben", id, "resolve", "");
    later(SECOND);
}

static void a_policy_says_what_a_month_means(void **state)
{
    (void)state;
    policy_rig_begin(
        TEAMS "insight { name = 'mine', by = 'team', say = function(now, past, all)\n"
              "  return now.name .. ': ' .. now.incidents .. ' of ' .. all.incidents .. ', past ' .. "
              "past.months .. '/' .. past.incidents .. ', over ' .. tostring(now.over)\n"
              "end }\n"
              "insight { name = 'wrong', by = 'team', say = function(now) return now.nothing.more end }\n");
    incident("pay", HOUR);
    incident("web", HOUR);
    rig_expect(rig, "ben", 0, "insights", "- pay: 1 of 2, past 0/0, over false\n");
    rig_expect(rig, "ben", 0, "insights", "- web: 1 of 2, past 0/0, over false\n");
    later(14 * DAY);
    incident("pay", HOUR);
    rig_expect(rig, "ben", 0, "insights", "- pay: 1 of 1, past 1/1, over false\n");
    rig_expect(rig, "ben", 0, "insights last month", "over true\n");
}

static void a_team_with_a_rough_time_is_named(void **state)
{
    (void)state;
    policy_rig_begin(TEAMS);
    incident("pay", 8 * HOUR);
    later(14 * DAY);
    incident("pay", 20 * HOUR);
    rig_expect(rig, "ben", 0, "insights",
               "- pay has a rough time: 20 hours of people's time, against 8 in an ordinary month\n");
}

static void the_digest_names_what_ended_incidents_owe(void **state)
{
    (void)state;
    policy_rig_begin(TEAMS);
    rig_expect(rig, "ben", 0, "declare it is slow --team pay --sev major", "INC-1");
    later(HOUR);
    rig_expect(rig, "ben", 1, "resolve", "");
    later(6 * DAY + 20 * HOUR);
    assert_int_equal(rig_sent(rig, "pay-room", "Still owed\\n- **INC-1** finish the write-up"), 1);
}

static void a_team_gets_its_month_each_monday(void **state)
{
    (void)state;
    policy_rig_begin(TEAMS "team { name = 'web', people = { 'ben' } }\nteam { name = 'idle', people = { 'ben' "
                           "}, channel = 'idle-room' }\n");
    incident("pay", HOUR);
    incident("web", HOUR);
    rig_expect(rig, "ben", 0, "INC-1 followup tune the pool by tomorrow", "");
    later(5 * DAY);
    assert_int_equal(rig_sent(rig, "so far", "\"channel\":\"pay-room\""), 0);
    later(DAY + 12 * HOUR); /* Mon 30 Nov, before nine */
    later(6 * HOUR);
    assert_int_equal(rig_sent(rig, "pay in 2026-11 so far", "\"channel\":\"pay-room\""), 1);
    assert_int_equal(rig_sent(rig, "1 incident ended (INC-1)", "Follow-ups: 1 open, 1 of them overdue"), 1);
    assert_int_equal(rig_sent(rig, "so far", "\"channel\":\"idle-room\""), 0);
    policy_rig_restart(NULL);
    delivery_connector(rig->core, "console", TOCSIN_CAN_POST, true, NULL, rig->now);
    later(HOUR);
    assert_int_equal(rig_sent(rig, "so far", "\"channel\":\"pay-room\""), 1);
    later(7 * DAY); /* the first days of a month: of the one that ended */
    assert_int_equal(rig_sent(rig, "pay in 2026-11", "\"channel\":\"pay-room\""), 2);
}

static bool digest_is_under_way(void)
{
    struct journal_doc doc;
    if (journal_doc(rig->journal, DOC_META, "digest sent", &doc, NULL))
        return false;
    bool there = strchr(doc.body, ' ') != NULL;
    journal_doc_finish(&doc);
    return there;
}

/* It stops after some of them. */
static void each_team_gets_it_once(void **state)
{
    static const char *const teams[] = {"web", "pay", "ops"};
    (void)state;
    policy_rig_begin("for _, name in ipairs { 'web', 'pay', 'ops' } do\n"
                     "  team { name = name, people = { 'ben' }, channel = name .. '-room' }\n"
                     "end\n");
    for (size_t i = 0; i < ARRAY_SIZE(teams); i++)
        incident(teams[i], HOUR);
    delivery_connector(rig->core, "console", TOCSIN_CAN_POST, false, NULL, rig->now);
    rig->now += 7 * DAY;
    for (int i = 0; i < 50 && !digest_is_under_way(); i++) {
        core_tick(rig->core, rig->now);
        journal_step(rig->journal);
    }
    assert_true(digest_is_under_way());
    policy_rig_restart(NULL);
    delivery_connector(rig->core, "console", TOCSIN_CAN_POST, true, NULL, rig->now);
    later(HOUR);
    for (size_t i = 0; i < ARRAY_SIZE(teams); i++) {
        CLEANUP_FREE char *channel = xasprintf("\"channel\":\"%s-room\"", teams[i]);
        assert_int_equal(rig_sent(rig, "so far", channel), 1);
    }
}

/* The clock was a year ahead when the last one went. */
static void a_clock_that_was_wrong_silences_nobody(void **state)
{
    (void)state;
    policy_rig_begin("team { name = 'pay', people = { 'ben' }, channel = 'pay-room' }\n");
    struct turn *turn = turn_begin(rig->core, rig->now);
    CLEANUP_FREE char *text = xasprintf("%" PRId64, rig->now + 365 * DAY);
    batch_doc(turn_batch(turn), DOC_META, "digest sent", text);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    policy_rig_restart(NULL);
    delivery_connector(rig->core, "console", TOCSIN_CAN_POST, true, NULL, rig->now);
    incident("pay", HOUR);
    later(7 * DAY);
    assert_int_equal(rig_sent(rig, "so far", "\"channel\":\"pay-room\""), 1);
}

/* The channel may be on a platform whose connector nobody knows yet. */
static void it_waits_for_connectors_that_start(void **state)
{
    (void)state;
    policy_rig_begin(TEAMS);
    incident("pay", HOUR);
    delivery_add(rig->core, "late");
    later(7 * DAY);
    assert_int_equal(rig_sent(rig, "so far", "pay-room"), 0);
    delivery_connector(rig->core, "late", TOCSIN_CAN_POST, true, NULL, rig->now);
    later(MINUTE);
    assert_int_equal(rig_sent(rig, "late post", "so far"), 1);
    assert_int_equal(rig_sent(rig, "console post", "so far"), 1);
}

/* Where nobody draws, in words. */
static void it_shows_the_months_before(void **state)
{
    (void)state;
    policy_rig_begin(TEAMS);
    incident("pay", 8 * HOUR);
    later(14 * DAY);
    incident("pay", 20 * HOUR);
    later(7 * DAY);
    assert_int_equal(rig_sent(rig, "pay in 2026-12 so far", "Nov 8h; Dec so far 20 h"), 1);
    assert_int_equal(rig_sent(rig, "\"svg\"", ""), 0);
}

static void a_team_can_do_without(void **state)
{
    (void)state;
    policy_rig_begin("team { name = 'pay', people = { 'ben' }, channel = 'pay-room', digest = false }\n");
    incident("pay", HOUR);
    later(8 * DAY);
    assert_int_equal(rig_sent(rig, "so far", ""), 0);
}

static void what_is_no_insight_is_refused(void **state)
{
    static const char *const wrong[][2] = {
        {"insight { name = 'x', by = 'colour', say = function() end }", "by must be \"team\""},
        {"insight { name = 'x', by = 'team' }", "say is missing"},
        {"insight { by = 'team', say = function() end }", "name"},
        {"insight { name = 'x', by = 'team', says = function() end }", "say"},
    };
    struct error err;
    (void)state;
    policy_rig_begin(TEAMS);
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        policy_dir_write(&policies, "team.lua", wrong[i][0]);
        assert_int_not_equal(policy_dir_load(&policies, &err), 0);
        if (!strstr(err.text, wrong[i][1]))
            fail_msg("%s: %s", wrong[i][0], err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_policy_says_what_a_month_means, tear_down),
        cmocka_unit_test_teardown(a_team_with_a_rough_time_is_named, tear_down),
        cmocka_unit_test_teardown(the_digest_names_what_ended_incidents_owe, tear_down),
        cmocka_unit_test_teardown(a_team_gets_its_month_each_monday, tear_down),
        cmocka_unit_test_teardown(each_team_gets_it_once, tear_down),
        cmocka_unit_test_teardown(it_waits_for_connectors_that_start, tear_down),
        cmocka_unit_test_teardown(it_shows_the_months_before, tear_down),
        cmocka_unit_test_teardown(a_team_can_do_without, tear_down),
        cmocka_unit_test_teardown(a_clock_that_was_wrong_silences_nobody, tear_down),
        cmocka_unit_test_teardown(what_is_no_insight_is_refused, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
