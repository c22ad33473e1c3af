#include "intake/group.h"

#include <string.h>

#include "base/mem.h"
#include "intake/group_affected.h"
#include "intake/group_edit.h"
#include "intake/group_place.h"

void group_finish(struct group *group)
{
    group_affected_finish(group);
    group_places_finish(group);
    group_members_finish(group);
    free(group->upkeep.sample);
    free(group->upkeep.text);
}

bool group_muted(const struct group *group, instant now)
{
    return group->care.muted_until > now;
}

/* ---- counting ---- */

static void turn_ring(struct group *group, int64_t minute)
{
    int64_t gap = minute - group->tally.minute;
    if (gap <= 0)
        return;
    for (int64_t i = 1; i <= MIN(gap, GROUP_MINUTES); i++)
        group->tally.counts[(group->tally.minute + i) % GROUP_MINUTES] = 0;
    group->tally.minute = minute;
}

void group_count(struct group *group, int64_t count, instant now)
{
    int64_t minute = now / MINUTE;
    uint32_t *slot = &group->tally.counts[minute % GROUP_MINUTES];
    turn_ring(group, minute);
    if (__builtin_add_overflow(*slot, (uint32_t)count, slot))
        *slot = UINT32_MAX;
    group->tally.count += count;
    group->times.last_seen = now;
    group->upkeep.stale = true;
}

int64_t group_count_within(const struct group *group, int minutes, instant now)
{
    int64_t minute = now / MINUTE, sum = 0;
    int64_t from = MAX(minute - MIN(minutes, GROUP_MINUTES) + 1, group->tally.minute - GROUP_MINUTES + 1);
    for (int64_t m = MAX(from, 0); m <= MIN(minute, group->tally.minute); m++)
        sum += group->tally.counts[m % GROUP_MINUTES];
    return sum;
}

void group_minutes(const struct group *group, instant now, uint32_t ret[GROUP_MINUTES])
{
    int64_t first = now / MINUTE - GROUP_MINUTES + 1, last = group->tally.minute;
    for (int64_t i = 0; i < GROUP_MINUTES; i++) {
        int64_t m = first + i;
        ret[i] = m >= 0 && m <= last && m > last - GROUP_MINUTES ? group->tally.counts[m % GROUP_MINUTES] : 0;
    }
}

void group_settle(struct group *group, instant now)
{
    group->state = GROUP_SETTLED;
    group->times.settled_at = now;
    group->upkeep.changed = true;
    group_drop_all(group);
}

/* ---- memory ---- */

size_t group_bytes(const struct group *group)
{
    size_t bytes = sizeof(*group) + group->upkeep.text_bytes + 64; /* overhead of the allocator */
    bytes += group_affected_bytes(group) + group_members_bytes(group) + group_places_bytes(group);
    return bytes + (group->upkeep.sample ? strlen(group->upkeep.sample) + 24 : 0);
}
