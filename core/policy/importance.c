#include "policy/importance.h"

#include <inttypes.h>
#include <string.h>

#include "intake/group_affected.h"
#include "policy/set.h"

void importance_finish(struct importance *importance)
{
    for (size_t i = 0; i < IMPORTANT_CRITERIA; i++)
        free(importance->criteria[i].words);
    *importance = (struct importance){0};
}

/* ---- the criteria ---- */

static char *flow_words(const struct importance_facts *facts)
{
    static const char *const words[] = {[SERVICE_UNKNOWN] = "no service{} of the policy declares %s",
                                        [SERVICE_ORDINARY] = "%s is in no critical flow, and not of tier 1",
                                        [SERVICE_LISTED] = "%s is among services{ important }",
                                        [SERVICE_OF_TIER_1] = "%s is of tier 1",
                                        [SERVICE_IN_CRITICAL_FLOW] = "%s is in a critical flow"};
    struct str out = {0};
    const char *form = words[facts->weight], *at = strstr(form, "%s");
    if (!facts->service)
        return xstrdup("no service is named");
    str_addn(&out, form, (size_t)(at - form));
    str_addf(&out, "%s%s", facts->service, at + 2);
    return str_take(&out);
}

static void weigh_flow(const struct importance_facts *facts, struct criterion *ret)
{
    *ret = (struct criterion){.name = "critical flow",
                              .value = facts->service && facts->weight > SERVICE_ORDINARY,
                              .threshold = 1,
                              .words = flow_words(facts)};
}

static void weigh_customers(const struct importance_facts *facts, const struct importance_limits *limits,
                            struct criterion *ret)
{
    *ret = (struct criterion){
        .name = "customers",
        .value = facts->customers,
        .threshold = limits->customers,
        .words = xasprintf("%" PRId64 " customer%s affected; %" PRId64 " would make it important",
                           facts->customers, facts->customers == 1 ? " is" : "s are", limits->customers)};
}

static void weigh_cares(const struct importance_facts *facts, struct criterion *ret)
{
    char *words = !facts->cared ? xstrdup("nobody is affected whom we watch over, or whose tier counts")
                  : facts->tier ? xasprintf("%s is affected, who is of tier %s", facts->cared, facts->tier)
                                : xasprintf("%s is affected, whom we watch over", facts->cared);
    *ret = (struct criterion){
        .name = "somebody we care about", .value = facts->cared != NULL, .threshold = 1, .words = words};
}

/* Small numbers double by chance, so there is a least number, too. */
static void weigh_growth(const struct importance_facts *facts, const struct importance_limits *limits,
                         struct criterion *ret)
{
    CLEANUP_STR struct str span = {0};
    int64_t least = MAX(limits->alerts, limits->growth * facts->alerts.before);
    duration_format(limits->within, &span);
    *ret = (struct criterion){.name = "growth",
                              .value = facts->alerts.recent,
                              .threshold = least,
                              .words = xasprintf("%" PRId64 " alert%s in the last %s, and %" PRId64
                                                 " in the %s before; %" PRId64 " would make it important",
                                                 facts->alerts.recent, facts->alerts.recent == 1 ? "" : "s",
                                                 span.p, facts->alerts.before, span.p, least)};
}

void importance_weigh(const struct importance_facts *facts, const struct importance_limits *limits,
                      struct importance *ret)
{
    *ret = (struct importance){0};
    weigh_flow(facts, &ret->criteria[IMPORTANT_FLOW]);
    weigh_customers(facts, limits, &ret->criteria[IMPORTANT_CUSTOMERS]);
    weigh_cares(facts, &ret->criteria[IMPORTANT_CARES]);
    weigh_growth(facts, limits, &ret->criteria[IMPORTANT_GROWTH]);
    for (size_t i = 0; i < IMPORTANT_CRITERIA; i++) {
        struct criterion *criterion = &ret->criteria[i];
        criterion->holds = criterion->value >= criterion->threshold;
        ret->important |= criterion->holds;
    }
}

/* ---- the facts ---- */

struct gathering {
    const struct policy *policy;
    struct importance_facts facts;
    char *cared, *tier; /* that the facts name */
};

static void begin(struct gathering *g, const char *service)
{
    g->facts.service = text_empty(service) ? NULL : service;
    g->facts.weight = weigh_service(g->policy->set, service);
}

static bool is_tier_that_counts(const struct policy_set *set, const char *tier)
{
    bool counts = false;
    for (size_t i = 0; tier && i < set->catalogue.tiers.n && !counts; i++)
        counts = text_matches_nocase(set->catalogue.tiers.v[i], tier);
    return counts;
}

/* False: nobody else has to be asked for. */
static bool look_at(struct gathering *g, const char *key)
{
    struct policy_customer record = {0};
    const struct policy_host *host = &g->policy->host;
    if (g->cared || !host->customer || !host->customer(host->ctx, key, &record))
        return !g->cared;
    bool counts = is_tier_that_counts(g->policy->set, record.tier);
    if (!record.cares && !counts)
        return true;
    g->cared = xstrdup(record.name ? record.name : key);
    g->tier = record.cares ? NULL : xstrdup(record.tier);
    return false;
}

static bool take_affected(void *ctx, const char *key)
{
    struct gathering *g = ctx;
    g->facts.customers++;
    look_at(g, key);
    return true;
}

static void finish(struct gathering *g, struct importance *ret)
{
    g->facts.cared = g->cared;
    g->facts.tier = g->tier;
    importance_weigh(&g->facts, &g->policy->set->catalogue.important, ret);
    free(g->cared);
    free(g->tier);
}

static int minutes_of(const struct policy *policy)
{
    return (int)(policy->set->catalogue.important.within / MINUTE);
}

void policy_importance(const struct policy *policy, const struct incident *incident, instant now,
                       struct importance *ret)
{
    const struct policy_host *host = &policy->host;
    struct gathering g = {.policy = policy};
    begin(&g, incident->service);
    if (host->affected)
        host->affected(host->ctx, incident, take_affected, &g);
    for (size_t i = 0; i < incident->affected.customers.n; i++)
        look_at(&g, incident->affected.customers.v[i].key);
    g.facts.customers = MAX(g.facts.customers, incident_customers(incident));
    if (host->pace)
        g.facts.alerts = host->pace(host->ctx, incident, minutes_of(policy), now);
    finish(&g, ret);
}

void policy_group_importance(const struct policy *policy, const struct group *group, instant now,
                             struct importance *ret)
{
    int minutes = minutes_of(policy);
    struct gathering g = {.policy = policy};
    begin(&g, group->about.service);
    for (size_t i = 0; i < group->affected.n && look_at(&g, group_affected_at(group, i).key);)
        i++;
    g.facts.customers = group_affected_count(group);
    g.facts.alerts.recent = group_count_within(group, minutes, now);
    g.facts.alerts.before = group_count_within(group, 2 * minutes, now) - g.facts.alerts.recent;
    finish(&g, ret);
}
