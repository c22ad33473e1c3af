/* access{}. */
#include <string.h>

#include "policy/access.h"
#include "policy/bind.h"

static void check_word(lua_State *L, const char *field, const char *word)
{
    const char *colon = strchr(word, ':');
    if (text_empty(word))
        luaL_error(L, "%s names nobody with \"\"", field);
    if (!colon)
        return;
    if (!text_starts(word, "group:") && !text_starts(word, "token:"))
        luaL_error(L, "%s: '%s' must begin with group: or token:, or be a person's id or e-mail address", field,
                   word);
    if (text_empty(colon + 1))
        luaL_error(L, "%s: '%s' lacks a name, as in \"%ssre\"", field, word, word);
}

void field_askers(lua_State *L, const char *field, text_list *ret)
{
    field_texts(L, 1, field, ret);
    for (size_t i = 0; i < ret->n; i++)
        check_word(L, field, ret->v[i]);
}

/*
 * @function access{ see = "everybody", act = {…}, approve = {…}, administer = {…}, ask = string }: Says who may do what. `see` reads; `act`
 * runs commands that change something; `approve` lets messages to customers and posts out; `administer` manages tokens, connectors,
 * sessions and configuration, and reads the audit trail. Each includes those before it. Whom: "everybody", a person's id or e-mail
 * address, "group:NAME" as the identity provider names groups, or "token:NAME" of a tool. `ask` says whom to ask for more. At most one
 * file may set it; without it everybody may approve. See "Who may do what".
 */
static int lua_access(lua_State *L)
{
    static const char *const known[] = {"see", "act", "approve", "administer", "ask", NULL};
    struct policy_set *set = open_set(L, "access");
    struct access_rules *rules = &set->roster.access;
    check_fields(L, 1, "access", known);
    if (rules->where)
        luaL_error(L, "access is already set at %s; there is one for all files", rules->where);
    for (int role = ACCESS_SEE; role <= ACCESS_ADMINISTER; role++)
        field_askers(L, access_name((enum access)role), &rules->roles[role]);
    field_text(L, 1, "ask", false, &rules->ask);
    rules->where = xstrdup(sandbox_where(L));
    return 0;
}

void bind_access(lua_State *L)
{
    static const luaL_Reg functions[] = {{"access", lua_access}};
    sandbox_bind(L, NULL, functions, ARRAY_SIZE(functions));
}
