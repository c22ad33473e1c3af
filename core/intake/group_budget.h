/*
 * group_budget - how many more new groups and look-ups a source may cause: two token buckets that refill over time.
 */
#ifndef TOCSIN_INTAKE_GROUP_BUDGET_H
#define TOCSIN_INTAKE_GROUP_BUDGET_H

#include <stdbool.h>

#include "intake/group_table.h"

struct budget {
    int64_t new, lookups; /* in thousandths, so that an hourly rate adds up over seconds */
    instant at;
};

void budget_init(struct budget *budget, const struct group_limits *limits, instant now);
void budget_refill(struct budget *budget, const struct group_limits *limits, instant now);
bool budget_spend(int64_t *tokens); /* false: none is left */

#endif
