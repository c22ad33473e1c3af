/* What must report, and what happens when it does not. It is Mon 23 Nov 2026 15:06 UTC. */
#include <stdio.h>

#include "delivery/delivery.h"
#include "heartbeats/heartbeats.h"

#include "../command/policy_rig.h"

#define BACKUP                                                                                                 \
    "severity { 'minor', 'major', 'critical' }\n"                                                              \
    "heartbeat { name = 'backup', every = '1d', grace = '1h', service = 'database' }\n"                        \
    "rule { name = 'missed', match = { new = true, regressed = true, source = 'heartbeat' }, declare = true "  \
    "}\n"

static int load(const char *policy, struct error *err)
{
    policy_dir_write(&policies, "team.lua", policy);
    return policy_dir_load(&policies, err);
}

static void restart(void)
{
    policy_rig_restart("https://tocsin.example");
    rig_settle(rig);
}

static void begin(const char *policy)
{
    policy_rig_begin(policy);
    restart();
}

/* Time passes as it does for a daemon: in steps. */
static void pass(duration span)
{
    for (instant until = rig->now + span; rig->now < until;) {
        rig->now = MIN(until, rig->now + 10 * MINUTE);
        rig_settle(rig);
    }
}

/* The caller frees it. */
static char *address(const char *name)
{
    CLEANUP_FREE char *line = xasprintf("heartbeat %s address", name);
    CLEANUP_FREE char *said = rig_line(rig, "ben", 0, line);
    const char *from = strstr(said, "https://tocsin.example/heartbeat/");
    assert_non_null(from);
    from += strlen("https://tocsin.example/heartbeat/");
    return xstrndup(from, strcspn(from, "\n"));
}

static bool beat(const char *secret)
{
    const struct heartbeat *heartbeat = heartbeats_find(rig->core, secret);
    if (!heartbeat)
        return false;
    struct turn *turn = turn_begin(rig->core, rig->now);
    heartbeats_hear(turn, heartbeat);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    return true;
}

static void expect_incidents(const char *said)
{
    rig_expect(rig, "ben", 0, "list", said);
}

static void what_is_heard_in_time_is_no_alert(void **state)
{
    (void)state;
    begin(BACKUP);
    CLEANUP_FREE char *secret = address("backup");
    for (int day = 0; day < 3; day++) {
        pass(24 * HOUR);
        assert_true(beat(secret));
    }
    pass(25 * HOUR - MINUTE);
    expect_incidents("No open incidents");
    rig_expect(rig, "ben", 0, "heartbeat", "- **backup** was last heard");
}

static void what_is_missed_opens_an_incident_once(void **state)
{
    (void)state;
    begin(BACKUP);
    CLEANUP_FREE char *secret = address("backup");
    assert_true(beat(secret));
    pass(25 * HOUR + MINUTE);
    expect_incidents("backup has not reported");
    rig_expect(rig, "ben", 0, "heartbeat backup", "**backup** is missed: it was last heard");
    restart();
    pass(3 * 24 * HOUR);
    rig_expect(rig, "ben", 0, "INC-2 show", "! "); /* there is one */
    assert_true(beat(secret));
    rig_expect(rig, "ben", 0, "INC-1 timeline", "resolved");
    rig_expect(rig, "ben", 0, "heartbeat", "- **backup** was last heard");
}

static void what_was_never_heard_is_missed(void **state)
{
    (void)state;
    begin(BACKUP);
    rig_expect(rig, "ben", 0, "heartbeat backup",
               "**backup** was never heard, and is expected every 1d. It has no address yet: `heartbeat backup "
               "address`.");
    pass(25 * HOUR + MINUTE);
    expect_incidents("backup has not reported");
}

static void a_start_of_tocsin_in_between_is_said(void **state)
{
    (void)state;
    begin(BACKUP);
    CLEANUP_FREE char *secret = address("backup");
    assert_true(beat(secret));
    rig->now += 24 * HOUR; /* it did not run */
    restart();
    pass(2 * HOUR);
    rig_expect(rig, "ben", 0, "INC-1 error", "Tocsin itself was started at 2026-11-24T15:06");
}

static void only_the_newest_address_is_heard(void **state)
{
    (void)state;
    begin(BACKUP);
    CLEANUP_FREE char *first = address("backup"), *second = address("backup");
    assert_false(beat(first));
    assert_true(beat(second));
    restart();
    assert_true(beat(second));
    assert_false(beat(""));
    assert_false(beat("backup"));
}

/* Whoever switches it off for a month is not paged when it is on again. */
static void it_is_expected_anew_when_the_policy_names_it_again(void **state)
{
    struct error err;
    (void)state;
    begin(BACKUP);
    CLEANUP_FREE char *secret = address("backup");
    assert_true(beat(secret));
    assert_int_equal(load("severity { 'minor', 'major', 'critical' }\n", &err), 0);
    pass(30 * 24 * HOUR);
    assert_false(beat(secret));
    assert_int_equal(load(BACKUP, &err), 0);
    pass(24 * HOUR);
    expect_incidents("No open incidents");
    assert_true(beat(secret)); /* its address is the same */
}

static void what_a_policy_says_wrong_is_refused(void **state)
{
    static const char *const wrong[][2] = {
        {"heartbeat { name = 'backup' }", "every must be at least \"1m\""},
        {"heartbeat { name = 'backup', every = '10s' }", "every must be at least \"1m\""},
        {"heartbeat { name = 'backup', every = '1d', grace = '400d' }", "at most 366 days"},
        {"heartbeat { name = 'my backup', every = '1d' }", "must be one word"},
        {"heartbeat { name = 'backup', every = '1d', level = 'loud' }", "level must be \"fatal\""},
        {"heartbeat { name = 'backup', every = '1d', level = 7 }", "level must be \"fatal\""},
        {"heartbeat { name = 'backup', every = '1d', evry = '1d' }", "did you mean 'every'"},
        {"heartbeat { every = '1d' }", "name is missing"},
        {"heartbeat { name = 'a', every = '1d' }\nheartbeat { name = 'a', every = '2d' }", "already declared"},
    };
    (void)state;
    begin(BACKUP);
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        struct error err = {0};
        assert_int_not_equal(load(wrong[i][0], &err), 0);
        if (!strstr(err.text, wrong[i][1]))
            fail_msg("%s: %s", wrong[i][0], err.text);
    }
}

static void what_the_command_cannot_read_is_said(void **state)
{
    struct error err;
    (void)state;
    begin(BACKUP);
    rig_expect(rig, "ben", 0, "heartbeat restore", "! No heartbeat is called 'restore'");
    rig_expect(rig, "ben", 0, "heartbeat backup adress", "! I can't read 'adress'");
    assert_int_equal(load("severity { 'minor', 'major', 'critical' }\n", &err), 0);
    rig_expect(rig, "ben", 0, "heartbeat", "! Nothing must report yet. Add a heartbeat to the policy");
}

/* ---- whoever is on call, and cannot be reached ---- */

#define ON_CALL                                                                                                \
    "people { ana = { name = 'Ana', slack = 'U1' }, bo = { name = 'Bo', pager = 'U2' } }\n"                    \
    "rotation { name = 'payments', people = { 'ana' }, start = '2026-11-23', zone = 'UTC' }\n"                 \
    "team { name = 'payments', people = { 'bo' } }\n"
#define CHAT (TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_CHANNELS | TOCSIN_CAN_PAGE)

static void is_up(const char *connector, const char *down)
{
    delivery_connector(rig->core, connector, CHAT, !down, down, rig->now);
    rig_settle(rig);
}

static void moments(duration span)
{
    for (instant until = rig->now + span; rig->now < until; rig_settle(rig))
        rig->now += 5 * SECOND;
}

static void begin_on_call(const char *policy)
{
    begin(policy);
    is_up("slack", NULL);
    is_up("pager", NULL);
    moments(10 * SECOND);
}

static void whoever_is_out_of_reach_for_two_minutes_is_said_and_the_next_is_paged(void **state)
{
    (void)state;
    begin_on_call(ON_CALL);
    is_up("slack", "the token was revoked");
    moments(110 * SECOND);
    expect_incidents("No open incidents");
    moments(20 * SECOND);
    expect_incidents("Pages do not reach whoever is on call for payments");
    rig_expect(rig, "ben", 0, "INC-1 error", "Ana: the token was revoked.");
    assert_int_equal(rig_sent(rig, "pager page", "\"user\":\"U2\""), 1);
    moments(10 * MINUTE);
    rig_expect(rig, "ben", 0, "INC-2 show", "! "); /* there is one */
    is_up("slack", NULL);
    moments(10 * SECOND);
    rig_expect(rig, "ben", 0, "INC-1 timeline", "resolved");
}

static void a_connector_that_starts_again_in_time_is_no_alert(void **state)
{
    (void)state;
    begin_on_call(ON_CALL);
    for (int i = 0; i < 5; i++) {
        is_up("slack", "it crashed");
        moments(100 * SECOND);
        is_up("slack", NULL);
        moments(30 * SECOND);
    }
    expect_incidents("No open incidents");
}

static void one_way_that_works_is_enough(void **state)
{
    (void)state;
    begin_on_call(
        "people { ana = { slack = 'U1', pager = 'U9', ways = { 'slack', { 'pager', severity = 'critical' } "
        "} } }\n"
        "rotation { name = 'payments', people = { 'ana' }, start = '2026-11-23', zone = 'UTC' }\n");
    is_up("slack", "it crashed");
    moments(10 * MINUTE);
    expect_incidents("No open incidents");
    is_up("pager", "it crashed");
    moments(3 * MINUTE);
    expect_incidents("Pages do not reach whoever is on call for payments");
}

static void whom_no_connector_can_page_is_out_of_reach(void **state)
{
    (void)state;
    begin_on_call("people { ana = { name = 'Ana', sms = '+447700900123' } }\n"
                  "rotation { name = 'payments', people = { 'ana', 'zed' }, start = '2026-11-23', at_once = 2, "
                  "zone = 'UTC' }\n");
    moments(3 * MINUTE);
    rig_expect(rig, "ben", 0, "INC-1 error", "Ana: no connector can page them. zed: nobody has that name.");
}

/* A restart neither says it twice, nor forgets to say that it is over. */
static void a_restart_knows_what_was_said(void **state)
{
    (void)state;
    begin_on_call(ON_CALL);
    is_up("slack", "it crashed");
    moments(3 * MINUTE);
    restart();
    moments(10 * MINUTE);
    CLEANUP_FREE char *before = rig_line(rig, "ben", 0, "INC-1 timeline");
    assert_null(strstr(before, "resolved"));
    is_up("slack", NULL);
    moments(10 * SECOND);
    rig_expect(rig, "ben", 0, "INC-1 timeline", "resolved");
    rig_expect(rig, "ben", 0, "INC-2 show", "! "); /* there is one */
}

static void an_alert_about_what_the_policy_names_no_more_is_over(void **state)
{
    (void)state;
    struct error err;
    begin_on_call(ON_CALL
                  "severity { 'minor', 'major', 'critical' }\n"
                  "heartbeat { name = 'backup', every = '5m', grace = '1m' }\n"
                  "rule { name = 'missed', match = { new = true, source = 'heartbeat' }, declare = true }\n");
    is_up("slack", "it crashed");
    moments(3 * MINUTE);
    expect_incidents("Pages do not reach whoever is on call for payments");
    moments(4 * MINUTE);
    expect_incidents("backup has not reported");
    assert_int_equal(load("severity { 'minor', 'major', 'critical' }\n", &err), 0);
    restart();
    moments(10 * SECOND);
    rig_expect(rig, "ben", 0, "INC-1 timeline", "resolved");
    rig_expect(rig, "ben", 0, "INC-2 timeline", "resolved");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(what_is_heard_in_time_is_no_alert, tear_down),
        cmocka_unit_test_teardown(what_is_missed_opens_an_incident_once, tear_down),
        cmocka_unit_test_teardown(what_was_never_heard_is_missed, tear_down),
        cmocka_unit_test_teardown(a_start_of_tocsin_in_between_is_said, tear_down),
        cmocka_unit_test_teardown(only_the_newest_address_is_heard, tear_down),
        cmocka_unit_test_teardown(it_is_expected_anew_when_the_policy_names_it_again, tear_down),
        cmocka_unit_test_teardown(what_a_policy_says_wrong_is_refused, tear_down),
        cmocka_unit_test_teardown(what_the_command_cannot_read_is_said, tear_down),
        cmocka_unit_test_teardown(whoever_is_out_of_reach_for_two_minutes_is_said_and_the_next_is_paged,
                                  tear_down),
        cmocka_unit_test_teardown(a_connector_that_starts_again_in_time_is_no_alert, tear_down),
        cmocka_unit_test_teardown(one_way_that_works_is_enough, tear_down),
        cmocka_unit_test_teardown(an_alert_about_what_the_policy_names_no_more_is_over, tear_down),
        cmocka_unit_test_teardown(whom_no_connector_can_page_is_out_of_reach, tear_down),
        cmocka_unit_test_teardown(a_restart_knows_what_was_said, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
