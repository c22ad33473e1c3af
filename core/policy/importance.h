/*
 * importance - is it important? Four criteria, each with its value, its threshold, yes or no, and why in words. It is important if one
 * of them holds. Loop's thread only; importance_weigh is pure.
 */
#ifndef TOCSIN_POLICY_IMPORTANCE_H
#define TOCSIN_POLICY_IMPORTANCE_H

#include "policy/policy.h"

struct importance_limits { /* important{} */
    int64_t customers;     /* at least so many are affected */
    int64_t growth;        /* so many times the alerts of the time before */
    int64_t alerts;        /* and at least so many */
    duration within;       /* the time: whole minutes, up to 30 */
};

enum service_weight {                   /* why a service is important, the weightiest last */
                      SERVICE_UNKNOWN,  /* it is not: the catalogue does not have it */
                      SERVICE_ORDINARY, /* it is not: the catalogue has it */
                      SERVICE_LISTED,   /* services{ important } names it */
                      SERVICE_OF_TIER_1,
                      SERVICE_IN_CRITICAL_FLOW
};

struct importance_facts {
    const char *service; /* NULL: none is named */
    enum service_weight weight;
    int64_t customers;
    const char *cared; /* a customer whom we care about; NULL: none is affected */
    const char *tier;  /* that of important{} which they have; NULL: we watch over them */
    struct policy_pace alerts;
};

enum { IMPORTANT_FLOW, IMPORTANT_CUSTOMERS, IMPORTANT_CARES, IMPORTANT_GROWTH, IMPORTANT_CRITERIA };

struct criterion {
    const char *name;         /* "critical flow", … */
    int64_t value, threshold; /* it holds from the threshold on; without a number, 1 is yes */
    bool holds;
    char *words; /* plain text, a sentence without its full stop */
};
struct importance {
    bool important;
    struct criterion criteria[IMPORTANT_CRITERIA];
};
void importance_finish(struct importance *importance);

void importance_weigh(const struct importance_facts *facts, const struct importance_limits *limits,
                      struct importance *ret);

/* As of now; the caller calls importance_finish. */
void policy_importance(const struct policy *policy, const struct incident *incident, instant now,
                       struct importance *ret);
void policy_group_importance(const struct policy *policy, const struct group *group, instant now,
                             struct importance *ret);

#endif
