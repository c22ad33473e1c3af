#include "paging/whom.h"

#include <string.h>

#include <tocsin/connector.h>

#include "oncall/oncall.h"
#include "policy/escalations.h"

#define ONE_BY_ONE 4 /* of a team, before everybody is called */

/* ---- levels ---- */

static void add_level(struct level *levels, size_t *n, enum level_kind kind, const char *name, bool second)
{
    levels[(*n)++] = (struct level){kind, name, second, ESCALATION_AFTER};
}

size_t whom_levels(const struct core *core, const char *target, struct level *levels)
{
    const struct policy *policy = core_policy(core);
    const struct rotation *rotation = policy_rotation(policy, target);
    const char *const *people = NULL;
    size_t n = 0, members = policy_team(policy, target, &people);
    for (int i = 0; rotation && i < rotation->at_once; i++)
        add_level(levels, &n, LEVEL_ROTATION, rotation->name, i != 0);
    for (size_t i = 0; i < members && i < ONE_BY_ONE; i++)
        add_level(levels, &n, LEVEL_PERSON, people[i], false);
    if (rotation || members > 1)
        add_level(levels, &n, LEVEL_TEAM, target, false);
    if (!n)
        add_level(levels, &n, LEVEL_PERSON, target, false);
    return n;
}

const char *whom_target(const struct core *core, const char *typed)
{
    const struct policy *policy = core_policy(core);
    const char *whom = typed + (*typed == '@');
    struct roster_team team;
    struct roster_person person;
    bool many = policy_rotation(policy, whom) || policy_find_team(policy, whom, &team) ||
                policy_escalation_name(policy, whom);
    return !many && people_find_declared(core, whom, &person) ? person.id : whom;
}

static void add_name(name_list *list, const char *name)
{
    for (size_t i = 0; i < list->n; i++) {
        if (text_equal_nocase(list->v[i], name))
            return;
    }
    *array_add(list) = name;
}

static void add_on_call(const struct core *core, const struct level *level, instant now, name_list *ret)
{
    const struct rotation *rotation = policy_rotation_named(core_policy(core), level->name);
    struct on_call on = {0};
    if (rotation)
        oncall_at(core, rotation, now, &on);
    if (level->second < on.n)
        add_name(ret, on.people[level->second]);
}

/* All who take turns. */
static void add_rotation(const struct core *core, const char *name, name_list *ret)
{
    const struct rotation *rotation = policy_rotation(core_policy(core), name);
    for (size_t i = 0; rotation && i < rotation->n; i++) {
        for (size_t k = 0; k < rotation->layers[i].n; k++)
            add_name(ret, rotation->layers[i].people[k]);
    }
}

static void add_team(const struct core *core, const char *name, name_list *ret)
{
    const char *const *people;
    size_t n = policy_team(core_policy(core), name, &people);
    for (size_t i = 0; i < n; i++)
        add_name(ret, people[i]);
    add_rotation(core, name, ret);
}

static void add_everybody(const struct core *core, const struct escalation *escalation, name_list *ret)
{
    for (size_t i = 0; i < escalation->n; i++) {
        const struct level *level = &escalation->levels[i];
        if (level->kind == LEVEL_PERSON)
            add_name(ret, level->name);
        else if (level->kind != LEVEL_EVERYBODY)
            add_team(core, level->name, ret);
    }
}

void whom_names(const struct core *core, const struct escalation *escalation, int level, instant now,
                name_list *ret)
{
    const struct level *called = &escalation->levels[level];
    if (called->kind == LEVEL_ROTATION)
        add_on_call(core, called, now, ret);
    else if (called->kind == LEVEL_PERSON)
        add_name(ret, called->name);
    else if (called->kind == LEVEL_TEAM)
        add_team(core, called->name, ret);
    else
        add_everybody(core, escalation, ret);
}

static bool is_somebody(const struct core *core, const char *name)
{
    struct roster_person declared;
    return whom_id(core, name) || policy_person(core_policy(core), name, &declared);
}

/* One who does not exist, named alone, is nobody; in a team, they are passed by and named. */
bool whom_any(const struct core *core, const struct escalation *escalation, instant now)
{
    name_list names = {0};
    for (size_t i = 0; i < escalation->n; i++)
        whom_names(core, escalation, (int)i, now, &names);
    bool any = names.n > 1 || (names.n == 1 && is_somebody(core, names.v[0])) ||
               (names.n == 1 && escalation->levels[0].kind != LEVEL_PERSON);
    array_free(&names);
    return any;
}

char *whom_nobody(const struct core *core, const char *target, instant now)
{
    const struct rotation *rotation = policy_rotation(core_policy(core), target);
    struct str why = {0};
    if (rotation)
        oncall_nobody(core, rotation, now, &why);
    else
        str_addf(&why, "%s names nobody: add team { name = \"%s\", people = { … } } to the policy", target,
                 target + (*target == '@'));
    return str_take(&why);
}

/* ---- people ---- */

const char *whom_id(const struct core *core, const char *name)
{
    const char *known = oncall_person(core, name), *bare = name + (*name == '@');
    return known ? known : strchr(bare, '@') ? bare : NULL;
}

const char *whom_become_known(struct turn *turn, const char *name)
{
    struct roster_person declared;
    if (policy_person(core_policy(turn_core(turn)), name, &declared))
        return people_declared(turn, &declared)->id;
    return whom_id(turn_core(turn), name);
}

/* ---- addresses ---- */

static void add(address_list *list, const struct link *link, const char *user, const char *email)
{
    if (user)
        *array_add(list) = (struct address){link, user, NULL};
    else if (email && link->can & TOCSIN_CAN_EMAILS)
        *array_add(list) = (struct address){link, NULL, email};
}

static void add_declared(const struct core *core, const struct roster_person *declared, const char *id,
                         address_list *ret)
{
    for (size_t i = 0; i < links(core)->n; i++) {
        const struct link *link = &links(core)->v[i];
        const char *user = roster_user_on(declared, link->name);
        if (!user && id && declared->email && link->can & TOCSIN_CAN_EMAILS)
            user = people_user(core, id, link->name);
        if (link->can & TOCSIN_CAN_PAGE)
            add(ret, link, user, declared->email);
    }
}

void whom_addresses(const struct core *core, const struct incident *incident, const char *name,
                    address_list *ret)
{
    struct roster_person declared;
    const char *id = whom_id(core, name);
    bool known = id && people_get(core, id);
    if (policy_person(core_policy(core), name, &declared))
        add_declared(core, &declared, id, ret);
    const char *email = known ? people_email(core, id) : incident->private ? NULL : id;
    for (size_t i = 0, before = ret->n; !before && i < links(core)->n; i++) {
        const struct link *link = &links(core)->v[i];
        const char *user = known ? people_user(core, id, link->name) : NULL;
        if (link->can & TOCSIN_CAN_PAGE)
            add(ret, link, user, email);
    }
}
