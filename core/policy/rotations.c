#include "policy/rotations.h"

#include "policy/set.h"

const struct rotation *policy_rotation_at(const struct policy *policy, size_t i)
{
    return policy && i < policy->set->roster.rotations.n ? &policy->set->roster.rotations.v[i].rotation : NULL;
}

const struct rotation *policy_rotation_named(const struct policy *policy, const char *name)
{
    const struct rotation_row *row = policy && name ? find_rotation(policy->set, name) : NULL;
    return row ? &row->rotation : NULL;
}

const struct rotation *policy_rotation(const struct policy *policy, const char *name)
{
    const struct team_row *team = policy ? find_team(policy->set, name) : NULL;
    return policy_rotation_named(policy, team ? team->rotation : name);
}

uint64_t policy_generation(const struct policy *policy)
{
    return policy ? policy->generation : 0;
}

bool policy_team_of_rotation(const struct policy *policy, const struct rotation *rotation, size_t i,
                             struct roster_team *ret)
{
    for (size_t k = 0; policy && k < policy->set->roster.teams.n; k++) {
        const struct team_row *team = &policy->set->roster.teams.v[k];
        if (team->rotation && find_rotation(policy->set, team->rotation) &&
            &find_rotation(policy->set, team->rotation)->rotation == rotation && i-- == 0)
            return policy_find_team(policy, team->named.name, ret);
    }
    return false;
}

const struct roster_user *policy_rotation_group(const struct policy *policy, const struct rotation *rotation,
                                                size_t i)
{
    const struct rotation_row *row = policy ? find_rotation(policy->set, rotation->name) : NULL;
    return row && i < row->groups.n ? &row->groups.v[i] : NULL;
}
