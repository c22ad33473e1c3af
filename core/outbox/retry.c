#include "outbox/retry.h"

#include "base/mem.h"

#define DELAY_FIRST SECOND
#define DELAY_MOST  (5 * MINUTE)

duration retry_delay(int attempts, struct rng *rng)
{
    duration whole = DELAY_FIRST;
    for (int i = 1; i < attempts && whole < DELAY_MOST; i++)
        whole *= 2;
    whole = MIN(whole, DELAY_MOST);
    return whole / 2 + (duration)rng_below(rng, (uint64_t)(whole / 2 + 1));
}

duration retry_for(enum lane lane)
{
    static const duration spans[LANE_COUNT] = {
        [LANE_PAGE] = HOUR,
        [LANE_CUSTOMER] = 2 * DAY,
        [LANE_ROOM] = DAY,
        [LANE_HOUSEKEEPING] = 6 * HOUR,
    };
    return spans[lane];
}
