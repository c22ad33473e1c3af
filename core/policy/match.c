/* Whether a rule matches an alert group. C only, since every new group passes here. */
#include <string.h>

#include "intake/group_affected.h"
#include "policy/set.h"

static const char *field_of(const struct group *group, const struct pattern *pattern)
{
    const struct alert *alert = group->alert;
    const char *value = NULL;
    switch (pattern->field) {
    case PATTERN_SERVICE:
        return group->about.service;
    case PATTERN_ENVIRONMENT:
        return group->about.environment;
    case PATTERN_SOURCE:
        return group->about.source;
    case PATTERN_ORIGIN:
        return group->about.origin;
    case PATTERN_STREAM:
        return group->about.stream;
    case PATTERN_TYPE:
        return group->about.type;
    case PATTERN_TITLE:
        return group->about.title;
    case PATTERN_RELEASE:
        return group->about.release;
    case PATTERN_CULPRIT:
        return group->about.culprit;
    case PATTERN_MESSAGE:
        return alert ? alert->message : "";
    case PATTERN_HOST:
        return alert ? alert->host : "";
    case PATTERN_TAG:
        value = alert ? alert_tag(alert, pattern->tag) : NULL;
        return value ? value : "";
    case PATTERN_CUSTOMER:
    case PATTERN_TIER:
    default:
        return "";
    }
}

static bool any_glob(const text_list *globs, const char *value)
{
    for (size_t i = 0; i < globs->n; i++) {
        if (text_matches(globs->v[i], value))
            return true;
    }
    return false;
}

/* Keys and tiers of customers are the same in any case. */
static bool any_glob_nocase(const text_list *globs, const char *value)
{
    for (size_t i = 0; i < globs->n; i++) {
        if (text_matches_nocase(globs->v[i], value))
            return true;
    }
    return false;
}

/* What the directory says of a customer; nothing, where it does not have them. */
static struct policy_customer record_of(const struct policy *policy, const struct group *group, size_t i)
{
    struct policy_customer record = {0};
    if (policy->host.customer &&
        !policy->host.customer(policy->host.ctx, group_affected_at(group, i).key, &record))
        record = (struct policy_customer){0};
    return record;
}

/* Of a customer, the key in the alert and the one in the directory count. */
static bool customer_fits(const struct policy *policy, const struct pattern *pattern, const struct group *group,
                          size_t i)
{
    bool by_key = pattern->field == PATTERN_CUSTOMER;
    if (by_key && any_glob_nocase(&pattern->globs, group_affected_at(group, i).key))
        return true;
    const struct policy_customer record = record_of(policy, group, i);
    const char *said = by_key ? record.key : record.tier;
    return said && any_glob_nocase(&pattern->globs, said);
}

/* services{ important } is among the patterns already. */
static bool is_declared_important(const struct policy *policy, const struct group *group)
{
    return weigh_declared(find_service(policy->set, group->about.service)) > SERVICE_ORDINARY;
}

static bool pattern_fits(const struct policy *policy, const struct pattern *pattern, const struct group *group)
{
    if (pattern->field != PATTERN_CUSTOMER && pattern->field != PATTERN_TIER)
        return any_glob(&pattern->globs, field_of(group, pattern)) ||
               (pattern->important && is_declared_important(policy, group));
    for (size_t i = 0; i < group->affected.n; i++) {
        if (customer_fits(policy, pattern, group, i))
            return true;
    }
    return false;
}

/* Does it affect somebody whom we watch over? */
static bool cares_for(const struct policy *policy, const struct group *group)
{
    bool cares = false;
    for (size_t i = 0; i < group->affected.n && !cares; i++)
        cares = record_of(policy, group, i).cares;
    return cares;
}

/* With what `but` leaves out. */
static bool match_fits(const struct policy *policy, const struct match *match, const struct group *group,
                       instant now, const struct rule_but *but)
{
    if (match->least_level >= 0 && group->level < match->least_level && !but->level)
        return false;
    if (match->incident >= 0 && (group->care.incident != 0) != match->incident)
        return false;
    if (match->cares >= 0 && cares_for(policy, group) != match->cares)
        return false;
    if (match->customers && group_affected_count(group) < match->customers)
        return false;
    for (size_t i = 0; i < match->patterns.n; i++) {
        if (&match->patterns.v[i] != but->pattern && !pattern_fits(policy, &match->patterns.v[i], group))
            return false;
    }
    if (!match->count)
        return true;
    int64_t count = match->minutes ? group_count_within(group, match->minutes, now) : group->tally.count;
    return count >= match->count;
}

bool rule_fits_but(const struct policy *policy, const struct rule *rule, const struct group *group,
                   enum group_change change, instant now, const struct rule_but *but)
{
    static const struct rule_but nothing;
    return (rule->moments & 1U << change) && match_fits(policy, &rule->match, group, now, but) &&
           !(rule->has_except && match_fits(policy, &rule->except, group, now, &nothing));
}

bool rule_fits(const struct policy *policy, const struct rule *rule, const struct group *group,
               enum group_change change, instant now)
{
    static const struct rule_but nothing;
    return rule_fits_but(policy, rule, group, change, now, &nothing);
}
