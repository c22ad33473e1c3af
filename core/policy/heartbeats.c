#include "policy/heartbeats.h"

#include "policy/set.h"

const struct heartbeat *policy_heartbeat_at(const struct policy *policy, size_t i)
{
    return policy && i < policy->set->alerts.heartbeats.n ? &policy->set->alerts.heartbeats.v[i].heartbeat
                                                          : NULL;
}

const struct heartbeat *policy_heartbeat(const struct policy *policy, const char *name)
{
    const struct heartbeat *heartbeat;
    for (size_t i = 0; (heartbeat = policy_heartbeat_at(policy, i)); i++) {
        if (text_equal_nocase(heartbeat->name, name))
            return heartbeat;
    }
    return NULL;
}
