/* rule{}: when an alert group matters. The match is compiled to C; Lua runs only for `when` and `declare` functions. */
#include <lauxlib.h>
#include <string.h>

#include "base/json.h"
#include "policy/set.h"

#define DEFAULT_MINUTES 5

static void add_glob(void *ctx, const char *text)
{
    struct pattern *pattern = ctx;
    *array_add(&pattern->globs) = xstrdup(text);
}

static void add_pattern(lua_State *L, int table, const char *key, const char *field, struct rule *rule)
{
    if (lua_getfield(L, table, key) == LUA_TNIL) {
        lua_pop(L, 1);
        return;
    }
    lua_pop(L, 1);
    struct pattern *pattern = array_add(&rule->patterns);
    pattern->field = xstrdup(field);
    each_text(L, table, key, add_glob, pattern);
}

static void read_tags(lua_State *L, int match, struct rule *rule)
{
    if (lua_getfield(L, match, "tags") == LUA_TTABLE) {
        int tags = lua_gettop(L);
        lua_pushnil(L);
        while (lua_next(L, tags)) {
            if (lua_type(L, -2) != LUA_TSTRING)
                luaL_error(L, "tags = { name = \"pattern\" }");
            const char *key = lua_tostring(L, -2);
            CLEANUP_FREE char *field = xasprintf("tags.%s", key);
            add_pattern(L, tags, key, field, rule);
            lua_pop(L, 1);
        }
    }
    lua_pop(L, 1);
}

/* count = 100, or count = { 100, within = "5m" } */
static void read_count(lua_State *L, int match, struct rule *rule)
{
    int type = lua_getfield(L, match, "count");
    rule->minutes = DEFAULT_MINUTES;
    if (type == LUA_TNUMBER) {
        rule->count = lua_tointeger(L, -1);
    } else if (type == LUA_TTABLE) {
        int table = lua_gettop(L);
        lua_rawgeti(L, table, 1);
        rule->count = luaL_checkinteger(L, -1);
        lua_pop(L, 1);
        rule->minutes = (int)(field_duration(L, table, "within", DEFAULT_MINUTES * MINUTE) / MINUTE);
    } else if (type != LUA_TNIL) {
        luaL_error(L, "count must be a number, or { 100, within = \"5m\" }");
    }
    if (rule->minutes < 1 || rule->minutes > GROUP_MINUTES)
        luaL_error(L, "count: within must lie between 1m and 60m");
    lua_pop(L, 1);
}

static void read_match(lua_State *L, int table, struct rule *rule)
{
    static const char *const known[] = {
        "service", "environment", "level", "source",    "origin", "stream",    "type",      "title", "release",
        "culprit", "tags",        "new",   "regressed", "count",  "customers", "important", NULL};
    static const char *const patterns[] = {"service", "environment", "source",  "origin", "stream",
                                           "type",    "title",       "release", "culprit"};
    rule->least_level = -1;
    rule->minutes = DEFAULT_MINUTES;
    if (lua_getfield(L, table, "match") != LUA_TNIL) {
        int match = lua_gettop(L);
        check_fields(L, match, "match", known);
        for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
            add_pattern(L, match, patterns[i], patterns[i], rule);
        read_tags(L, match, rule);
        read_count(L, match, rule);
        rule->on_new = field_bool(L, match, "new");
        rule->on_regressed = field_bool(L, match, "regressed");
        rule->important = field_bool(L, match, "important");
        rule->customers = field_int(L, match, "customers", 0);
        CLEANUP_FREE char *level = field_text(L, match, "level", false);
        if (level)
            rule->least_level = (int)alert_level_parse(level, LEVEL_ERROR);
    }
    lua_pop(L, 1);
    /* What asks for no moment of its own is asked at each. */
    rule->on_moved = rule->count || rule->customers || !(rule->on_new || rule->on_regressed);
    if (!rule->on_new && !rule->on_regressed)
        rule->on_new = rule->on_regressed = true;
}

static void read_declare(lua_State *L, int table, struct rule *rule)
{
    static const char *const known[] = {"title", "severity", "team", "service", "page", "private", NULL};
    int type = lua_getfield(L, table, "declare");
    if (type == LUA_TTABLE) {
        int effect = lua_gettop(L);
        check_fields(L, effect, "declare", known);
        rule->title = field_text(L, effect, "title", false);
        rule->severity = field_text(L, effect, "severity", false);
        rule->team = field_text(L, effect, "team", false);
        rule->service = field_text(L, effect, "service", false);
        rule->page = field_text(L, effect, "page", false);
        rule->private = field_bool(L, effect, "private");
    }
    bool wanted = type == LUA_TTABLE || type == LUA_TFUNCTION || lua_toboolean(L, -1);
    lua_pop(L, 1);
    rule->declare_function = type == LUA_TFUNCTION ? field_function(L, table, "declare") : LUA_NOREF;
    if (wanted)
        rule->kind = VERDICT_DECLARE;
}

static void rule_finish(struct rule *rule)
{
    for (size_t i = 0; i < rule->patterns.n; i++) {
        for (size_t k = 0; k < rule->patterns.v[i].globs.n; k++)
            free(rule->patterns.v[i].globs.v[k]);
        array_free(&rule->patterns.v[i].globs);
        free(rule->patterns.v[i].field);
    }
    array_free(&rule->patterns);
    char *texts[] = {rule->name,     rule->where, rule->summary, rule->title,
                     rule->severity, rule->team,  rule->service, rule->page};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(texts[i]);
    *rule = (struct rule){0};
}

void set_finish_rules(struct policy_set *set)
{
    for (size_t i = 0; i < set->rules.n; i++)
        rule_finish(&set->rules.v[i]);
    array_free(&set->rules);
}

static void remove_rule(struct policy_set *set, const char *name)
{
    for (size_t i = set->rules.n; i-- > 0;) {
        if (!text_equal(set->rules.v[i].name, name))
            continue;
        rule_finish(&set->rules.v[i]);
        array_remove(&set->rules, i);
    }
}

/* @function rule{ name=, match={…}, when=function(group), declare={…}|true|function(group), quiet=true, mute="2h",
   priority=0, summary=, off=true }: what to do about an alert group. See "Rules". */
static int lua_rule(lua_State *L)
{
    static const char *const known[] = {"name", "match",    "when",    "declare", "quiet",
                                        "mute", "priority", "summary", "off",     NULL};
    struct policy_set *set = script_of(L)->set;
    check_fields(L, 1, "rule", known);
    CLEANUP_FREE char *name = field_text(L, 1, "name", true);
    remove_rule(set, name);
    if (field_bool(L, 1, "off"))
        return 0;
    struct rule *rule = array_add(&set->rules);
    rule->name = steal(name);
    rule->where = sandbox_where(L);
    rule->script = script_of(L);
    rule->order = set->order++;
    rule->priority = field_int(L, 1, "priority", 0);
    rule->summary = field_text(L, 1, "summary", false);
    read_match(L, 1, rule);
    rule->when = field_function(L, 1, "when");
    read_declare(L, 1, rule);
    if (field_bool(L, 1, "quiet"))
        rule->kind = VERDICT_QUIET;
    rule->mute = field_duration(L, 1, "mute", 0);
    if (rule->mute)
        rule->kind = VERDICT_MUTE;
    if (!rule->kind)
        luaL_error(L, "rule '%s' does nothing: give it declare, quiet or mute", rule->name);
    return 0;
}

static void add_important(void *ctx, const char *text)
{
    struct policy_set *set = ctx;
    *array_add(&set->important) = xstrdup(text);
}

/* @function services{ important = { "checkout", "pay*" } }: where any new error pages. Several calls add up. */
static int lua_services(lua_State *L)
{
    static const char *const known[] = {"important", NULL};
    check_fields(L, 1, "services", known);
    each_text(L, 1, "important", add_important, script_of(L)->set);
    return 0;
}

static void add_severity(void *ctx, const char *text)
{
    *array_add(&((struct policy_set *)ctx)->severities) = xstrdup(text);
}

static void add_role(void *ctx, const char *text)
{
    *array_add(&((struct policy_set *)ctx)->roles) = xstrdup(text);
}

static void clear_words(void *words)
{
    ARRAY(const char *) *list = words;
    for (size_t i = 0; i < list->n; i++)
        free((char *)(uintptr_t)list->v[i]);
    list->n = 0;
}

static void read_names(lua_State *L, void (*add)(void *ctx, const char *text))
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_newtable(L);
    lua_pushvalue(L, 1);
    lua_setfield(L, -2, "names");
    each_text(L, lua_gettop(L), "names", add, script_of(L)->set);
}

/* @function severity{ "minor", "major", "critical" }: all severities, the least first. Replaces the former list. */
static int lua_severity(lua_State *L)
{
    clear_words(&script_of(L)->set->severities);
    read_names(L, add_severity);
    return 0;
}

/* @function role{ "lead", "comms" }: all roles. Replaces the former list. */
static int lua_role(lua_State *L)
{
    clear_words(&script_of(L)->set->roles);
    read_names(L, add_role);
    return 0;
}

void bind_rules(lua_State *L)
{
    lua_register(L, "rule", lua_rule);
    lua_register(L, "services", lua_services);
    lua_register(L, "severity", lua_severity);
    lua_register(L, "role", lua_role);
}

/* ---- matching ---- */

static bool any_glob(char *const *globs, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++) {
        if (text_matches(globs[i], text))
            return true;
    }
    return false;
}

static const char *group_field(const struct group *group, const char *field)
{
    const struct {
        const char *name, *value;
    } fields[] = {
        {"service", group->service}, {"environment", group->environment}, {"source", group->source},
        {"origin", group->origin},   {"stream", group->stream},           {"type", group->type},
        {"title", group->title},     {"release", group->release},         {"culprit", group->culprit}};
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        if (strcmp(fields[i].name, field) == 0)
            return fields[i].value;
    }
    const char *tag = text_starts(field, "tags.") && group->alert ? alert_tag(group->alert, field + 5) : NULL;
    return tag ? tag : "";
}

bool rule_fits(const struct policy_set *set, const struct rule *rule, const struct group *group,
               enum group_change change, instant now)
{
    bool moment = (change == GROUP_NEW && rule->on_new) || (change == GROUP_REGRESSED && rule->on_regressed) ||
                  (rule->on_moved && change != GROUP_RESOLVED);
    if (!moment || (rule->least_level >= 0 && group->level < rule->least_level))
        return false;
    if (rule->important && !any_glob(set->important.v, set->important.n, group->service))
        return false;
    for (size_t i = 0; i < rule->patterns.n; i++) {
        const struct pattern *p = &rule->patterns.v[i];
        if (!any_glob(p->globs.v, p->globs.n, group_field(group, p->field)))
            return false;
    }
    if (rule->customers && group->n_customers + (group->customers_more > 0) < rule->customers)
        return false;
    return !rule->count || group_count_within(group, rule->minutes, now) >= rule->count;
}
