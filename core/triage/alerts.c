/* Takes alerts in: counts each in its group, and judges what changed about the groups, all in one turn. */
#include "base/metrics.h"
#include "triage/inside.h"
#include "triage/triage.h"

static bool is_interesting(const struct group_verdict *v)
{
    return v->group && v->change != GROUP_NOTHING && v->change != GROUP_ACKNOWLEDGED;
}

static void begin_alerting(struct core *core, instant now)
{
    struct triage *triage = triage_of(core);
    if (triage->alerting)
        return;
    groups_end_recording(triage);
    triage->alerting = turn_begin(core, now);
}

static void take_alerted(struct core *core, struct group *group, enum group_change change, instant now)
{
    begin_alerting(core, now);
    judge_change(triage_of(core)->alerting, group, change);
}

/* Ends the turn of the alerts, which the caller commits; NULL: nothing needed one. */
static struct turn *end_alerting(struct triage *triage)
{
    struct turn *turn = triage->alerting;
    triage->recorder = triage->recorder == turn ? NULL : triage->recorder;
    triage->alerting = NULL;
    groups_end_recording(triage);
    return turn;
}

/* Records which instances of a group are firing before the sender is answered: it will not repeat them for hours. */
static void record_members(struct core *core, uint64_t fingerprint, instant now)
{
    struct triage *triage = triage_of(core);
    struct group *group = group_table_find(triage->groups, fingerprint, now);
    if (!group)
        return;
    begin_alerting(core, now);
    group_table_record(triage->groups, group);
}

void triage_alerts(struct core *core, const struct alert *alerts, size_t n, instant now, journal_done *done,
                   void *ctx)
{
    struct triage *triage = triage_of(core);
    const struct error *trouble = core_trouble(core);
    if (trouble) {
        if (done)
            done(ctx, trouble->code, trouble, 0);
        return;
    }
    triage->alerts_at = now;
    metric_add(METRIC_ALERTS, (int64_t)n);
    bool durable = false, members = false;
    group_table_prefetch(triage->groups, alerts, n);
    for (size_t i = 0; i < n; i++) {
        struct group_verdict v = {0};
        group_table_add(triage->groups, &alerts[i], now, &v);
        members |= v.members && !judge_records(v.change);
        if (is_interesting(&v)) {
            durable |= v.change != GROUP_MOVED;
            take_alerted(core, v.group, v.change, now);
        }
        bool last = i + 1 == n ||
                    alerts[i + 1].fingerprint != alerts[i].fingerprint; /* of consecutive alerts of one group */
        if (members && last) {
            record_members(core, alerts[i].fingerprint, now);
            durable = true;
            members = false;
        }
    }
    struct turn *turn = end_alerting(triage);
    if (turn)
        turn_commit(turn, durable ? done : NULL, durable ? ctx : NULL);
    if (!durable && done)
        done(ctx, 0, NULL, 0);
    core_due(core, group_table_due(triage->groups));
}

instant alerts_tell_moved(struct core *core, instant now)
{
    struct triage *triage = triage_of(core);
    struct group *group;
    triage->alerts_at = now;
    while ((group = group_table_moved(triage->groups, now)))
        take_alerted(core, group, GROUP_MOVED, now);
    struct turn *turn = end_alerting(triage);
    if (turn)
        turn_commit(turn, NULL, NULL);
    return group_table_due(triage->groups);
}
