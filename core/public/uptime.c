#include "public/uptime.h"

#include <string.h>

#include "public/rollup.h"
#include "public/stamp.h"

void uptime_days(instant now, const char *zone, struct uptime_days *ret)
{
    for (int i = 0; i < UPTIME_DAYS; i++)
        ret->edges[i] = stamp_midnight(now, i + 1 - UPTIME_DAYS, zone);
    ret->edges[UPTIME_DAYS] = now;
}

/* The component was in that state from then until then. */
static void count(const struct uptime_days *days, instant from, instant until, enum public_state state,
                  struct uptime *ret)
{
    for (size_t i = 0; i < UPTIME_DAYS && until > days->edges[0]; i++) {
        instant begin = MAX(from, days->edges[i]), end = MIN(until, days->edges[i + 1]);
        if (begin >= end)
            continue;
        struct uptime_day *day = &ret->day[i];
        if (!day->known || public_is_worse(state, day->worst))
            day->worst = state;
        day->known = true;
        day->in[state] += end - begin;
    }
}

static int hundredths(const struct uptime *uptime)
{
    duration all = 0, down = 0; /* down: in tenths */
    for (size_t i = 0; i < UPTIME_DAYS; i++) {
        const struct uptime_day *day = &uptime->day[i];
        for (size_t state = 0; state < PUBLIC_STATES; state++)
            all += day->in[state];
        down += 10 * day->in[STATE_MAJOR] + 3 * day->in[STATE_PARTIAL];
    }
    return all ? (int)((10 * all - down) * 1000 / all) : -1;
}

void uptime_of(const struct public_component *component, const struct uptime_days *days, struct uptime *ret)
{
    instant now = days->edges[UPTIME_DAYS];
    size_t n = component->past.n;
    const struct public_change *past = component->past.v;
    memset(ret, 0, sizeof(*ret));
    if (component->created > 0)
        count(days, component->created, n ? past[0].at : now, n ? STATE_OPERATIONAL : component->state, ret);
    for (size_t i = 0; i < n; i++)
        count(days, past[i].at, i + 1 < n ? past[i + 1].at : now, past[i].state, ret);
    ret->hundredths = hundredths(ret);
}
