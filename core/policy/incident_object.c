/*
 * The object that stands for an incident in a script.
 *
 * It holds the number alone; a field is read from the state when it is asked for. A private incident other than the one at hand
 * does not exist for scripts: what they say elsewhere must not come from it.
 */
#include "policy/bind.h"

uint64_t check_incident(lua_State *L, int index)
{
    const uint64_t *id = luaL_testudata(L, index, "incident");
    luaL_argcheck(L, id != NULL, index, "an incident is wanted (and a colon: incident:say(…))");
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
