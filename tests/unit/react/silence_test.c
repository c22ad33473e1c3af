/* The clock of silence, with the policy that ships: who is reminded that customers wait, when, and how often. */
#include "base/mem.h"
#include "policy/policy.h"
#include "sight/sight.h"
#include "turn/live.h"

static struct policy *default_policy;
#define RIG_POLICY default_policy
#include "../command/rig.h"

static struct rig *the_rig;

static const struct incident *find_incident(void *ctx, uint64_t id)
{
    (void)ctx;
    return the_rig ? sight_incident(the_rig->core, id, NULL) : NULL;
}

static void report(void *ctx, const char *where, const char *text, uint64_t incident)
{
    (void)ctx, (void)incident;
    fail_msg("%s: %s", where, text);
}

static int set_up(void **state)
{
    static const struct policy_host host = {.incident = find_incident, .on_failure = report};
    default_policy = policy_create(&host);
    the_rig = rig_create();
    *state = the_rig;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rig_destroy(the_rig);
    policy_destroy(default_policy);
    the_rig = NULL;
    return 0;
}

static void after(struct rig *rig, duration span)
{
    rig->now += span;
    rig_settle(rig);
}

static void declare(struct rig *rig, const char *severity)
{
    CLEANUP_FREE char *line = xasprintf("declare --sev %s --customer acme checkout is slow", severity);
    rig_expect(rig, "ana", 0, line, "INC-1 is open");
    rig_room(rig, 1, "room");
}

static void each_step_of_the_ladder_is_taken_once(void **state)
{
    struct rig *rig = *state;
    declare(rig, "major");
    rig_expect(rig, "ana", 1, "comms @ben", "Ben");
    after(rig, 10 * MINUTE - 1);
    assert_int_equal(rig_sent(rig, "console post", "Customers have not heard"), 0);
    after(rig, 1);
    assert_int_equal(rig_sent(rig, "\"channel\":\"room\"", "Customers have not heard"), 1);
    assert_int_equal(rig_sent(rig, "\"direct\":true", "Customers have not heard"), 0);
    after(rig, 5 * MINUTE);
    assert_int_equal(rig_sent(rig, "\"to\":\"ben\",\"direct\":true", "INC-1: Customers have not heard"), 1);
    assert_int_equal(rig_sent(rig, "\"channel\":\"room\"", "I told ben directly"), 1);
    after(rig, 5 * MINUTE);
    rig_expect(rig, "ana", 1, "timeline", "paged product-responder");
    size_t said = rig_sent(rig, "console post", "Customers have not heard");
    for (int i = 0; i < 100; i++)
        after(rig, 5 * MINUTE);
    assert_int_equal(rig_sent(rig, "console post", "Customers have not heard"), said);
    rig_expect(rig, "ana", 1, "owed", "(missed 3 times)");
}

static void a_pause_does_not_stop_it(void **state)
{
    struct rig *rig = *state;
    declare(rig, "major");
    rig_expect(rig, "ana", 1, "pause waiting for the bank for 2h", "paused");
    after(rig, 10 * MINUTE);
    assert_int_equal(rig_sent(rig, "console post", "Customers have not heard"), 1);
}

static void a_minor_incident_gets_one_line(void **state)
{
    struct rig *rig = *state;
    declare(rig, "minor");
    after(rig, 2 * HOUR);
    assert_int_equal(rig_sent(rig, "console post", "Customers have not heard"), 1);
    after(rig, 2 * HOUR);
    after(rig, 2 * HOUR);
    assert_int_equal(rig_sent(rig, "console post", "Customers have not heard"), 1);
    rig_expect(rig, "ana", 1, "sev major", "major"); /* the ladder goes on where it was */
    after(rig, 5 * MINUTE);
    assert_int_equal(rig_sent(rig, "console post", "Still: Customers have not heard"), 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_step_of_the_ladder_is_taken_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_pause_does_not_stop_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_minor_incident_gets_one_line, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
