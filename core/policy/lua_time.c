/*
 * Time for scripts: the instant of the current decision, not a clock. Times are in seconds since 1970 and spans in seconds; both
 * are plain numbers.
 */
#include <string.h>

#include "base/zone.h"
#include "policy/bind.h"

/* @function now(): Returns the time of the current decision. It stays the same within one call. */
static int lua_now(lua_State *L)
{
    lua_pushnumber(L, (double)policy_of(L)->now / 1000);
    return 1;
}

/* @function seconds(span): Returns a span such as "1h30m" in seconds. */
static int lua_seconds(lua_State *L)
{
    push_seconds(L, check_duration(L, 1, "the span"));
    return 1;
}

/* @function within(span): Returns the time after a span from now: within("2h") is now() + seconds("2h"). */
static int lua_within(lua_State *L)
{
    push_instant(L, policy_of(L)->now + check_duration(L, 1, "the span"));
    return 1;
}

const char *opt_zone(lua_State *L, int index)
{
    const char *zone = luaL_optstring(L, index, NULL);
    if (zone && !zone_exists(zone))
        luaL_error(L, "unknown time zone '%s'; use a name such as Europe/London", zone);
    return zone;
}

/* @function at(text [, zone]): Returns the time that a person means by "tomorrow 9:00", "monday 10:30" or "17:00", in a time zone (by
   default UTC). It is an error if the text is not a time, or the time is in the past or more than 366 days away. */
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
 * @function clock([zone [, time]]): Returns { year, month, day, hour, minute, weekday } in a time zone (by default UTC), now or at a
 * time; weekday 0 is Sunday. For rules that differ at night.
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

/* Pushes a short text, and frees it first, since Lua may leave by longjmp when memory runs out. */
static int push_taken(lua_State *L, struct str *text)
{
    char copy[128];
    size_t n = MIN(text->len, sizeof(copy));
    memcpy(copy, str_text(text), n);
    str_finish(text);
    lua_pushlstring(L, copy, n);
    return 1;
}

/* @function when(time [, zone]): Returns a time as people write it, in a time zone (by default UTC): "today 17:00", "Tue 24 Nov
   09:00". */
static int lua_when(lua_State *L)
{
    instant t = check_instant(L, 1);
    const char *zone = opt_zone(L, 2);
    struct str text = {0};
    when_format(t, policy_of(L)->now, zone, &text);
    return push_taken(L, &text);
}

/* @function span(seconds): Returns a span as people write it: "1h 30m". */
static int lua_span(lua_State *L)
{
    double seconds = luaL_checknumber(L, 1);
    luaL_argcheck(L, seconds >= 0 && seconds < 1e11, 1, "number of seconds expected");
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
