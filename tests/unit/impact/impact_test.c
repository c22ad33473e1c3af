/* Whom an incident affects: of its alerts and of people, few and many, open, ended and after a restart. */
#define TEAM_POLICY                                                                                            \
    "rule { name = 'many', priority = 9, match = { title = 'slow', customers = 50 }, declare = true }\n"       \
    "rule { name = 'slow', priority = 8, match = { title = 'slow' }, quiet = true }\n"                         \
    "rule { name = 'down', priority = 8, match = { title = '*down*' }, declare = { severity = 'major' } }\n"   \
    "approval { severity = 'major', needs = 1 }\n"                                                             \
    "approval { tier = 'gold', needs = 2 }\n"
#include "../triage/rig.h"

#include <stdio.h>

#include "impact/impact.h"
#include "intake/group_affected.h"
#include "policy/policy.h"
#include "rooms/rooms.h"

/* One alert for each of n customers. */
static void affect(uint64_t fingerprint, const char *title, int from, int n)
{
    char(*keys)[32] = xcalloc((size_t)n, sizeof(*keys));
    struct alert *alerts = xcalloc((size_t)n, sizeof(*alerts));
    for (int i = 0; i < n; i++) {
        snprintf(keys[i], sizeof(keys[i]), "customer-%d", from + i);
        alert_init(&alerts[i], "sentry", rig->now);
        alerts[i].fingerprint = fingerprint;
        alerts[i].about.title = title;
        alerts[i].level = LEVEL_ERROR;
        alerts[i].who.customer = keys[i];
    }
    triage_alerts(rig->core, alerts, (size_t)n, rig->now, NULL, NULL);
    free(alerts);
    free(keys);
    rig_settle(rig);
    rig->now += 2 * SECOND; /* a group that moves is judged once a second */
    rig_settle(rig);
}

static const struct incident *incident(uint64_t id)
{
    const struct incident *found = sight_incident(rig->core, id, "ben");
    assert_non_null(found);
    return found;
}

static void expect_total(uint64_t id, int64_t least, int64_t most)
{
    struct impact impact;
    impact_of(rig->core, incident(id), true, &impact);
    if (impact.total < least || impact.total > most)
        fail_msg("INC-%d affects %lld customers", (int)id, (long long)impact.total);
    impact_finish(&impact);
}

static void expect_card(uint64_t id, const char *wanted)
{
    CLEANUP_STR struct str card = {0};
    struct card_context context = rooms_card_context(rig->core, rig->now, NULL);
    card_incident(incident(id), &context, &card);
    if (!strstr(card.p, wanted))
        fail_msg("wanted %s\n  got %s", wanted, card.p);
}

static void end(uint64_t id)
{
    rig_expect(rig, "ben", id, "accept", "accepted");
    rig_expect(rig, "ben", id, "resolve restarted it", "resolved");
    assert_false(status_is_open(incident(id)->status));
}

static bool affects(uint64_t id, const char *customer)
{
    CLEANUP_FREE char *key = impact_key(rig->core, incident(id), customer);
    return key;
}

static void a_rule_can_ask_for_any_number(void **state)
{
    (void)state;
    affect(1, "slow", 0, 49);
    expect_open(0);
    affect(1, "slow", 49, 1);
    expect_open(1);
    expect_total(1, 50, 50);
    rig_expect(rig, "ben", 1, "customers", "- **customer-0**, since");
    rig_expect(rig, "ben", 1, "customers", "10 more are known by name");
    assert_int_equal(incident(1)->affected.customers.n, STATE_NAMED);
    assert_int_equal(incident(1)->affected.total, 50);
}

static void a_state_does_not_grow_with_customers(void **state)
{
    (void)state;
    affect(1, "down", 0, 40);
    CLEANUP_STR struct str few = {0}, many = {0};
    incident_encode(incident(1), &few);
    affect(1, "down", 40, 8000);
    incident_encode(incident(1), &many);
    assert_in_range(many.len, few.len - 200, few.len + 200);
    expect_total(1, 8040, 8040);
    assert_true(affects(1, "customer-8039"));
    assert_false(affects(1, "customer-8040"));
    rig_expect(rig, "ben", 1, "timeline", "8040 customers are affected");
    expect_card(1, "and 8,035 more");
}

static void beyond_the_exact_ones_it_is_an_estimate(void **state)
{
    (void)state;
    affect(1, "down", 0, 30000);
    expect_total(1, 29000, 31000);
    affect(2, "cache is down", 20000, 20000); /* another error, of which half are known */
    rig_expect(rig, "ben", 0, "merge INC-2 INC-1", "INC-1");
    expect_total(1, 38500, 41500);
    rig_expect(rig, "ben", 1, "customers", "beyond that the number is an estimate");
    expect_card(1, "and about ");
    rig_expect(rig, "ben", 1, "tell all We see it.", "Message 1 is drafted");
    rig_expect(rig, "ben", 1, "preview 1",
               "others, whose number is only estimated: they are not known by key, and get nothing.");
}

static void a_restart_forgets_nobody(void **state)
{
    (void)state;
    affect(1, "down", 0, 500);
    rig->now += MINUTE; /* counts are recorded */
    rig_settle(rig);
    restart();
    expect_total(1, 500, 500);
    assert_true(affects(1, "customer-499"));
    affect(1, "down", 499, 2);
    expect_total(1, 501, 501);
}

/* Whoever sent the alert may have been answered. */
static void an_affected_customer_is_known_at_once(void **state)
{
    (void)state;
    affect(1, "down", 0, 100);
    rig->now += MINUTE;
    rig_settle(rig);
    struct alert alert;
    alert_init(&alert, "sentry", rig->now);
    alert.fingerprint = 1;
    alert.about.title = "down";
    alert.who.customer = "customer-100";
    rig->now += SECOND / 2;
    triage_alerts(rig->core, &alert, 1, rig->now, NULL, NULL);
    restart();
    assert_true(affects(1, "customer-100"));
    expect_total(1, 101, 101);
}

/* When the problem comes back, it affects others, and the ended incident still tells whom it affected. */
static void an_ended_incident_keeps_its_customers(void **state)
{
    (void)state;
    affect(1, "down", 0, 100);
    affect(2, "cache is down", 200, 3);
    end(1);
    end(2);
    rig->now += HOUR;
    affect(1, "down", 1000, 20);
    expect_total(1, 100, 100);
    expect_total(2, 3, 3);
    expect_total(3, 20, 20);
    assert_false(affects(3, "customer-5"));
}

static void a_reopened_incident_goes_on_counting(void **state)
{
    (void)state;
    affect(1, "down", 0, 100);
    end(1);
    rig_expect(rig, "ben", 1, "reopen not yet", "reopened");
    affect(1, "down", 100, 10);
    expect_total(1, 110, 110);
}

static void people_have_the_last_word(void **state)
{
    (void)state;
    affect(1, "down", 0, 50);
    rig_expect(rig, "ben", 1, "unaffect customer-3, customer-45", "affects 48 customers");
    affect(1, "down", 0, 60);
    expect_total(1, 58, 58);
    assert_false(affects(1, "Customer-45"));
    rig_expect(rig, "ben", 1, "unaffect Acme", "does not affect 'Acme'");
    rig_expect(rig, "ben", 1, "affect Acme, customer-3", "affects 60 customers");
    assert_true(affects(1, "customer-3"));
    rig_expect(rig, "ben", 1, "affect , ,", "Say which customer: `affect Acme`.");
    rig_expect(rig, "ben", 1, "customers add ,", "Say which customer: `customers add Acme`.");
    rig_expect(rig, "ben", 1, "customers add Hooli", "affects 61 customers");
    rig_expect(rig, "ben", 1, "affect all",
               "! 'all' stands for several customers. Name each of them: `INC-1 affect Acme, Globex`.");
    rig_expect(rig, "ben", 1, "affect tier gold", "! 'tier gold' stands for several customers.");
    rig_expect(rig, "ben", 0, "customer initech name Initech, Inc", "");
    rig_expect(rig, "ben", 1, "affect Initech, Inc", "affects 62 customers");
    rig_expect(rig, "ben", 1, "unaffect Initech, Inc", "affects 61 customers");
}

/* A tier is the same in any case. */
static void a_tier_orders_in_any_case(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "customer customer-1 tier Gold", "");
    rig_expect(rig, "ben", 0, "customer customer-2 tier gold", "");
    rig_expect(rig, "ben", 0, "customer customer-2 cares", "");
    affect(1, "down", 0, 3);
    rig_expect(rig, "ben", 1, "customers", "- **customer-2** (gold, watched), since");
    expect_card(1, "customer-2, customer-1, customer-0");
}

static void the_directory_joins_and_orders(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "customer acme name Acme Corp", "");
    rig_expect(rig, "ben", 0, "customer acme tier gold", "");
    rig_expect(rig, "ben", 0, "customer acme alias customer-44", "");
    rig_expect(rig, "ben", 0, "customer acme alias customer-45", "");
    rig_expect(rig, "ben", 0, "customer customer-30 cares", "");
    affect(1, "down", 0, 50);
    affect(2, "cache is down", 44, 1);
    rig_expect(rig, "ben", 0, "merge INC-2 INC-1", "INC-1");
    expect_total(1, 49, 49);
    rig_expect(rig, "ben", 1, "customers", "3 alerts of 2 errors\n- **customer-30** (watched)");
    expect_card(1, "Acme Corp, customer-30");
    rig_expect(rig, "ben", 1, "unaffect Acme Corp", "affects 48 customers");
}

/* Also one whom the state does not name may need two approvals. */
static void approvals_know_every_customer(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "customer customer-400 tier gold", "");
    affect(1, "down", 0, 500);
    assert_int_equal(policy_approval(the_policy, incident(1), EVERY_CUSTOMER).needs, 1);
    struct impact impact;
    impact_of(rig->core, incident(1), true, &impact);
    assert_string_equal(impact.rows.v[0].key, "customer-400");
    impact_finish(&impact);
}

static void a_number_reads_well(void **state)
{
    CLEANUP_STR struct str text = {0};
    (void)state;
    impact_number(0, false, &text);
    str_add(&text, "; ");
    impact_number(1234567, false, &text);
    str_add(&text, "; ");
    impact_number(987654, true, &text);
    str_add(&text, "; ");
    impact_number(999999, true, &text);
    assert_string_equal(text.p, "0; 1,234,567; about 988,000; about 1,000,000");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_rule_can_ask_for_any_number),           TEST(a_state_does_not_grow_with_customers),
        TEST(beyond_the_exact_ones_it_is_an_estimate), TEST(a_restart_forgets_nobody),
        TEST(an_affected_customer_is_known_at_once),   TEST(an_ended_incident_keeps_its_customers),
        TEST(a_reopened_incident_goes_on_counting),    TEST(people_have_the_last_word),
        TEST(the_directory_joins_and_orders),          TEST(a_tier_orders_in_any_case),
        TEST(approvals_know_every_customer),           TEST(a_number_reads_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
