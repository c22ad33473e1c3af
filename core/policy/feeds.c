#include "policy/feeds.h"

#include "policy/set.h"

bool feed_days(const struct policy *policy, const char *url, struct holidays *ret)
{
    return policy->host.holidays && policy->host.holidays(policy->host.ctx, url, ret);
}

bool policy_feed_at(const struct policy *policy, size_t i, struct policy_feed *ret)
{
    for (size_t k = 0; policy && k < policy->set->roster.holidays.n; k++) {
        const struct holidays_row *row = &policy->set->roster.holidays.v[k];
        if (!row->url || i--)
            continue;
        *ret = (struct policy_feed){row->named.name, row->url, row->read, &row->days};
        return true;
    }
    return false;
}

bool policy_feed_is_of(const struct policy_feed *feed, const struct rotation *rotation)
{
    bool is = false;
    for (size_t i = 0; i < rotation->n && !is; i++)
        is = rotation->layers[i].holidays == feed->days;
    return is;
}

static bool renew(const struct policy *policy, struct holidays_row *row)
{
    struct holidays days = {0};
    if (!row->url || !feed_days(policy, row->url, &days))
        return false;
    bool same = row->read && holidays_same(&row->days, &days);
    holidays_finish(&row->days);
    row->days = days; /* in place: layers point to it */
    row->read = true;
    return !same;
}

bool policy_feeds_renew(struct policy *policy)
{
    bool changed = false;
    for (size_t i = 0; i < policy->set->roster.holidays.n; i++)
        changed |= renew(policy, &policy->set->roster.holidays.v[i]);
    policy->generation += changed;
    return changed;
}
