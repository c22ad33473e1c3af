#include "paging/whom.h"

#include <string.h>

#include <tocsin/connector.h>

#include "oncall/oncall.h"

void whom_names(struct turn *turn, const char *target, name_list *ret)
{
    const struct policy *policy = core_policy(turn_core(turn));
    const struct rotation *rotation = policy_rotation(policy, target);
    const char *const *people;
    struct on_call on = {0};
    if (rotation)
        oncall_at(turn_core(turn), rotation, turn_now(turn), &on);
    for (size_t i = 0; i < on.n; i++)
        *array_add(ret) = on.people[i];
    size_t n = policy_team(policy, target, &people);
    for (size_t i = 0; i < n; i++)
        *array_add(ret) = people[i];
    if (!rotation && !n && whom_callee(turn, target).id)
        *array_add(ret) = target;
}

char *whom_nobody(struct turn *turn, const char *target)
{
    struct core *core = turn_core(turn);
    const struct rotation *rotation = policy_rotation(core_policy(core), target);
    struct str why = {0};
    if (rotation)
        oncall_nobody(core, rotation, turn_now(turn), &why);
    else
        str_addf(&why, "%s names nobody: add team { name = \"%s\", people = { … } } to the policy", target,
                 target + (*target == '@'));
    return str_take(&why);
}

struct callee whom_callee(struct turn *turn, const char *name)
{
    struct core *core = turn_core(turn);
    struct roster_person declared;
    const struct person *person = policy_person(core_policy(core), name, &declared)
                                      ? people_declared(turn, &declared)
                                      : people_find(core, name);
    const char *bare = name + (*name == '@');
    return (struct callee){person ? person->id : strchr(bare, '@') ? bare : NULL, person};
}

static void add(address_list *list, const struct link *link, const char *user, const char *email)
{
    if (user)
        *array_add(list) = (struct address){link, user, NULL};
    else if (email && link->can & TOCSIN_CAN_EMAILS)
        *array_add(list) = (struct address){link, NULL, email};
}

static const char *declared_user(const struct roster_person *declared, const char *connector)
{
    for (size_t i = 0; i < declared->n; i++) {
        if (text_equal(declared->users[i].connector, connector))
            return declared->users[i].user;
    }
    return NULL;
}

static void add_declared(const struct core *core, const struct roster_person *declared, const char *id,
                         address_list *ret)
{
    for (size_t i = 0; i < links(core)->n; i++) {
        const struct link *link = &links(core)->v[i];
        const char *user = declared_user(declared, link->name);
        if (!user && declared->email && link->can & TOCSIN_CAN_EMAILS)
            user = people_user(core, id, link->name);
        if (link->can & TOCSIN_CAN_PAGE)
            add(ret, link, user, declared->email);
    }
}

void whom_addresses(struct turn *turn, const struct incident *incident, const char *name,
                    const struct callee *callee, address_list *ret)
{
    const struct core *core = turn_core(turn);
    struct roster_person declared;
    if (policy_person(core_policy(core), name, &declared))
        add_declared(core, &declared, callee->id, ret);
    const char *email = callee->person ? people_email(core, callee->id) : incident->private ? NULL : callee->id;
    for (size_t i = 0, known = ret->n; !known && i < links(core)->n; i++) {
        const struct link *link = &links(core)->v[i];
        const char *user = callee->person ? people_user(core, callee->id, link->name) : NULL;
        if (link->can & TOCSIN_CAN_PAGE)
            add(ret, link, user, email);
    }
}
