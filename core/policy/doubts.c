/* What a policy says of people that is probably not meant: it names nobody. */
#include <string.h>

#include "policy/set.h"

static bool names_somebody(const struct policy_set *set, const char *name)
{
    return find_team(set, name) || find_rotation(set, name) || find_escalation(set, name) ||
           find_person(set, name) || strchr(bare_name(name), '@');
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
        if (find_person(set, person) || strchr(bare_name(person), '@'))
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
    escalations_doubts(set, on, ctx);
}
