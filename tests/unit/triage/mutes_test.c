/* Mutes by pattern: they end, and what began under one still counts as new. */
#include <inttypes.h>

#include "policy/policy.h"
#include "triage/triage.h"
#include "turn/live.h"

static struct policy *the_policy;
#define RIG_POLICY the_policy
#include "../command/rig.h"

#include "../../support/policy_dir.h"

static const char team_policy[] =
    "services { important = { 'checkout' } }\n"
    "rule { name = 'broken', priority = 9, match = { title = 'boom*' },\n"
    "  when = function(group) return group.nope.deeper end, declare = true }\n"
    "rule { name = 'picky', priority = 8, match = { title = 'boom*' },\n"
    "  when = function(group) return false end, declare = true }\n"
    "rule { name = 'nightly', priority = 7, match = { title = 'nightly*', new = true }, mute = '2h' }\n";

static struct policy_dir policies;
static struct rig *rig;

static int set_up(void **state)
{
    struct error err;
    (void)state;
    policy_dir_init(&policies);
    policy_dir_write(&policies, "team.lua", team_policy);
    assert_int_equal(policy_dir_load(&policies, &err), 0);
    the_policy = policies.policy;
    rig = rig_create();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rig_destroy(rig);
    policy_dir_finish(&policies);
    return 0;
}

static void take(uint64_t fingerprint, const char *title, enum alert_status status)
{
    struct alert alert;
    alert_init(&alert, "sentry", rig->now);
    alert.fingerprint = fingerprint;
    alert.about.title = title;
    alert.about.service = "checkout";
    alert.level = LEVEL_ERROR;
    alert.status = status;
    triage_alerts(rig->core, &alert, 1, rig->now, NULL, NULL);
    rig_settle(rig);
}

static void expect_open(size_t n)
{
    assert_int_equal(live_open_count(rig->core), n);
}

static void what_began_under_a_mute_is_new_after_it(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "mute noisy* for 10m deploy", "is muted until");
    take(0xa1, "noisy one", ALERT_FIRING);
    rig->now += 9 * MINUTE;
    take(0xa1, "noisy one", ALERT_FIRING);
    expect_open(0);
    rig->now += 2 * MINUTE;
    take(0xa1, "noisy one", ALERT_FIRING);
    expect_open(1);
    rig_expect(rig, "ben", 0, "why 00000000000000a1", "muted by");
    rig_expect(rig, "ben", 0, "why 00000000000000a1", "new-error-important");
    rig->now += MINUTE;
    take(0xa1, "noisy one", ALERT_FIRING);
    expect_open(1);
}

static void what_began_under_a_mute_is_new_when_somebody_ends_it(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "mute noisy* for 10m deploy", "is muted until");
    take(0xa2, "noisy two", ALERT_FIRING);
    take(0xa2, "noisy two", ALERT_RESOLVED);
    take(0xa3, "noisy three", ALERT_FIRING);
    rig_expect(rig, "ben", 0, "unmute noisy*", "is no longer muted");
    rig->now += MINUTE;
    expect_open(0);
    take(0xa3, "noisy three", ALERT_FIRING);
    take(0xa2, "noisy two", ALERT_FIRING); /* nobody has seen it yet, so it is new to people */
    expect_open(2);
}

static void a_rule_that_mutes_decides(void **state)
{
    (void)state;
    take(0xb1, "nightly job", ALERT_FIRING);
    rig->now += 3 * HOUR;
    take(0xb1, "nightly job", ALERT_FIRING);
    expect_open(0);
}

static void mutes_that_ended_make_room_for_others(void **state)
{
    (void)state;
    for (int i = 0; i < 1010; i++) {
        CLEANUP_FREE char *line = xasprintf("mute job%d for 5m tuning", i);
        rig_expect(rig, "ben", 0, line, "is muted until");
        rig->now += MINUTE;
    }
}

static void everything_cannot_be_muted(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "mute * for 1h quiet please", "would silence everything");
    rig_expect(rig, "ben", 0, "mute ?* for 1h quiet please", "would silence everything");
}

static void why_names_the_rules_that_did_not_decide(void **state)
{
    (void)state;
    take(0xc1, "boom", ALERT_FIRING);
    expect_open(1);
    rig_expect(rig, "ben", 1, "why", "matched first, but failed: broken (`team.lua:2`): team.lua:3");
    rig_expect(rig, "ben", 1, "why", "matched first, but its function said no: picky (`team.lua:4`)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_began_under_a_mute_is_new_after_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_began_under_a_mute_is_new_when_somebody_ends_it, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_rule_that_mutes_decides, set_up, tear_down),
        cmocka_unit_test_setup_teardown(mutes_that_ended_make_room_for_others, set_up, tear_down),
        cmocka_unit_test_setup_teardown(everything_cannot_be_muted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(why_names_the_rules_that_did_not_decide, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
