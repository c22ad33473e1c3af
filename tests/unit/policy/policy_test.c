#include "../../support/check.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "policy/load.h"

#define NOW ((instant)1764000000000)

static char directory[64], failure[600];

static void on_failure(void *ctx, const char *where, const char *text, uint64_t incident)
{
    (void)ctx, (void)incident;
    snprintf(failure, sizeof(failure), "%s: %s", where, text);
}

static const struct policy_host host = {.on_failure = on_failure};

static int set_up(void **state)
{
    (void)state;
    failure[0] = '\0';
    snprintf(directory, sizeof(directory), "/tmp/tocsin-policy-XXXXXX");
    return mkdtemp(directory) ? 0 : -1;
}

static void write_file(const char *name, const char *text)
{
    CLEANUP_FREE char *path = xasprintf("%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int tear_down(void **state)
{
    (void)state;
    name_list files = {0}, tests = {0};
    list_policy(directory, &files, &tests, NULL);
    for (size_t i = 0; i < files.n + tests.n; i++) {
        CLEANUP_FREE char *path =
            xasprintf("%s/%s", directory, i < files.n ? files.v[i] : tests.v[i - files.n]);
        unlink(path);
    }
    name_list_finish(&files);
    name_list_finish(&tests);
    return rmdir(directory);
}

static struct policy *loaded(void)
{
    struct error err = {0};
    struct policy *policy = policy_create(&host);
    if (policy_load(policy, directory, &err))
        fail_msg("%s", err.text);
    return policy;
}

static struct verdict judge(struct policy *policy, const char *service, enum group_change change,
                            uint32_t count)
{
    struct verdict verdict;
    struct group group = {.title = "boom",
                          .service = service,
                          .environment = "",
                          .release = "",
                          .type = "",
                          .culprit = "",
                          .source = "sentry",
                          .origin = "",
                          .stream = "",
                          .url = "",
                          .count = count,
                          .level = LEVEL_ERROR,
                          .minute = NOW / MINUTE};
    group.counts[group.minute % GROUP_MINUTES] = count;
    policy_judge(policy, &group, change, NOW, &verdict);
    return verdict;
}

static void the_defaults_pass_their_own_tests(void **state)
{
    (void)state;
    struct error err = {0};
    CLEANUP_STR struct str out = {0};
    CLEANUP_FREE char *text = NULL;
    size_t n;
    assert_int_equal(read_file("scripts/policy_test.lua", 65536, &text, &n, &err), 0);
    write_file("a_test.lua", text);
    int failures = policy_test(directory, &out, &err);
    if (failures)
        fail_msg("%s %s", str_text(&out), err.text);
}

static void important_services_page_for_anything_new(void **state)
{
    (void)state;
    write_file("team.lua", "services { important = { 'check*' } }");
    struct policy *policy = loaded();
    struct verdict verdict = judge(policy, "checkout", GROUP_NEW, 1);
    assert_int_equal(verdict.kind, VERDICT_DECLARE);
    assert_string_equal(verdict.page, "product-responder");
    assert_true(text_starts(verdict.rule, "default/policy.lua:"));
    assert_non_null(strstr(verdict.facts, "\"competing\":[]"));
    verdict_finish(&verdict);
    verdict = judge(policy, "blog", GROUP_NEW, 1);
    assert_int_equal(verdict.kind, VERDICT_NONE);
    verdict_finish(&verdict);
    policy_destroy(policy);
}

static void a_team_overrides_by_name_and_comes_first(void **state)
{
    (void)state;
    write_file(
        "team.lua",
        "rule { name = 'volume', off = true }\n"
        "rule { name = 'hush', match = { service = 'blog' }, quiet = true, priority = 5 }\n"
        "rule { name = 'ours', match = { new = true }, declare = { severity = 'major', team = 'web' } }\n");
    struct policy *policy = loaded();
    struct verdict verdict = judge(policy, "blog", GROUP_NEW, 500);
    assert_int_equal(verdict.kind, VERDICT_QUIET);
    assert_non_null(strstr(verdict.facts, "ours"));
    verdict_finish(&verdict);
    verdict = judge(policy, "shop", GROUP_NEW, 1);
    assert_string_equal(verdict.rule, "team.lua:3");
    assert_string_equal(verdict.team, "web");
    verdict_finish(&verdict);
    verdict = judge(policy, "shop", GROUP_MOVED, 5000);
    assert_int_equal(verdict.kind, VERDICT_NONE);
    verdict_finish(&verdict);
    policy_destroy(policy);
}

static void a_rule_that_fails_or_runs_away_asks_a_person(void **state)
{
    (void)state;
    const char *const bodies[] = {"return group.nothing.at_all",
                                  "while true do end",
                                  "return pcall(function() while true do end end)",
                                  "local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end",
                                  "error({})",
                                  "local function f() return f() + 1 end return f()",
                                  "return ('x'):rep(1e9)"};
    for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
        CLEANUP_FREE char *text = xasprintf(
            "rule { name = 'r', priority = 9, when = function(group) %s end, declare = true }", bodies[i]);
        write_file("team.lua", text);
        struct policy *policy = loaded();
        struct verdict verdict = judge(policy, "x", GROUP_NEW, 1);
        assert_int_equal(verdict.kind, VERDICT_ASK);
        assert_string_equal(verdict.rule, "team.lua:1");
        assert_true(failure[0] != '\0');
        verdict_finish(&verdict);
        policy_destroy(policy);
    }
}

static void nothing_of_the_outside_is_there(void **state)
{
    (void)state;
    const char *const names[] = {"io",          "os",          "debug",           "package",
                                 "require",     "dofile",      "loadfile",        "load",
                                 "loadstring",  "coroutine",   "setmetatable",    "getmetatable",
                                 "rawset",      "rawget",      "collectgarbage",  "print",
                                 "string.dump", "string.gsub", "string.match",    "string.gmatch",
                                 "table.move",  "math.random", "math.randomseed", "('').dump",
                                 "_G.io"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        CLEANUP_FREE char *text =
            xasprintf("local ok, it = pcall(function() return %s end)\nassert(not ok or not it, 'there is %s')",
                      names[i], "one");
        write_file("team.lua", text);
        struct error err = {0};
        struct policy *policy = policy_create(&host);
        if (policy_load(policy, directory, &err) && !strstr(err.text, "_G"))
            fail_msg("%s: %s", names[i], err.text);
        policy_destroy(policy);
    }
}

static void bytecode_and_bad_files_are_refused_and_the_last_good_stays(void **state)
{
    (void)state;
    struct error err;
    write_file("team.lua", "services { important = { 'shop' } }");
    struct policy *policy = loaded();
    const char *const bad[] = {"\x1bLua",
                               "rule {",
                               "rule { name = 'x', matsch = {} }",
                               "error('no')",
                               "while true do end",
                               "rule { name = 'x', match = { new = true } }",
                               "obligation { name = 'o', text = 't', status = 'flying' }",
                               "on('flown', function() end)",
                               "severity {}",
                               "rule(5)",
                               "rule { name = {} }"};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        write_file("team.lua", bad[i]);
        assert_int_not_equal(policy_load(policy, directory, &err), 0);
        assert_non_null(strstr(err.text, i == 8 ? "severity" : "team.lua"));
        struct verdict verdict = judge(policy, "shop", GROUP_NEW, 1);
        assert_int_equal(verdict.kind, VERDICT_DECLARE);
        verdict_finish(&verdict);
    }
    write_file("team.lua", "");
    write_file("team_test.lua", "test('t', function() expect(judge{ service = 'shop' }.kind, 'declare') end)");
    assert_int_equal(policy_load(policy, directory, &err), ERR_REFUSED);
    assert_non_null(strstr(err.text, "FAIL  t"));
    policy_destroy(policy);
}

static void changes_are_noticed(void **state)
{
    (void)state;
    write_file("team.lua", "");
    struct policy *policy = loaded();
    assert_false(policy_changed(policy));
    write_file("team.lua", "-- longer");
    assert_true(policy_changed(policy));
    policy_destroy(policy);
}

static struct incident *triaged(void)
{
    struct incident *incident = incident_create(7);
    incident->status = STATUS_TRIAGE;
    incident->title = xstrdup("checkout is slow");
    incident->severity = xstrdup("minor");
    *array_add(&incident->entries) = (struct state_entry){STATUS_TRIAGE, NOW};
    return incident;
}

static void events_are_answered_and_obligations_follow(void **state)
{
    (void)state;
    write_file("team.lua", "on('declared', function(i, e) i:say(i.name .. ' ' .. i.status .. ' by ' .. e.by); "
                           "i:page('bob', 'look') end)\n"
                           "command { name = 'hello', help = 'greets', run = function(i, text, who) return 'hi "
                           "' .. who .. text end }\n"
                           "template { name = 't', text = '{{title}} is {{severity}}' }\n"
                           "template { name = 'lacks', text = '{{lead}}' }\n");
    struct policy *policy = loaded();
    struct incident *incident = triaged();
    struct event event = {.type = EVENT_DECLARED, .incident = 7, .by = "ana", .at = NOW};
    reaction_list reactions = {0};
    obligation_list owed = {0};
    policy_react(policy, &event, incident, NOW, &reactions);
    assert_string_equal(failure, "");
    assert_int_equal(reactions.n, 4);
    assert_string_equal(reactions.v[2].text, "INC-7 triage by ana");
    assert_string_equal(reactions.v[3].value, "bob");
    policy_run_command(policy, "hello", "!", "ana", NULL, NOW, &reactions);
    assert_string_equal(reactions.v[4].text, "hi ana!");
    policy_obligations(policy, incident, NOW, &owed);
    assert_int_equal(owed.n, 1);
    assert_int_equal(owed.v[0].due, NOW + 15 * MINUTE);
    assert_int_equal(owed.v[0].every, 15 * MINUTE);
    CLEANUP_STR struct str out = {0};
    struct error err;
    assert_int_equal(policy_template(policy, "t", incident, &out, &err), 0);
    assert_string_equal(out.p, "checkout is slow is minor");
    assert_int_equal(policy_template(policy, "lacks", incident, &out, &err), ERR_INVALID);
    assert_non_null(strstr(err.text, "{{lead}}"));
    reaction_list_finish(&reactions);
    obligation_list_finish(&owed);
    incident_destroy(incident);
    policy_destroy(policy);
}

int main(void)
{
#define IN_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_DIRECTORY(the_defaults_pass_their_own_tests),
        IN_DIRECTORY(important_services_page_for_anything_new),
        IN_DIRECTORY(a_team_overrides_by_name_and_comes_first),
        IN_DIRECTORY(a_rule_that_fails_or_runs_away_asks_a_person),
        IN_DIRECTORY(nothing_of_the_outside_is_there),
        IN_DIRECTORY(bytecode_and_bad_files_are_refused_and_the_last_good_stays),
        IN_DIRECTORY(changes_are_noticed),
        IN_DIRECTORY(events_are_answered_and_obligations_follow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
