/* Mutes by pattern: they end, and what began under one still counts as new. */
#include <inttypes.h>

#define TEAM_POLICY                                                                                            \
    "services { important = { 'checkout' } }\n"                                                                \
    "rule { name = 'broken', priority = 9, match = { title = 'boom*' },\n"                                     \
    "  when = function(group) return group.nope.deeper end, declare = true }\n"                                \
    "rule { name = 'picky', priority = 8, match = { title = 'boom*' },\n"                                      \
    "  when = function(group) return false end, declare = true }\n"                                            \
    "rule { name = 'nightly', priority = 7, match = { title = 'nightly*', new = true }, mute = '2h' }\n"
#include "rig.h"

static void take(uint64_t fingerprint, const char *title, enum alert_status status)
{
    take_alert(fingerprint, "sentry", "checkout", title, status);
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

static void a_mute_says_what_it_matches(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "mute queue* for 1h deploy", "It matches no recent alert.");
    take(0xd1, "Queue flaps on c60", ALERT_FIRING);
    rig_expect(rig, "ben", 0, "mute queue* for 1h deploy",
               "It matches 1 recent alert group: Queue flaps on c60.");
    take(0xd2, "Queue lags", ALERT_FIRING);
    take(0xd3, "queue is full", ALERT_FIRING);
    take(0xd4, "QUEUE is lost", ALERT_FIRING);
    rig_expect(rig, "ben", 0, "mute QUEUE* for 1h deploy", "It matches 4 recent alert groups: ");
    rig_expect(rig, "ben", 0, "mute QUEUE* for 1h deploy", "; and 1 more.");
    rig_expect(rig, "ben", 0, "mute \"queue flaps*\" for 1h deploy",
               "It matches 1 recent alert group: Queue flaps");
    rig_expect(rig, "ben", 0, "mute \"queue flaps*\" for 1h deploy", "`unmute \"queue flaps*\"` ends the mute");
    rig_expect(rig, "ben", 0, "mute 00000000000000D1 for 1h deploy",
               "It matches 1 recent alert group: Queue flaps");
    rig_expect(rig, "ben", 0, "mute service=CHECKOUT for 1h deploy", "It matches 4 recent alert groups: ");
    rig_expect(rig, "ben", 0, "mute title=CHECKOUT for 1h deploy", "It matches no recent alert.");
    rig_expect(rig, "ben", 0, "mute title=“queue is*” for 1h deploy", "It matches 2 recent alert groups: ");
    rig_expect(rig, "ben", 0, "mute \"title=queue is*\" for 1h deploy", "It matches 2 recent alert groups: ");
    rig_expect(rig, "ben", 0, "mute environment=prod* for 1h deploy", "It matches no recent alert.");
}

static void a_mute_ignores_case(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "mute C60 for 1h deploy", "is muted until");
    take(0xe1, "c60", ALERT_FIRING);
    rig_expect(rig, "ben", 0, "mute service=CheckOUT for 1h deploy", "is muted until");
    take(0xe2, "something else", ALERT_FIRING);
    rig_expect(rig, "ben", 0, "mute c60 for 2h longer", "is muted until");
    expect_open(0);
    rig_expect(rig, "ben", 0, "why mute C60", "longer");
    rig_expect(rig, "ben", 0, "unmute c60", "is no longer muted");
    rig_expect(rig, "ben", 0, "unmute C60", "! No mute has the pattern");
    rig_expect(rig, "ben", 0, "unmute SERVICE=checkout", "is no longer muted");
    rig->now += MINUTE;
    take(0xe1, "c60", ALERT_FIRING);
    expect_open(1);
}

static void a_pattern_that_was_cut_is_refused(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "mute queue flaps* for 1h deploy",
               "! A pattern with spaces needs quotes: `mute \"queue flaps*\"");
    rig_expect(rig, "ben", 0, "mute the queue flaps* on * for 1h deploy",
               "needs quotes: `mute \"the queue flaps*\"");
    rig_expect(rig, "ben", 0, "mute service = c60 for 1h deploy",
               "! Write a field without spaces: `mute service=checkout");
    rig_expect(rig, "ben", 0, "mute sevrice=c60 for 1h deploy",
               "! Unknown field 'sevrice'. Choose title, service");
    rig_expect(rig, "ben", 0, "mute host=\"db 1\" for 1h deploy", "! Unknown field 'host'");
    rig_expect(rig, "ben", 0, "mute service=* for 1h deploy", "would silence everything");
    rig_expect(rig, "ben", 0, "mute title= for 1h deploy", "would silence everything");
    rig_expect(rig, "ben", 0, "mute title=queue* service=c60 for 1h deploy",
               "! A mute has one field, so 'service=c60'");
    rig_expect(rig, "ben", 0, "mute queue* environment=staging for 1h deploy", "! A mute has one field");
    rig_expect(rig, "ben", 0, "mute service=c60 title=\"queue is\" for 1h deploy", "! A mute has one field");
    rig_expect(rig, "ben", 0, "mute service=c60 for 1h host=db1 deploy", "! A mute has one field");
    rig_expect(rig, "ben", 0, "mute service:c60 for 1h deploy", "! Write a field with `=`: `mute service=c60 ");
    rig_expect(rig, "ben", 0, "mute Title:queue* for 1h deploy",
               "! Write a field with `=`: `mute title=queue* ");
    rig_expect(rig, "ben", 0, "mute \"queue flaps*\" for 1h",
               "! Say why: `mute \"queue flaps*\" a noisy deploy for 1h`");
    rig_expect(rig, "ben", 0, "rules", "**Muted**\n- nothing");
    rig_expect(rig, "ben", 0, "mute \"title: x\" for 1h deploy", "is muted until");
    rig_expect(rig, "ben", 0, "mute host:db1 for 1h size=5 is too small", "! A mute has one field");
    rig_expect(rig, "ben", 0, "mute host:db1 for 1h a size=5 is too small", "is muted until");
}

/* The answer may be read by everybody, so it names no group of a private incident. */
static void a_mute_names_no_private_group(void **state)
{
    (void)state;
    take(0xf1, "payroll leaks", ALERT_FIRING);
    rig_expect(rig, "ben", 0, "mute payroll* for 1h deploy", "It matches 1 recent alert group: payroll leaks");
    rig_expect(rig, "ben", 1, "private", "is private");
    rig_expect(rig, "ben", 0, "mute payroll* for 1h deploy", "It matches no recent alert.");
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
        cmocka_unit_test_setup_teardown(a_mute_says_what_it_matches, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_mute_ignores_case, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_pattern_that_was_cut_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_mute_names_no_private_group, set_up, tear_down),
        cmocka_unit_test_setup_teardown(why_names_the_rules_that_did_not_decide, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
