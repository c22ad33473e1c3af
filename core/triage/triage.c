#include "triage/triage.h"

#include <inttypes.h>
#include <stdlib.h>

#include "triage/inside.h"

#define FLUSH_EVERY (5 * SECOND) /* counts are written to the journal this often */

/* ---- events of incidents ---- */

/* Lets a returning problem find its earlier incidents. */
static void keep_attached(struct turn *turn, const struct event *event, const struct incident *incident)
{
    CLEANUP_FREE char *key = xasprintf("%s\x1f%010" PRIu64, event->value, incident->id);
    batch_doc(turn_batch(turn), DOC_ALERTED, key, "{}");
}

/* If a resolved problem comes back, it counts as a regression. */
static void settle_groups(struct turn *turn, const struct incident *incident)
{
    struct triage *triage = triage_of(turn_core(turn));
    if (incident->status != STATUS_RESOLVED && incident->status != STATUS_CLOSED)
        return;
    triage->alerts_at = turn_now(turn);
    for (size_t i = 0; i < incident->affected.alerts.n; i++) {
        struct group *group =
            triage_group(turn_core(turn), incident->affected.alerts.v[i].fingerprint, turn_now(turn));
        if (group && group->care.incident == incident->id)
            group_table_settle(triage->groups, group, turn_now(turn));
    }
}

static void follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    if (event->type == EVENT_ALERT && event->flag)
        keep_attached(turn, event, incident);
    else if (event->type == EVENT_STATUS && !status_is_open(event->status))
        settle_groups(turn, incident);
}

/* ---- the part ---- */

static int load(struct core *core, struct error *err)
{
    triage_of(core)->groups = groups_create(core);
    int rc = mutes_load(core, err);
    rc = rc ? rc : incoming_load(core, err);
    rc = rc ? rc : refused_load(core, err);
    if (!rc)
        storms_load(core);
    return rc;
}

static void unload(struct core *core)
{
    struct triage *triage = triage_of(core);
    mutes_finish(triage);
    storms_finish(triage);
    incoming_finish(triage);
    group_table_destroy(triage->groups);
    triage->groups = NULL;
}

static instant tick(struct core *core, instant now)
{
    struct triage *triage = triage_of(core);
    instant moves = alerts_tell_moved(core, now);
    if (now >= triage->next_flush) {
        groups_flush(core, now);
        refused_flush(core, now);
        triage->next_flush = now + FLUSH_EVERY;
    }
    return instant_earlier(moves, triage->next_flush);
}

static void finish(void *state)
{
    refused_finish(state);
}

static void passed(struct turn *turn, uint64_t incident, const char *name, instant due)
{
    (void)name, (void)due;
    unmerge_passed(turn, incident);
}

const struct part triage_part = {
    .name = "triage",
    .state_size = sizeof(struct triage),
    .finish = finish,
    .load = load,
    .unload = unload,
    .folded = merge_folded,
    .deadlines = unmerge_deadlines,
    .passed = passed,
    .follow = follow,
    .tick = tick,
    .card = triage_card,
    .visible = groups_visible,
};
