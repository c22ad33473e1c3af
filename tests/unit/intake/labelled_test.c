#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include "../../support/intake.h"
#include "base/mem.h"

#define WEBHOOK "/intake/alertmanager"
#define ALERTS  "/api/v2/alerts"
#define GRAFANA "/intake/grafana"

static void test_a_firing_group_from_alertmanager(void **state)
{
    struct intake_world *w = *state;
    assert_int_equal(intake_post_capture(w, "alertmanager_firing.http"), 0);
    assert_int_equal(w->answer.status, 200);
    assert_int_equal(w->alerts.n, 2);
    const struct alert *a = &w->alerts.v[0], *b = &w->alerts.v[1];
    assert_string_equal(a->about.source, "alertmanager");
    assert_string_equal(a->about.origin, "shop");
    assert_string_equal(a->about.stream, "tocsin");
    assert_string_equal(a->about.title, "Error rate of checkout is above 5%");
    assert_string_equal(a->message, "p99 over 5m\nsee the board");
    assert_string_equal(a->about.culprit, "HighErrorRate");
    assert_int_equal(a->level, LEVEL_FATAL);
    assert_int_equal(a->status, ALERT_FIRING);
    assert_string_equal(a->about.service, "checkout");
    assert_string_equal(a->about.environment, "prod");
    assert_string_equal(a->host, "10.0.0.1:9090");
    assert_string_equal(a->who.customer, "acme");
    assert_string_equal(a->about.url, "http://prometheus.example:9090/graph?g0.expr=up");
    assert_string_equal(a->sender_id, "da3a81f5627fe83a");
    assert_string_equal(alert_tag(a, "runbook_url"), "https://runbooks.example/errors");
    assert_null(alert_tag(a, "summary"));
    assert_int_equal(a->grouping, GROUPING_LABELS);
    assert_true(a->fingerprint == b->fingerprint); /* two replicas of one problem */
    assert_true(a->member != 0 && a->member != b->member);
    assert_true(a->at < INTAKE_NOW && a->at > INTAKE_NOW - DAY);
}

static void test_a_resolved_member_from_alertmanager(void **state)
{
    struct intake_world *w = *state;
    assert_int_equal(intake_post_capture(w, "alertmanager_firing.http"), 0);
    uint64_t member = w->alerts.v[1].member;
    assert_int_equal(intake_post_capture(w, "alertmanager_resolved.http"), 0);
    assert_int_equal(w->alerts.n, 2);
    assert_int_equal(w->alerts.v[0].status, ALERT_FIRING);
    assert_int_equal(w->alerts.v[1].status, ALERT_RESOLVED);
    assert_true(w->alerts.v[1].member == member);
}

#define PROM(labels, more) "[{\"labels\":{" labels "}" more "}]"

static const struct alert *post(struct intake_world *w, const char *body)
{
    if (intake_post(w, ALERTS, body) != 0)
        fail_msg("%s", w->answer.body);
    assert_int_equal(w->answer.status, 200);
    assert_string_equal(w->answer.body, "");
    return &w->alerts.v[0];
}

static void test_prometheus_says_when_it_is_over(void **state)
{
    struct intake_world *w = *state;
    assert_int_equal(post(w, PROM("\"alertname\":\"A\"", ""))->status, ALERT_FIRING);
    assert_int_equal(post(w, PROM("\"alertname\":\"A\"", ",\"endsAt\":\"2030-01-01T00:00:00Z\""))->status,
                     ALERT_FIRING);
    assert_int_equal(post(w, PROM("\"alertname\":\"A\"", ",\"endsAt\":\"0001-01-01T00:00:00Z\""))->status,
                     ALERT_FIRING);
    assert_int_equal(post(w, PROM("\"alertname\":\"A\"", ",\"endsAt\":\"2026-11-23T00:00:00Z\""))->status,
                     ALERT_RESOLVED);
    post(w, "[]");
    assert_int_equal(w->alerts.n, 0);
}

static void test_an_end_in_the_future_is_kept(void **state)
{
    struct intake_world *w = *state;
    instant ends;
    assert_int_equal(instant_parse("2030-01-01T00:00:00Z", &ends, NULL), 0);
    const char *name = "\"alertname\":\"A\"";
    CLEANUP_FREE char *future = xasprintf("[{\"labels\":{%s},\"endsAt\":\"2030-01-01T00:00:00Z\"}]", name);
    assert_true(post(w, future)->ends == ends);
    assert_int_equal(post(w, PROM("\"alertname\":\"A\"", ""))->ends, 0);
    assert_int_equal(post(w, PROM("\"alertname\":\"A\"", ",\"endsAt\":\"0001-01-01T00:00:00Z\""))->ends, 0);
    assert_int_equal(post(w, PROM("\"alertname\":\"A\"", ",\"endsAt\":\"soon\""))->ends, 0);
    assert_int_equal(post(w, PROM("\"alertname\":\"A\"", ",\"endsAt\":\"soon\""))->status, ALERT_FIRING);
    assert_int_equal(post(w, PROM("\"alertname\":\"A\"", ",\"endsAt\":\"2026-11-23T00:00:00Z\""))->ends, 0);
    /* A webhook says the status: what fires with an end that has passed has none. */
    assert_int_equal(intake_post(w, WEBHOOK,
                                 "{\"alerts\":[{\"status\":\"firing\",\"labels\":{\"a\":\"b\"},\"endsAt\":"
                                 "\"2026-11-23T00:00:00Z\"},{\"status\":\"firing\",\"labels\":{\"a\":\"c\"},"
                                 "\"endsAt\":\"2030-01-01T00:00:00Z\"},{\"status\":\"resolved\",\"labels\":"
                                 "{\"a\":\"c\"},\"endsAt\":\"2030-01-01T00:00:00Z\"}]}"),
                     0);
    assert_int_equal(w->alerts.v[0].status, ALERT_FIRING);
    assert_int_equal(w->alerts.v[0].ends, 0);
    assert_true(w->alerts.v[1].ends == ends);
    assert_int_equal(w->alerts.v[2].status, ALERT_RESOLVED);
    assert_int_equal(w->alerts.v[2].ends, 0);
}

static void test_an_instance_has_a_name(void **state)
{
    struct intake_world *w = *state;
    assert_string_equal(post(w, PROM("\"alertname\":\"A\",\"instance\":\"web-1:9100\"", ""))->instance,
                        "web-1:9100");
    assert_string_equal(
        post(w, PROM("\"instance\":\"10.0.0.1:8080\",\"pod\":\"web-7\",\"replica\":\"r\"", ""))->instance,
        "web-7");
    assert_string_equal(
        post(w, PROM("\"alertname\":\"A\",\"prometheus\":\"p\",\"instance\":\"i\"", ""))->instance, "i");
    assert_string_equal(post(w, PROM("\"alertname\":\"A\",\"container_id\":\"c0ffee\"", ""))->instance,
                        "c0ffee");
    assert_string_equal(post(w, PROM("\"alertname\":\"A\",\"host\":\"h\"", ""))->instance, "");
}

static void test_a_group_key_is_one_notification(void **state)
{
    struct intake_world *w = *state;
#define BODY(key)                                                                                              \
    "{\"alerts\":[{\"labels\":{\"a\":\"b\"}},{\"labels\":{\"a\":\"c\"}}],\"groupKey\":\"" key "\"}"
    const char *paths[] = {WEBHOOK, GRAFANA};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(intake_post(w, paths[i], BODY("{}:{a}")), 0);
        uint64_t first = w->alerts.v[0].notification;
        assert_true(first != 0 && w->alerts.v[1].notification == first);
        assert_int_equal(intake_post(w, paths[i], BODY("{}:{b}")), 0);
        assert_true(w->alerts.v[0].notification != first);
        assert_int_equal(intake_post(w, paths[i], BODY("")), 0);
        assert_true(w->alerts.v[0].notification == 0);
    }
    assert_true(post(w, PROM("\"a\":\"b\"", ""))->notification == 0);
}

static void test_the_meaning_of_labels(void **state)
{
    struct intake_world *w = *state;
    const struct alert *a =
        post(w, PROM("\"job\":\"node\",\"app\":\"cart\",\"hostname\":\"h\",\"level\":\"info\","
                     "\"severity\":\"page\",\"version\":\"2\",\"empty\":\"\",\"n\":5,\"o\":{}",
                     ",\"annotations\":{\"title\":\"t\",\"link\":\"x\"}"));
    assert_string_equal(a->about.service, "cart");
    assert_string_equal(a->host, "h");
    assert_string_equal(a->about.release, "2");
    assert_int_equal(a->level, LEVEL_FATAL);
    assert_string_equal(a->about.title, "t");
    assert_string_equal(alert_tag(a, "n"), "5");
    assert_string_equal(alert_tag(a, "link"), "x");
    assert_null(alert_tag(a, "empty"));
    assert_null(alert_tag(a, "o"));
    a = post(w, PROM("\"alertname\":\"OnlyAName\"", ""));
    assert_string_equal(a->about.title, "OnlyAName");
    assert_string_equal(a->about.service, "web"); /* from the source */
    assert_int_equal(a->member, 0);
}

static void test_the_order_of_labels_does_not_matter(void **state)
{
    struct intake_world *w = *state;
    uint64_t one = post(w, PROM("\"alertname\":\"A\",\"env\":\"prod\",\"zone\":\"z\"", ""))->fingerprint;
    assert_true(one == post(w, PROM("\"zone\":\"z\",\"env\":\"prod\",\"alertname\":\"A\"", ""))->fingerprint);
    assert_true(one != post(w, PROM("\"zone\":\"y\",\"env\":\"prod\",\"alertname\":\"A\"", ""))->fingerprint);
    assert_true(one != post(w, PROM("\"alertname\":\"A\",\"env\":\"prod\"", ""))->fingerprint);
    uint64_t pod =
        post(w, PROM("\"pod\":\"a\",\"zone\":\"z\",\"env\":\"prod\",\"alertname\":\"A\"", ""))->fingerprint;
    assert_true(one == pod);
}

static void test_escapes_and_texts_of_all_kinds(void **state)
{
    struct intake_world *w = *state;
    const struct alert *a =
        post(w, " [ { \"labels\" : { \"alertname\" : \"caf\\u00e9 \\ud83d\\ude00 \\\"q\\\" \\/\","
                "\"raw\":\"\xc3\xa9\",\"bad\":\"\xff\",\"nul\":\"a\\u0000b\",\"tab\":\"a\\tb\"} } ] \n");
    assert_string_equal(a->about.title, "caf\xc3\xa9 \xf0\x9f\x98\x80 \"q\" /");
    assert_string_equal(alert_tag(a, "raw"), "\xc3\xa9");
    assert_string_equal(alert_tag(a, "bad"), "\xef\xbf\xbd");
    assert_string_equal(alert_tag(a, "nul"), "a\xef\xbf\xbd"
                                             "b");
    assert_string_equal(alert_tag(a, "tab"), "a b");
}

static void test_invalid_bodies_are_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "{}",
        "[",
        "[]]",
        "[{}]",
        "[5]",
        "[{\"labels\":{}}]",
        "[{\"labels\":{\"a\":\"b\"}},]",
        "[{\"labels\":{\"a\":\"b\",}}]",
        "[{\"labels\":{\"a\" \"b\"}}]",
        "[{\"labels\":{\"a\":\"\\x\"}}]",
        "[{\"labels\":{\"a\":\"b}}]",
        "[{\"labels\":[\"a\"]}]",
        "[{\"labels\":{\"a\":\"b\"}}] x",
        "[{\"labels\":{\"a\":tru}}]",
        "[{\"labels\":{\"a\":\"b\"},\"x\":}]",
        "[{\"labels\":{a:\"b\"}}]",
    };
    struct intake_world *w = *state;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        if (intake_post(w, ALERTS, bad[i]) >= 0)
            fail_msg("taken: %s", bad[i]);
        assert_int_equal(w->answer.status, 400);
        assert_int_equal(w->alerts.n, 0);
        assert_string_equal(intake_header(w, "content-type"), "application/problem+json");
    }
    assert_true(intake_post(w, WEBHOOK, "{\"version\":\"5\",\"alerts\":[]}") < 0);
    assert_true(intake_post(w, WEBHOOK, "{\"version\":\"4\",\"alerts\":{}}") < 0);
    assert_true(intake_post(w, WEBHOOK, "[]") < 0);
    assert_int_equal(intake_post(w, WEBHOOK, "{\"version\":\"4\",\"alerts\":[]}"), 0);
}

static void test_nesting_is_bounded(void **state)
{
    struct intake_world *w = *state;
    CLEANUP_STR struct str body = {0};
    str_add(&body, "[{\"labels\":{\"a\":\"b\"},\"x\":");
    for (int i = 0; i < 100000; i++)
        str_addc(&body, '[');
    assert_true(intake_post(w, ALERTS, str_text(&body)) < 0);
}

static void test_too_many_alerts_are_refused(void **state)
{
    struct intake_world *w = *state;
    CLEANUP_STR struct str body = {0};
    str_addc(&body, '[');
    for (int i = 0; i <= ALERTS_A_REQUEST; i++)
        str_add(&body, i ? ",{\"labels\":{\"a\":\"b\"}}" : "{\"labels\":{\"a\":\"b\"}}");
    str_addc(&body, ']');
    assert_int_equal(intake_post(w, ALERTS, str_text(&body)), ERR_TOO_BIG);
    assert_int_equal(w->answer.status, 413);
}

static void test_many_labels_are_cut(void **state)
{
    struct intake_world *w = *state;
    CLEANUP_STR struct str body = {0};
    str_add(&body, "[{\"labels\":{");
    for (int i = 0; i < 1000; i++)
        str_addf(&body, "%s\"l%d\":\"v\"", i ? "," : "", i);
    str_add(&body, "}}]");
    assert_int_equal(post(w, str_text(&body))->n_tags, ALERT_TAGS);
}

static void test_when_busy_the_sender_comes_back(void **state)
{
    struct intake_world *w = *state;
    intake_busy(intake_route_find(WEBHOOK), 10, &w->answer);
    assert_int_equal(w->answer.status, 503);
    assert_string_equal(intake_header(w, "retry-after"), "10");
}

static void test_grafana(void **state)
{
    struct intake_world *w = *state;
    assert_int_equal(
        intake_post(
            w, GRAFANA,
            "{\"receiver\":\"hooks\",\"status\":\"firing\",\"orgId\":1,\"alerts\":[{\"status\":\"firing\","
            "\"labels\":{\"alertname\":\"High "
            "latency\",\"team\":\"web\"},\"annotations\":{\"summary\":\"slow\"},"
            "\"startsAt\":\"2026-11-23T10:00:00Z\",\"endsAt\":\"0001-01-01T00:00:00Z\",\"values\":{\"A\":4.2},"
            "\"valueString\":\"[ var='A' value=4.2 ]\",\"fingerprint\":\"57c6d9296de2ad39\","
            "\"generatorURL\":\"https://g.example/rule\",\"dashboardURL\":\"\","
            "\"panelURL\":\"https://g.example/panel\",\"imageURL\":null}],\"groupKey\":\"{}:{}\","
            "\"version\":\"1\",\"title\":\"[FIRING:1]\",\"state\":\"alerting\",\"message\":\"all of it\"}"),
        0);
    const struct alert *a = &w->alerts.v[0];
    assert_string_equal(a->about.source, "grafana");
    assert_string_equal(a->about.title, "slow");
    assert_string_equal(a->message, "all of it");
    assert_string_equal(a->about.url, "https://g.example/panel");
    assert_string_equal(a->details, "[ var='A' value=4.2 ]");
    assert_string_equal(a->about.stream, "hooks");
    assert_int_equal(a->status, ALERT_FIRING);
}

static void test_grafana_before_version_9(void **state)
{
    struct intake_world *w = *state;
    w->request.method = "PUT";
    assert_int_equal(
        intake_post(w, GRAFANA,
                    "{\"title\":\"[Alerting] CPU\",\"ruleId\":5,\"ruleName\":\"CPU\",\"state\":\"ok\","
                    "\"ruleUrl\":\"https://g.example/5\",\"message\":\"m\",\"evalMatches\":[],"
                    "\"tags\":{\"team\":\"web\"}}"),
        0);
    const struct alert *a = &w->alerts.v[0];
    assert_string_equal(a->about.title, "[Alerting] CPU");
    assert_int_equal(a->status, ALERT_RESOLVED);
    assert_string_equal(alert_tag(a, "team"), "web");
    assert_string_equal(a->about.url, "https://g.example/5");
    assert_true(intake_post(w, GRAFANA, "{\"hello\":1}") < 0);
}

/* One alert of Grafana's, with these labels and annotations. */
static const struct alert *from_grafana(struct intake_world *w, const char *labels, const char *annotations)
{
    CLEANUP_FREE char *body = xasprintf(
        "{\"receiver\":\"hooks\",\"status\":\"firing\",\"alerts\":[{\"status\":\"firing\",\"labels\":{%s},"
        "\"annotations\":{%s}}]}",
        labels, annotations);
    assert_int_equal(intake_post(w, GRAFANA, body), 0);
    return &w->alerts.v[0];
}

static void test_grafana_names_the_rule_that_has_no_data(void **state)
{
    struct intake_world *w = *state;
    const struct alert *a =
        from_grafana(w, "\"alertname\":\"DatasourceNoData\",\"rulename\":\"Checkout latency\",\"ref_id\":\"A\"",
                     "\"summary\":\"latency is [no value]\"");
    assert_string_equal(a->about.title, "Checkout latency");
    assert_string_equal(a->about.culprit, "DatasourceNoData");
    assert_string_equal(alert_tag(a, "summary"), "latency is [no value]");
    a = from_grafana(w, "\"alertname\":\"DatasourceError\",\"rulename\":\"Queue depth\"",
                     "\"summary\":\"the queue is long\",\"Error\":\"dial tcp: i/o timeout\"");
    assert_string_equal(a->about.title, "Queue depth");
    assert_string_equal(a->message, "dial tcp: i/o timeout");
    a = from_grafana(w, "\"alertname\":\"DatasourceNoData\"", "");
    assert_string_equal(a->about.title, "DatasourceNoData");
    a = from_grafana(w, "\"alertname\":\"Slow\",\"rulename\":\"somebody's own label\"", "");
    assert_string_equal(a->about.title, "Slow");
}

static void test_a_title_without_its_value_is_the_last_choice(void **state)
{
    struct intake_world *w = *state;
    const char *name = "\"alertname\":\"Slow\"";
    assert_string_equal(from_grafana(w, name, "\"summary\":\"p99 is <no value>\"")->about.title, "Slow");
    const struct alert *a =
        from_grafana(w, name, "\"summary\":\"p99 is <no value>\",\"title\":\"checkout is slow\"");
    assert_string_equal(a->about.title, "checkout is slow");
    assert_string_equal(alert_tag(a, "summary"), "p99 is <no value>");
    assert_string_equal(from_grafana(w, name, "\"summary\":\" \\n \"")->about.title, "Slow");
    a = from_grafana(w, name, "\"summary\":\"  \",\"title\":\" x\"");
    assert_string_equal(a->about.title, " x");
    a = from_grafana(w, "\"alertname\":\" \",\"service\":\" \",\"app\":\"web\"", "\"summary\":\"\\t\"");
    assert_string_equal(a->about.title, "alert");
    assert_string_equal(a->about.service, "web");
    a = from_grafana(w, "\"team\":\"web\"", "\"summary\":\"p99 is <no value>\"");
    assert_string_equal(a->about.title, "p99 is <no value>"); /* better than nothing */
    a = from_grafana(w, name, "\"description\":\"[no value] ms\",\"message\":\"see the board\"");
    assert_string_equal(a->message, "see the board");
    a = from_grafana(w, name, "\"description\":\"[no value] ms on web-1\"");
    assert_string_equal(a->message, "[no value] ms on web-1");
    a = post(w, PROM("\"alertname\":\"A\"", ",\"annotations\":{\"summary\":\"<no value> is down\"}"));
    assert_string_equal(a->about.title, "A");
}

static void test_tags_of_grafana_before_version_9_have_a_meaning(void **state)
{
    struct intake_world *w = *state;
    assert_int_equal(
        intake_post(
            w, GRAFANA,
            "{\"title\":\"[Alerting] CPU\",\"ruleId\":5,\"ruleName\":\"CPU\",\"state\":\"alerting\","
            "\"tags\":{\"app\":\"cart\",\"service\":\"checkout\",\"env\":\"staging\",\"priority\":\"p1\","
            "\"severity\":\"warning\",\"host\":\"web-1\",\"version\":\"1.2\",\"customer\":\"acme\"}}"),
        0);
    const struct alert *a = &w->alerts.v[0];
    assert_string_equal(a->about.service, "checkout");
    assert_string_equal(a->about.environment, "staging");
    assert_string_equal(a->about.release, "1.2");
    assert_string_equal(a->host, "web-1");
    assert_string_equal(a->who.customer, "acme");
    assert_int_equal(a->level, LEVEL_WARNING);
    assert_int_equal(intake_post(w, GRAFANA, "{\"ruleName\":\"CPU\",\"state\":\"alerting\",\"tags\":null}"), 0);
    assert_string_equal(w->alerts.v[0].about.service, "web"); /* from the source */
    assert_int_equal(w->alerts.v[0].level, LEVEL_ERROR);
    assert_int_equal(intake_post(w, GRAFANA,
                                 "{\"ruleName\":\"CPU\",\"state\":\"alerting\",\"tags\":{\"severity\":\"odd\","
                                 "\"service\":\"\"}}"),
                     0);
    assert_int_equal(w->alerts.v[0].level, LEVEL_ERROR);
    assert_string_equal(w->alerts.v[0].about.service, "web");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, intake_set_up, intake_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_firing_group_from_alertmanager),
        TEST(test_a_resolved_member_from_alertmanager),
        TEST(test_prometheus_says_when_it_is_over),
        TEST(test_an_end_in_the_future_is_kept),
        TEST(test_an_instance_has_a_name),
        TEST(test_a_group_key_is_one_notification),
        TEST(test_the_meaning_of_labels),
        TEST(test_the_order_of_labels_does_not_matter),
        TEST(test_escapes_and_texts_of_all_kinds),
        TEST(test_invalid_bodies_are_refused),
        TEST(test_nesting_is_bounded),
        TEST(test_too_many_alerts_are_refused),
        TEST(test_many_labels_are_cut),
        TEST(test_when_busy_the_sender_comes_back),
        TEST(test_grafana),
        TEST(test_grafana_before_version_9),
        TEST(test_grafana_names_the_rule_that_has_no_data),
        TEST(test_a_title_without_its_value_is_the_last_choice),
        TEST(test_tags_of_grafana_before_version_9_have_a_meaning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
