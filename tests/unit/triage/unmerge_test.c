/* A merge can be undone for an hour: the incident comes back as it was, and what its survivor got meanwhile stays there. */
#include "sight/sight.h"

#define TEAM_POLICY "services { important = { 'checkout' } }\n"
#include "rig.h"

static const struct incident *of(uint64_t id, const char *viewer)
{
    const struct incident *found = sight_incident(rig->core, id, viewer);
    assert_non_null(found);
    return found;
}

static void later(duration by)
{
    rig->now += by;
    rig_settle(rig);
}

/* INC-1 with an alert and a channel; INC-2, declared by ben. */
static void two(void)
{
    take_alert(0xa1, "sentry", "checkout", "card refused", ALERT_FIRING);
    rig_room(rig, 1, "room-1");
    rig_expect(rig, "ben", 0, "declare cards fail", "INC-2");
    rig_room(rig, 2, "room-2");
    later(MINUTE);
}

static uint64_t group_of(const char *fingerprint)
{
    const struct group *group = triage_group(rig->core, fingerprint, rig->now);
    assert_non_null(group);
    return group->care.incident;
}

static void it_comes_back_as_it_was(void **state)
{
    (void)state;
    two();
    rig_expect(rig, "ana-maria", 1, "accept", "INC-1");
    rig_expect(rig, "ana-maria", 1, "sev critical", "critical");
    rig_expect(rig, "ana-maria", 1, "lead me", "");
    rig_expect(rig, "ana-maria", 1, "comms @ben", "");
    rig_expect(rig, "ana-maria", 1, "pause the bank is asked for 3h", "paused");
    instant until = of(1, "ben")->pause.until;
    later(MINUTE);
    rig_expect(rig, "ben", 0, "merge 1 into 2", "INC-1 was merged into INC-2");
    assert_int_equal(of(1, "ben")->places.channels.n, 0);
    assert_int_equal(group_of("00000000000000a1"), 2);
    rig_expect(rig, "ben", 2, "note meanwhile", "");
    later(30 * MINUTE);
    take_alert(0xa1, "sentry", "checkout", "card refused", ALERT_FIRING);
    rig_expect(rig, "ben", 0, "unmerge INC-1 not the same", "INC-1 is separate from INC-2 again, and paused.");
    const struct incident *back = of(1, "ben");
    assert_int_equal(back->status, STATUS_PAUSED);
    assert_int_equal(back->pause.until, until);
    assert_string_equal(back->pause.reason, "the bank is asked");
    assert_string_equal(back->severity, "critical");
    assert_string_equal(incident_role(back, "lead"), "ana-maria");
    assert_string_equal(incident_role(back, "comms"), "ben");
    assert_int_equal(back->affected.alerts.n, 1);
    assert_string_equal(back->affected.alerts.v[0].title, "card refused");
    assert_int_equal(back->places.channels.n, 1);
    assert_string_equal(back->places.channels.v[0].channel, "room-1");
    assert_int_equal(back->end.merged_into, 0);
    assert_int_equal(group_of("00000000000000a1"), 1);
    const struct incident *survivor = of(2, "ben");
    assert_int_equal(survivor->affected.alerts.n, 0);
    assert_int_equal(survivor->places.channels.n, 1);
    assert_int_equal(survivor->activity.notes, 1);
    assert_int_equal(survivor->status, STATUS_INVESTIGATING);
    assert_int_equal(rig_sent(rig, "\"channel\":\"room-1\"", "separate from INC-2 again"), 1);
    assert_int_equal(rig_sent(rig, "\"channel\":\"room-2\"", "INC-1 is separate again"), 1);
    later(4 * HOUR); /* its pause ends as it would have */
    assert_int_equal(of(1, "ben")->status, STATUS_INVESTIGATING);
}

/* Whatever it was when it was merged. */
static void every_open_status_comes_back(void **state)
{
    static const char *const lines[][2] = {
        {NULL, NULL}, {"accept", NULL}, {"accept", "fix"}, {"accept", "monitor"}, {"accept", "pause x for 2h"}};
    (void)state;
    rig_expect(rig, "ben", 0, "declare the survivor", "INC-1");
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        uint64_t id = i + 2;
        take_alert(0xb0 + i, "sentry", "checkout", "another problem", ALERT_FIRING);
        for (int k = 0; k < 2 && lines[i][k]; k++)
            rig_expect(rig, "ben", id, lines[i][k], "INC-");
        enum status was = of(id, "ben")->status;
        later(MINUTE);
        rig_expect(rig, "ben", id, "merge INC-1", "merged into INC-1");
        enum status survives = of(1, "ben")->status;
        later(MINUTE);
        rig_expect(rig, "ben", id, "unmerge", "separate from INC-1 again");
        assert_int_equal(of(id, "ben")->status, was);
        assert_int_equal(of(1, "ben")->status, survives);
        assert_int_equal(of(id, "ben")->affected.alerts.n, 1);
    }
}

static void after_an_hour_it_is_final(void **state)
{
    (void)state;
    two();
    rig_expect(rig, "ben", 0, "merge 1 into 2", "merged");
    assert_int_equal(of(2, "ben")->affected.merged.n, 1);
    later(2 * SECOND); /* a card is edited once a second */
    assert_true(rig_sent(rig, "console edit", "Unmerge INC-1") > 0);
    size_t before = rig->sent.n;
    later(HOUR);
    assert_int_equal(of(2, "ben")->affected.merged.n, 0);
    bool edited = false;
    for (size_t i = before; i < rig->sent.n; i++) {
        edited |= strstr(rig->sent.v[i], "edit") && strstr(rig->sent.v[i], "INC-2");
        assert_null(strstr(rig->sent.v[i], "Unmerge"));
    }
    assert_true(edited); /* the button is gone */
    rig_expect(rig, "ben", 1, "unmerge", "! A merge can be undone for an hour, and that has passed for INC-1.");
    assert_int_equal(of(1, "ben")->status, STATUS_MERGED);
    assert_int_equal(group_of("00000000000000a1"), 2);
}

static void what_cannot_be_undone_says_why(void **state)
{
    (void)state;
    two();
    rig_expect(rig, "ben", 2, "unmerge", "! INC-2 is being investigated, not merged into another incident.");
    rig_expect(rig, "ben", 0, "unmerge INC-9", "! No incident INC-9.");
    rig_expect(rig, "ben", 0, "merge 1 into 2", "merged");
    rig_expect(rig, "ben", 0, "declare the third", "INC-3");
    rig_expect(rig, "ben", 0, "merge 2 into 3", "merged");
    rig_expect(rig, "ben", 1, "unmerge", "! INC-2 was itself merged into another incident meanwhile.");
    rig_expect(rig, "ben", 2, "unmerge", "INC-2 is separate from INC-3 again");
    rig_expect(rig, "ben", 1, "unmerge", "INC-1 is separate from INC-2 again");
    assert_int_equal(group_of("00000000000000a1"), 1);
    rig_expect(rig, "ben", 1, "unmerge", "! INC-1 is in triage, not merged");
}

static void a_group_with_a_new_incident_stays_there(void **state)
{
    (void)state;
    two();
    rig_expect(rig, "ben", 0, "merge 1 into 2", "merged");
    rig_expect(rig, "ben", 2, "resolve rolled back", "resolved");
    later(10 * MINUTE);
    take_alert(0xa1, "sentry", "checkout", "card refused", ALERT_FIRING);
    expect_open(1); /* it came back: INC-3 */
    assert_int_equal(group_of("00000000000000a1"), 3);
    rig_expect(rig, "ben", 1, "unmerge",
               "! INC-1 cannot be taken out again: its alert card refused belongs to INC-3");
    assert_int_equal(of(1, "ben")->status, STATUS_MERGED);
}

static void a_private_survivor_keeps_its_secret(void **state)
{
    (void)state;
    two();
    rig_expect(rig, "ben", 0, "merge 1 into 2", "merged");
    rig_expect(rig, "ben", 2, "private", "INC-2 is private");
    rig_expect(rig, "ben", 1, "unmerge", "! INC-2 is private, and INC-1 is not");
    CLEANUP_FREE char *said = rig_line(rig, "ana-maria", 1, "unmerge");
    assert_non_null(strstr(said, "! Only somebody who sees the incident that INC-1 was merged into"));
    assert_null(strstr(said, "INC-2"));
}

/* Both private: members of both undo it, and nobody else learns of it. */
static void private_incidents_part_in_private(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "declare --private one", "INC-1");
    rig_expect(rig, "ben", 0, "declare --private two", "INC-2");
    rig_expect(rig, "ben", 0, "merge 1 into 2", "merged");
    rig_expect(rig, "ana-maria", 0, "INC-1 unmerge", "! No incident INC-1.");
    size_t before = rig->sent.n;
    rig_expect(rig, "ben", 0, "INC-1 unmerge", "INC-1 is separate from INC-2 again");
    for (size_t i = before; i < rig->sent.n; i++)
        assert_true(!strstr(rig->sent.v[i], "\"channel\":\"general\"") ||
                    strstr(rig->sent.v[i], "\"to\":\"ben\""));
    rig_expect(rig, "ben", 2, "invite ana-maria", "Ana");
    CLEANUP_STR struct str seen = {0};
    sight_incident_encode(rig->core, of(2, "ana-maria"), "ana-maria", &seen);
    assert_null(strstr(seen.p, "apart"));
}

/* What was edited or deleted while they were one stays so. */
static void an_edit_while_merged_is_not_undone(void **state)
{
    (void)state;
    two();
    static const char *const events[] = {
        "{'type':'message','id':'1','message':'m1','channel':'room-1','user':{'id':'ben','name':'Ben'},'text':'"
        "the key is 1234'}",
        "{'type':'edited','id':'2','message':'m1','channel':'room-1','user':{'id':'ben','name':'Ben'},'text':'"
        "the key is gone','order':1}",
        "{'type':'message','id':'3','message':'m2','channel':'room-1','user':{'id':'ben','name':'Ben'},'text':'"
        "password hunter2'}",
        "MERGE",
        "{'type':'deleted','id':'4','message':'m2','channel':'room-1','user':{'id':'ben','name':'Ben'}}",
        "{'type':'edited','id':'5','message':'m1','channel':'room-1','user':{'id':'ben','name':'Ben'},'text':'"
        "no key','order':2}",
        "{'type':'message','id':'6','message':'m3','channel':'room-1','user':{'id':'ben','name':'Ben'},'text':'"
        "secret three'}",
        "UNMERGE",
        "{'type':'deleted','id':'7','message':'m3','channel':'room-1','user':{'id':'ben','name':'Ben'}}",
    };
    for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
        if (strcmp(events[i], "MERGE") == 0)
            rig_expect(rig, "ben", 0, "merge 1 into 2", "merged");
        else if (strcmp(events[i], "UNMERGE") == 0)
            rig_expect(rig, "ben", 1, "unmerge", "separate");
        else
            assert_int_equal(rig_event(rig, events[i]), TOCSIN_EMITTED);
        later(SECOND);
    }
    CLEANUP_FREE char *one = rig_line(rig, "ana-maria", 1, "timeline"),
                      *two_ = rig_line(rig, "ana-maria", 2, "timeline");
    assert_null(strstr(one, "1234"));
    assert_null(strstr(one, "the key is gone"));
    assert_null(strstr(one, "hunter2"));
    assert_null(strstr(two_, "secret three"));
    assert_non_null(strstr(one, "no key"));
}

int main(void)
{
#define WITH_RIG(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_RIG(it_comes_back_as_it_was),
        WITH_RIG(every_open_status_comes_back),
        WITH_RIG(after_an_hour_it_is_final),
        WITH_RIG(what_cannot_be_undone_says_why),
        WITH_RIG(a_group_with_a_new_incident_stays_there),
        WITH_RIG(a_private_survivor_keeps_its_secret),
        WITH_RIG(private_incidents_part_in_private),
        WITH_RIG(an_edit_while_merged_is_not_undone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
