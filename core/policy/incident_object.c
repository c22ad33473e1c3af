/*
 * The object that represents an incident in a script.
 *
 * It holds only the number; a field is read from the state when it is used. A private incident does not exist for scripts,
 * unless the current call is about it: what they say elsewhere must not come from it.
 */
#include "policy/bind.h"

uint64_t check_incident(lua_State *L, int index)
{
    const uint64_t *id = luaL_testudata(L, index, "incident");
    luaL_argcheck(L, id != NULL, index, "incident expected; call methods with a colon: incident:say(…)");
    return *id;
}

const struct incident *find_incident(lua_State *L, uint64_t id)
{
    const struct policy *policy = policy_of(L);
    if (policy->incident && policy->incident->id == id)
        return policy->incident;
    const struct incident *incident =
        policy->host.incident ? policy->host.incident(policy->host.ctx, id) : NULL;
    return incident && !incident->private ? incident : NULL;
}

void push_incident_number(lua_State *L, uint64_t id)
{
    uint64_t *object = lua_newuserdatauv(L, sizeof(*object), 0);
    *object = id;
    luaL_setmetatable(L, "incident");
}

void push_incident(lua_State *L, const struct incident *incident)
{
    if (incident)
        push_incident_number(L, incident->id);
    else
        lua_pushnil(L);
}
