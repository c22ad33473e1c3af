/* Why no rule declares an incident: the rule that would, but for one condition, and what to write to have it do so. */
#include <string.h>

#include "base/markup.h"
#include "policy/set.h"

struct explaining {
    const struct policy *policy;
    const struct group *group;
    instant now;
    struct str *out;
};

/* What a function says cannot be foreseen. */
static bool may_declare(const struct rule *rule)
{
    return rule->kind == VERDICT_DECLARE && rule->when.function == LUA_NOREF &&
           rule->declare.function == LUA_NOREF;
}

static void tell_service(const struct explaining *e, const struct rule *rule, const struct pattern *pattern)
{
    const char *service = e->group->about.service, *set = pattern->set;
    const struct service *known = pattern->important ? find_service(e->policy->set, service) : NULL;
    str_markup(e->out, "the rule %s (%s) would declare it, ", rule->named.name, rule->named.where);
    if (!*service) {
        str_markup(e->out, "if it named a service, and that were in `services { %s = { … } }`", set);
        return;
    }
    str_markup(e->out, "if the service %s were in `services { %s = { \"%s\" } }`", service, set, service);
    if (known)
        str_markup(e->out, ", or had `critical_flow = true` or `tier = 1` at %s", known->where);
}

static bool tell_set(const struct explaining *e, const struct rule *rule)
{
    for (size_t i = 0; i < rule->match.patterns.n; i++) {
        const struct pattern *pattern = &rule->match.patterns.v[i];
        if (!pattern->set || !rule_fits_but(e->policy, rule, e->group, GROUP_NEW, e->now,
                                            &(struct rule_but){.pattern = pattern}))
            continue;
        tell_service(e, rule, pattern);
        return true;
    }
    return false;
}

static bool tell_level(const struct explaining *e, const struct rule *rule)
{
    if (!rule_fits_but(e->policy, rule, e->group, GROUP_NEW, e->now, &(struct rule_but){.level = true}))
        return false;
    str_markup(e->out, "the rule %s (%s) would declare it from level %s on; this is %s", rule->named.name,
               rule->named.where, alert_level_name((enum alert_level)rule->match.least_level),
               alert_level_name((enum alert_level)e->group->level));
    return true;
}

void policy_explain(const struct policy *policy, const struct group *group, instant now, struct str *out)
{
    const struct explaining e = {policy, group, now, out};
    for (size_t i = 0; i < policy->set->rules.n; i++) {
        const struct rule *rule = &policy->set->rules.v[i];
        if (may_declare(rule) && (tell_set(&e, rule) || tell_level(&e, rule)))
            return;
    }
}
