/* Loading: all or nothing, tests first, changes noticed. */
#include "../../support/check.h"

#include <stdio.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../support/policy_dir.h"
#include "base/mem.h"

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

static void assert_loads(void)
{
    struct error err = {0};
    if (policy_dir_load(&dir, &err))
        fail_msg("%s", err.text);
}

static void assert_refused(const char *with)
{
    struct error err = {0};
    assert_int_not_equal(policy_dir_load(&dir, &err), 0);
    if (!strstr(err.text, with))
        fail_msg("'%s' lacks '%s'", err.text, with);
}

static enum verdict_kind judge(const char *service)
{
    struct verdict verdict;
    struct group group = policy_group("boom", service, NOW);
    policy_judge(dir.policy, &group, GROUP_NEW, NOW, &verdict);
    enum verdict_kind kind = verdict.kind;
    verdict_finish(&verdict);
    return kind;
}

static void add_test(void *ctx, const char *name, const char *failure)
{
    str_addf(ctx, "%s  %s%s%s\n", failure ? "FAIL" : "ok  ", name, failure ? ": " : "", failure ? failure : "");
}

static void add_print(void *ctx, const char *text)
{
    str_addf(ctx, "%s\n", text);
}

static void the_defaults_pass_their_own_tests(void **state)
{
    (void)state;
    struct error err = {0};
    CLEANUP_STR struct str out = {0};
    int failures = policy_test("scripts", &(struct policy_report){&out, add_test, add_print}, &err);
    if (failures)
        fail_msg("%s%s", str_text(&out), err.text);
    assert_non_null(strstr(out.p, "ok    an incident in triage gets two reminders"));
    policy_dir_write(&dir, "team_test.lua", "test('x', function() print('n', 1, nil, {}) end)");
    str_clear(&out);
    assert_int_equal(policy_test(dir.path, &(struct policy_report){&out, add_test, add_print}, &err), 0);
    assert_string_equal(out.p, "n 1 nil table\nok    x\n");
}

static void the_previous_version_stays_active(void **state)
{
    (void)state;
    static const struct {
        const char *text, *with;
    } bad[] = {
        {"\x1bLua", "binary chunk"},
        {"severity { 'a', 'b', 'A' }", "team.lua:1: the severity 'A' is listed twice"},
        {"role { 'scribe', 'accept' }",
         "team.lua:1: `accept` is a built-in command, so nobody could take a role"},
        {"role { 'scribe' } command { name = 'scribe', help = 'h', run = function() end }",
         "team.lua:1: `scribe` is a role, so this command would never be called"},
        {"rule {", "team.lua:1: "},
        {"rule { name = 'x', matsch = {} }", "rule has no field 'matsch'; did you mean 'match'?"},
        {"rule { name = 'x', match = { servise = 'a' } }",
         "match has no field 'servise'; did you mean 'service'?"},
        {"rule { name = 'x', match = { service = 5 } }",
         "team.lua:1: service must be a string or a list of strings"},
        {"rule { name = 'x', match = { service = { 'a', {} } } }",
         "service must be a list of strings, but holds a table"},
        {"rule { name = 'x', match = { service = '@vip' }, quiet = true }", "unknown set of services 'vip'"},
        {"rule { name = 'x', match = { count = 0 }, quiet = true }", "count must be a whole number above 0"},
        {"rule { name = 'x', match = { count = 1.5 }, quiet = true }", "count must be a whole number above 0"},
        {"rule { name = 'x', match = { count = 5, within = '2h' }, quiet = true }",
         "within must be a number of minutes"},
        {"rule { name = 'x', match = { within = '5m' }, quiet = true }", "within needs a count"},
        {"rule { name = 'x', match = { customers = 0 }, quiet = true }",
         "customers must be a whole number from 1 to"},
        {"rule { name = 'x', match = { level = 'bad' }, quiet = true }", "level must be debug, info"},
        {"rule { name = 'x', match = { new = 1 }, quiet = true }", "new must be true or false, not a number"},
        {"rule { name = 'x', match = { new = true } }",
         "rule 'x' needs exactly one of declare, quiet and mute"},
        {"rule { name = 'x', quiet = true, declare = true }", "needs exactly one of declare, quiet and mute"},
        {"rule { name = 'x', declare = { severity = 'mega' } }", "team.lua:1: unknown severity 'mega'"},
        {"rule { name = 'x', declare = { kind = 'mega' } }",
         "team.lua:1: unknown kind 'mega'; declare it with kind{"},
        {"obligation { name = 'o', text = 't', status = 'active', within = '1h', kind = 'mega' }",
         "unknown kind 'mega'"},
        {"approval { kind = 'mega' }", "team.lua:1: unknown kind 'mega'; declare it with kind{"},
        {"tickets { tracker = 'github', kind = 'mega' }", "team.lua:1: unknown kind 'mega'"},
        {"tickets { tracker = 'github', severity = 'mega' }", "team.lua:1: unknown severity 'mega'"},
        {"tickets { traker = 'github' }", "tickets has no field 'traker'; did you mean 'tracker'?"},
        {"tickets { tracker = { 'github' } }", "tracker must be"},
        {"tickets { solve = 'yes' }", "solve must be true, false or a list of connectors"},
        {"tickets { solve = { 5 } }", "solve must be a list of strings"},
        {"tickets { parents = 5 }", "parents must be a string or a list of strings"},
        {"tickets { team = 'payments' }", "tickets must say something: tracker = "},
        {"kind { 'two words' }", "the kind 'two words' must be one word"},
        {"rule { name = 'x', declare = 'yes' }", "declare must be true, a table, or a function"},
        {"rule { name = 'x', quiet = true }\nrule { name = 'x', quiet = true }",
         "team.lua:2: rule 'x' is already declared at team.lua:1"},
        {"rule { name = 'x', off = true }", "no default rule 'x' to switch off"},
        {"rule(5)", "rule needs a table"},
        {"rule { name = {} }", "name must be a string, not a table"},
        {"rule { quiet = true }", "name is missing"},
        {"rule { name = 'x', quiet = true, mute = 'a while' }", "mute: "},
        {"error('no')", "team.lua:1: no"},
        {"while true do end", "team.lua:1: stopped after 20,000,000 instructions"},
        {"obligation { name = 'o', text = 't', status = 'flying', within = '1h' }", "unknown status 'flying'"},
        {"obligation { name = 'o', text = 't', within = '1h' }", "status is missing"},
        {"obligation { name = 'o', text = 't', status = 'active', within = '3s', every = '4s' }",
         "every must be at least 1m"},
        {"command { name = 'resolve', help = 'h', run = function() end }", "`resolve` is a built-in command"},
        {"obligation { name = 'o', text = 't', status = 'active' }", "within is missing"},
        {"obligation { name = 'o', text = 't', status = 'active', within = '1h', severity = 'mega' }",
         "unknown severity 'mega'"},
        {"obligation { name = 'o', text = 't', status = 'active', within = { '1h', '2h' } }",
         "one value, or one value and some by severity"},
        {"obligation { name = 'o', text = 't', status = 'active', within = '1h', after = 'noon' }",
         "after must be"},
        {"obligation { name = '@resume', text = 't', status = 'active', within = '1h' }",
         "must not begin with @"},
        {"template { name = 't', text = '{{titel}}' }", "unknown placeholder {{titel}}"},
        {"template { name = 't', text = '{{title' }", "a {{ without }}"},
        {"command { name = 'two words', help = 'h', run = function() end }", "one word"},
        {"command { name = 'c', help = 'h' }", "run is missing"},
        {"on('declard', function() end)", "did you mean 'declared'?"},
        {"on('group_seen', function() end)", "unknown event"},
        {"on('declared', 'x', true)", "function expected"},
        {"on('declared', 'x', false)", "no default on 'x'"},
        {"severity {}", "severity must name at least one"},
        {"severity { 'a b' }", "must be one word"},
        {"role { 5 }", "role must be a list of strings"},
        {"services { important = 5 }", "important must be a string or a list"},
        {"rule { name = ('x'):rep(20000), quiet = true }", "longer than 16 KiB"},
    };
    policy_dir_write(&dir, "team.lua", "services { important = { 'shop' } }");
    assert_loads();
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        policy_dir_write(&dir, "team.lua", bad[i].text);
        assert_refused(bad[i].with);
        assert_int_equal(judge("shop"), VERDICT_DECLARE);
    }
}

static void one_bad_file_refuses_all(void **state)
{
    (void)state;
    policy_dir_write(&dir, "a.lua", "rule { name = 'a', match = { service = 'a' }, quiet = true }");
    assert_loads();
    policy_dir_write(&dir, "a.lua", "rule { name = 'a', match = { service = 'b' }, quiet = true }");
    policy_dir_write(&dir, "b.lua", "oops");
    assert_refused("b.lua:1: ");
    assert_int_equal(judge("a"), VERDICT_QUIET);
    assert_int_equal(judge("b"), VERDICT_NONE);
}

static void files_share_nothing(void **state)
{
    (void)state;
    policy_dir_write(&dir, "a.lua",
                     "local t = { string } rule { name = 'same', match = { service = 'a' }, quiet = true }");
    policy_dir_write(&dir, "b.lua", "rule { name = 'same', match = { service = 'b' }, quiet = true }");
    assert_loads();
    assert_int_equal(judge("a"), VERDICT_QUIET);
    assert_int_equal(judge("b"), VERDICT_QUIET);
    policy_dir_write(&dir, "b.lua", "return t");
    assert_refused("unknown name 't'");
    policy_dir_write(&dir, "a.lua", "severity { 'x' }");
    policy_dir_write(&dir, "b.lua", "severity { 'y' }");
    assert_refused("severity is already set in a.lua");
    policy_dir_write(&dir, "a.lua", "obligation { name = 'o', text = 't', status = 'triage', within = '1h' }");
    policy_dir_write(&dir, "b.lua", "obligation { name = 'o', text = 't', status = 'triage', within = '1h' }");
    assert_refused("b.lua:1: obligation 'o' is already declared at a.lua:1");
    policy_dir_write(&dir, "b.lua", "pcall(rule, { name = 'half', match = {}, when = 5 })");
    assert_loads();
}

/* The default policy's critical becomes a team's highest severity, and its major never the lowest. */
static void own_severities_keep_what_ships(void **state)
{
    (void)state;
    policy_dir_write(&dir, "team.lua", "severity { 'low', 'high' }");
    policy_dir_write(&dir, "team_test.lua",
                     "test('many', function()\n"
                     "  expect(judge { service = 'a', customers = 15, level = 'error' }.severity, 'high')\n"
                     "  local i = declare { title = 't', severity = 'high', by = 'ana' }\n"
                     "  local due = {}\n"
                     "  for _, o in ipairs(owed(i)) do due[o.name] = o.due end\n"
                     "  expect(due['comms-lead'], 600) expect(due.update, 900)\n"
                     "end)\n");
    assert_loads();
}

/* What the directory of customers says decides, and a script can read it. */
static void rules_match_customers_by_what_the_directory_says(void **state)
{
    (void)state;
    policy_dir_write(
        &dir, "team.lua",
        "rule { name = 'gold', match = { tier = 'go*' }, declare = { severity = 'major' } }\n"
        "rule { name = 'cared', match = { cares = true }, when = function(g)\n"
        "  return g.customers[1].name == 'Globex AG' and g.customers[1].cares and customer('nobody') == nil\n"
        "    and customer('GLOBEX').language == 'de' end, declare = true }\n"
        "rule { name = 'rest', match = { cares = false, tier = 'none' }, declare = true }\n"
        "rule { name = 'one', match = { customer = 'Initech' }, declare = true }");
    policy_dir_write(
        &dir, "team_test.lua",
        "test('gold', function()\n"
        "  directory { key = 'acme', tier = 'gold' }\n"
        "  directory { key = 'globex', name = 'Globex AG', cares = true, language = 'de' }\n"
        "  local function rule(...) return judge { service = 'x', customers = { ... } }.rule end\n"
        "  directory { key = 'INITECH', tier = 'None' }\n"
        "  expect(rule('beta', 'ACME'), 'team.lua:1')\n"
        "  expect(rule('hooli', 'initech'), 'team.lua:5')\n"
        "  expect(rule('globex'), 'team.lua:2')\n"
        "  expect(rule('beta'), nil)\n"
        "end)\n"
        "test('empty again', function() expect(judge { customers = { 'acme' } }.kind, 'none') end)\n");
    assert_loads();
}

/* However many there are, a script sees each. */
static void a_script_reads_every_customer_of_a_group(void **state)
{
    (void)state;
    policy_dir_write(
        &dir, "team.lua",
        "rule { name = 'gold', when = function(g)\n"
        "  local n, m = 0, 0\n"
        "  for i, c in ipairs(g.customers) do n = n + (g.customers[i].tier == 'gold' and i or 0) end\n"
        "  for _, c in pairs(g.customers) do m = m + c.count end\n"
        "  return n == 40 and #g.customers == 40 and m == 40 and g.customers[41] == nil and g.customers.x == "
        "nil\n"
        "    and not pcall(function() g.customers[1] = 2 end)\n"
        "end, declare = true }");
    policy_dir_write(&dir, "team_test.lua",
                     "test('gold', function()\n"
                     "  directory { key = 'acme', tier = 'gold' }\n"
                     "  local all = {}\n"
                     "  for i = 1, 39 do all[i] = 'c' .. i end\n"
                     "  all[40] = 'acme'\n"
                     "  expect(judge { service = 'x', customers = all }.kind, 'declare')\n"
                     "end)");
    assert_loads();
}

static void a_list_that_failed_does_not_count_in_part(void **state)
{
    (void)state;
    policy_dir_write(&dir, "team.lua", "pcall(severity, { 'low', {} })");
    assert_refused("the policy has no valid severity list");
    policy_dir_write(&dir, "team.lua", "pcall(severity, { 'low', ('x'):rep(1 << 17) })");
    assert_refused("the policy has no valid severity list");
}

static void a_policy_whose_tests_fail_is_refused(void **state)
{
    (void)state;
    policy_dir_write(&dir, "team.lua",
                     "services { important = { 'shop' } }\n"
                     "command { name = 'c', help = 'h', run = function(i) i:note('n') return 'r' end }");
    policy_dir_write(
        &dir, "team_test.lua",
        "test('shop', function() expect(judge { service = 'shop' }.kind, 'declare', 'the verdict') end)\n"
        "test('command', function()\n"
        "  local i = declare { title = 't', by = 'ana' }\n"
        "  local r = run('c', i)\n"
        "  expect(#r, 2) expect(r[1].verb, 'note') expect(r[2].text, 'r')\n"
        "  expect(render('write-up', i):sub(1, 9), '# INC-1 t')\n"
        "  expect(#incidents(), 1) expect(incident('INC-1'), i) expect(person('ana').name, 'ana')\n"
        "end)\n");
    assert_loads();
    CLEANUP_STR struct str rules = {0};
    policy_rules(dir.policy, &rules);
    assert_null(strstr(rules.p, "\"fired\":1")); /* what the tests count is gone */
    policy_dir_write(&dir, "team.lua",
                     "services { important = { 'shops' } }\n"
                     "on('declared', function(i) i:nothing() end)");
    assert_refused("the policy's tests fail:\nFAIL  shop: team_test.lua:1: the verdict is none, not declare\n"
                   "FAIL  command: team_test.lua:3: team.lua:2: an incident has no field 'nothing'");
    assert_int_equal(judge("shop"), VERDICT_DECLARE);
    policy_dir_write(&dir, "team.lua", "");
    policy_dir_write(&dir, "team_test.lua", "test('x', function() while true do end end)");
    assert_refused("team_test.lua:1: stopped after 20,000,000 instructions (the limit of one test)");
    policy_dir_write(&dir, "team_test.lua",
                     "test('x', function() pcall(function() while true do end end) end)");
    assert_refused("stopped after 20,000,000 instructions (the limit of one test)");
    policy_dir_write(&dir, "team_test.lua",
                     "test('x', function() while true do end end)\n"
                     "test('y', function() expect(1, 2) end)");
    assert_refused(
        "FAIL  x: team_test.lua:1: stopped after 20,000,000 instructions (the limit of one test)\n"
        "FAIL  y: team_test.lua:2: the value is 1, not 2"); /* a runaway test does not keep others from running */
    static const char *const differences[][2] = {
        {"{a = 1, b = {2, 3}}, {a = 1, b = {2, 4}}", "the value.b[2] is 3, not 4"},
        {"{a = 1}, {a = 1, b = {c = 'x'}}", "the value.b is nil, not {\"c\":\"x\"}"},
        {"{z = 1, b = 1}, {}", "the value.b is 1, not nil"},
        {"{1}, {1, 2}, 'the list'", "the list[2] is nil, not 2"},
        {"'1', 1", "the value is 1 (a string), not 1 (a number)"},
        {"{}, 'x'", "the value is {}, not x"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(differences); i++) {
        CLEANUP_FREE char *test = xasprintf(
            "test('x', function() expect({1, {k = 'v'}}, {1, {k = 'v'}}) expect(%s) end)", differences[i][0]);
        policy_dir_write(&dir, "team_test.lua", test);
        assert_refused(differences[i][1]);
    }
    policy_dir_write(&dir, "team_test.lua", "rule { name = 'x' }");
    assert_refused("unknown name 'rule'");
    policy_dir_write(&dir, "team_test.lua", "test('x', function() act(declare {}, 'fly') end)");
    assert_refused("Unknown command 'fly'");
    assert_int_equal(dir.failures, 0); /* failures in a test are not reported */
}

/* As the live report does: which line failed, and how. */
static void a_test_names_the_function_that_failed(void **state)
{
    (void)state;
    static const char *const rules[][2] = {
        {"when = function(group) return group.nope.deeper end, declare = true",
         "the verdict is ask, not declare; a function of the policy failed: team.lua:1: team.lua:2: "},
        {"declare = function(group) error('no idea') end", "team.lua:2: no idea"},
        {"declare = function(group) return { severity = 'huge' } end", "unknown severity 'huge'"},
        {"when = function(group) while true do end end, declare = true",
         "team.lua:1: team.lua:2: stopped after 500,000 instructions"},
    };
    policy_dir_write(
        &dir, "team_test.lua",
        "test('boom', function() expect(judge { title = 'boom' }.kind, 'declare', 'the verdict') end)");
    for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
        CLEANUP_FREE char *rule =
            xasprintf("rule { name = 'boom', match = { title = 'boom' },\n%s }", rules[i][0]);
        policy_dir_write(&dir, "team.lua", rule);
        assert_refused("the verdict is ask, not declare; a function of the policy failed: team.lua:1: ");
        assert_refused(rules[i][1]);
    }
    /* Each test has its own failures, and a question may be what a test means. */
    policy_dir_write(&dir, "team_test.lua",
                     "test('asks', function() expect(judge { title = 'boom' }.kind, 'ask') end)\n"
                     "test('other', function() expect(judge { title = 'calm' }.kind, 'declare') end)");
    struct error err;
    assert_int_not_equal(policy_dir_load(&dir, &err), 0);
    assert_non_null(strstr(err.text, "FAIL  other: team_test.lua:2: the value is none, not declare"));
    assert_null(strstr(err.text, "a function of the policy failed"));
}

static void touch(const char *name, time_t at)
{
    CLEANUP_FREE char *path = xasprintf("%s/%s", dir.path, name);
    struct timespec times[] = {{.tv_sec = at}, {.tv_sec = at}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* Some editors write a byte order mark. */
static void a_byte_order_mark_is_skipped(void **state)
{
    (void)state;
    policy_dir_write(&dir, "team.lua",
                     "\xef\xbb\xbfrule { name = 'x', match = { service = 'm' }, quiet = true }");
    policy_dir_write(&dir, "team_test.lua", "\xef\xbb\xbf");
    assert_loads();
    assert_int_equal(judge("m"), VERDICT_QUIET);
    policy_dir_write(&dir, "team.lua", "\xef\xbb\xbf!");
    assert_refused("team.lua:1: unexpected symbol near '!'");
}

static void changes_are_noticed(void **state)
{
    (void)state;
    policy_dir_write(&dir, "team.lua", "-- one");
    assert_loads();
    assert_false(policy_changed(dir.policy));
    touch("team.lua", 1000000000);
    assert_false(policy_changed(dir.policy)); /* another time, but the same text */
    policy_dir_write(&dir, "team.lua", "-- two");
    touch("team.lua",
          1000000000); /* … the same time and size, but another text: noticed only if the file was replaced */
    policy_dir_write(&dir, "team.lua", "-- three");
    assert_true(policy_changed(dir.policy));
    policy_dir_write(&dir, "team.lua", "oops");
    assert_refused("team.lua");
    assert_false(policy_changed(dir.policy)); /* a bad file is tried once */
    policy_dir_write(&dir, "other.lua", "");
    assert_true(policy_changed(dir.policy));
    policy_dir_write(&dir, "team.lua", "");
    assert_loads();
    CLEANUP_FREE char *path = xasprintf("%s/other.lua", dir.path);
    unlink(path);
    assert_true(policy_changed(dir.policy));
    policy_dir_write(&dir, ".#team.lua", "oops");
    policy_dir_write(&dir, "notes.txt", "oops");
    assert_loads();
    CLEANUP_STR struct str digest = {0};
    policy_digest(dir.policy, &digest);
    assert_true(text_starts(digest.p, "1 file, 0 of them tests, "));
}

static void odd_directories_are_reported(void **state)
{
    (void)state;
    struct error err = {0};
    assert_loads();
    assert_int_equal(policy_load(dir.policy, "/nonexistent/policy", &err), ERR_IO);
    assert_non_null(strstr(err.text, "/nonexistent/policy"));
    assert_false(policy_changed(dir.policy));
    CLEANUP_FREE char *path = xasprintf("%s/dir.lua", dir.path);
    mkdir(path, 0700);
    assert_refused("is not a file");
    rmdir(path);
    CLEANUP_STR struct str big = {0};
    while (big.len < 300 * 1024)
        str_add(&big, "-- nothing much to say here\n");
    policy_dir_write(&dir, "big.lua", big.p);
    assert_refused("larger than 256 KiB");
}

int main(void)
{
#define IN_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_DIRECTORY(the_defaults_pass_their_own_tests),
        IN_DIRECTORY(the_previous_version_stays_active),
        IN_DIRECTORY(one_bad_file_refuses_all),
        IN_DIRECTORY(files_share_nothing),
        IN_DIRECTORY(own_severities_keep_what_ships),
        IN_DIRECTORY(rules_match_customers_by_what_the_directory_says),
        IN_DIRECTORY(a_script_reads_every_customer_of_a_group),
        IN_DIRECTORY(a_list_that_failed_does_not_count_in_part),
        IN_DIRECTORY(a_policy_whose_tests_fail_is_refused),
        IN_DIRECTORY(a_test_names_the_function_that_failed),
        IN_DIRECTORY(a_byte_order_mark_is_skipped),
        IN_DIRECTORY(changes_are_noticed),
        IN_DIRECTORY(odd_directories_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
