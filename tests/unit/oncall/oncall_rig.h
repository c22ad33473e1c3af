/* The rig with the real policy and rotations. */
#ifndef TOCSIN_TESTS_ONCALL_RIG_H
#define TOCSIN_TESTS_ONCALL_RIG_H

#include <stdio.h>

#include "oncall/oncall.h"
#include "policy/policy.h"
#include "triage/triage.h"

static struct policy *the_policy;
#define RIG_POLICY the_policy
#include "../command/rig.h"

#include "../../support/policy_dir.h"

static struct policy_dir policies;
static struct rig *rig;

static inline void begin(const char *policy)
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

#define PEOPLE                                                                                                 \
    "people { ana = { console = 'ana' }, bo = { name = 'Bo', console = 'bo' }, cy = { console = 'cy' } }\n"
#define PAYMENTS                                                                                               \
    PEOPLE "rotation { name = 'payments', people = { 'ana', 'bo' }, start = '2026-11-16', handover = 'monday " \
           "09:00', zone = 'Europe/London' }\n"

/* The process ends, and another begins. */
static inline void restart(const char *public_url)
{
    struct error err;
    chat_destroy(rig->chat);
    core_destroy(rig->core);
    struct core_settings settings = {
        .parts = core_parts, .zone = "UTC", .announce = "general", .public_url = public_url};
    struct core_ops ops = {rig, rig_perform, rig_can_take, rig_wake, NULL, rig_check, rig_keep, NULL};
    assert_int_equal(
        core_create(&settings, &ops, rig->journal, the_policy, &rig->rng, rig->now, &rig->core, &err), 0);
    rig->chat = chat_create(rig->core, NULL, 0);
}

static inline void does(const char *person, const char *text)
{
    CLEANUP_FREE char *said = rig_line(rig, person, 0, text);
    if (text_starts(said, "! "))
        fail_msg("%s: %s", text, said);
}

/* A critical error in a service that matters, which pages product-responder. */
static inline void alert(uint64_t fingerprint)
{
    struct alert alert;
    alert_init(&alert, "sentry", rig->now);
    alert.fingerprint = fingerprint;
    alert.about.title = "cards are refused";
    alert.about.origin = "shop";
    alert.about.service = "checkout";
    triage_alerts(rig->core, &alert, 1, rig->now, NULL, NULL);
    rig_settle(rig);
}

#endif
