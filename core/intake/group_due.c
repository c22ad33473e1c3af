/*
 * Times of groups: an alert runs out unless it is sent again, held changes are told. A timer is not moved when a group's time moves
 * later: once it is due, the group is asked again, so a renewal costs nothing here. Nor does it keep the group in memory.
 */
#include <stdlib.h>

#include "intake/group_edit.h"
#include "intake/group_store.h"

struct timer {
    struct heap_node node;
    instant at;
    uint64_t fingerprint;
};

static const struct timer *timer_of(const struct heap_node *node)
{
    return container_of(node, struct timer, node);
}

static bool before(const struct heap_node *a, const struct heap_node *b)
{
    const struct timer *first = timer_of(a), *second = timer_of(b);
    return first->at != second->at ? first->at < second->at : first->fingerprint < second->fingerprint;
}

void table_timers_init(struct group_table *table)
{
    heap_init(&table->timers, before);
}

static void drop_first(struct group_table *table)
{
    struct heap_node *node = heap_first(&table->timers);
    heap_remove(&table->timers, node);
    free(container_of(node, struct timer, node));
}

void table_timers_finish(struct group_table *table)
{
    while (heap_first(&table->timers))
        drop_first(table);
    heap_finish(&table->timers);
}

/* A group that was evicted leaves its timer behind, so there may be more timers than groups, but not many. */
void table_due(struct group_table *table, struct group *group, instant at)
{
    if (!at || (group->firing.due && group->firing.due <= at) || table->timers.n >= 2 * table->limits.groups)
        return;
    struct timer *timer = xcalloc(1, sizeof(*timer));
    timer->at = group->firing.due = at;
    timer->fingerprint = group->fingerprint;
    heap_add(&table->timers, &timer->node);
}

instant table_next_due(const struct group_table *table)
{
    const struct heap_node *first = heap_first(&table->timers);
    return first ? timer_of(first)->at : 0;
}

bool table_pop_due(struct group_table *table, instant now, uint64_t *ret_fingerprint, instant *ret_at)
{
    instant next = table_next_due(table);
    if (!next || next > now)
        return false;
    const struct timer *timer = timer_of(heap_first(&table->timers));
    *ret_fingerprint = timer->fingerprint;
    *ret_at = timer->at;
    drop_first(table);
    return true;
}
