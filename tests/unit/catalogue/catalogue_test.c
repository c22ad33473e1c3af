/* What chat shows of services and of importance, and who may see it; what a card says. It is Mon 23 Nov 2026 15:06 UTC. */
#include "catalogue/catalogue.h"
#include "policy/importance.h"

#define TEAM_POLICY                                                                                            \
    "people { ana = { name = 'Ana', console = 'ana' }, bo = { name = 'Bo', console = 'bo' } }\n"               \
    "rotation { name = 'pay', people = { 'ana', 'bo' }, start = '2026-11-16', zone = 'UTC' }\n"                \
    "team { name = 'payments', rotation = 'pay', people = { 'ana' }, channel = 'pay-room' }\n"                 \
    "service { name = 'checkout', team = 'payments', tier = 1, critical_flow = true, owner = 'ana',\n"         \
    "  runbook = 'https://wiki.example/checkout', dashboards = { 'https://g.example/d' }, component = "        \
    "'Pay',\n"                                                                                                 \
    "  aliases = 'shop-web', depends_on = { 'ledger' } }\n"                                                    \
    "service { name = 'ledger', team = 'payments', depends_on = { 'db' } }\n"                                  \
    "service { name = 'db', tier = 2 }\n"                                                                      \
    "rule { name = 'vault', match = { title = 'vault*' }, declare = { private = true, page = 'ana-maria' } "   \
    "}\n"
#include "../triage/rig.h"

static void expect(const char *line, const char *wanted)
{
    rig_expect(rig, "ben", 0, line, wanted);
}

static void expect_without(const char *person, const char *line, const char *unwanted)
{
    CLEANUP_FREE char *said = rig_line(rig, person, 0, line);
    if (strstr(said, unwanted))
        fail_msg("%s, for %s, has %s: %s", line, person, unwanted, said);
}

static void the_catalogue_is_listed_by_team(void **state)
{
    (void)state;
    expect("services", "**Services: 3**\n- **payments**: checkout (tier 1, critical flow), ledger\n"
                       "- **no team**: db (tier 2)\n");
    expect("service", "**Services: 3**\n");
    expect_without("ben", "services", "not in the catalogue");
}

static void a_service_is_shown_with_all_that_is_known(void **state)
{
    (void)state;
    take_alert(1, "sentry", "Shop-Web", "CardDeclined", ALERT_FIRING);
    expect_open(1);
    expect("services CHECKOUT",
           "**Service checkout**\n"
           "- tier 1, in a critical flow\n"
           "- team payments, in pay-room\n"
           "- on call for **pay**: Bo, until Mon 30 Nov 09:00; then Ana\n"
           "- then Ana\n"
           "- owner Ana\n"
           "- [Runbook](<https://wiki.example/checkout>) · [Dashboard](<https://g.example/d>)\n"
           "- checkout depends on 2 services: ledger, and through them db\n"
           "- alerts also call it shop-web\n"
           "- Pay on the status page\n"
           "- declared at team.lua:4\n"
           "\n**Open incidents: 1**\n- **INC-1** CardDeclined: triage, minor, Shop-Web, 0s\n"
           "\n**Alert groups: 1, alerts: 1**\n- 1× CardDeclined\n");
    expect("services db", "2 services depend on db: ledger, and through them checkout\n");
    expect("services db", "Nothing about it is open, and no alert named it lately.");
    expect("service shop-web", "**Service checkout**");
    rig_expect(rig, "ben", 1, "service", "**Service checkout**"); /* that of the incident */
    assert_string_equal(rig_incident(rig, 1)->team, "payments");
    rig_expect(rig, "ben", 1, "why page", "service checkout is of team payments (team.lua:4)");
}

static void a_card_has_owner_runbook_and_what_depends_on_it(void **state)
{
    (void)state;
    take_alert(2, "sentry", "checkout", "CardDeclined", ALERT_FIRING);
    expect("declare --service db the disk is full", "INC-2");
    assert_true(
        rig_sent(rig, "the disk is full", "2 services depend on db: ledger, and through them checkout"));
    assert_true(rig_sent(rig, "CardDeclined", "[Runbook](<https://wiki.example/checkout>)"));
    assert_true(rig_sent(rig, "CardDeclined", "{\"name\":\"owner\",\"value\":\"Ana\"}"));
}

static void an_unknown_service_is_listed_and_offered(void **state)
{
    (void)state;
    take_alert(1, "sentry", "serach", "boom", ALERT_FIRING);
    take_alert(1, "sentry", "serach", "boom", ALERT_FIRING);
    take_alert(2, "alertmanager", "mail *out*", "queue", ALERT_FIRING);
    expect("services",
           "\n**Named lately, and not in the catalogue**\n"
           "- serach: 2 alerts. `services serach` says how to add it.\n"
           "- mail \\*out\\*: 1 alert, last in INC-1. `services \"mail *out*\"` says how to add it.\n");
    expect("services serach",
           "**Service serach**\nThe catalogue does not have it. To add it, put this into `team.lua` in the "
           "folder of the "
           "policy, which is read again when it changes:\n```lua\nservice { name = \"serach\" }\n```\n");
    expect("services serach", "**Alert groups: 1, alerts: 2**\n- 2× boom\n");
    expect("service down", "no alert named it lately. To open an incident: `declare service down`.");
    expect("services \"mail *out*\"", "It cannot have a service of this name");
    expect("services ledgr", "Did you mean ledger? Then it can be one of its `aliases`.");
    expect("services 'a\"b\\c'", "service { name = \"a\\\"b\\\\c\" }");
    assert_true(rig_sent(rig, "queue", "The catalogue does not have the service"));
    rig_expect(rig, "ben", 1, "team payments", "The team of INC-1 is payments.");
    rig_expect(
        rig, "ben", 1, "service wiki",
        "The service of INC-1 is wiki, which the catalogue does not have. `services wiki` says how to add it.");
    expect("services wiki", "service { name = \"wiki\", team = \"payments\" }");
    policy_dir_write(&policies, "more.lua", "service { name = 'Serach' }");
    struct error err;
    assert_int_equal(policy_dir_load(&policies, &err), 0);
    expect("services serach", "- declared at more.lua:1");
    expect_without("ben", "services", "serach: ");
}

static void an_incident_gets_the_team_of_its_service(void **state)
{
    (void)state;
    expect("declare --service checkout cards are refused", "INC-1");
    assert_string_equal(rig_incident(rig, 1)->team, "payments");
    expect("declare something", "INC-2");
    rig_expect(rig, "ben", 2, "service", "INC-2 names no service.");
    rig_expect(rig, "ben", 2, "service Ledger", "The service of INC-2 is Ledger, and so its team is payments.");
    rig_expect(rig, "ben", 2, "service db", "The service of INC-2 is db.");
    assert_string_equal(rig_incident(rig, 2)->team, "payments");
    expect("declare --service checkout --team ops it burns", "INC-3");
    assert_string_equal(rig_incident(rig, 3)->team, "ops");
}

static void importance_is_explained(void **state)
{
    (void)state;
    expect("declare --service checkout cards are refused", "INC-1");
    expect("INC-1 important",
           "**INC-1 is important**\n- **critical flow**: yes. checkout is in a critical flow.\n"
           "- **customers**: no. 0 customers are affected; 10 would make it important.\n"
           "- **somebody we care about**: no. ");
    expect("declare --service db slow", "INC-2");
    expect(
        "INC-2 important",
        "**INC-2 is not important**\n- **critical flow**: no. db is in no critical flow, and not of tier 1.\n");
    expect("important", "! Say which incident");
}

/* Somebody else's private incident names a service: neither that nor its alerts are shown. */
static void private_incidents_are_not_shown_to_outsiders(void **state)
{
    (void)state;
    take_alert(7, "sentry", "keys", "vault is open", ALERT_FIRING);
    take_alert(8, "sentry", "checkout", "vault of cards", ALERT_FIRING);
    rig_expect(rig, "ana-maria", 0, "services", "- keys: 1 alert, last in INC-1.");
    rig_expect(rig, "ana-maria", 0, "services checkout", "**INC-2** [private] vault of cards");
    rig_expect(rig, "ana-maria", 0, "services keys", "- 1× vault is open");
    expect_without("ben", "services", "keys");
    expect_without("ben", "services checkout", "vault");
    expect_without("ben", "services keys", "vault");
    CLEANUP_FREE char *known = rig_line(rig, "ben", 0, "services keys"),
                      *never = rig_line(rig, "ben", 0, "services seyk");
    for (char *at = never; (at = strstr(at, "seyk")); at++)
        memcpy(at, "keys", 4);
    assert_string_equal(known, never);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(the_catalogue_is_listed_by_team),
        TEST(a_service_is_shown_with_all_that_is_known),
        TEST(a_card_has_owner_runbook_and_what_depends_on_it),
        TEST(an_unknown_service_is_listed_and_offered),
        TEST(an_incident_gets_the_team_of_its_service),
        TEST(importance_is_explained),
        TEST(private_incidents_are_not_shown_to_outsiders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
