/* Storms, with limits that are quickly reached: beyond a number of incidents, problems are gathered in one. */
#include <inttypes.h>

#include "sight/sight.h"

#define TEAM_POLICY                                                                                            \
    "services { important = { 'checkout' } }\n"                                                                \
    "storm { name = 'storm-of-service', limit = 10, within = '5m', by = 'service' }\n"                         \
    "storm { name = 'storm-of-rule', limit = 30, within = '5m', by = 'rule' }\n"                               \
    "rule { name = 'vault', priority = 9, match = { title = 'vault*' }, declare = { private = true } }\n"      \
    "rule { name = 'fire', priority = 9, match = { title = 'fire*' }, declare = { severity = 'critical', "     \
    "page "                                                                                                    \
    "= "                                                                                                       \
    "'ben' } }\n"
#include "rig.h"

static uint64_t next_fingerprint = 0x1000;

/* Takes n new problems; returns the fingerprint of the last. */
static uint64_t problems(int n, const char *service, const char *title)
{
    for (int i = 0; i < n; i++)
        take_alert(++next_fingerprint, "alertmanager", service, title, ALERT_FIRING);
    return next_fingerprint;
}

static const struct incident *incident(uint64_t id)
{
    const struct incident *found = sight_incident(rig->core, id, "ana-maria");
    assert_non_null(found);
    return found;
}

static void problems_are_gathered_from_the_eleventh_on(void **state)
{
    (void)state;
    problems(10, "web", "disk is full");
    assert_int_equal(live_open_count(rig->core), 10);
    uint64_t last = problems(30, "web", "disk is full");
    assert_int_equal(live_open_count(rig->core), 10);
    assert_int_equal(incident(10)->affected.alerts.n, 31);
    assert_int_equal(incident(10)->places.related.n, 9);
    assert_int_equal(rig_sent(rig, "Alert storm", "more than 10 incidents of service web within 5m"), 1);
    CLEANUP_FREE char *why = xasprintf("why %016" PRIx64, last);
    rig_expect(rig, "ben", 0, why, "gathered by storm{} at team.lua:");
    rig_expect(rig, "ben", 10, "why", "part of a storm");
}

static void gathered_problems_are_named(void **state)
{
    (void)state;
    problems(10, "web", "disk is full");
    problems(1, "web", "no route to host");
    uint64_t last = problems(1, "web", "clock is wrong");
    take_alert(last, "alertmanager", "web", "clock is wrong", ALERT_RESOLVED);
    rig->now += SECOND; /* a card is edited once a second */
    rig_settle(rig);
    assert_int_equal(
        rig_sent(rig, "3 in 3 groups, 1 resolved: disk is full; no route to host; clock is wrong", "INC-10"),
        1);
    rig_expect(rig, "ben", 10, "decline only a blip",
               "This applies to all 3 problems in it: disk is full; no route to host; clock is wrong");
}

static void another_service_is_another_storm(void **state)
{
    (void)state;
    problems(11, "web", "disk is full");
    problems(10, "mail", "disk is full");
    assert_int_equal(live_open_count(rig->core), 20);
}

static void many_services_are_one_storm_of_a_rule(void **state)
{
    (void)state;
    for (int i = 0; i < 60; i++) {
        CLEANUP_FREE char *service = xasprintf("svc%d", i);
        problems(1, service, "disk is full");
    }
    assert_int_equal(live_open_count(rig->core), 30);
    assert_int_equal(incident(30)->affected.alerts.n, 31);
    assert_int_equal(rig_sent(rig, "Alert storm", "more than 30 incidents of rule default/policy.lua:"), 1);
}

static void a_storm_that_is_over_is_forgotten(void **state)
{
    (void)state;
    problems(13, "web", "disk is full");
    rig->now += 6 * MINUTE;
    problems(1, "web", "disk is full");
    assert_int_equal(live_open_count(rig->core), 11);
}

static void a_severe_problem_is_not_gathered_in_a_minor_incident(void **state)
{
    (void)state;
    problems(11, "web", "disk is full");
    problems(3, "web", "fire in the cellar");
    assert_int_equal(live_open_count(rig->core), 11);
    assert_string_equal(incident(11)->severity, "critical");
    assert_int_equal(incident(11)->affected.alerts.n, 3);
    assert_int_equal(rig_sent(rig, "console page", "\"user\":\"ben\""), 1);
    problems(2, "web", "vault is open");
    assert_int_equal(live_open_count(rig->core), 13);
}

static void an_ended_incident_gathers_nothing(void **state)
{
    (void)state;
    problems(11, "web", "disk is full");
    rig_expect(rig, "ben", 10, "decline noise", "Ben declined INC-10");
    problems(1, "web", "disk is full");
    assert_int_equal(incident(9)->affected.alerts.n, 2);
    for (uint64_t id = 1; id <= 9; id++) {
        CLEANUP_FREE char *line = xasprintf("decline %" PRIu64, id);
        rig_expect(rig, "ben", id, "decline noise", "declined");
    }
    problems(3, "web", "disk is full");
    assert_int_equal(live_open_count(rig->core), 1);
    assert_int_equal(incident(11)->affected.alerts.n, 3);
}

static void gathered_problems_are_followed(void **state)
{
    (void)state;
    uint64_t last = problems(12, "web", "disk is full");
    take_alert(last, "alertmanager", "web", "disk is full", ALERT_RESOLVED);
    assert_int_equal(rig_sent(rig, "resolved", "If this is over"), 0);
    take_alert(last - 1, "alertmanager", "web", "disk is full", ALERT_RESOLVED);
    take_alert(last - 2, "alertmanager", "web", "disk is full", ALERT_RESOLVED);
    assert_int_equal(rig_sent(rig, "All 3 alerts resolved", "If this is over"), 1);
    rig_expect(rig, "ben", 10, "accept", "Ben accepted INC-10");
    rig_expect(rig, "ben", 10, "resolve disk is larger", "Ben resolved INC-10");
    rig->now += HOUR;
    take_alert(last, "alertmanager", "web", "disk is full", ALERT_FIRING);
    assert_int_equal(live_open_count(rig->core), 10); /* a regression, with an incident of its own */
}

static void an_incident_lists_a_limited_number_of_problems(void **state)
{
    (void)state;
    uint64_t last = problems(STATE_ALERTS + 50, "web", "disk is full");
    assert_int_equal(live_open_count(rig->core), 10);
    assert_int_equal(incident(10)->affected.alerts.n, STATE_ALERTS);
    uint64_t version = incident(10)->version;
    take_alert(last, "alertmanager", "web", "disk is full", ALERT_FIRING);
    take_alert(last, "alertmanager", "web", "disk is full", ALERT_FIRING);
    rig->now += 2 * SECOND;
    rig_settle(rig);
    assert_int_equal(live_open_count(rig->core), 10);
    assert_int_equal(incident(10)->version, version);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(problems_are_gathered_from_the_eleventh_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gathered_problems_are_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_service_is_another_storm, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_services_are_one_storm_of_a_rule, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_storm_that_is_over_is_forgotten, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_severe_problem_is_not_gathered_in_a_minor_incident, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_ended_incident_gathers_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gathered_problems_are_followed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_incident_lists_a_limited_number_of_problems, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
