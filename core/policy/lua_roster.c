/* people{}, team{}. */
#include <string.h>

#include "base/config.h"
#include "policy/bind.h"
#include "policy/rotations.h"

static void check_word(lua_State *L, const char *what, const char *word)
{
    if (text_empty(word) || strpbrk(word, " \t\n"))
        luaL_error(L, "%s must be one word, such as ana; '%s' is not", what, word ? word : "");
}

/* A field of somebody: their name, their address, or their user id on the connector with that name. */
static void take_person_field(lua_State *L, struct person_row *row)
{
    static const char *const known[] = {"name", "email", "ways", "quiet"};
    const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL;
    if (!key) {
        luaL_error(L, "people: %s takes named fields only: %s = { email = \"…\", slack = \"U1\" }",
                   row->named.name, row->named.name);
        return; /* never: the error leaves */
    }
    const char *near = nearest_word(key, known, ARRAY_SIZE(known));
    bool own = near && strcmp(near, key) == 0;
    if (near && !own && *near == *key) /* a connector may well be called mail */
        luaL_error(L, "people: %s has no field '%s'; did you mean '%s'?", row->named.name, key, near);
    if (own) {
        if (strcmp(key, "name") == 0 || strcmp(key, "email") == 0)
            take_text(L, -1, key, strcmp(key, "name") == 0 ? &row->name : &row->email);
        return; /* take_person reads the others */
    }
    struct roster_user *user = array_add(&row->users);
    take_text(L, -2, "the name of a connector", &user->connector);
    take_text(L, -1, user->connector, &user->user);
    if (text_empty(user->user))
        luaL_error(L, "people: %s.%s is empty", row->named.name, user->connector);
}

/* "slack", or { "sms", after = "1m", severity = { "major" } } */
static void take_way(lua_State *L, struct person_row *row)
{
    static const char *const known[] = {"after", "severity", NULL};
    struct way_row *way = array_add(&row->ways);
    int index = lua_gettop(L);
    if (lua_type(L, index) == LUA_TTABLE) {
        lua_rawgeti(L, index, 1);
        take_text(L, -1, "the first of a way", &way->name);
        lua_pop(L, 1);
        lua_pushnil(L);
        lua_rawseti(L, index, 1);
        check_fields(L, index, "a way", known);
        way->after = field_duration(L, index, "after", 0);
        field_texts(L, index, "severity", &way->severities);
    } else {
        take_text(L, index, "a way", &way->name);
    }
    check_word(L, "a way: the name of a connector", way->name);
}

static void take_ways(lua_State *L, int table, struct person_row *row)
{
    int type = lua_getfield(L, table, "ways"), list = lua_gettop(L);
    lua_Integer n = type == LUA_TTABLE ? (lua_Integer)lua_rawlen(L, list) : 0;
    if (type != LUA_TNIL && !n)
        luaL_error(L,
                   "people: the ways of %s must be a list: ways = { \"slack\", { \"sms\", after = \"1m\" } }",
                   row->named.name);
    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(L, list, i);
        take_way(L, row);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

void field_quiet(lua_State *L, int table, struct quiet_row *ret)
{
    static const char *const known[] = {"hours", "days", "holidays", "zone", "severity", NULL};
    if (lua_getfield(L, table, "quiet") != LUA_TNIL) {
        int quiet = lua_gettop(L);
        check_fields(L, quiet, "quiet", known);
        field_hours(L, quiet, &ret->hours);
        field_texts(L, quiet, "severity", &ret->severities);
        if (!ret->hours.given || !ret->severities.n)
            luaL_error(L, "quiet needs hours and the severities that wait: "
                          "quiet = { hours = \"22:00-07:00\", severity = \"minor\" }");
    }
    lua_pop(L, 1);
}

static void take_person(lua_State *L, struct person_row *row)
{
    if (lua_type(L, -1) != LUA_TTABLE)
        luaL_error(L, "people: %s must be a table: %s = { email = \"…\", slack = \"U1\" }", row->named.name,
                   row->named.name);
    int table = lua_gettop(L);
    lua_pushnil(L);
    while (lua_next(L, table)) {
        take_person_field(L, row);
        lua_pop(L, 1);
    }
    take_ways(L, table, row);
    field_quiet(L, table, &row->quiet);
    if (row->email && !strchr(row->email, '@'))
        luaL_error(L, "people: the email of %s has no @: '%s'", row->named.name, row->email);
}

/*
 * @function people{ ana = { name = string, email = string, slack = "U012AB", ways = { "slack", { "sms", after = "1m" }, { "call", after = "3m",
 * severity = "critical" } }, quiet = { hours = "22:00-07:00", severity = "minor", days = …, zone = … }, … }, … }: Says who somebody is: by an e-mail address, and by
 * user ids on connectors, which are the fields with the connectors' names. The keys are what team{}, page and incident:page() name. A page
 * goes only to the addresses given here; for somebody without any, and for people who are not declared, to those that Tocsin knows from
 * chat. `ways` says by which connectors a page calls them, in which order and how long after their level began; `"call"` rings their
 * telephone. With `quiet`, pages of these severities wait until those hours are over. See docs/paging.md.
 */
static int lua_people(lua_State *L)
{
    struct policy_set *set = open_set(L, "people");
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_pushnil(L);
    while (lua_next(L, 1)) {
        struct person_row *row = array_add(&set->roster.people);
        row->named.script = script_of(L);
        take_text(L, -2, "the id of a person", &row->named.name);
        check_word(L, "people: an id", row->named.name);
        row->named.where = xstrdup(sandbox_where(L));
        lua_pop(L, 1);
        take_person(L, row);
        row->named.complete = true;
        lua_pop(L, 1);
    }
    return 0;
}

/*
 * @function team{ name = string, people = { "ana", "bo" }, rotation = string, escalation = string, channel = string, desk = string, digest = true, off = true }: Declares a team, which page and incident:page() can name.
 * `people` are ids of people{}, or of people whom Tocsin knows from chat, or e-mail addresses. They are paged one after
 * the other; of a team with a rotation, whoever is on call comes first. An escalation with the team's name, or the one that it names, says
 * otherwise. `channel` is where the whole team is, and is told every five minutes when nobody acknowledges; `desk` is the connector where
 * `ticket TITLE` makes tickets of its incidents, unless tickets{} names another. With `digest = false` the channel gets no digest of the team's month on
 * Mondays. See docs/paging.md.
 */
static int lua_team(lua_State *L)
{
    static const char *const known[] = {"name", "people", "rotation", "escalation", "channel",
                                        "desk", "digest", "off",      NULL};
    struct policy_set *set = open_set(L, "team");
    check_fields(L, 1, "team", known);
    struct team_row *team = array_add(&set->roster.teams);
    if (!declare_named(L, &team->named))
        return 0;
    field_texts(L, 1, "people", &team->people);
    field_text(L, 1, "rotation", false, &team->rotation);
    field_text(L, 1, "escalation", false, &team->escalation);
    field_text(L, 1, "channel", false, &team->channel);
    field_text(L, 1, "desk", false, &team->desk);
    team->digest = field_bool(L, 1, "digest", true);
    if (!team->people.n && !team->rotation)
        luaL_error(L, "team '%s' has nobody: people = { \"ana\", \"bo\" }", team->named.name);
    for (size_t i = 0; i < team->people.n; i++)
        check_word(L, "a person of a team", team->people.v[i]);
    team->named.complete = true;
    return 0;
}

/* @function first_team(name, …): Returns the first of these names that team{} or rotation{} declares; the last one if it declares none of
   them. */
static int lua_first_team(lua_State *L)
{
    const char *const *people;
    int n = lua_gettop(L);
    luaL_checkstring(L, 1);
    for (int i = 1; i < n; i++) {
        const char *name = luaL_checkstring(L, i);
        if (!policy_team(policy_of(L), name, &people) && !policy_rotation(policy_of(L), name))
            continue;
        lua_pushvalue(L, i);
        return 1;
    }
    lua_pushvalue(L, n);
    return 1;
}

void bind_roster(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"people", lua_people}, {"team", lua_team}, {"first_team", lua_first_team}};
    sandbox_bind(L, NULL, functions, ARRAY_SIZE(functions));
}
