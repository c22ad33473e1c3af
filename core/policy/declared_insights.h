/*
 * declared_insights - what a month of incidents means, as scripts declare it: insight{}. Rows as in declared.h.
 */
#ifndef TOCSIN_POLICY_DECLARED_INSIGHTS_H
#define TOCSIN_POLICY_DECLARED_INSIGHTS_H

#include "policy/insights.h"
#include "policy/named.h"

struct insight_row { /* insight{} */
    struct named named;
    enum insight_kind by;
    struct callback say;
};

#endif
