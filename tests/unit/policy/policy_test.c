/* Verdicts of rules, and reactions of scripts. */
#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include "intake/group_affected.h"

#include "../../support/policy_dir.h"
#include "base/clock.h"
#include "base/markup.h"
#include "base/mem.h"
#include "policy/ticketing.h"
#include "policy/writeups.h"

#define NOW ((instant)1764151200000)

static struct policy_dir dir;

static int set_up(void **state)
{
    (void)state;
    policy_dir_init(&dir);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    policy_dir_finish(&dir);
    return 0;
}

static void load(const char *text)
{
    struct error err = {0};
    policy_dir_write(&dir, "team.lua", text);
    if (policy_dir_load(&dir, &err))
        fail_msg("%s", err.text);
}

static struct verdict judge(const char *service, enum group_change change, uint32_t count)
{
    struct verdict verdict;
    struct group group = policy_group("boom", service, NOW);
    group.tally.count = group.tally.counts[group.tally.minute % GROUP_MINUTES] = count;
    policy_judge(dir.policy, &group, change, NOW, &verdict);
    return verdict;
}

static void assert_rule(struct verdict verdict, enum verdict_kind kind, const char *rule)
{
    if (verdict.kind != kind || (rule && !text_equal(verdict.rule, rule)))
        fail_msg("verdict %d by %s (%s)", (int)verdict.kind, verdict.rule ? verdict.rule : "-",
                 verdict.text ? verdict.text : "-");
    verdict_finish(&verdict);
}

/* `true` is about desks; a list says where; the first row that says something decides. */
static void solving_is_for_desks_or_where_the_policy_says(void **state)
{
    (void)state;
    const struct {
        const char *policy;
        bool desk, tracker, other;
    } cases[] = {
        {"tickets { solve = true }", true, false, true},
        {"tickets { solve = { 'jira', 'desk' } }", true, true, false},
        {"tickets { solve = {} }", false, false, false},
        {"tickets { severity = 'minor', solve = false }\ntickets { solve = true }", false, false, false},
        {"tickets { tracker = 'jira' }\ntickets { solve = { 'jira' } }", false, true, false}};
    const struct incident incident = {.severity = "minor"};
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        load(cases[i].policy);
        assert_int_equal(policy_solves(dir.policy, &incident, "desk", true), cases[i].desk);
        assert_int_equal(policy_solves(dir.policy, &incident, "jira", false), cases[i].tracker);
        assert_int_equal(policy_solves(dir.policy, &incident, "other", true), cases[i].other);
    }
}

static void levels_are_a_teams_to_set(void **state)
{
    (void)state;
    const struct {
        const char *policy, *severity;
    } cases[] = {
        {"rule { name = 'a', declare = true }", "critical"},
        {"rule { name = 'a', declare = { severity = 'minor' } }", "minor"},
        {"rule { name = 'a', declare = true } levels { fatal = 'major', warning = 'minor' }", "major"},
        {"rule { name = 'a', declare = true } levels { fatal = false }", NULL},
        {"rule { name = 'a', declare = true } severity { 'low', 'high' }", "high"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct verdict verdict;
        load(cases[i].policy);
        struct group group = policy_group("boom", "x", NOW);
        group.level = LEVEL_FATAL;
        policy_judge(dir.policy, &group, GROUP_NEW, NOW, &verdict);
        if (!text_equal(verdict.severity, cases[i].severity))
            fail_msg("%s: %s", cases[i].policy, verdict.severity ? verdict.severity : "-");
        verdict_finish(&verdict);
    }
}

static void wrong_levels_are_refused(void **state)
{
    (void)state;
    struct error err;
    policy_dir_write(&dir, "team.lua", "levels { critical = 'major' }");
    assert_int_not_equal(policy_dir_load(&dir, &err), 0);
    assert_non_null(strstr(err.text, "unknown level 'critical'"));
    policy_dir_write(&dir, "team.lua", "levels { fatal = 'huge' }");
    assert_int_not_equal(policy_dir_load(&dir, &err), 0);
    assert_non_null(strstr(err.text, "unknown severity 'huge'"));
}

static void important_services_page_for_anything_new(void **state)
{
    (void)state;
    load("services { important = { 'check*', 'pay' } }");
    struct verdict verdict = judge("checkout", GROUP_NEW, 1);
    assert_int_equal(verdict.kind, VERDICT_DECLARE);
    assert_string_equal(verdict.page, "product-responder");
    assert_true(text_starts(verdict.rule, "default/policy.lua:"));
    assert_string_equal(verdict.text,
                        "new-error-important: an error never seen before, in an important service");
    assert_non_null(strstr(verdict.facts, "\"change\":\"new\",\"title\":\"boom\",\"service\":\"checkout\""));
    assert_non_null(strstr(verdict.facts, "\"first_seen\":\"2025-11-26T10:00:00.000Z\""));
    assert_non_null(strstr(verdict.facts, "\"competing\":[]"));
    verdict_finish(&verdict);
    assert_rule(judge("payments", GROUP_NEW, 1), VERDICT_NONE, NULL);
    assert_rule(judge("checkout", GROUP_MOVED, 1), VERDICT_NONE, NULL);
}

static void the_first_rule_that_fits_decides(void **state)
{
    (void)state;
    load("rule { name = 'a', match = { service = 'blog' }, declare = { severity = 'critical' } }\n"
         "rule { name = 'b', match = { service = 'b*', new = true }, quiet = true, priority = 5 }\n"
         "rule { name = 'c', match = { service = { 'x', '*log' } }, mute = '2h', when = function() return true "
         "end }\n");
    struct verdict verdict = judge("blog", GROUP_NEW, 500);
    assert_int_equal(verdict.kind, VERDICT_QUIET);
    assert_string_equal(verdict.rule, "team.lua:2");
    assert_non_null(strstr(verdict.facts,
                           "\"competing\":[{\"name\":\"a\",\"rule\":\"team.lua:1\",\"verdict\":\"declare\"},"
                           "{\"name\":\"c\",\"rule\":\"team.lua:3\",\"verdict\":\"mute\",\"asked\":false},"
                           "{\"name\":\"volume\","));
    verdict_finish(&verdict);
    assert_rule(judge("blog", GROUP_MOVED, 500), VERDICT_DECLARE, "team.lua:1");
    verdict = judge("x", GROUP_MOVED, 500);
    assert_int_equal(verdict.kind, VERDICT_MUTE);
    assert_true(verdict.until == NOW + 2 * HOUR);
    verdict_finish(&verdict);
    CLEANUP_STR struct str rules = {0};
    policy_rules(dir.policy, &rules);
    assert_true(
        text_starts(rules.p, "[{\"name\":\"b\",\"rule\":\"team.lua:2\",\"verdict\":\"quiet\",\"fired\":1},"));
}

static void a_team_replaces_defaults_by_name(void **state)
{
    (void)state;
    load("rule { name = 'volume', off = true }\n"
         "rule { name = 'monitor-alert', match = { count = 7 }, declare = { team = 'web' } }\n");
    assert_rule(judge("x", GROUP_MOVED, 5000), VERDICT_DECLARE, "team.lua:2");
    assert_rule(judge("x", GROUP_MOVED, 6), VERDICT_NONE, NULL);
    policy_dir_write(&dir, "other.lua", "rule { name = 'volume', match = { count = 3 }, declare = true }");
    load("rule { name = 'volume', off = true }");
    assert_rule(judge("x", GROUP_MOVED, 3), VERDICT_DECLARE, "other.lua:1");
}

static void a_match_is_all_of_its_fields(void **state)
{
    (void)state;
    load("rule { name = 'm', declare = true,\n"
         "  match = { title = 'bo*', level = 'warning', tags = { region = 'eu-*' }, customer = 'acme', message "
         "= '*now*' },\n"
         "  except = { release = '*-rc?', host = 'h' } }\n");
    struct alert alert;
    struct alert_tag tags[] = {{"region", "eu-1"}, {"shard", "7"}, {"shard", "8"}};
    struct group group = policy_group("boom", "x", NOW);
    struct verdict verdict;
    alert_init(&alert, "sentry", NOW);
    alert.tags = tags;
    alert.n_tags = 3;
    alert.message = "do it now please";
    alert.host = "h";
    group.alert = &alert;
    group_affect(&group, "beta", "", 1, NOW);
    group_affect(&group, "acme", "", 1, NOW);
    group.about.release = "1.0-rc1";
#define JUDGE(wanted)                                                                                          \
    policy_judge(dir.policy, &group, GROUP_MOVED, NOW, &verdict);                                              \
    assert_rule(verdict, wanted, NULL)
    JUDGE(VERDICT_NONE);
    group.about.release = "1.0";
    JUDGE(VERDICT_DECLARE);
    group.level = LEVEL_INFO;
    JUDGE(VERDICT_NONE);
    group.level = LEVEL_FATAL;
    JUDGE(VERDICT_DECLARE);
    tags[0].value = "us-1";
    JUDGE(VERDICT_NONE);
    tags[0].value = "eu-9";
    policy_judge(dir.policy, &group, GROUP_MOVED, NOW, &verdict);
    assert_non_null(strstr(verdict.facts, "\"tags\":{\"region\":\"eu-9\",\"shard\":\"7\"}"));
    assert_rule(verdict, VERDICT_DECLARE, NULL);
    group.affected.n = 1;
    JUDGE(VERDICT_NONE);
    group.affected.n = 2;
    group.alert = NULL; /* reported late, without an alert */
    JUDGE(VERDICT_NONE);
#undef JUDGE
    group_affected_finish(&group);
}

static void functions_decide_too(void **state)
{
    (void)state;
    load("rule { name = 'w', match = { title = 'boom' },\n"
         "  when = function(group) return group.service == 'a' and group:count_within('5m') == 7 end,\n"
         "  declare = function(group)\n"
         "    if group.environment ~= 'production' then return nil end\n"
         "    return { title = group.title .. '!', severity = 'major', page = 'ana', private = true }\n"
         "  end }\n"
         "rule { name = 'z', match = { service = 'z' }, declare = function(group) return { severity = 'huge' } "
         "end }\n"
         "rule { name = 'y', match = { service = 'y' }, declare = function(group) return group.nonsense end "
         "}\n");
    struct verdict verdict = judge("a", GROUP_MOVED, 7);
    assert_int_equal(verdict.kind, VERDICT_DECLARE);
    assert_string_equal(verdict.title, "boom!");
    assert_string_equal(verdict.severity, "major");
    assert_string_equal(verdict.page, "ana");
    assert_true(verdict.private);
    verdict_finish(&verdict);
    assert_rule(judge("a", GROUP_MOVED, 8), VERDICT_NONE, NULL);
    verdict = judge("z", GROUP_MOVED, 8);
    assert_int_equal(verdict.kind, VERDICT_ASK);
    assert_non_null(strstr(verdict.text, "unknown severity 'huge'"));
    verdict_finish(&verdict);
    assert_rule(judge("y", GROUP_NEW, 1), VERDICT_ASK, "team.lua:8");
    assert_string_equal(dir.failure, "team.lua:8: a group has no field 'nonsense'");
}

/* Whatever goes wrong in a `when`, a person is asked or a later rule decides; it is never silent, and never wrong. */
static void a_rule_that_fails_asks_a_person(void **state)
{
    (void)state;
    const char *const bodies[] = {"return group.nothing.at_all",
                                  "return group.title.x.y",
                                  "while true do end",
                                  "return pcall(function() while true do end end)",
                                  "local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end",
                                  "error({})",
                                  "error(nil)",
                                  "local function f() return f() + 1 end return f()",
                                  "return ('x'):rep(1e9)",
                                  "group.title = 'x'",
                                  "return group:count_within('2h')",
                                  "return group:count_within()",
                                  "return group.count_within('5m')",
                                  "incident(1):say('x')",
                                  "rule { name = 'late', quiet = true }",
                                  "return at('never')"};
    for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
        CLEANUP_FREE char *text = xasprintf(
            "rule { name = 'r', priority = 9, when = function(group) %s end, quiet = true }", bodies[i]);
        load(text);
        dir.failures = 0;
        struct verdict verdict = judge("x", GROUP_NEW, 1);
        if (verdict.kind != VERDICT_ASK || dir.failures != 1)
            fail_msg("%s: %d, %d", bodies[i], (int)verdict.kind, dir.failures);
        assert_string_equal(verdict.rule, "team.lua:1");
        assert_true(text_starts(verdict.text, "the rule 'r' failed: team.lua:1: ") ||
                    text_starts(verdict.text, "the rule 'r' failed: it needs more memory"));
        assert_non_null(verdict.facts);
        verdict_finish(&verdict);
        assert_rule(judge("x", GROUP_NEW, 500), VERDICT_DECLARE,
                    NULL); /* a later declaration outranks asking */
    }
}

static void a_function_that_was_stopped_three_times_is_not_called_again(void **state)
{
    (void)state;
    load("local n = 0\n"
         "rule { name = 'r', when = function(group) n = n + 1 if n < 9 then while true do end end return true "
         "end, quiet = true }");
    int64_t start = clock_mono_ns();
    for (int i = 0; i < 1000; i++)
        assert_rule(judge("x", GROUP_NEW, 1), VERDICT_ASK, "team.lua:2");
    assert_true(clock_mono_ns() - start < 2000000000);
    assert_non_null(strstr(dir.failure, "not called again"));
    load("rule { name = 'r', quiet = true }");
    assert_rule(judge("x", GROUP_NEW, 1), VERDICT_QUIET, NULL);
}

/* ---- events and commands ---- */

static struct incident *triaged(void)
{
    struct incident *incident = incident_create(7);
    incident->status = STATUS_TRIAGE;
    incident->title = xstrdup("checkout is slow");
    incident->severity = xstrdup("minor");
    *array_add(&incident->entries) = (struct state_entry){STATUS_TRIAGE, NOW};
    return incident;
}

static void handlers_are_called_for_events(void **state)
{
    (void)state;
    load("on('declared', 'announce', false)\n"
         "on('declared', 'lesson', false)\n"
         "on('declared', 'open-channel', function(i) i:say('no room') end)\n"
         "on('declared', function(i, e) i:say(i.name .. ' ' .. i.status .. ' by ' .. e.by, 'ops'); "
         "i:page('bob', 'look')\n"
         "  i:sev('major') i:pause('tea', within('1h')) i:give('lead', 'ana') i:link('https://x', 'y')\n"
         "  i:command('note', { text = tostring(i) }) end)\n"
         "on('declared', function(i) i:say('half') error('no') end)\n"
         "on('declared', function(i) pcall(i.say, i) pcall(i.pause, i, 'x') pcall(i.command, i, 'note', { txt "
         "= 1 }) end)\n"
         "on('paused', function(i) i:say('paused') end)\n");
    struct incident *incident = triaged();
    struct event event = {
        .type = EVENT_DECLARED, .incident = 7, .by = "ana", .at = NOW, .status = STATUS_TRIAGE};
    reaction_list list = {0};
    policy_react(dir.policy, &event, incident, NOW, &list);
    assert_int_equal(list.n, 8);
    assert_string_equal(list.v[0].text, "no room");
    assert_string_equal(list.v[1].text, "INC-7 triage by ana");
    assert_string_equal(list.v[1].channel, "ops");
    assert_string_equal(list.v[1].rule, "team.lua:4");
    assert_string_equal(list.v[2].value, "bob");
    assert_string_equal(list.v[3].verb, "sev");
    assert_string_equal(list.v[3].name, "major");
    assert_string_equal(list.v[4].text, "tea");
    assert_true(list.v[4].until == NOW + HOUR);
    assert_string_equal(list.v[5].verb, "role");
    assert_string_equal(list.v[5].value, "ana");
    assert_string_equal(list.v[6].value, "https://x");
    assert_string_equal(list.v[7].text, "INC-7");
    assert_string_equal(dir.failure, "team.lua:7: no");
    event.type = EVENT_STATUS;
    event.status = STATUS_FIXING;
    policy_react(dir.policy, &event, incident, NOW, &list);
    assert_int_equal(list.n, 8);
    event.status = STATUS_PAUSED;
    policy_react(dir.policy, &event, incident, NOW, &list);
    assert_int_equal(list.n, 9);
    reaction_list_finish(&list);
    incident_destroy(incident);
}

static void each_help(void *ctx, const char *name, const char *help)
{
    str_addf(ctx, "%s: %s\n", name, help);
}

static void teams_have_commands(void **state)
{
    (void)state;
    load("command { name = 'hello', help = 'greets', run = function(i, text, who) return 'hi ' .. who .. text "
         "end }\n"
         "command { name = 'broken', help = 'breaks', run = function(i) return {} end }\n");
    struct incident *incident = triaged();
    reaction_list list = {0};
    const char *help;
    CLEANUP_STR struct str all = {0};
    assert_true(policy_has_command(dir.policy, "Hello", &help));
    assert_string_equal(help, "greets");
    assert_false(policy_has_command(dir.policy, "bye", &help));
    policy_each_command(dir.policy, each_help, &all);
    assert_string_equal(all.p, "hello: greets\nbroken: breaks\n");
    struct error err = {0};
    assert_int_equal(policy_run_command(dir.policy, "hello", "!", "ana", NULL, NOW, &list, &err), 0);
    assert_int_equal(list.n, 1);
    assert_int_equal(list.v[0].kind, REACTION_REPLY);
    assert_string_equal(list.v[0].text, "hi ana!");
    assert_int_not_equal(policy_run_command(dir.policy, "broken", "", "ana", incident, NOW, &list, &err), 0);
    assert_int_equal(list.n, 1);
    assert_non_null(strstr(err.text, "`broken` failed: the function of a command must return a string"));
    reaction_list_finish(&list);
    incident_destroy(incident);
}

static void templates_are_strict(void **state)
{
    (void)state;
    load("template { name = 't', text = '{{title}} is {{severity}}, led by {{lead|nobody}}{{team|}}' }\n"
         "template { name = 'lacks', text = '{{lead}}' }\n");
    struct incident *incident = triaged();
    struct error err;
    CLEANUP_STR struct str out = {0};
    assert_int_equal(policy_template(dir.policy, "t", incident, NULL, NOW, &out, &err), 0);
    assert_string_equal(out.p, "checkout is slow is minor, led by nobody");
    assert_int_equal(policy_template(dir.policy, "lacks", incident, NULL, NOW, &out, &err), ERR_INVALID);
    assert_string_equal(err.text, "team.lua:2: no value for {{lead}}; give it a fallback: {{lead|…}}");
    assert_int_equal(policy_template(dir.policy, "none", incident, NULL, NOW, &out, &err), ERR_NOT_FOUND);
    assert_int_equal(policy_template(dir.policy, "t", NULL, NULL, NOW, &out, &err), ERR_INVALID);
    assert_string_equal(out.p, "checkout is slow is minor, led by nobody");
    incident_destroy(incident);
}

static void times_in_a_template_are_for_people(void **state)
{
    (void)state;
    load("template { name = 'times', text = '{{declared}}; {{pause_until|no pause}}' }\n"
         "command { name = 'written', help = 'h', run = function(i, zone)\n"
         "  return zone == '' and render('times', i) or render('times', i, zone)\n"
         "end }\n");
    struct incident *incident = triaged();
    reaction_list list = {0};
    struct error err;
    static const char *const zones[][2] = {{"", "Wed 26 Nov 10:00 UTC; no pause"},
                                           {"Europe/Madrid", "Wed 26 Nov 11:00 UTC+1; no pause"},
                                           {"Asia/Kolkata", "Wed 26 Nov 15:30 UTC+5:30; no pause"}};
    for (size_t i = 0; i < ARRAY_SIZE(zones); i++) {
        assert_int_equal(
            policy_run_command(dir.policy, "written", zones[i][0], "ana", incident, NOW, &list, &err), 0);
        assert_string_equal(list.v[i].text, zones[i][1]);
    }
    assert_int_not_equal(
        policy_run_command(dir.policy, "written", "Mars/Olympus", "ana", incident, NOW, &list, &err), 0);
    assert_non_null(strstr(err.text, "unknown time zone 'Mars/Olympus'"));
    reaction_list_finish(&list);
    incident_destroy(incident);
}

static void check_literal(const char *value)
{
    reaction_list list = {0};
    struct error err;
    CLEANUP_STR struct str wanted = {0};
    CLEANUP_FREE char *clean = utf8_sanitize(value, strlen(value), 100);
    str_add(&wanted, "**Look:** ");
    text_literal(clean, &wanted);
    assert_int_equal(policy_run_command(dir.policy, "written", value, "ana", NULL, NOW, &list, &err), 0);
    assert_string_equal(list.v[0].text, wanted.p);
    reaction_list_finish(&list);
}

static void a_value_can_be_marked_literal(void **state)
{
    (void)state;
    load("command { name = 'written', help = 'h', run = function(i, text) return '**Look:** ' .. literal(text) "
         "end }\n"
         "command { name = 'wrong', help = 'h', run = function(i, text) return literal(nil) end }\n"
         "command { name = 'long', help = 'h', run = function(i) return literal(('x'):rep(16385)) end }\n"
         "command { name = 'number', help = 'h', run = function(i) return literal(42) end }\n");
    static const char *const values[] = {
        "*.lua is gone", "[x](https://a.org)", "<script>",  "`rm -rf`", "a_b_c", "f\xfcr", "",
        "# no title",    "@channel",           "two\nlines"};
    for (size_t i = 0; i < ARRAY_SIZE(values); i++)
        check_literal(values[i]);
    reaction_list list = {0};
    struct error err;
    assert_int_not_equal(policy_run_command(dir.policy, "wrong", "", "ana", NULL, NOW, &list, &err), 0);
    assert_int_not_equal(policy_run_command(dir.policy, "long", "", "ana", NULL, NOW, &list, &err), 0);
    assert_int_equal(policy_run_command(dir.policy, "number", "", "ana", NULL, NOW, &list, &err), 0);
    assert_string_equal(list.v[0].text, "42");
    reaction_list_finish(&list);
}

int main(void)
{
#define IN_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_DIRECTORY(important_services_page_for_anything_new),
        IN_DIRECTORY(solving_is_for_desks_or_where_the_policy_says),
        IN_DIRECTORY(levels_are_a_teams_to_set),
        IN_DIRECTORY(wrong_levels_are_refused),
        IN_DIRECTORY(the_first_rule_that_fits_decides),
        IN_DIRECTORY(a_team_replaces_defaults_by_name),
        IN_DIRECTORY(a_match_is_all_of_its_fields),
        IN_DIRECTORY(functions_decide_too),
        IN_DIRECTORY(a_rule_that_fails_asks_a_person),
        IN_DIRECTORY(a_function_that_was_stopped_three_times_is_not_called_again),
        IN_DIRECTORY(handlers_are_called_for_events),
        IN_DIRECTORY(teams_have_commands),
        IN_DIRECTORY(templates_are_strict),
        IN_DIRECTORY(times_in_a_template_are_for_people),
        IN_DIRECTORY(a_value_can_be_marked_literal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
