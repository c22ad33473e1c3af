/*
 * services - the catalogue: service{} of the policy. Borrowed until the next load. Loop's thread only.
 *
 * A name is what alerts call the service, whatever their source says: it is compared whole, and in any case. An alias is one more
 * such name. Services may depend on each other in a circle.
 */
#ifndef TOCSIN_POLICY_SERVICES_H
#define TOCSIN_POLICY_SERVICES_H

#include "base/mem.h"
#include "policy/policy.h"

#define SERVICE_TIERS 5

struct service_words {
    const char *const *v;
    size_t n;
};

struct service {
    const char *name, *where;        /* where: "team.lua:12" */
    const char *team, *owner;        /* NULL: not said. owner: as team{} names people */
    const char *runbook, *component; /* NULL: not said. runbook: a link; component: of the status page */
    struct service_words aliases, dashboards /* links */;
    int tier; /* from 1, the most important, to SERVICE_TIERS; 0: not said */
    bool critical_flow;
    ARRAY(const struct service *) needs, needed_by; /* directly, in the order of the policy */
};
typedef ARRAY(const struct service *) service_list;

/* By its name or an alias; NULL: the catalogue does not have it. `name` may be NULL. */
const struct service *policy_service(const struct policy *policy, const char *name);
/* The one with index i, from 0; NULL: there are no more. */
const struct service *policy_service_at(const struct policy *policy, size_t i);
/* Can a service have that name: a text of one line, as alerts have it, and no pattern? */
bool service_name_is_valid(const char *name);

enum reach { REACH_NEEDS, REACH_NEEDED_BY };
/* All that it needs, or that needs it, directly or through others: the nearest first, each once, itself never. *ret_direct: so many
   of them are direct. The caller frees the list. */
void policy_service_reach(const struct policy *policy, const struct service *service, enum reach reach,
                          service_list *ret, size_t *ret_direct);

#endif
