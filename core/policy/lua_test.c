/*
 * A team's tests of its policy, with made-up alerts and incidents.
 *
 * The set under test is called through a separate policy, whose host knows only the made-up incidents. These are real
 * incidents of the engine: decided, folded, and shown to the policy. Its reactions go to the test and are not carried out.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "intake/group_affected.h"
#include "policy/builtins.h"
#include "policy/load.h"
#include "policy/tests.h"
#include "policy/value.h"

#define TEST_NOW ((instant)1764151200000) /* a Wednesday, 10:00 UTC */

/* ---- the host for tests ---- */

static const struct incident *trial_incident(void *ctx, uint64_t id)
{
    const struct tests *tests = ctx;
    return id >= 1 && id <= tests->incidents.n ? tests->incidents.v[id - 1] : NULL;
}

static void trial_each(void *ctx, bool (*on)(void *on_ctx, const struct incident *incident), void *on_ctx)
{
    const struct tests *tests = ctx;
    for (size_t i = 0; i < tests->incidents.n; i++) {
        const struct incident *incident = tests->incidents.v[i];
        if (incident && status_is_open(incident->status) && !on(on_ctx, incident))
            return;
    }
}

static const char *trial_person(void *ctx, const char *id)
{
    struct tests *tests = ctx;
    str_clear(&tests->person);
    struct json_out j = {&tests->person, false};
    json_begin_object(&j);
    json_put_text(&j, "id", id);
    json_put_text(&j, "name", id);
    json_end_object(&j);
    return str_text(&tests->person);
}

static bool trial_customer(void *ctx, const char *key, struct policy_customer *ret)
{
    const struct tests *tests = ctx;
    for (size_t i = 0; i < tests->directory.n; i++) {
        if (!text_equal_nocase(tests->directory.v[i].key, key))
            continue;
        *ret = tests->directory.v[i];
        return true;
    }
    return false;
}

/* When they were last told; 0: never. */
static instant trial_told_at(const struct tests *tests, uint64_t incident, const char *customer)
{
    instant at = 0;
    for (size_t i = 0; i < tests->told.n; i++) {
        const struct trial_told *told = &tests->told.v[i];
        if (told->incident == incident && text_equal_nocase(told->customer, customer))
            at = told->at;
    }
    return at;
}

static struct policy_silence trial_silence(void *ctx, const struct incident *incident, const char *tier,
                                           int cares)
{
    struct policy_silence silence = {0};
    for (size_t i = 0; i < incident->affected.customers.n; i++) {
        const struct state_customer *c = &incident->affected.customers.v[i];
        struct policy_customer record = {0};
        bool known = trial_customer(ctx, c->key, &record);
        if ((tier && !text_equal_nocase(record.tier, tier)) || (cares >= 0 && record.cares != cares) ||
            (known && record.wish))
            continue;
        instant told = trial_told_at(ctx, incident->id, c->key);
        instant *at = told ? &silence.told_at : &silence.untold_since;
        instant since = told ? told : c->since;
        *at = *at ? MIN(*at, since) : since;
        silence.open |=
            told && (status_is_open(incident->status) || told < incident_last(incident, incident->status));
    }
    return silence;
}

static void trial_failure(void *ctx, const char *where, const char *text, uint64_t incident)
{
    struct tests *tests = ctx;
    (void)incident;
    snprintf(tests->failure, sizeof(tests->failure), "%s: %s", where, text);
}

/* ---- test, expect ---- */

static void forget(struct tests *tests)
{
    for (size_t i = 0; i < tests->incidents.n; i++)
        incident_destroy(tests->incidents.v[i]);
    array_free(&tests->incidents);
    reaction_list_finish(&tests->reactions);
    obligation_list_finish(&tests->obligations);
    event_list_finish(&tests->events);
    verdict_finish(&tests->verdict);
    text_list_finish(&tests->texts);
    array_free(&tests->directory);
    for (size_t i = 0; i < tests->told.n; i++)
        free(tests->told.v[i].customer);
    array_free(&tests->told);
    tests->failure[0] = '\0';
    tests->now = tests->trial.now = TEST_NOW;
}

/* A rule whose function failed leaves its question to a person, which the test may not have meant: its failure is the cause. */
static const char *with_cause(struct tests *tests, const char *text)
{
    if (!tests->failure[0] || strstr(text, tests->failure))
        return text;
    char **slot = array_add(&tests->texts);
    *slot = xasprintf("%s; a function of the policy failed: %s", text, tests->failure);
    return *slot;
}

/* @test test(name, function): Runs one test; an error in the function is its failure. Each test starts on a Wednesday at 10:00 UTC,
   without incidents. */
static int lua_test(lua_State *L)
{
    struct tests *tests = tests_of(L);
    const char *name = luaL_checkstring(L, 1);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    forget(tests);
    lua_pushvalue(L, 2);
    bool passed = sandbox_try(L);
    tests->passed += passed;
    tests->failed += !passed;
    tests->report->tested(tests->report->ctx, name, passed ? NULL : with_cause(tests, sandbox_tostring(L, -1)));
    return 0;
}

/* ---- comparing ---- */

#define COMPARE_DEPTH 16 /* of tables within tables */

/* Pushes a value for people: a table as JSON, if it is plain data. */
static const char *shown(lua_State *L, int index)
{
    struct error err;
    cJSON *json = NULL;
    if (lua_type(L, index) != LUA_TTABLE || value_to_json(L, index, &json, &err))
        return sandbox_tostring(L, index);
    struct str text = {0};
    json_tree(&(struct json_out){&text, false}, json);
    cJSON_Delete(json);
    char **slot = array_add(&tests_of(L)->texts); /* so that nothing leaks if Lua raises an error */
    *slot = str_take(&text);
    return lua_pushstring(L, *slot);
}

/* Pushes "the value.a is 1, not 2". */
static void push_difference(lua_State *L, int is, int wanted, const char *path)
{
    const char *one = shown(L, is), *other = shown(L, wanted);
    if (strcmp(one, other) == 0)
        lua_pushfstring(L, "%s is %s (a %s), not %s (a %s)", path, one, luaL_typename(L, is), other,
                        luaL_typename(L, wanted));
    else
        lua_pushfstring(L, "%s is %s, not %s", path, one, other);
}

/* Pushes the path of a field: "the value.name", "the value[1]". */
static const char *field_path(lua_State *L, const char *path, int key)
{
    if (lua_type(L, key) == LUA_TSTRING)
        return lua_pushfstring(L, "%s.%s", path, lua_tostring(L, key));
    return lua_pushfstring(L, "%s[%s]", path, sandbox_tostring(L, key));
}

static bool same_value(lua_State *L, int is, int wanted, const char *path, int depth);

/* Compares the fields of `of`, one of the two tables, in both. Since tables have no order, `least` collects the difference that
   sorts first. */
static void compare_fields(lua_State *L, int of, int is, int wanted, const char *path, int depth, int least)
{
    lua_pushnil(L);
    while (lua_next(L, of)) {
        int key = lua_gettop(L) - 1;
        lua_settop(L, key);
        lua_pushvalue(L, key);
        lua_rawget(L, is);
        lua_pushvalue(L, key);
        lua_rawget(L, wanted);
        bool same = same_value(L, key + 1, key + 2, field_path(L, path, key), depth + 1);
        if (!same && (lua_isnil(L, least) || strcmp(lua_tostring(L, -1), lua_tostring(L, least)) < 0))
            lua_copy(L, -1, least);
        lua_settop(L, key);
    }
}

/* Compares two values, tables field by field. If they differ, pushes where. */
static bool same_value(lua_State *L, int is, int wanted, const char *path, int depth)
{
    sandbox_charge(L, 1);
    luaL_checkstack(L, 16, "tables are nested too deeply");
    if (lua_compare(L, is, wanted, LUA_OPEQ))
        return true;
    if (!lua_istable(L, is) || !lua_istable(L, wanted) || depth == COMPARE_DEPTH) {
        push_difference(L, is, wanted, path);
        return false;
    }
    lua_pushnil(L);
    int least = lua_gettop(L);
    compare_fields(L, is, is, wanted, path, depth, least);
    compare_fields(L, wanted, is, wanted, path, depth, least);
    return lua_isnil(L, least);
}

/* @test expect(value, expected [, what]): Fails the test if they differ; tables are compared field by field. `what` names the value
   in the message. */
static int lua_expect(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_settop(L, 3);
    const char *what = luaL_optstring(L, 3, "the value");
    if (same_value(L, 1, 2, what, 0))
        return 0;
    luaL_where(L, 1); /* the difference is below it */
    lua_insert(L, -2);
    lua_concat(L, 2);
    return lua_error(L);
}

/* @test print(…): Writes its arguments as one line to the report of the tests. */
static int lua_print(lua_State *L)
{
    int n = lua_gettop(L);
    const struct policy_report *report = tests_of(L)->report;
    luaL_checkstack(L, 4, "too many values");
    lua_pushstring(L, "");
    for (int i = 1; i <= n; i++) {
        const char *before = lua_tostring(L, n + 1), *value = sandbox_tostring(L, i);
        lua_pushfstring(L, "%s%s%s", before, i == 1 ? "" : " ", value);
        lua_replace(L, n + 1);
        lua_settop(L, n + 1);
    }
    report->printed(report->ctx, lua_tostring(L, n + 1));
    return 0;
}

/* @test wait(span): Lets time pass for the rest of the test. */
static int lua_wait(lua_State *L)
{
    struct tests *tests = tests_of(L);
    tests->now += check_duration(L, 1, "the span");
    tests->trial.now = tests->now;
    return 0;
}

/* ---- judge ---- */

static void read_tags(lua_State *L, struct alert *alert, struct alert_tag tags[ALERT_TAGS])
{
    alert->tags = tags;
    if (lua_getfield(L, 1, "tags") != LUA_TNIL) {
        luaL_checktype(L, -1, LUA_TTABLE);
        lua_pushnil(L);
        while (lua_next(L, -2)) {
            text_list *texts = &tests_of(L)->texts;
            luaL_argcheck(L, alert->n_tags < ALERT_TAGS, 1, "too many tags");
            take_text(L, -2, "the name of a tag", array_add(texts));
            take_text(L, -1, "a tag", array_add(texts));
            tags[alert->n_tags++] = (struct alert_tag){texts->v[texts->n - 2], texts->v[texts->n - 1]};
            lua_pop(L, 1);
        }
    }
    lua_pop(L, 1);
}

/* customers = 3, or customers = { "acme", "beta" } */
static size_t read_customers(lua_State *L, text_list *texts)
{
    size_t n = 0;
    if (lua_getfield(L, 1, "customers") == LUA_TNUMBER)
        n = (size_t)field_int(L, 1, "customers", 0, 0, AFFECTED_EXACT);
    else if (!lua_isnil(L, -1))
        take_texts(L, -1, "customers", texts);
    lua_pop(L, 1);
    return n;
}

/* Those of the list from `first` on, and n others. */
static void add_customers(struct group *group, const text_list *texts, size_t first, size_t n)
{
    char name[32];
    for (size_t i = first; i < texts->n; i++)
        group_affect(group, texts->v[i], "", 1, group->times.last_seen);
    for (size_t i = 1; i <= n; i++) {
        snprintf(name, sizeof(name), "customer-%zu", i);
        group_affect(group, name, "", 1, group->times.last_seen);
    }
}

static enum group_change read_change(lua_State *L)
{
    const char *word = tests_text(L, "change", "new");
    enum group_change change = group_change_parse(word);
    if (change >= GROUP_NEW && change <= GROUP_MOVED)
        return change;
    return (enum group_change)luaL_error(
        L, "change must be \"new\", \"regressed\", \"worse\", \"spread\" or \"moved\"");
}

static void read_texts(lua_State *L, struct group *group, struct alert *alert)
{
    group->about.title = tests_text(L, "title", "something broke");
    group->about.service = tests_text(L, "service", "");
    group->about.environment = tests_text(L, "environment", "production");
    group->about.type = tests_text(L, "type", "");
    group->about.release = tests_text(L, "release", "");
    group->about.culprit = tests_text(L, "culprit", "");
    group->about.source = tests_text(L, "source", "sentry");
    group->about.origin = tests_text(L, "origin", "test");
    group->about.stream = tests_text(L, "stream", "");
    group->about.url = tests_text(L, "url", "");
    alert->message = tests_text(L, "message", "");
    alert->host = tests_text(L, "host", "");
    alert->who.user = tests_text(L, "user", "");
}

static int push_verdict(lua_State *L, const struct verdict *verdict)
{
    const struct {
        const char *key, *text;
    } texts[] = {{"kind", verdict_name(verdict->kind)},
                 {"title", verdict->title},
                 {"severity", verdict->severity},
                 {"team", verdict->team},
                 {"service", verdict->service},
                 {"page", verdict->page},
                 {"of_kind", verdict->of_kind},
                 {"rule", verdict->rule},
                 {"text", verdict->text},
                 {"facts", verdict->facts}};
    lua_createtable(L, 0, 13);
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        lua_pushstring(L, texts[i].text);
        lua_setfield(L, -2, texts[i].key);
    }
    const char *text = verdict->text ? verdict->text : ""; /* "name" or "name: summary" */
    lua_pushlstring(L, text, verdict->kind == VERDICT_ASK ? 0 : strcspn(text, ":"));
    lua_setfield(L, -2, "name");
    lua_pushboolean(L, verdict->private);
    lua_setfield(L, -2, "private");
    push_instant(L, verdict->until);
    lua_setfield(L, -2, "until_at");
    return 1;
}

/*
 * @test judge{ change = "new", title, service, level = "error", environment = "production", type, release, culprit, source = "sentry",
 * origin, stream, message, host, user, url, count = 1, customers = 0, tags = {…}, regressions, incident = false }: Returns the verdict
 * of the rules on such a group: { kind, name, title, severity, team, service, page, private, until_at, rule, text, facts }; kind is
 * "none", "declare", "quiet", "mute" or "ask". `change` is "new", "regressed", "worse", "spread" or "moved"; `customers` is a number
 * (at most 10,000) or a list of keys; `incident` says whether the group belonged to an incident before.
 */
static int lua_judge(lua_State *L)
{
    static const char *const known[] = {
        "change",  "title",  "service",   "level",  "environment", "type",     "release",
        "culprit", "source", "origin",    "stream", "message",     "host",     "user",
        "url",     "count",  "customers", "tags",   "regressions", "incident", NULL};
    struct tests *tests = tests_of(L);
    struct alert_tag tags[ALERT_TAGS];
    struct alert alert;
    alert_init(&alert, "test", tests->now);
    struct group group = {.times.first_seen = tests->now,
                          .times.last_seen = tests->now,
                          .times.opened_at = tests->now,
                          .tally.minute = tests->now / MINUTE,
                          .alert = &alert};
    check_fields(L, 1, "judge", known);
    read_texts(L, &group, &alert);
    read_tags(L, &alert, tags);
    group.level = (uint8_t)alert_level_parse(tests_text(L, "level", "error"), LEVEL_ERROR);
    group.tally.count = field_int(L, 1, "count", 1, 1, UINT32_MAX);
    group.tally.counts[group.tally.minute % GROUP_MINUTES] = (uint32_t)group.tally.count;
    group.regressions = field_int(L, 1, "regressions", 0, 0, 1000000);
    group.care.incident = field_bool(L, 1, "incident", false) ? 1 : 0;
    enum group_change change = read_change(L);
    size_t listed = tests->texts.n, customers = read_customers(L, &tests->texts); /* the last texts */
    verdict_finish(&tests->verdict);
    add_customers(&group, &tests->texts, listed, customers);
    policy_judge(&tests->trial, &group, change, tests->now, &tests->verdict);
    group_affected_finish(&group);
    tests->trial.now = tests->now;
    return push_verdict(L, &tests->verdict);
}

/* @test directory{ key = string, name, tier, owner, language, wish, cares = false }: Adds a customer to the directory of this test, which
   begins empty. */
static int lua_directory(lua_State *L)
{
    static const char *const known[] = {"key", "name", "tier", "owner", "language", "wish", "cares", NULL};
    check_fields(L, 1, "directory", known);
    struct policy_customer record = {.key = tests_text(L, "key", NULL),
                                     .name = tests_text(L, "name", NULL),
                                     .tier = tests_text(L, "tier", NULL),
                                     .owner = tests_text(L, "owner", NULL),
                                     .language = tests_text(L, "language", NULL),
                                     .wish = tests_text(L, "wish", NULL),
                                     .cares = field_bool(L, 1, "cares", false)};
    if (!record.key)
        return luaL_error(L, "key is missing: directory{ key = \"acme\", tier = \"gold\" }");
    *array_add(&tests_of(L)->directory) = record;
    return 0;
}

/* ---- running a file ---- */

static int bind_tests(lua_State *L)
{
    static const luaL_Reg functions[] = {{"test", lua_test},           {"expect", lua_expect},
                                         {"judge", lua_judge},         {"wait", lua_wait},
                                         {"directory", lua_directory}, {"print", lua_print}};
    bind_incident(L);
    bind_read(L);
    bind_test_incidents(L);
    bind_time(L);
    sandbox_bind(L, NULL, functions, ARRAY_SIZE(functions));
    return 0;
}

static void tests_init(struct tests *tests, struct policy_set *set, const struct policy_report *report)
{
    *tests = (struct tests){.report = report, .before = set->policy};
    tests->script.set = set;
    tests->trial.set = set;
    tests->trial.host = (struct policy_host){.ctx = tests,
                                             .incident = trial_incident,
                                             .each_incident = trial_each,
                                             .person = trial_person,
                                             .customer = trial_customer,
                                             .silence = trial_silence,
                                             .on_failure = trial_failure};
    set->policy = &tests->trial;
    forget(tests);
    tests->script.sandbox = sandbox_create(&tests->script, builtins_open);
}

static void tests_finish(struct tests *tests)
{
    tests->trial.set->policy = tests->before;
    forget(tests);
    str_finish(&tests->person);
    sandbox_destroy(tests->script.sandbox);
}

int run_policy_tests(struct policy_set *set, const char *name, const char *text, size_t n,
                     const struct policy_report *report, struct error *err)
{
    struct tests tests;
    tests_init(&tests, set, report);
    int rc = sandbox_protect(tests.script.sandbox, bind_tests, NULL, err);
    rc = rc ? rc : sandbox_run(tests.script.sandbox, name, text, n, 0, err);
    tests_finish(&tests);
    return rc ? rc : tests.failed;
}
