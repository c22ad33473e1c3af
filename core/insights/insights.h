/*
 * insights - where reactive work goes, summed from pieces (piece.h): all of it, and by team, service, person, rule, severity, customer and
 * component.
 *
 * Work is of people: time that somebody spent in several incidents at once counts once, for each sum that it is in. Drills, declined and
 * merged incidents are left out, with their number; what declined ones called people for is counted, since that is what a rule costs.
 * Months add up: a sum over many months is the sum of each, since work is cut where months begin. Quantiles are of the values
 * themselves, by the nearest rank. Pure.
 */
#ifndef TOCSIN_INSIGHTS_INSIGHTS_H
#define TOCSIN_INSIGHTS_INSIGHTS_H

#include "base/map.h"
#include "insights/piece.h"

#define INSIGHT_FEW 5 /* fewer values are shown themselves, and make no quantiles and no percentages */

enum insight_kind {
    INSIGHT_ALL,
    INSIGHT_TEAM,
    INSIGHT_SERVICE,
    INSIGHT_PERSON,
    INSIGHT_RULE,
    INSIGHT_SEVERITY,
    INSIGHT_CUSTOMER,
    INSIGHT_COMPONENT,
    INSIGHT_KINDS
};
const char *insight_kind_name(enum insight_kind kind);  /* "all", "team", … */
enum insight_kind insight_kind_parse(const char *name); /* INSIGHT_KINDS: there is none */

struct insight_calls {
    int64_t all, nights, weekends;
};
typedef ARRAY(duration) insight_times;
struct insight_work; /* of one person, while a month is summed */

struct insight {
    char *name;                          /* of the team, …; "" of all */
    int64_t incidents;                   /* that ended, and count */
    int64_t declined, merged, drills;    /* that ended, and do not */
    duration active;                     /* of incidents, without pauses */
    duration work;                       /* of people */
    struct insight_calls calls, in_vain; /* in_vain: of declined ones */
    int64_t repeats; /* incidents with a problem that an earlier one had; of all months that were added */
    insight_times times[PIECE_TIMES], waited; /* sorted by insights_settle */
    ARRAY(uint64_t) ids; /* of those that count, in the order in which they were added; not of hidden ones */
    int64_t hidden;      /* how many of them are not in `ids` */
    struct map problems; /* fingerprints that were met */
    ARRAY(struct insight_work *) open; /* the month that is being added */
    struct map people;                 /* id -> struct insight_work of `open` */
};

struct insights {
    struct insight all;
    struct map by[INSIGHT_KINDS]; /* name -> struct insight; none of INSIGHT_ALL */
    char month[MONTH_TEXT];       /* that is being added */
};
void insights_finish(struct insights *insights);

/*
 * Adds a piece, month by month in any order. `named` false: the reader may not see its incident, which counts for all and for its team and
 * severity, and is named nowhere.
 */
void insights_add(struct insights *insights, const struct piece *piece, bool named);
/* The last month has been added: sums are complete, times sorted. */
void insights_settle(struct insights *insights);

/* The sum of that name, which is made if there is none; `name` does not matter for all. */
struct insight *insights_sum(struct insights *insights, enum insight_kind kind, const char *name);
/* NULL: there is none of that name. */
const struct insight *insights_of(const struct insights *insights, enum insight_kind kind, const char *name);
/* Those of a kind, the one with the most work first, then by name. The caller frees the list, not what it points to. */
typedef ARRAY(const struct insight *) insight_list;
void insights_list(const struct insights *insights, enum insight_kind kind, insight_list *ret);
/* The value that `percent` of 100 of the sorted values do not exceed; -1: there are none. */
duration insight_quantile(const insight_times *times, int percent);

#endif
