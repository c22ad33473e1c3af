#include "../../support/check.h"

#include <string.h>

#include "../../support/intake.h"
#include "base/mem.h"

#define ENQUEUE "/v2/enqueue"
#define KEY     "\"routing_key\":\"rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr\""
#define PAYLOAD "\"payload\":{\"summary\":\"disk 91% full\",\"source\":\"db-1\",\"severity\":\"critical\"}"

static int setup(void **state)
{
    int rc = intake_set_up(state);
    struct intake_world *w = *state;
    w->request.authorization = NULL;
    return rc;
}

static void test_a_trigger(void **state)
{
    struct intake_world *w = *state;
    assert_int_equal(
        intake_post(
            w, ENQUEUE,
            "{" KEY ",\"event_action\":\"trigger\",\"dedup_key\":\"disk/db-1\",\"client\":\"nagios\","
            "\"client_url\":\"https://n.example\",\"links\":[{\"href\":\"javascript:x\"},"
            "{\"href\":\"https://n.example/1\",\"text\":\"it\"}],\"payload\":{\"summary\":\"disk full\","
            "\"source\":\"db-1\",\"severity\":\"warning\",\"timestamp\":\"2026-11-23T10:00:00.000+0000\","
            "\"component\":\"postgres\",\"group\":\"prod\",\"class\":\"disk\","
            "\"custom_details\":{\"free\":5,\"customer\":\"acme\",\"deep\":{}}}}"),
        0);
    const struct alert *a = &w->alerts.v[0];
    assert_int_equal(w->answer.status, 202);
    assert_string_equal(w->answer.body,
                        "{\"status\":\"success\",\"message\":\"Event processed\",\"dedup_key\":\"disk/db-1\"}");
    assert_string_equal(a->about.title, "disk full");
    assert_string_equal(a->host, "db-1");
    assert_string_equal(a->about.service, "postgres");
    assert_int_equal(a->level, LEVEL_WARNING);
    assert_string_equal(a->who.customer, "acme");
    assert_string_equal(a->about.url, "https://n.example/1");
    assert_string_equal(a->sender_id, "disk/db-1");
    assert_string_equal(alert_tag(a, "free"), "5");
    assert_int_equal(a->grouping, GROUPING_SENDER);
}

static void test_trigger_acknowledge_and_resolve_are_one_group(void **state)
{
    static const struct {
        const char *body;
        enum alert_status status;
    } course[] = {
        {"{" KEY ",\"event_action\":\"trigger\",\"dedup_key\":\"k\"," PAYLOAD "}", ALERT_FIRING},
        {"{" KEY ",\"event_action\":\"acknowledge\",\"dedup_key\":\"k\"}", ALERT_ACKNOWLEDGED},
        {"{" KEY ",\"event_action\":\"resolve\",\"dedup_key\":\"k\"}", ALERT_RESOLVED},
    };
    struct intake_world *w = *state;
    uint64_t fingerprint = 0;
    for (size_t i = 0; i < ARRAY_SIZE(course); i++) {
        assert_int_equal(intake_post(w, ENQUEUE, course[i].body), 0);
        assert_int_equal(w->answer.status, 202);
        assert_int_equal(w->alerts.v[0].status, course[i].status);
        assert_true(i == 0 || fingerprint == w->alerts.v[0].fingerprint);
        fingerprint = w->alerts.v[0].fingerprint;
    }
}

static void test_a_missing_key_is_made(void **state)
{
    struct intake_world *w = *state;
    assert_int_equal(intake_post(w, ENQUEUE, "{" KEY ",\"event_action\":\"trigger\"," PAYLOAD "}"), 0);
    uint64_t fingerprint = w->alerts.v[0].fingerprint;
    assert_int_equal(strlen(w->alerts.v[0].sender_id), 16);
    assert_non_null(strstr(w->answer.body, w->alerts.v[0].sender_id));
    assert_int_equal(intake_post(w, ENQUEUE,
                                 "{" KEY
                                 ",\"event_action\":\"trigger\",\"payload\":{\"summary\":\"disk 93% full\","
                                 "\"source\":\"db-1\",\"severity\":\"critical\"}}"),
                     0);
    assert_true(fingerprint == w->alerts.v[0].fingerprint);
}

static void test_invalid_events_get_the_reasons(void **state)
{
    static const struct {
        const char *body, *says;
    } bad[] = {
        {"{}", "routing_key"},
        {"{\"routing_key\":\"x\",\"event_action\":\"trigger\"," PAYLOAD "}", "routing_key"},
        {"{" KEY "}", "event_action"},
        {"{" KEY ",\"event_action\":\"page\"}", "event_action"},
        {"{" KEY ",\"event_action\":\"trigger\"}", "payload.summary"},
        {"{" KEY ",\"event_action\":\"trigger\",\"payload\":{\"summary\":\" "
         "\",\"source\":\"s\",\"severity\":\"info\"}}",
         "payload.summary"},
        {"{" KEY
         ",\"event_action\":\"trigger\",\"payload\":{\"summary\":\"a\",\"source\":\"s\",\"severity\":\"bad\"}}",
         "payload.severity"},
        {"{" KEY ",\"event_action\":\"resolve\"}", "dedup_key"},
        {"{" KEY ",\"event_action\":\"trigger\",\"dedup_key\":5," PAYLOAD "}", "dedup_key"},
        {"nonsense", "Invalid JSON"},
    };
    struct intake_world *w = *state;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        assert_true(intake_post(w, ENQUEUE, bad[i].body) < 0);
        assert_int_equal(w->answer.status, 400);
        assert_int_equal(w->alerts.n, 0);
        if (!strstr(w->answer.body, bad[i].says) || !strstr(w->answer.body, "\"status\":\"invalid event\""))
            fail_msg("%s: %s", bad[i].body, w->answer.body);
    }
}

static void test_change_events_are_dropped(void **state)
{
    struct intake_world *w = *state;
    assert_int_equal(intake_post(w, "/v2/change/enqueue", "{" KEY ",\"payload\":{\"summary\":\"deploy\"}}"), 0);
    assert_int_equal(w->answer.status, 202);
    assert_int_equal(w->alerts.n, 0);
}

static void test_when_busy(void **state)
{
    struct intake_world *w = *state;
    intake_busy(intake_route_find(ENQUEUE), 60, &w->answer);
    assert_int_equal(w->answer.status, 429);
    intake_too_big(intake_route_find(ENQUEUE), 512, &w->answer);
    assert_int_equal(w->answer.status, 413);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, intake_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_trigger),
        TEST(test_trigger_acknowledge_and_resolve_are_one_group),
        TEST(test_a_missing_key_is_made),
        TEST(test_invalid_events_get_the_reasons),
        TEST(test_change_events_are_dropped),
        TEST(test_when_busy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
