#include <string.h>

#include "intake/fingerprint.h"
#include "intake/group_affected.h"
#include "intake/group_budget.h"
#include "intake/group_edit.h"
#include "intake/group_place.h"
#include "intake/group_store.h"

#define TOLD_EVERY   SECOND /* a group that moves is reported at most this often */
#define SAMPLE_EVERY MINUTE

/* Without a format, since in a flood every alert comes here. */
static const char *name_flood(struct group_table *table, const char *origin)
{
    static const char words[] = "flood of distinct errors from ";
    size_t begin = sizeof(words) - 1, n = MIN(strlen(origin), sizeof(table->flood_title) - sizeof(words));
    memcpy(table->flood_title, words, begin);
    memcpy(table->flood_title + begin, origin, n);
    table->flood_title[begin + n] = '\0';
    return table->flood_title;
}

/* The alert, as the flood group of its source counts it. */
static const struct alert *flood_alert(struct group_table *table, const struct alert *alert)
{
    struct fingerprint f;
    struct alert *flood = &table->flood;
    fingerprint_begin(&f, alert->about.origin, "", GROUPING_FLOOD);
    *flood = *alert;
    flood->about.title = name_flood(table, alert->about.origin);
    flood->fingerprint = fingerprint_end(&f);
    flood->grouping = GROUPING_FLOOD;
    flood->member = 0;
    flood->ends = 0;
    flood->evidence.read = NULL; /* that of one error is not that of all */
    flood->about.stream = flood->about.culprit = flood->about.url = flood->about.type = "";
    flood->about.service = flood->about.environment = flood->about.release = "";
    return flood;
}

static struct group *admit_flood(struct group_table *table, const struct alert **alert, instant now,
                                 bool *ret_new)
{
    *alert = flood_alert(table, *alert);
    struct group *group = group_index_get(&table->index, (*alert)->fingerprint);
    if (!group)
        group = table_look_up(table, (*alert)->fingerprint);
    *ret_new = !group;
    return group ? group : table_create(table, *alert, now);
}

static struct budget *budget_of(struct group_table *table, const char *origin, instant now)
{
    struct budget *budget = map_get(&table->budgets, origin);
    if (!budget) {
        budget = xmalloc(sizeof(*budget));
        budget_init(budget, &table->limits, now);
        map_put(&table->budgets, origin, budget);
    }
    budget_refill(budget, &table->limits, now);
    return budget;
}

static enum group_change settle(struct group *group, bool over, instant now)
{
    if (!over || group->state == GROUP_SETTLED)
        return GROUP_NOTHING;
    group_settle(group, now);
    group->flap.resolved_at = now;
    group->upkeep.waiting = false;
    return GROUP_RESOLVED;
}

/* The group of a fingerprint that is not in memory. Only a firing alert creates one. */
static struct group *admit(struct group_table *table, const struct alert **alert, instant now,
                           struct group_verdict *verdict, bool *ret_new)
{
    struct budget *budget = budget_of(table, (*alert)->about.origin, now);
    bool fires = (*alert)->status == ALERT_FIRING;
    bool may_ask = !table->hooks.known || budget_spend(&budget->lookups);
    struct group *group = may_ask ? table_look_up(table, (*alert)->fingerprint) : NULL;
    if (group) /* nobody watched it meanwhile */
        settle(group, group_drop_ended(group, now), now);
    if (group || !fires)
        return group;
    if (may_ask && budget_spend(&budget->new)) {
        *ret_new = true;
        return table_create(table, *alert, now);
    }
    verdict->flood = true;
    return admit_flood(table, alert, now, ret_new);
}

static bool has_pace(const struct group_table *table, const struct group_pace *pace, instant now)
{
    return pace->second != now / SECOND || pace->told < table->limits.moves_second;
}

static void step(struct group_pace *pace, instant now)
{
    if (pace->second != now / SECOND)
        *pace = (struct group_pace){.second = now / SECOND};
    pace->told++;
}

/* Uses the room at the front of the queue before it grows, since in a storm the queue never runs empty. */
static void tell_later(struct group_table *table, struct group *group)
{
    size_t n = table->waiting.n - table->waiting_at;
    if (group->upkeep.waiting || n >= table->limits.groups)
        return;
    if (table->waiting.n == table->waiting.cap && table->waiting_at > n) {
        memmove(table->waiting.v, table->waiting.v + table->waiting_at, n * sizeof(*table->waiting.v));
        table->waiting.n = n;
        table->waiting_at = 0;
    }
    group->upkeep.waiting = true;
    *array_add(&table->waiting) =
        (struct group_waiting){.fingerprint = group->fingerprint, .since = group->upkeep.moved_at};
}

/* The group is reported to the policy: updates the worst level and the texts that may have changed since. What is news is kept as a
   sample, since people ask about that alert; else one a minute is. */
static void tell(struct group_table *table, struct group *group, const struct alert *alert,
                 enum group_change change, instant now)
{
    group->upkeep.moved_at = now;
    group->upkeep.waiting = false;
    group_refresh_texts(group, alert);
    if (group_change_is_news(change) || !group->upkeep.sampled_at ||
        now - group->upkeep.sampled_at >= SAMPLE_EVERY)
        table_sample(table, group, alert, now);
    table_account(table, group);
}

static bool is_regression(const struct group_table *table, const struct group *group, instant now)
{
    return group->state == GROUP_SETTLED || now - group->times.last_seen > table->limits.forgotten;
}

/* Whom it affected before its incident ended, that incident tells. */
static void reopen(struct group *group, const struct alert *alert, instant now)
{
    if (group->affected.over)
        group_affected_clear(group);
    if (group->state == GROUP_SETTLED)
        group_flap(group, group->flap.resolved_at, now);
    group->state = GROUP_OPEN;
    group->times.opened_at = now;
    group->times.settled_at = group->upkeep.sampled_at = 0;
    group->level = (uint8_t)alert->level;
    group_places_reopen(group);
    group->regressions++;
    group->upkeep.changed = true;
}

/* Its counts are reported once a second at most. */
static bool may_move(struct group_table *table, const struct group *group, instant now)
{
    if (now - group->upkeep.moved_at < TOLD_EVERY || !has_pace(table, &table->at_once, now))
        return false;
    step(&table->at_once, now);
    return true;
}

static enum group_change fire(struct group_table *table, struct group *group, const struct alert *alert,
                              instant now, bool new)
{
    bool regressed = !new &&is_regression(table, group, now);
    if (regressed)
        reopen(group, alert, now);
    group_count(group, alert->count, now);
    enum group_change change = group_place_take(group, alert,
                                                new         ? GROUP_NEW
                                                : regressed ? GROUP_REGRESSED
                                                            : GROUP_NOTHING);
    if (change == GROUP_NOTHING && may_move(table, group, now))
        change = GROUP_MOVED;
    int members = group->firing.n;
    bool affects_more = *alert->who.customer &&
                        group_affect(group, alert->who.customer, alert->who.customer_name, alert->count, now);
    group_add_member(group, alert, now);
    if (alert->ends)
        table_due(table, group, alert->ends);
    if (change != GROUP_NOTHING)
        tell(table, group, alert, change, now);
    else
        tell_later(table, group);
    if (change == GROUP_NOTHING && (affects_more || group->firing.n != members))
        table_account(table, group);
    return change;
}

void group_table_add(struct group_table *table, const struct alert *alert, instant now,
                     struct group_verdict *verdict)
{
    bool new = false;
    now = table_enter(table, now);
    *verdict = (struct group_verdict){.group = group_index_get(&table->index, alert->fingerprint)};
    struct group *group = verdict->group;
    if (!group)
        group = verdict->group = admit(table, &alert, now, verdict, &new);
    if (!group)
        return;
    int members = group->firing.n;
    size_t customers = group->affected.n;
    bool crowded = group->firing.crowded;
    if (alert->status == ALERT_FIRING)
        verdict->change = fire(table, group, alert, now, new);
    else if (alert->status == ALERT_RESOLVED)
        verdict->change = settle(group, group_drop_member(group, alert, now), now);
    else
        verdict->change = group->state == GROUP_OPEN ? GROUP_ACKNOWLEDGED : GROUP_NOTHING;
    verdict->members = group->firing.n != members || group->firing.crowded != crowded;
    verdict->customers = group->affected.n != customers;
    if (group->upkeep.changed || group->upkeep.stale)
        table_mark(table, group);
    group->alert = alert;
    table->current = group;
}

/* The next group whose time has come; NULL: none. Its next time is watched once it is touched. */
static struct group *take_due(struct group_table *table, instant now)
{
    uint64_t fingerprint;
    instant at;
    while (table_pop_due(table, now, &fingerprint, &at)) {
        struct group *group = group_table_find(table, fingerprint, now);
        if (!group || group->firing.due != at)
            continue; /* another timer is for it */
        group->firing.due = 0;
        instant due = group_due(group);
        if (due && due <= now)
            return group;
        table_due(table, group, due);
    }
    return NULL;
}

bool group_table_lapsed(struct group_table *table, instant now, struct group_verdict *verdict)
{
    now = table_enter(table, now);
    struct group *group = take_due(table, now);
    *verdict = (struct group_verdict){.group = group};
    if (!group)
        return false;
    int members = group->firing.n;
    verdict->change = settle(group, group_drop_ended(group, now), now);
    verdict->members = group->firing.n != members;
    return true;
}

/* ---- reported later ---- */

static struct group *waits(const struct group_table *table, const struct group_waiting *entry)
{
    struct group *group = group_index_get(&table->index, entry->fingerprint);
    return group && group->upkeep.waiting && group->upkeep.moved_at == entry->since ? group : NULL;
}

static instant moved_due(const struct group_table *table)
{
    if (table->waiting_at == table->waiting.n)
        return 0;
    instant due = table->waiting.v[table->waiting_at].since + TOLD_EVERY;
    return has_pace(table, &table->later, table->now) ? due : MAX(due, (table->later.second + 1) * SECOND);
}

instant group_table_due(const struct group_table *table)
{
    return instant_earlier(moved_due(table), table_next_due(table));
}

/* Skips groups that were evicted or reported meanwhile. */
struct group *group_table_moved(struct group_table *table, instant now)
{
    now = table_enter(table, now);
    while (table->waiting_at < table->waiting.n) {
        const struct group_waiting *entry = &table->waiting.v[table->waiting_at];
        struct group *group = waits(table, entry);
        if (group && (now - entry->since < TOLD_EVERY || !has_pace(table, &table->later, now)))
            return NULL;
        table->waiting_at++;
        if (!group)
            continue;
        step(&table->later, now);
        group->upkeep.waiting = false;
        group->upkeep.moved_at = now;
        return group;
    }
    table->waiting.n = table->waiting_at = 0;
    return NULL;
}

/* In two steps: all slots are being fetched before the first of them is read for its group. */
void group_table_prefetch(const struct group_table *table, const struct alert *alerts, size_t n)
{
    enum { BATCH = 16 };
    for (size_t i = 0; i < n; i += BATCH) {
        size_t end = MIN(n, i + BATCH);
        for (size_t k = i; k < end; k++)
            __builtin_prefetch(group_index_slot(&table->index, alerts[k].fingerprint));
        for (size_t k = i; k < end; k++) {
            const struct group *group = group_index_get(&table->index, alerts[k].fingerprint);
            if (!group)
                continue;
            __builtin_prefetch(&group->fingerprint, 1);
            __builtin_prefetch(&group->tally, 1);
            __builtin_prefetch(&group->tally.counts[table->now / MINUTE % GROUP_MINUTES], 1);
        }
    }
}
