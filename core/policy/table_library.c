/* The table library of a sandbox: as in Lua, but moving many members is charged, and sorting is stable. */
#include <lualib.h>

#include "base/mem.h"
#include "policy/builtins.h"

#define UNPACK_MOST 200

/* Calls Lua's own function. With a position (argument number `shifts`) it moves all members after it. */
static int charge_shift(lua_State *L, int shifts)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    if (lua_gettop(L) >= shifts)
        sandbox_charge(L, (int64_t)(lua_rawlen(L, 1) / 4));
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

static int table_insert(lua_State *L)
{
    return charge_shift(L, 3);
}

static int table_remove(lua_State *L)
{
    return charge_shift(L, 2);
}

static int table_concat(lua_State *L)
{
    return charge_shift(L, 1);
}

static int table_unpack(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer from = luaL_optinteger(L, 2, 1), to = luaL_optinteger(L, 3, (lua_Integer)lua_rawlen(L, 1));
    luaL_argcheck(L, to < from || (lua_Unsigned)to - (lua_Unsigned)from < UNPACK_MOST, 3,
                  "at most 200 members can be unpacked");
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

/* ---- merge sort, so that equal members keep their order ---- */

static bool is_less(lua_State *L, int a, int b)
{
    sandbox_charge(L, 2);
    if (lua_isnil(L, 2))
        return lua_compare(L, a, b, LUA_OPLT);
    lua_pushvalue(L, 2);
    lua_pushvalue(L, a);
    lua_pushvalue(L, b);
    lua_call(L, 2, 1);
    bool less = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return less;
}

/* Merges [from, middle) and [middle, to) of the table at `in` into the one at `out`. */
static void merge(lua_State *L, int in, int out, lua_Integer from, lua_Integer middle, lua_Integer to)
{
    lua_Integer left = from, right = middle;
    for (lua_Integer i = from; i < to; i++) {
        bool take_right = left >= middle;
        if (!take_right && right < to) {
            lua_rawgeti(L, in, left);
            lua_rawgeti(L, in, right);
            take_right = is_less(L, lua_gettop(L), lua_gettop(L) - 1);
            lua_pop(L, 2);
        }
        lua_rawgeti(L, in, take_right ? right++ : left++);
        lua_rawseti(L, out, i);
    }
}

/* @function table.sort(list [, less]): Sorts a list in place; equal members keep their order. less(a, b) returns whether a comes before
   b; the default is a < b. */
static int table_sort(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    if (!lua_isnoneornil(L, 2))
        luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    lua_Integer n = (lua_Integer)lua_rawlen(L, 1);
    lua_createtable(L, (int)MIN(n, 100000), 0);
    int in = 1, out = 3;
    for (lua_Integer width = 1; width < n; width *= 2) {
        for (lua_Integer from = 1; from <= n; from += 2 * width)
            merge(L, in, out, from, MIN(from + width, n + 1), MIN(from + 2 * width, n + 1));
        sandbox_charge(L, n);
        int last = in;
        in = out;
        out = last;
    }
    for (lua_Integer i = 1; in != 1 && i <= n; i++) {
        lua_rawgeti(L, in, i);
        lua_rawseti(L, 1, i);
    }
    return 0;
}

static int table_pack(lua_State *L)
{
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

void sandbox_open_table(lua_State *L)
{
    static const luaL_Reg kept[] = {{"insert", table_insert},
                                    {"remove", table_remove},
                                    {"concat", table_concat},
                                    {"unpack", table_unpack},
                                    {"pack", table_pack}};
    static const luaL_Reg own[] = {{"sort", table_sort}};
    lua_createtable(L, 0, 8);
    luaL_requiref(L, LUA_TABLIBNAME, luaopen_table, 0);
    for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
        lua_getfield(L, -1, kept[i].name);
        lua_pushcclosure(L, kept[i].func, 1);
        lua_setfield(L, -3, kept[i].name);
    }
    lua_pop(L, 1);
    lua_setfield(L, LUA_REGISTRYINDEX, LUA_TABLIBNAME);
    sandbox_bind(L, LUA_TABLIBNAME, own, ARRAY_SIZE(own));
}
