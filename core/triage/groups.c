/* The groups in memory, and their documents in the journal. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "impact/impact.h"
#include "sight/sight.h"
#include "triage/crowd.h"
#include "triage/inside.h"
#include "triage/samples.h"
#include "triage/triage.h"

#define FLUSH_MOST     64   /* groups that are written at once */
#define RECORDS_A_TURN 1000 /* documents in one batch */
#define SAMPLE_SLOTS   5    /* stored alerts of a group: the first and the latest few */

/* ---- the journal ---- */

static bool take_incident(void *ctx, const struct journal_doc *doc)
{
    struct group *group = ctx;
    group->care.incident = strtoull(strchr(doc->key, '\x1f') + 1, NULL, 10);
    return false;
}

/* Its document is damaged. Who may see it follows from its last incident, so that is what must be known of it; it begins anew. */
static int restore_group(struct core *core, const char *fingerprint, struct group *group)
{
    CLEANUP_FREE char *prefix = xasprintf("%s\x1f", fingerprint);
    struct doc_query alerted = {.kind = DOC_ALERTED, .prefix = prefix, .descending = true, .limit = 1};
    group->state = GROUP_SETTLED;
    return journal_docs(core_journal(core), &alerted, take_incident, group, NULL);
}

static int read_group(void *ctx, uint64_t fingerprint, struct group *group)
{
    struct core *core = ctx;
    char key[FINGERPRINT_TEXT];
    struct journal_doc doc;
    int rc = journal_doc(core_journal(core), DOC_GROUP, fingerprint_format(fingerprint, key), &doc, NULL);
    if (rc == ERR_CORRUPT)
        return restore_group(core, key, group);
    if (rc)
        return rc;
    rc = group_decode(doc.body, strlen(doc.body), group, NULL);
    journal_doc_finish(&doc);
    return rc ? rc : crowd_read(core, group);
}

/* The turn that records go into; begins one if there is none. */
static struct turn *recorder(struct core *core, instant now)
{
    struct triage *triage = triage_of(core);
    if (triage->recorder && turn_batch(triage->recorder)->docs.n > RECORDS_A_TURN &&
        triage->recorder != triage->alerting) {
        turn_commit(triage->recorder, NULL, NULL);
        triage->recorder = NULL;
    }
    if (!triage->recorder)
        triage->recorder = triage->alerting ? triage->alerting : turn_begin(core, now);
    return triage->recorder;
}

static void write_group(struct journal_batch *batch, const struct group *group)
{
    char fingerprint[FINGERPRINT_TEXT];
    CLEANUP_STR struct str body = {0};
    group_encode(group, &body);
    batch_doc(batch, DOC_GROUP, fingerprint_format(group->fingerprint, fingerprint), body.p)->at =
        group->times.last_seen;
    crowd_write(batch, group);
}

/* Stored in the same turn as its cause, because from then on only those who may see the incident may see the group. */
void groups_give(struct turn *turn, struct group *group, uint64_t incident)
{
    char fingerprint[FINGERPRINT_TEXT];
    if (group->care.incident != incident)
        group_affected_stored(group, false); /* it is stored under the incident */
    group->care.incident = incident;
    samples_drop(triage_of(turn_core(turn)), fingerprint_format(group->fingerprint, fingerprint));
    group_table_touch(triage_of(turn_core(turn))->groups, group);
    write_group(turn_batch(turn), group);
    impact_grew(turn, turn_incident(turn, incident));
}

/* Stored in the same turn, too: after a restart, what fires again would be no return, but more of the same. */
void groups_settle(struct turn *turn, struct group *group)
{
    group_table_settle(triage_of(turn_core(turn))->groups, group, turn_now(turn));
    write_group(turn_batch(turn), group);
    crowd_keep(turn_batch(turn), group);
}

static void record(void *ctx, const struct group *group)
{
    struct core *core = ctx;
    struct journal_batch *batch = turn_batch(recorder(core, triage_of(core)->alerts_at));
    char fingerprint[FINGERPRINT_TEXT];
    fingerprint_format(group->fingerprint, fingerprint);
    if (group->upkeep.sample) {
        CLEANUP_FREE char *key =
            xasprintf("%s\x1f%" PRId64, fingerprint,
                      group->tally.count <= 1 ? 0 : 1 + group->tally.count % (SAMPLE_SLOTS - 1));
        batch_doc(batch, DOC_SAMPLE, key, group->upkeep.sample)->at = group->times.last_seen;
        if (group->care.incident)
            samples_keep(triage_of(core), fingerprint, group->upkeep.sample, group->care.incident);
    }
    if (group->upkeep.changed)
        write_group(batch, group);
}

struct group_table *groups_create(struct core *core)
{
    struct group_hooks hooks = {core, read_group, record};
    return group_table_create(&core_settings(core)->groups, &hooks, core_rng(core));
}

void groups_end_recording(struct triage *triage)
{
    if (triage->recorder && triage->recorder != triage->alerting)
        turn_commit(triage->recorder, NULL, NULL);
    triage->recorder = NULL;
}

bool groups_flush(struct core *core, instant now)
{
    struct triage *triage = triage_of(core);
    triage->alerts_at = now;
    bool more = group_table_flush(triage->groups, now, FLUSH_MOST);
    groups_end_recording(triage);
    return more;
}

struct group *triage_group(struct core *core, const char *fingerprint, instant now)
{
    uint64_t number;
    struct triage *triage = triage_of(core);
    if (!core_readable(core, NULL) || fingerprint_parse(fingerprint, &number, NULL))
        return NULL;
    triage->alerts_at = now;
    return group_table_find(triage->groups, number, now);
}

const struct group *triage_group_held(const struct core *core, uint64_t fingerprint)
{
    return core_readable(core, NULL) ? group_table_held(triage_of(core)->groups, fingerprint) : NULL;
}

size_t triage_group_count(const struct core *core)
{
    return core_readable(core, NULL) ? group_table_count(triage_of(core)->groups) : 0;
}

const struct group *groups_held(const struct core *core, const char *fingerprint)
{
    uint64_t number;
    return fingerprint_parse(fingerprint, &number, NULL) ? NULL : triage_group_held(core, number);
}

const struct group *groups_peek(struct core *core, uint64_t fingerprint, struct group *read)
{
    const struct group *held = triage_group_held(core, fingerprint);
    *read = (struct group){0};
    if (held)
        return held;
    return read_group(core, fingerprint, read) == 0 ? read : NULL;
}

static bool is_visible(struct core *core, const char *fingerprint, const char *viewer)
{
    uint64_t number;
    struct group read;
    if (fingerprint_parse(fingerprint, &number, NULL))
        return false;
    const struct group *group = groups_peek(core, number, &read);
    bool visible = group && sight_group_visible(core, group, viewer);
    group_finish(&read);
    return visible;
}

struct policy_pace triage_pace(const struct core *core, const struct incident *incident, int minutes,
                               instant now)
{
    struct policy_pace pace = {0};
    for (size_t i = 0; i < incident->affected.alerts.n; i++) {
        const struct group *group = groups_held(core, incident->affected.alerts.v[i].fingerprint);
        int64_t recent = group ? group_count_within(group, minutes, now) : 0;
        pace.recent += recent;
        pace.before += group ? group_count_within(group, 2 * minutes, now) - recent : 0;
    }
    return pace;
}

bool groups_visible(struct core *core, const struct event *event, const char *viewer)
{
    return event_kind(event->type)->subject != OF_GROUP || is_visible(core, event->subject, viewer);
}
