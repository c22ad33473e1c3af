#include "intake/group_member.h"

#include <string.h>

#include "base/mem.h"
#include "intake/group_edit.h"

static size_t find_member(const struct group *group, uint64_t member)
{
    size_t i = 0;
    while (i < group->firing.n && group->firing.v[i] != member)
        i++;
    return i;
}

/* ---- those that recovered lately ---- */

static void remove_gone(struct group *group, size_t i)
{
    free(group->gone[i].name);
    group->firing.n_gone--;
    memmove(&group->gone[i], &group->gone[i + 1], (group->firing.n_gone - i) * sizeof(*group->gone));
}

static void add_gone(struct group *group, const struct group_gone *gone)
{
    for (size_t i = group->firing.n_gone; i-- > 0;) {
        if (!group->gone[i].name && gone->at - group->gone[i].at >= FLAP_WITHIN)
            remove_gone(group, i);
    }
    if (group->firing.n_gone == GROUP_MEMBERS)
        remove_gone(group, 0);
    if ((group->firing.n_gone & (group->firing.n_gone - 1)) == 0)
        group->gone = xrealloc(group->gone, MAX(group->firing.n_gone * 2, 1), sizeof(*group->gone));
    group->gone[group->firing.n_gone++] = *gone;
}

/* A member that comes back. Returns whether people believe that it fires, because they were not told that it had recovered. */
static bool take_back(struct group *group, uint64_t member, instant now)
{
    for (size_t i = 0; i < group->firing.n_gone; i++) {
        if (group->gone[i].member != member)
            continue;
        bool told = group->gone[i].name != NULL;
        group_flap(group, group->gone[i].at, now);
        remove_gone(group, i);
        return told;
    }
    return false;
}

/* ---- those that fire ---- */

/* The room doubles, so it is full at 1, 2, 4, … */
static void append(struct group *group, uint64_t member, const struct group_member *about)
{
    struct group_firing *firing = &group->firing;
    if ((firing->n & (firing->n - 1)) == 0) {
        size_t room = MAX(firing->n * 2, 1);
        firing->v = xrealloc(firing->v, room, sizeof(*firing->v));
        firing->about = xrealloc(firing->about, room, sizeof(*firing->about));
    }
    firing->v[firing->n] = member;
    firing->about[firing->n++] = *about;
    group->upkeep.changed = true;
}

static char *short_name(const char *name)
{
    size_t n = strlen(name);
    return n ? xstrndup(name, utf8_cut(name, n, MEMBER_NAME)) : NULL;
}

/* Its sender renewed the alert, or sends it without an end from now on. */
static void renew(struct group *group, instant *ends, instant at)
{
    group->upkeep.changed |= *ends != at;
    *ends = at;
}

void group_add_member(struct group *group, const struct alert *alert, instant now)
{
    size_t at = alert->member ? find_member(group, alert->member) : 0;
    if (alert->ends || group->firing.due) {
        if (!alert->member)
            renew(group, &group->times.ends, alert->ends);
        else if (at < group->firing.n)
            renew(group, &group->firing.about[at].ends, alert->ends);
    }
    if (!alert->member || at < group->firing.n)
        return;
    if (group->firing.n == GROUP_MEMBERS) {
        group->upkeep.changed |= !group->firing.crowded;
        group->firing.crowded = true;
        return;
    }
    bool told = take_back(group, alert->member, now);
    append(group, alert->member,
           &(struct group_member){.name = short_name(alert->instance), .ends = alert->ends, .told = told});
}

/* People are told that it recovered if they were told that it fires. */
static void drop(struct group *group, size_t at, const struct alert *alert, instant now)
{
    struct group_firing *firing = &group->firing;
    struct group_member *about = &firing->about[at];
    struct group_gone gone = {.member = firing->v[at], .at = now};
    const char *reason = alert ? alert_tag(alert, "grafana_state_reason") : NULL;
    if (about->told && about->name)
        gone.name = reason ? xasprintf("%s (%.40s)", about->name, reason) : xstrdup(about->name);
    free(about->name);
    add_gone(group, &gone);
    firing->n--;
    firing->v[at] = firing->v[firing->n];
    firing->about[at] = firing->about[firing->n];
    group->upkeep.changed = true;
}

bool group_drop_member(struct group *group, const struct alert *alert, instant now)
{
    if (!alert->member)
        return true;
    size_t at = find_member(group, alert->member);
    if (at < group->firing.n)
        drop(group, at, alert, now);
    return group->firing.n == 0 && !group->firing.crowded;
}

bool group_drop_ended(struct group *group, instant now)
{
    bool ended = group->times.ends && group->times.ends <= now;
    if (ended)
        group->times.ends = 0;
    for (size_t i = group->firing.n; i-- > 0;) {
        if (!group->firing.about[i].ends || group->firing.about[i].ends > now)
            continue;
        drop(group, i, NULL, now);
        ended = true;
    }
    return ended && group->firing.n == 0 && !group->firing.crowded && !group->times.ends;
}

void group_members_finish(struct group *group)
{
    for (size_t i = 0; i < group->firing.n; i++)
        free(group->firing.about[i].name);
    while (group->firing.n_gone)
        remove_gone(group, group->firing.n_gone - 1U);
    free(group->firing.v);
    free(group->firing.about);
    free(group->gone);
}

void group_drop_all(struct group *group)
{
    group_members_finish(group);
    group->firing = (struct group_firing){.due = group->firing.due};
    group->gone = NULL;
    group->times.ends = 0;
}

void group_members_told(struct group *group, bool told)
{
    for (size_t i = 0; i < group->firing.n; i++) {
        group->upkeep.changed |= group->firing.about[i].told != told;
        group->firing.about[i].told = told;
    }
    for (size_t i = 0; i < group->firing.n_gone; i++) {
        group->upkeep.changed |= group->gone[i].name != NULL;
        free(group->gone[i].name);
        group->gone[i].name = NULL;
    }
}

/* ---- from and to the journal ---- */

void group_load_member(struct group *group, uint64_t member, const struct group_member *about)
{
    if (!member || group->firing.n == GROUP_MEMBERS || find_member(group, member) < group->firing.n)
        return;
    struct group_member own = *about;
    own.name = about->name ? short_name(about->name) : NULL;
    append(group, member, &own);
}

void group_load_gone(struct group *group, const struct group_gone *gone)
{
    struct group_gone own = *gone;
    own.name = xstrdup(gone->name);
    add_gone(group, &own);
}

size_t group_members_bytes(const struct group *group)
{
    size_t bytes = (sizeof(*group->firing.v) + sizeof(*group->firing.about)) * (size_t)group->firing.n * 2 +
                   sizeof(*group->gone) * (size_t)group->firing.n_gone * 2;
    for (size_t i = 0; i < group->firing.n; i++)
        bytes += group->firing.about[i].name ? strlen(group->firing.about[i].name) + 24 : 0;
    for (size_t i = 0; i < group->firing.n_gone; i++)
        bytes += group->gone[i].name ? strlen(group->gone[i].name) + 24 : 0;
    return bytes;
}
