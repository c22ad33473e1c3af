/* Takes alerts in: counts each in its group, and judges what changed about the groups, all in one turn. */
#include <stdlib.h>

#include "base/metrics.h"
#include "rooms/rooms.h"
#include "triage/firing.h"
#include "triage/inside.h"
#include "triage/triage.h"

#define LATER_MOST 16 /* groups of each kind that are judged in one turn without an alert */

/* What one request changed. */
struct taking {
    struct core *core;
    instant now;
    bool durable;            /* something must be on disk before the sender is answered */
    bool waits;              /* an alert counts in a group that has news which is not on disk yet */
    ARRAY(uint64_t) changed; /* groups to tell of and to record, once all alerts are counted */
    ARRAY(uint64_t) opened;  /* incidents that they got */
};

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

/* Ends the turn of the alerts, which the caller commits; NULL: nothing needed one. */
static struct turn *end_alerting(struct triage *triage)
{
    struct turn *turn = triage->alerting;
    triage->recorder = triage->recorder == turn ? NULL : triage->recorder;
    triage->alerting = NULL;
    groups_end_recording(triage);
    return turn;
}

/* The news that the current turn brings; see struct triage. */
static void note_news(struct taking *taking, struct group *group)
{
    taking->durable = true;
    group->upkeep.news = triage_of(taking->core)->news_begun + 1;
}

static void note_changed(struct taking *taking, uint64_t fingerprint)
{
    if (taking->changed.n == 0 || taking->changed.v[taking->changed.n - 1] != fingerprint)
        *array_add(&taking->changed) = fingerprint;
}

static void take_verdict(struct taking *taking, const struct group_verdict *v)
{
    uint64_t fingerprint = v->group->fingerprint, opened = 0;
    if (is_interesting(v)) {
        if (v->change != GROUP_MOVED)
            note_news(taking, v->group);
        begin_alerting(taking->core, taking->now);
        opened = judge_change(triage_of(taking->core)->alerting, v->group, v->change);
    }
    if (opened)
        *array_add(&taking->opened) = opened;
    if (opened || v->members || v->customers || judge_records(v->change))
        note_changed(taking, fingerprint);
}

static void tell_instances(struct turn *turn, struct group *group)
{
    if (!instances_have_news(turn, group))
        return;
    if (flaps_hold(turn, group))
        rooms_refresh(turn, turn_incident(turn, group->care.incident));
    else
        instances_tell(turn, group);
}

/* Which members of a group fire, and whom it affects, is recorded before the sender is answered: it will not repeat them for hours. */
static void finish_changed(struct taking *taking)
{
    struct triage *triage = triage_of(taking->core);
    for (size_t i = 0; i < taking->changed.n; i++) {
        struct group *group = group_table_find(triage->groups, taking->changed.v[i], taking->now);
        if (!group)
            continue;
        begin_alerting(taking->core, taking->now);
        tell_instances(triage->alerting, group);
        group_table_record(triage->groups, group);
        note_news(taking, group);
    }
    array_free(&taking->changed);
}

static struct turn *finish(struct taking *taking, const struct alert_list *body)
{
    finish_changed(taking);
    if (taking->opened.n)
        notification_relate(triage_of(taking->core)->alerting, body->v, body->n, taking->opened.v,
                            taking->opened.n);
    array_free(&taking->opened);
    return end_alerting(triage_of(taking->core));
}

struct news { /* alerts that changed something, until that is durable */
    struct core *core;
    uint64_t number;
    journal_done *done;
    void *ctx;
};

/* After a failure the groups are read again, and have no news. */
static void news_kept(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    struct news *news = ctx;
    triage_of(news->core)->news_kept = news->number;
    if (news->done)
        news->done(news->ctx, rc, err, last_seq);
    free(news);
}

/* What changes nothing may count on a change that is not durable yet: then its sender waits, too, or both would be lost. */
static void answer(struct taking *taking, struct turn *turn, journal_done *done, void *ctx)
{
    struct triage *triage = triage_of(taking->core);
    struct news *news = taking->durable ? xmalloc(sizeof(*news)) : NULL;
    if (news)
        *news = (struct news){taking->core, ++triage->news_begun, done, ctx};
    if (turn)
        turn_commit(turn, news ? news_kept : NULL, news);
    if (!news && done && taking->waits)
        core_when_durable(taking->core, done, ctx);
    else if (!news && done)
        done(ctx, 0, NULL, 0);
}

static void take_alert(struct taking *taking, const struct alert *alert)
{
    struct triage *triage = triage_of(taking->core);
    struct group_verdict v = {0};
    group_table_add(triage->groups, alert, taking->now, &v);
    taking->waits |= v.group && v.group->upkeep.news > triage->news_kept;
    if (v.group && (v.members || v.customers || is_interesting(&v)))
        take_verdict(taking, &v);
}

void triage_alerts_part(struct core *core, const struct alert_list *body, size_t from, size_t n, instant now,
                        journal_done *done, void *ctx)
{
    struct triage *triage = triage_of(core);
    struct taking taking = {.core = core, .now = now};
    const struct error *trouble = core_trouble(core);
    if (trouble) {
        if (done)
            done(ctx, trouble->code, trouble, 0);
        return;
    }
    triage->alerts_at = now;
    metric_add(METRIC_ALERTS, (int64_t)n);
    group_table_prefetch(triage->groups, body->v + from, n);
    for (size_t i = from; i < from + n; i++)
        take_alert(&taking, &body->v[i]);
    struct turn *turn = finish(&taking, body);
    answer(&taking, turn, done, ctx);
    core_due(core, group_table_due(triage->groups));
}

void triage_alerts(struct core *core, const struct alert *alerts, size_t n, instant now, journal_done *done,
                   void *ctx)
{
    struct alert_list body = {.v = (struct alert *)(uintptr_t)alerts, .n = n};
    triage_alerts_part(core, &body, 0, n, now, done, ctx);
}

/* ---- without an alert ---- */

/* A group whose own time has come: alerts ran out, or held changes are due. */
static void take_lapsed(struct taking *taking, const struct group_verdict *v)
{
    struct triage *triage = triage_of(taking->core);
    uint64_t fingerprint = v->group->fingerprint;
    take_verdict(taking, v);
    begin_alerting(taking->core, taking->now);
    struct group *group = group_table_find(triage->groups, fingerprint, taking->now);
    if (group && group->flap.until && group->flap.until <= taking->now && flaps_tell(triage->alerting, group))
        take_verdict(taking, &(struct group_verdict){.group = group, .change = GROUP_MOVED});
    group = group_table_find(triage->groups, fingerprint, taking->now);
    if (group)
        group_table_touch(triage->groups, group);
    note_changed(taking, fingerprint);
}

instant alerts_tell_later(struct core *core, instant now)
{
    struct triage *triage = triage_of(core);
    struct taking taking = {.core = core, .now = now};
    struct group_verdict v;
    struct group *group;
    triage->alerts_at = now;
    for (int i = 0; i < LATER_MOST && (group = group_table_moved(triage->groups, now)); i++)
        take_verdict(&taking, &(struct group_verdict){.group = group, .change = GROUP_MOVED});
    for (int i = 0; i < LATER_MOST && group_table_lapsed(triage->groups, now, &v); i++)
        take_lapsed(&taking, &v);
    struct turn *turn = finish(&taking, &(struct alert_list){0});
    answer(&taking, turn, NULL, NULL);
    return group_table_due(triage->groups);
}
