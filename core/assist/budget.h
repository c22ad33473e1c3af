/*
 * budget - how much may be asked of the model in a day of UTC: requests and tokens. What a request may need is taken before it leaves, and
 * what it did not need is given back, so neither many at once nor a restart gets past the limit. Pure.
 */
#ifndef TOCSIN_ASSIST_BUDGET_H
#define TOCSIN_ASSIST_BUDGET_H

#include "base/error.h"
#include "base/str.h"
#include "base/time.h"

struct assist_budget {
    int64_t day; /* since 1970: of which this was used */
    int64_t requests, tokens;
};
struct assist_limits {
    int64_t requests, tokens;
};

/* ERR_FULL: there is not enough left of today; the text says when there is. Else it is taken. */
int assist_budget_take(struct assist_budget *budget, const struct assist_limits *limits, int64_t tokens,
                       instant now, struct error *err);
/* Of a request for which `taken` was taken at `at`: it needed `used`. */
void assist_budget_settle(struct assist_budget *budget, instant at, int64_t taken, int64_t used);

void assist_budget_encode(const struct assist_budget *budget, struct str *out);
void assist_budget_decode(const char *json, struct assist_budget *ret); /* zeroed where it cannot be read */

#endif
