#include "policy/drills.h"

#include "policy/set.h"

static const char *const acts[DRILL_ACTS] = {
    [DRILL_ALERT] = "alert", [DRILL_RECOVERS] = "recovers", [DRILL_CUSTOMER] = "customer",
    [DRILL_FAILS] = "fails", [DRILL_MENDS] = "mends",       [DRILL_PAGE] = "page",
    [DRILL_NOTE] = "note",
};

const char *drill_act_name(enum drill_act act)
{
    return acts[act];
}

bool policy_drill_at(const struct policy *policy, size_t i, struct drill_script *ret)
{
    if (!policy || i >= policy->set->alerts.drills.n)
        return false;
    const struct drill_row *row = &policy->set->alerts.drills.v[i];
    *ret = (struct drill_script){.name = row->named.name,
                                 .title = row->title,
                                 .about = row->about,
                                 .severity = row->severity,
                                 .service = row->service,
                                 .team = row->team,
                                 .steps = row->steps.v,
                                 .n = row->steps.n,
                                 .ends = row->ends};
    return true;
}

bool policy_drill(const struct policy *policy, const char *name, struct drill_script *ret)
{
    size_t i = 0;
    while (policy_drill_at(policy, i, ret) && !text_equal_nocase(ret->name, name))
        i++;
    return policy_drill_at(policy, i, ret);
}
