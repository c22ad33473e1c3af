#include "intake/group_budget.h"

#include "base/mem.h"

void budget_init(struct budget *budget, const struct group_limits *limits, instant now)
{
    *budget = (struct budget){
        .new = limits->new_burst * 1000,
        .lookups = limits->lookup_burst * 1000,
        .at = now,
    };
}

static int64_t refill(int64_t tokens, int64_t burst, int64_t hourly, duration since)
{
    int64_t most = burst * 1000;
    double more = (double)hourly * 1000 * ((double)since / (double)HOUR);
    return more >= (double)(most - tokens) ? most : tokens + (int64_t)more;
}

/* At most once a second, since rounding errors would add up. */
void budget_refill(struct budget *budget, const struct group_limits *limits, instant now)
{
    duration since = now - budget->at;
    if (since < SECOND)
        return;
    budget->new = refill(budget->new, limits->new_burst, limits->new_hourly, since);
    budget->lookups = refill(budget->lookups, limits->lookup_burst, limits->lookup_hourly, since);
    budget->at = now;
}

bool budget_spend(int64_t *tokens)
{
    if (*tokens < 1000)
        return false;
    *tokens -= 1000;
    return true;
}
