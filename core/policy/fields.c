/* Reads and checks the fields of tables that scripts pass in. */
#include <math.h>
#include <string.h>

#include "base/config.h"
#include "policy/bind.h"

#define LIST_MOST 1000
#define YEAR_9999 ((instant)253402300799999)

struct script *script_of(lua_State *L)
{
    return sandbox_of(L)->owner;
}

struct policy *policy_of(lua_State *L)
{
    return script_of(L)->set->policy;
}

void take_text(lua_State *L, int index, const char *what, char **slot)
{
    size_t n = 0;
    if (lua_type(L, index) != LUA_TSTRING)
        luaL_error(L, "%s must be a string, not a %s", what, luaL_typename(L, index));
    const char *text = lua_tolstring(L, index, &n);
    if (n > FIELD_BYTES)
        luaL_error(L, "%s is longer than %d KiB", what, FIELD_BYTES / 1024);
    free(*slot);
    *slot = utf8_sanitize(text, n, n);
}

bool field_text(lua_State *L, int table, const char *key, bool needed, char **slot)
{
    bool given = lua_getfield(L, table, key) != LUA_TNIL;
    if (given)
        take_text(L, -1, key, slot);
    lua_pop(L, 1);
    if (needed && text_empty(*slot))
        luaL_error(L, "%s is missing: %s = \"…\"", key, key);
    return given;
}

bool field_bool(lua_State *L, int table, const char *key, bool fallback)
{
    int type = lua_getfield(L, table, key);
    if (type != LUA_TNIL && type != LUA_TBOOLEAN)
        luaL_error(L, "%s must be true or false, not a %s", key, lua_typename(L, type));
    bool value = type == LUA_TNIL ? fallback : lua_toboolean(L, -1);
    lua_pop(L, 1);
    return value;
}

int64_t field_int(lua_State *L, int table, const char *key, int64_t fallback, int64_t least, int64_t most)
{
    int type = lua_getfield(L, table, key), whole = 0;
    int64_t value = type == LUA_TNIL ? fallback : lua_tointegerx(L, -1, &whole);
    if (type != LUA_TNIL && (type != LUA_TNUMBER || !whole || value < least || value > most))
        luaL_error(L, "%s must be a whole number from %I to %I", key, (LUAI_UACINT)least, (LUAI_UACINT)most);
    lua_pop(L, 1);
    return value;
}

duration check_duration(lua_State *L, int index, const char *what)
{
    struct error err;
    duration value = 0;
    if (lua_type(L, index) == LUA_TNUMBER) {
        double seconds = lua_tonumber(L, index);
        if (!(seconds >= 1 && seconds <= 366 * 86400.0))
            luaL_error(L, "%s must be from 1 second to 366 days", what);
        value = (duration)(seconds * 1000);
    } else if (lua_type(L, index) != LUA_TSTRING) {
        luaL_error(L, "%s must be a span such as \"15m\", or a number of seconds", what);
    } else if (duration_parse(lua_tostring(L, index), &value, &err)) {
        luaL_error(L, "%s: %s", what, err.text);
    }
    return value;
}

duration field_duration(lua_State *L, int table, const char *key, duration fallback)
{
    duration value = lua_getfield(L, table, key) == LUA_TNIL ? fallback : check_duration(L, -1, key);
    lua_pop(L, 1);
    return value;
}

void field_function(lua_State *L, int table, const char *key, struct callback *ret)
{
    int type = lua_getfield(L, table, key);
    *ret = (struct callback){.script = script_of(L), .function = LUA_NOREF};
    if (type != LUA_TNIL && type != LUA_TFUNCTION)
        luaL_error(L, "%s must be a function, not a %s", key, lua_typename(L, type));
    if (type == LUA_TFUNCTION)
        ret->function = luaL_ref(L, LUA_REGISTRYINDEX);
    else
        lua_pop(L, 1);
}

void take_texts(lua_State *L, int index, const char *what, text_list *list)
{
    index = lua_absindex(L, index);
    if (lua_type(L, index) == LUA_TSTRING) {
        take_text(L, index, what, array_add(list));
        return;
    }
    if (lua_type(L, index) != LUA_TTABLE)
        luaL_error(L, "%s must be a string or a list of strings", what);
    lua_Integer n = (lua_Integer)lua_rawlen(L, index);
    if (n > LIST_MOST)
        luaL_error(L, "%s has more than %d members", what, LIST_MOST);
    for (lua_Integer i = 1; i <= n; i++) {
        if (lua_rawgeti(L, index, i) != LUA_TSTRING)
            luaL_error(L, "%s must be a list of strings, but holds a %s", what, luaL_typename(L, -1));
        take_text(L, -1, what, array_add(list));
        lua_pop(L, 1);
    }
}

void field_texts(lua_State *L, int table, const char *key, text_list *list)
{
    if (lua_getfield(L, table, key) != LUA_TNIL)
        take_texts(L, -1, key, list);
    lua_pop(L, 1);
}

static void check_field(lua_State *L, const char *what, const char *const *known, size_t n)
{
    if (lua_type(L, -2) != LUA_TSTRING)
        luaL_error(L, "%s takes named fields only: name = value", what);
    const char *key = lua_tostring(L, -2);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(known[i], key) == 0)
            return;
    }
    const char *near = nearest_word(key, known, n);
    if (near)
        luaL_error(L, "%s has no field '%s'; did you mean '%s'?", what, key, near);
    luaL_error(L, "%s has no field '%s'", what, key);
}

void check_fields(lua_State *L, int table, const char *what, const char *const *known)
{
    size_t n = 0;
    while (known[n])
        n++;
    if (lua_type(L, table) != LUA_TTABLE)
        luaL_error(L, "%s needs a table: { name = value, … }", what);
    lua_pushnil(L);
    while (lua_next(L, table)) {
        check_field(L, what, known, n);
        lua_pop(L, 1);
    }
}

instant check_instant(lua_State *L, int index)
{
    double seconds = luaL_checknumber(L, index);
    luaL_argcheck(L, seconds >= 0 && seconds * 1000 <= (double)YEAR_9999, index,
                  "time expected, in seconds since 1970");
    return (instant)llround(seconds * 1000);
}

void push_instant(lua_State *L, instant t)
{
    if (t)
        lua_pushnumber(L, (double)t / 1000);
    else
        lua_pushnil(L);
}

void push_seconds(lua_State *L, duration d)
{
    if (d >= 0)
        lua_pushnumber(L, (double)d / 1000);
    else
        lua_pushnil(L);
}

struct policy_set *open_set(lua_State *L, const char *what)
{
    struct policy_set *set = script_of(L)->set;
    if (set->sealed)
        luaL_error(L, "%s may only be called while the file is loaded, not by a function that runs later",
                   what);
    return set;
}

bool declare_named(lua_State *L, struct named *named)
{
    named->script = script_of(L);
    named->where = xstrdup(sandbox_where(L));
    lua_pop(L, 1);
    field_text(L, 1, "name", true, &named->name);
    named->off = field_bool(L, 1, "off", false);
    named->complete = named->off;
    return !named->off;
}
