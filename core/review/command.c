/* The command `insights`: a month of a team, or of all, in words and numbers. */
#include <string.h>
#include <strings.h>

#include "base/markup.h"
#include "policy/roster.h"
#include "review/inside.h"

/* One that nothing ever belonged to is a slip. */
static int check_team(const struct core *core, const char *name, const struct insight *all, struct error *err)
{
    struct roster_team team;
    bool known = !name || all->incidents + all->declined + all->merged + all->drills ||
                 policy_find_team(core_policy(core), name, &team);
    return known ? 0
                 : error_markup(
                       err, ERR_NOT_FOUND,
                       "Nothing of a team '%.60s' ended in that month, and the policy declares none. Type "
                       "`insights`, `insights payments` or `insights payments 2026-10`.",
                       name);
}

static int write_month(const struct call *call, struct review_query *query, struct error *err)
{
    struct core *core = turn_core(call->turn);
    struct insights sums;
    char month[MONTH_TEXT];
    int rc = review_sum(core, query, &sums, err);
    rc = rc ? rc : check_team(core, query->team, &sums.all, err);
    month_name(query->from, month);
    if (!rc) {
        str_markup(call->answer, "**Insights of %s in %s**", query->team ? query->team : "all teams", month);
        str_add(call->answer, month_begins(query->from, 1) > turn_now(call->turn) ? " so far\n" : "\n");
        rc = review_words(core, query, &sums, turn_now(call->turn), call->answer, err);
        review_lists(core, query, &sums, call->answer);
    }
    if (!rc && review_waiting(core))
        str_addf(call->answer, "\n%zu incidents are yet to be read.\n", review_waiting(core));
    insights_finish(&sums);
    return rc;
}

/* "payments", "november", "payments 2026-10", "last month" */
static int read_wish(const struct call *call, const char *typed, struct review_query *query, char **ret_team,
                     struct error *err)
{
    instant now = turn_now(call->turn);
    query->from = month_begins(now, 0);
    query->months = 1;
    if (!typed || month_parse(typed, now, &query->from))
        return 0;
    struct roster_team team;
    bool month = !typed[strspn(typed, "0123456789-")] && /* "2026-13" */
                 !policy_find_team(core_policy(turn_core(call->turn)), typed, &team);
    size_t n = month ? 0 : strcspn(typed, " ");
    const char *rest = typed + n + strspn(typed + n, " ");
    *ret_team = xstrndup(typed, n);
    query->team = *ret_team;
    if (policy_find_team(core_policy(turn_core(call->turn)), *ret_team, &team))
        query->team = team.name;
    if (!*rest || month_parse(rest, now, &query->from))
        return 0;
    return error_markup(
        err, ERR_INVALID,
        "I can't read '%.60s' as a month. Type `insights`, `insights payments`, `insights payments "
        "2026-10` or `insights last month`.",
        rest);
}

int review_insights(const struct call *call, struct error *err)
{
    struct review_query query = {.viewer = call->person};
    CLEANUP_FREE char *team = NULL;
    int rc = read_wish(call, call->arguments[0], &query, &team, err);
    *call->alone = true;
    return rc ? rc : write_month(call, &query, err);
}
