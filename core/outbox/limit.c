#include "outbox/limit.h"

instant bucket_ready(const struct rate_limit *limit, instant full_at)
{
    int64_t burst = limit->burst > 1 ? limit->burst : 1;
    return limit->refill > 0 ? full_at - (burst - 1) * limit->refill : 0;
}

instant bucket_take(const struct rate_limit *limit, instant full_at, instant now)
{
    if (limit->refill <= 0)
        return 0;
    return (full_at > now ? full_at : now) + limit->refill;
}

bool limit_holds(const struct rate_limit *limit, const char *connector, const char *kind)
{
    return (!limit->connector || text_equal(limit->connector, connector)) &&
           (!limit->kind || text_equal(limit->kind, kind));
}

void rate_limits_finish(struct rate_limits *limits)
{
    for (size_t i = 0; i < limits->rows.n; i++) {
        free((char *)limits->rows.v[i].connector);
        free((char *)limits->rows.v[i].kind);
    }
    array_free(&limits->rows);
}

void rate_limits_set(struct rate_limits *limits, const struct rate_limit *rows, size_t n)
{
    rate_limits_finish(limits);
    for (size_t i = 0; i < n; i++) {
        struct rate_limit *row = array_add(&limits->rows);
        *row = rows[i];
        row->connector = xstrdup(rows[i].connector);
        row->kind = xstrdup(rows[i].kind);
    }
}

instant rate_limits_ready(const struct rate_limits *limits, bool per_channel, const instant *full_at,
                          const char *connector, const char *kind)
{
    instant ready = 0;
    for (size_t i = 0; full_at && i < limits->rows.n; i++) {
        const struct rate_limit *row = &limits->rows.v[i];
        if (row->per_channel != per_channel || !limit_holds(row, connector, kind))
            continue;
        instant at = bucket_ready(row, full_at[i]);
        ready = at > ready ? at : ready;
    }
    return ready;
}

void rate_limits_take(const struct rate_limits *limits, bool per_channel, instant **full_at,
                      const char *connector, const char *kind, instant now)
{
    for (size_t i = 0; i < limits->rows.n; i++) {
        const struct rate_limit *row = &limits->rows.v[i];
        if (row->per_channel != per_channel || !limit_holds(row, connector, kind))
            continue;
        if (!*full_at)
            *full_at = xcalloc(limits->rows.n, sizeof(instant));
        (*full_at)[i] = bucket_take(row, (*full_at)[i], now);
    }
}

bool rate_limits_by_channel(const struct rate_limits *limits, const char *connector, const char *kind)
{
    for (size_t i = 0; i < limits->rows.n; i++) {
        if (limits->rows.v[i].per_channel && limit_holds(&limits->rows.v[i], connector, kind))
            return true;
    }
    return false;
}

instant rate_limits_full(const struct rate_limits *limits, const instant *full_at)
{
    instant latest = 0;
    for (size_t i = 0; full_at && i < limits->rows.n; i++)
        latest = full_at[i] > latest ? full_at[i] : latest;
    return latest;
}
