#include "intake/group.h"

#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "intake/group_edit.h"
#include "intake/group_place.h"

void group_finish(struct group *group)
{
    for (size_t i = 0; i < group->affected.n; i++) {
        free(group->affected.v[i].key);
        free(group->affected.v[i].name);
    }
    free(group->affected.v);
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

static void add_pending(struct group *group, int64_t minute, uint32_t count)
{
    struct group_minute *last = &group->tally.pending[MAX(group->tally.n_pending, 1) - 1];
    bool fits = group->tally.n_pending > 0 && last->minute == minute;
    if (!fits && group->tally.n_pending < ARRAY_SIZE(group->tally.pending)) {
        group->tally.pending[group->tally.n_pending++] =
            (struct group_minute){.minute = minute, .count = count};
        return;
    }
    if (__builtin_add_overflow(last->count, count, &last->count))
        last->count = UINT32_MAX;
}

void group_count(struct group *group, int64_t count, instant now)
{
    int64_t minute = now / MINUTE;
    uint32_t *slot = &group->tally.counts[minute % GROUP_MINUTES];
    turn_ring(group, minute);
    if (__builtin_add_overflow(*slot, (uint32_t)count, slot))
        *slot = UINT32_MAX;
    add_pending(group, minute, (uint32_t)count);
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

void group_settle(struct group *group, instant now)
{
    group->state = GROUP_SETTLED;
    group->times.settled_at = now;
    group->upkeep.changed = true;
    group_drop_all(group);
}

/* ---- customers ---- */

static struct group_customer *find_customer(const struct group *group, uint64_t hash, const char *key)
{
    for (size_t i = 0; i < group->affected.n; i++)
        if (group->affected.v[i].hash == hash && strcmp(group->affected.v[i].key, key) == 0)
            return &group->affected.v[i];
    return NULL;
}

struct group_customer *group_add_customer(struct group *group, const char *key, const char *name, int64_t count)
{
    uint64_t hash = map_hash(key, strlen(key));
    struct group_customer *customer = find_customer(group, hash, key);
    if (customer) {
        customer->count += count;
        return customer;
    }
    if (group->affected.n == GROUP_CUSTOMERS) {
        group->affected.more += count;
        return NULL;
    }
    if ((group->affected.n & (group->affected.n - 1)) == 0)
        group->affected.v =
            xrealloc(group->affected.v, MAX(group->affected.n * 2, 1), sizeof(*group->affected.v));
    customer = &group->affected.v[group->affected.n++];
    *customer = (struct group_customer){
        .key = xstrdup(key), .name = xstrdup(*name ? name : key), .hash = hash, .count = count};
    group->upkeep.changed = true;
    return customer;
}

/* ---- memory ---- */

size_t group_bytes(const struct group *group)
{
    size_t bytes = sizeof(*group) + group->upkeep.text_bytes + 64; /* overhead of the allocator */
    if (group->affected.n > 0)
        bytes += sizeof(*group->affected.v) * GROUP_CUSTOMERS / (group->affected.n > 4 ? 1 : 4);
    for (size_t i = 0; i < group->affected.n; i++)
        bytes += strlen(group->affected.v[i].key) + strlen(group->affected.v[i].name) + 48;
    bytes += group_members_bytes(group) + group_places_bytes(group);
    return bytes + (group->upkeep.sample ? strlen(group->upkeep.sample) + 24 : 0);
}
