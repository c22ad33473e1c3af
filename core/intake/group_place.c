#include "intake/group_place.h"

#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "intake/group_edit.h"

static size_t find(const struct group *group, const char *environment, const char *service)
{
    size_t i = 0;
    while (i < group->places.n && (strcmp(group->places.v[i].environment, environment) != 0 ||
                                   strcmp(group->places.v[i].service, service) != 0))
        i++;
    return i;
}

/* Of the alert's place. Keyed, so that nobody can make two places look like one. */
static uint32_t hash_of(const struct problem *about)
{
    uint64_t hash = map_hash_on(0, about->environment, strlen(about->environment) + 1);
    return (uint32_t)map_hash_on(hash, about->service, strlen(about->service) + 1) | 1; /* 0: not known */
}

static void set_names(struct group_place *place, const char *environment, const char *service)
{
    size_t n = strlen(environment) + 1, m = strlen(service) + 1;
    char *block = xmalloc(n + m);
    memcpy(block, environment, n);
    memcpy(block + n, service, m);
    free(place->environment);
    place->environment = block;
    place->service = block + n;
}

static struct group_place *add(struct group *group, const char *environment, const char *service)
{
    if ((group->places.n & (group->places.n - 1)) == 0) /* double the room, as for members */
        group->places.v = xrealloc(group->places.v, MAX(group->places.n * 2, 1), sizeof(*group->places.v));
    struct group_place *place = &group->places.v[group->places.n++];
    *place = (struct group_place){0};
    set_names(place, environment, service);
    group->upkeep.changed = true;
    return place;
}

/* An alert from beyond the places that are kept. It gives the last one its names for the rules, once each time they are asked. */
static struct group_place *beyond(struct group *group, const struct alert *alert)
{
    struct group_place *place = &group->places.v[GROUP_PLACES - 1];
    if (place->due == GROUP_NOTHING || alert->level > place->level)
        set_names(place, alert->about.environment, alert->about.service);
    return place;
}

static struct group_place *place_of(struct group *group, const struct alert *alert, enum group_change *change)
{
    size_t i = find(group, alert->about.environment, alert->about.service);
    if (i < group->places.n)
        return &group->places.v[i];
    if (group->places.n == GROUP_PLACES)
        return beyond(group, alert);
    if (*change == GROUP_NOTHING)
        *change = GROUP_SPREAD;
    return add(group, alert->about.environment, alert->about.service);
}

/* Later changes do not replace news that is due: a new group stays new until the rules have judged it. */
enum group_change group_place_take(struct group *group, const struct alert *alert, enum group_change change)
{
    uint32_t hash = hash_of(&alert->about);
    if (change == GROUP_NOTHING && hash == group->latest && alert->level <= group->latest_level)
        return GROUP_NOTHING;
    struct group_place *place = place_of(group, alert, &change);
    if (alert->level > place->level) {
        if (change == GROUP_NOTHING)
            change = GROUP_WORSE;
        place->level = (uint8_t)alert->level;
        group->upkeep.changed = true;
    }
    if (!group_change_is_news((enum group_change)place->due))
        place->due = (uint8_t)(change == GROUP_NOTHING ? GROUP_MOVED : change);
    group->level = MAX(group->level, place->level);
    group->latest = hash;
    group->latest_level = place->level;
    return change;
}

void group_place_judged(struct group *group, size_t place, enum group_change due)
{
    group->places.v[place].due = (uint8_t)due;
    group->latest = 0;
}

void group_place_load(struct group *group, const char *environment, const char *service, uint8_t level,
                      enum group_change due)
{
    size_t i = find(group, environment, service);
    if (i == GROUP_PLACES)
        return;
    struct group_place *place = i < group->places.n ? &group->places.v[i] : add(group, environment, service);
    place->level = level;
    place->due = group_change_is_news(due) ? (uint8_t)due : GROUP_NOTHING;
}

void group_places_finish(struct group *group)
{
    for (size_t i = 0; i < group->places.n; i++)
        free(group->places.v[i].environment);
    free(group->places.v);
    group->places.v = NULL;
    group->places.n = 0;
}

void group_places_reopen(struct group *group)
{
    size_t kept = 0;
    for (size_t i = 0; i < group->places.n; i++) {
        if (group_change_is_news((enum group_change)group->places.v[i].due))
            group->places.v[kept++] = group->places.v[i];
        else
            free(group->places.v[i].environment);
    }
    for (size_t i = 0; i < kept; i++)
        group->places.v[i].level = LEVEL_DEBUG;
    group->places.n = (uint8_t)kept;
    group->latest = 0;
    group->upkeep.changed = true;
}

bool group_place_is_current(const struct group *group, size_t place)
{
    return group->alert && find(group, group->alert->about.environment, group->alert->about.service) == place;
}

void group_place_show(struct group *group, size_t place)
{
    const struct group_place *here = &group->places.v[place];
    group->level = here->level;
    if (strcmp(group->about.environment, here->environment) == 0 &&
        strcmp(group->about.service, here->service) == 0)
        return;
    struct problem about = group->about;
    about.environment = here->environment;
    about.service = here->service;
    group_set_texts(group, &about);
}

void group_places_hide(struct group *group)
{
    for (size_t i = 0; i < group->places.n; i++)
        group->level = MAX(group->level, group->places.v[i].level);
}

size_t group_places_bytes(const struct group *group)
{
    size_t bytes = sizeof(*group->places.v) * (size_t)group->places.n * 2;
    for (size_t i = 0; i < group->places.n; i++)
        bytes += (size_t)(group->places.v[i].service - group->places.v[i].environment) +
                 strlen(group->places.v[i].service) + 24;
    return bytes;
}
