/*
 * What a message to customers needs before it is sent: all approval{} that fit, together. Nobody has a role in a post that stands alone
 * (id 0): where one is asked for, somebody other than its author approves it.
 */
#include <string.h>

#include "policy/set.h"

/* In any case, as messages find the customers of a tier. */
static bool is_tier(const struct approval_row *row, const char *tier)
{
    bool is = false;
    for (size_t i = 0; i < row->tiers.n && !is; i++)
        is = text_matches_nocase(row->tiers.v[i], tier);
    return is;
}

static bool is_of_tier(const struct policy *policy, const struct approval_row *row, const char *customer)
{
    struct policy_customer record = {0};
    const struct policy_host *host = &policy->host;
    return host->customer && host->customer(host->ctx, customer, &record) && record.tier &&
           is_tier(row, record.tier);
}

struct tier_search {
    const struct policy *policy;
    const struct approval_row *row;
    bool found;
};

static bool search_tier(void *ctx, const char *key)
{
    struct tier_search *search = ctx;
    search->found = is_of_tier(search->policy, search->row, key);
    return !search->found;
}

static bool any_of_tier(const struct policy *policy, const struct approval_row *row,
                        const struct incident *incident)
{
    struct tier_search search = {policy, row, false};
    if (policy->host.affected)
        policy->host.affected(policy->host.ctx, incident, search_tier, &search);
    for (size_t i = 0; i < incident->affected.customers.n && !search.found; i++)
        search_tier(&search, incident->affected.customers.v[i].key);
    return search.found;
}

/* Does a recipient have one of these tiers? A post is for all customers, and more. */
static bool tier_fits(const struct policy *policy, const struct approval_row *row,
                      const struct incident *incident, const char *customer)
{
    bool fits = row->tiers.n == 0;
    if (text_starts(customer, CUSTOMERS_OF_TIER))
        return fits || is_tier(row, customer + strlen(CUSTOMERS_OF_TIER));
    if (strcmp(customer, EVERY_CUSTOMER) != 0 && !is_status_page(customer))
        return fits || is_of_tier(policy, row, customer);
    return fits || any_of_tier(policy, row, incident);
}

static bool row_fits(const struct policy *policy, const struct approval_row *row,
                     const struct incident *incident, const char *customer)
{
    return text_list_takes(&row->severities, incident->severity, false) &&
           text_list_takes(&row->kinds, incident->sort.kind, false) &&
           text_list_takes(&row->services, incident->service, true) &&
           text_list_takes(&row->audiences, is_status_page(customer) ? STATUS_PAGE : AUDIENCE_CUSTOMERS,
                           false) &&
           text_list_takes(&row->teams, incident->team, true) && tier_fits(policy, row, incident, customer);
}

struct approval policy_approval(const struct policy *policy, const struct incident *incident,
                                const char *customer)
{
    struct approval all = {.needs = 1};
    for (size_t i = 0; i < policy->set->comms.approvals.n; i++) {
        const struct approval_row *row = &policy->set->comms.approvals.v[i];
        if (!row_fits(policy, row, incident, customer))
            continue;
        all.needs = MAX(all.needs, row->needs);
        all.not_author |= row->not_author || (row->roles.n && !incident->id);
    }
    return all;
}

static void add_roles(const text_list *roles, struct str *out)
{
    for (size_t i = 0; i < roles->n; i++)
        str_addf(out, "%s%s", !i ? "" : i + 1 == roles->n ? " or " : ", ", roles->v[i]);
}

bool policy_approval_roles(const struct policy *policy, const struct incident *incident, const char *customer,
                           bool (*has)(void *ctx, const char *role), void *ctx, struct str *missing)
{
    for (size_t i = 0; i < policy->set->comms.approvals.n; i++) {
        const struct approval_row *row = &policy->set->comms.approvals.v[i];
        bool there = !row->roles.n || !incident->id || !row_fits(policy, row, incident, customer);
        for (size_t k = 0; k < row->roles.n && !there; k++)
            there = has(ctx, row->roles.v[k]);
        if (there)
            continue;
        add_roles(&row->roles, missing);
        return false;
    }
    return true;
}
