#include "intake/allowance.h"

#include "base/mem.h"

void allowance_init(struct allowance *allowance, int64_t now)
{
    *allowance = (struct allowance){.time_us = ALLOWANCE_TIME * 1000, .bytes = ALLOWANCE_BYTES, .at = now};
}

static void refill(struct allowance *allowance, int64_t now)
{
    int64_t since = MIN(now - allowance->at, HOUR); /* by then it is full */
    if (since <= 0)
        return;
    allowance->time_us = MIN(allowance->time_us + since * ALLOWANCE_RATE, ALLOWANCE_TIME * 1000);
    allowance->bytes = MIN(allowance->bytes + since * ALLOWANCE_BYTES_S / 1000, ALLOWANCE_BYTES);
    allowance->at = now;
}

void allowance_spend(struct allowance *allowance, int64_t time_us, int64_t bytes, int64_t now)
{
    refill(allowance, now);
    allowance->time_us -= time_us;
    allowance->bytes -= bytes;
}

static int64_t seconds_until_even(int64_t left, int64_t rate)
{
    return left > 0 ? 0 : -left / rate + 1;
}

int allowance_wait(struct allowance *allowance, int64_t now)
{
    refill(allowance, now);
    int64_t time = seconds_until_even(allowance->time_us, ALLOWANCE_RATE * 1000);
    int64_t bytes = seconds_until_even(allowance->bytes, ALLOWANCE_BYTES_S);
    return (int)MAX(time, bytes);
}

bool allowance_is_full(struct allowance *allowance, int64_t now)
{
    refill(allowance, now);
    return allowance->time_us == ALLOWANCE_TIME * 1000 && allowance->bytes == ALLOWANCE_BYTES;
}
