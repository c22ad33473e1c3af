/* A known problem is news again where it gets worse, or is seen elsewhere; with the policy that ships. */
#include "sight/sight.h"

#define TEAM_POLICY                                                                                            \
    "services { important = { 'checkout', 'pay' } }\n"                                                         \
    "rule { name = 'vault', match = { spread = true, service = 'vault' }, declare = { severity "               \
    "= 'critical' } }\n"                                                                                       \
    "rule { name = 'pager', summary = 'it is for ben', match = { service = 'pager' }, declare = "              \
    "{ page = 'ben' } }\n"                                                                                     \
    "rule { name = 'vault-too', match = { service = 'pager' }, declare = true }\n"                             \
    "rule { name = 'secrets', match = { service = 'secrets' }, declare = { private = true, "                   \
    "page = 'ben' } }\n"                                                                                       \
    "rule { name = 'leak-fatal', priority = 1, match = { service = 'leak', level = 'fatal' }, declare = { "    \
    "kind = "                                                                                                  \
    "'security' } }\n"                                                                                         \
    "rule { name = 'leak', match = { service = 'leak' }, declare = function() return { kind = 'security' } "   \
    "end }\n"
#include "rig.h"

#define PROBLEM "00000000000000d1"

static void takes(struct alert alert, const char *title)
{
    alert.about.title = title;
    alert.fingerprint = 0xd1;
    triage_alerts(rig->core, &alert, 1, rig->now, NULL, NULL);
    rig_settle(rig);
}

static struct alert alert_in(const char *environment, const char *service, enum alert_level level,
                             int64_t count)
{
    struct alert alert;
    alert_init(&alert, "generic", rig->now);
    alert.about.environment = environment;
    alert.about.service = service;
    alert.level = level;
    alert.count = count;
    return alert;
}

/* How many incidents there are after the alert. */
static size_t after(const char *environment, const char *service, enum alert_level level, int64_t count)
{
    takes(alert_in(environment, service, level, count), "card refused");
    return live_open_count(rig->core);
}

static void production_is_news_after_staging(void **state)
{
    (void)state;
    assert_int_equal(after("staging", "", LEVEL_ERROR, 1), 0);
    assert_int_equal(after("production", "", LEVEL_ERROR, 500), 1);
    rig_expect(rig, "ben", 1, "why", "it spread: the first time in production");
    rig_expect(rig, "ben", 1, "why", "change spread");
}

static void staging_does_not_hide_production(void **state)
{
    (void)state;
    after("production", "", LEVEL_ERROR, 1);
    for (int i = 0; i < 98; i++)
        after(i % 2 ? "production" : "staging", "", LEVEL_ERROR, 1);
    assert_int_equal(after("staging", "", LEVEL_ERROR, 2), 0);
    rig->now += 2 * SECOND;
    assert_int_equal(after("staging", "", LEVEL_ERROR, 1), 1); /* production moved since it was last asked */
}

static void a_fatal_warning_is_news(void **state)
{
    (void)state;
    takes(alert_in("production", "", LEVEL_WARNING, 1), "disk");
    assert_int_equal(live_open_count(rig->core), 0);
    takes(alert_in("production", "", LEVEL_FATAL, 1), "disk");
    assert_int_equal(live_open_count(rig->core), 1);
    rig_expect(rig, "ben", 1, "why", "it got worse: the first time at level fatal");
    rig_expect(rig, "ben", 1, "why", "critical, since its level is fatal (levels{} at default/policy.lua:");
    assert_string_equal(rig_incident(rig, 1)->severity, "critical");
}

/* A warning that opened nothing, ended, and came back as an error is news; the simulator found it silent. */
static void a_warning_that_comes_back_as_an_error_matters(void **state)
{
    (void)state;
    struct alert over = alert_in("production", "pay", LEVEL_WARNING, 1);
    over.status = ALERT_RESOLVED;
    assert_int_equal(after("production", "pay", LEVEL_WARNING, 1), 0);
    takes(over, "card refused");
    rig->now += 30 * MINUTE;
    assert_int_equal(after("production", "pay", LEVEL_WARNING, 1), 0);
    takes(over, "card refused");
    rig->now += 30 * MINUTE;
    assert_int_equal(after("production", "pay", LEVEL_ERROR, 1), 1);
    rig_expect(rig, "ben", 1, "why", "return-important");
}

static void and_elsewhere_it_does_not(void **state)
{
    (void)state;
    static const char *const places[][2] = {{"production", "blog"}, {"staging", "pay"}};
    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        struct alert over = alert_in(places[i][0], places[i][1], LEVEL_WARNING, 1);
        over.status = ALERT_RESOLVED;
        after(places[i][0], places[i][1], LEVEL_WARNING, 1);
        takes(over, "card refused");
        rig->now += 30 * MINUTE;
        assert_int_equal(after(places[i][0], places[i][1], LEVEL_ERROR, 1), 0);
    }
}

static void a_warning_becomes_an_error_where_that_matters(void **state)
{
    (void)state;
    assert_int_equal(after("production", "pay", LEVEL_WARNING, 1), 0);
    assert_int_equal(after("production", "pay", LEVEL_ERROR, 1), 1);
}

static void a_level_elsewhere_hides_nothing_here(void **state)
{
    (void)state;
    assert_int_equal(after("staging", "pay", LEVEL_FATAL, 1), 0);
    assert_int_equal(after("production", "pay", LEVEL_WARNING, 1), 0);
    assert_int_equal(after("production", "pay", LEVEL_ERROR, 1), 1);
}

static void an_important_service_is_news(void **state)
{
    (void)state;
    assert_int_equal(after("production", "blog", LEVEL_ERROR, 1), 0);
    assert_int_equal(after("staging", "checkout", LEVEL_ERROR, 1), 0);
    assert_int_equal(after("production", "checkout", LEVEL_ERROR, 1), 1);
    assert_string_equal(rig_incident(rig, 1)->service, "checkout");
    rig_expect(rig, "ben", 1, "why", "the first time in production, service checkout");
}

static void rules_match_the_spread_itself(void **state)
{
    (void)state;
    assert_int_equal(after("production", "blog", LEVEL_INFO, 1), 0);
    assert_int_equal(after("production", "vault", LEVEL_INFO, 1), 1);
    assert_string_equal(rig_incident(rig, 1)->severity, "critical");
}

static void news_of_a_mute_waits_for_its_end(void **state)
{
    (void)state;
    after("staging", "pay", LEVEL_ERROR, 1);
    rig_expect(rig, "ben", 0, "mute card* 1h known", "muted until");
    assert_int_equal(after("production", "pay", LEVEL_ERROR, 1), 0);
    rig->now += 2 * HOUR;
    assert_int_equal(after("staging", "pay", LEVEL_ERROR, 1), 1);
    rig_expect(rig, "ben", 1, "why", "it spread: the first time in production");
}

static void what_was_seen_is_recorded_with_its_judgement(void **state)
{
    struct journal_doc doc;
    (void)state;
    after("staging", "blog", LEVEL_ERROR, 1);
    after("production", "blog", LEVEL_WARNING, 1);
    assert_int_equal(journal_doc(rig->journal, DOC_GROUP, PROBLEM, &doc, NULL), 0);
    assert_non_null(strstr(doc.body, "\"places\":[{\"environment\":\"staging\",\"service\":\"blog\",\"level\":"
                                     "\"error\"},{\"environment\":\"production\",\"service\":\"blog\","
                                     "\"level\":\"warning\"}]"));
    journal_doc_finish(&doc);
}

static void what_its_sender_calls_critical_is(void **state)
{
    (void)state;
    const struct {
        const char *source;
        enum alert_level level;
        const char *severity;
    } senders[] = {{"alertmanager", LEVEL_FATAL, "critical"},
                   {"grafana", LEVEL_FATAL, "critical"},
                   {"pagerduty", LEVEL_FATAL, "critical"},
                   {"alertmanager", LEVEL_ERROR, "minor"}};
    for (size_t i = 0; i < ARRAY_SIZE(senders); i++) {
        struct alert alert;
        alert_init(&alert, senders[i].source, rig->now);
        alert.about.title = "disk";
        alert.fingerprint = i + 1;
        alert.level = senders[i].level;
        triage_alerts(rig->core, &alert, 1, rig->now, NULL, NULL);
        rig_settle(rig);
        assert_string_equal(rig_incident(rig, i + 1)->severity, senders[i].severity);
    }
}

static void what_gets_fatal_raises_an_open_incident(void **state)
{
    (void)state;
    after("production", "pay", LEVEL_ERROR, 1);
    assert_string_equal(rig_incident(rig, 1)->severity, "minor");
    assert_int_equal(after("production", "pay", LEVEL_FATAL, 1), 1);
    assert_string_equal(rig_incident(rig, 1)->severity, "critical");
}

/* ---- an open incident is raised ---- */

static void errors_of(int customers)
{
    for (int i = 0; i < customers; i++) {
        CLEANUP_FREE char *name = xasprintf("c%d", i);
        struct alert alert = alert_in("production", "checkout", LEVEL_ERROR, 1);
        alert.who.customer = alert.who.customer_name = name;
        takes(alert, "card refused");
        rig->now += SECOND;
    }
}

static void many_customers_raise_an_open_incident(void **state)
{
    (void)state;
    errors_of(1);
    rig_room(rig, 1, "room");
    assert_string_equal(rig_incident(rig, 1)->severity, "minor");
    errors_of(14);
    assert_string_equal(rig_incident(rig, 1)->severity, "major");
    assert_int_equal(live_open_count(rig->core), 1);
    assert_int_equal(rig_sent(rig, "Raised to major", "many-customers"), 1);
    rig_expect(rig, "ben", 1, "why", "judged raise: many-customers");
    rig_expect(rig, "ben", 1, "why", "raised it to major: many-customers");
    rig_settle(rig);
    assert_true(rig_sent(rig, "console edit", "15 in 1 group") > 0);
}

static void a_rule_says_of_which_kind_it_is(void **state)
{
    (void)state;
    after("production", "leak", LEVEL_ERROR, 1);
    assert_string_equal(rig_incident(rig, 1)->sort.kind, "security");
    rig_expect(rig, "ben", 1, "kind none", "no particular kind");
    after("production", "leak", LEVEL_FATAL, 1);
    assert_string_equal(rig_incident(rig, 1)->sort.kind, "security");
    assert_int_equal(rig_sent(rig, "by a rule: leak-fatal", "It is of the kind security."), 1);
}

static void a_person_has_the_last_word_on_severity(void **state)
{
    (void)state;
    errors_of(12);
    rig_expect(rig, "ben", 1, "sev minor", "minor");
    errors_of(14);
    assert_string_equal(rig_incident(rig, 1)->severity, "minor");
}

static void what_was_declared_major_is_not_raised_to_it_again(void **state)
{
    (void)state;
    after("production", "blog", LEVEL_ERROR, 1);
    after("production", "vault", LEVEL_INFO, 1);
    rig_expect(rig, "ben", 1, "sev minor", "minor");
    rig->now += MINUTE;
    after("another", "vault", LEVEL_INFO, 1);
    assert_string_equal(rig_incident(rig, 1)->severity, "minor");
}

static void a_rule_pages_once_whom_it_adds(void **state)
{
    (void)state;
    after("production", "pay", LEVEL_ERROR, 1);
    after("production", "pager", LEVEL_ERROR, 1);
    after("elsewhere", "pager", LEVEL_ERROR, 1);
    rig->now += MINUTE;
    after("production", "pager", LEVEL_ERROR, 1);
    assert_int_equal(rig_sent(rig, "console page", "\"user\":\"ben\""), 1);
    rig_expect(rig, "ben", 1, "why", "also matched, but comes later: vault-too");
}

static void a_rule_makes_an_open_incident_private(void **state)
{
    (void)state;
    after("production", "pay", LEVEL_ERROR, 1);
    after("production", "secrets", LEVEL_ERROR, 1);
    const struct incident *incident = live_incident(rig->core, 1);
    assert_true(incident->private);
    assert_true(incident_visible(incident, "ben"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(production_is_news_after_staging),
        TEST(staging_does_not_hide_production),
        TEST(a_fatal_warning_is_news),
        TEST(a_warning_becomes_an_error_where_that_matters),
        TEST(a_warning_that_comes_back_as_an_error_matters),
        TEST(and_elsewhere_it_does_not),
        TEST(a_level_elsewhere_hides_nothing_here),
        TEST(an_important_service_is_news),
        TEST(rules_match_the_spread_itself),
        TEST(news_of_a_mute_waits_for_its_end),
        TEST(what_its_sender_calls_critical_is),
        TEST(what_gets_fatal_raises_an_open_incident),
        TEST(many_customers_raise_an_open_incident),
        TEST(a_rule_says_of_which_kind_it_is),
        TEST(a_person_has_the_last_word_on_severity),
        TEST(what_was_declared_major_is_not_raised_to_it_again),
        TEST(a_rule_pages_once_whom_it_adds),
        TEST(a_rule_makes_an_open_incident_private),
        TEST(what_was_seen_is_recorded_with_its_judgement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
