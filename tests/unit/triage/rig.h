/* The command's rig with the policy that ships and a team's own, which a test defines as TEAM_POLICY; and alerts. */
#ifndef TOCSIN_TESTS_TRIAGE_RIG_H
#define TOCSIN_TESTS_TRIAGE_RIG_H

#include "triage/triage.h"
#include "turn/live.h"

#include "../command/policy_rig.h"

static int set_up(void **state)
{
    (void)state;
    policy_rig_begin(TEAM_POLICY);
    return 0;
}

/* What a start after a stop finds in the journal. No connector runs yet. */
static inline void restart(void)
{
    rig_settle(rig);
    policy_rig_restart(NULL);
}

/* An alert comes in: an error. */
static inline void take_alert(uint64_t fingerprint, const char *source, const char *service, const char *title,
                              enum alert_status status)
{
    struct alert alert;
    alert_init(&alert, source, rig->now);
    alert.fingerprint = fingerprint;
    alert.about.title = title;
    alert.about.service = service;
    alert.level = LEVEL_ERROR;
    alert.status = status;
    triage_alerts(rig->core, &alert, 1, rig->now, NULL, NULL);
    rig_settle(rig);
}

static inline void expect_open(size_t n)
{
    assert_int_equal(live_open_count(rig->core), n);
}

#endif
