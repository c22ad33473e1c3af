/* What follows when somebody else is on call: the journal, the note, and to whom it goes. It is Mon 23 Nov 2026 15:06 UTC. */
#include "../oncall/oncall_rig.h"

#define DAILY                                                                                                  \
    PEOPLE                                                                                                     \
    "rotation { name = 'product-responder', people = { 'ana', 'bo' }, start = '2026-11-23', handover = "       \
    "'09:00', length = '1d', zone = 'UTC' }\n"

static void people(void)
{
    rig_person(rig, "bo", "Bo", NULL);
    rig_person(rig, "cy", NULL, NULL);
    rig_settle(rig);
}

/* To the next handover at 09:00. */
static void next_morning(void)
{
    rig->now += DAY - (rig->now - 9 * HOUR) % DAY;
    rig_settle(rig);
}

/* The events, as "from off>on" each. The caller frees. */
static bool add_change(void *ctx, const struct journal_event *row)
{
    struct event event;
    CLEANUP_JSON cJSON *data = NULL;
    if (strcmp(row->type, "handed_over") != 0 || turn_event_of_row(row, &event, NULL))
        return true;
    if (json_parse(event.data, strlen(event.data), SIZE_MAX, JSON_DEPTH, "data", &data, NULL) == 0) {
        const cJSON *off = json_member(data, "off"), *on = json_member(data, "on");
        char until[INSTANT_TEXT];
        str_addf(ctx, "%s%.16s %s>%s", ((struct str *)ctx)->len ? "\n" : "", instant_format(event.until, until),
                 off && off->child ? off->child->valuestring : "-",
                 on && on->child ? on->child->valuestring : "-");
    }
    event_finish(&event);
    return true;
}

static void changes_are(const char *wanted)
{
    CLEANUP_STR struct str out = {0};
    journal_step(rig->journal);
    assert_int_equal(journal_read_stream(rig->journal, "system", 0, 0, add_change, &out, NULL), 0);
    assert_string_equal(str_text(&out), wanted);
}

static void whoever_comes_on_gets_the_note_once(void **state)
{
    (void)state;
    policy_rig_begin(DAILY);
    people();
    changes_are("");
    next_morning();
    changes_are("2026-11-24T09:00 ana>bo");
    assert_int_equal(rig_sent(rig, "\"to\":\"bo\"", "**product-responder**: Bo is on call until"), 1);
    assert_int_equal(rig_sent(rig, "after Ana María", "Nothing is open, owed or muted, and nothing paged."), 1);
    policy_rig_restart(NULL);
    rig_settle(rig);
    rig->now += HOUR;
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "**product-responder**: ", "on call until"), 1);
    changes_are("2026-11-24T09:00 ana>bo");
}

/* All that changed is in the journal, but only whoever is on call now is told. */
static void what_was_missed_is_made_up_for(void **state)
{
    (void)state;
    policy_rig_begin(DAILY);
    people();
    rig->now += 3 * DAY;
    policy_rig_restart(NULL);
    delivery_connector(rig->core, "console", TOCSIN_CAN_POST, true, NULL, rig->now);
    rig_settle(rig);
    changes_are("2026-11-24T09:00 ana>bo\n2026-11-25T09:00 bo>ana\n2026-11-26T09:00 ana>bo");
    assert_int_equal(rig_sent(rig, "**product-responder**: ", "on call until"), 1);
}

/* What was agreed counts from when it begins, and a policy from when it is loaded. */
static void agreements_and_policies_change_it_too(void **state)
{
    (void)state;
    policy_rig_begin(DAILY);
    people();
    does("bo", "cover @ana for 2h");
    rig_settle(rig);
    changes_are("2026-11-23T15:06 ana>bo");
    rig->now += 2 * HOUR;
    rig_settle(rig);
    changes_are("2026-11-23T15:06 ana>bo\n2026-11-23T17:06 bo>ana");
    does("ana-maria", "absent until tomorrow 6:00");
    rig_settle(rig);
    policy_dir_write(&policies, "team.lua",
                     PEOPLE "rotation { name = 'product-responder', people = { 'cy' }, start = "
                            "'2026-11-23', zone = 'UTC' }\n");
    assert_int_equal(policy_dir_load(&policies, NULL), 0);
    rig->now += HOUR;
    rig_settle(rig);
    changes_are("2026-11-23T15:06 ana>bo\n2026-11-23T17:06 bo>ana\n2026-11-23T17:06 ana>bo\n"
                "2026-11-23T18:06 bo>cy");
    policy_dir_write(&policies, "team.lua", "");
    assert_int_equal(policy_dir_load(&policies, NULL), 0);
    rig->now += HOUR;
    rig_settle(rig);
    changes_are("2026-11-23T15:06 ana>bo\n2026-11-23T17:06 bo>ana\n2026-11-23T17:06 ana>bo\n"
                "2026-11-23T18:06 bo>cy\n2026-11-23T19:06 cy>-");
}

static void the_note_says_what_goes_on(void **state)
{
    (void)state;
    policy_rig_begin("services { important = { 'checkout' } }\n" DAILY);
    people();
    alert(1);
    does("ana-maria", "declare printers are slow");
    does("ana-maria", "INC-2 pause for 2d waiting for paper");
    does("ana-maria", "mute printers* for 2d known");
    does("cy", "cover @ana wednesday 10-12");
    next_morning();
    const char *to = "\"to\":\"bo\"";
    assert_int_equal(rig_sent(rig, to, "**Open: 1**\\n- **INC-1** cards are refused: triage"), 1);
    assert_int_equal(rig_sent(rig, to, "**Paused: 1**\\n- **INC-2** printers are slow: paused until"), 1);
    assert_int_equal(rig_sent(rig, to, "**Paged in the last shift: 1**\\n- "), 1);
    assert_int_equal(rig_sent(rig, to, "**Covers: 1**\\n- cy covers Ana María from"), 1);
    assert_int_equal(rig_sent(rig, to, "**Muted: 1**\\n- printers\\\\* until"), 1);
    rig_expect(rig, "bo", 0, "shift", "**product-responder**: Bo is on call until tomorrow 09:00.");
    rig_expect(rig, "bo", 0, "shift nights", "! No rotation is called 'nights'. `oncall` lists them.");
    alert(2);
    CLEANUP_FREE char *now = rig_line(rig, "bo", 0, "shift");
    assert_non_null(strstr(now, "**Paged in this shift: 1**"));
}

static void the_note_says_which_holidays_cannot_be_read(void **state)
{
    (void)state;
    policy_rig_begin(PEOPLE
                     "holidays { name = 'england', url = '" FEED_URL "' }\n"
                     "rotation { name = 'product-responder', people = { 'ana', 'bo' }, start = '2026-11-23', "
                     "handover = '09:00', length = '1d', zone = 'UTC', holidays = 'england' }\n");
    people();
    feed_says("{\"why\":\"it is no iCalendar\"}", rig->now);
    next_morning();
    assert_int_equal(
        rig_sent(rig, "\"to\":\"bo\"",
                 "nothing paged.\\n\\n**Holidays england**: cannot be read from calendars.example since"),
        1);
}

static void private_incidents_are_told_to_members_only(void **state)
{
    (void)state;
    policy_rig_begin(DAILY "team { name = 'shop', rotation = 'product-responder', channel = 'shop' }\n");
    people();
    does("ana-maria", "declare somebody got in");
    does("ana-maria", "INC-1 private on");
    does("ana-maria", "declare printers are slow");
    next_morning();
    assert_int_equal(rig_sent(rig, "\"channel\":\"shop\"", "printers are slow"), 1);
    assert_int_equal(rig_sent(rig, "product-responder", "somebody got in"), 0);
    next_morning();
    assert_int_equal(rig_sent(rig, "\"to\":\"ana\"", "somebody got in"), 1);
}

static void whoever_cannot_be_written_to_is_named(void **state)
{
    (void)state;
    policy_rig_begin(DAILY);
    next_morning(); /* nobody knows bo yet */
    assert_int_equal(
        rig_sent(rig, "\"channel\":\"general\"", "Bo is on call for product-responder now, but I can't"), 1);
}

static void up(uint64_t can)
{
    delivery_connector(rig->core, "console", TOCSIN_CAN_POST | can, true, NULL, rig->now);
    rig_settle(rig);
}

/* Two rotations share one: it has the people of both. Nobody is told twice of the same, nor of a gap. */
static void a_user_group_has_whoever_is_on_call(void **state)
{
    (void)state;
    policy_rig_begin(
        "people { ana = { console = 'ana' }, bo = { console = 'bo' }, dee = { email = 'dee@x.example' } }\n"
        "rotation { name = 'one', people = { 'ana', 'bo' }, start = '2026-11-23', handover = '09:00', length "
        "= '1d', zone "
        "= 'UTC', group = { console = 'oncall', slack = 'S0' } }\n"
        "rotation { name = 'two', people = { 'dee' }, start = '2026-11-23', zone = 'UTC', group = '@oncall', "
        "hours = "
        "'09:00-17:00', gaps = true }\n");
    people();
    assert_int_equal(rig_sent(rig, "group.members", ""), 0); /* the connector has no groups */
    up(TOCSIN_CAN_GROUPS);
    assert_int_equal(rig_sent(rig, "group.members", "\"users\":[\"ana\"]"), 1);
    rig->now += 2 * HOUR; /* 17:06 */
    rig_settle(rig);
    up(TOCSIN_CAN_GROUPS);
    next_morning();
    assert_int_equal(rig_sent(rig, "group.members", "\"users\":[\"bo\"]"), 1);
    delivery_connector(rig->core, "console", TOCSIN_CAN_POST | TOCSIN_CAN_GROUPS, false, NULL, rig->now);
    rig_settle(rig);
    size_t before = rig_sent(rig, "group.members", "");
    up(TOCSIN_CAN_GROUPS);
    assert_int_equal(rig_sent(rig, "group.members", ""), before + 1);
}

/* Nobody would see by themselves that it has the wrong members. */
static void a_user_group_that_is_refused_is_said(void **state)
{
    (void)state;
    policy_rig_begin("people { ana = { console = 'ana' } }\n"
                     "rotation { name = 'one', people = { 'ana' }, start = '2026-11-23', zone = 'UTC', group = "
                     "'oncall' }\n");
    people();
    rig->only = "group.members";
    rig->outcome = TOCSIN_REFUSED;
    up(TOCSIN_CAN_GROUPS);
    assert_int_equal(rig_sent(rig, "post: {\"channel\":\"general\"",
                              "Console could not update a user group: no such channel. Retry with"),
                     1);
}

/* What was carried stays, whatever the policy says later; the shift that goes on counts up to now. */
static void what_each_carried_is_kept(void **state)
{
    (void)state;
    policy_rig_begin("services { important = { 'checkout' } }\n" DAILY);
    people();
    rig_expect(rig, "bo", 0, "fairness",
               "What each carried for **product-responder** since 2026-08:\n- Ana María: 0 h on call");
    next_morning();
    alert(1);
    does("bo", "INC-1 accept"); /* or everybody is called */
    rig->now += 14 * HOUR;      /* 23:00 */
    rig_settle(rig);
    alert(2);
    rig_expect(
        rig, "bo", 0, "fairness product-responder",
        "What each carried for **product-responder** since 2026-08:\n"
        "- Ana María: 18 h on call, 8 h by night, 0 h at weekends, 0 h on holidays; paged 0 times, 0 by night\n"
        "- Bo: 14 h on call, 1 h by night, 0 h at weekends, 0 h on holidays; paged 2 times, 1 by night");
    policy_dir_write(
        &policies, "team.lua",
        PEOPLE
        "rotation { name = 'product-responder', people = { 'cy' }, start = '2026-11-23', zone = 'UTC' }\n");
    assert_int_equal(policy_dir_load(&policies, NULL), 0);
    rig->now += HOUR;
    policy_rig_restart(NULL);
    rig_settle(rig);
    CLEANUP_FREE char *said = rig_line(rig, "bo", 0, "fairness product-responder 1");
    assert_non_null(strstr(said, "- Ana María: 18 h on call, 8 h by night"));
    assert_non_null(
        strstr(said, "- Bo: 15 h on call, 2 h by night, 0 h at weekends, 0 h on holidays; paged 2 times"));
    rig_expect(rig, "bo", 0, "fairness nights", "! No rotation is called 'nights'.");
    rig_expect(rig, "bo", 0, "fairness product-responder soon", "! 'soon' is neither a number of months");
}

static void a_private_page_is_not_counted(void **state)
{
    (void)state;
    policy_rig_begin(DAILY);
    people();
    does("bo", "declare somebody got in");
    does("bo", "INC-1 private on");
    CLEANUP_FREE char *page = rig_line(rig, "bo", 1, "page product-responder now");
    rig_settle(rig);
    CLEANUP_FREE char *said = rig_line(rig, "ben", 0, "fairness");
    assert_non_null(strstr(said, "paged 0 times"));
    assert_null(strstr(said, "paged 1"));
}

/* Whoever carried least comes first, unless they are away then. What it writes is a policy without a gap. */
static void the_next_quarter_is_proposed(void **state)
{
    (void)state;
    policy_rig_begin(
        PEOPLE "rotation { name = 'payments', people = { 'ana', 'bo', 'cy' }, start = '2026-11-16', handover = "
               "'monday 09:00', zone = 'Europe/London' }\n");
    people();
    rig->now += 14 * DAY; /* Bo, then Cy */
    rig_settle(rig);
    rig_expect(
        rig, "bo", 0, "fairness payments propose",
        "For the next quarter, in the rotation **payments**:\n\n```lua\n"
        "people = { \"ana\", \"bo\", \"cy\" }, start = \"2027-01-04\",\n"
        "layers = { -- until then, as it is\n"
        "  { people = { \"ana\", \"bo\", \"cy\" }, start = \"2026-11-16\", ends = \"2027-01-04\" },\n},\n```\n"
        "Why, by the last three months; whoever carried least comes first:\n1. Ana María: ");
    does("ana-maria", "absent 4 jan - 5 jan");
    CLEANUP_FREE char *said = rig_line(rig, "bo", 0, "fairness payments propose");
    assert_non_null(strstr(said, "people = { \"bo\", \"ana\", \"cy\" }"));
    assert_non_null(strstr(said, "away in an earlier turn, so it is not theirs"));
    policy_dir_write(&policies, "team.lua",
                     PEOPLE
                     "rotation { name = 'payments', handover = 'monday 09:00', zone = 'Europe/London',\n"
                     "people = { 'bo', 'ana', 'cy' }, start = '2027-01-04', layers = {\n"
                     "{ people = { 'ana', 'bo', 'cy' }, start = '2026-11-16', ends = '2027-01-04' } } }\n");
    assert_int_equal(policy_dir_load(&policies, NULL), 0);
    rig_expect(rig, "ben", 0, "oncall payments jan 4 2027 8:59", "**payments**: ");
    rig_expect(rig, "ben", 0, "oncall payments jan 4 2027 9:00", "**payments**: Bo");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(whoever_comes_on_gets_the_note_once, tear_down),
        cmocka_unit_test_teardown(what_was_missed_is_made_up_for, tear_down),
        cmocka_unit_test_teardown(agreements_and_policies_change_it_too, tear_down),
        cmocka_unit_test_teardown(the_note_says_what_goes_on, tear_down),
        cmocka_unit_test_teardown(the_note_says_which_holidays_cannot_be_read, tear_down),
        cmocka_unit_test_teardown(private_incidents_are_told_to_members_only, tear_down),
        cmocka_unit_test_teardown(whoever_cannot_be_written_to_is_named, tear_down),
        cmocka_unit_test_teardown(a_user_group_has_whoever_is_on_call, tear_down),
        cmocka_unit_test_teardown(a_user_group_that_is_refused_is_said, tear_down),
        cmocka_unit_test_teardown(what_each_carried_is_kept, tear_down),
        cmocka_unit_test_teardown(a_private_page_is_not_counted, tear_down),
        cmocka_unit_test_teardown(the_next_quarter_is_proposed, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
