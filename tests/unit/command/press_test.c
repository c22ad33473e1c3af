/* A button does what its label said when it was shown, or nothing, in words that say what has changed. */
#include "rig.h"

#include <stdio.h>
#include <stdlib.h>

#include "turn/live.h"

static int presses;

/* The command of the newest button with this label. */
static const char *button(struct rig *rig, const char *label)
{
    static char command[512];
    CLEANUP_FREE char *wanted = xasprintf("\"label\":\"%s\",\"command\":\"", label);
    for (size_t i = rig->sent.n; i-- > 0;) {
        const char *found = strstr(rig->sent.v[i], wanted);
        if (!found)
            continue;
        found += strlen(wanted);
        snprintf(command, sizeof(command), "%.*s", (int)strcspn(found, "\""), found);
        return command;
    }
    fail_msg("no button %s", label);
    return NULL;
}

/* Presses a button as somebody; what they are told, which is borrowed until the next thing is sent. */
static const char *press(struct rig *rig, const char *user, const char *command)
{
    size_t before = rig->sent.n;
    CLEANUP_FREE char *event =
        xasprintf("{'type':'press','id':'p%d','channel':'general','user':{'id':'%s',"
                  "'name':'%s'},'command':'%s'}",
                  ++presses, user, strcmp(user, "ana") == 0 ? "Ana María" : "Ben", command);
    assert_int_equal(rig_event(rig, event), TOCSIN_EMITTED);
    for (size_t i = before; i < rig->sent.n; i++) {
        if (strstr(rig->sent.v[i], "general") && strstr(rig->sent.v[i], "post"))
            return rig->sent.v[i];
    }
    fail_msg("no answer to %s", command);
    return NULL;
}

static void expect(const char *said, const char *wanted)
{
    if (!strstr(said, wanted))
        fail_msg("wanted %s\n  got    %s", wanted, said);
}

/* An incident of a rule, in triage, whose card stands in its channel. */
static struct rig *in_triage(void)
{
    struct rig *rig = rig_create();
    struct turn *turn = turn_begin(rig->core, rig->now);
    struct command declare = {.verb = "declare", .by = "rule", .automatic = true, .text = "checkout is slow"};
    uint64_t id = 0;
    assert_int_equal(turn_do(turn, 0, &declare, &id, NULL), 0);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    rig_room(rig, id, "room");
    return rig;
}

static void later(struct rig *rig)
{
    rig->now += MINUTE;
    rig_settle(rig);
}

static void a_decline_does_not_end_what_somebody_accepted(void **state)
{
    (void)state;
    struct rig *rig = in_triage();
    CLEANUP_FREE char *decline = xstrdup(button(rig, "Decline")), *accept = xstrdup(button(rig, "Accept"));
    later(rig);
    expect(press(rig, "ben", accept), "Ben accepted INC-1");
    const char *said = press(rig, "ana", decline);
    expect(said, "INC-1 was accepted by Ben meanwhile; nothing was done.");
    expect(said, "\"to\":\"ana\"");
    expect(said, "Fixing"); /* with what can be pressed now */
    assert_int_equal(rig_incident(rig, 1)->status, STATUS_INVESTIGATING);
    expect(press(rig, "ben", accept), "INC-1 was accepted by you meanwhile; nothing was done.");
    rig_destroy(rig);
}

static void what_changed_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *first, *line, *label, *said;
    } cases[] = {
        {NULL, "decline", "Accept", "INC-1 was declined by Ben meanwhile"},
        {NULL, "ticket https://t.example/1", "Decline", "INC-1 was moved to a ticket by Ben meanwhile"},
        {"accept", "fix", "Fixing", "INC-1 was moved to fixing by Ben meanwhile"},
        {"accept", "resolve", "Resolve", "INC-1 was resolved by Ben meanwhile"},
        {"accept", "fix", "Resolve", "INC-1 was moved to fixing by Ben meanwhile"},
        {"accept", "pause bank for 2h", "Fixing", "INC-1 was paused by Ben meanwhile"},
        {"accept", "lead me", "I lead", "Ben took the lead meanwhile; nothing was done."},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct rig *rig = in_triage();
        if (cases[i].first)
            rig_expect(rig, "ana-maria", 1, cases[i].first, "INC-1");
        CLEANUP_FREE char *old = xstrdup(button(rig, cases[i].label));
        later(rig);
        rig_expect(rig, "ben", 1, cases[i].line, "INC-1");
        uint64_t version = rig_incident(rig, 1)->version;
        expect(press(rig, "ana", old), cases[i].said);
        assert_int_equal(rig_incident(rig, 1)->version, version);
        rig_destroy(rig);
    }
}

/* The same status again is another stretch of the work. */
static void a_button_of_an_earlier_pause_does_not_end_a_later_one(void **state)
{
    (void)state;
    struct rig *rig = in_triage();
    rig_expect(rig, "ben", 1, "accept", "INC-1");
    later(rig);
    rig_expect(rig, "ben", 1, "pause waiting for the bank for 2h", "paused");
    CLEANUP_FREE char *resume = xstrdup(button(rig, "Resume"));
    later(rig);
    rig_expect(rig, "ben", 1, "resume", "resumed");
    later(rig);
    rig_expect(rig, "ben", 1, "pause waiting for the vendor for 2h", "paused");
    expect(press(rig, "ana", resume), "INC-1 was paused by Ben meanwhile; nothing was done.");
    assert_int_equal(rig_incident(rig, 1)->status, STATUS_PAUSED);
    expect(press(rig, "ana", button(rig, "Resume")), "resumed INC-1");
    rig_destroy(rig);
}

/* What is only added to an incident is not stale because the work went on. */
static void a_lead_is_taken_also_after_the_work_went_on(void **state)
{
    (void)state;
    struct rig *rig = in_triage();
    rig_expect(rig, "ben", 1, "accept", "INC-1");
    CLEANUP_FREE char *lead = xstrdup(button(rig, "I lead"));
    CLEANUP_FREE char *severity = xasprintf("INC-1 sev …%s", strstr(lead, " @~s"));
    later(rig);
    rig_expect(rig, "ben", 1, "fix", "INC-1");
    expect(press(rig, "ana", lead), "lead");
    assert_string_equal(incident_role(rig_incident(rig, 1), "lead"), "ana-maria");
    expect(press(rig, "ana", severity), "Say how bad it is");
    rig_expect(rig, "ben", 1, "resolve", "INC-1");
    expect(press(rig, "ana", severity), "INC-1 was resolved by Ben meanwhile; nothing was done.");
    expect(press(rig, "ben", lead), "nothing was done.");
    rig_destroy(rig);
}

static void a_merged_incident_says_where_it_went(void **state)
{
    (void)state;
    struct rig *rig = in_triage();
    CLEANUP_FREE char *accept = xstrdup(button(rig, "Accept"));
    rig_expect(rig, "ben", 0, "declare cards fail", "INC-2");
    rig_expect(rig, "ben", 1, "tell all We are on it.", "");
    rig_expect(rig, "ben", 0, "declare secret --private", "INC-3");
    later(rig);
    rig_expect(rig, "ben", 0, "merge INC-1 into INC-2", "INC-1 was merged into INC-2");
    expect(press(rig, "ana", accept), "INC-1 was merged into INC-2 by Ben meanwhile; nothing was done.");
    expect(press(rig, "ana", "INC-1 approve 1"), "INC-1 was merged into INC-2 by Ben meanwhile");
    rig_expect(rig, "ben", 0, "merge INC-2 into INC-3", "INC-2 was merged into INC-3");
    CLEANUP_FREE char *fix = xstrdup(button(rig, "Fixing"));
    (void)fix;
    const char *said = press(rig, "ana", "INC-2 accept");
    expect(said, "INC-2 was merged into another incident by Ben meanwhile; nothing was done.");
    assert_null(strstr(said, "INC-3"));
    rig_destroy(rig);
}

static void a_private_incident_stays_secret(void **state)
{
    (void)state;
    struct rig *rig = in_triage();
    CLEANUP_FREE char *accept = xstrdup(button(rig, "Accept"));
    rig_expect(rig, "ben", 1, "private", "INC-1 is private");
    expect(press(rig, "ana", accept), "No incident INC-1.");
    assert_int_equal(sight_incident(rig->core, 1, "ben")->status, STATUS_TRIAGE);
    /* as it leaves for people who may not see it */
    expect(press(rig, "ana", "another incident accept @~s1795446382123"), "became private; nothing was done.");
    assert_int_equal(live_open_count(rig->core), 1);
    expect(press(rig, "ben", accept), "Ben accepted INC-1");
    rig_destroy(rig);
}

static void an_offered_line_is_run_once(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    rig_event(rig, "{'type':'command','id':'c1','channel':'general','user':{'id':'ben','name':'Ben'},"
                   "'text':'who broke checkout?'}");
    CLEANUP_FREE char *declare = xstrdup(button(rig, "declare who broke checkout?"));
    expect(press(rig, "ben", declare), "INC-1 is open");
    expect(press(rig, "ana", declare), "INC-1 is already open for this: Ben pressed the button first.");
    chat_destroy(rig->chat); /* as after a restart */
    rig->chat = chat_create(rig->core, NULL, 0);
    expect(press(rig, "ben", declare), "INC-1 is already open for this: you pressed the button first.");
    rig_expect(rig, "ben", 1, "resolve it was cy", "resolved");
    expect(press(rig, "ana", declare), "Ben pressed this button before, and it works once; nothing was done.");
    assert_int_equal(live_open_count(rig->core), 0);
    rig_destroy(rig);
}

static void an_offer_that_failed_can_be_pressed_again(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    rig_event(rig, "{'type':'command','id':'c1','channel':'general','user':{'id':'ben','name':'Ben'},"
                   "'text':'who broke checkout?'}");
    CLEANUP_FREE char *declare = xstrdup(button(rig, "declare who broke checkout?"));
    CLEANUP_FREE char *event = xasprintf("{'type':'press','id':'again','channel':'general','user':{'id':'ben',"
                                         "'name':'Ben'},'command':'%s'}",
                                         declare);
    memory_store_fail_next(rig->memory, 1);
    assert_int_equal(rig_event(rig, event), TOCSIN_EMIT_RETRY);
    for (int i = 0; i < 10 && !core_ready(rig->core, NULL); i++) {
        rig->now += SECOND;
        rig_settle(rig);
    }
    assert_int_equal(rig_event(rig, event), TOCSIN_EMITTED);
    assert_int_equal(live_open_count(rig->core), 1);
    rig_destroy(rig);
}

/* "note …" in the channel of one incident is not done to the one that took the channel over. */
static void an_offer_stays_with_the_incident_of_its_channel(void **state)
{
    (void)state;
    struct rig *rig = in_triage();
    rig_expect(rig, "ben", 0, "declare cards fail", "INC-2");
    rig_event(rig,
              "{'type':'command','id':'c1','channel':'room','user':{'id':'ben','name':'Ben'},'text':'resolv'}");
    CLEANUP_FREE char *resolve = xstrdup(button(rig, "resolve"));
    assert_non_null(strstr(resolve, ".INC-1"));
    rig_expect(rig, "ben", 0, "merge INC-1 into INC-2", "INC-1 was merged into INC-2");
    expect(press(rig, "ana", resolve), "INC-1 was merged into INC-2 by Ben meanwhile; nothing was done.");
    assert_int_equal(rig_incident(rig, 2)->status, STATUS_INVESTIGATING);
    expect(press(rig, "ana", "resolve @~o1795446382123.another incident"), "became private; nothing was done.");
    rig_destroy(rig);
}

/* "tomorrow" on a label is the day after it was written. */
static void times_in_an_offer_count_from_when_it_was_made(void **state)
{
    (void)state;
    struct rig *rig = in_triage();
    rig_expect(rig, "ben", 1, "accept", "INC-1");
    instant made = rig->now;
    CLEANUP_FREE char *pause = xasprintf("INC-1 pause for the bank for 2h @~o%lld", (long long)made);
    CLEANUP_FREE char *late = xasprintf("INC-1 pause for the vendor for 30m @~o%lld", (long long)made);
    CLEANUP_FREE char *old = xasprintf("INC-1 note it broke @~o%lld", (long long)(made - DAY));
    rig->now += HOUR;
    rig_settle(rig);
    expect(press(rig, "ben", late), "must end in the future");
    expect(press(rig, "ben", pause), "paused INC-1");
    assert_int_equal(rig_incident(rig, 1)->pause.until, made + 2 * HOUR);
    expect(press(rig, "ben", old),
           "This button is too old; nothing was done. To do it now, type `INC-1 note it broke`.");
    rig_destroy(rig);
}

/* What people type has no tag, whatever it looks like, and a tag that is none is text. */
static void only_a_press_reads_a_tag(void **state)
{
    (void)state;
    struct rig *rig = in_triage();
    rig_expect(rig, "ben", 1, "note see @~s1", "");
    rig_event(rig, "{'type':'command','id':'c1','channel':'general','user':{'id':'ben','name':'Ben'},"
                   "'text':'INC-1 accept @~s1'}");
    assert_int_equal(rig_incident(rig, 1)->status, STATUS_INVESTIGATING);
    static const char *const lines[] = {"INC-1 note a @~", "INC-1 note b @~s", "INC-1 note c @~s1x",
                                        "INC-1 note d @~x1"};
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        int64_t notes = rig_incident(rig, 1)->activity.notes;
        press(rig, "ben", lines[i]);
        assert_int_equal(rig_incident(rig, 1)->activity.notes, notes + 1);
    }
    rig_destroy(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_decline_does_not_end_what_somebody_accepted),
        cmocka_unit_test(what_changed_is_said),
        cmocka_unit_test(a_button_of_an_earlier_pause_does_not_end_a_later_one),
        cmocka_unit_test(a_lead_is_taken_also_after_the_work_went_on),
        cmocka_unit_test(a_merged_incident_says_where_it_went),
        cmocka_unit_test(a_private_incident_stays_secret),
        cmocka_unit_test(an_offered_line_is_run_once),
        cmocka_unit_test(an_offer_that_failed_can_be_pressed_again),
        cmocka_unit_test(an_offer_stays_with_the_incident_of_its_channel),
        cmocka_unit_test(times_in_an_offer_count_from_when_it_was_made),
        cmocka_unit_test(only_a_press_reads_a_tag),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
