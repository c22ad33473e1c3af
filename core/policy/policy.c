#include "policy/policy.h"

#include <stdio.h>

#include "policy/load.h"

/* The defaults are part of the program, so a policy always has a set. */
struct policy *policy_create(const struct policy_host *host)
{
    struct policy *policy = xcalloc(1, sizeof(*policy));
    struct error err;
    policy->host = *host;
    if (policy_load(policy, NULL, &err)) {
        fprintf(stderr, "%s\n", err.text);
        require(!"the policy that ships loads");
    }
    return policy;
}

void policy_destroy(struct policy *policy)
{
    if (!policy)
        return;
    set_destroy(policy->set);
    files_destroy(policy->tried);
    free(policy);
}

const struct rulebook *policy_rulebook(const struct policy *policy)
{
    return &policy->set->book;
}

bool policy_storm(const struct policy *policy, size_t i, struct storm_brake *ret)
{
    if (i >= policy->set->storms.n)
        return false;
    const struct storm_row *row = &policy->set->storms.v[i];
    *ret = (struct storm_brake){row->named.name, row->named.where, row->limit, row->within, row->by};
    return true;
}

void policy_rules(const struct policy *policy, struct str *out)
{
    struct json_out j = {out, false};
    json_begin_array(&j);
    for (size_t i = 0; i < policy->set->rules.n; i++) {
        const struct rule *rule = &policy->set->rules.v[i];
        json_begin_object(&j);
        json_put_text(&j, "name", rule->named.name);
        json_put_text(&j, "rule", rule->named.where);
        json_put_text_if(&j, "summary", rule->summary);
        json_put_text(&j, "verdict", verdict_name(rule->kind));
        json_put_int(&j, "fired", (int64_t)rule->fired);
        json_end_object(&j);
    }
    json_end_array(&j);
}
