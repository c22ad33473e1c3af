/*
 * group_store - the memory of a table: the groups in it, what must be recorded of them, and which one makes room for another.
 *
 * group_table.c implements it, and group_due.c the times of groups; group_add.c uses it to decide what an alert changes. Nobody else looks inside a table.
 */
#ifndef TOCSIN_INTAKE_GROUP_STORE_H
#define TOCSIN_INTAKE_GROUP_STORE_H

#include "base/heap.h"
#include "base/map.h"
#include "base/mem.h"
#include "intake/group_index.h"
#include "intake/group_table.h"

struct group_waiting {
    uint64_t fingerprint;
    instant since; /* the group's moved_at; if that has changed, it has been reported since */
};

/* How many were reported in this second. */
struct group_pace {
    int64_t second, told;
};

struct group_table {
    struct group_index index;
    struct group_limits limits;
    struct group_hooks hooks;
    struct rng *rng;
    instant now; /* the latest so far */
    size_t bytes, sample_bytes;
    struct map budgets; /* origin -> struct budget */
    ARRAY(struct group *) dirty;
    size_t flush_at;                     /* those before it are still to be recorded by the current flush */
    ARRAY(struct group_waiting) waiting; /* to be reported; from waiting_at on, in order of time */
    size_t waiting_at;
    struct heap timers; /* of groups with a time of their own */
    struct group_pace at_once, later;
    struct group *current; /* whose `alert` is set */
    struct alert flood;    /* the alert of a flood group, and its title */
    char flood_title[ALERT_TITLE + 1];
};

/* Ends the borrowing of the last call, and keeps time from going back. */
instant table_enter(struct group_table *table, instant now);
/* Call after the memory of a group has changed. */
void table_account(struct group_table *table, struct group *group);
void table_mark(struct group_table *table, struct group *group);
/* Keeps the alert as the group's latest sample until that is recorded. */
void table_sample(struct group_table *table, struct group *group, const struct alert *alert, instant now);
/* Watches a time of the group's own: sets firing.due, unless it is sooner already. */
void table_due(struct group_table *table, struct group *group, instant at);
/* The next time that has come, and the group that it was set for; false: none. */
bool table_pop_due(struct group_table *table, instant now, uint64_t *ret_fingerprint, instant *ret_at);
instant table_next_due(const struct group_table *table); /* 0: none */
void table_timers_init(struct group_table *table);
void table_timers_finish(struct group_table *table);
/* From the journal; NULL: not there. */
struct group *table_look_up(struct group_table *table, uint64_t fingerprint);
struct group *table_create(struct group_table *table, const struct alert *alert, instant now);

#endif
