#include "policy/builtins.h"

#include <lualib.h>

#include "base/mem.h"

static int refuse_write(lua_State *L)
{
    const char *name = sandbox_tostring(L, 2);
    return luaL_error(L, "cannot set '%s': globals and libraries are read-only; write `local %s = …`", name,
                      name);
}

/* Replaces the table on top with a read-only view of it. */
static void make_read_only(lua_State *L)
{
    lua_createtable(L, 0, 0);
    lua_createtable(L, 0, 2);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, refuse_write);
    lua_setfield(L, -2, "__newindex");
    lua_setmetatable(L, -2);
    lua_remove(L, -2);
}

static int unknown_name(lua_State *L)
{
    return luaL_error(L, "unknown name '%s'", sandbox_tostring(L, 2));
}

/* Scripts see a read-only view of the builtins. A name that does not exist is an error rather than nil. */
static void seal_globals(lua_State *L)
{
    lua_getfield(L, LUA_REGISTRYINDEX, SANDBOX_BUILTINS);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, unknown_name);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    make_read_only(L);
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
}

static const char *const allowed_math[] = {"abs", "ceil",       "floor",     "fmod",       "huge",
                                           "max", "maxinteger", "min",       "mininteger", "modf",
                                           "pi",  "sqrt",       "tointeger", "type",       "ult"};

static void open_math(lua_State *L)
{
    lua_createtable(L, 0, ARRAY_SIZE(allowed_math));
    luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 0);
    for (size_t i = 0; i < ARRAY_SIZE(allowed_math); i++) {
        lua_getfield(L, -1, allowed_math[i]);
        lua_setfield(L, -3, allowed_math[i]);
    }
    lua_pop(L, 1);
    lua_setfield(L, LUA_REGISTRYINDEX, LUA_MATHLIBNAME);
}

/* While a library is filled, it is in the registry under its name; then it moves to the builtins, read-only. */
static void publish(lua_State *L, const char *library)
{
    lua_getfield(L, LUA_REGISTRYINDEX, SANDBOX_BUILTINS);
    lua_getfield(L, LUA_REGISTRYINDEX, library);
    make_read_only(L);
    lua_setfield(L, -2, library);
    lua_pop(L, 1);
    lua_pushnil(L);
    lua_setfield(L, LUA_REGISTRYINDEX, library);
}

int builtins_open(lua_State *L)
{
    static const char *const libraries[] = {LUA_STRLIBNAME, LUA_TABLIBNAME, LUA_MATHLIBNAME, LUA_UTF8LIBNAME};
    lua_createtable(L, 0, 48);
    lua_setfield(L, LUA_REGISTRYINDEX, SANDBOX_BUILTINS);
    sandbox_open_base(L);
    sandbox_open_text(L);
    sandbox_open_table(L);
    open_math(L);
    for (size_t i = 0; i < ARRAY_SIZE(libraries); i++)
        publish(L, libraries[i]);
    lua_pushnil(L); /* forget the full libraries that requiref has loaded */
    lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    seal_globals(L);
    return 0;
}
