/* The string library of a sandbox: as in Lua, but each function is charged for the length of its strings. */
#include <lualib.h>
#include <string.h>

#include "base/mem.h"
#include "policy/builtins.h"
#include "policy/pattern.h"

#define STEPS_A_UNIT 4

/* Calls Lua's own function after charging for the length of its arguments. */
static int charged(lua_State *L)
{
    size_t bytes = 0;
    for (int i = lua_gettop(L); i > 0; i--)
        bytes += lua_type(L, i) == LUA_TSTRING ? lua_rawlen(L, i) : 0;
    sandbox_charge(L, (int64_t)(bytes / 16));
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

/* string.format without addresses. */
static int text_format(lua_State *L)
{
    const char *format = luaL_checkstring(L, 1);
    for (const char *p = format; (p = strchr(p, '%')); p++) {
        p += 1 + strspn(p + 1, "-+ #0123456789.");
        luaL_argcheck(L, *p != 'p', 1, "'%p' is not available");
        if (!*p)
            break;
    }
    for (int i = 2, n = lua_gettop(L); i <= n; i++) {
        if (lua_type(L, i) == LUA_TSTRING || lua_type(L, i) == LUA_TNUMBER || lua_type(L, i) == LUA_TBOOLEAN ||
            lua_isnil(L, i))
            continue;
        sandbox_tostring(L, i);
        lua_replace(L, i);
    }
    return charged(L);
}

/* ---- patterns ---- */

static void begin(lua_State *L, struct matching *m, const char **ret_pattern)
{
    size_t n, length;
    const char *text = luaL_checklstring(L, 1, &n), *pattern = luaL_checklstring(L, 2, &length);
    *m = (struct matching){.text = text, .text_end = text + n, .pattern_end = pattern + length};
    *ret_pattern = pattern;
}

static const char *try_at(lua_State *L, struct matching *m, const char *at, const char *pattern)
{
    int64_t before = m->steps = sandbox_of(L)->budget * STEPS_A_UNIT;
    const char *end = pattern_match(m, at, pattern);
    sandbox_charge(L, (before - m->steps) / STEPS_A_UNIT);
    if (m->wrong)
        luaL_error(L, "%s", m->wrong);
    return end;
}

/* Finds the first match from *at on, and moves *at to its start. */
static const char *search(lua_State *L, struct matching *m, const char **at, const char *pattern)
{
    if (pattern < m->pattern_end && *pattern == '^')
        return try_at(L, m, *at, pattern + 1);
    for (; *at <= m->text_end; ++*at) {
        const char *end = try_at(L, m, *at, pattern);
        if (end)
            return end;
    }
    return NULL;
}

static void push_capture(lua_State *L, const struct matching *m, int i, const char *start, const char *end)
{
    const struct capture *c = &m->captures[i];
    if (i >= m->level && i == 0)
        lua_pushlstring(L, start, (size_t)(end - start));
    else if (i >= m->level)
        luaL_error(L, "the pattern has no capture %%%d", i + 1);
    else if (c->length == CAPTURE_POSITION)
        lua_pushinteger(L, c->start - m->text + 1);
    else if (c->length == CAPTURE_OPEN)
        luaL_error(L, "the pattern has a ( without a )");
    else
        lua_pushlstring(L, c->start, (size_t)c->length);
}

/* Pushes all captures; the whole match if there are none and `start` is given. */
static int push_captures(lua_State *L, const struct matching *m, const char *start, const char *end)
{
    int n = m->level == 0 && start ? 1 : m->level;
    luaL_checkstack(L, n, "too many captures");
    for (int i = 0; i < n; i++)
        push_capture(L, m, i, start, end);
    return n;
}

/* Reads a position, which may be negative or absent; NULL: after the end. */
static const char *start_at(lua_State *L, const struct matching *m, int index)
{
    lua_Integer from = luaL_optinteger(L, index, 1), n = m->text_end - m->text;
    from = from > 0 ? from : from == 0 || from < -n ? 1 : n + from + 1;
    return from > n + 1 ? NULL : m->text + from - 1;
}

static int push_place(lua_State *L, const struct matching *m, const char *start, const char *end)
{
    lua_pushinteger(L, start - m->text + 1);
    lua_pushinteger(L, end - m->text);
    return 2;
}

static int text_find(lua_State *L)
{
    struct matching m;
    const char *pattern, *end;
    begin(L, &m, &pattern);
    const char *at = start_at(L, &m, 3);
    size_t n = (size_t)(m.pattern_end - pattern);
    if (at && (lua_toboolean(L, 4) || pattern_is_plain(pattern, n))) {
        sandbox_charge(L, (m.text_end - at) / 16);
        const char *found = memmem(at, (size_t)(m.text_end - at), pattern, n);
        if (found)
            return push_place(L, &m, found, found + n);
    } else if (at && (end = search(L, &m, &at, pattern))) {
        return push_place(L, &m, at, end) + push_captures(L, &m, NULL, NULL);
    }
    lua_pushnil(L);
    return 1;
}

static int text_match(lua_State *L)
{
    struct matching m;
    const char *pattern, *end;
    begin(L, &m, &pattern);
    const char *at = start_at(L, &m, 3);
    if (at && (end = search(L, &m, &at, pattern)))
        return push_captures(L, &m, at, end);
    lua_pushnil(L);
    return 1;
}

/* Upvalues: the string, the pattern, where to continue, where the last match ended (from 0; -1: none yet). */
static int next_match(lua_State *L)
{
    struct matching m;
    const char *pattern, *end;
    lua_settop(L, 0);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, lua_upvalueindex(2));
    begin(L, &m, &pattern);
    const char *at = m.text + lua_tointeger(L, lua_upvalueindex(3));
    lua_Integer last = lua_tointeger(L, lua_upvalueindex(4));
    for (; at <= m.text_end; at++) {
        end = try_at(L, &m, at, pattern);
        if (!end || end - m.text == last)
            continue;
        lua_pushinteger(L, end - m.text);
        lua_copy(L, -1, lua_upvalueindex(3));
        lua_replace(L, lua_upvalueindex(4));
        return push_captures(L, &m, at, end);
    }
    return 0;
}

static int text_gmatch(lua_State *L)
{
    luaL_checkstring(L, 1);
    luaL_checkstring(L, 2);
    lua_settop(L, 2);
    lua_pushinteger(L, 0);
    lua_pushinteger(L, -1);
    lua_pushcclosure(L, next_match, 4);
    return 1;
}

/* ---- gsub ---- */

/* "%1 and %%" */
static void add_template(lua_State *L, const struct matching *m, luaL_Buffer *out, const char *start,
                         const char *end)
{
    size_t n;
    const char *text = lua_tolstring(L, 3, &n), *stop = text + n;
    for (; text < stop; text++) {
        if (*text != '%') {
            luaL_addchar(out, *text);
            continue;
        }
        text++;
        if (text < stop && *text == '%') {
            luaL_addchar(out, '%');
        } else if (text < stop && *text == '0') {
            luaL_addlstring(out, start, (size_t)(end - start));
        } else if (text < stop && *text >= '1' && *text <= '9') {
            push_capture(L, m, *text - '1', start, end);
            luaL_tolstring(L, -1, NULL);
            lua_remove(L, -2);
            luaL_addvalue(out);
        } else {
            luaL_error(L, "a %% in the replacement must be followed by a digit or %%");
        }
    }
}

/* Adds the replacement of one match, depending on its type; false or nil keeps the match. */
static void add_replacement(lua_State *L, const struct matching *m, luaL_Buffer *out, const char *start,
                            const char *end)
{
    if (lua_type(L, 3) == LUA_TSTRING || lua_type(L, 3) == LUA_TNUMBER) {
        add_template(L, m, out, start, end);
        return;
    }
    if (lua_type(L, 3) == LUA_TTABLE) {
        push_capture(L, m, 0, start, end);
        lua_gettable(L, 3);
    } else {
        lua_pushvalue(L, 3);
        lua_call(L, push_captures(L, m, start, end), 1);
    }
    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        luaL_addlstring(out, start, (size_t)(end - start));
    } else if (lua_isstring(L, -1)) {
        luaL_addvalue(out);
    } else {
        luaL_error(L, "a replacement must be a string, not a %s", luaL_typename(L, -1));
    }
}

static int text_gsub(lua_State *L)
{
    struct matching m;
    const char *pattern, *end, *last = NULL;
    begin(L, &m, &pattern);
    const char *at = m.text;
    int type = lua_type(L, 3);
    luaL_argexpected(L,
                     type == LUA_TSTRING || type == LUA_TNUMBER || type == LUA_TTABLE || type == LUA_TFUNCTION,
                     3, "string, table or function");
    lua_Integer most = luaL_optinteger(L, 4, m.text_end - m.text + 1), n = 0;
    bool anchored = pattern < m.pattern_end && *pattern == '^';
    luaL_Buffer out;
    lua_settop(L, 3);
    luaL_buffinit(L, &out);
    while (n < most) {
        end = try_at(L, &m, at, pattern + anchored);
        if (end && end != last) {
            n++;
            add_replacement(L, &m, &out, at, end);
            at = last = end;
        } else if (at < m.text_end) {
            luaL_addchar(&out, *at++);
        } else {
            break;
        }
        if (anchored)
            break;
    }
    luaL_addlstring(&out, at, (size_t)(m.text_end - at));
    luaL_pushresult(&out);
    lua_pushinteger(L, n);
    return 2;
}

/* ---- the libraries ---- */

static void keep(lua_State *L, const char *library, lua_CFunction open, const char *const *names, size_t n)
{
    lua_createtable(L, 0, 16);
    luaL_requiref(L, library, open, 0);
    for (size_t i = 0; i < n; i++) {
        lua_getfield(L, -1, names[i]);
        lua_pushcclosure(L, strcmp(names[i], "format") == 0 ? text_format : charged, 1);
        lua_setfield(L, -3, names[i]);
    }
    lua_pop(L, 1);
    lua_setfield(L, LUA_REGISTRYINDEX, library);
}

/* Makes ("x"):rep(3) work with the same functions, without giving access to the metatable. */
static void bind_methods(lua_State *L)
{
    lua_pushliteral(L, "");
    if (!lua_getmetatable(L, -1))
        luaL_error(L, "strings have no methods");
    lua_getfield(L, LUA_REGISTRYINDEX, LUA_STRLIBNAME);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 2);
}

void sandbox_open_text(lua_State *L)
{
    static const char *const text[] = {"byte", "char",    "format", "len",  "lower",
                                       "rep",  "reverse", "sub",    "upper"};
    static const char *const utf8[] = {"char", "codepoint", "len", "offset"};
    static const luaL_Reg own[] = {
        {"find", text_find}, {"match", text_match}, {"gmatch", text_gmatch}, {"gsub", text_gsub}};
    keep(L, LUA_STRLIBNAME, luaopen_string, text, ARRAY_SIZE(text));
    keep(L, LUA_UTF8LIBNAME, luaopen_utf8, utf8, ARRAY_SIZE(utf8));
    sandbox_bind(L, LUA_STRLIBNAME, own, ARRAY_SIZE(own));
    bind_methods(L);
}
