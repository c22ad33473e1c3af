#include "policy/roster.h"

#include <string.h>

#include "policy/set.h"

static const char *bare(const char *typed)
{
    return typed + (*typed == '@');
}

static const struct person_row *find_person(const struct policy_set *set, const char *id)
{
    for (size_t i = 0; i < set->roster.people.n; i++) {
        if (text_equal_nocase(set->roster.people.v[i].named.name, bare(id)))
            return &set->roster.people.v[i];
    }
    return NULL;
}

const struct team_row *find_team(const struct policy_set *set, const char *name)
{
    for (size_t i = 0; i < set->roster.teams.n; i++) {
        if (text_equal_nocase(set->roster.teams.v[i].named.name, bare(name)))
            return &set->roster.teams.v[i];
    }
    return NULL;
}

const struct rotation_row *find_rotation(const struct policy_set *set, const char *name)
{
    for (size_t i = 0; i < set->roster.rotations.n; i++) {
        if (text_equal_nocase(set->roster.rotations.v[i].named.name, bare(name)))
            return &set->roster.rotations.v[i];
    }
    return NULL;
}

bool policy_person(const struct policy *policy, const char *id, struct roster_person *ret)
{
    const struct person_row *row = policy ? find_person(policy->set, id) : NULL;
    if (row)
        *ret = (struct roster_person){row->named.name, row->name, row->email, row->users.v, row->users.n};
    return row != NULL;
}

bool policy_find_team(const struct policy *policy, const char *name, struct roster_team *ret)
{
    const struct team_row *row = policy && name ? find_team(policy->set, name) : NULL;
    if (row)
        *ret = (struct roster_team){row->named.name, row->rotation, row->channel, row->desk};
    return row != NULL;
}

size_t policy_team(const struct policy *policy, const char *name, const char *const **ret_people)
{
    const struct team_row *row = policy ? find_team(policy->set, name) : NULL;
    if (row)
        *ret_people = (const char *const *)row->people.v;
    return row ? row->people.n : 0;
}

/* ---- what names nobody ---- */

static bool names_somebody(const struct policy_set *set, const char *name)
{
    return find_team(set, name) || find_rotation(set, name) || find_person(set, name) ||
           strchr(bare(name), '@');
}

static bool is_named_before(const struct policy_set *set, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (text_equal(set->rules.v[k].effect.page, set->rules.v[i].effect.page))
            return true;
    }
    return false;
}

/* "product-responder names nobody: add team{…} to the policy. It is paged by many-customers and new-error-important." */
static char *rule_fault(const struct policy_set *set, const char *target)
{
    struct str text = {0};
    str_addf(&text,
             "%s names nobody: add team { name = \"%s\", people = { … } } to the policy. Rules that page it: ",
             target, target + (*target == '@'));
    for (size_t i = 0, n = 0; i < set->rules.n; i++) {
        if (text_equal(set->rules.v[i].effect.page, target))
            str_addf(&text, "%s%s", n++ ? ", " : "", set->rules.v[i].named.name);
    }
    return str_take(&text);
}

static void find_rules(const struct policy_set *set, void (*on)(void *ctx, const char *fault), void *ctx)
{
    for (size_t i = 0; i < set->rules.n; i++) {
        const char *target = set->rules.v[i].effect.page;
        if (text_empty(target) || names_somebody(set, target) || is_named_before(set, i))
            continue;
        CLEANUP_FREE char *fault = rule_fault(set, target);
        on(ctx, fault);
    }
}

static void find_members(const struct policy_set *set, const char *what, const struct named *named,
                         const text_list *people, void (*on)(void *ctx, const char *fault), void *ctx)
{
    for (size_t i = 0; i < people->n; i++) {
        const char *person = people->v[i];
        if (find_person(set, person) || strchr(bare(person), '@'))
            continue;
        CLEANUP_FREE char *fault =
            xasprintf("%s: %s %s: people{} does not declare %s, so a page reaches %s only if Tocsin knows them "
                      "from chat",
                      named->where, what, named->name, person, person);
        on(ctx, fault);
    }
}

void policy_pages_nobody(const struct policy *policy, void (*on)(void *ctx, const char *fault), void *ctx)
{
    const struct policy_set *set = policy->set;
    find_rules(set, on, ctx);
    for (size_t i = 0; i < set->roster.teams.n; i++)
        find_members(set, "team", &set->roster.teams.v[i].named, &set->roster.teams.v[i].people, on, ctx);
    for (size_t i = 0; i < set->roster.rotations.n; i++) {
        const struct rotation_row *row = &set->roster.rotations.v[i];
        for (size_t k = 0; k < row->rows.n; k++)
            find_members(set, "rotation", &row->named, &row->rows.v[k].people, on, ctx);
    }
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
    }
}
