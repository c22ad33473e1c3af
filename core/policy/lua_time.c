/* Time, as an argument: scripts get the instant that the decision at hand is made at. */
#include <lauxlib.h>

#include "base/zone.h"
#include "policy/set.h"

/* @function now(): seconds since 1970, the same within one call. */
static int lua_now(lua_State *L)
{
    lua_pushnumber(L, (double)script_of(L)->set->policy->now / 1000);
    return 1;
}

/* @function seconds("1h30m"): a duration's seconds. */
static int lua_seconds(lua_State *L)
{
    duration d;
    struct error err;
    if (duration_parse(luaL_checkstring(L, 1), &d, &err))
        return luaL_error(L, "%s", err.text);
    lua_pushnumber(L, (double)d / 1000);
    return 1;
}

/* @function clock(zone): { hour, minute, weekday, day, month, year } now in a time zone; weekday 0 is Sunday. For rules that
   differ at night. */
static int lua_clock(lua_State *L)
{
    struct wall wall = zone_to_wall(script_of(L)->set->policy->now, luaL_optstring(L, 1, NULL));
    const struct {
        const char *key;
        int value;
    } fields[] = {{"hour", wall.hour}, {"minute", wall.minute}, {"weekday", wall.weekday},
                  {"day", wall.day},   {"month", wall.month},   {"year", wall.year}};
    lua_createtable(L, 0, 6);
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        lua_pushinteger(L, fields[i].value);
        lua_setfield(L, -2, fields[i].key);
    }
    return 1;
}

void bind_time(lua_State *L)
{
    lua_register(L, "now", lua_now);
    lua_register(L, "seconds", lua_seconds);
    lua_register(L, "clock", lua_clock);
}
