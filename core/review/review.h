/*
 * review - keeps the pieces of ended incidents (insights/piece.h) as documents, and answers what they sum up to.
 *
 * An incident that ended, began again, or was named otherwise since is marked in that turn. A tick reads its events once that turn is
 * durable, some at a time, and writes its pieces: so no turn costs more than its mark. What ended before there were pieces is scanned
 * likewise, and so is all of it for a rebuild. Loop's thread only.
 */
#ifndef TOCSIN_REVIEW_REVIEW_H
#define TOCSIN_REVIEW_REVIEW_H

#include "insights/insights.h"
#include "turn/call.h"
#include "turn/part.h"

extern const struct part review_part;

struct review_query {
    instant from;           /* the begin of a month */
    int months;             /* from there on */
    const char *team;       /* only of this team; NULL: of all */
    enum insight_kind kind; /* by what; INSIGHT_ALL: by everything */
    bool
        summed; /* of months that are over, as they were summed up (months.c): private incidents are named to nobody, repeats are those
                    within a month */
    size_t most; /* of a month that is read by its incidents, only so many, the last declared ones; 0: all */
    const char
        *viewer; /* a person id, or NULL: private incidents that they may not see are counted, and not named */
};
/* Sums them up. The caller finishes *ret. */
int review_sum(struct core *core, const struct review_query *query, struct insights *ret, struct error *err);
/* Adds a line of CommonMark for each sentence that the policy says of the first of these months. */
void review_say(struct core *core, const struct review_query *query, const struct insights *sums, instant now,
                struct str *out);
/* How many incidents are yet to be read. */
size_t review_waiting(const struct core *core);
/* Reads all incidents again. */
void review_rebuild(struct turn *turn);

/* The command `insights [TEAM] [MONTH]`. */
call_handler review_insights;

#endif
