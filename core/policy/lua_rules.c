/* rule{}, storm{}, services{}, severity{}, role{}. */
#include <string.h>

#include "base/config.h"
#include "policy/bind.h"

#define PRIORITY_MOST 1000

static const char *const pattern_names[] = {
    [PATTERN_SERVICE] = "service", [PATTERN_ENVIRONMENT] = "environment",
    [PATTERN_SOURCE] = "source",   [PATTERN_ORIGIN] = "origin",
    [PATTERN_STREAM] = "stream",   [PATTERN_TYPE] = "type",
    [PATTERN_TITLE] = "title",     [PATTERN_MESSAGE] = "message",
    [PATTERN_RELEASE] = "release", [PATTERN_CULPRIT] = "culprit",
    [PATTERN_HOST] = "host",       [PATTERN_CUSTOMER] = "customer",
    [PATTERN_TIER] = "tier",
};

/* ---- match ---- */

static void read_patterns(lua_State *L, int table, struct match *match)
{
    for (size_t i = 0; i < ARRAY_SIZE(pattern_names); i++) {
        if (lua_getfield(L, table, pattern_names[i]) != LUA_TNIL) {
            struct pattern *pattern = array_add(&match->patterns);
            pattern->field = (enum pattern_field)i;
            take_texts(L, -1, pattern_names[i], &pattern->globs);
        }
        lua_pop(L, 1);
    }
}

/* tags = { region = "eu-*" } */
static void read_tags(lua_State *L, int table, struct match *match)
{
    if (lua_getfield(L, table, "tags") == LUA_TNIL) {
        lua_pop(L, 1);
        return;
    }
    int tags = lua_gettop(L);
    if (lua_type(L, tags) != LUA_TTABLE)
        luaL_error(L, "tags must be a table: tags = { region = \"eu-*\" }");
    lua_pushnil(L);
    while (lua_next(L, tags)) {
        struct pattern *pattern = array_add(&match->patterns);
        pattern->field = PATTERN_TAG;
        take_text(L, -2, "the name of a tag", &pattern->tag);
        take_texts(L, -1, pattern->tag, &pattern->globs);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

/* important = true means service = "@important". */
static void read_important(lua_State *L, int table, struct match *match)
{
    if (!field_bool(L, table, "important", false))
        return;
    struct pattern *pattern = array_add(&match->patterns);
    *pattern = (struct pattern){.field = PATTERN_SERVICE};
    *array_add(&pattern->globs) = xstrdup("@important");
}

static void read_within(lua_State *L, int table, struct match *match)
{
    duration within = field_duration(L, table, "within", 0);
    if (within && (within < MINUTE || within > GROUP_MINUTES * MINUTE || within % MINUTE))
        luaL_error(L, "within must be a number of minutes from 1m to %dm", GROUP_MINUTES);
    if (within)
        match->minutes = (int)(within / MINUTE);
}

/* count = 100, within = "5m"; or count = { 100, within = "5m" }. Without within: since the group was first seen. */
static void read_count(lua_State *L, int table, struct match *match)
{
    int type = lua_getfield(L, table, "count"), whole = 1;
    if (type == LUA_TNUMBER) {
        match->count = lua_tointegerx(L, -1, &whole);
    } else if (type == LUA_TTABLE) {
        static const char *const known[] = {"within", NULL};
        int counts = lua_gettop(L);
        lua_rawgeti(L, counts, 1);
        match->count = lua_tointegerx(L, -1, &whole);
        lua_pop(L, 1);
        lua_pushnil(L);
        lua_rawseti(L, counts, 1);
        check_fields(L, counts, "count", known);
        read_within(L, counts, match);
    } else if (type != LUA_TNIL) {
        whole = 0;
    }
    if (!whole || match->count < 0 || (type != LUA_TNIL && match->count < 1))
        luaL_error(L, "count must be a whole number above 0: count = 100, within = \"5m\"");
    lua_pop(L, 1);
    read_within(L, table, match);
    if (match->minutes && !match->count)
        luaL_error(L, "within needs a count: count = 100, within = \"5m\"");
}

/* -1: no such level. */
static int check_level(const char *word)
{
    static const char *const words[] = {"debug", "info", "warning", "error", "fatal"};
    int level = LEVEL_FATAL;
    while (level >= 0 && strcmp(words[level], word) != 0)
        level--;
    return level;
}

static void read_level(lua_State *L, int table, struct match *match)
{
    if (lua_getfield(L, table, "level") != LUA_TNIL) {
        match->least_level = check_level(lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "");
        if (match->least_level < 0)
            luaL_error(L, "level must be debug, info, warning, error or fatal; it means that level or worse");
    }
    lua_pop(L, 1);
}

/* -1: it is not there. */
static int read_either(lua_State *L, int table, const char *name)
{
    int either = lua_getfield(L, table, name) != LUA_TNIL ? lua_toboolean(L, -1) : -1;
    lua_pop(L, 1);
    return either;
}

static void read_match(lua_State *L, int table, struct match *match)
{
    match->least_level = match->incident = match->cares = -1;
    read_patterns(L, table, match);
    read_tags(L, table, match);
    read_important(L, table, match);
    read_count(L, table, match);
    read_level(L, table, match);
    match->customers = field_int(L, table, "customers", 0, 1, UINT32_MAX);
    match->incident = read_either(L, table, "incident");
    match->cares = read_either(L, table, "cares");
}

#define MATCH_FIELDS                                                                                           \
    "service", "environment", "source", "origin", "stream", "type", "title", "message", "release", "culprit",  \
        "host", "customer", "tags", "important", "count", "within", "level", "customers", "incident", "tier",  \
        "cares"

#define AT(change) (1U << (change))
#define ANY_MOMENT (AT(GROUP_NEW) | AT(GROUP_REGRESSED) | AT(GROUP_WORSE) | AT(GROUP_SPREAD) | AT(GROUP_MOVED))

/* A group that is worse, or has spread, is also new there. A rule that names no moment is evaluated at each of them. */
static void read_moments(lua_State *L, int table, struct rule *rule)
{
    static const struct {
        const char *name;
        unsigned moments;
    } moments[] = {{"new", AT(GROUP_NEW) | AT(GROUP_WORSE) | AT(GROUP_SPREAD)},
                   {"regressed", AT(GROUP_REGRESSED)},
                   {"worse", AT(GROUP_WORSE)},
                   {"spread", AT(GROUP_SPREAD)}};
    unsigned asked = 0;
    for (size_t i = 0; i < ARRAY_SIZE(moments); i++)
        asked |= field_bool(L, table, moments[i].name, false) ? moments[i].moments : 0;
    rule->moments = asked ? asked : ANY_MOMENT;
}

static void read_matches(lua_State *L, struct rule *rule)
{
    static const char *const in_match[] = {MATCH_FIELDS, "new", "regressed", "worse", "spread", NULL};
    static const char *const in_except[] = {MATCH_FIELDS, NULL};
    rule->moments = ANY_MOMENT;
    rule->match.least_level = rule->match.incident = rule->match.cares = -1;
    if (lua_getfield(L, 1, "match") != LUA_TNIL) {
        check_fields(L, lua_gettop(L), "match", in_match);
        read_match(L, lua_gettop(L), &rule->match);
        read_moments(L, lua_gettop(L), rule);
    }
    lua_pop(L, 1);
    if (lua_getfield(L, 1, "except") != LUA_TNIL) {
        check_fields(L, lua_gettop(L), "except", in_except);
        read_match(L, lua_gettop(L), &rule->except);
        rule->has_except = true;
    }
    lua_pop(L, 1);
}

/* ---- what it does ---- */

/* A name; false: nobody; true: the service's team, or else product-responder. Not said: that team, or else nobody. */
static void read_page(lua_State *L, int table, struct effect *effect)
{
    int type = lua_getfield(L, table, "page");
    bool whoever = type == LUA_TBOOLEAN && lua_toboolean(L, -1);
    effect->pages_named = type != LUA_TNIL && !whoever;
    if (whoever)
        replace_text(&effect->page, "product-responder");
    else if (type != LUA_TNIL && type != LUA_TBOOLEAN)
        take_text(L, -1, "page", &effect->page);
    lua_pop(L, 1);
}

void take_effect(lua_State *L, int table, struct effect *effect)
{
    static const char *const known[] = {"title", "severity", "team",    "service",
                                        "page",  "kind",     "private", NULL};
    check_fields(L, table, "declare", known);
    field_text(L, table, "title", false, &effect->title);
    field_text(L, table, "severity", false, &effect->severity);
    field_text(L, table, "team", false, &effect->team);
    field_text(L, table, "service", false, &effect->service);
    read_page(L, table, effect);
    field_text(L, table, "kind", false, &effect->kind);
    effect->private = field_bool(L, table, "private", effect->private);
}

static int read_declare(lua_State *L, struct rule *rule)
{
    int type = lua_getfield(L, 1, "declare");
    rule->declare = (struct callback){.script = script_of(L), .function = LUA_NOREF};
    if (type == LUA_TTABLE)
        take_effect(L, lua_gettop(L), &rule->effect);
    else if (type == LUA_TFUNCTION)
        field_function(L, 1, "declare", &rule->declare);
    else if (type != LUA_TNIL && type != LUA_TBOOLEAN)
        luaL_error(L, "declare must be true, a table, or a function that returns one");
    bool wanted = lua_toboolean(L, -1);
    lua_pop(L, 1);
    if (wanted)
        rule->kind = VERDICT_DECLARE;
    return wanted;
}

static void read_verdict(lua_State *L, struct rule *rule)
{
    int verdicts = read_declare(L, rule);
    if (field_bool(L, 1, "quiet", false)) {
        rule->kind = VERDICT_QUIET;
        verdicts++;
    }
    rule->mute = field_duration(L, 1, "mute", 0);
    if (rule->mute) {
        rule->kind = VERDICT_MUTE;
        verdicts++;
    }
    if (verdicts != 1)
        luaL_error(L, "rule '%s' needs exactly one of declare, quiet and mute", rule->named.name);
}

/*
 * @function rule{ name = string, match = {…}, except = {…}, when = function(group), declare = …, quiet = true, mute = "2h",
 * priority = 0, summary = string, off = true }: Declares what to do about alert groups. `name` and exactly one of `declare`, `quiet`
 * and `mute` are required. `match` selects groups, `except` excludes some of them, and `when` is called last and returns whether
 * the rule applies. `declare` is true, a table { title, severity, team, service, page, kind, private }, or a function of the group that
 * returns true or such a table, or nil if the rule does not apply. `page` is a name, true (the service's team, or else
 * product-responder) or false (nobody). `mute` is a span; `priority` is from -1000 to 1000. See "Rules".
 */
static int lua_rule(lua_State *L)
{
    static const char *const known[] = {"name", "match",    "except",  "when", "declare", "quiet",
                                        "mute", "priority", "summary", "off",  NULL};
    struct policy_set *set = open_set(L, "rule");
    check_fields(L, 1, "rule", known);
    struct rule *rule = array_add(&set->rules);
    rule->order = set->order++;
    if (!declare_named(L, &rule->named))
        return 0;
    rule->priority = field_int(L, 1, "priority", 0, -PRIORITY_MOST, PRIORITY_MOST);
    field_text(L, 1, "summary", false, &rule->summary);
    read_matches(L, rule);
    field_function(L, 1, "when", &rule->when);
    read_verdict(L, rule);
    rule->named.complete = true;
    return 0;
}

/* ---- storms ---- */

static enum storm_by read_by(lua_State *L)
{
    static const char *const words[] = {
        [STORM_BY_SERVICE] = "service", [STORM_BY_TEAM] = "team", [STORM_BY_RULE] = "rule"};
    enum storm_by by = STORM_BY_SERVICE;
    if (lua_getfield(L, 1, "by") != LUA_TNIL) {
        const char *word = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
        for (by = STORM_BY_RULE; by > STORM_BY_SERVICE && strcmp(words[by], word) != 0;)
            by--;
        if (strcmp(words[by], word) != 0)
            luaL_error(L, "by must be \"service\", \"team\" or \"rule\"");
    }
    lua_pop(L, 1);
    return by;
}

/*
 * @function storm{ name = string, limit = 5, within = "5m", by = "service", off = true }: Declares a limit for storms of alerts. Once
 * rules have declared `limit` incidents (1 to 100) for one service, team or rule within the span ("1m" to "1h"), further problems are
 * gathered in one incident. `by` is "service", "team" or "rule". See "Storms".
 */
static int lua_storm(lua_State *L)
{
    static const char *const known[] = {"name", "limit", "within", "by", "off", NULL};
    struct policy_set *set = open_set(L, "storm");
    check_fields(L, 1, "storm", known);
    struct storm_row *storm = array_add(&set->storms);
    if (!declare_named(L, &storm->named))
        return 0;
    storm->limit = field_int(L, 1, "limit", 5, 1, STORM_LIMIT);
    storm->within = field_duration(L, 1, "within", 5 * MINUTE);
    if (storm->within < MINUTE || storm->within > STORM_WITHIN)
        luaL_error(L, "within must be from \"1m\" to \"1h\"");
    storm->by = read_by(L);
    storm->named.complete = true;
    return 0;
}

/* ---- services, severities, roles ---- */

/*
 * @function services{ important = { "checkout", "pay*" }, … }: Names sets of services, as patterns. In the match of a rule,
 * service = "@name" stands for the set `name`, and important = true for the set `important` and what the catalogue says is important
 * (see "Services, and what is important"). If several files name the same set, it is the union.
 */
static int lua_services(lua_State *L)
{
    struct policy_set *set = open_set(L, "services");
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_pushnil(L);
    while (lua_next(L, 1)) {
        struct service_set *services = array_add(&set->catalogue.sets);
        services->named.script = script_of(L);
        take_text(L, -2, "the name of a set of services", &services->named.name);
        take_texts(L, -1, services->named.name, &services->globs);
        services->named.complete = true;
        lua_pop(L, 1);
    }
    return 0;
}

/*
 * @function levels{ fatal = "critical", … }: Sets the severity of what a rule declares without a severity of its own, by the worst level that
 * the sender reported: debug, info, warning, error or fatal. Levels without a severity here begin with the lowest; false switches off a
 * default.
 */
static int lua_levels(lua_State *L)
{
    struct policy_set *set = open_set(L, "levels");
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_pushnil(L);
    while (lua_next(L, 1)) {
        struct level_row *row = array_add(&set->alerts.levels);
        row->named.script = script_of(L);
        take_text(L, -2, "a level", &row->named.name);
        row->named.where = xstrdup(sandbox_where(L));
        lua_pop(L, 1);
        if (check_level(row->named.name) < 0)
            luaL_error(L, "unknown level '%s'; the levels are debug, info, warning, error and fatal",
                       row->named.name);
        row->named.off = lua_isboolean(L, -1) && !lua_toboolean(L, -1);
        if (!row->named.off)
            take_text(L, -1, row->named.name, &row->severity);
        row->named.complete = true;
        lua_pop(L, 1);
    }
    return 0;
}

/* There is one list for all: a team's list replaces the default, and two teams' lists would contradict each other. */
static void read_words(lua_State *L, const char *what, struct set_words *ret)
{
    const struct script *script = script_of(L);
    text_list *words = &ret->list;
    if (ret->by && !ret->by->builtin)
        luaL_error(L, "%s is already set in %s; there is one list for all files", what, ret->by->name);
    text_list_finish(words);
    ret->by = NULL;
    take_texts(L, 1, what, words);
    if (!words->n)
        luaL_error(L, "%s must name at least one: %s{ \"…\" }", what, what);
    for (size_t i = 0; i < words->n; i++) {
        if (text_empty(words->v[i]) || strpbrk(words->v[i], " \t\n"))
            luaL_error(L, "the %s '%s' must be one word", what, words->v[i]);
        for (size_t k = 0; k < i; k++) {
            if (text_equal_nocase(words->v[i], words->v[k]))
                luaL_error(L, "the %s '%s' is listed twice", what, words->v[i]);
        }
    }
    ret->by = script;
}

/* @function severity{ "minor", "major", "critical" }: Sets the list of all severities, lowest first. New incidents have the lowest
   unless a rule or a person says otherwise. At most one file may set it. */
static int lua_severity(lua_State *L)
{
    struct policy_set *set = open_set(L, "severity");
    read_words(L, "severity", &set->severities);
    return 0;
}

/* @function role{ "scribe", … }: Sets the roles that people can have in an incident. "lead" and "comms" always exist. A role must not
   have the name of a command. At most one file may set it. */
static int lua_role(lua_State *L)
{
    struct policy_set *set = open_set(L, "role");
    read_words(L, "role", &set->roles);
    const struct policy_host *host = &policy_of(L)->host;
    set->roles.by = NULL; /* until all of them are valid */
    for (size_t i = 0; i < set->roles.list.n; i++) {
        if (!is_own_role(set->roles.list.v[i]) && host->is_command &&
            host->is_command(host->ctx, set->roles.list.v[i]))
            luaL_error(
                L,
                "`%s` is a built-in command, so nobody could take a role with that name; choose another name",
                set->roles.list.v[i]);
    }
    set->roles.by = script_of(L);
    return 0;
}

/* @function kind{ "outage", … }: Sets the list of the kinds that an incident can be of. "security" always exists. At most one file may
   set it. */
static int lua_kind(lua_State *L)
{
    struct policy_set *set = open_set(L, "kind");
    read_words(L, "kind", &set->kinds);
    return 0;
}

void bind_rules(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"rule", lua_rule},         {"storm", lua_storm}, {"services", lua_services}, {"levels", lua_levels},
        {"severity", lua_severity}, {"role", lua_role},   {"kind", lua_kind}};
    sandbox_bind(L, NULL, functions, ARRAY_SIZE(functions));
}
