/* escalation{} and the ways of people{}: which one counts when, and what is refused with what to write. */
#include "../../support/check.h"

#include <string.h>

#include "../../support/policy_dir.h"
#include "base/mem.h"
#include "policy/escalations.h"
#include "policy/roster.h"

#define PEOPLE                                                                                                 \
    "people { ana = { slack = 'U1', sms = '+44', ways = { { 'call', after = '3m', severity = 'critical' }, "   \
    "'slack' },\n"                                                                                             \
    "  quiet = { hours = '22:00-07:00', severity = 'minor' } }, bo = { slack = 'U2' } }\n"                     \
    "rotation { name = 'pay', people = { 'ana', 'bo' }, at_once = 2, start = '2026-11-16', zone = 'UTC' }\n"   \
    "team { name = 'shop', rotation = 'pay', escalation = 'pay' }\n"

static struct policy_dir dir;

static int load(const char *text, struct error *err)
{
    policy_dir_init(&dir);
    policy_dir_write(&dir, "team.lua", text);
    return policy_dir_load(&dir, err);
}

static int tear_down(void **state)
{
    (void)state;
    policy_dir_finish(&dir);
    return 0;
}

static void refused(const char *text, const char *wanted)
{
    struct error err = {0};
    int rc = load(text, &err);
    if (!rc || !strstr(err.text, wanted))
        fail_msg("%s\n  wanted %s\n  got    %s", text, wanted, rc ? err.text : "(no error)");
    policy_dir_finish(&dir);
}

static instant at(const char *text)
{
    instant t = 0;
    assert_int_equal(instant_parse(text, &t, NULL), 0);
    return t;
}

static const struct escalation *holding(const char *severity, const char *time)
{
    return policy_escalation(dir.policy, "pay",
                             &(struct escalation_about){.severity = severity, .at = at(time), .zone = "UTC"});
}

static void the_first_whose_conditions_hold_counts(void **state)
{
    struct error err;
    (void)state;
    assert_int_equal(load(PEOPLE "escalation { name = 'pay', severity = 'critical', rounds = 3, levels = { { "
                                 "everybody = true }, { person = 'bo' } } }\n"
                                 "escalation { name = 'pay', hours = '09:00-17:00', days = 'mon-fri', levels = "
                                 "{ { team = 'shop' } } }\n"
                                 "escalation { name = 'pay', asks_again = false, levels = { { rotation = "
                                 "'pay', after = '2m' }, { person = 'bo' } } }\n",
                          &err),
                     0);
    assert_string_equal(policy_escalation_name(dir.policy, "@shop"), "pay");
    assert_null(policy_escalation_name(dir.policy, "ana"));
    const struct escalation *critical = holding("critical", "2026-11-30T03:00:00Z");
    assert_int_equal(critical->rounds, 3);
    assert_int_equal(critical->asks_again, ESCALATION_ASKS);
    assert_int_equal(holding("minor", "2026-11-30T09:00:00Z")->levels[0].kind, LEVEL_TEAM);
    assert_int_equal(holding("minor", "2026-11-29T09:00:00Z")->levels[0].kind, LEVEL_ROTATION); /* a Sunday */
    const struct escalation *night = holding("minor", "2026-11-30T17:00:00Z");
    assert_int_equal(night->n, 3); /* the second of the rotation is a level of their own */
    assert_true(night->levels[1].second && !night->levels[0].second);
    assert_int_equal(night->levels[0].after, 2 * MINUTE);
    assert_int_equal(night->levels[2].after, ESCALATION_AFTER);
    assert_int_equal(night->asks_again, 0);
}

static void ways_and_quiet_hours_are_by_severity(void **state)
{
    struct error err;
    struct roster_way ways[4];
    (void)state;
    assert_int_equal(load(PEOPLE "escalation { name = 'pay', levels = { { team = 'shop' } } }\n", &err), 0);
    assert_int_equal(policy_ways(dir.policy, "ana", "minor", ways, 4), 1);
    assert_string_equal(ways[0].name, "slack");
    assert_int_equal(policy_ways(dir.policy, "ana", "critical", ways, 4), 2);
    assert_int_equal(ways[0].after, 3 * MINUTE);
    assert_int_equal(policy_ways(dir.policy, "bo", "critical", ways, 4), 0);
    struct escalation_about about = {.severity = "minor", .at = at("2026-11-30T23:30:00Z"), .zone = "UTC"};
    assert_int_equal(policy_quiet_until(dir.policy, "ana", "pay", &about), at("2026-12-01T07:00:00Z"));
    about.zone = "Europe/Madrid";
    assert_int_equal(policy_quiet_until(dir.policy, "ana", "pay", &about), at("2026-12-01T06:00:00Z"));
    about.severity = "major";
    assert_int_equal(policy_quiet_until(dir.policy, "ana", "pay", &about), 0);
    about = (struct escalation_about){.severity = "minor", .at = at("2026-11-30T07:00:00Z"), .zone = "UTC"};
    assert_int_equal(policy_quiet_until(dir.policy, "ana", "pay", &about), 0);
}

static void what_is_wrong_is_refused_with_what_to_write(void **state)
{
    (void)state;
    refused("escalation { name = 'x' }", "levels is missing: levels = {");
    refused("escalation { name = 'x', levels = { { } } }", "a level names whom it calls by one of");
    refused("escalation { name = 'x', levels = { { person = 'a', team = 'b' } } }",
            "by one of rotation, person, team");
    refused("escalation { name = 'x', levels = { 'ana' } }", "a level names whom");
    refused("escalation { name = 'x', levels = { { rotation = 'none' } } }",
            "no rotation is called 'none'; declare it");
    refused("escalation { name = 'x', levels = { { team = 'none' } } }", "no team is called 'none'");
    refused("escalation { name = 'x', levels = { { person = 'ana', after = '2d' } } }",
            "after must be between");
    refused("escalation { name = 'x', rounds = 0, levels = { { person = 'ana' } } }", "rounds");
    refused("escalation { name = 'x', severity = 'huge', levels = { { person = 'ana' } } }\n"
            "escalation { name = 'x', levels = { { person = 'ana' } } }",
            "huge");
    refused("escalation { name = 'x', hours = '9-17', levels = { { person = 'ana' } } }",
            "hours must be two times of day");
    refused("escalation { name = 'x', zone = 'Mars', levels = { { person = 'ana' } } }",
            "unknown time zone 'Mars'");
    refused("escalation { name = 'x', severity = 'minor', levels = { { person = 'ana' } } }",
            "nobody would be paged when they do not hold");
    refused("escalation { name = 'x', levels = { { person = 'ana' } } }\n"
            "escalation { name = 'x', levels = { { person = 'bo' } } }",
            "never counts; move it to the end");
    refused("team { name = 't', people = 'ana', escalation = 'none' }", "no escalation is called 'none'");
    refused("people { ana = { slack = 'U1', ways = { 'sms' } } }",
            "ana has the way 'sms', but no address there: add sms");
    refused("people { ana = { slack = 'U1', ways = 'sms' } }", "the ways of ana must be a list");
    refused("people { ana = { slack = 'U1', quiet = { hours = '22:00-07:00' } } }",
            "quiet needs hours and the severities");
}

static void note(void *ctx, const char *fault)
{
    str_addf(ctx, "%s\n", fault);
}

static void what_is_probably_not_meant_is_warned_of(void **state)
{
    struct error err;
    CLEANUP_STR struct str faults = {0};
    (void)state;
    assert_int_equal(load("people { ana = { sms = '+44', slack = 'U1', ways = { 'slack', { 'sms', after = '5m' "
                          "} } }, zed = { name = 'Zed' } }\n"
                          "team { name = 'product-responder', people = { 'ana' } }\n"
                          "escalation { name = 'x', levels = { { person = 'ana', after = '5m' }, { person = "
                          "'zed' }, { person = 'nobody' } } }\n",
                          &err),
                     0);
    policy_pages_nobody(dir.policy, note, &faults);
    assert_non_null(
        strstr(faults.p, "level 1 is over after 300s, before ana is called by the last way, after 300s"));
    assert_non_null(strstr(faults.p, "zed has no address"));
    assert_non_null(strstr(faults.p, "people{} does not declare nobody"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_first_whose_conditions_hold_counts, tear_down),
        cmocka_unit_test_teardown(ways_and_quiet_hours_are_by_severity, tear_down),
        cmocka_unit_test(what_is_wrong_is_refused_with_what_to_write),
        cmocka_unit_test_teardown(what_is_probably_not_meant_is_warned_of, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
