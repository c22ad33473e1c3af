#include "outbox/limit.h"

#include <string.h>

#define BUCKETS_MOST 10000 /* beyond this, the full ones are forgotten: they hold nothing back */

/* Kept as the instant at which the bucket is full again: with that, one number is the whole state. */
struct bucket {
    instant full_at;
};

static void free_buckets(struct limits *limits)
{
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&limits->buckets, &position));)
        free(slot->value);
    map_finish(&limits->buckets);
    limits->buckets = (struct map){0};
}

void limits_finish(struct limits *limits)
{
    for (size_t i = 0; i < limits->table.n; i++) {
        free((char *)(uintptr_t)limits->table.v[i].connector);
        free((char *)(uintptr_t)limits->table.v[i].kind);
    }
    array_free(&limits->table);
    free_buckets(limits);
}

void limits_set(struct limits *limits, const struct rate_limit *table, size_t n)
{
    limits_finish(limits);
    for (size_t i = 0; i < n; i++) {
        struct rate_limit *limit = array_add(&limits->table);
        *limit = table[i];
        limit->connector = xstrdup(table[i].connector);
        limit->kind = xstrdup(table[i].kind);
    }
}

static bool applies(const struct rate_limit *limit, const struct action *action)
{
    return (!limit->connector || text_equal(limit->connector, action->connector)) &&
           (!limit->kind || text_equal(limit->kind, action->kind));
}

static char *bucket_key(const struct rate_limit *limit, size_t number, const struct action *action)
{
    return xasprintf("%zu\x1f%s\x1f%s", number, action->connector, limit->per_channel ? action->channel : "");
}

/* One may go when, with it, the bucket would be full again within burst * refill. */
static instant room_at(const struct rate_limit *limit, const struct bucket *bucket)
{
    return bucket ? bucket->full_at - (limit->burst - 1) * limit->refill : 0;
}

instant limits_when(const struct limits *limits, const struct action *action, instant now)
{
    instant when = 0;
    for (size_t i = 0; i < limits->table.n; i++) {
        if (!applies(&limits->table.v[i], action))
            continue;
        CLEANUP_FREE char *key = bucket_key(&limits->table.v[i], i, action);
        when = MAX(when, room_at(&limits->table.v[i], map_get(&limits->buckets, key)));
    }
    return when > now ? when : 0;
}

/* Keeps only what still holds something back. */
static void forget_full(struct limits *limits, instant now)
{
    struct map kept = {0};
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&limits->buckets, &position));) {
        struct bucket *bucket = slot->value;
        if (bucket->full_at > now)
            map_put(&kept, slot->key, bucket);
        else
            free(bucket);
    }
    map_finish(&limits->buckets);
    limits->buckets = kept;
}

void limits_take(struct limits *limits, const struct action *action, instant now)
{
    if (limits->buckets.n > BUCKETS_MOST)
        forget_full(limits, now);
    for (size_t i = 0; i < limits->table.n; i++) {
        if (!applies(&limits->table.v[i], action))
            continue;
        CLEANUP_FREE char *key = bucket_key(&limits->table.v[i], i, action);
        struct bucket *bucket = map_get(&limits->buckets, key);
        if (!bucket)
            map_put(&limits->buckets, key, bucket = xcalloc(1, sizeof(*bucket)));
        bucket->full_at = MAX(bucket->full_at, now) + limits->table.v[i].refill;
    }
}
