/*
 * impact - whom an incident affects: those whom its alert groups know, and those whom people named, without those whom people
 * took away.
 *
 * The state of an incident names the first STATE_NAMED that alerts bring; the groups (intake/group_affected.h) know up to
 * AFFECTED_EXACT each, and estimate beyond. So what an incident costs does not grow with its customers: whoever needs them all
 * asks here, and a card shows what was found at most twice a second. Two keys of one customer of the directory are one customer.
 * Loop's thread only.
 */
#ifndef TOCSIN_IMPACT_IMPACT_H
#define TOCSIN_IMPACT_IMPACT_H

#include "customers/record.h"
#include "turn/part.h"

extern const struct part impact_part;

struct impact_row {
    char *key, *name;              /* key: the first one of theirs in the incident; name: as people read it */
    const struct customer *record; /* NULL: not in the directory. Borrowed until the next turn */
    instant since, last;           /* last 0: a person said so, and no alert */
    int64_t count;                 /* alerts about them */
    int errors;                    /* groups that these are of */
    uint64_t latest;               /* the group that was counted last */
};

struct impact {
    ARRAY(struct impact_row) rows; /* by tier, then those whom we watch over first, then by count */
    int64_t total;                 /* at least the rows */
    bool estimated;                /* the total is an estimate, and the rows are not all of them */
};

/* All that are known by name; with their counts as of now, or as good as the state has them. The caller calls impact_finish. */
void impact_of(struct core *core, const struct incident *incident, bool counts, struct impact *ret);
void impact_finish(struct impact *impact);

/* The key under which the incident affects a customer, who is given by a key or an alias in any case; NULL: it does not. Freed by the
   caller. */
char *impact_key(struct core *core, const struct incident *incident, const char *customer);
/* Since when it affects a customer, by any of their keys; 0: it does not. */
instant impact_since(struct core *core, const struct incident *incident, const char *customer);
/* Does the state name all whom it affects? Then nothing else has to be asked. */
bool impact_is_named(const struct incident *incident);

/* A group of the incident knows of more customers, perhaps. Says so in the timeline when their number has doubled. */
void impact_grew(struct turn *turn, const struct incident *incident);

/* Another number when the customers may be others than they were; 0: nobody has looked yet. */
uint64_t impact_version(const struct core *core, const struct incident *incident);

/* "1,234"; an estimate with two digits that count: "about 990,000". */
void impact_number(int64_t n, bool estimated, struct str *out);

#endif
