/* The journal records which instances of a problem fire before their sender is answered. */
#include "policy/policy.h"
#include "triage/triage.h"

#include "../command/rig.h"

#define SENDERS "00000000000000c1"

static struct rig *rig;
static int answered;

static int set_up(void **state)
{
    (void)state;
    rig = rig_create();
    answered = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rig_destroy(rig);
    return 0;
}

static void done(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    (void)ctx, (void)err, (void)last_seq;
    assert_int_equal(rc, 0);
    answered++;
}

static struct alert instance(uint64_t member, enum alert_status status)
{
    struct alert alert;
    alert_init(&alert, "alertmanager", rig->now);
    alert.fingerprint = 0xc1;
    alert.member = member;
    alert.about.title = "KillC";
    alert.status = status;
    return alert;
}

/* One request. If `waits`, it must not be answered before its commit. */
static void take(const struct alert *alerts, size_t n, bool waits)
{
    int before = answered;
    triage_alerts(rig->core, alerts, n, rig->now, done, NULL);
    assert_int_equal(answered, before + !waits);
    journal_step(rig->journal);
    assert_int_equal(answered, before + 1);
}

/* How many fire according to the journal, which is what a start after a crash would find. */
static int recorded(void)
{
    struct journal_doc doc;
    CLEANUP_JSON cJSON *json = NULL;
    assert_int_equal(journal_doc(rig->journal, DOC_GROUP, SENDERS, &doc, NULL), 0);
    assert_int_equal(json_parse(doc.body, strlen(doc.body), SIZE_MAX, JSON_DEPTH, "group", &json, NULL), 0);
    journal_doc_finish(&doc);
    return cJSON_GetArraySize(json_member(json, "members"));
}

static void instances_in_one_request_are_recorded(void **state)
{
    (void)state;
    const struct alert both[] = {instance(1, ALERT_FIRING), instance(2, ALERT_FIRING)};
    take(both, 2, true);
    assert_int_equal(recorded(), 2);
}

static void instances_in_separate_requests_are_recorded(void **state)
{
    (void)state;
    const struct alert a = instance(1, ALERT_FIRING), b = instance(2, ALERT_FIRING);
    const struct alert over = instance(1, ALERT_RESOLVED);
    take(&a, 1, true);
    take(&b, 1, true);
    assert_int_equal(recorded(), 2);
    take(&b, 1, false); /* nothing new */
    take(&over, 1, true);
    assert_int_equal(recorded(), 1);
}

static int failed;

static void failing(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    (void)ctx, (void)err, (void)last_seq;
    answered++;
    failed += rc != 0;
}

/* The second alert changes nothing beside the first, which is not durable yet: both are answered when it is, or neither was kept. */
static void what_counts_on_unwritten_news_waits(void **state)
{
    (void)state;
    for (int fails = 0; fails < 2; fails++) {
        struct alert worse = instance(1, ALERT_FIRING);
        worse.level = fails ? LEVEL_FATAL : LEVEL_ERROR;
        answered = failed = 0;
        if (fails)
            memory_store_fail_next(rig->memory, 1);
        triage_alerts(rig->core, &worse, 1, rig->now, failing, NULL);
        triage_alerts(rig->core, &worse, 1, rig->now, failing, NULL);
        assert_int_equal(answered, 0);
        rig_settle(rig);
        assert_int_equal(answered, 2);
        assert_int_equal(failed, fails ? 2 : 0);
    }
    rig->now += MINUTE;
    rig_settle(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(instances_in_one_request_are_recorded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(instances_in_separate_requests_are_recorded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_counts_on_unwritten_news_waits, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
