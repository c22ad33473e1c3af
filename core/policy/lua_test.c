/* test(), judge(), react(): a team's own tests of its policy, with made-up alerts and incidents. */
#include <lauxlib.h>
#include <string.h>

#include "base/json.h"
#include "policy/load.h"

#define TEST_NOW ((instant)1764000000000)

struct tests {
    struct policy_set *set;
    struct str *out;
    int passed, failed;
};

static struct tests *tests_of(lua_State *L)
{
    lua_getfield(L, LUA_REGISTRYINDEX, "tests");
    struct tests *tests = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return tests;
}

/* @function test(name, function): one test; what it raises is its failure. */
static int lua_test(lua_State *L)
{
    struct tests *tests = tests_of(L);
    const char *name = luaL_checkstring(L, 1);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    if (lua_pcall(L, 0, 0, 0) == LUA_OK) {
        tests->passed++;
        str_addf(tests->out, "ok    %s\n", name);
    } else {
        tests->failed++;
        str_addf(tests->out, "FAIL  %s: %s\n", name, lua_tostring(L, -1));
    }
    return 0;
}

/* @function expect(value, expected [, what]): raises an error when they differ. */
static int lua_expect(lua_State *L)
{
    const char *what = luaL_optstring(L, 3, "value");
    if (lua_compare(L, 1, 2, LUA_OPEQ))
        return 0;
    return luaL_error(L, "%s is %s, expected %s", what, luaL_tolstring(L, 1, NULL), luaL_tolstring(L, 2, NULL));
}

static const char *text_field(lua_State *L, const char *key, const char *fallback)
{
    lua_getfield(L, 1, key); /* the text stays alive in the table */
    const char *text = lua_isstring(L, -1) ? lua_tostring(L, -1) : fallback;
    lua_pop(L, 1);
    return text;
}

static int push_verdict(lua_State *L, const struct verdict *verdict)
{
    static const char *const kinds[] = {"none", "declare", "quiet", "mute", "ask"};
    const struct {
        const char *key, *text;
    } texts[] = {{"kind", kinds[verdict->kind]}, {"title", verdict->title},     {"severity", verdict->severity},
                 {"team", verdict->team},        {"service", verdict->service}, {"page", verdict->page},
                 {"rule", verdict->rule},        {"text", verdict->text}};
    lua_newtable(L);
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        lua_pushstring(L, texts[i].text);
        lua_setfield(L, -2, texts[i].key);
    }
    lua_pushboolean(L, verdict->private);
    lua_setfield(L, -2, "private");
    return 1;
}

static void read_tags(lua_State *L, struct alert *alert, struct alert_tag *tags, size_t most)
{
    if (lua_getfield(L, 1, "tags") == LUA_TTABLE) {
        lua_pushnil(L);
        while (lua_next(L, -2)) {
            if (alert->n_tags < most && lua_type(L, -2) == LUA_TSTRING && lua_type(L, -1) == LUA_TSTRING)
                tags[alert->n_tags++] = (struct alert_tag){lua_tostring(L, -2), lua_tostring(L, -1)};
            lua_pop(L, 1);
        }
    }
    lua_pop(L, 1);
    alert->tags = tags;
}

/* @function judge{ change="new", title=, service=, level="error", environment=, type=, release=, count=1, customers=0,
   tags={…} }: what the rules say of such a group: { kind, title, severity, team, service, page, private, rule, text }. */
static int lua_judge(lua_State *L)
{
    static const char *const known[] = {"change",    "title",   "service", "level",  "environment", "type",
                                        "release",   "culprit", "source",  "origin", "stream",      "count",
                                        "customers", "tags",    "url",     NULL};
    struct tests *tests = tests_of(L);
    check_fields(L, 1, "judge", known);
    struct alert_tag tags[ALERT_TAGS];
    struct alert alert = {.source = "test", .count = 1};
    read_tags(L, &alert, tags, ALERT_TAGS);
    int64_t count = field_int(L, 1, "count", 1), customers = field_int(L, 1, "customers", 0);
    struct group group = {.first_seen = TEST_NOW,
                          .last_seen = TEST_NOW,
                          .count = count,
                          .minute = TEST_NOW / MINUTE,
                          .alert = &alert,
                          .title = text_field(L, "title", "something broke"),
                          .service = text_field(L, "service", ""),
                          .environment = text_field(L, "environment", "production"),
                          .type = text_field(L, "type", ""),
                          .release = text_field(L, "release", ""),
                          .culprit = text_field(L, "culprit", ""),
                          .source = text_field(L, "source", "test"),
                          .origin = text_field(L, "origin", "test"),
                          .stream = text_field(L, "stream", ""),
                          .url = text_field(L, "url", "")};
    group.level = (uint8_t)alert_level_parse(text_field(L, "level", "error"), LEVEL_ERROR);
    group.n_customers = (uint8_t)(customers < 0 ? 0 : MIN(customers, GROUP_CUSTOMERS));
    group.counts[group.minute % GROUP_MINUTES] = (uint32_t)(count < 0 ? 0 : count);
    const char *change = text_field(L, "change", "new");
    enum group_change what = strcmp(change, "regressed") == 0 ? GROUP_REGRESSED
                             : strcmp(change, "moved") == 0   ? GROUP_MOVED
                                                              : GROUP_NEW;
    struct policy_set *before = tests->set->policy->set;
    struct verdict verdict;
    tests->set->policy->set = tests->set; /* the set on trial judges */
    policy_judge(tests->set->policy, &group, what, TEST_NOW, &verdict);
    tests->set->policy->set = before;
    push_verdict(L, &verdict);
    verdict_finish(&verdict);
    return 1;
}

static int bind_tests(lua_State *L)
{
    struct tests *tests = lua_touserdata(L, 1);
    lua_pushlightuserdata(L, tests);
    lua_setfield(L, LUA_REGISTRYINDEX, "tests");
    lua_register(L, "test", lua_test);
    lua_register(L, "expect", lua_expect);
    lua_register(L, "judge", lua_judge);
    return 0;
}

int run_policy_tests(struct policy_set *set, const char *name, const char *text, size_t n, struct str *out,
                     struct error *err)
{
    struct tests tests = {.set = set, .out = out};
    struct script script = {.set = set};
    script.sandbox = sandbox_create(&script);
    int rc = sandbox_protect(script.sandbox, bind_tests, &tests, err);
    rc = rc ? rc : sandbox_run(script.sandbox, name, text, n, 0, err);
    sandbox_destroy(script.sandbox);
    return rc ? rc : tests.failed;
}
