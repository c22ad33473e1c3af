/*
 * group - what is known of each distinct problem, and what an alert changes about it.
 *
 * The table holds the groups that were seen lately; the journal holds all of them. A fingerprint that is not
 * in memory is looked up through `known` before it counts as new. The caller is told what an alert changed
 * and asks the policy only then: so the cost of a storm grows with the number of distinct problems, not with
 * the number of errors.
 *
 * Memory is bounded whatever arrives. A group takes 750 bytes as a rule (a struct of 576 with its 60 counts,
 * and its texts) and 12 kB at most (long texts, 16 customers, 64 members, a sample that waits). Both the
 * groups (100,000) and their bytes (96 MB) are limited, so the worst case in all is 96 MB and 8 MB of index
 * and lists; over either limit the coldest of eight groups picked at random is recorded and forgotten, and
 * found again in the journal. A source that sends ever new fingerprints may open 10,000 groups at once and
 * 1,000 more an hour; what goes beyond counts in one group of that source, "flood of distinct errors from
 * NAME", that is told like any other. A source may also cause 10,000 look-ups at once and 36,000 an hour;
 * beyond, unknown fingerprints go the same way.
 *
 * Time is an argument and must not run backwards (if it does, the latest time seen counts). Loop's thread only.
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

/* What an alert changed, the most telling first. */
enum group_change {
    GROUP_NOTHING,      /* counted; nobody needs to know yet */
    GROUP_NEW,          /* never seen before */
    GROUP_REGRESSED,    /* it was settled, by its sender or with its incident, or unseen for limits.forgotten */
    GROUP_MOVED,        /* its counts moved; at most once a second for a group, 1,000 times for all */
    GROUP_RESOLVED,     /* the sender says it is over (its last firing member resolved) */
    GROUP_ACKNOWLEDGED, /* the sender says that somebody looks at it */
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
    /* What every alert touches. */
    uint64_t fingerprint;
    instant last_seen;
    instant moved_at;               /* when a change was last told */
    int64_t count;                  /* since first seen */
    int64_t minute;                 /* that counts[minute % 60] is of */
    const struct alert *alert;      /* the alert at hand, until the next call; else NULL */
    uint32_t dirty;                 /* place in the list of those to record, from 1; 0: not in it */
    uint8_t state, level, grouping; /* level: the worst since it opened; enums in a byte */
    uint8_t n_members, n_customers, n_pending;
    bool crowded; /* more members fired than are kept: the sender's resolves do not settle it */
    bool waiting; /* moved, and not told yet: group_table_moved will */
    bool changed; /* the document must be written anew */
    bool stale;   /* the document is older than the counts */
    struct group_minute pending[4]; /* counted, not recorded; the last takes the rest when nobody records */
    uint32_t counts[GROUP_MINUTES];

    instant first_seen;
    instant opened_at;  /* first seen, or last regressed */
    instant settled_at; /* 0: open */
    instant sampled_at, recorded_at;
    instant judged_at, muted_until; /* the caller's */
    uint64_t incident;              /* attached to; 0: none; the caller's */
    int64_t unjudged; /* the news (a group_change) that came while it was muted; 0: none; the caller's */
    int64_t regressions;
    int64_t customers_more; /* alerts of customers beyond those kept */
    /* Never NULL once in a table; parts of one block. */
    char *text;
    const char *source, *origin, *stream, *title, *service, *environment, *release, *culprit, *url, *type;
    struct group_customer *customers; /* NULL: none yet */
    uint64_t *members;                /* that fire now; NULL: none */
    char *sample;                     /* an alert as JSON that waits to be recorded; NULL: none */
    uint32_t bytes;                   /* all that it occupies */
    uint16_t text_bytes;
};

struct group_limits {
    size_t groups;                       /* 0: 100,000 */
    size_t bytes;                        /* 0: 96 MB */
    int64_t new_burst, new_hourly;       /* a source; 0: 10,000 and 1,000 */
    int64_t lookup_burst, lookup_hourly; /* a source; 0: 10,000 and 36,000 */
    duration forgotten;                  /* unseen for so long, it is a regression; 0: 14 days */
    int64_t moves_second; /* GROUP_MOVED told at once, and as many told later, of all groups; 0: 1,000 */
};

struct group_hooks {
    void *ctx;
    /* Fills `group` (by group_decode) and returns 0 when this fingerprint was seen before; ERR_NOT_FOUND
       otherwise. NULL: nothing was. */
    int (*known)(void *ctx, uint64_t fingerprint, struct group *group);
    /* What must be recorded of a group since the last time: `n` counts, group->sample when not NULL, and the
       group itself when group->changed (else only counts moved; the document follows within a minute). NULL:
       nothing is. */
    void (*record)(void *ctx, const struct group *group, const struct group_minute *counts, size_t n);
};

struct group_table;

/* The hooks and limits are copied. `rng` (eviction, hash key) must outlive the table. */
struct group_table *group_table_create(const struct group_limits *limits, const struct group_hooks *hooks,
                                       struct rng *rng);
void group_table_destroy(struct group_table *table); /* records nothing; NULL is fine */

struct group_verdict {
    enum group_change change;
    struct group *group; /* NULL: a resolve or acknowledgement of what nobody knows */
    bool flood;          /* the alert went to its source's flood group */
    bool members; /* other instances fire than before: without that record, one that ends would end the group */
};

/* Counts one alert. The group is borrowed until the next add. */
void group_table_add(struct group_table *table, const struct alert *alert, instant now,
                     struct group_verdict *verdict);
/*
 * A group that was counted after its last change was told, and is due (a second later, or when its turn
 * comes in a storm): to be judged as GROUP_MOVED, without an alert. First come, first served. NULL: none is
 * due. group_table_due says when to ask next; 0: when another alert came.
 */
struct group *group_table_moved(struct group_table *table, instant now);
instant group_table_due(const struct group_table *table);
/* Asks the processor to fetch what adding this alert will touch: call it for a whole list before adding the first. */
void group_table_prefetch(const struct group_table *table, const struct alert *alerts, size_t n);
/* In memory, or through `known`; NULL: never seen. Borrowed until the next call. */
struct group *group_table_find(struct group_table *table, uint64_t fingerprint, instant now);
/* Only where it is in memory: as it is now, newer than what is recorded. NULL: what is recorded is all. */
const struct group *group_table_held(const struct group_table *table, uint64_t fingerprint);
size_t group_table_count(const struct group_table *table);
size_t group_table_bytes(const struct group_table *table);
/* for (size_t at = 0; (group = group_table_next(table, &at)); ): in no order; adding ends the walk. */
struct group *group_table_next(const struct group_table *table, size_t *at);

/* The caller changed a field of its own (incident, judged_at, muted_until): it will be recorded. */
void group_table_touch(struct group_table *table, struct group *group);
/* Its incident was resolved: the next alert is a regression. Members are forgotten. */
void group_table_settle(struct group_table *table, struct group *group, instant now);
/* Records one group at once (a new one, before it is acknowledged), but for its counts; or all that changed since the last
   flush. */
void group_table_record(struct group_table *table, struct group *group);
size_t group_table_flush(struct group_table *table, instant now);
/* Forgets what is in memory without recording it (its truth was thrown away); source budgets stay. */
void group_table_clear(struct group_table *table);

/* Alerts in the last `minutes` (1 to 60), the current one included: exact to the minute. */
int64_t group_count_within(const struct group *group, int minutes, instant now);
bool group_muted(const struct group *group, instant now);

/* For DOC_GROUP. Everything but the sample and what is pending. */
void group_encode(const struct group *group, struct str *out);
int group_decode(const char *json, size_t n, struct group *ret, struct error *err);
void group_finish(struct group *group); /* frees what it holds, not itself */

const char *group_change_name(enum group_change change); /* "new", "regressed", … */

#endif
