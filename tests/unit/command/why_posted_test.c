/* `why post`: whether an incident is posted about, who wrote and approved what, and what the public reads. */
#include "../command/policy_rig.h"

#define PAGE  "status_page { name = 'main', url = 'https://status.example' } component { name = 'API' }\n"
#define RULES PAGE "post { severity = 'major', never = { kind = 'security' } }"

static void begin(const char *policy)
{
    policy_rig_begin(policy);
    rig_expect(rig, "ben", 0, "cards are refused", "INC-1");
    rig_room(rig, 1, "room");
}

static void expect_why(const char *wanted)
{
    rig_expect(rig, "ben", 1, "why post", wanted);
}

static void refuse_why(const char *line, const char *unwanted)
{
    CLEANUP_FREE char *said = rig_line(rig, "ben", 1, line);
    if (strstr(said, unwanted))
        fail_msg("%s\n  did not want %s\n  got %s", line, unwanted, said);
}

static void the_policy_is_given_in_words(void **state)
{
    (void)state;
    begin(RULES);
    rig_expect(rig, "ben", 1, "sev minor", "minor");
    expect_why("The policy leaves it to people now: no post{} of the policy fits.");
    rig_expect(rig, "ben", 1, "sev major", "major");
    expect_why("The policy says yes now: it is major, as team.lua:2 has it.");
    expect_why("a post on the status page was suggested: the policy says so");
    expect_why("nobody has written a post about it");
    expect_why("`INC-1 why sent` lists");
    expect_why("The public reads nothing about it.");
    rig_expect(rig, "ben", 1, "private", "private");
    expect_why("The policy leaves it to people now: it is private.");
    rig_expect(rig, "ben", 1, "kind security", "security");
    expect_why("The policy says no now: never about security (team.lua:2).");
    rig_expect(rig, "ben", 0, "declare --drill search is slow", "INC-2");
    rig_expect(rig, "ben", 2, "sev major", "major");
    rig_expect(rig, "ben", 2, "why post", "The policy leaves it to people now: it is a drill.");
}

static void each_version_has_its_author_and_its_approval(void **state)
{
    (void)state;
    begin(RULES);
    rig_expect(rig, "ben", 1, "post We look. --title \"Payments *are* slow\"", "published");
    expect_why("Ben wrote version 1 of message 1 (“Payments \\*are\\* slow”, Investigating): We look.");
    rig_expect(rig, "ana-maria", 1, "reject 1 it is too short", "Rejected");
    rig_expect(rig, "ana-maria", 1, "redraft 1 We look into payments.", "Changed");
    expect_why("The public reads nothing about it.");
    refuse_why("why post", "it was published");
    rig->now += MINUTE;
    rig_expect(rig, "ben", 1, "approve 1 2", "Approved");
    expect_why("Ana María rejected version 1 of message 1: it is too short\n");
    expect_why("Ana María wrote version 2 of message 1");
    expect_why("15:07 Ben approved version 2 of message 1, and it was published on post 1\n");
    expect_why("**Payments \\*are\\* slow** (Investigating, post 1): We look into payments.");
    rig_expect(rig, "ben", 1, "post resolved", "published");
    rig_expect(rig, "ben", 1, "discard 2", "Discarded");
    expect_why("Ben discarded version 1 of message 2\n");
    rig_expect(rig, "ben", 1, "tell acme Hello.", "drafted");
    refuse_why("why post", "message 3");
}

static void what_is_not_on_the_page_is_said(void **state)
{
    struct command gone = {.verb = "tell",
                           .by = "ben",
                           .name = STATUS_PAGE,
                           .text = "We look",
                           .value = "{\"status\":\"identified\",\"post\":99}"};
    (void)state;
    begin(RULES);
    struct turn *turn = turn_begin(rig->core, rig->now);
    assert_int_equal(turn_do(turn, 1, &gone, NULL, NULL), 0);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    rig_expect(rig, "ana-maria", 1, "approve 1", "Approved");
    expect_why("approved version 1 of message 1, but it could not be published");
    expect_why("The public reads nothing about it.");
}

static void without_a_page_only_whoever_asks_is_told(void **state)
{
    (void)state;
    begin("status_page { name = 'big', private = true }");
    refuse_why("why", "Status page");
    rig_expect(rig, "ben", 1, "post We look. --title Slow", "published");
    rig_expect(rig, "ana-maria", 1, "approve 1", "Approved");
    expect_why("The public page does not show post 1 (“Slow”).");
}

static void the_whole_explanation_has_it(void **state)
{
    (void)state;
    begin(RULES);
    rig_expect(rig, "ben", 1, "why", "**Status page**\n- The policy leaves it to people");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_policy_is_given_in_words, tear_down),
        cmocka_unit_test_teardown(each_version_has_its_author_and_its_approval, tear_down),
        cmocka_unit_test_teardown(what_is_not_on_the_page_is_said, tear_down),
        cmocka_unit_test_teardown(without_a_page_only_whoever_asks_is_told, tear_down),
        cmocka_unit_test_teardown(the_whole_explanation_has_it, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
