/* Several actions at once, and the same one again. */
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/mem.h"
#include "conformance/suite.h"

#define ACTS_MOST 16

static void check_own_ids(struct suite *suite, const struct act *acts, int n)
{
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < i; j++) {
            if (text_equal(acts[i].outcome->remote_id, acts[j].outcome->remote_id))
                suite_fail(suite, "expected an id for each of %d actions, but two got %s", n,
                           acts[i].outcome->remote_id);
        }
    }
}

/* As many as it declared, handed over together. */
static void at_once(struct suite *suite)
{
    struct act acts[ACTS_MOST] = {0};
    int n = MIN(MAX(suite->parallel, 2), ACTS_MOST), begun = 0;
    while (begun < n && act_say(suite, "one of many at once", &acts[begun]))
        act_begin(suite, &acts[begun++]);
    for (int i = 0; i < begun; i++) {
        if (!rig_wait(suite->rig, acts[i].outcome))
            suite_fail(suite, "expected an outcome of each of %d actions at once, but one had none", begun);
        else if (acts[i].outcome->code != TOCSIN_DONE)
            act_settle(suite, &acts[i]);
    }
    for (int i = 0; i < begun && !suite_failed(suite); i++)
        act_is_done(suite, &acts[i], true);
    if (begun && !suite_failed(suite))
        check_own_ids(suite, acts, begun);
    for (int i = 0; i < begun; i++)
        act_finish(&acts[i]);
}

static void duplicate(struct suite *suite)
{
    CLEANUP_ACT struct act act = {0};
    if (!act_say(suite, "asked three times, there once", &act) || !act_do(suite, &act, true))
        return;
    act_again(suite, &act);
    if (!suite_failed(suite))
        act_again(suite, &act);
}

static void reordered(struct suite *suite)
{
    struct act acts[3] = {0};
    int begun = 0;
    while (begun < 3 && !suite_failed(suite) && act_say(suite, "asked again in another order", &acts[begun]))
        act_do(suite, &acts[begun++], true);
    for (int i = begun; i-- > 0 && !suite_failed(suite);)
        act_again(suite, &acts[i]);
    for (int i = 0; i < begun; i++)
        act_finish(&acts[i]);
}

static const struct check checks[] = {
    {"many at once", 0, 0, at_once},
    {"duplicate", TOCSIN_CAN_FIND, 0, duplicate},
    {"reordered", TOCSIN_CAN_FIND, 0, reordered},
};
const struct check_list again_checks = {checks, ARRAY_SIZE(checks)};
