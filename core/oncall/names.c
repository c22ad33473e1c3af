/* Whom a rotation means by a name, and how they are called. */
#include "base/markup.h"
#include "oncall/oncall.h"
#include "people/people.h"

/* NULL: nobody knows them from chat yet. */
static const struct person *person_of(const struct core *core, const char *name)
{
    struct roster_person declared;
    return policy_person(core_policy(core), name, &declared) ? people_of_declared(core, &declared)
                                                             : people_find(core, name);
}

const char *oncall_person(const struct core *core, const char *name)
{
    const struct person *known = person_of(core, name);
    return known ? known->id : NULL;
}

bool oncall_is(const struct core *core, const char *name, const char *person)
{
    const struct person *known = person_of(core, name);
    return known && people_same(core, known->id, person);
}

const char *oncall_name(const struct core *core, const char *person)
{
    struct roster_person declared;
    const struct person *known = person_of(core, person);
    if (policy_person(core_policy(core), person, &declared) && declared.name)
        return declared.name;
    return known && known->name ? known->name : person;
}

void oncall_names(const struct core *core, const struct on_call *on, struct str *out)
{
    for (size_t i = 0; i < on->n; i++)
        str_markup(out, i ? " and %s" : "%s", oncall_name(core, on->people[i]));
    if (!on->n)
        str_add(out, "nobody");
}
