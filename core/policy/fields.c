/* Fields of the tables that scripts pass in: read with checks, errors in words. */
#include <lauxlib.h>
#include <string.h>

#include "base/config.h"
#include "base/json.h"
#include "policy/set.h"

struct script *script_of(lua_State *L)
{
    return sandbox_owner(L);
}

char *field_text(lua_State *L, int table, const char *key, bool needed)
{
    int type = lua_getfield(L, table, key);
    if (type == LUA_TNIL && needed)
        luaL_error(L, "%s is missing: %s = \"…\"", key, key);
    if (type != LUA_TNIL && type != LUA_TSTRING)
        luaL_error(L, "%s must be a text, not a %s", key, lua_typename(L, type));
    size_t n = 0;
    const char *text = type == LUA_TSTRING ? lua_tolstring(L, -1, &n) : NULL;
    if (n > 16384)
        luaL_error(L, "%s is longer than 16 KiB", key);
    char *copy = text ? utf8_sanitize(text, n, n) : NULL;
    lua_pop(L, 1);
    return copy;
}

bool field_bool(lua_State *L, int table, const char *key)
{
    int type = lua_getfield(L, table, key);
    if (type != LUA_TNIL && type != LUA_TBOOLEAN)
        luaL_error(L, "%s must be true or false, not a %s", key, lua_typename(L, type));
    bool value = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return value;
}

int64_t field_int(lua_State *L, int table, const char *key, int64_t fallback)
{
    int type = lua_getfield(L, table, key), whole = 0;
    int64_t value = type == LUA_TNIL ? fallback : lua_tointegerx(L, -1, &whole);
    if (type != LUA_TNIL && (type != LUA_TNUMBER || !whole))
        luaL_error(L, "%s must be a whole number", key);
    lua_pop(L, 1);
    return value;
}

duration field_duration(lua_State *L, int table, const char *key, duration fallback)
{
    struct error err;
    duration value = fallback;
    int type = lua_getfield(L, table, key);
    if (type != LUA_TNIL && type != LUA_TSTRING)
        luaL_error(L, "%s must be a duration such as \"15m\"", key);
    if (type == LUA_TSTRING && duration_parse(lua_tostring(L, -1), &value, &err))
        luaL_error(L, "%s: %s", key, err.text);
    lua_pop(L, 1);
    return value;
}

int field_function(lua_State *L, int table, const char *key)
{
    int type = lua_getfield(L, table, key);
    if (type == LUA_TNIL) {
        lua_pop(L, 1);
        return LUA_NOREF;
    }
    if (type != LUA_TFUNCTION)
        luaL_error(L, "%s must be a function, not a %s", key, lua_typename(L, type));
    return luaL_ref(L, LUA_REGISTRYINDEX);
}

void check_fields(lua_State *L, int table, const char *what, const char *const *known)
{
    size_t n = 0;
    while (known[n])
        n++;
    luaL_checktype(L, table, LUA_TTABLE);
    lua_pushnil(L);
    while (lua_next(L, table)) {
        bool found = false;
        const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL;
        for (size_t i = 0; key && i < n; i++)
            found |= strcmp(known[i], key) == 0;
        if (!key)
            luaL_error(L, "%s{} takes named fields only", what);
        const char *near = found ? NULL : nearest_word(key, known, n);
        if (!found)
            luaL_error(L, "%s{} has no field '%s'%s%s%s", what, key, near ? "; did you mean '" : "",
                       near ? near : "", near ? "'?" : "");
        lua_pop(L, 1);
    }
}

void each_text(lua_State *L, int table, const char *key, void (*add)(void *ctx, const char *text), void *ctx)
{
    int type = lua_getfield(L, table, key);
    if (type == LUA_TSTRING) {
        add(ctx, lua_tostring(L, -1));
    } else if (type == LUA_TTABLE) {
        for (lua_Integer i = 1; lua_rawgeti(L, -1, i) != LUA_TNIL; i++) {
            if (lua_type(L, -1) != LUA_TSTRING)
                luaL_error(L, "%s must hold texts only", key);
            add(ctx, lua_tostring(L, -1));
            lua_pop(L, 1);
        }
        lua_pop(L, 1);
    } else if (type != LUA_TNIL) {
        luaL_error(L, "%s must be a text or a list of texts", key);
    }
    lua_pop(L, 1);
}
