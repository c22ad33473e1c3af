#include "policy/roster.h"

#include <string.h>

#include "policy/set.h"

const char *bare_name(const char *typed)
{
    return typed + (*typed == '@');
}

const struct person_row *find_person(const struct policy_set *set, const char *id)
{
    for (size_t i = 0; i < set->roster.people.n; i++) {
        if (text_equal_nocase(set->roster.people.v[i].named.name, bare_name(id)))
            return &set->roster.people.v[i];
    }
    return NULL;
}

const struct team_row *find_team(const struct policy_set *set, const char *name)
{
    for (size_t i = 0; i < set->roster.teams.n; i++) {
        if (text_equal_nocase(set->roster.teams.v[i].named.name, bare_name(name)))
            return &set->roster.teams.v[i];
    }
    return NULL;
}

const struct escalation_row *find_escalation(const struct policy_set *set, const char *name)
{
    for (size_t i = 0; i < set->roster.escalations.n; i++) {
        if (text_equal_nocase(set->roster.escalations.v[i].named.name, bare_name(name)))
            return &set->roster.escalations.v[i];
    }
    return NULL;
}

const struct rotation_row *find_rotation(const struct policy_set *set, const char *name)
{
    for (size_t i = 0; i < set->roster.rotations.n; i++) {
        if (text_equal_nocase(set->roster.rotations.v[i].named.name, bare_name(name)))
            return &set->roster.rotations.v[i];
    }
    return NULL;
}

static bool give_person(const struct person_row *row, struct roster_person *ret)
{
    if (row)
        *ret = (struct roster_person){row->named.name, row->name, row->email, row->users.v, row->users.n};
    return row != NULL;
}

bool policy_person(const struct policy *policy, const char *id, struct roster_person *ret)
{
    return give_person(policy ? find_person(policy->set, id) : NULL, ret);
}

bool policy_person_at(const struct policy *policy, size_t i, struct roster_person *ret)
{
    return give_person(policy && i < policy->set->roster.people.n ? &policy->set->roster.people.v[i] : NULL,
                       ret);
}

static bool give_team(const struct team_row *row, struct roster_team *ret)
{
    if (row)
        *ret = (struct roster_team){row->named.name, row->rotation, row->channel, row->desk, row->digest};
    return row != NULL;
}

bool policy_team_at(const struct policy *policy, size_t i, struct roster_team *ret)
{
    return give_team(policy && i < policy->set->roster.teams.n ? &policy->set->roster.teams.v[i] : NULL, ret);
}

bool policy_find_team(const struct policy *policy, const char *name, struct roster_team *ret)
{
    return give_team(policy && name ? find_team(policy->set, name) : NULL, ret);
}

size_t policy_team(const struct policy *policy, const char *name, const char *const **ret_people)
{
    const struct team_row *row = policy ? find_team(policy->set, name) : NULL;
    if (row)
        *ret_people = (const char *const *)row->people.v;
    return row ? row->people.n : 0;
}

void policy_roster_connectors(const struct policy *policy,
                              void (*on)(void *ctx, const char *where, const char *person,
                                         const char *connector),
                              void *ctx)
{
    const struct policy_set *set = policy->set;
    for (size_t i = 0; i < set->roster.people.n; i++) {
        const struct person_row *row = &set->roster.people.v[i];
        for (size_t k = 0; k < row->users.n; k++)
            on(ctx, row->named.where, row->named.name, row->users.v[k].connector);
        for (size_t k = 0; k < row->ways.n; k++) {
            if (strcmp(row->ways.v[k].name, WAY_CALL) != 0)
                on(ctx, row->named.where, row->named.name, row->ways.v[k].name);
        }
    }
}
