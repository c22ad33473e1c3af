/* Private incidents, case by case; privacy_test.c searches for what these cases miss. */
#include "policy/policy.h"

static struct policy *the_policy;
#define RIG_POLICY the_policy
#include "../command/rig.h"

#include "../../support/policy_dir.h"
#include "base/log.h"
#include "delivery/delivery.h"
#include "react/react.h"
#include "sight/sight.h"
#include "triage/triage.h"

static const char team_policy[] =
    "rule { name = 'regression', off = true }\n"
    "rule { name = 'vault', match = { service = 'vault' }, declare = { private = true, page = 'ben' } }\n"
    "rule { name = 'shop', match = { service = 'shop', new = true, regressed = true }, declare = "
    "function(group)\n"
    "  if group.title == 'broken' and group.count > 1 then error('cannot judge ' .. group.title) end\n"
    "  return true\n"
    "end }\n"
    "on('resolved', 'see', function(incident)\n"
    "  for _, number in ipairs(incident.related) do incident:note('see number ' .. number) end\n"
    "end)\n"
    "rule { name = 'keys', match = { service = 'keys' }, declare = { private = true, page = 'sec-team' } }\n";

static struct policy_dir policies;
static struct rig *rig;
static struct str logged;

static void script_failed(void *ctx, const char *where, const char *text, uint64_t incident)
{
    (void)ctx;
    react_script_failed(rig->core, where, text, incident);
}

static const struct incident *read_incident(void *ctx, uint64_t id)
{
    (void)ctx;
    return sight_incident(rig->core, id, NULL);
}

static void on_log(void *ctx, const char *line, size_t n)
{
    (void)ctx;
    str_addn(&logged, line, n);
}

static int set_up(void **state)
{
    static const struct policy_host host = {.incident = read_incident, .on_failure = script_failed};
    struct error err;
    (void)state;
    policy_dir_init(&policies);
    policy_dir_write(&policies, "team.lua", team_policy);
    policies.policy = the_policy = policy_create(&host);
    if (policy_load(the_policy, policies.path, &err))
        fail_msg("%s", err.text);
    log_sink(on_log, NULL);
    rig = rig_create();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rig_destroy(rig);
    log_sink(NULL, NULL);
    str_finish(&logged);
    policy_dir_finish(&policies);
    return 0;
}

static void alert(const char *service, const char *title, enum alert_status status)
{
    struct alert alert;
    alert_init(&alert, "generic", rig->now);
    alert.fingerprint = 0xab;
    alert.about.title = title;
    alert.about.service = service;
    alert.status = status;
    triage_alerts(rig->core, &alert, 1, rig->now, NULL, NULL);
    rig_settle(rig);
}

static void pass(duration span)
{
    rig->now += span;
    rig_settle(rig);
}

static bool is_member(uint64_t id, const char *person)
{
    const struct incident *incident = sight_incident(rig->core, id, person);
    return incident && incident_has_member(incident, person);
}

static void without_a_channel_each_member_is_told_alone(void **state)
{
    (void)state;
    rig_expect(rig, "ana-maria", 0, "declare --private keys are out", "INC-1 is open for its members only");
    rig_expect(rig, "ana-maria", 1, "invite ben", "Ben is now a member of INC-1");
    pass(5 * HOUR);
    assert_int_equal(rig_sent(rig, "Quiet for a while", "\"to\":\"ana\""), 1);
    assert_int_equal(rig_sent(rig, "Quiet for a while", "\"to\":\"ben\""), 1);
    assert_int_equal(rig_sent(rig, "Quiet for a while", ""), 2);
}

/* Even when the removal could not be sent at once, and others have left since. */
static void people_who_leave_are_removed_from_the_channel(void **state)
{
    (void)state;
    delivery_connector(rig->core, "console", TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_CHANNELS, true,
                       NULL, rig->now);
    rig_expect(rig, "ana-maria", 0, "declare --private keys are out", "INC-1 is open for its members only");
    rig_expect(rig, "ana-maria", 1, "invite ben", "Ben is now a member of INC-1");
    rig_person(rig, "eve", "Eve", NULL);
    rig_expect(rig, "ana-maria", 1, "invite eve", "Eve is now a member of INC-1");
    rig->outcome = TOCSIN_RETRY;
    rig_expect(rig, "ben", 1, "leave", "INC-1");
    rig_expect(rig, "eve", 1, "leave", "INC-1");
    rig->outcome = TOCSIN_DONE;
    pass(MINUTE);
    pass(MINUTE);
    assert_true(rig_sent(rig, "console channel.remove", "\"who\":\"ben\"") >= 1);
    assert_true(rig_sent(rig, "console channel.remove", "\"who\":\"eve\"") >= 1);
    rig_expect(rig, "ben", 0, "declare checkout is slow", "INC-2 is open");
    rig_expect(rig, "ben", 2, "join", "INC-2");
    rig_expect(rig, "ben", 2, "leave", "INC-2");
    assert_int_equal(rig_sent(rig, "console channel.remove", "inc-2"), 0);
}

/* The paged team has no members: people are told that there is something, and the first to join gets it. */
static void an_incident_that_nobody_sees_can_be_claimed(void **state)
{
    (void)state;
    alert("keys", "the keys are on the web", ALERT_FIRING);
    assert_int_equal(rig_sent(rig, "the private incident INC-1, which has no members", "INC-1 join"), 1);
    assert_int_equal(rig_sent(rig, "on the web", ""), 0);
    rig_expect(rig, "ben", 0, "INC-1 show", "! No incident INC-1.");
    rig_expect(rig, "ben", 0, "INC-1 join", "on the web");
    assert_true(is_member(1, "ben"));
    rig_expect(rig, "ana-maria", 0, "INC-1 join", "! No incident INC-1.");
}

static void paged_people_become_members(void **state)
{
    (void)state;
    alert("vault", "keys are out", ALERT_FIRING);
    assert_null(sight_incident(rig->core, 1, NULL));
    assert_true(is_member(1, "ben"));
    assert_int_equal(rig_sent(rig, "console page", "\"user\":\"ben\""), 1);
    assert_int_equal(rig_sent(rig, "keys are out", ""), 1);
}

static void close_privately(void)
{
    rig_expect(rig, "ben", 1, "accept", "Ben accepted INC-1");
    rig_expect(rig, "ben", 1, "private", "INC-1 is private");
    rig_expect(rig, "ben", 1, "resolve", "Ben resolved INC-1");
}

static void an_alert_that_comes_back_opens_a_private_incident_again(void **state)
{
    (void)state;
    alert("shop", "cards are stolen", ALERT_FIRING);
    close_privately();
    size_t before = rig_sent(rig, "cards are stolen", "");
    pass(HOUR);
    alert("shop", "cards are stolen", ALERT_FIRING);
    assert_null(sight_incident(rig->core, 2, NULL));
    assert_true(is_member(2, "ben"));
    assert_int_equal(rig_sent(rig, "cards are stolen", ""), before);
}

static void a_failing_rule_asks_only_where_the_incident_may_be_known(void **state)
{
    (void)state;
    alert("shop", "broken", ALERT_FIRING);
    close_privately();
    pass(HOUR);
    str_clear(&logged);
    alert("shop", "broken", ALERT_FIRING);
    pass(SECOND);
    assert_int_equal(rig_sent(rig, "A rule failed on this alert", "\"to\":\"ben\""), 1);
    assert_int_equal(rig_sent(rig, "A rule failed on this alert", ""), 1);
    assert_int_equal(rig_sent(rig, "A policy script failed", ""), 0); /* once is enough */
    assert_non_null(strstr(str_text(&logged), "team.lua:3: failed in a private incident"));
    assert_null(strstr(str_text(&logged), "cannot judge"));
}

static void a_relation_does_not_reveal_the_number(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "declare one", "INC-1");
    rig_expect(rig, "ben", 0, "declare two", "INC-2");
    rig_expect(rig, "ben", 1, "relate INC-2", "are related");
    rig_expect(rig, "ana-maria", 1, "timeline", "related it to INC-2");
    rig_expect(rig, "ben", 2, "private", "INC-2 is private");
    CLEANUP_FREE char *stranger = rig_line(rig, "ana-maria", 1, "timeline");
    CLEANUP_FREE char *member = rig_line(rig, "ben", 1, "timeline");
    assert_null(strstr(stranger, "related it"));
    assert_non_null(strstr(member, "related it to INC-2"));
    rig_expect(rig, "ben", 1, "resolve", "Ben resolved INC-1");
    CLEANUP_FREE char *after = rig_line(rig, "ben", 1, "timeline");
    assert_null(strstr(after, "see number")); /* a script for a public incident sees no more than everybody */
}

/* A merge into a private incident is visible as a merge. */
static void a_merge_does_not_reveal_the_number(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "declare one", "INC-1");
    rig_expect(rig, "ben", 0, "declare --private two", "INC-2");
    rig_expect(rig, "ben", 0, "merge 1 into 2", "INC-1 was merged into INC-2");
    CLEANUP_FREE char *stranger = rig_line(rig, "ana-maria", 1, "timeline");
    assert_non_null(strstr(stranger, "Ben merged it\n"));
    assert_int_equal(rig_sent(rig, "into INC-2", ""), 0);
    assert_int_equal(rig_sent(rig, "continues in INC-2", ""), 0);
}

static void waiting_messages_are_withheld(void **state)
{
    (void)state;
    uint64_t can = TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_PAGE;
    delivery_connector(rig->core, "console", can, false, "away", rig->now);
    rig_expect(rig, "ben", 0, "declare cards are stolen", "INC-1");
    rig_event(rig, "{'type':'command','id':'1','channel':'lobby','text':'list','user':{'id':'ana'}}");
    rig_expect(rig, "ben", 1, "private", "INC-1 is private");
    delivery_connector(rig->core, "console", can, true, NULL, rig->now);
    pass(SECOND);
    assert_int_equal(rig_sent(rig, "cards are stolen", ""), 0);
    assert_int_equal(rig_sent(rig, "Please ask again", "\"to\":\"ana\""), 1);
    assert_int_equal(outbox_count(core_outbox(rig->core), ACTION_DEAD), 0);
    rig_expect(rig, "ben", 0, "actions", "Everything has been sent");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(without_a_channel_each_member_is_told_alone),
        TEST(people_who_leave_are_removed_from_the_channel),
        TEST(an_incident_that_nobody_sees_can_be_claimed),
        TEST(paged_people_become_members),
        TEST(an_alert_that_comes_back_opens_a_private_incident_again),
        TEST(a_failing_rule_asks_only_where_the_incident_may_be_known),
        TEST(a_relation_does_not_reveal_the_number),
        TEST(a_merge_does_not_reveal_the_number),
        TEST(waiting_messages_are_withheld),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
