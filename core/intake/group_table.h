/*
 * group_table - the groups of all distinct problems, and what an alert changes about them.
 *
 * The table holds the recently seen groups; the journal holds all of them. A fingerprint that is not in memory is
 * looked up through `known` before it counts as new. The caller learns what an alert changed, and calls the policy
 * only if something did: so the cost of a storm grows with the number of distinct problems, not with the number of
 * errors.
 *
 * Memory is bounded, whatever arrives. A group usually takes 1,150 bytes (a struct of 696 with its 60 counts, its
 * texts, a place and a member), and at most 32 kB (long texts, 16 customers and places, 64 members with names and as many that recovered, a
 * waiting sample). Both the number of groups
 * (100,000) and their bytes (128 MB) are limited, so the worst case is 128 MB plus 8 MB for index and lists. Over
 * either limit, the least recently seen of eight random groups is recorded and forgotten; it can be found again in the
 * journal. A source that keeps sending new fingerprints may open 10,000 groups at once and 1,000 more per hour; any
 * beyond that are counted in one group of that source, "flood of distinct errors from NAME", which is reported like
 * any other. A source may also cause 10,000 look-ups at once and 36,000 per hour; beyond that, unknown fingerprints
 * are treated the same way.
 *
 * Time is an argument and must not go back (if it does, the latest time so far counts). Loop thread only.
 */
#ifndef TOCSIN_INTAKE_GROUP_TABLE_H
#define TOCSIN_INTAKE_GROUP_TABLE_H

#include "base/id.h"
#include "intake/group.h"

struct group_limits {
    size_t groups;                       /* 0: 100,000 */
    size_t bytes;                        /* 0: 128 MB */
    int64_t new_burst, new_hourly;       /* per source; 0: 10,000 and 1,000 */
    int64_t lookup_burst, lookup_hourly; /* per source; 0: 10,000 and 36,000, or as many as may be made */
    duration forgotten;                  /* after this long unseen it counts as a regression; 0: 14 days */
    int64_t moves_second; /* GROUP_MOVED reported at once, and as many later, for all groups; 0: 1,000 */
};

struct group_hooks {
    void *ctx;
    /* Fills `group` (with group_decode) and returns 0 when this fingerprint was seen before; otherwise ERR_NOT_FOUND.
       NULL: nothing was seen before. */
    int (*known)(void *ctx, uint64_t fingerprint, struct group *group);
    /* Records what changed about a group since the last time: upkeep.sample unless NULL, and the group itself if upkeep.changed
       (otherwise only its counts moved; the document follows within a minute). NULL: nothing is recorded. */
    void (*record)(void *ctx, const struct group *group);
};

struct group_table;

/* The hooks and limits are copied. `rng` (eviction, hash key) must outlive the table. */
struct group_table *group_table_create(const struct group_limits *limits, const struct group_hooks *hooks,
                                       struct rng *rng);
void group_table_destroy(struct group_table *table); /* records nothing; table may be NULL */

struct group_verdict {
    enum group_change change;
    struct group *group; /* NULL: a resolve or acknowledgement of an unknown group */
    bool flood;          /* the alert went to the flood group of its source */
    bool members; /* the firing members changed; until that is recorded, the end of one would end the group */
    bool
        customers; /* it affects one more whom it tells apart; until that is recorded, nobody may say that we know of them */
};

/* Counts one alert. The group is borrowed until the next add. */
void group_table_add(struct group_table *table, const struct alert *alert, instant now,
                     struct group_verdict *verdict);
/*
 * The next group whose counts moved after its last change was reported and that is due (a second later, or in its turn
 * during a storm): judge it as GROUP_MOVED, without an alert. First come, first served. NULL: none is due.
 * group_table_due says when to ask next; 0: after the next alert.
 */
struct group *group_table_moved(struct group_table *table, instant now);
instant group_table_due(const struct group_table *table);
/* The next group with a time of its own that has come: members ran out (`verdict` says what that changed), or flap.until has passed.
   Call group_table_touch when it is handled. False: none. group_table_due covers these times. */
bool group_table_lapsed(struct group_table *table, instant now, struct group_verdict *verdict);
/* Prefetches the memory that adding these alerts will touch. Call it for a whole list before adding the first one. */
void group_table_prefetch(const struct group_table *table, const struct alert *alerts, size_t n);
/* Looks in memory, then through `known`; NULL: never seen. Borrowed until the next call. */
struct group *group_table_find(struct group_table *table, uint64_t fingerprint, instant now);
/* Looks only in memory, where the group is newer than what is recorded. NULL: use what is recorded. */
const struct group *group_table_held(const struct group_table *table, uint64_t fingerprint);
size_t group_table_count(const struct group_table *table);
size_t group_table_bytes(const struct group_table *table);
/* for (size_t at = 0; (group = group_table_next(table, &at)); ) … In no particular order; do not add during the loop. */
struct group *group_table_next(const struct group_table *table, size_t *at);

/* Call after changing group->care, group->flap or what people were told, so that it is recorded. */
void group_table_touch(struct group_table *table, struct group *group);
/* Its incident was resolved: the next alert is a regression. Forgets its members. */
void group_table_settle(struct group_table *table, struct group *group, instant now);
/* Records one group at once, without its counts (a new one, before it is acknowledged). */
void group_table_record(struct group_table *table, struct group *group);
/* Records what changed since the last flush, at most so many groups. True: more are left, so call it again. */
bool group_table_flush(struct group_table *table, instant now, size_t most);
/* Forgets everything in memory without recording it, after a failed commit; the budgets of sources stay. */
void group_table_clear(struct group_table *table);

#endif
