/* group_inside - shared by the files that implement groups and their table; nobody else includes it. */
#ifndef TOCSIN_INTAKE_GROUP_INSIDE_H
#define TOCSIN_INTAKE_GROUP_INSIDE_H

#include "base/map.h"
#include "base/mem.h"
#include "intake/group.h"
#include "intake/group_index.h"

void group_count(struct group *group, int64_t count, instant now);

/* Member 0 means none. */
void group_add_member(struct group *group, uint64_t member);
/* True when no member fires any more. */
bool group_drop_member(struct group *group, uint64_t member);
void group_settle(struct group *group, instant now);

/* NULL: there is no room for another customer, so it was only counted. */
struct group_customer *group_add_customer(struct group *group, const char *key, const char *name,
                                          int64_t count);

/* In this order: source, origin, stream, title, service, environment, release, culprit, url, type. They are copied, and may
   belong to the group itself. */
#define GROUP_TEXTS 10
void group_set_texts(struct group *group, const char *const texts[GROUP_TEXTS]);
void group_take_texts(struct group *group, const struct alert *alert);
/* Updates the text that may differ between alerts: the release. */
void group_refresh_texts(struct group *group, const struct alert *alert);

size_t group_bytes(const struct group *group);

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
    ARRAY(struct group_waiting) waiting; /* to be reported; from waiting_at on, in order of time */
    size_t waiting_at;
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
void table_sample(struct group_table *table, struct group *group, const struct alert *alert, instant now);
/* From the journal; NULL: not there. */
struct group *table_look_up(struct group_table *table, uint64_t fingerprint);
struct group *table_create(struct group_table *table, const struct alert *alert, instant now);

#endif
