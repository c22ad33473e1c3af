/* service{} and important{}: what the catalogue says, what is refused, whom rules page then, and what is important. */
#include "../../support/check.h"

#include <string.h>

#include "../../support/policy_dir.h"
#include "base/id.h"
#include "base/mem.h"
#include "policy/importance.h"
#include "policy/roster.h"
#include "policy/services.h"
#include "policy/set.h"
#include "policy/ticketing.h"

#define NOW  ((instant)1764151200000)
#define TEAM "team { name = 'Payments', people = { 'ana' }, channel = 'pay', desk = 'jira' }\n"

static const struct policy *load(const char *text)
{
    return policy_dir_team(&policy_dir, text);
}

#define refused(text, why) policy_dir_refuses(&policy_dir, text, text, why)

static void a_service_is_found_whole_and_in_any_case(void **state)
{
    (void)state;
    const struct policy *policy = load(
        TEAM
        "service { name = 'checkout', team = 'payments', tier = 1, critical_flow = true, owner = 'ana',\n"
        "runbook = 'https://wiki.example/checkout', dashboards = 'https://g.example/d/1', component = 'Pay',\n"
        "aliases = { 'shop-web', 'Checkout API' }, depends_on = { 'LEDGER' } }\n"
        "service { name = 'ledger' }");
    const struct service *service = policy_service(policy, "CheckOut");
    assert_non_null(service);
    assert_string_equal(service->name, "checkout");
    assert_string_equal(service->team, "Payments");
    assert_string_equal(service->owner, "ana");
    assert_string_equal(service->runbook, "https://wiki.example/checkout");
    assert_string_equal(service->component, "Pay");
    assert_int_equal(service->dashboards.n, 1);
    assert_int_equal(service->tier, 1);
    assert_true(service->critical_flow);
    assert_ptr_equal(policy_service(policy, "checkout api"), service);
    assert_ptr_equal(policy_service_at(policy, 0), service);
    assert_null(policy_service_at(policy, 2));
    assert_null(policy_service(policy, "check"));
    assert_null(policy_service(policy, "checkout "));
    assert_null(policy_service(policy, NULL));
    const struct service *ledger = policy_service(policy, "ledger");
    assert_ptr_equal(service->needs.v[0], ledger);
    assert_ptr_equal(ledger->needed_by.v[0], service);
    assert_null(ledger->team);
    assert_int_equal(ledger->tier, 0);
}

static void mistakes_say_what_to_write(void **state)
{
    (void)state;
    refused("service { team = 'x' }", "name is missing");
    refused("service 'x'", "may only be called by a function that runs later");
    refused("service { name = 'pay*' }", "patterns go into services{ important = { \"pay*\" } }");
    refused("service { name = ' pay' }", "the name of a service is the text by which alerts call it");
    refused("service { name = 'a', aliases = { 'b\\nc' } }", "the name of a service is the text");
    refused("service { name = 'a', aliases = { 7 } }", "aliases must be a list of strings");
    refused("service { name = 'a', onwer = 'ana' }", "service has no field 'onwer'; did you mean 'owner'?");
    refused("service { name = 'a', owner = 'Ana Lee' }",
            "owner must be an id of people{} or an e-mail address");
    refused("service { name = 'a', tier = 0 }", "tier must be a whole number from 1 to 5");
    refused("service { name = 'a', tier = 6 }", "tier must be a whole number from 1 to 5");
    refused("service { name = 'a', tier = 'gold' }", "tier must be a whole number from 1 to 5");
    refused("service { name = 'a', critical_flow = 'yes' }", "critical_flow must be true or false");
    refused("service { name = 'a', runbook = 'wiki/a' }",
            "service 'a': runbook must be a link, such as https://");
    refused("service { name = 'a', runbook = 'javascript:alert(1)' }", "runbook must be a link");
    refused("service { name = 'a', dashboards = { 'https://g.example', 'ftp://g' } }",
            "a dashboard must be a link, such as https://wiki.example/checkout; 'ftp://g' is not");
    refused(TEAM "service { name = 'a', team = 'paymens' }",
            "team.lua:2: service 'a': no team is called 'paymens'; did you mean 'Payments'?");
    refused("service { name = 'a', team = 'zed' }",
            "no team is called 'zed'; declare it with team { name = \"zed\", people = { \"ana\" } }");
    refused("service { name = 'ledger' } service { name = 'a', depends_on = { 'ledgr' } }",
            "service 'a' depends on 'ledgr', which no service{} declares; did you mean 'ledger'?");
    refused("service { name = 'a', depends_on = 'queue' }", "declare it with service { name = \"queue\" }");
    refused("service { name = 'a', depends_on = { 'A' } }", "service 'a' depends on itself");
    refused("service { name = 'b', aliases = 'c' } service { name = 'a', depends_on = { 'b', 'C' } }",
            "service 'a' depends on 'b' twice");
    refused("service { name = 'a' }\nservice { name = 'a' }",
            "team.lua:2: service 'a' is already declared at team.lua:1");
    refused("service { name = 'a' }\nservice { name = 'A' }",
            "team.lua:2: service 'A': the name 'A' is already that of service 'a' at team.lua:1");
    refused("service { name = 'a', aliases = 'x' }\nservice { name = 'b', aliases = 'X' }",
            "team.lua:2: service 'b': the name 'X' is already that of service 'a' at team.lua:1");
    refused("important { customers = 0 }", "customers must be a whole number from 1 to 1000000");
    refused("important { grwth = 2 }", "did you mean 'growth'?");
    refused("important { within = '31m' }", "within must be a number of minutes from 1m to 30m");
    refused("important { within = '90s' }", "within must be a number of minutes from 1m to 30m");
    refused("important { customers = 5 }\nimportant { growth = 3 }", "important is already set at team.lua:1");
    refused("rule { name = 'r', declare = { page = 7 } }", "page must be a string");
}

static void a_circle_is_allowed(void **state)
{
    (void)state;
    const struct policy *policy =
        load("service { name = 'a', depends_on = { 'b' } } service { name = 'b', depends_on = { 'c' } }\n"
             "service { name = 'c', depends_on = { 'a' } }");
    service_list list = {0};
    size_t direct;
    policy_service_reach(policy, policy_service(policy, "a"), REACH_NEEDS, &list, &direct);
    assert_int_equal(list.n, 2);
    assert_int_equal(direct, 1);
    assert_string_equal(list.v[0]->name, "b");
    assert_string_equal(list.v[1]->name, "c");
    array_free(&list);
}

/* ---- property: both directions are the closure of a random graph, the nearest first ---- */

#define NODES 12

struct graph {
    bool edge[NODES][NODES];
    int distance[NODES][NODES]; /* 0: no way */
};

static void make_graph(struct graph *graph, struct rng *rng)
{
    uint64_t edges = rng_below(rng, 3 * NODES);
    memset(graph, 0, sizeof(*graph));
    for (uint64_t i = 0; i < edges; i++) {
        size_t a = rng_below(rng, NODES), b = rng_below(rng, NODES);
        graph->edge[a][b] = a != b;
        graph->distance[a][b] = a != b;
    }
    for (int k = 0; k < NODES; k++)
        for (int a = 0; a < NODES; a++)
            for (int b = 0; b < NODES; b++) {
                int way = graph->distance[a][k] && graph->distance[k][b]
                              ? graph->distance[a][k] + graph->distance[k][b]
                              : 0;
                if (a != b && way && (!graph->distance[a][b] || way < graph->distance[a][b]))
                    graph->distance[a][b] = way;
            }
}

static const struct policy *load_graph(const struct graph *graph)
{
    CLEANUP_STR struct str text = {0};
    for (int a = 0; a < NODES; a++) {
        str_addf(&text, "service { name = 's%d', depends_on = {", a);
        for (int b = 0; b < NODES; b++) {
            if (graph->edge[a][b])
                str_addf(&text, " 'S%d',", b);
        }
        str_add(&text, " } }\n");
    }
    return load(text.p);
}

static void check_reach(const struct policy *policy, const struct graph *graph, int of, enum reach reach)
{
    CLEANUP_FREE char *name = xasprintf("s%d", of);
    service_list list = {0};
    size_t direct, wanted = 0;
    int last = 0;
    policy_service_reach(policy, policy_service(policy, name), reach, &list, &direct);
    for (int i = 0; i < NODES; i++)
        wanted += (reach == REACH_NEEDS ? graph->distance[of][i] : graph->distance[i][of]) != 0 && i != of;
    assert_int_equal(list.n, wanted);
    for (size_t i = 0; i < list.n; i++) {
        int other = atoi(list.v[i]->name + 1);
        int way = reach == REACH_NEEDS ? graph->distance[of][other] : graph->distance[other][of];
        assert_true(way >= last && way > 0);
        assert_int_equal(way == 1, i < direct);
        last = way;
    }
    array_free(&list);
}

static void what_depends_on_what_is_found_in_any_graph(void **state)
{
    (void)state;
    struct rng rng;
    struct graph graph;
    rng_init(&rng, 14);
    for (int round = 0; round < 60; round++) {
        make_graph(&graph, &rng);
        const struct policy *policy = load_graph(&graph);
        for (int i = 0; i < NODES; i++) {
            check_reach(policy, &graph, i, REACH_NEEDS);
            check_reach(policy, &graph, i, REACH_NEEDED_BY);
        }
    }
}

/* ---- rules ---- */

static void judged(const char *rules, const char *service, const char *team, const char *page)
{
    struct verdict verdict;
    CLEANUP_FREE char *text = xasprintf(
        TEAM "team { name = 'ops', people = 'bo' } service { name = 'checkout', team = 'payments', tier = 1 }\n"
             "service { name = 'blog', tier = 4 }\n%s",
        rules);
    struct group group = policy_group("boom", service, NOW);
    policy_judge((struct policy *)(uintptr_t)load(text), &group, GROUP_NEW, NOW, &verdict);
    if (!text_equal(verdict.team, team) || !text_equal(verdict.page, page))
        fail_msg("%s, %s: team %s, page %s (%s)", rules, service, verdict.team ? verdict.team : "-",
                 verdict.page ? verdict.page : "-", verdict.text ? verdict.text : "-");
    verdict_finish(&verdict);
}

static void a_rule_that_says_nothing_pages_the_services_team(void **state)
{
    (void)state;
    judged("rule { name = 'r', declare = true }", "Checkout", "Payments", "Payments");
    judged("rule { name = 'r', declare = true }", "blog", NULL, NULL);
    judged("rule { name = 'r', declare = true }", "other", NULL, NULL);
    judged("rule { name = 'r', declare = { page = true } }", "checkout", "Payments", "Payments");
    judged("rule { name = 'r', declare = { page = true } }", "blog", NULL, "product-responder");
    judged("rule { name = 'r', declare = { page = false } }", "checkout", "Payments", NULL);
    judged("rule { name = 'r', declare = { page = 'ops' } }", "checkout", "Payments", "ops");
    judged("rule { name = 'r', declare = { team = 'ops' } }", "checkout", "ops", "Payments");
    judged("rule { name = 'r', declare = { service = 'checkout' } }", "other", "Payments", "Payments");
    judged("rule { name = 'r', declare = function(group) return { page = false } end }", "checkout", "Payments",
           NULL);
    judged("rule { name = 'r', declare = function(group) return true end }", "checkout", "Payments",
           "Payments");
    judged("-- the defaults: a new error in a service of tier 1", "checkout", "Payments", "Payments");
}

static bool is_important(const struct policy *policy, const char *service)
{
    return weigh_service(policy->set, service) > SERVICE_ORDINARY;
}

static void what_the_catalogue_says_is_important_is(void **state)
{
    (void)state;
    const struct policy *policy =
        load("service { name = 'a', critical_flow = true } service { name = 'b', tier = 1, aliases = 'bee' }\n"
             "service { name = 'c', tier = 2 } services { important = { 'pay*' } }");
    const char *const important[] = {"A", "b", "Bee", "payments"}, *const others[] = {"c", "d", ""};
    for (size_t i = 0; i < ARRAY_SIZE(important); i++)
        assert_true(is_important(policy, important[i]));
    for (size_t i = 0; i < ARRAY_SIZE(others); i++)
        assert_false(is_important(policy, others[i]));
    assert_false(is_important(policy, NULL));
}

static void a_team_has_a_channel_and_a_desk(void **state)
{
    (void)state;
    const struct policy *policy = load(TEAM);
    struct roster_team team;
    struct incident *incident = incident_create(1);
    assert_true(policy_find_team(policy, "@payments", &team));
    assert_string_equal(team.name, "Payments");
    assert_string_equal(team.channel, "pay");
    assert_string_equal(team.desk, "jira");
    assert_null(team.rotation);
    assert_false(policy_find_team(policy, "ops", &team));
    assert_null(policy_tracker(policy, incident));
    incident->team = xstrdup("payments");
    assert_string_equal(policy_tracker(policy, incident), "jira");
    policy = load(TEAM "tickets { name = 'all', tracker = 'github' }");
    assert_string_equal(policy_tracker(policy, incident), "github");
    incident_destroy(incident);
}

/* ---- importance ---- */

static void expect_criteria(const struct importance_facts *facts, const char *holds, const char *words)
{
    static const struct importance_limits limits = {
        .customers = 10, .growth = 2, .alerts = 20, .within = 5 * MINUTE};
    struct importance importance;
    CLEANUP_STR struct str said = {0}, held = {0};
    importance_weigh(facts, &limits, &importance);
    for (int i = 0; i < IMPORTANT_CRITERIA; i++) {
        str_addc(&held, importance.criteria[i].holds ? 'y' : 'n');
        str_addf(&said, "%s. ", importance.criteria[i].words);
    }
    assert_string_equal(held.p, holds);
    assert_int_equal(importance.important, strchr(holds, 'y') != NULL);
    if (!strstr(said.p, words))
        fail_msg("%s\n  not in %s", words, said.p);
    importance_finish(&importance);
}

static void each_criterion_has_a_threshold_and_words(void **state)
{
    (void)state;
    struct importance_facts facts = {0};
    expect_criteria(&facts, "nnnn",
                    "no service is named. 0 customers are affected; 10 would make it important. ");
    facts.service = "blog";
    expect_criteria(&facts, "nnnn", "no service{} of the policy declares blog");
    facts.weight = SERVICE_ORDINARY;
    expect_criteria(&facts, "nnnn", "blog is in no critical flow, and not of tier 1");
    facts.weight = SERVICE_LISTED;
    expect_criteria(&facts, "ynnn", "blog is among services{ important }");
    facts.weight = SERVICE_OF_TIER_1;
    expect_criteria(&facts, "ynnn", "blog is of tier 1");
    facts.weight = SERVICE_IN_CRITICAL_FLOW;
    expect_criteria(&facts, "ynnn", "blog is in a critical flow");
    facts = (struct importance_facts){.customers = 9};
    expect_criteria(&facts, "nnnn", "9 customers are affected; 10 would");
    facts.customers = 10;
    expect_criteria(&facts, "nynn", "10 customers are affected");
    facts = (struct importance_facts){.cared = "Acme", .customers = 1};
    expect_criteria(&facts, "nnyn",
                    "1 customer is affected; 10 would make it important. Acme is affected, whom we watch over");
    facts.tier = "gold";
    expect_criteria(&facts, "nnyn", "Acme is affected, who is of tier gold");
    facts = (struct importance_facts){.alerts = {19, 0}};
    expect_criteria(&facts, "nnnn",
                    "19 alerts in the last 5m, and 0 in the 5m before; 20 would make it important");
    facts.alerts = (struct policy_pace){20, 0};
    expect_criteria(&facts, "nnny", "20 alerts in the last 5m");
    facts.alerts = (struct policy_pace){20, 11};
    expect_criteria(&facts, "nnnn", "20 alerts in the last 5m, and 11 in the 5m before; 22 would");
    facts.alerts = (struct policy_pace){22, 11};
    expect_criteria(&facts, "nnny", "22 alerts in the last 5m");
}

static void a_group_is_weighed_by_what_it_has_now(void **state)
{
    (void)state;
    const struct policy *policy =
        load("important { alerts = 5, within = '2m' } service { name = 'pay', tier = 1 }");
    struct group group = policy_group("boom", "PAY", NOW);
    struct importance importance;
    policy_group_importance(policy, &group, NOW, &importance);
    assert_true(importance.criteria[IMPORTANT_FLOW].holds);
    assert_false(importance.criteria[IMPORTANT_GROWTH].holds);
    importance_finish(&importance);
    group.tally.counts[(group.tally.minute - 1) % GROUP_MINUTES] = 5; /* with the one of this minute: 6 */
    group.tally.counts[(group.tally.minute - 2) % GROUP_MINUTES] = 4;
    policy_group_importance(policy, &group, NOW, &importance);
    assert_int_equal(importance.criteria[IMPORTANT_GROWTH].value, 6);
    assert_int_equal(importance.criteria[IMPORTANT_GROWTH].threshold, 8);
    importance_finish(&importance);
}

static void scripts_read_both(void **state)
{
    (void)state;
    load(
        "team { name = 'payments', people = { 'ana' } }\n"
        "service { name = 'checkout', team = 'payments', tier = 2, critical_flow = true, depends_on = "
        "'ledger', aliases = 'shop' }\n"
        "service { name = 'ledger' }\n"
        "rule { name = 'r', match = { title = 'boom' }, declare = function(group)\n"
        "  local s, yes, why = service(group.service), group:important()\n"
        "  assert(s.name == 'checkout' and s.team == 'payments' and s.tier == 2 and s.critical_flow)\n"
        "  assert(s.depends_on[1] == 'ledger' and service('LEDGER').needed_by[1] == 'checkout')\n"
        "  assert(service('ledger').tier == nil and service('zed') == nil and #s.dashboards == 0)\n"
        "  assert(yes and why[1].holds and why[1].name == 'critical flow' and not why[2].holds and #why == 4)\n"
        "  return { title = why[1].words }\n"
        "end }");
    struct verdict verdict;
    struct group group = policy_group("boom", "shop", NOW);
    policy_judge(policy_dir.policy, &group, GROUP_NEW, NOW, &verdict);
    assert_int_equal(policy_dir.failures, 0);
    assert_string_equal(verdict.title, "shop is in a critical flow");
    assert_string_equal(verdict.page, "payments");
    verdict_finish(&verdict);
    load("service { name = 'checkout', tier = 1 }\n"
         "command { name = 'weigh', help = 'Weigh.', run = function(incident)\n"
         "  local yes, why = incident:important()\n"
         "  return tostring(yes) .. ': ' .. why[1].words .. '; ' .. why[2].words\n"
         "end }");
    struct incident *incident = incident_create(7);
    struct error err;
    reaction_list reactions = {0};
    incident->service = xstrdup("checkout");
    assert_int_equal(policy_run_command(policy_dir.policy, "weigh", "", "ana", incident, NOW, &reactions, &err),
                     0);
    assert_string_equal(reactions.v[0].text,
                        "true: checkout is of tier 1; 0 customers are affected; 10 would make it important");
    reaction_list_finish(&reactions);
    incident_destroy(incident);
}

static void tests_of_a_policy_see_what_is_so(void **state)
{
    (void)state;
    policy_dir_write(&policy_dir, "team_test.lua",
                     "test('the team of the service has the incident, and is paged', function()\n"
                     "  local verdict = judge { service = 'CHECKOUT' }\n"
                     "  expect({ verdict.team, verdict.page }, { 'Payments', 'Payments' })\n"
                     "  local incident, asked = declare { service = 'checkout' }\n"
                     "  expect(incident.team, 'Payments')\n"
                     "  expect(asked[#asked].text, 'true Payments')\n"
                     "end)");
    load(TEAM "service { name = 'checkout', team = 'payments', tier = 1 }\n"
              "on('declared', 'open-channel', function(incident)\n"
              "  incident:say(tostring(incident:important()) .. ' ' .. service(incident.service).team)\n"
              "end)");
}

static void what_would_make_it_important_is_said(void **state)
{
    (void)state;
    CLEANUP_STR struct str why = {0};
    struct group group = policy_group("boom", "Blog", NOW);
    policy_explain(load("service { name = 'blog', tier = 3 }"), &group, NOW, &why);
    assert_non_null(strstr(why.p, "if the service Blog were in `services { important = { \"Blog\" } }`, or had "
                                  "`critical_flow = true` or `tier = 1` at team.lua:1"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, policy_dir_set_up, policy_dir_tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(a_service_is_found_whole_and_in_any_case),
        TEST(mistakes_say_what_to_write),
        TEST(a_circle_is_allowed),
        TEST(what_depends_on_what_is_found_in_any_graph),
        TEST(a_rule_that_says_nothing_pages_the_services_team),
        TEST(what_the_catalogue_says_is_important_is),
        TEST(a_team_has_a_channel_and_a_desk),
        TEST(each_criterion_has_a_threshold_and_words),
        TEST(a_group_is_weighed_by_what_it_has_now),
        TEST(scripts_read_both),
        TEST(tests_of_a_policy_see_what_is_so),
        TEST(what_would_make_it_important_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
