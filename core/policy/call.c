/* Calling a function of a script: protected, with an incident at hand, its wishes collected. */
#include <lauxlib.h>
#include <string.h>

#include "policy/set.h"

struct calling {
    const struct script_call *call;
    reaction_list *reactions;
};

static void reply_with(struct calling *calling, lua_State *L)
{
    size_t n;
    if (!calling->call->reply || lua_type(L, -1) != LUA_TSTRING)
        return;
    const char *text = lua_tolstring(L, -1, &n);
    struct reaction *reaction = array_add(calling->reactions);
    *reaction = (struct reaction){.kind = REACTION_REPLY, .text = utf8_sanitize(text, n, 16384)};
    reaction->incident = calling->call->incident ? calling->call->incident->id : 0;
}

static void forget_incident(lua_State *L)
{
    lua_pushnil(L);
    lua_setfield(L, LUA_REGISTRYINDEX, "incident_at_hand");
}

static int protected_call(lua_State *L)
{
    struct calling *calling = lua_touserdata(L, 1);
    const struct script_call *call = calling->call;
    lua_rawgeti(L, LUA_REGISTRYINDEX, call->function);
    forget_incident(L);
    push_incident(L, call->incident);
    int arguments = 2;
    if (call->event) {
        push_event(L, call->event);
    } else if (call->reply) {
        lua_pushstring(L, call->text ? call->text : "");
        lua_pushstring(L, call->person);
        arguments = 3;
    } else {
        lua_pushinteger(L, call->number);
    }
    lua_call(L, arguments, 1);
    reply_with(calling, L);
    forget_incident(L);
    return 0;
}

/* What a failed call had asked for is dropped: half a reaction is worse than a reported failure. */
int call_script(const struct script_call *call, instant now, reaction_list *ret, struct error *err)
{
    struct policy *policy = call->script->set->policy;
    struct calling calling = {call, ret};
    size_t before = ret->n;
    policy->reactions = ret;
    policy->now = now;
    int rc = sandbox_protect(call->script->sandbox, protected_call, &calling, err);
    policy->reactions = NULL;
    if (rc) {
        reaction_list dropped = {0};
        while (ret->n > before)
            *array_add(&dropped) = ret->v[--ret->n];
        reaction_list_finish(&dropped);
    }
    return rc;
}
