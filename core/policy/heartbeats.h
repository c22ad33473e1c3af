/*
 * heartbeats - heartbeat{}: what must report from time to time. Borrowed until the next load. Loop's thread only.
 */
#ifndef TOCSIN_POLICY_HEARTBEATS_H
#define TOCSIN_POLICY_HEARTBEATS_H

#include "intake/alert.h"
#include "policy/policy.h"

struct heartbeat {
    const char *name;
    const char *service, *environment; /* of the alert when it is missed; "" if not said */
    duration every, grace;             /* it is missed `grace` after it was expected */
    enum alert_level level;            /* of that alert */
};

/* The active one with index i, from 0; NULL: there are no more. */
const struct heartbeat *policy_heartbeat_at(const struct policy *policy, size_t i);
/* By name, in any case; NULL: there is none. */
const struct heartbeat *policy_heartbeat(const struct policy *policy, const char *name);

#endif
