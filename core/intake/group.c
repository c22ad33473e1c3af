#include "intake/group.h"

#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "intake/group_inside.h"

static const char *const change_names[] = {
    [GROUP_NOTHING] = "nothing", [GROUP_NEW] = "new",           [GROUP_REGRESSED] = "regressed",
    [GROUP_MOVED] = "moved",     [GROUP_RESOLVED] = "resolved", [GROUP_ACKNOWLEDGED] = "acknowledged",
};

const char *group_change_name(enum group_change change)
{
    return change_names[change];
}

void group_finish(struct group *group)
{
    for (size_t i = 0; i < group->n_customers; i++) {
        free(group->customers[i].key);
        free(group->customers[i].name);
    }
    free(group->customers);
    free(group->members);
    free(group->sample);
    free(group->text);
}

bool group_muted(const struct group *group, instant now)
{
    return group->muted_until > now;
}

/* ---- counting ---- */

static void turn_ring(struct group *group, int64_t minute)
{
    int64_t gap = minute - group->minute;
    if (gap <= 0)
        return;
    for (int64_t i = 1; i <= MIN(gap, GROUP_MINUTES); i++)
        group->counts[(group->minute + i) % GROUP_MINUTES] = 0;
    group->minute = minute;
}

static void add_pending(struct group *group, int64_t minute, uint32_t count)
{
    struct group_minute *last = &group->pending[MAX(group->n_pending, 1) - 1];
    bool fits = group->n_pending > 0 && last->minute == minute;
    if (!fits && group->n_pending < ARRAY_SIZE(group->pending)) {
        group->pending[group->n_pending++] = (struct group_minute){.minute = minute, .count = count};
        return;
    }
    if (__builtin_add_overflow(last->count, count, &last->count))
        last->count = UINT32_MAX;
}

void group_count(struct group *group, int64_t count, instant now)
{
    int64_t minute = now / MINUTE;
    uint32_t *slot = &group->counts[minute % GROUP_MINUTES];
    turn_ring(group, minute);
    if (__builtin_add_overflow(*slot, (uint32_t)count, slot))
        *slot = UINT32_MAX;
    add_pending(group, minute, (uint32_t)count);
    group->count += count;
    group->last_seen = now;
    group->stale = true;
}

int64_t group_count_within(const struct group *group, int minutes, instant now)
{
    int64_t minute = now / MINUTE, sum = 0;
    int64_t from = MAX(minute - MIN(minutes, GROUP_MINUTES) + 1, group->minute - GROUP_MINUTES + 1);
    for (int64_t m = MAX(from, 0); m <= MIN(minute, group->minute); m++)
        sum += group->counts[m % GROUP_MINUTES];
    return sum;
}

/* ---- members ---- */

static size_t find_member(const struct group *group, uint64_t member)
{
    size_t i = 0;
    while (i < group->n_members && group->members[i] != member)
        i++;
    return i;
}

void group_add_member(struct group *group, uint64_t member)
{
    if (!member || find_member(group, member) < group->n_members)
        return;
    if (group->n_members == GROUP_MEMBERS) {
        group->changed |= !group->crowded;
        group->crowded = true;
        return;
    }
    /* The room doubles, so it is full at 1, 2, 4, … */
    if ((group->n_members & (group->n_members - 1)) == 0)
        group->members = xrealloc(group->members, MAX(group->n_members * 2, 1), sizeof(*group->members));
    group->members[group->n_members++] = member;
    group->changed = true;
}

bool group_drop_member(struct group *group, uint64_t member)
{
    if (!member)
        return true;
    size_t at = find_member(group, member);
    if (at < group->n_members) {
        group->members[at] = group->members[--group->n_members];
        group->changed = true;
    }
    return group->n_members == 0 && !group->crowded;
}

void group_settle(struct group *group, instant now)
{
    group->state = GROUP_SETTLED;
    group->settled_at = now;
    group->changed = true;
    group->crowded = false;
    group->n_members = 0;
    free(group->members);
    group->members = NULL;
}

/* ---- customers ---- */

static struct group_customer *find_customer(const struct group *group, uint64_t hash, const char *key)
{
    for (size_t i = 0; i < group->n_customers; i++)
        if (group->customers[i].hash == hash && strcmp(group->customers[i].key, key) == 0)
            return &group->customers[i];
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
    if (group->n_customers == GROUP_CUSTOMERS) {
        group->customers_more += count;
        return NULL;
    }
    if ((group->n_customers & (group->n_customers - 1)) == 0)
        group->customers =
            xrealloc(group->customers, MAX(group->n_customers * 2, 1), sizeof(*group->customers));
    customer = &group->customers[group->n_customers++];
    *customer = (struct group_customer){
        .key = xstrdup(key), .name = xstrdup(*name ? name : key), .hash = hash, .count = count};
    group->changed = true;
    return customer;
}

/* ---- texts ---- */

static const char **texts_of(struct group *group, size_t i)
{
    const char **texts[GROUP_TEXTS] = {
        &group->source,      &group->origin,  &group->stream,  &group->title, &group->service,
        &group->environment, &group->release, &group->culprit, &group->url,   &group->type,
    };
    return texts[i];
}

void group_set_texts(struct group *group, const char *const texts[GROUP_TEXTS])
{
    size_t lengths[GROUP_TEXTS], all = 0;
    for (size_t i = 0; i < GROUP_TEXTS; i++)
        all += (lengths[i] = strlen(texts[i])) + 1;
    char *block = xmalloc(all), *at = block;
    for (size_t i = 0; i < GROUP_TEXTS; i++) {
        *texts_of(group, i) = memcpy(at, texts[i], lengths[i] + 1);
        at += lengths[i] + 1;
    }
    free(group->text);
    group->text = block;
    group->text_bytes = (uint16_t)all;
    group->changed = true;
}

void group_take_texts(struct group *group, const struct alert *alert)
{
    group_set_texts(group,
                    (const char *const[GROUP_TEXTS]){alert->source, alert->origin, alert->stream, alert->title,
                                                     alert->service, alert->environment, alert->release,
                                                     alert->culprit, alert->url, alert->exception_type});
}

void group_refresh_texts(struct group *group, const struct alert *alert)
{
    const char *release = *alert->release ? alert->release : group->release;
    if (strcmp(release, group->release) == 0)
        return;
    group_set_texts(group, (const char *const[GROUP_TEXTS]){group->source, group->origin, group->stream,
                                                            group->title, group->service, group->environment,
                                                            release, group->culprit, group->url, group->type});
}

/* ---- memory ---- */

size_t group_bytes(const struct group *group)
{
    size_t bytes = sizeof(*group) + group->text_bytes + 64; /* overhead of the allocator */
    if (group->n_customers > 0)
        bytes += sizeof(*group->customers) * GROUP_CUSTOMERS / (group->n_customers > 4 ? 1 : 4);
    for (size_t i = 0; i < group->n_customers; i++)
        bytes += strlen(group->customers[i].key) + strlen(group->customers[i].name) + 48;
    bytes += sizeof(*group->members) * (size_t)group->n_members * 2;
    return bytes + (group->sample ? strlen(group->sample) + 24 : 0);
}
