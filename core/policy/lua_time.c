/*
 * Time, as an argument: scripts get the instant that the decision at hand is made at. Times are seconds since 1970, spans are
 * seconds, both plain numbers.
 */
#include <string.h>

#include "base/zone.h"
#include "policy/bind.h"

/* @function now(): the time of the decision at hand, the same within one call. */
static int lua_now(lua_State *L)
{
    lua_pushnumber(L, (double)policy_of(L)->now / 1000);
    return 1;
}

/* @function seconds(span): the seconds of a span such as "1h30m". */
static int lua_seconds(lua_State *L)
{
    push_seconds(L, check_duration(L, 1, "the span"));
    return 1;
}

/* @function within(span): the time that lies so far ahead: within("2h") is now() + seconds("2h"). */
static int lua_within(lua_State *L)
{
    push_instant(L, policy_of(L)->now + check_duration(L, 1, "the span"));
    return 1;
}

static const char *opt_zone(lua_State *L, int index)
{
    const char *zone = luaL_optstring(L, index, NULL);
    if (zone && !zone_exists(zone))
        luaL_error(L, "there is no time zone '%s'; they are named like Europe/London", zone);
    return zone;
}

/* @function at(text [, zone]): the time that a person means by "tomorrow 9:00", "monday 10:30", "17:00"; in UTC without a zone. */
static int lua_at(lua_State *L)
{
    struct error err;
    instant t;
    if (when_parse(luaL_checkstring(L, 1), policy_of(L)->now, opt_zone(L, 2), &t, &err))
        return luaL_error(L, "%s", err.text);
    push_instant(L, t);
    return 1;
}

/*
 * @function clock([zone [, time]]): { year, month, day, hour, minute, weekday } in a time zone (UTC), now or at a time; weekday 0 is
 * Sunday. For rules that differ at night.
 */
static int lua_clock(lua_State *L)
{
    const char *zone = opt_zone(L, 1);
    instant t = lua_isnoneornil(L, 2) ? policy_of(L)->now : check_instant(L, 2);
    struct wall wall = zone_to_wall(t, zone);
    const struct {
        const char *key;
        int value;
    } fields[] = {{"year", wall.year}, {"month", wall.month},   {"day", wall.day},
                  {"hour", wall.hour}, {"minute", wall.minute}, {"weekday", wall.weekday}};
    lua_createtable(L, 0, ARRAY_SIZE(fields));
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        lua_pushinteger(L, fields[i].value);
        lua_setfield(L, -2, fields[i].key);
    }
    return 1;
}

/* Pushes a short text and frees it before Lua, short of memory, may leave. */
static int push_taken(lua_State *L, struct str *text)
{
    char copy[128];
    size_t n = MIN(text->len, sizeof(copy));
    memcpy(copy, str_text(text), n);
    str_finish(text);
    lua_pushlstring(L, copy, n);
    return 1;
}

/* @function when(time [, zone]): a time as people read it: "today 17:00", "Tue 24 Nov 09:00". */
static int lua_when(lua_State *L)
{
    instant t = check_instant(L, 1);
    const char *zone = opt_zone(L, 2);
    struct str text = {0};
    when_format(t, policy_of(L)->now, zone, &text);
    return push_taken(L, &text);
}

/* @function span(seconds): a span as people read it: "1h 30m". */
static int lua_span(lua_State *L)
{
    double seconds = luaL_checknumber(L, 1);
    luaL_argcheck(L, seconds >= 0 && seconds < 1e11, 1, "seconds are wanted");
    struct str text = {0};
    duration_format((duration)(seconds * 1000), &text);
    return push_taken(L, &text);
}

void bind_time(lua_State *L)
{
    static const luaL_Reg functions[] = {{"now", lua_now},  {"seconds", lua_seconds}, {"within", lua_within},
                                         {"at", lua_at},    {"clock", lua_clock},     {"when", lua_when},
                                         {"span", lua_span}};
    sandbox_bind(L, NULL, functions, ARRAY_SIZE(functions));
}
