/* post{}. */
#include <string.h>

#include "policy/bind.h"

static void read_never(lua_State *L, struct post_row *row)
{
    static const char *const known[] = {"severity", "kind", "component", NULL};
    int type = lua_getfield(L, 1, "never"), table = lua_gettop(L);
    if (type != LUA_TNIL && type != LUA_TTABLE)
        luaL_error(L, "never must be a table, such as { kind = \"security\" }");
    if (type == LUA_TTABLE) {
        check_fields(L, table, "never", known);
        field_texts(L, table, "severity", &row->never.severities);
        field_texts(L, table, "kind", &row->never.kinds);
        field_texts(L, table, "component", &row->never.components);
    }
    lua_pop(L, 1);
}

/*
 * @function post{ name = string, severity = …, kind = …, component = …, customers = number, title = string,
 * never = { severity = …, kind = …, component = … }, off = true }: Declares which incidents are posted about on the status page: those to
 * which all of it applies. `component` is that of the incident's service, `customers` how many it affects at least, `title` what the
 * first word is called where it is posted with one press. What any table's `never` names is not posted about. Of all others people decide. See
 * docs/statuspage.md.
 */
static int lua_post(lua_State *L)
{
    static const char *const known[] = {"name",  "severity", "kind", "component", "customers",
                                        "title", "never",    "off",  NULL};
    struct policy_set *set = open_set(L, "post");
    check_fields(L, 1, "post", known);
    name_by_place(L);
    struct post_row *row = array_add(&set->comms.posts);
    if (!declare_named(L, &row->named))
        return 0;
    field_texts(L, 1, "severity", &row->severities);
    field_texts(L, 1, "kind", &row->kinds);
    field_texts(L, 1, "component", &row->components);
    row->customers = field_int(L, 1, "customers", 0, 1, 1000000000);
    field_text(L, 1, "title", false, &row->title);
    read_never(L, row);
    row->named.complete = true;
    return 0;
}

void bind_posting(lua_State *L)
{
    static const luaL_Reg functions[] = {{"post", lua_post}};
    sandbox_bind(L, NULL, functions, ARRAY_SIZE(functions));
}
