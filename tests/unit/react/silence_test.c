/* The clock of silence, with the policy that ships: who is reminded that customers wait, when, and how often. */
#include "base/mem.h"
#include "comms/comms.h"
#include "comms/standing.h"
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

static struct policy_silence silence(void *ctx, const struct incident *incident, const char *tier, int cares)
{
    (void)ctx;
    return the_rig ? comms_silence(the_rig->core, incident, tier, cares) : (struct policy_silence){0};
}

static void report(void *ctx, const char *where, const char *text, uint64_t incident)
{
    (void)ctx, (void)incident;
    fail_msg("%s: %s", where, text);
}

static int set_up(void **state)
{
    static const struct policy_host host = {
        .incident = find_incident, .silence = silence, .on_failure = report};
    default_policy = policy_create(&host);
    the_rig = rig_create();
    delivery_connector(the_rig->core, "desk", TOCSIN_CAN_DESK, true, NULL, the_rig->now);
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

static bool owes(struct rig *rig, const char *name)
{
    return incident_owes(rig_incident(rig, 1), name);
}

/* What the directory says of a customer counts at once: nobody need touch the incident. */
static void a_clock_begins_with_the_directory(void **state)
{
    struct rig *rig = *state;
    rig_expect(rig, "ana", 0, "customer acme wish no-contact", "no contact");
    declare(rig, "major");
    assert_false(owes(rig, "first-contact"));
    rig_expect(rig, "ana", 0, "customer acme no wish", "acme");
    assert_true(owes(rig, "first-contact"));
    rig_expect(rig, "ana", 0, "customer acme cares", "watched over");
    assert_true(owes(rig, "first-contact-cares"));
    after(rig, 5 * MINUTE);
    assert_int_equal(
        rig_sent(rig, "\"channel\":\"room\"", "A customer whom we watch over has not heard from us yet"), 1);
    rig_expect(rig, "ana", 0, "customer acme forget", "no longer");
    assert_false(owes(rig, "first-contact-cares"));
}

/* One who was told does not speak for one who was not. */
static void whoever_is_affected_later_has_a_clock_of_their_own(void **state)
{
    struct rig *rig = *state;
    declare(rig, "major");
    after(rig, 5 * MINUTE);
    rig_expect(rig, "ana", 1, "told acme by phone", "1 customer heard from us");
    assert_false(owes(rig, "first-contact"));
    assert_true(owes(rig, "customer-update"));
    after(rig, 30 * MINUTE);
    rig_expect(rig, "ana", 1, "customers add Globex", "2 customers");
    assert_true(owes(rig, "first-contact"));
    after(rig, 10 * MINUTE);
    assert_int_equal(rig_sent(rig, "\"channel\":\"room\"", "Customers have not heard from us yet"), 1);
    rig_expect(rig, "ana", 1, "told Globex", "1 customer heard");
    assert_false(owes(rig, "first-contact"));
    after(rig, 20 * MINUTE); /* an hour since acme was told */
    assert_int_equal(rig_sent(rig, "\"channel\":\"room\"", "Customers have not heard from us for a while"), 1);
    rig_expect(rig, "ana", 1, "told all by phone", "2 customers heard");
    assert_int_equal(incident_owes(rig_incident(rig, 1), "customer-update")->due, rig->now + HOUR);
}

static void an_alias_is_the_same_customer(void **state)
{
    struct rig *rig = *state;
    declare(rig, "major");
    rig_expect(rig, "ana", 1, "customers add acme-inc", "2 customers");
    rig_expect(rig, "ana", 1, "told acme", "heard from us");
    assert_true(owes(rig, "first-contact"));
    rig_expect(rig, "ana", 0, "customer acme name Acme", "Acme");
    rig_expect(rig, "ana", 0, "customer acme alias acme-inc", "");
    assert_false(owes(rig, "first-contact"));
}

static void whoever_wishes_no_contact_is_not_waited_for(void **state)
{
    struct rig *rig = *state;
    rig_expect(rig, "ana", 0, "customer acme wish no-contact", "");
    declare(rig, "major");
    assert_false(owes(rig, "first-contact"));
}

static void whoever_wishes_security_only_waits_for_that(void **state)
{
    struct rig *rig = *state;
    rig_expect(rig, "ana", 0, "customer acme wish security-only", "");
    declare(rig, "major");
    assert_false(owes(rig, "first-contact"));
    rig_expect(rig, "ana", 1, "kind security", "");
    assert_true(owes(rig, "first-contact"));
    after(rig, 10 * MINUTE);
    assert_int_equal(rig_sent(rig, "have not heard from us yet: `draft all security` begins", ""), 1);
    rig_expect(rig, "ana", 1, "told acme", "");
    assert_true(owes(rig, "customer-update"));
    rig_expect(rig, "ana", 1, "kind none", "");
    assert_false(owes(rig, "customer-update"));
}

static void those_whom_we_watch_over_come_sooner(void **state)
{
    struct rig *rig = *state;
    declare(rig, "minor");
    assert_false(owes(rig, "first-contact-cares"));
    rig_expect(rig, "ana", 0, "customer acme cares yes", "");
    assert_true(owes(rig, "first-contact-cares"));
    after(rig, 30 * MINUTE);
    assert_int_equal(rig_sent(rig, "\"channel\":\"room\"", "A customer whom we watch over"), 1);
    rig_expect(rig, "ana", 1, "told acme", "");
    assert_false(owes(rig, "first-contact-cares"));
    assert_true(owes(rig, "customer-update-cares"));
}

static void a_merge_takes_along_what_was_said(void **state)
{
    struct rig *rig = *state;
    declare(rig, "major");
    rig_expect(rig, "ana", 1, "told acme", "heard from us");
    rig_expect(rig, "ana", 0, "declare --sev major the bank is down", "INC-2 is open");
    rig_expect(rig, "ana", 0, "merge 1 into 2", "merged");
    assert_null(incident_owes(rig_incident(rig, 2), "first-contact"));
    assert_non_null(incident_owes(rig_incident(rig, 2), "customer-update"));
}

/* More than the state names. */
static void in_a_crowd_everybody_counts(void **state)
{
    struct rig *rig = *state;
    declare(rig, "major");
    for (int i = 0; i < 40; i++) {
        CLEANUP_FREE char *line = xasprintf("customers add c%d", i);
        rig_expect(rig, "ana", 1, line, "customer");
    }
    assert_true(owes(rig, "first-contact"));
    for (int i = 0; i < 40; i++) {
        CLEANUP_FREE char *line = xasprintf("told c%d", i);
        rig_expect(rig, "ana", 1, line, "heard");
        assert_true(owes(rig, "first-contact")); /* acme */
        rig->now += SECOND;
    }
    rig_expect(rig, "ana", 1, "told acme", "heard");
    assert_false(owes(rig, "first-contact"));
    assert_int_equal(incident_owes(rig_incident(rig, 1), "customer-update")->due,
                     rig->now - 40 * SECOND + HOUR);
    rig_expect(rig, "ana", 1, "customers add late", "customer");
    assert_true(owes(rig, "first-contact"));
    rig_expect(rig, "ana", 1, "unaffect late", "");
    assert_false(owes(rig, "first-contact"));
    rig_expect(rig, "ana", 1, "told all by mail", "heard");
    assert_int_equal(incident_owes(rig_incident(rig, 1), "customer-update")->due, rig->now + HOUR);
}

static void writes(struct rig *rig, const char *customer)
{
    struct turn *turn = turn_begin(rig->core, rig->now);
    comms_replied(turn, &(struct reply){.customer = customer, .text = "it is broken"});
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
}

static void many_conversations_suggest_the_status_page_once(void **state)
{
    struct rig *rig = *state;
    declare(rig, "minor");
    rig_expect(rig, "ana", 1, "customers add b, c, d, e, f, g, h", "customers");
    rig_expect(rig, "ana", 1, "told acme", "");
    for (const char *p = "bcde"; *p; p++)
        writes(rig, (char[]){*p, '\0'});
    assert_false(rig_incident(rig, 1)->comms.crowded);
    writes(rig, "b"); /* five, still */
    assert_false(rig_incident(rig, 1)->comms.crowded);
    writes(rig, "f");
    assert_true(rig_incident(rig, 1)->comms.crowded);
    rig_expect(rig, "ana", 1, "timeline", "6 conversations with customers are open: consider the status page");
    writes(rig, "g");
    CLEANUP_FREE char *timeline = rig_line(rig, "ana", 1, "timeline");
    assert_null(strstr(timeline, "7 conversations"));
    after(rig, MINUTE);
    assert_true(rig_sent(rig, "\"card\"", "the status page: more than 5 conversations") > 0);
    rig_expect(rig, "ana", 1, "resolve", "");
    after(rig, MINUTE);
    assert_true(rig_incident(rig, 1)->comms.crowded); /* nobody knows yet */
    rig_expect(rig, "ana", 1, "told acme", "");
    rig_expect(rig, "ana", 1, "told b", "");
    assert_false(rig_incident(rig, 1)->comms.crowded);
    after(rig, MINUTE);
    rig_expect(rig, "ana", 1, "reopen", "");
    assert_true(rig_incident(rig, 1)->comms.crowded); /* it fell, and rose */
}

static void restart(struct rig *rig)
{
    struct core_settings settings = {.parts = core_parts, .zone = "UTC", .announce = "general"};
    struct core_ops ops = {.ctx = rig,
                           .perform = rig_perform,
                           .can_take = rig_can_take,
                           .wake = rig_wake,
                           .check = rig_check,
                           .keep = rig_keep};
    struct error err;
    chat_destroy(rig->chat);
    core_destroy(rig->core);
    assert_int_equal(
        core_create(&settings, &ops, rig->journal, RIG_POLICY, &rig->rng, rig->now, &rig->core, &err), 0);
    rig->chat = chat_create(rig->core, NULL, 0);
    delivery_connector(rig->core, "console", TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_PAGE, true, NULL,
                       rig->now);
    rig_settle(rig);
}

static void comes_back(struct rig *rig, const char *customer, int64_t draft)
{
    CLEANUP_JSON cJSON *kept = standing_get(rig->core, 1, draft, customer);
    struct turn *turn = turn_begin(rig->core, rig->now);
    comms_bounced(turn, &(struct bounce){.connector = "desk",
                                         .address = "ops@acme.example",
                                         .customer = customer,
                                         .message = standing_of(kept).message,
                                         .incident = 1,
                                         .permanent = true});
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
}

static void sends(struct rig *rig, int number)
{
    CLEANUP_FREE char *approve = xasprintf("approve %d", number);
    rig_expect(rig, "ana", 1, "draft all We are on it.", "");
    rig_expect(rig, "ben", 1, approve, "Approved");
    rig_settle(rig);
}

/* What did not arrive told them nothing: they have waited since before. */
static void who_got_no_message_still_waits(void **state)
{
    struct rig *rig = *state;
    declare(rig, "major");
    sends(rig, 1);
    assert_true(rig_incident(rig, 1)->activity.told_first != 0);
    assert_false(owes(rig, "first-contact"));
    after(rig, 30 * MINUTE);
    comes_back(rig, "acme", 1);
    assert_true(owes(rig, "first-contact"));
    assert_false(owes(rig, "customer-update"));
    assert_int_equal(rig_incident(rig, 1)->activity.told_first, 0);
    rig_expect(rig, "ana", 1, "customers", "not told yet");
    assert_int_equal(comms_open_conversations(rig->core, rig_incident(rig, 1)), 0);
    after(rig, 10 * MINUTE);
    assert_int_equal(rig_sent(rig, "\"channel\":\"room\"", "Customers have not heard from us yet"), 1);
    rig_expect(rig, "ana", 1, "told acme by phone", "heard");
    assert_int_equal(incident_durations(rig_incident(rig, 1), rig->now).to_first_contact, 40 * MINUTE);
    rig_expect(rig, "ana", 1, "customers", "told after 40m");
    assert_int_equal(comms_open_conversations(rig->core, rig_incident(rig, 1)), 1);
    sends(rig, 2);
    after(rig, MINUTE);
    rig_expect(rig, "ana", 1, "resolve", "");
    sends(rig, 3);
    assert_false(owes(rig, "closing-message"));
    restart(rig);
    assert_int_equal(comms_open_conversations(rig->core, rig_incident(rig, 1)), 0);
    comes_back(rig, "acme", 3); /* they do not know that it is over */
    assert_int_equal(comms_open_conversations(rig->core, rig_incident(rig, 1)), 1);
    assert_true(owes(rig, "closing-message"));
}

static void a_later_message_that_came_back_takes_no_earlier_one_away(void **state)
{
    struct rig *rig = *state;
    declare(rig, "major");
    rig_expect(rig, "ana", 1, "customers add Globex", "2 customers");
    sends(rig, 1);
    instant first = rig->now;
    after(rig, 30 * MINUTE);
    sends(rig, 2);
    assert_int_equal(incident_owes(rig_incident(rig, 1), "customer-update")->due, rig->now + HOUR);
    comes_back(rig, "acme", 2);
    assert_false(owes(rig, "first-contact"));
    assert_int_equal(incident_owes(rig_incident(rig, 1), "customer-update")->due, first + HOUR);
    restart(rig);
    comes_back(rig, "acme", 1); /* the first one, too */
    assert_true(owes(rig, "first-contact"));
    assert_true(owes(rig, "customer-update")); /* Globex was told */
    assert_int_equal(incident_owes(rig_incident(rig, 1), "customer-update")->due, rig->now + HOUR);
    assert_true(rig_incident(rig, 1)->activity.told_first != 0);
}

static void how_long_they_waited_is_measured(void **state)
{
    struct rig *rig = *state;
    declare(rig, "minor");
    rig_expect(rig, "ana", 1, "customers", "not told yet");
    after(rig, 10 * MINUTE);
    writes(rig, "acme");
    after(rig, 10 * MINUTE);
    rig_expect(rig, "ana", 1, "told acme by phone", "");
    struct durations d = incident_durations(rig_incident(rig, 1), rig->now);
    assert_int_equal(d.to_first_contact, 20 * MINUTE);
    assert_int_equal(d.silence, 20 * MINUTE);
    assert_true(incident_wrote_first(rig_incident(rig, 1)));
    after(rig, HOUR);
    rig_expect(rig, "ana", 1, "customers", "told after 20m, last today 15:26, wrote first, longest silence 1h");
    rig_expect(rig, "ana", 1, "customers add Globex", "");
    after(rig, HOUR);
    rig_expect(rig, "ana", 1, "resolve", "");
    after(rig, DAY);
    assert_int_equal(incident_durations(rig_incident(rig, 1), rig->now).silence, 2 * HOUR);
    rig_expect(rig, "ana", 1, "customers", "since Mon 23 Nov 16:26, not told yet");
}

static void a_restart_forgets_no_clock(void **state)
{
    struct rig *rig = *state;
    declare(rig, "major");
    rig_expect(rig, "ana", 1, "customers add globex", "");
    rig_expect(rig, "ana", 1, "told acme", "");
    after(rig, 10 * MINUTE);
    size_t said = rig_sent(rig, "console post", "Customers have not heard from us yet");
    restart(rig);
    assert_int_equal(rig_sent(rig, "console post", "Customers have not heard from us yet"), said);
    after(rig, 5 * MINUTE);
    assert_int_equal(rig_sent(rig, "console post", "Still: Customers have not heard from us yet"), 1);
    rig_expect(rig, "ana", 1, "told globex", "");
    restart(rig);
    rig_expect(rig, "ana", 1, "note still here", "");
    assert_false(owes(rig, "first-contact"));
    after(rig, 45 * MINUTE); /* an hour since acme was told */
    assert_int_equal(rig_sent(rig, "\"channel\":\"room\"", "Customers have not heard from us for a while"), 1);
}

static void what_an_ended_incident_owes_outlives_a_restart(void **state)
{
    struct rig *rig = *state;
    declare(rig, "major");
    rig_expect(rig, "ana", 1, "resolve", "");
    restart(rig);
    after(rig, 5 * DAY);
    assert_int_equal(rig_sent(rig, "\"channel\":\"room\"", "What did we learn?"), 1);
    restart(rig);
    after(rig, 2 * DAY);
    assert_int_equal(rig_sent(rig, "\"channel\":\"room\"", "What did we learn?"), 2);
}

static void customers_hear_that_it_is_over(void **state)
{
    struct rig *rig = *state;
    declare(rig, "major");
    rig_expect(rig, "ana", 1, "told acme", "");
    after(rig, MINUTE);
    rig_expect(rig, "ana", 1, "resolve", "");
    assert_true(owes(rig, "closing-message"));
    restart(rig);
    after(rig, HOUR);
    assert_int_equal(rig_sent(rig, "\"channel\":\"room\"", "not yet that it is over"), 1);
    rig_expect(rig, "ana", 1, "told acme by mail", "");
    assert_false(owes(rig, "closing-message"));
    after(rig, HOUR);
    assert_int_equal(rig_sent(rig, "\"channel\":\"room\"", "not yet that it is over"), 1);
}

static void a_message_that_arrives_stops_the_clock(void **state)
{
    struct rig *rig = *state;
    declare(rig, "minor");
    after(rig, 7 * MINUTE);
    rig_expect(rig, "ana", 1, "tell acme We are on it.", "approve 1");
    rig_expect(rig, "ana", 1, "approve 1", "");
    after(rig, SECOND);
    assert_false(owes(rig, "first-contact"));
    assert_true(owes(rig, "customer-update"));
    assert_int_equal(incident_durations(rig_incident(rig, 1), rig->now).to_first_contact, 7 * MINUTE);
    assert_int_equal(rig_incident(rig, 1)->activity.silence, 7 * MINUTE);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_step_of_the_ladder_is_taken_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_pause_does_not_stop_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_minor_incident_gets_one_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_clock_begins_with_the_directory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whoever_is_affected_later_has_a_clock_of_their_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_alias_is_the_same_customer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whoever_wishes_no_contact_is_not_waited_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whoever_wishes_security_only_waits_for_that, set_up, tear_down),
        cmocka_unit_test_setup_teardown(those_whom_we_watch_over_come_sooner, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_merge_takes_along_what_was_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(in_a_crowd_everybody_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_conversations_suggest_the_status_page_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_got_no_message_still_waits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_later_message_that_came_back_takes_no_earlier_one_away, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(how_long_they_waited_is_measured, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_restart_forgets_no_clock, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_an_ended_incident_owes_outlives_a_restart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(customers_hear_that_it_is_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_message_that_arrives_stops_the_clock, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
