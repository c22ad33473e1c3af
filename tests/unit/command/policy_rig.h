/* The command's rig with the policy that ships and a team's own. */
#ifndef TOCSIN_TESTS_POLICY_RIG_H
#define TOCSIN_TESTS_POLICY_RIG_H

#include "policy/policy.h"
#include "turn/part.h"

static struct policy *the_policy;
#define RIG_POLICY the_policy
#include "rig.h"

#include "../../support/policy_dir.h"

static struct policy_dir policies;
static struct rig *rig;

static inline void policy_rig_begin(const char *policy)
{
    struct error err;
    policy_dir_init(&policies);
    policy_dir_write(&policies, "team.lua", policy);
    if (policy_dir_load(&policies, &err))
        fail_msg("%s", err.text);
    the_policy = policies.policy;
    rig = rig_create();
}

static inline int tear_down(void **state)
{
    (void)state;
    rig_destroy(rig);
    policy_dir_finish(&policies);
    return 0;
}

/* The process ends, and another begins, which finds what is in the journal. */
static inline void policy_rig_restart(const char *public_url)
{
    struct core_settings settings = {
        .parts = core_parts, .zone = "UTC", .announce = "general", .public_url = public_url};
    struct core_ops ops = *core_ops(rig->core);
    struct error err;
    chat_destroy(rig->chat);
    core_destroy(rig->core);
    assert_int_equal(
        core_create(&settings, &ops, rig->journal, the_policy, &rig->rng, rig->now, &rig->core, &err), 0);
    rig->chat = chat_create(rig->core, NULL, 0);
}

#endif
