/* A platform that is slow, cut off, gone, or too busy. */
#include <tocsin/connector.h>

#include "base/json.h"
#include "base/mem.h"
#include "conformance/suite.h"

#define CUTS_MOST 24

static bool is_one_of(const struct act *act, int a, int b)
{
    return act->outcome->code == a || act->outcome->code == b;
}

/* The platform is itself again: what was not done, is done now. A person decides on a message to a customer that may have been
   sent, so that one may also be refused. */
static void mend(struct suite *suite, struct act *act)
{
    bool doubtful = act->outcome->code == TOCSIN_UNKNOWN && text_equal(act->kind, "desk.tell");
    link_set(suite->link, LINK_OPEN, 0);
    if (suite_failed(suite) || !act_settle(suite, act))
        return;
    if (!(doubtful && act->outcome->code == TOCSIN_REFUSED))
        act_is_done(suite, act, true);
}

static void busy(struct suite *suite)
{
    CLEANUP_ACT struct act act = {0};
    if (!act_say(suite, "while the platform says: too often", &act))
        return;
    link_set(suite->link, LINK_BUSY, 0);
    if (!act_try(suite, &act, 1))
        return;
    if (!link_was_used(suite->link))
        suite_skip(suite,
                   "its platform speaks neither plain HTTP nor SMTP, so nothing can say it in its place");
    else if (act.outcome->code != TOCSIN_RETRY)
        suite_fail(suite, "expected RETRY from a platform that says: too often, but %s came", act_came(&act));
    else if (act.outcome->retry_after && act.outcome->retry_after != LINK_BUSY_S * SECOND)
        suite_fail(suite, "expected retry_after_ms to be the platform's %d seconds, but it is %lld ms",
                   LINK_BUSY_S, (long long)act.outcome->retry_after);
    mend(suite, &act);
}

static void slow(struct suite *suite)
{
    CLEANUP_ACT struct act act = {0};
    if (!act_say(suite, "while the platform does not answer", &act))
        return;
    link_set(suite->link, LINK_HELD, 0);
    if (!act_try(suite, &act, 1))
        return;
    if (!link_was_used(suite->link))
        suite_fail(suite, "expected it to use the platform's address that its settings name, but it did not");
    else if (!is_one_of(&act, TOCSIN_UNKNOWN, TOCSIN_RETRY))
        suite_fail(suite, "expected UNKNOWN, or RETRY, from a platform that does not answer, but %s came",
                   act_came(&act));
    else if (act.outcome->took > RIG_DEADLINE + SECOND)
        suite_fail(suite, "expected an outcome within the deadline of %d ms, but it took %d ms",
                   (int)RIG_DEADLINE, (int)act.outcome->took);
    mend(suite, &act);
}

/* The connection ends where the platform begins its nth answer. False: it answers less often. */
static bool cut_at(struct suite *suite, int nth)
{
    CLEANUP_ACT struct act act = {0};
    CLEANUP_FREE char *what = xasprintf("cut at answer %d", nth);
    if (!act_say(suite, what, &act))
        return false;
    link_set(suite->link, LINK_CUT, nth);
    if (!act_try(suite, &act, 1))
        return false;
    bool was_cut = link_was_used(suite->link), done = act.outcome->code == TOCSIN_DONE;
    if (was_cut && !is_one_of(&act, TOCSIN_UNKNOWN, TOCSIN_RETRY) && (nth == 1 || !done))
        suite_fail(suite, "cut at the platform's answer %d: expected UNKNOWN, or RETRY, but %s came", nth,
                   act_came(&act));
    if (was_cut || !done)
        mend(suite, &act);
    return was_cut && !suite_failed(suite);
}

static void cut(struct suite *suite)
{
    int nth = 1;
    while (nth < CUTS_MOST && cut_at(suite, nth))
        nth++;
    if (nth == 1 && suite->verdict == CHECK_OK)
        suite_fail(suite, "expected it to wait for an answer of its platform, but it did not");
}

static void gone(struct suite *suite)
{
    CLEANUP_ACT struct act act = {0};
    if (!act_say(suite, "while the platform cannot be reached", &act))
        return;
    link_set(suite->link, LINK_GONE, 0);
    if (!act_try(suite, &act, 1))
        return;
    if (act.outcome->code != TOCSIN_RETRY)
        suite_fail(suite, "expected RETRY when no connection can be made, since nothing was sent, but %s came",
                   act_came(&act));
    mend(suite, &act);
}

static const struct check checks[] = {
    {"rate-limited", 0, NEEDS_LINK, busy},
    {"slow", 0, NEEDS_LINK, slow},
    {"cut", 0, NEEDS_LINK, cut},
    {"unreachable", 0, NEEDS_LINK, gone},
};
const struct check_list fault_checks = {checks, ARRAY_SIZE(checks)};
