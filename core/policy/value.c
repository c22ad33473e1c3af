#include "policy/value.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"

/* The current path, for errors; it grows and shrinks with the walk. */
struct walk {
    lua_State *L;
    struct str path;
    int depth, nodes;
    struct error *err;
};

static int refuse(const struct walk *walk, const char *what, const char *more)
{
    return error_set(walk->err, ERR_INVALID, "%.200s%s%s%s", str_text(&walk->path), walk->path.len ? ": " : "",
                     what, more);
}

static int convert(struct walk *walk, int index, cJSON **ret);

static void leave(struct walk *walk, size_t length)
{
    walk->path.len = length;
    if (walk->path.p)
        walk->path.p[length] = '\0';
}

/* Pops the value on top and adds it to `table`. */
static int convert_member(struct walk *walk, cJSON *table, const char *key, size_t place)
{
    size_t length = walk->path.len;
    cJSON *value = NULL;
    if (key)
        str_addf(&walk->path, "%s%.60s", length ? "." : "", key);
    else
        str_addf(&walk->path, "[%zu]", place);
    int rc = convert(walk, lua_gettop(walk->L), &value);
    lua_pop(walk->L, 1);
    leave(walk, length);
    if (rc)
        return rc;
    if (key)
        cJSON_AddItemToObject(table, key, value);
    else
        cJSON_AddItemToArray(table, value);
    return 0;
}

static int convert_list(struct walk *walk, int index, size_t n, cJSON *list)
{
    size_t members = 0;
    lua_pushnil(walk->L);
    for (; lua_next(walk->L, index); members++)
        lua_pop(walk->L, 1);
    if (members != n)
        return refuse(walk, "the table mixes a list and named fields", "");
    int rc = 0;
    for (size_t i = 1; !rc && i <= n; i++) {
        lua_rawgeti(walk->L, index, (lua_Integer)i);
        rc = convert_member(walk, list, NULL, i);
    }
    return rc;
}

static int convert_object(struct walk *walk, int index, cJSON *object)
{
    lua_State *L = walk->L;
    lua_pushnil(L);
    while (lua_next(L, index)) {
        size_t n = 0;
        const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tolstring(L, -2, &n) : NULL;
        int rc = 0;
        if (!key || strlen(key) != n || !utf8_valid(key, n))
            rc = refuse(walk, "the name of a field must be a string of valid UTF-8 without NUL", "");
        rc = rc ? rc : convert_member(walk, object, key, 0);
        if (rc)
            return rc;
    }
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(cJSON *const *)a)->string, (*(cJSON *const *)b)->string);
}

/* Lua tables have no order, but reading the same file again must give the same order. */
static void sort_members(cJSON *object)
{
    ARRAY(cJSON *) members = {0};
    for (cJSON *member = object->child; member; member = member->next)
        *array_add(&members) = member;
    if (members.n)
        qsort(members.v, members.n, sizeof(*members.v), by_name);
    for (size_t i = 0; i < members.n; i++) {
        members.v[i]->prev = members.v[i ? i - 1 : members.n - 1]; /* the first one's is the last */
        members.v[i]->next = i + 1 < members.n ? members.v[i + 1] : NULL;
    }
    object->child = members.n ? members.v[0] : NULL;
    array_free(&members);
}

static int convert_table(struct walk *walk, int index, cJSON **ret)
{
    if (walk->depth >= VALUE_DEPTH || !lua_checkstack(walk->L, 8))
        return refuse(walk, "tables are nested too deeply, or contain themselves", "");
    walk->depth++;
    size_t n = lua_rawlen(walk->L, index);
    CLEANUP_JSON cJSON *table = n ? cJSON_CreateArray() : cJSON_CreateObject();
    int rc = n ? convert_list(walk, index, n, table) : convert_object(walk, index, table);
    walk->depth--;
    if (rc)
        return rc;
    if (!n)
        sort_members(table);
    *ret = steal(table);
    return 0;
}

static int convert_number(struct walk *walk, int index, cJSON **ret)
{
    double number = lua_tonumber(walk->L, index);
    if (!isfinite(number))
        return refuse(walk, "the number is not finite", "");
    *ret = cJSON_CreateNumber(number);
    return 0;
}

static int convert_text(struct walk *walk, int index, cJSON **ret)
{
    size_t n;
    const char *text = lua_tolstring(walk->L, index, &n);
    if (!utf8_valid(text, n) || strlen(text) != n)
        return refuse(walk, "the string is not valid UTF-8, or contains a NUL", "");
    *ret = cJSON_CreateString(text);
    return 0;
}

static int convert(struct walk *walk, int index, cJSON **ret)
{
    if (++walk->nodes > VALUE_NODES)
        return refuse(walk, "too many values", "");
    int type = lua_type(walk->L, index);
    switch (type) {
    case LUA_TBOOLEAN:
        *ret = cJSON_CreateBool(lua_toboolean(walk->L, index));
        return 0;
    case LUA_TNUMBER:
        return convert_number(walk, index, ret);
    case LUA_TSTRING:
        return convert_text(walk, index, ret);
    case LUA_TTABLE:
        return convert_table(walk, index, ret);
    default:
        return refuse(walk, lua_typename(walk->L, type), " values are not allowed here");
    }
}

int value_to_json(lua_State *L, int index, cJSON **ret, struct error *err)
{
    struct walk walk = {.L = L, .err = err};
    int top = lua_gettop(L);
    int rc = convert(&walk, lua_absindex(L, index), ret);
    lua_settop(L, top);
    str_finish(&walk.path);
    return rc;
}
