/* The global functions of a sandbox: Lua's own where they are harmless, else replacements that show no address and always
   iterate in the same order. */
#include <lualib.h>
#include <string.h>

#include "base/markup.h"
#include "base/mem.h"
#include "base/str.h"
#include "policy/builtins.h"

#define LITERAL_MOST 16384 /* the limit of any text that a script passes in */

static int base_tostring(lua_State *L)
{
    luaL_checkany(L, 1);
    sandbox_tostring(L, 1);
    return 1;
}

/* pcall, except that a stopped call stays stopped. */
static int base_pcall(lua_State *L)
{
    luaL_checkany(L, 1);
    int status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
    struct sandbox *sandbox = sandbox_of(L);
    if (status == LUA_ERRMEM)
        sandbox->dead = "it needs too much memory";
    if (sandbox->dead)
        return lua_error(L);
    lua_pushboolean(L, status == LUA_OK);
    lua_insert(L, 1);
    return lua_gettop(L);
}

/* @function glob(pattern, text): Returns whether the whole text matches the pattern, in which * stands for any text and ? for
   one character. */
static int base_glob(lua_State *L)
{
    const char *pattern = luaL_checkstring(L, 1), *text = luaL_checkstring(L, 2);
    sandbox_charge(L, (int64_t)((lua_rawlen(L, 1) + 1) * (lua_rawlen(L, 2) + 1) / 64 + 1));
    lua_pushboolean(L, text_matches(pattern, text));
    return 1;
}

/* @function literal(text): Returns the text as CommonMark that shows it as it is, whatever characters it has: for what somebody else
   wrote, such as a title or a customer's name, in a text of yours: incident:say("**Look:** " .. literal(incident.title)). */
static int base_literal(lua_State *L)
{
    static struct str marked; /* outlives the call, since Lua may leave it by longjmp */
    size_t n;
    const char *text = luaL_checklstring(L, 1, &n);
    luaL_argcheck(L, n <= LITERAL_MOST, 1, "longer than 16 KiB");
    sandbox_charge(L, (int64_t)(n / 16 + 1));
    char *clean = utf8_sanitize(text, n, n * 3); /* a byte that is no UTF-8 takes three */
    str_clear(&marked);
    text_literal(clean, &marked);
    free(clean);
    lua_pushlstring(L, str_text(&marked), marked.len);
    return 1;
}

/* ---- tables in a fixed order ---- */

struct key {
    int type;
    bool whole;
    lua_Integer integer;
    lua_Number number;
    const char *text; /* owned by the table */
    size_t n;
};

static int rank_of(int type)
{
    return type == LUA_TNUMBER ? 0 : type == LUA_TSTRING ? 1 : 2;
}

static int compare_texts(const struct key *x, const struct key *y)
{
    int order = memcmp(x->text, y->text, MIN(x->n, y->n));
    return order ? order : x->n < y->n ? -1 : x->n > y->n;
}

static int compare_keys(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    if (x->type != y->type)
        return rank_of(x->type) - rank_of(y->type);
    if (x->type == LUA_TSTRING)
        return compare_texts(x, y);
    if (x->whole && y->whole)
        return x->integer < y->integer ? -1 : x->integer > y->integer;
    return x->number < y->number ? -1 : x->number > y->number;
}

static void read_key(lua_State *L, int index, struct key *key)
{
    *key = (struct key){.type = lua_type(L, index)};
    if (key->type == LUA_TSTRING) {
        key->text = lua_tolstring(L, index, &key->n);
    } else if (key->type == LUA_TNUMBER) {
        key->whole = lua_isinteger(L, index);
        key->integer = lua_tointeger(L, index);
        key->number = lua_tonumber(L, index);
    } else if (key->type == LUA_TBOOLEAN) {
        key->whole = true;
        key->integer = lua_toboolean(L, index);
    } else {
        luaL_error(L, "cannot iterate over a table with a %s as a key: such keys have no fixed order",
                   luaL_typename(L, index));
    }
}

static void push_key(lua_State *L, const struct key *key)
{
    if (key->type == LUA_TSTRING)
        lua_pushlstring(L, key->text, key->n);
    else if (key->type == LUA_TBOOLEAN)
        lua_pushboolean(L, key->integer != 0);
    else if (key->whole)
        lua_pushinteger(L, key->integer);
    else
        lua_pushnumber(L, key->number);
}

static size_t count_members(lua_State *L, int table)
{
    size_t n = 0;
    lua_pushnil(L);
    for (; lua_next(L, table); n++)
        lua_pop(L, 1);
    sandbox_charge(L, (int64_t)(4 * n));
    return n;
}

/* Upvalues: 1 the table, 2 its keys in order, 3 the position. */
static int next_pair(lua_State *L)
{
    lua_Integer i = lua_tointeger(L, lua_upvalueindex(3));
    for (;;) {
        lua_pushinteger(L, ++i);
        lua_replace(L, lua_upvalueindex(3));
        if (lua_rawgeti(L, lua_upvalueindex(2), i) == LUA_TNIL)
            return 1;
        lua_pushvalue(L, -1);
        if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
            return 2;
        lua_pop(L, 2); /* removed meanwhile */
        sandbox_charge(L, 1);
    }
}

/* @function pairs(table): Iterates over all members in a fixed order: keys that are numbers first, then strings, each in
   ascending order, then booleans. Other keys are an error. */
static int base_pairs(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_call(L, 1, 3);
        return 3;
    }
    size_t n = count_members(L, 1), i = 0;
    struct key *keys = lua_newuserdatauv(L, (n + 1) * sizeof(*keys), 0);
    lua_pushnil(L);
    for (; lua_next(L, 1); i++) {
        read_key(L, -2, &keys[i]);
        lua_pop(L, 1);
    }
    qsort(keys, n, sizeof(*keys), compare_keys);
    lua_pushvalue(L, 1);
    lua_createtable(L, (int)n, 0);
    for (i = 0; i < n; i++) {
        push_key(L, &keys[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, next_pair, 3);
    return 1;
}

/* @function next(table): Returns the key and value of the first member in the order of pairs(), or nil when the table is empty.
   It takes no second argument. */
static int base_next(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argcheck(L, lua_isnoneornil(L, 2), 2, "next only returns the first member; use pairs to iterate");
    lua_settop(L, 1);
    sandbox_charge(L, (int64_t)count_members(L, 1));
    struct key least = {0}, key;
    lua_pushnil(L);
    while (lua_next(L, 1)) {
        read_key(L, -2, &key);
        if (!least.type || compare_keys(&key, &least) < 0)
            least = key;
        lua_pop(L, 1);
    }
    if (!least.type) {
        lua_pushnil(L);
        return 1;
    }
    push_key(L, &least);
    lua_pushvalue(L, -1);
    lua_rawget(L, 1);
    return 2;
}

void sandbox_open_base(lua_State *L)
{
    static const char *const plain[] = {"assert", "error", "ipairs", "select", "tonumber", "type"};
    static const luaL_Reg own[] = {{"tostring", base_tostring}, {"pcall", base_pcall}, {"glob", base_glob},
                                   {"literal", base_literal},   {"pairs", base_pairs}, {"next", base_next}};
    luaL_requiref(L, LUA_GNAME, luaopen_base, 0);
    for (size_t i = 0; i < ARRAY_SIZE(plain); i++) {
        lua_getfield(L, -1, plain[i]);
        luaL_Reg row = {plain[i], lua_tocfunction(L, -1)};
        sandbox_bind(L, NULL, &row, 1);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    sandbox_bind(L, NULL, own, ARRAY_SIZE(own));
}
