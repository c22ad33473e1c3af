/* Calls a function of a script: protected, with the incident that it may read, collecting the actions that it wants. */
#include <string.h>

#include "base/log.h"
#include "base/metrics.h"
#include "policy/bind.h"

#define RUNS_AWAY 3

static int protected_call(lua_State *L)
{
    struct asking_script *asking = lua_touserdata(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, asking->callback->function);
    lua_call(L, asking->push(L, asking->ctx), 1);
    if (asking->take)
        asking->take(L, asking->ctx);
    return 0;
}

/* Half a reaction would be worse than a reported failure. */
static void drop_from(reaction_list *list, size_t n)
{
    reaction_list dropped = {0};
    while (list->n > n)
        *array_add(&dropped) = list->v[--list->n];
    reaction_list_finish(&dropped);
}

static int run(struct asking_script *asking, struct error *err)
{
    struct callback *callback = asking->callback;
    if (callback->ran_away >= RUNS_AWAY)
        return error_set(err, ERR_REFUSED,
                         "it was stopped %d times and is not called again until the policy is reloaded",
                         RUNS_AWAY);
    int rc = sandbox_protect(callback->script->sandbox, protected_call, asking, err);
    if (rc == ERR_TIMEOUT || rc == ERR_TOO_BIG)
        callback->ran_away++;
    return rc;
}

static void report(struct policy *policy, const char *where, const char *text, uint64_t incident)
{
    size_t n = strlen(where);
    metric_add(METRIC_POLICY_FAILURES, 1);
    if (strncmp(text, where, n) == 0 && strncmp(text + n, ": ", 2) == 0)
        text += n + 2; /* the code that shows it adds the place */
    if (policy->host.on_failure)
        policy->host.on_failure(policy->host.ctx, where, text, incident);
}

int ask_script(struct policy *policy, struct asking_script *asking, const char *where, instant now,
               struct error *err)
{
    struct error inner;
    size_t before = asking->reactions ? asking->reactions->n : 0;
    policy->incident = asking->incident;
    policy->reactions = asking->reactions;
    policy->now = now;
    int rc = run(asking, &inner);
    policy->incident = NULL;
    policy->reactions = NULL;
    if (!rc)
        return 0;
    if (asking->reactions)
        drop_from(asking->reactions, before);
    report(policy, where, inner.text, asking->about);
    return err ? error_set(err, inner.code, "%s", inner.text) : rc;
}
