/* The command's rig with the policy that ships and a team's own, which a test defines as TEAM_POLICY; and alerts. */
#ifndef TOCSIN_TESTS_TRIAGE_RIG_H
#define TOCSIN_TESTS_TRIAGE_RIG_H

#include "policy/policy.h"
#include "triage/triage.h"
#include "turn/live.h"

static struct policy *the_policy;
#define RIG_POLICY the_policy
#include "../command/rig.h"

#include "../../support/policy_dir.h"

static struct policy_dir policies;
static struct rig *rig;

static int set_up(void **state)
{
    struct error err;
    (void)state;
    policy_dir_init(&policies);
    policy_dir_write(&policies, "team.lua", TEAM_POLICY);
    if (policy_dir_load(&policies, &err))
        fail_msg("%s", err.text);
    the_policy = policies.policy;
    rig = rig_create();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rig_destroy(rig);
    policy_dir_finish(&policies);
    return 0;
}

/* What a start after a stop finds in the journal. No connector runs yet. */
static inline void restart(void)
{
    struct core_settings settings = {.parts = core_parts, .zone = "UTC", .announce = "general"};
    struct core_ops ops = *core_ops(rig->core);
    struct error err;
    rig_settle(rig);
    chat_destroy(rig->chat);
    core_destroy(rig->core);
    assert_int_equal(
        core_create(&settings, &ops, rig->journal, the_policy, &rig->rng, rig->now, &rig->core, &err), 0);
    rig->chat = chat_create(rig->core, NULL, 0);
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
