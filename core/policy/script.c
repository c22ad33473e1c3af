/* Runs one policy file in its own sandbox, with all bindings. */
#include "policy/bind.h"
#include "policy/builtins.h"

static int bind_all(lua_State *L)
{
    bind_rules(L);
    bind_policy(L);
    bind_roster(L);
    bind_access(L);
    bind_services(L);
    bind_rotation(L);
    bind_holidays(L);
    bind_heartbeat(L);
    bind_insight(L);
    bind_drill(L);
    bind_statuspage(L);
    bind_escalation(L);
    bind_messages(L);
    bind_posting(L);
    bind_incident(L);
    bind_read(L);
    bind_group(L);
    bind_time(L);
    return 0;
}

int set_run(struct policy_set *set, const char *name, bool builtin, const char *text, size_t n,
            struct error *err)
{
    struct script *script = xcalloc(1, sizeof(*script));
    script->set = set;
    script->name = xstrdup(name);
    script->builtin = builtin;
    script->sandbox = sandbox_create(script, builtins_open);
    *array_add(&set->scripts) = script;
    int rc = sandbox_protect(script->sandbox, bind_all, NULL, err);
    return rc ? rc : sandbox_run(script->sandbox, name, text, n, 0, err);
}
