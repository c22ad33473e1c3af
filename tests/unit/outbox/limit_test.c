#include "../../support/check.h"

#include "base/id.h"
#include "outbox/limit.h"

/* Whatever the order of calls, no window of time sees more tokens than burst + window / refill. */
static void test_never_more_than_the_rate(void **state)
{
    (void)state;
    struct rng r;
    rng_init(&r, 7);
    for (int round = 0; round < 20; round++) {
        struct rate_limit limit = {.burst = 1 + (int64_t)rng_below(&r, 5),
                                   .refill = 1 + (duration)rng_below(&r, 50)};
        instant full_at = 0, now = 1000, taken[2000];
        size_t n = 0;
        while (n < 2000) {
            now += (duration)rng_below(&r, 30);
            if (bucket_ready(&limit, full_at) > now)
                continue;
            full_at = bucket_take(&limit, full_at, now);
            taken[n++] = now;
        }
        for (size_t first = 0; first < n; first++)
            for (size_t last = first; last < n && last < first + 40; last++)
                assert_true((int64_t)(last - first) <
                            limit.burst + (taken[last] - taken[first]) / limit.refill + 1);
    }
}

static void test_a_full_bucket_gives_its_burst_at_once(void **state)
{
    (void)state;
    struct rate_limit limit = {.burst = 3, .refill = 100};
    instant full_at = 0;
    for (int i = 0; i < 3; i++) {
        assert_true(bucket_ready(&limit, full_at) <= 1000);
        full_at = bucket_take(&limit, full_at, 1000);
    }
    assert_int_equal(bucket_ready(&limit, full_at), 1100);
}

static void test_limits_apply_where_they_say(void **state)
{
    (void)state;
    struct rate_limits limits = {0};
    const struct rate_limit rows[] = {
        {.connector = "slack", .kind = "post", .per_channel = true, .burst = 1, .refill = SECOND},
        {.connector = "slack", .burst = 2, .refill = SECOND},
        {.connector = NULL, .kind = "page", .burst = 1, .refill = MINUTE},
    };
    rate_limits_set(&limits, rows, 3);
    instant *channel = NULL, *whole = NULL;
    rate_limits_take(&limits, true, &channel, "slack", "edit", 10);
    assert_null(channel);
    rate_limits_take(&limits, true, &channel, "slack", "post", 10);
    assert_int_equal(rate_limits_ready(&limits, true, channel, "slack", "post"), 10 + SECOND);
    assert_int_equal(rate_limits_ready(&limits, true, channel, "slack", "edit"), 0);
    rate_limits_take(&limits, false, &whole, "slack", "post", 10);
    rate_limits_take(&limits, false, &whole, "slack", "edit", 10);
    assert_int_equal(rate_limits_ready(&limits, false, whole, "slack", "topic"), 10 + SECOND);
    assert_int_equal(rate_limits_full(&limits, whole), 10 + 2 * SECOND);
    free(channel);
    free(whole);
    rate_limits_finish(&limits);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_never_more_than_the_rate),
        cmocka_unit_test(test_a_full_bucket_gives_its_burst_at_once),
        cmocka_unit_test(test_limits_apply_where_they_say),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
