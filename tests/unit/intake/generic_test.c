#include "../../support/check.h"

#include <string.h>

#include "../../support/intake.h"
#include "base/mem.h"

#define ALERTS "/intake/alerts"

static void test_every_member(void **state)
{
    struct intake_world *w = *state;
    assert_int_equal(
        intake_post(
            w, ALERTS,
            "{\"title\":\"nightly import failed\",\"message\":\"line one\\nline two\",\"level\":\"critical\","
            "\"status\":\"firing\",\"fingerprint\":\"import\",\"id\":77,\"service\":\"billing\","
            "\"environment\":\"prod\",\"release\":\"3\",\"host\":\"cron-1\",\"stream\":\"jobs\","
            "\"exception\":{\"type\":\"Timeout\",\"value\":\"after 30 s\"},\"culprit\":\"import.run\","
            "\"url\":\"https://ci.example/77\",\"at\":\"2026-11-23T10:00:00Z\",\"count\":3,"
            "\"tags\":{\"region\":\"eu\",\"shard\":4,\"ok\":false,\"list\":[]},"
            "\"customer\":{\"key\":\"acme\",\"name\":\"Acme\"},\"user\":{\"id\":\"u1\",\"email\":\"a@b."
            "example\"},"
            "\"unknown\":{}}"),
        0);
    const struct alert *a = &w->alerts.v[0];
    assert_int_equal(w->answer.status, 202);
    assert_string_equal(w->answer.body, "{\"accepted\":1}");
    assert_string_equal(intake_header(w, "content-type"), "application/json");
    assert_string_equal(a->about.title, "nightly import failed");
    assert_string_equal(a->message, "line one\nline two");
    assert_int_equal(a->level, LEVEL_FATAL);
    assert_string_equal(a->sender_id, "77");
    assert_string_equal(a->about.stream, "jobs");
    assert_string_equal(a->about.type, "Timeout");
    assert_string_equal(a->who.customer, "acme");
    assert_string_equal(a->who.customer_name, "Acme");
    assert_string_equal(a->who.user, "u1");
    assert_int_equal(a->count, 3);
    assert_string_equal(alert_tag(a, "shard"), "4");
    assert_string_equal(alert_tag(a, "ok"), "false");
    assert_int_equal(a->n_tags, 3);
    assert_int_equal(a->grouping, GROUPING_SENDER);
}

static void test_a_title_is_enough_to_group(void **state)
{
    struct intake_world *w = *state;
    assert_int_equal(intake_post(w, ALERTS,
                                 "[{\"title\":\"job 17 failed\"},{\"title\":\"job 18 failed\"},"
                                 "{\"title\":\"job 18 hangs\"}]"),
                     0);
    assert_string_equal(w->answer.body, "{\"accepted\":3}");
    assert_true(w->alerts.v[0].fingerprint == w->alerts.v[1].fingerprint);
    assert_true(w->alerts.v[0].fingerprint != w->alerts.v[2].fingerprint);
    assert_int_equal(w->alerts.v[0].grouping, GROUPING_MESSAGE);
    assert_string_equal(w->alerts.v[0].about.service, "web");
    assert_int_equal(w->alerts.v[0].at, INTAKE_NOW);
    assert_int_equal(intake_post(w, ALERTS, "[]"), 0);
}

static void test_faults_name_the_alert(void **state)
{
    static const struct {
        const char *body, *says;
    } bad[] = {
        {"5", "Alert 1: it must be an object"},
        {"[{\"title\":\"a\"},{}]", "Alert 2: 'title'"},
        {"{\"title\":\"  \"}", "'title'"},
        {"{\"title\":\"a\",\"status\":\"broken\"}", "'status'"},
        {"{\"title\":\"a\",\"count\":0}", "'count'"},
        {"{\"title\":\"a\",\"count\":1.5}", "'count'"},
        {"{\"title\":\"a\"} {}", "Invalid JSON"},
        {"{\"title\":\"t\",\"level\":\"purple\"}", "'level' must be debug, info, warning, error or fatal"},
        {"{\"title\":\"t\",\"level\":3}", "'level' must be"},
    };
    struct intake_world *w = *state;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        assert_true(intake_post(w, ALERTS, bad[i].body) < 0);
        assert_int_equal(w->answer.status, 400);
        assert_int_equal(w->alerts.n, 0);
        if (!strstr(w->answer.body, bad[i].says))
            fail_msg("%s: %s", bad[i].body, w->answer.body);
    }
}

static void test_an_alert_can_have_an_end(void **state)
{
    struct intake_world *w = *state;
    instant ends;
    assert_int_equal(instant_parse("2030-01-01T00:00:00Z", &ends, NULL), 0);
    assert_int_equal(intake_post(w, ALERTS,
                                 "[{\"title\":\"t\",\"endsAt\":\"2030-01-01T00:00:00Z\"},"
                                 "{\"title\":\"t\",\"endsAt\":\"2026-11-23T00:00:00Z\"},"
                                 "{\"title\":\"t\",\"endsAt\":1893456000,\"status\":\"firing\"},"
                                 "{\"title\":\"t\",\"endsAt\":null}]"),
                     0);
    assert_true(w->alerts.v[0].ends == ends && w->alerts.v[0].status == ALERT_FIRING);
    assert_true(w->alerts.v[1].ends == 0 && w->alerts.v[1].status == ALERT_RESOLVED);
    assert_true(w->alerts.v[2].ends == ends);
    assert_true(w->alerts.v[3].ends == 0 && w->alerts.v[3].status == ALERT_FIRING);
    assert_true(intake_post(w, ALERTS, "{\"title\":\"t\",\"endsAt\":\"tomorrow\"}") < 0);
    assert_int_equal(w->answer.status, 400);
}

static void test_a_sample_reads_back(void **state)
{
    struct intake_world *w = *state;
    CLEANUP_STR struct str one = {0}, two = {0};
    struct alert back;
    struct error err;
    assert_int_equal(
        intake_post(w, ALERTS, "{\"title\":\"t \\\"x\\\"\",\"message\":\"a\\nb\",\"tags\":{\"k\":\"v\"}}"), 0);
    alert_encode(&w->alerts.v[0], 4000, &one);
    assert_int_equal(alert_decode(one.p, one.len, &w->arena, &back, &err), 0);
    alert_encode(&back, 4000, &two);
    assert_string_equal(one.p, two.p);
    assert_int_equal(back.fingerprint, w->alerts.v[0].fingerprint);
    assert_int_equal(alert_decode("{}", 2, &w->arena, &back, &err), ERR_INVALID);
}

static void test_a_sample_stays_within_its_limit(void **state)
{
    struct intake_world *w = *state;
    CLEANUP_STR struct str body = {0}, sample = {0};
    str_add(&body, "{\"title\":\"t\",\"message\":\"");
    for (int i = 0; i < 3000; i++)
        str_add(&body, "\\\"\\n");
    str_add(&body, "\",\"tags\":{");
    for (int i = 0; i < ALERT_TAGS; i++)
        str_addf(&body, "%s\"tag%d\":\"%0200d\"", i ? "," : "", i, i);
    str_add(&body, "}}");
    assert_int_equal(intake_post(w, ALERTS, str_text(&body)), 0);
    alert_encode(&w->alerts.v[0], 2000, &sample);
    assert_true(sample.len <= 2000);
    assert_non_null(strstr(sample.p, "\"title\":\"t\""));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, intake_set_up, intake_tear_down)

static void test_a_repeated_tag_has_its_first_value(void **state)
{
    struct intake_world *w = *state;
    CLEANUP_STR struct str sample = {0};
    assert_int_equal(intake_post(w, ALERTS, "{\"title\":\"t\",\"tags\":{\"k\":\"1\",\"l\":\"2\",\"k\":\"3\"}}"),
                     0);
    assert_string_equal(alert_tag(&w->alerts.v[0], "k"), "1");
    alert_encode(&w->alerts.v[0], 2000, &sample);
    assert_non_null(strstr(sample.p, "\"tags\":{\"k\":\"1\",\"l\":\"2\"}"));
}

/* A text that was cut in the middle of a character, or has a NUL in it, is accepted. */
static void test_halves_of_characters_are_replaced(void **state)
{
    struct intake_world *w = *state;
    static const char *const cases[][2] = {
        {"cut \\ud83d", "cut \xef\xbf\xbd"},
        {"\\uDE00 cut", "\xef\xbf\xbd cut"},
        {"\\ud83d\\ud83d\\ude00", "\xef\xbf\xbd\xf0\x9f\x98\x80"},
        {"a\\u0000b", "a\xef\xbf\xbd"
                      "b"},
        {"a\\\\u0000\\ud83d", "a\\u0000\xef\xbf\xbd"},
        {"\\ud83d\\tx", "\xef\xbf\xbd x"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        CLEANUP_FREE char *body = xasprintf("{\"title\":\"%s\"}", cases[i][0]);
        w->alerts.n = 0;
        assert_int_equal(intake_post(w, ALERTS, body), 0);
        assert_string_equal(w->alerts.v[0].about.title, cases[i][1]);
    }
    assert_true(intake_post(w, ALERTS, "{\"title\":\"\\ud83") < 0);
    assert_true(intake_post(w, ALERTS, "{\"title\":\"\\ud83d\\") < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_member),
        TEST(test_a_title_is_enough_to_group),
        TEST(test_faults_name_the_alert),
        TEST(test_an_alert_can_have_an_end),
        TEST(test_a_sample_reads_back),
        TEST(test_a_sample_stays_within_its_limit),
        TEST(test_halves_of_characters_are_replaced),
        TEST(test_a_repeated_tag_has_its_first_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
