/*
 * declared_services - what there is and what is important, as scripts declare it: service{}, important{}. Rows as in declared.h.
 */
#ifndef TOCSIN_POLICY_DECLARED_SERVICES_H
#define TOCSIN_POLICY_DECLARED_SERVICES_H

#include "base/map.h"
#include "policy/importance.h"
#include "policy/named.h"
#include "policy/services.h"

struct service_row { /* service{} */
    struct named named;
    char *team, *owner, *runbook, *component;
    text_list aliases, dashboards, depends_on;
    struct service service; /* borrows from the above; complete once sealed */
};

struct service_set { /* one of services{} */
    struct named named;
    text_list globs;
};

struct set_catalogue {
    ARRAY(struct service_set) sets;
    ARRAY(struct service_row) services;
    struct map by_name; /* name or alias in lower case -> struct service, of a row; filled when sealed */
    struct importance_limits important;
    text_list tiers;    /* of important */
    char *important_at; /* where a team's file sets it; NULL: nowhere */
};

/* Part of set_seal: finds the names, and links the services. Errors name both places. */
int services_seal(struct policy_set *set, struct error *err);
const struct service *find_service(const struct policy_set *set, const char *name);
/* By what service{} says; NULL: nothing. It is important if it weighs more than an ordinary one. */
enum service_weight weigh_declared(const struct service *service);
/* The same, and by services{ important }. */
enum service_weight weigh_service(const struct policy_set *set, const char *name);

#endif
