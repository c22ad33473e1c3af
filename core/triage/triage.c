#include "triage/triage.h"

#include <inttypes.h>
#include <stdlib.h>

#include "triage/affects.h"
#include "triage/inside.h"
#include "triage/samples.h"
#include "turn/live.h"

#define FLUSH_EVERY (5 * SECOND) /* counts are written to the journal this often */

/* ---- events of incidents ---- */

/* Lets a returning problem find its earlier incidents. */
static void keep_attached(struct turn *turn, const struct event *event, const struct incident *incident)
{
    CLEANUP_FREE char *key = xasprintf("%s\x1f%010" PRIu64, event->value, incident->id);
    batch_doc(turn_batch(turn), DOC_ALERTED, key, "{}");
}

/* If a resolved problem comes back, it counts as a regression. What flaps is told anew, wherever it is told next. */
static void end_groups(struct turn *turn, const struct incident *incident)
{
    struct triage *triage = triage_of(turn_core(turn));
    bool settles = incident->status == STATUS_RESOLVED || incident->status == STATUS_CLOSED;
    triage->alerts_at = turn_now(turn);
    for (size_t i = 0; i < incident->affected.alerts.n; i++) {
        struct group *group =
            triage_group(turn_core(turn), incident->affected.alerts.v[i].fingerprint, turn_now(turn));
        if (!group || group->care.incident != incident->id)
            continue;
        bool held = group->flap.until != 0;
        group->flap.until = 0;
        if (settles)
            groups_settle(turn, group);
        else if (held)
            group_table_touch(triage->groups, group);
    }
}

static void follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    if (event->type == EVENT_ALERT && event->flag && !incident->sort.script)
        keep_attached(turn, event, incident);
    else if (event->type == EVENT_STATUS && !status_is_open(event->status))
        end_groups(turn, incident);
    else if (event->type == EVENT_STATUS && text_equal(event->name, "reopen"))
        affects_reopen(turn, incident);
}

/* ---- the part ---- */

#define HELD_MOST 20000 /* groups in memory at the start */

/* The groups of open incidents: cards name their instances, and those with a time of their own are watched. */
static bool load_groups(void *ctx, const struct incident *incident)
{
    struct triage *triage = ctx;
    uint64_t fingerprint;
    for (size_t i = 0; i < incident->affected.alerts.n; i++) {
        if (group_table_count(triage->groups) >= HELD_MOST)
            return false;
        if (fingerprint_parse(incident->affected.alerts.v[i].fingerprint, &fingerprint, NULL) == 0)
            group_table_find(triage->groups, fingerprint, 0);
    }
    return true;
}

/* What flapped when it last came back is judged, should it keep firing; its incident has ended. */
static void load_held(struct triage *triage)
{
    for (size_t i = 0; i < INCOMING_GROUPS; i++) {
        if (triage->idle[i].at && triage->idle[i].why == INCOMING_HELD)
            group_table_find(triage->groups, triage->idle[i].fingerprint, 0);
    }
}

static int load(struct core *core, struct error *err)
{
    triage_of(core)->groups = groups_create(core);
    int rc = mutes_load(core, err);
    rc = rc ? rc : incoming_load(core, err);
    rc = rc ? rc : refused_load(core, err);
    if (rc)
        return rc;
    storms_load(core);
    live_each_open(core, load_groups, triage_of(core));
    load_held(triage_of(core));
    return 0;
}

static void unload(struct core *core)
{
    struct triage *triage = triage_of(core);
    mutes_finish(triage);
    storms_finish(triage);
    incoming_finish(triage);
    samples_finish(triage);
    group_table_destroy(triage->groups);
    triage->groups = NULL;
}

static instant tick(struct core *core, instant now)
{
    struct triage *triage = triage_of(core);
    instant moves = alerts_tell_later(core, now);
    if (now >= triage->next_flush && !groups_flush(core, now)) {
        incoming_flush(core, now);
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
    .affects = affects_each,
    .tick = tick,
    .card.fields = triage_card,
    .card.text = facts_card_text,
    .visible = groups_visible,
};
