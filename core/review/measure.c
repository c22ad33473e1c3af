/* How long incidents took, for Prometheus: of real ones that everybody may see, since everybody may read the metrics. */
#include "base/metrics.h"
#include "review/inside.h"

static void observe(enum metric metric, duration d)
{
    if (d >= 0)
        metric_observe_ns(metric, d * 1000000);
}

/* A close after a resolve is no second end. */
static bool ended_now(const struct incident *incident)
{
    size_t n = incident->entries.n;
    return n > 1 && !status_is_open(incident->status) && status_is_open(incident->entries.v[n - 2].status);
}

void measure_end(const struct incident *incident, instant at)
{
    if (incident->private || incident->sort.drill || !ended_now(incident))
        return;
    if (incident->status == STATUS_DECLINED)
        metric_add(METRIC_ENDED_DECLINED, 1);
    if (!status_is_counted(incident->status))
        return;
    const struct durations took = incident_durations(incident, at);
    metric_add(METRIC_ENDED, 1);
    observe(METRIC_ACCEPT_TIME, took.to_accept);
    observe(METRIC_FIX_TIME, took.to_fix);
    observe(METRIC_RESOLVE_TIME, took.to_resolve);
}
