/*
 * group - what is known about each distinct problem, and what an alert changes about it.
 *
 * The table holds the recently seen groups; the journal holds all of them. A fingerprint that is not in memory is
 * looked up through `known` before it counts as new. The caller learns what an alert changed, and calls the policy
 * only if something did: so the cost of a storm grows with the number of distinct problems, not with the number of
 * errors.
 *
 * Memory is bounded, whatever arrives. A group usually takes 750 bytes (a struct of 576 with its 60 counts, and its
 * texts), and at most 12 kB (long texts, 16 customers, 64 members, a waiting sample). Both the number of groups
 * (100,000) and their bytes (96 MB) are limited, so the worst case is 96 MB plus 8 MB for index and lists. Over
 * either limit, the least recently seen of eight random groups is recorded and forgotten; it can be found again in the
 * journal. A source that keeps sending new fingerprints may open 10,000 groups at once and 1,000 more per hour; any
 * beyond that are counted in one group of that source, "flood of distinct errors from NAME", which is reported like
 * any other. A source may also cause 10,000 look-ups at once and 36,000 per hour; beyond that, unknown fingerprints
 * are treated the same way.
 *
 * Time is an argument and must not go back (if it does, the latest time so far counts). Loop thread only.
 */
#ifndef TOCSIN_INTAKE_GROUP_H
#define TOCSIN_INTAKE_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/id.h"
#include "intake/alert.h"

#define GROUP_MINUTES   60
#define GROUP_CUSTOMERS 16
#define GROUP_MEMBERS   64
#define GROUP_SAMPLE    4000 /* bytes of a sample's JSON */

enum group_state { GROUP_OPEN, GROUP_SETTLED };

/* What an alert changed. */
enum group_change {
    GROUP_NOTHING,      /* counted; nobody needs to know yet */
    GROUP_NEW,          /* never seen before */
    GROUP_REGRESSED,    /* it was settled, by its sender or with its incident, or unseen for limits.forgotten */
    GROUP_MOVED,        /* its counts moved; at most once a second per group, and 1,000 times for all groups */
    GROUP_RESOLVED,     /* the sender says that it is over (its last firing member resolved) */
    GROUP_ACKNOWLEDGED, /* the sender says that somebody is looking at it */
};

struct group_customer {
    char *key, *name;
    uint64_t hash; /* of the key */
    int64_t count;
};

struct group_minute {
    int64_t minute; /* since 1970 */
    uint32_t count;
};

struct group {
    /* Touched by every alert. */
    uint64_t fingerprint;
    instant last_seen;
    instant moved_at;               /* when a change was last reported */
    int64_t count;                  /* since first seen */
    int64_t minute;                 /* of counts[minute % 60] */
    const struct alert *alert;      /* the current alert, until the next call; else NULL */
    uint32_t dirty;                 /* place in the list of groups to record, from 1; 0: not in it */
    uint8_t state, level, grouping; /* level: the worst since it opened; enums in a byte */
    uint8_t n_members, n_customers, n_pending;
    bool crowded; /* more members fired than can be kept: the sender's resolves do not settle it */
    bool waiting; /* moved, but not reported yet: group_table_moved will do it */
    bool changed; /* the document must be written */
    bool stale;   /* the document is older than the counts */
    struct group_minute pending[4]; /* counted, not recorded; the last takes the rest if nobody records */
    uint32_t counts[GROUP_MINUTES];

    instant first_seen;
    instant opened_at;  /* first seen, or last regressed */
    instant settled_at; /* 0: open */
    instant sampled_at, recorded_at;
    instant judged_at, muted_until; /* set by the caller */
    uint64_t incident;              /* it is attached to; 0: none; set by the caller */
    int64_t unjudged; /* a group_change that happened while it was muted; 0: none; set by the caller */
    int64_t regressions;
    int64_t customers_more; /* alerts of customers that are not kept */
    /* Never NULL once in a table; parts of one block. */
    char *text;
    const char *source, *origin, *stream, *title, *service, *environment, *release, *culprit, *url, *type;
    struct group_customer *customers; /* NULL: none yet */
    uint64_t *members;                /* that are firing; NULL: none */
    char *sample;                     /* an alert as JSON, waiting to be recorded; NULL: none */
    uint32_t bytes;                   /* all memory that it uses */
    uint16_t text_bytes;
};

struct group_limits {
    size_t groups;                       /* 0: 100,000 */
    size_t bytes;                        /* 0: 96 MB */
    int64_t new_burst, new_hourly;       /* per source; 0: 10,000 and 1,000 */
    int64_t lookup_burst, lookup_hourly; /* per source; 0: 10,000 and 36,000 */
    duration forgotten;                  /* after this long unseen it counts as a regression; 0: 14 days */
    int64_t moves_second; /* GROUP_MOVED reported at once, and as many later, for all groups; 0: 1,000 */
};

struct group_hooks {
    void *ctx;
    /* Fills `group` (with group_decode) and returns 0 when this fingerprint was seen before; otherwise ERR_NOT_FOUND.
       NULL: nothing was seen before. */
    int (*known)(void *ctx, uint64_t fingerprint, struct group *group);
    /* Records what changed about a group since the last time: `n` counts, group->sample unless NULL, and the group itself
       if group->changed (otherwise only its counts moved; the document follows within a minute). NULL: nothing is
       recorded. */
    void (*record)(void *ctx, const struct group *group, const struct group_minute *counts, size_t n);
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
    bool
        members; /* other members fire than before; unless that is recorded, one that ends would end the group */
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

/* Call after changing one of the caller's fields (incident, judged_at, muted_until), so that it is recorded. */
void group_table_touch(struct group_table *table, struct group *group);
/* Its incident was resolved: the next alert is a regression. Forgets its members. */
void group_table_settle(struct group_table *table, struct group *group, instant now);
/* Records one group at once, without its counts (a new one, before it is acknowledged); or everything that changed since the
   last flush. */
void group_table_record(struct group_table *table, struct group *group);
size_t group_table_flush(struct group_table *table, instant now);
/* Forgets everything in memory without recording it, after a failed commit; the budgets of sources stay. */
void group_table_clear(struct group_table *table);

/* Alerts in the last `minutes` (1 to 60), including the current minute. */
int64_t group_count_within(const struct group *group, int minutes, instant now);
bool group_muted(const struct group *group, instant now);

/* For DOC_GROUP: everything except the sample and the pending counts. */
void group_encode(const struct group *group, struct str *out);
int group_decode(const char *json, size_t n, struct group *ret, struct error *err);
void group_finish(struct group *group); /* frees its content, not the struct */

const char *group_change_name(enum group_change change); /* "new", "regressed", … */

#endif
