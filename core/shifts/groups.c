/*
 * User groups on chat have as members whoever is on call now. Several rotations may share a group: it has all of theirs. A group is told
 * when that changes, and again when its connector comes up, since somebody may have changed it there meanwhile.
 */
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "delivery/link.h"
#include "people/people.h"
#include "policy/roster.h"
#include "shifts/inside.h"
#include "sight/sight.h"

#define GROUP_KEY "group:"

struct group_members {
    const struct core *core;
    const char *connector, *group;
    instant now;
    ARRAY(const char *) users, emails; /* borrowed */
};

/* The i-th group of a rotation on a connector, from 0; NULL: there are no more. Borrowed. */
static const char *group_at(const struct policy *policy, const struct rotation *rotation, const char *connector,
                            size_t i)
{
    const struct roster_user *group;
    for (size_t k = 0; (group = policy_rotation_group(policy, rotation, k)); k++) {
        if ((!group->connector || text_equal(group->connector, connector)) && i-- == 0)
            return group->user;
    }
    return NULL;
}

static void add_once(const char *text, const char *const *v, size_t n, bool *ret_new)
{
    for (size_t i = 0; i < n && *ret_new; i++)
        *ret_new = !text_equal_nocase(v[i], text);
}

static void add_person(struct group_members *members, const char *name)
{
    const char *id = oncall_person(members->core, name);
    const char *user = id ? people_user(members->core, id, members->connector) : NULL;
    const char *email = id ? people_email(members->core, id) : NULL;
    struct roster_person declared;
    bool is_new = true;
    if (policy_person(core_policy(members->core), name, &declared)) {
        user = user ? user : roster_user_on(&declared, members->connector);
        email = email ? email : declared.email;
    }
    if (user)
        add_once(user, members->users.v, members->users.n, &is_new);
    else if (email)
        add_once(email, members->emails.v, members->emails.n, &is_new);
    if (is_new && user)
        *array_add(&members->users) = user;
    else if (is_new && email)
        *array_add(&members->emails) = email;
}

static void add_rotation(struct group_members *members, const struct rotation *rotation)
{
    struct on_call on;
    const char *group;
    bool its = false;
    for (size_t i = 0; !its && (group = group_at(core_policy(members->core), rotation, members->connector, i));
         i++)
        its = text_equal(group, members->group);
    if (!its)
        return;
    oncall_at(members->core, rotation, members->now, &on);
    for (size_t i = 0; i < on.n; i++)
        add_person(members, on.people[i]);
}

static void put_list(struct json_out *j, const char *name, const char *const *v, size_t n)
{
    json_key(j, name);
    json_begin_array(j);
    for (size_t i = 0; i < n; i++)
        json_text(j, v[i]);
    json_end_array(j);
}

/* NULL: nobody whom the platform may know is on call, so the group stays as it was. The caller frees. */
static char *body_of(struct group_members *members)
{
    const struct rotation *rotation;
    struct str body = {0};
    struct json_out j = {&body, false};
    for (size_t i = 0; (rotation = policy_rotation_at(core_policy(members->core), i)); i++)
        add_rotation(members, rotation);
    if (members->users.n + members->emails.n) {
        json_begin_object(&j);
        json_put_text(&j, "group", members->group);
        put_list(&j, "users", members->users.v, members->users.n);
        put_list(&j, "emails", members->emails.v, members->emails.n);
        json_end_object(&j);
    }
    array_free(&members->users);
    array_free(&members->emails);
    return body.p ? str_take(&body) : NULL;
}

static void send(struct turn *turn, const struct link *link, const char *group, const char *body)
{
    CLEANUP_FREE char *key = turn_key_as(turn, GROUP_KEY), *order = xasprintf(GROUP_KEY "%s", group);
    struct place place = {.connector = link->name};
    struct action action = {.key = key,
                            .kind = "group.members",
                            .channel = order,
                            .body = (char *)(uintptr_t)body,
                            .coalesce = order,
                            .lane = LANE_HOUSEKEEPING};
    sight_send(turn, &action, NULL, &place);
}

/* Unless it was told the same before. */
static void tell(struct turn *turn, const struct link *link, const char *group)
{
    struct core *core = turn_core(turn);
    struct shifts *shifts = shifts_of(core);
    CLEANUP_FREE char *key = xasprintf("%s\x1f%s", link->name, group);
    struct group_members members = {
        .core = core, .connector = link->name, .group = group, .now = turn_now(turn)};
    char *body = body_of(&members);
    if (!body || text_equal(map_get(&shifts->groups.told, key), body)) {
        free(body);
        return;
    }
    send(turn, link, group, body);
    free(map_put(&shifts->groups.told, key, body));
}

static void tell_link(struct turn *turn, const struct link *link)
{
    const struct policy *policy = core_policy(turn_core(turn));
    const struct rotation *rotation;
    const char *group;
    for (size_t i = 0; (rotation = policy_rotation_at(policy, i)); i++) {
        for (size_t k = 0; (group = group_at(policy, rotation, link->name, k)); k++)
            tell(turn, link, group);
    }
}

void groups_forget(struct shifts *shifts)
{
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&shifts->groups.told, &i));)
        free(slot->value);
    map_finish(&shifts->groups.told);
    shifts->groups.told = (struct map){0};
}

/* Which connectors are up and have groups, a bit each. */
static uint64_t links_up(const struct core *core)
{
    uint64_t up = 0;
    for (size_t i = 0; i < links(core)->n && i < 64; i++) {
        const struct link *link = &links(core)->v[i];
        up |= (uint64_t)(link->up && link->can & TOCSIN_CAN_GROUPS) << i;
    }
    return up;
}

void groups_tick(struct core *core, instant now)
{
    struct shifts *shifts = shifts_of(core);
    uint64_t up = links_up(core), came = up & ~shifts->groups.up;
    if (!core_ready(core, NULL) || (!came && !shifts->groups.due)) {
        shifts->groups.up &= up;
        return;
    }
    if (came)
        groups_forget(shifts);
    struct turn *turn = turn_begin(core, now);
    for (size_t i = 0; i < links(core)->n && i < 64; i++) {
        if (up & UINT64_C(1) << i)
            tell_link(turn, &links(core)->v[i]);
    }
    turn_commit(turn, NULL, NULL);
    shifts->groups.up = up;
    shifts->groups.due = false;
}
