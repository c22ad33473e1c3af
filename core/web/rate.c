#include "web/rate.h"

#include "base/mem.h"
#include "outbox/limit.h"

#define MINUTE_NS   60000000000
#define SECOND_NS   1000000000
#define TOKENS_MOST 10000 /* buckets; they are made anew, and full, beyond that */

struct bucket {
    int64_t full_at; /* ns */
};

static void empty(struct rates *rates)
{
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&rates->tokens, &i));)
        free(slot->value);
    map_finish(&rates->tokens);
    rates->tokens = (struct map){0};
}

void rates_finish(struct rates *rates)
{
    empty(rates);
}

static struct bucket *bucket_of(struct rates *rates, const char *token)
{
    struct bucket *bucket = map_get(&rates->tokens, token);
    if (bucket)
        return bucket;
    if (rates->tokens.n >= TOKENS_MOST)
        empty(rates);
    bucket = xcalloc(1, sizeof(*bucket));
    map_put(&rates->tokens, token, bucket);
    return bucket;
}

static int seconds_until(int64_t at, int64_t now)
{
    return at > now ? (int)((at - now + SECOND_NS - 1) / SECOND_NS) : 0;
}

bool rates_take(struct rates *rates, const char *token, int64_t now, struct rate *ret)
{
    const struct rate_limit limit = {.burst = rates->per_minute, .refill = MINUTE_NS / rates->per_minute};
    struct bucket *bucket = bucket_of(rates, token);
    int64_t ready = bucket_ready(&limit, bucket->full_at);
    if (ready <= now)
        bucket->full_at = bucket_take(&limit, bucket->full_at, now);
    *ret = (struct rate){.left = limit.burst - (bucket->full_at - now + limit.refill - 1) / limit.refill,
                         .wait = seconds_until(bucket_ready(&limit, bucket->full_at), now),
                         .whole = seconds_until(bucket->full_at, now)};
    return ready <= now;
}
