#include "outbox/retry.h"

#include "base/mem.h"

#define DOUBLINGS 20 /* far above every `longest`, and far below an overflow */

duration retry_wait(enum lane lane, int attempts, duration retry_after, struct rng *rng)
{
    int doublings = attempts > 1 ? attempts - 1 : 0;
    duration wait = SECOND << (doublings < DOUBLINGS ? doublings : DOUBLINGS);
    if (wait > lanes[lane].longest)
        wait = lanes[lane].longest;
    wait = wait / 2 + (duration)rng_below(rng, (uint64_t)wait / 2 + 1);
    if (retry_after <= 0)
        return wait;
    /* Clients that were given the same delay should not all come back at the same moment. */
    duration asked = retry_after + (duration)rng_below(rng, (uint64_t)retry_after / 8 + 1);
    return asked > wait ? asked : wait;
}

duration retry_span(enum lane lane)
{
    return lanes[lane].span;
}
