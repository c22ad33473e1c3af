#include "assist/budget.h"

#include <string.h>

#include "base/json.h"
#include "base/mem.h"

static int64_t day_of(instant t)
{
    return t / DAY;
}

int assist_budget_take(struct assist_budget *budget, const struct assist_limits *limits, int64_t tokens,
                       instant now, struct error *err)
{
    static const char again[] = "It begins anew at 00:00 UTC.";
    struct assist_budget today = *budget;
    if (today.day != day_of(now))
        today = (struct assist_budget){.day = day_of(now)};
    if (today.requests >= limits->requests)
        return error_set(err, ERR_FULL, "The %lld requests of a day are used up. %s",
                         (long long)limits->requests, again);
    if (today.tokens + tokens > limits->tokens)
        return error_set(err, ERR_FULL, "Of the %lld tokens of a day %lld are left, and this may need %lld. %s",
                         (long long)limits->tokens, (long long)MAX(limits->tokens - today.tokens, 0),
                         (long long)tokens, again);
    today.requests++;
    today.tokens += tokens;
    *budget = today;
    return 0;
}

void assist_budget_settle(struct assist_budget *budget, instant at, int64_t taken, int64_t used)
{
    if (budget->day == day_of(at))
        budget->tokens = MAX(budget->tokens + used - taken, 0);
}

void assist_budget_encode(const struct assist_budget *budget, struct str *out)
{
    struct json_out j = {out, false};
    json_begin_object(&j);
    json_put_int(&j, "day", budget->day);
    json_put_int(&j, "requests", budget->requests);
    json_put_int(&j, "tokens", budget->tokens);
    json_end_object(&j);
}

void assist_budget_decode(const char *json, struct assist_budget *ret)
{
    CLEANUP_JSON cJSON *doc = NULL;
    *ret = (struct assist_budget){0};
    if (json_parse(json, strlen(json), SIZE_MAX, JSON_DEPTH, "budget", &doc, NULL))
        return;
    *ret = (struct assist_budget){json_int_or(doc, "day", 0), json_int_or(doc, "requests", 0),
                                  json_int_or(doc, "tokens", 0)};
}
