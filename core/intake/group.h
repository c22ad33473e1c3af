/*
 * group - what is known about one distinct problem: how often it happened, since when, to whom, and which incident it led to.
 *
 * Pure: it only counts and encodes. A group in a table belongs to the table (group_table.h), which lends it for a call. A decoded
 * group belongs to the caller, who calls group_finish.
 */
#ifndef TOCSIN_INTAKE_GROUP_H
#define TOCSIN_INTAKE_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "intake/group_member.h"

#define GROUP_MINUTES 60
#define GROUP_SAMPLE  4000 /* bytes of a sample's JSON */

/* A group flaps once it, or one of its members, came back so often, each time within so long. */
#define FLAP_RETURNS 2
#define FLAP_WITHIN  (10 * MINUTE)

enum group_state { GROUP_OPEN, GROUP_SETTLED };

/* What an alert changed. */
enum group_change {
    GROUP_NOTHING,      /* counted; nobody needs to know yet */
    GROUP_NEW,          /* never seen before */
    GROUP_REGRESSED,    /* it was settled, by its sender or with its incident, or unseen for limits.forgotten */
    GROUP_WORSE,        /* at a worse level than before, for the first time since it opened */
    GROUP_SPREAD,       /* in another environment or service, for the first time since it opened */
    GROUP_MOVED,        /* its counts moved; at most once a second per group, and 1,000 times for all groups */
    GROUP_RESOLVED,     /* the sender says that it is over (its last firing member resolved) */
    GROUP_ACKNOWLEDGED, /* the sender says that somebody is looking at it */
};

struct group_customer; /* intake/group_affected.h */
struct group_crowd;
struct group_place; /* intake/group_place.h */

struct group_upkeep {    /* set by the table */
    instant moved_at;    /* when a change was last reported */
    uint32_t dirty;      /* place in the list of groups to record, from 1; 0: not in it */
    bool waiting;        /* moved, but not reported yet: group_table_moved will do it */
    bool changed;        /* the document must be written */
    bool stale;          /* the document is older than the counts */
    uint16_t text_bytes; /* of `text` */
    uint32_t bytes;      /* all memory that the group uses */
    instant sampled_at, recorded_at;
    uint64_t news; /* set by the caller: which of its turns changed it last */
    char *text;    /* the block that the texts of `about` are in */
    char *sample;  /* an alert as JSON, waiting to be recorded; NULL: none */
};

struct group_tally {
    int64_t count;  /* since first seen */
    int64_t minute; /* of counts[minute % 60] */
    uint32_t counts[GROUP_MINUTES];
};

struct group_times {
    instant last_seen, first_seen;
    instant opened_at;  /* first seen, or last regressed */
    instant settled_at; /* 0: open */
    instant
        ends; /* of an alert without a member: when it is over unless it is sent again; 0: when its sender says so */
};

struct group_flap {    /* how it came and went lately */
    int64_t n;         /* how often it came back since `since` */
    instant since, at; /* at: when it last came back */
    instant
        resolved_at; /* the last time that its sender said so, or let it run out; 0: its incident ended since */
    instant until;   /* set by the caller: changes are held back until then; 0: they are told at once */
};

struct group_affected {        /* the customers that it affects since it opened (group_affected.h) */
    struct group_customer *v;  /* NULL: none yet */
    char *text;                /* their keys and names */
    struct group_crowd *crowd; /* NULL: they are few */
    int64_t more;              /* alerts of customers that are not told apart */
    uint32_t text_len, text_cap;
    uint16_t n, cap;
    bool over;      /* their incident ended: when the group opens again, it forgets them */
    uint16_t pages; /* of a decoded crowd, which the caller reads: group_affected_decode */
};

struct group_places {      /* where it was seen since it opened */
    struct group_place *v; /* NULL: nowhere yet */
    uint8_t n;
};

struct group_care { /* set by the caller */
    instant judged_at, muted_until;
    uint64_t incident; /* that the group is attached to; 0: none */
    int64_t wanted;    /* hash of what the rules asked for when it got this incident; 0: nothing */
};

/* What every alert touches comes first. */
struct group {
    uint64_t fingerprint;
    const struct alert *alert;      /* the current alert, until the next call; else NULL */
    uint8_t state, level, grouping; /* level: the worst since it opened; enums in a byte */
    uint8_t latest_level;           /* of `latest`: no alert up to here is news there */
    uint32_t latest;                /* hash of the place of the latest alert (group_place.h); 0: not known */
    struct group_firing firing;
    struct group_upkeep upkeep;
    struct group_times times;
    struct group_tally tally;
    struct group_affected affected;
    struct group_places places;
    struct group_care care;
    struct group_flap flap;
    struct group_gone *gone; /* members that recovered lately; NULL: none */
    int64_t regressions;
    struct problem about; /* its texts are never NULL once in a table */
};

/* Alerts in the last `minutes` (1 to 60), including the current minute. */
int64_t group_count_within(const struct group *group, int minutes, instant now);
/* The same minute by minute for the last GROUP_MINUTES, the current one last. */
void group_minutes(const struct group *group, instant now, uint32_t ret[GROUP_MINUTES]);
bool group_muted(const struct group *group, instant now);
/* It came back often, and not long ago. */
bool group_flaps(const struct group *group, instant now);

/* For DOC_GROUP: everything except the sample, and the counts of minutes. */
void group_encode(const struct group *group, struct str *out);
int group_decode(const char *json, size_t n, struct group *ret, struct error *err);
void group_finish(struct group *group); /* frees its content, not the struct */

const char *group_change_name(enum group_change change); /* "new", "regressed", … */
/* Is it something that nobody knew before? False for moved counts, resolves and acknowledgements. */
bool group_change_is_news(enum group_change change);
enum group_change group_change_parse(const char *name); /* GROUP_NOTHING: no such change */

#endif
