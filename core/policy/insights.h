/*
 * insights - insight{}: what the policy says in words of what a month sums up to. Loop's thread only.
 */
#ifndef TOCSIN_POLICY_INSIGHTS_H
#define TOCSIN_POLICY_INSIGHTS_H

#include "insights/insights.h"
#include "policy/policy.h"

struct policy_insight { /* one sum, and what it is compared with; borrowed */
    enum insight_kind by;
    const struct insight *now;
    const struct insight *past; /* the same of the months before, all together; NULL: there is none */
    const struct insight *all;  /* of everybody, in this month */
    int months;                 /* how many the past is of */
    bool over;                  /* the month is */
};
/* Calls `on` with each sentence (CommonMark, as the script has it) and the place of its insight{}. A script that fails is reported. */
void policy_say_insight(struct policy *policy, const struct policy_insight *about, instant now,
                        void (*on)(void *ctx, const char *text, const char *where), void *ctx);
/* Does any insight{} say something by that? */
bool policy_has_insights(const struct policy *policy, enum insight_kind by);

#endif
