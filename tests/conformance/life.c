/* The end of its process: in the middle of an action, for a reload, with work in hand. */
#include <stdio.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/mem.h"
#include "conformance/suite.h"

#define WORK_MOST 16

/* Done after the crash, and where it can tell, done once. */
static void finish_later(struct suite *suite, struct act *act)
{
    if (act->outcome->code != TOCSIN_DONE && !act_settle(suite, act)) /* DONE: it was faster */
        return;
    if (text_equal(act->kind, "desk.tell") && act->outcome->code == TOCSIN_REFUSED)
        return; /* a person decides */
    if (act_is_done(suite, act, true) && suite->can & TOCSIN_CAN_FIND)
        act_again(suite, act);
}

/* Killed while the platform has the action but its answer has not come, where that can be had; else at once. */
static void crashed(struct suite *suite)
{
    CLEANUP_ACT struct act act = {0};
    if (!act_say(suite, "killed in the middle", &act))
        return;
    if (suite->link)
        link_set(suite->link, LINK_HELD, 0);
    act_begin(suite, &act);
    for (int i = 0; i < 100 && suite->link && !link_was_used(suite->link); i++)
        rig_turn(suite->rig, 20);
    rig_kill(suite->rig);
    rig_wait(suite->rig, act.outcome);
    if (suite->link)
        link_set(suite->link, LINK_OPEN, 0);
    if (!rig_comes_up(suite->rig))
        suite_fail(suite, "expected it to start again after kill -9, but it does not: %s",
                   rig_trouble(suite->rig));
    else
        finish_later(suite, &act);
}

/* It comes back, and still knows what it said. */
static void reload(struct suite *suite)
{
    CLEANUP_ACT struct act act = {0};
    if (!act_say(suite, "before a reload", &act) || !act_do(suite, &act, true))
        return;
    if (!rig_start(suite->rig)) {
        suite_fail(suite, "expected it to start again, but it does not: %s", rig_trouble(suite->rig));
        return;
    }
    if (suite->can & TOCSIN_CAN_FIND)
        act_again(suite, &act);
    CLEANUP_ACT struct act next = {0};
    if (act_say(suite, "after a reload", &next))
        act_do(suite, &next, true);
}

/* What is under way may finish, and then it ends by itself. The last check, since it is not started again. */
static void close_it(struct suite *suite)
{
    struct act acts[WORK_MOST] = {0};
    int n = MIN(MAX(suite->parallel, 1), WORK_MOST), begun = 0;
    while (begun < n && act_say(suite, "under way while it is stopped", &acts[begun]))
        act_begin(suite, &acts[begun++]);
    bool ended = rig_stop(suite->rig);
    for (int i = 0; i < begun; i++) {
        if (acts[i].outcome->times != 1)
            suite_fail(suite, "expected one outcome of each action under way, but one came %d times",
                       acts[i].outcome->times);
        act_finish(&acts[i]);
    }
    if (!ended)
        suite_fail(suite, "expected it to finish its work and close within 5 seconds, but %s",
                   rig_trouble(suite->rig));
    if (suite->verdict == CHECK_SKIPPED) /* nothing to say, but it was stopped all the same */
        suite->verdict = CHECK_OK;
}

static const struct check checks[] = {
    {"crashed in mid-action", 0, MAY_END, crashed},
    {"reload", 0, 0, reload},
    {"close with work in hand", 0, MAY_END, close_it},
};
const struct check_list life_checks = {checks, ARRAY_SIZE(checks)};
