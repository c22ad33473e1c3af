/* health - /healthz, /readyz and /metrics: whether the core takes things in, and how much it holds. */
#include "web/health.h"

#include "base/metrics.h"
#include "daemon/component.h"
#include "daemon/connectors.h"
#include "daemon/core.h"
#include "daemon/web.h"
#include "triage/triage.h"
#include "turn/damage.h"
#include "turn/live.h"

static bool is_ready(void *ctx, const char **ret_why)
{
    (void)ctx;
    return core_ready(daemon_core(), ret_why);
}

static bool count_up(void *ctx, const struct connector_info *info)
{
    *(int64_t *)ctx += text_equal(info->state, "running");
    return true;
}

static void set_gauges(void *ctx)
{
    static const struct {
        enum metric metric;
        enum action_state state;
    } actions[] = {{METRIC_ACTIONS_WAITING, ACTION_WAITING},
                   {METRIC_ACTIONS_SENDING, ACTION_SENDING},
                   {METRIC_ACTIONS_DEAD, ACTION_DEAD},
                   {METRIC_ACTIONS_UNCERTAIN, ACTION_UNCERTAIN}};
    const struct core *core = daemon_core();
    int64_t up = 0;
    (void)ctx;
    if (!core_ready(core, NULL))
        return;
    supervisor_each(daemon_connectors(), count_up, &up);
    metric_set(METRIC_CONNECTORS_UP, up);
    metric_set(METRIC_JOURNAL_DAMAGE, (int64_t)damage_count(core));
    metric_set(METRIC_INCIDENTS_OPEN, (int64_t)live_open_public(core));
    metric_set(METRIC_ALERT_GROUPS, (int64_t)triage_group_count(core));
    for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
        metric_set(actions[i].metric, (int64_t)outbox_count(core_outbox(core), actions[i].state));
}

static void say_damage(void *ctx, struct str *out)
{
    (void)ctx;
    if (!damage_count(daemon_core()))
        return;
    damage_describe(daemon_core(), out);
    str_addc(out, '\n');
}

static const struct health_ops ops = {NULL, is_ready, set_gauges, say_damage};

static int start(struct daemon *daemon, const struct configuration *configuration, struct error *err)
{
    (void)daemon, (void)configuration, (void)err;
    server_health(daemon_server(), &ops);
    return 0;
}

const struct component health_component = {.name = "health checks", .start = start};
