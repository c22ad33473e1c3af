/* escalation{}. */
#include <string.h>

#include "policy/bind.h"
#include "policy/escalations.h"

/* Names one of these. */
static const struct {
    const char *key;
    enum level_kind kind;
} level_kinds[] = {{"rotation", LEVEL_ROTATION}, {"person", LEVEL_PERSON}, {"team", LEVEL_TEAM}};

static void refuse_level(lua_State *L)
{
    luaL_error(L, "a level names whom it calls by one of rotation, person, team and everybody, such as "
                  "{ rotation = \"payments\", after = \"5m\" } or { everybody = true }");
}

static void take_level(lua_State *L, int table, struct escalation_row *row)
{
    static const char *const known[] = {"rotation", "person", "team", "everybody", "after", NULL};
    struct level_of_escalation *level = array_add(&row->written);
    size_t named = field_bool(L, table, "everybody", false);
    check_fields(L, table, "a level", known);
    level->kind = LEVEL_EVERYBODY;
    for (size_t i = 0; i < ARRAY_SIZE(level_kinds); i++) {
        if (!field_text(L, table, level_kinds[i].key, false, &level->name))
            continue;
        level->kind = level_kinds[i].kind;
        named++;
    }
    level->after = field_duration(L, table, "after", ESCALATION_AFTER);
    if (named != 1)
        refuse_level(L);
    if (level->after < SECOND || level->after > DAY)
        luaL_error(L, "after must be between 1s and 1d; it is how long a level lasts");
}

static void take_levels(lua_State *L, struct escalation_row *row)
{
    int type = lua_getfield(L, 1, "levels"), list = lua_gettop(L);
    lua_Integer n = type == LUA_TTABLE ? (lua_Integer)lua_rawlen(L, list) : 0;
    if (!n)
        luaL_error(L, "levels is missing: levels = { { rotation = \"payments\", after = \"5m\" }, { team = "
                      "\"payments\" } }");
    if (n > LEVELS_MOST / 2)
        luaL_error(L, "levels has more than %d members", LEVELS_MOST / 2);
    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(L, list, i);
        if (lua_type(L, -1) != LUA_TTABLE)
            refuse_level(L);
        take_level(L, lua_gettop(L), row);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

/* A span, or false: never. */
static duration take_asks_again(lua_State *L)
{
    bool never = lua_getfield(L, 1, "asks_again") == LUA_TBOOLEAN && !lua_toboolean(L, -1);
    lua_pop(L, 1);
    return never ? 0 : field_duration(L, 1, "asks_again", ESCALATION_ASKS);
}

/*
 * @function escalation{ name = string, levels = { { rotation = "payments", after = "5m" }, { person = "cy" }, { team = "payments" },
 * { everybody = true } }, rounds = 2, severity = …, service = …, hours = "09:00-18:00", days = "mon-fri", holidays = string, zone = string,
 * asks_again = "30m", quiet = { … } }: Declares whom a page calls, level by level, until somebody acknowledges it. It holds for pages to a
 * team that names it, or to whatever has its name. Of several with one name, the first one whose conditions (`severity`, `service`, `hours`,
 * `days`, `holidays`) hold counts, so the last one has none. See docs/paging.md.
 */
static int lua_escalation(lua_State *L)
{
    static const char *const known[] = {"name", "levels",   "rounds", "severity",   "service", "hours",
                                        "days", "holidays", "zone",   "asks_again", "quiet",   NULL};
    struct policy_set *set = open_set(L, "escalation");
    check_fields(L, 1, "escalation", known);
    struct escalation_row *row = array_add(&set->roster.escalations);
    declare_named(L, &row->named);
    take_levels(L, row);
    row->escalation.rounds = (int)field_int(L, 1, "rounds", ESCALATION_ROUNDS, 1, ROUNDS_MOST);
    field_texts(L, 1, "severity", &row->severities);
    field_texts(L, 1, "service", &row->services);
    field_hours(L, 1, &row->hours);
    row->escalation.asks_again = take_asks_again(L);
    field_quiet(L, 1, &row->quiet);
    row->named.complete = true;
    return 0;
}

void bind_escalation(lua_State *L)
{
    static const luaL_Reg functions[] = {{"escalation", lua_escalation}};
    sandbox_bind(L, NULL, functions, ARRAY_SIZE(functions));
}
