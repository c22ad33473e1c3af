#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include "../../support/intake.h"
#include "base/mem.h"

#define ENVELOPE "/api/7/envelope/"
#define KEY      "sentry_version=7&sentry_key=0123456789abcdef0123456789abcdef"
#define DSN      "http://0123456789abcdef0123456789abcdef@tocsin.example:8080/7"

static int setup(void **state)
{
    int rc = intake_set_up(state);
    struct intake_world *w = *state;
    w->request.query = KEY;
    w->request.authorization = NULL;
    return rc;
}

static void test_an_error_with_a_cause_from_the_sdk(void **state)
{
    struct intake_world *w = *state;
    assert_int_equal(intake_post_capture(w, "sentry_cause.http"), 0);
    assert_int_equal(w->answer.status, 200);
    assert_int_equal(w->alerts.n, 1);
    const struct alert *a = &w->alerts.v[0];
    assert_string_equal(a->about.title, "TypeError: charge of order 17 failed");
    assert_string_equal(a->about.source, "sentry");
    assert_string_equal(a->about.origin, "shop");
    assert_string_equal(a->about.stream, "7");
    assert_int_equal(a->level, LEVEL_ERROR);
    assert_int_equal(a->grouping, GROUPING_EXCEPTION);
    assert_string_equal(a->about.service, "checkout");
    assert_string_equal(a->about.environment, "staging");
    assert_string_equal(a->about.release, "shop@1.4.2");
    assert_string_equal(a->host, "web-3");
    assert_string_equal(a->who.customer, "acme");
    assert_string_equal(a->who.user, "42");
    assert_string_equal(a->who.user_email, "ana@acme.example");
    assert_string_equal(a->about.type, "TypeError");
    assert_string_equal(a->exception_value, "charge of order 17 failed");
    assert_string_equal(a->about.culprit, "charge in server");
    assert_string_equal(alert_tag(a, "platform"), "node");
    assert_string_equal(alert_tag(a, "handled"), "yes");
    assert_non_null(strstr(a->details, "caused by SyntaxError: Unexpected end of JSON input"));
    assert_true(a->at > 0 && a->at < INTAKE_NOW);
    assert_int_equal(strlen(a->sender_id), 32);
    assert_non_null(strstr(w->answer.body, a->sender_id));
}

static void test_a_message_from_the_sdk(void **state)
{
    struct intake_world *w = *state;
    assert_int_equal(intake_post_capture(w, "sentry_message.http"), 0);
    assert_int_equal(w->alerts.n, 1);
    assert_string_equal(w->alerts.v[0].about.title, "disk 91% full on web-3");
    assert_int_equal(w->alerts.v[0].level, LEVEL_WARNING);
    assert_int_equal(w->alerts.v[0].grouping, GROUPING_MESSAGE);
}

static void test_a_fingerprint_from_the_sdk(void **state)
{
    struct intake_world *w = *state;
    assert_int_equal(intake_post_capture(w, "sentry_fingerprint.http"), 0);
    assert_int_equal(w->alerts.n, 1);
    assert_int_equal(w->alerts.v[0].grouping, GROUPING_SENDER);
}

static void test_a_gzipped_envelope_from_the_sdk(void **state)
{
    struct intake_world *w = *state;
    assert_int_equal(intake_post_capture(w, "sentry_large_gzip.http"), 0);
    assert_int_equal(w->alerts.n, 1);
    assert_string_equal(w->alerts.v[0].about.title, "Error: large");
}

static void test_an_attachment_is_skipped(void **state)
{
    struct intake_world *w = *state;
    assert_int_equal(intake_post_capture(w, "sentry_attachment.http"), 0);
    assert_int_equal(w->alerts.n, 1);
    assert_string_equal(w->alerts.v[0].about.title, "Error: with an attachment");
}

static void test_items_that_are_not_errors_are_skipped(void **state)
{
    static const char *const names[] = {"sentry_session.http", "sentry_client_report.http", "sentry_span.http"};
    struct intake_world *w = *state;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        assert_int_equal(intake_post_capture(w, names[i]), 0);
        assert_int_equal(w->answer.status, 200);
        assert_int_equal(w->alerts.n, 0);
        assert_string_equal(w->answer.body, "{}");
    }
}

/* ---- the grammar ---- */

static void test_good_envelopes(void **state)
{
    static const struct {
        const char *body;
        size_t alerts;
    } good[] = {
        {"{}", 0},
        {"{}\n", 0},
        {"{}\n\n\n", 0},
        {"{}\n{\"type\":\"event\"}\n{}", 1},
        {"{}\n{\"type\":\"event\",\"length\":2}\n{}", 1},
        {"{}\n{\"type\":\"event\",\"length\":2}\n{}\n", 1},
        {"{}\n{\"type\":\"event\"}\n{\"message\":\"a\"}\r\n", 1}, /* white space around JSON */
        {"{}\n{\"type\":\"attachment\",\"length\":0}\n\n{\"type\":\"event\"}\n{}\n", 1},
        {"{}\n{\"type\":\"attachment\",\"length\":8}\na\r\nb\n{}\n\n{\"type\":\"event\"}\n{}\n", 1},
        {"{}\n{\"type\":\"attachment\",\"length\":0}\n", 0},
        {"{}\n{\"type\":\"from the future\",\"x\":[1]}\nwhatever\n{\"type\":\"event\"}\n{}\n", 1},
        {"{}\n{\"type\":\"session\",\"length\":null}\n{}\n", 0},
        {"{}\n{\"type\":\"transaction\"}\n{\"type\":\"transaction\"}\n", 0},
        {"{\"event_id\":\"9ec79c33ec9942ab8353589fcb2e04dc\",\"dsn\":\"" DSN "\"}\n{\"type\":\"event\"}\n{}\n",
         1},
    };
    struct intake_world *w = *state;
    for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
        if (intake_post(w, ENVELOPE, good[i].body) != 0 || w->alerts.n != good[i].alerts)
            fail_msg("envelope %zu: %d alerts, %s", i, (int)w->alerts.n, w->answer.body);
        assert_int_equal(w->answer.status, 200);
    }
    assert_string_equal(w->answer.body, "{\"id\":\"9ec79c33ec9942ab8353589fcb2e04dc\"}");
}

static void test_malformed_envelopes(void **state)
{
    static const char *const bad[] = {
        "",
        "\n",
        "[]\n",
        "{\n",
        "{}\r\n{\n",
        "{}\n[]\n",
        "{}\n{}\n",
        "{}\n{\"type\":5}\n",
        "{}\n{\"type\":\"event\",\"length\":3}\n{}",
        "{}\n{\"type\":\"event\",\"length\":1}\n{}\n",
        "{}\n{\"type\":\"event\",\"length\":-1}\n{}\n",
        "{}\n{\"type\":\"event\",\"length\":\"2\"}\n{}\n",
        "{}\n{\"type\":\"event\",\"length\":1e300}\n{}\n",
        "{}\n{\"type\":\"event\"}\n",
        "{}\n{\"type\":\"event\"}\n[]\n",
        "{}\n{\"type\":\"event\"}\n{}\n{\"type\":\"attachment\",\"length\":9}\nshort\n",
    };
    struct intake_world *w = *state;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        if (intake_post(w, ENVELOPE, bad[i]) >= 0 || w->answer.status != 400)
            fail_msg("envelope %zu was accepted", i);
        assert_int_equal(w->alerts.n, 0);
        assert_non_null(intake_header(w, "x-sentry-error"));
        assert_non_null(strstr(w->answer.body, "\"detail\""));
    }
}

/* ---- authentication ---- */

static int post_as(struct intake_world *w, const char *header, const char *query, const char *dsn)
{
    static char body[300];
    w->request.sentry_auth = header;
    w->request.query = query;
    snprintf(body, sizeof(body), "{%s%s%s}\n{\"type\":\"event\"}\n{}\n", dsn ? "\"dsn\":\"" : "",
             dsn ? dsn : "", dsn ? "\"" : "");
    intake_post(w, ENVELOPE, body);
    return w->answer.status;
}

static void test_the_key_in_each_of_its_places(void **state)
{
    struct intake_world *w = *state;
    const char *header =
        "Sentry sentry_version=7, sentry_client=x/1,sentry_key=0123456789abcdef0123456789abcdef";
    assert_int_equal(post_as(w, header, NULL, NULL), 200);
    assert_int_equal(post_as(w, NULL, "a=b&" KEY, NULL), 200);
    assert_int_equal(post_as(w, NULL, NULL, DSN), 200);
    assert_int_equal(post_as(w, header, KEY, DSN), 200);
    assert_int_equal(post_as(w, NULL, NULL, "https://0123456789abcdef0123456789abcdef:secret@[::1]:1/a/b/7"),
                     200);
    w->request.authorization = header;
    assert_int_equal(post_as(w, NULL, NULL, NULL), 200);
}

static void test_a_wrong_key_is_refused(void **state)
{
    struct intake_world *w = *state;
    assert_int_equal(post_as(w, NULL, NULL, NULL), 403);
    assert_int_equal(post_as(w, NULL, "sentry_key=", NULL), 403);
    assert_int_equal(post_as(w, NULL, "sentry_key=ffffffffffffffffffffffffffffffff", NULL), 403);
    assert_int_equal(post_as(w, "Sentry sentry_key=other", KEY, NULL), 403);
    assert_int_equal(post_as(w, NULL, KEY, "http://other@host/7"), 403);
    assert_int_equal(post_as(w, NULL, KEY, "http://0123456789abcdef0123456789abcdef@host/8"), 403);
    assert_int_equal(post_as(w, NULL, NULL, "http://other@host/7"), 403);
    assert_int_equal(post_as(w, NULL, KEY, "nonsense"), 400);
    assert_int_equal(w->alerts.n, 0);
    w->request.query = KEY;
    assert_true(intake_post(w, "/api/8/envelope/", "{}\n") < 0);
    assert_int_equal(w->answer.status, 403);
}

static void test_the_tunnel_uses_the_project_of_the_dsn(void **state)
{
    struct intake_world *w = *state;
    w->request.query = NULL;
    assert_int_equal(
        intake_post(w, "/intake/sentry", "{\"dsn\":\"" DSN "\"}\n{\"type\":\"event\"}\n{\"message\":\"a\"}\n"),
        0);
    assert_int_equal(w->alerts.n, 1);
    assert_string_equal(w->alerts.v[0].about.stream, "7");
}

static void test_when_busy_sdks_keep_away(void **state)
{
    struct intake_world *w = *state;
    intake_busy(intake_route_find(ENVELOPE), 30, &w->answer);
    assert_int_equal(w->answer.status, 429);
    assert_string_equal(intake_header(w, "retry-after"), "30");
    assert_string_equal(intake_header(w, "x-sentry-rate-limits"), "30::organization:busy");
}

/* ---- events ---- */

static const struct alert *store(struct intake_world *w, const char *event)
{
    w->request.query = KEY;
    if (intake_post(w, "/api/7/store/", event) != 0)
        fail_msg("%s", w->answer.body);
    return w->alerts.n > 0 ? &w->alerts.v[0] : NULL;
}

static uint64_t print_of(struct intake_world *w, const char *event)
{
    return store(w, event)->fingerprint;
}

static void test_shapes_of_old_events(void **state)
{
    struct intake_world *w = *state;
    const struct alert *a =
        store(w, "{\"event_id\":\"9EC79C33-ec99-42ab-8353-589fcb2e04dc\",\"message\":\"hello\","
                 "\"tags\":[[\"customer\",\"acme\"],[\"n\",5],[\"null\",null]],"
                 "\"timestamp\":\"2026-11-23T15:06:22\"}");
    assert_string_equal(a->about.title, "hello");
    assert_string_equal(a->who.customer, "acme");
    assert_string_equal(alert_tag(a, "n"), "5");
    assert_null(alert_tag(a, "null"));
    assert_string_equal(a->about.environment, "production");
    assert_string_equal(a->about.service, "web"); /* from the source */
    assert_string_equal(w->answer.body, "{\"id\":\"9ec79c33ec9942ab8353589fcb2e04dc\"}");
    a = store(w, "{\"exception\":[{\"type\":\"A\",\"value\":\"a\"},{\"type\":\"B\",\"value\":\"b\\nmore\"}]}");
    assert_string_equal(a->about.title, "B: b");
    a = store(w, "{\"exception\":{\"type\":\"C\"},\"level\":\"fatal\"}");
    assert_string_equal(a->about.title, "C");
    assert_int_equal(a->level, LEVEL_FATAL);
    a = store(w, "{\"logentry\":{\"message\":\"order %s failed\",\"params\":[\"17\"],\"formatted\":\"order 17 "
                 "failed\"}}");
    assert_string_equal(a->about.title, "order 17 failed");
    a = store(w, "{}");
    assert_string_equal(a->about.title, "(an event without a message)");
    assert_null(store(w, "{\"type\":\"transaction\"}"));
}

/* What is blank says nothing, so it neither names a problem nor makes two of them one. */
static void test_blank_texts_say_nothing(void **state)
{
    struct intake_world *w = *state;
    static const char *const blanks[] = {
        "\"message\":\"   \"",
        "\"logentry\":{\"message\":\"\\n\",\"formatted\":\" \"}",
        "\"message\":{\"message\":\"\\t\"}",
        "\"exception\":{\"values\":[{\"type\":\" \",\"value\":\"  \"}]}",
        "\"exception\":[{\"value\":\"\\n\",\"stacktrace\":{\"frames\":[{\"function\":\"?\"}]}}]",
    };
    for (size_t i = 0; i < ARRAY_SIZE(blanks); i++) {
        CLEANUP_FREE char *blog = xasprintf("{%s,\"tags\":{\"service\":\"blog\"}}", blanks[i]);
        CLEANUP_FREE char *checkout = xasprintf("{%s,\"tags\":{\"service\":\"checkout\"}}", blanks[i]);
        CLEANUP_FREE char *logger = xasprintf("{%s,\"logger\":\"a.b\"}", blanks[i]);
        CLEANUP_FREE char *culprit = xasprintf("{%s,\"culprit\":\"f in g\"}", blanks[i]);
        assert_string_equal(store(w, blog)->about.title, "(an event without a message)");
        assert_true(print_of(w, blog) != print_of(w, checkout));
        assert_true(print_of(w, culprit) != print_of(w, "{}"));
        assert_string_equal(store(w, logger)->about.title, "a.b");
        assert_string_equal(store(w, culprit)->about.culprit, "f in g");
    }
}

static void test_hostile_events_do_no_harm(void **state)
{
    static const char *const events[] = {
        "{\"exception\":{\"values\":{}},\"tags\":5,\"user\":[],\"contexts\":\"x\",\"fingerprint\":{}}",
        "{\"exception\":{\"values\":[null,5,\"x\",{\"stacktrace\":{\"frames\":[null,{},{\"function\":7}]}}]}}",
        "{\"exception\":{\"values\":[{\"type\":5,\"value\":{},\"mechanism\":\"x\",\"stacktrace\":[]}]}}",
        "{\"fingerprint\":[null,{},[],5,\"{{\",\"{{}}\",\"{{ }}\",\"{{ tags.x }}\",\"}}\"],\"logentry\":7}",
        "{\"tags\":[[],[1],[null,null],\"x\",{\"a\":1}],\"timestamp\":-1e308,\"message\":\"\\u0000\\u0007 x\"}",
        "{\"timestamp\":1e308,\"event_id\":\"../../etc\",\"request\":{\"url\":5}}",
    };
    struct intake_world *w = *state;
    for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
        const struct alert *a = store(w, events[i]);
        assert_true(*a->about.title);
        assert_true(a->at <= INTAKE_NOW && a->at >= INTAKE_NOW - ALERT_AGE);
        assert_string_equal(a->sender_id, "");
    }
}

static void test_texts_are_bounded_and_clean(void **state)
{
    struct intake_world *w = *state;
    CLEANUP_STR struct str event = {0};
    str_add(&event, "{\"message\":\"");
    for (int i = 0; i < 5000; i++)
        str_add(&event, "\xc3\xa9\\u0007");
    str_add(&event, "\",\"release\":\"a\\tb\\nc\"}");
    const struct alert *a = store(w, str_text(&event));
    assert_int_equal(strlen(a->about.title), ALERT_TITLE);
    assert_int_equal(strlen(a->message), ALERT_MESSAGE);
    assert_true(utf8_valid(a->about.title, strlen(a->about.title)));
    assert_null(strchr(a->message, '\a'));
    assert_string_equal(a->about.release, "a b c");
}

#define FRAMES(a, b)                                                                                           \
    "{\"exception\":{\"values\":[{\"type\":\"E\",\"value\":\"x\",\"stacktrace\":{\"frames\":[" a "," b "]}}]}" \
    "}"
#define FRAME(module, function, line, in_app)                                                                  \
    "{\"module\":\"" module "\",\"function\":\"" function "\",\"lineno\":" line ",\"in_app\":" in_app "}"

static void test_grouping_by_exception(void **state)
{
    struct intake_world *w = *state;
    uint64_t one =
        print_of(w, FRAMES(FRAME("lib", "call", "1", "false"), FRAME("pay", "charge", "10", "true")));
    /* With other lines or library frames it is the same problem; with another function it is a different one. */
    assert_true(one ==
                print_of(w, FRAMES(FRAME("lib", "apply", "7", "false"), FRAME("pay", "charge", "11", "true"))));
    assert_true(one !=
                print_of(w, FRAMES(FRAME("lib", "call", "1", "false"), FRAME("pay", "refund", "10", "true"))));
    assert_true(one !=
                print_of(w, FRAMES(FRAME("lib", "call", "1", "false"), FRAME("pay2", "charge", "10", "true"))));
    /* Direct recursion counts once. */
    assert_true(one ==
                print_of(w, FRAMES(FRAME("pay", "charge", "9", "true"), FRAME("pay", "charge", "10", "true"))));
    /* Without in-app frames, all frames count. */
    uint64_t lib = print_of(w, FRAMES(FRAME("lib", "a", "1", "false"), FRAME("lib", "b", "1", "false")));
    assert_true(lib != print_of(w, FRAMES(FRAME("lib", "c", "1", "false"), FRAME("lib", "b", "1", "false"))));
    /* Without frames, the type and the constant parts of the value count. */
    uint64_t value = print_of(w, "{\"exception\":[{\"type\":\"E\",\"value\":\"order 17 failed\"}]}");
    assert_true(value == print_of(w, "{\"exception\":[{\"type\":\"E\",\"value\":\"order 18 failed\"}]}"));
    assert_true(value != print_of(w, "{\"exception\":[{\"type\":\"F\",\"value\":\"order 17 failed\"}]}"));
    assert_true(value != print_of(w, "{\"exception\":[{\"type\":\"E\",\"value\":\"order 17 passed\"}]}"));
}

static void test_grouping_by_message(void **state)
{
    struct intake_world *w = *state;
    uint64_t one = print_of(w, "{\"message\":\"disk 91% full on 10.0.0.1\"}");
    assert_true(one == print_of(w, "{\"message\":\"disk 92% full on 10.0.0.77\"}"));
    assert_true(one != print_of(w, "{\"message\":\"disk 92% empty on 10.0.0.77\"}"));
    assert_true(one != print_of(w, "{\"message\":\"disk 91% full on 10.0.0.1\",\"logger\":\"db\"}"));
    uint64_t template = print_of(
        w,
        "{\"logentry\":{\"message\":\"user %s gone\",\"params\":[\"ana\"],\"formatted\":\"user ana gone\"}}");
    assert_true(template == print_of(w, "{\"logentry\":{\"message\":\"user %s "
                                        "gone\",\"params\":[\"bo\"],\"formatted\":\"user bo gone\"}}"));
}

static void test_grouping_of_what_says_nothing(void **state)
{
    struct intake_world *w = *state;
#define NOTHING "\"level\":\"fatal\",\"platform\":\"native\""
    uint64_t blog = print_of(w, "{" NOTHING ",\"tags\":{\"service\":\"blog\"}}");
    assert_int_equal(print_of(w, "{" NOTHING ",\"tags\":{\"service\":\"blog\",\"customer\":\"acme\"}}"), blog);
    assert_int_not_equal(print_of(w, "{" NOTHING ",\"tags\":{\"service\":\"checkout\"}}"), blog);
    assert_int_not_equal(print_of(w, "{" NOTHING ",\"tags\":{\"service\":\"blog\"},\"logger\":\"kernel\"}"),
                         blog);
    assert_int_not_equal(print_of(w, "{" NOTHING ",\"tags\":{\"service\":\"blog\"},\"transaction\":\"GET /\"}"),
                         blog);
    assert_int_not_equal(print_of(w, "{\"platform\":\"cocoa\",\"tags\":{\"service\":\"blog\"}}"), blog);
    assert_int_equal(
        print_of(w, "{" NOTHING ",\"tags\":{\"service\":\"blog\"},\"exception\":{\"values\":[{}]}}"), blog);
    /* a lone frame without a name is nothing */
    assert_int_equal(print_of(w, "{" NOTHING
                                 ",\"tags\":{\"service\":\"blog\"},\"exception\":{\"values\":[{\"stacktrace\":"
                                 "{\"frames\":[{\"function\":\"?\",\"filename\":\"<anonymous>\"}]}}]}}"),
                     blog);
#define LONE "\"stacktrace\":{\"frames\":[{\"function\":\"?\",\"module\":\"?\"}]}"
    assert_int_not_equal(
        print_of(w, "{\"exception\":{\"type\":\"Error\",\"value\":\"disk is full\"," LONE "}}"),
        print_of(w, "{\"exception\":{\"type\":\"Error\",\"value\":\"no route\"," LONE "}}"));
}

static void test_grouping_by_the_sender(void **state)
{
    struct intake_world *w = *state;
    uint64_t plain = print_of(w, "{\"message\":\"a\"}");
    assert_true(plain == print_of(w, "{\"message\":\"a\",\"fingerprint\":[\"{{ default }}\"]}"));
    assert_true(plain == print_of(w, "{\"message\":\"a\",\"fingerprint\":[\"{{default}}\"]}"));
    assert_true(plain == print_of(w, "{\"message\":\"a\",\"fingerprint\":[]}"));
    uint64_t mixed = print_of(w, "{\"message\":\"a\",\"fingerprint\":[\"{{ default }}\",\"x\"]}");
    assert_true(plain != mixed);
    assert_true(mixed != print_of(w, "{\"message\":\"b\",\"fingerprint\":[\"{{ default }}\",\"x\"]}"));
    uint64_t own = print_of(w, "{\"message\":\"a\",\"fingerprint\":[\"x\"]}");
    assert_true(own == print_of(w, "{\"message\":\"b\",\"fingerprint\":[\"x\"]}"));
    uint64_t tag = print_of(w, "{\"message\":\"a\",\"tags\":{\"t\":\"1\"},\"fingerprint\":[\"{{ tags.t }}\"]}");
    assert_true(tag ==
                print_of(w, "{\"message\":\"b\",\"tags\":{\"t\":\"1\"},\"fingerprint\":[\"{{ tags.t }}\"]}"));
    assert_true(tag !=
                print_of(w, "{\"message\":\"a\",\"tags\":{\"t\":\"2\"},\"fingerprint\":[\"{{ tags.t }}\"]}"));
}

static void test_a_too_large_event_is_refused(void **state)
{
    struct intake_world *w = *state;
    CLEANUP_STR struct str event = {0};
    str_add(&event, "{\"message\":\"");
    for (int i = 0; i < (1 << 20) / 8; i++)
        str_add(&event, "12345678");
    str_add(&event, "\"}");
    w->request.query = KEY;
    assert_int_equal(intake_post(w, "/api/7/store/", str_text(&event)), ERR_TOO_BIG);
    assert_int_equal(w->answer.status, 413);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, intake_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_error_with_a_cause_from_the_sdk),
        TEST(test_a_message_from_the_sdk),
        TEST(test_a_fingerprint_from_the_sdk),
        TEST(test_a_gzipped_envelope_from_the_sdk),
        TEST(test_an_attachment_is_skipped),
        TEST(test_items_that_are_not_errors_are_skipped),
        TEST(test_good_envelopes),
        TEST(test_malformed_envelopes),
        TEST(test_the_key_in_each_of_its_places),
        TEST(test_a_wrong_key_is_refused),
        TEST(test_the_tunnel_uses_the_project_of_the_dsn),
        TEST(test_when_busy_sdks_keep_away),
        TEST(test_shapes_of_old_events),
        TEST(test_blank_texts_say_nothing),
        TEST(test_hostile_events_do_no_harm),
        TEST(test_texts_are_bounded_and_clean),
        TEST(test_grouping_by_exception),
        TEST(test_grouping_by_message),
        TEST(test_grouping_of_what_says_nothing),
        TEST(test_grouping_by_the_sender),
        TEST(test_a_too_large_event_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
