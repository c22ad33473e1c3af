#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "intake/group_affected.h"
#include "intake/group_edit.h"
#include "intake/group_store.h"
#include "intake/scrub.h"

#define RECORD_EVERY MINUTE             /* the document of a group when only its counts move */
#define SAMPLE_BYTES ((size_t)16 << 20) /* of all samples that are waiting to be recorded */
#define EVICT_AMONG  8

static void fill_limits(struct group_limits *limits)
{
    struct group_limits fallback = {
        .groups = 100000,
        .bytes = (size_t)128 << 20,
        .new_burst = 10000,
        .new_hourly = 1000,
        .lookup_burst = 10000,
        .lookup_hourly = 36000,
        .forgotten = 14 * DAY,
        .moves_second = 1000,
    };
#define FILL(field) (limits->field = limits->field ? limits->field : fallback.field)
    FILL(groups);
    FILL(bytes);
    FILL(new_burst);
    FILL(new_hourly);
    /* A group that may be made is looked up first. */
    fallback.lookup_burst = MAX(fallback.lookup_burst, limits->new_burst);
    fallback.lookup_hourly = MAX(fallback.lookup_hourly, limits->new_hourly);
    FILL(lookup_burst);
    FILL(lookup_hourly);
    FILL(forgotten);
    FILL(moves_second);
#undef FILL
    limits->groups = MIN(limits->groups, UINT32_MAX / 2);
}

struct group_table *group_table_create(const struct group_limits *limits, const struct group_hooks *hooks,
                                       struct rng *rng)
{
    struct group_table *table = xcalloc(1, sizeof(*table));
    if (limits)
        table->limits = *limits;
    if (hooks)
        table->hooks = *hooks;
    fill_limits(&table->limits);
    table->rng = rng;
    table_timers_init(table);
    table->index.secret[0] = rng_next(rng);
    table->index.secret[1] = rng_next(rng);
    return table;
}

static void destroy_group(struct group *group)
{
    group_finish(group);
    free(group);
}

void group_table_clear(struct group_table *table)
{
    struct group *group;
    for (size_t at = 0; (group = group_table_next(table, &at));)
        destroy_group(group);
    group_index_finish(&table->index);
    array_free(&table->dirty);
    array_free(&table->waiting);
    table_timers_finish(table);
    table_timers_init(table);
    table->waiting_at = table->bytes = table->sample_bytes = 0;
    table->current = NULL;
}

void group_table_destroy(struct group_table *table)
{
    if (!table)
        return;
    group_table_clear(table);
    table_timers_finish(table);
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&table->budgets, &i));)
        free(slot->value);
    map_finish(&table->budgets);
    free(table);
}

size_t group_table_count(const struct group_table *table)
{
    return table->index.n;
}

size_t group_table_bytes(const struct group_table *table)
{
    return table->bytes + table->index.cap * sizeof(struct group_slot) +
           table->dirty.cap * sizeof(struct group *) + table->waiting.cap * sizeof(struct group_waiting);
}

struct group *group_table_next(const struct group_table *table, size_t *at)
{
    while (*at < table->index.cap) {
        struct group *group = table->index.slots[(*at)++].group;
        if (group)
            return group;
    }
    return NULL;
}

instant table_enter(struct group_table *table, instant now)
{
    if (table->current)
        table->current->alert = NULL;
    table->current = NULL;
    table->now = MAX(table->now, now);
    return table->now;
}

/* ---- recording ---- */

void table_account(struct group_table *table, struct group *group)
{
    uint32_t bytes = (uint32_t)group_bytes(group);
    table->bytes += bytes - (size_t)group->upkeep.bytes;
    group->upkeep.bytes = bytes;
}

void table_mark(struct group_table *table, struct group *group)
{
    if (group->upkeep.dirty)
        return;
    *array_add(&table->dirty) = group; /* NOLINT(bugprone-sizeof-expression): an array of pointers */
    group->upkeep.dirty = (uint32_t)table->dirty.n;
}

static void unmark(struct group_table *table, struct group *group)
{
    if (!group->upkeep.dirty)
        return;
    struct group *last = table->dirty.v[--table->dirty.n];
    table->dirty.v[group->upkeep.dirty - 1] = last;
    last->upkeep.dirty = group->upkeep.dirty;
    group->upkeep.dirty = 0;
}

static void drop_sample(struct group_table *table, struct group *group)
{
    if (!group->upkeep.sample)
        return;
    table->sample_bytes -= strlen(group->upkeep.sample);
    free(group->upkeep.sample);
    group->upkeep.sample = NULL;
    table_account(table, group);
}

void table_sample(struct group_table *table, struct group *group, const struct alert *alert, instant now)
{
    drop_sample(table, group);
    if (table->sample_bytes >= SAMPLE_BYTES)
        return;
    CLEANUP_STR struct str sample = {0};
    alert_encode(alert, GROUP_SAMPLE, &sample);
    group->upkeep.sample = xstrndup(str_text(&sample), sample.len); /* without spare room */
    group->upkeep.sampled_at = now;
    table->sample_bytes += sample.len;
}

static void record(struct group_table *table, struct group *group)
{
    if (group->upkeep.stale && table->now - group->upkeep.recorded_at >= RECORD_EVERY)
        group->upkeep.changed = true;
    if (table->hooks.record && (group->upkeep.changed || group->upkeep.sample))
        table->hooks.record(table->hooks.ctx, group);
    if (group->upkeep.changed) {
        group->upkeep.recorded_at = table->now;
        group->upkeep.stale = false;
        group_affected_stored(group, true);
    }
    group->upkeep.changed = false;
    drop_sample(table, group);
    if (group->upkeep.stale)
        table_mark(table, group);
    else
        unmark(table, group);
}

void group_table_record(struct group_table *table, struct group *group)
{
    record(table, group);
}

/* From the end, since recording moves the last one into the gap; a group whose document can wait stays dirty. Whatever else moves
   meanwhile is recorded now, too, or with the next flush. */
bool group_table_flush(struct group_table *table, instant now, size_t most)
{
    table_enter(table, now);
    if (table->flush_at == 0)
        table->flush_at = table->dirty.n;
    for (size_t i = 0; i < most && table->flush_at > 0; i++) {
        table->flush_at = MIN(table->flush_at, table->dirty.n);
        if (table->flush_at == 0)
            break;
        struct group *group = table->dirty.v[--table->flush_at];
        record(table, group);
    }
    return table->flush_at > 0;
}

void group_table_touch(struct group_table *table, struct group *group)
{
    group->upkeep.changed = true;
    table_due(table, group, group_due(group));
    table_account(table, group);
    table_mark(table, group);
}

void group_table_settle(struct group_table *table, struct group *group, instant now)
{
    group_settle(group, MAX(now, table->now));
    group->flap.resolved_at = 0;
    group->affected.over = true;
    group_table_touch(table, group);
}

/* ---- keeping and evicting ---- */

static void evict_one(struct group_table *table, const struct group *spared)
{
    struct group *coldest = NULL;
    for (int i = 0; i < EVICT_AMONG; i++) {
        struct group *group = group_index_pick(&table->index, rng_next(table->rng));
        if (group != spared && group != table->current &&
            (!coldest || group->times.last_seen < coldest->times.last_seen))
            coldest = group;
    }
    if (!coldest)
        return;
    coldest->upkeep.changed |= coldest->upkeep.stale;
    record(table, coldest);
    unmark(table, coldest);
    group_index_remove(&table->index, coldest->fingerprint);
    table->bytes -= coldest->upkeep.bytes;
    destroy_group(coldest);
}

static void make_room(struct group_table *table, const struct group *spared)
{
    while (table->index.n > 1 &&
           (table->index.n > table->limits.groups || table->bytes > table->limits.bytes)) {
        size_t before = table->index.n;
        evict_one(table, spared);
        if (table->index.n == before)
            return;
    }
}

static struct group *keep(struct group_table *table, struct group *group)
{
    group_index_put(&table->index, group);
    table_account(table, group);
    make_room(table, group);
    return group;
}

struct group *table_look_up(struct group_table *table, uint64_t fingerprint)
{
    if (!table->hooks.known)
        return NULL;
    struct group *group = xcalloc(1, sizeof(*group));
    if (table->hooks.known(table->hooks.ctx, fingerprint, group) < 0) {
        destroy_group(group);
        return NULL;
    }
    group->fingerprint = fingerprint;
    if (!group->upkeep.text)
        group_set_texts(group, &problem_unknown);
    group->upkeep.changed = false;
    table_due(table, group, group_due(group));
    return keep(table, group);
}

/* Titles, and places in code, are shown to everybody. */
static void set_first_texts(struct group *group, const struct problem *from)
{
    struct arena arena = {0};
    struct problem about = *from;
    about.title = scrub_text(&arena, from->title);
    about.culprit = scrub_text(&arena, from->culprit);
    about.url = scrub_text(&arena, from->url);
    group_set_texts(group, &about);
    arena_finish(&arena);
}

struct group *table_create(struct group_table *table, const struct alert *alert, instant now)
{
    struct group *group = xcalloc(1, sizeof(*group));
    group->fingerprint = alert->fingerprint;
    group->grouping = (uint8_t)alert->grouping;
    group->level = (uint8_t)alert->level;
    group->times.first_seen = group->times.opened_at = group->upkeep.recorded_at = now;
    group->tally.minute = now / MINUTE;
    set_first_texts(group, &alert->about);
    return keep(table, group);
}

const struct group *group_table_held(const struct group_table *table, uint64_t fingerprint)
{
    return group_index_get(&table->index, fingerprint);
}

struct group *group_table_find(struct group_table *table, uint64_t fingerprint, instant now)
{
    table->now = MAX(table->now, now);
    struct group *group = group_index_get(&table->index, fingerprint);
    return group ? group : table_look_up(table, fingerprint);
}
