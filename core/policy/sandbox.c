#include "policy/sandbox.h"

#include <lauxlib.h>
#include <lualib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define HOOK_EVERY 1000
#define JSON_NEST  16

struct sandbox_extra {
    struct sandbox *sandbox;
    void *owner;
};

static struct sandbox_extra *extra_of(lua_State *L)
{
    lua_getfield(L, LUA_REGISTRYINDEX, "tocsin");
    struct sandbox_extra *extra = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return extra;
}

void *sandbox_owner(lua_State *L)
{
    return extra_of(L)->owner;
}

static void *allocate(void *ctx, void *p, size_t old, size_t size)
{
    struct sandbox *sandbox = ctx;
    size_t before = p ? old : 0;
    if (size > before && sandbox->used - before + size > sandbox->most)
        return NULL;
    sandbox->used += size - before;
    if (size == 0) {
        free(p);
        return NULL;
    }
    return realloc(p, size);
}

static void on_count(lua_State *L, lua_Debug *debug)
{
    struct sandbox *sandbox = extra_of(L)->sandbox;
    (void)debug;
    sandbox->budget -= HOOK_EVERY;
    if (sandbox->budget <= 0) {
        sandbox->spent = true;
        luaL_error(L, "it ran too long and was stopped");
    }
}

/* pcall, but what ran out of its budget stays stopped. */
static int safe_pcall(lua_State *L)
{
    luaL_checkany(L, 1);
    int rc = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
    if (extra_of(L)->sandbox->spent)
        return lua_error(L);
    lua_pushboolean(L, rc == LUA_OK);
    lua_insert(L, 1);
    return lua_gettop(L);
}

/* string.find(text, part, from): the part as it is, no patterns. */
static int plain_find(lua_State *L)
{
    lua_settop(L, 3);
    if (lua_isnil(L, 3)) {
        lua_pop(L, 1);
        lua_pushinteger(L, 1);
    }
    lua_pushboolean(L, 1);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 4, LUA_MULTRET);
    return lua_gettop(L);
}

static int glob(lua_State *L)
{
    lua_pushboolean(L, text_matches(luaL_checkstring(L, 1), luaL_checkstring(L, 2)));
    return 1;
}

static const char *const allowed_base[] = {"assert", "error",    "ipairs",   "next", "pairs",
                                           "select", "tonumber", "tostring", "type"};
static const char *const allowed_string[] = {"byte", "char",    "format", "len",  "lower",
                                             "rep",  "reverse", "sub",    "upper"};
static const char *const allowed_table[] = {"concat", "insert", "pack", "remove", "sort", "unpack"};
static const char *const allowed_math[] = {"abs", "ceil",       "floor",     "fmod",       "huge",
                                           "max", "maxinteger", "min",       "mininteger", "modf",
                                           "pi",  "sqrt",       "tointeger", "type",       "ult"};
static const char *const allowed_utf8[] = {"char", "charpattern", "codepoint", "len", "offset"};

/* Copies the named members of the table below the top into the table on top. */
static void copy_members(lua_State *L, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        lua_getfield(L, -2, names[i]);
        lua_setfield(L, -2, names[i]);
    }
}

static void open_library(lua_State *L, const char *name, lua_CFunction open, const char *const *names, size_t n)
{
    luaL_requiref(L, name, open, 0);
    lua_newtable(L);
    copy_members(L, names, n);
    if (strcmp(name, LUA_STRLIBNAME) == 0) {
        lua_getfield(L, -2, "find");
        lua_pushcclosure(L, plain_find, 1);
        lua_setfield(L, -2, "find");
        lua_pushliteral(L, "");
        lua_getmetatable(L, -1);
        lua_pushvalue(L, -3);
        lua_setfield(L, -2, "__index"); /* ("x"):rep(3) finds the same few functions */
        lua_pop(L, 2);
    }
    lua_remove(L, -2);
}

static void open_libraries(lua_State *L)
{
    luaL_requiref(L, LUA_GNAME, luaopen_base, 0);
    lua_newtable(L); /* the new globals */
    copy_members(L, allowed_base, ARRAY_SIZE(allowed_base));
    lua_remove(L, -2);
    const struct {
        const char *name;
        lua_CFunction open;
        const char *const *names;
        size_t n;
    } libraries[] = {
        {LUA_STRLIBNAME, luaopen_string, allowed_string, ARRAY_SIZE(allowed_string)},
        {LUA_TABLIBNAME, luaopen_table, allowed_table, ARRAY_SIZE(allowed_table)},
        {LUA_MATHLIBNAME, luaopen_math, allowed_math, ARRAY_SIZE(allowed_math)},
        {LUA_UTF8LIBNAME, luaopen_utf8, allowed_utf8, ARRAY_SIZE(allowed_utf8)},
    };
    for (size_t i = 0; i < ARRAY_SIZE(libraries); i++) {
        open_library(L, libraries[i].name, libraries[i].open, libraries[i].names, libraries[i].n);
        lua_setfield(L, -2, libraries[i].name);
    }
    lua_pushcfunction(L, safe_pcall);
    lua_setfield(L, -2, "pcall");
    lua_pushcfunction(L, glob);
    lua_setfield(L, -2, "glob");
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pushnil(L);
    lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
}

struct sandbox *sandbox_create(void *owner)
{
    struct sandbox *sandbox = xcalloc(1, sizeof(*sandbox));
    sandbox->most = SANDBOX_MEMORY;
    sandbox->L = lua_newstate(allocate, sandbox);
    require(sandbox->L != NULL);
    struct sandbox_extra *extra = lua_newuserdatauv(sandbox->L, sizeof(*extra), 0);
    *extra = (struct sandbox_extra){sandbox, owner};
    lua_setfield(sandbox->L, LUA_REGISTRYINDEX, "tocsin");
    open_libraries(sandbox->L);
    return sandbox;
}

void sandbox_destroy(struct sandbox *sandbox)
{
    if (!sandbox)
        return;
    lua_close(sandbox->L);
    free(sandbox);
}

static int fail(struct sandbox *sandbox, struct error *err)
{
    const char *text = lua_tostring(sandbox->L, -1);
    int rc = error_set(err, ERR_INVALID, "%s", text ? text : "a script raised an error that is no text");
    lua_pop(sandbox->L, 1);
    return rc;
}

static int call_within(struct sandbox *sandbox, int arguments, int results, int64_t budget, struct error *err)
{
    sandbox->budget = budget;
    sandbox->spent = false;
    lua_sethook(sandbox->L, on_count, LUA_MASKCOUNT, HOOK_EVERY);
    int rc = lua_pcall(sandbox->L, arguments, results, 0);
    lua_sethook(sandbox->L, NULL, 0, 0);
    return rc == LUA_OK ? 0 : fail(sandbox, err);
}

int sandbox_protect(struct sandbox *sandbox, lua_CFunction function, void *ctx, struct error *err)
{
    lua_pushcfunction(sandbox->L, function); /* neither push allocates */
    lua_pushlightuserdata(sandbox->L, ctx);
    return call_within(sandbox, 1, 0, SANDBOX_CALL, err);
}

int sandbox_run(struct sandbox *sandbox, const char *name, const char *text, size_t n, int results,
                struct error *err)
{
    CLEANUP_FREE char *chunk = xasprintf("=%s", name);
    int rc = luaL_loadbufferx(sandbox->L, text, n, chunk, "t") == LUA_OK ? 0 : fail(sandbox, err);
    rc = rc ? rc : call_within(sandbox, 0, results, SANDBOX_LOAD, err);
    if (rc && err && !text_starts(err->text, name))
        error_prefix(err, "%s", name);
    return rc;
}

char *sandbox_where(lua_State *L)
{
    luaL_where(L, 1);
    char *where = xstrdup(lua_tostring(L, -1));
    size_t n = strlen(where);
    while (n && (where[n - 1] == ' ' || where[n - 1] == ':'))
        where[--n] = '\0';
    lua_pop(L, 1);
    return where;
}

/* ---- values ---- */

static cJSON *json_of(lua_State *L, int index, int nest);

static cJSON *table_json(lua_State *L, int index, int nest)
{
    size_t n = lua_rawlen(L, index);
    cJSON *out = n ? cJSON_CreateArray() : cJSON_CreateObject();
    for (size_t i = 1; n && i <= n; i++) {
        lua_rawgeti(L, index, (lua_Integer)i);
        cJSON_AddItemToArray(out, json_of(L, lua_gettop(L), nest + 1));
        lua_pop(L, 1);
    }
    lua_pushnil(L);
    while (!n && lua_next(L, index)) {
        if (lua_type(L, -2) == LUA_TSTRING) {
            cJSON *member = json_of(L, lua_gettop(L), nest + 1);
            cJSON_AddItemToObject(out, lua_tostring(L, -2), member);
        }
        lua_pop(L, 1);
    }
    return out;
}

static cJSON *json_of(lua_State *L, int index, int nest)
{
    size_t n;
    if (nest > JSON_NEST || !lua_checkstack(L, 4))
        return cJSON_CreateNull();
    switch (lua_type(L, index)) {
    case LUA_TBOOLEAN:
        return cJSON_CreateBool(lua_toboolean(L, index));
    case LUA_TNUMBER:
        return isfinite(lua_tonumber(L, index)) ? cJSON_CreateNumber(lua_tonumber(L, index))
                                                : cJSON_CreateNull();
    case LUA_TSTRING: {
        const char *text = lua_tolstring(L, index, &n);
        CLEANUP_FREE char *clean = utf8_sanitize(text, n, n);
        return cJSON_CreateString(clean);
    }
    case LUA_TTABLE:
        return table_json(L, index, nest);
    default:
        return cJSON_CreateNull();
    }
}

int sandbox_json(lua_State *L, int index, cJSON **ret, struct error *err)
{
    int type = lua_type(L, index);
    if (type == LUA_TFUNCTION || type == LUA_TUSERDATA)
        return error_set(err, ERR_INVALID, "a %s is no value here", lua_typename(L, type));
    *ret = json_of(L, lua_absindex(L, index), 0);
    return 0;
}

void sandbox_push_json(lua_State *L, const cJSON *value)
{
    luaL_checkstack(L, 6, "nested too deep");
    if (cJSON_IsString(value)) {
        lua_pushstring(L, value->valuestring);
    } else if (cJSON_IsNumber(value)) {
        double number = value->valuedouble;
        if (number == (double)(int64_t)number)
            lua_pushinteger(L, (lua_Integer)number);
        else
            lua_pushnumber(L, number);
    } else if (cJSON_IsBool(value)) {
        lua_pushboolean(L, cJSON_IsTrue(value));
    } else if (cJSON_IsArray(value) || cJSON_IsObject(value)) {
        lua_newtable(L);
        lua_Integer i = 0;
        for (const cJSON *item = value->child; item; item = item->next) {
            sandbox_push_json(L, item);
            if (cJSON_IsArray(value))
                lua_rawseti(L, -2, ++i);
            else
                lua_setfield(L, -2, item->string);
        }
    } else {
        lua_pushnil(L);
    }
}
