/* A byte that is not UTF-8 never loses an alert: it is replaced, and everything else is read. */
#include "../../support/check.h"

#include <sodium/utils.h>
#include <string.h>
#include <zlib.h>

#include "../../support/intake.h"
#include "base/mem.h"
#include "intake/charset.h"

#define FFFD "\xef\xbf\xbd"
#define KEY  "sentry_key=0123456789abcdef0123456789abcdef"

/* ---- what a body is written in ---- */

static void check_charset(const char *type, const char *bytes, size_t n, enum charset charset, size_t mark)
{
    size_t got;
    if (charset_of(type, bytes, n, &got) != charset || got != mark)
        fail_msg("%s, %.*s", type ? type : "no type", (int)n, bytes);
}

static void test_marks_looks_and_declarations(void **state)
{
    (void)state;
    check_charset(NULL, "", 0, CHARSET_UTF8, 0);
    check_charset("application/json", "{}", 2, CHARSET_UTF8, 0);
    check_charset(NULL, "\xef\xbb\xbf{}", 5, CHARSET_UTF8, 3);
    check_charset(NULL, "\xff\xfe{\0", 4, CHARSET_UTF16LE, 2);
    check_charset(NULL, "\xfe\xff\0{", 4, CHARSET_UTF16BE, 2);
    check_charset(NULL, "{\0\"\0", 4, CHARSET_UTF16LE, 0);
    check_charset(NULL, "\0[\0\"", 4, CHARSET_UTF16BE, 0);
    check_charset(NULL, "\xff\xfe\0\0", 4, CHARSET_UTF32, 4);
    check_charset(NULL, "\0\0\xfe\xff", 4, CHARSET_UTF32, 4);
    check_charset(NULL, "{\0\0\0", 4, CHARSET_UTF32, 0);
    check_charset("application/json; charset=iso-8859-1", "{}", 2, CHARSET_LATIN1, 0);
    check_charset("text/plain;Charset = \"Latin1\"; x=y", "{}", 2, CHARSET_LATIN1, 0);
    check_charset("text/plain; charset=windows-1252", "{}", 2, CHARSET_LATIN1, 0);
    check_charset("text/plain; charset=utf-16", " \0", 2, CHARSET_UTF16BE, 0);
    check_charset("text/plain; charset=utf-16", "{}", 2, CHARSET_UTF8, 0);
    check_charset("text/plain; charset=utf-8", "{}", 2, CHARSET_UTF8, 0);
    check_charset("text/plain; charset=klingon", "{}", 2, CHARSET_UTF8, 0);
    check_charset("text/plain; charset", "{}", 2, CHARSET_UTF8, 0);
}

static void test_bytes_become_text(void **state)
{
    struct intake_world *w = *state;
    static const struct {
        enum charset charset;
        const char *bytes;
        size_t n;
        const char *text;
    } cases[] = {
        {CHARSET_UTF8, "f\xfcr", 3, "f" FFFD "r"},
        {CHARSET_UTF8, "\xff\xfe", 2, FFFD FFFD},
        {CHARSET_UTF8, "\xc0\xaf", 2, FFFD FFFD},          /* overlong */
        {CHARSET_UTF8, "\xe0\x80\xaf", 3, FFFD FFFD FFFD}, /* overlong */
        {CHARSET_UTF8, "\xed\xa0\x80", 3, FFFD FFFD FFFD}, /* half a pair */
        {CHARSET_UTF8, "\xf4\x90\x80\x80", 4, FFFD FFFD FFFD FFFD},
        {CHARSET_UTF8, "\xe2\x82", 2, FFFD FFFD}, /* cut short */
        {CHARSET_UTF8, "a\0b", 3, "a" FFFD "b"},
        {CHARSET_UTF8, "ab\0\0", 4, "ab"},
        {CHARSET_LATIN1, "f\xfcr", 3, "f\xc3\xbcr"},
        {CHARSET_LATIN1, "\x80 \x81", 3, "\xe2\x82\xac " FFFD},
        {CHARSET_LATIN1, "f\xc3\xbcr", 4, "f\xc3\xbcr"}, /* is UTF-8, whatever it was declared as */
        {CHARSET_UTF16LE, "f\0\xfc\0=\xd8\0\xde", 8, "f\xc3\xbc\xf0\x9f\x98\x80"},
        {CHARSET_UTF16BE, "\0f\0\xfc\xd8\x3d", 6, "f\xc3\xbc" FFFD},
        {CHARSET_UTF16BE, "\0\0\0f\0", 5, FFFD "f" FFFD},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        size_t n;
        const char *text = charset_mend(&w->arena, cases[i].charset, cases[i].bytes, cases[i].n, &n);
        if (n != strlen(cases[i].text) || memcmp(text, cases[i].text, n) != 0)
            fail_msg("case %zu: %.*s", i, (int)n, text);
    }
}

/* ---- each endpoint ---- */

static const struct alert *take(struct intake_world *w, const char *path, const char *body, size_t n)
{
    if (intake_post_bytes(w, path, body, n) != 0)
        fail_msg("%s refused: %s", path, w->answer.body);
    assert_true(w->alerts.n > 0);
    intake_check_alerts(w);
    return &w->alerts.v[0];
}

static void test_a_latin_byte_at_each_endpoint(void **state)
{
    struct intake_world *w = *state;
    static const struct {
        const char *path, *body;
    } cases[] = {
        {"/intake/alerts", "{\"title\":\"f\xfcr alle\"}"},
        {"/intake/alerts", "[{\"title\":\"f\xfcr alle\",\"tags\":{\"k\xfc\":\"\xfc\"}}]"},
        {"/api/7/store/", "{\"message\":\"f\xfcr alle\",\"breadcrumbs\":[{\"message\":\"\xe9t\xe9\"}]}"},
        {"/api/7/envelope/",
         "{}\n{\"type\":\"event\",\"length\":22}\n{\"message\":\"f\xfcr alle\"}\n{\"type\":\"log\"}\n\xff\n"},
        {"/api/7/envelope/",
         "{\"x\":\"\xfc\"}\n{\"type\":\"event\",\"filename\":\"\xfc\"}\n{\"message\":\"f\xfcr alle\"}\n"},
        {"/api/v2/alerts", "[{\"labels\":{\"alertname\":\"f\xfcr alle\"}}]"},
        {"/intake/alertmanager",
         "{\"version\":\"4\",\"receiver\":\"\xfc\",\"alerts\":[{\"labels\":{\"alertname\":\"f\xfcr alle\"}}]}"},
        {"/intake/grafana", "{\"alerts\":[{\"labels\":{\"alertname\":\"f\xfcr alle\"}}],\"message\":\"\xfc\"}"},
        {"/intake/grafana",
         "{\"title\":\"f\xfcr alle\",\"ruleId\":1,\"ruleName\":\"\xfc\",\"state\":\"alerting\"}"},
        {"/v2/enqueue",
         "{\"routing_key\":\"rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr\",\"event_action\":\"trigger\","
         "\"payload\":{\"summary\":\"f\xfcr alle\",\"source\":\"\xfc\",\"severity\":\"error\"}}"},
    };
    w->request.query = KEY;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        w->request.content_type = NULL;
        assert_string_equal(take(w, cases[i].path, cases[i].body, strlen(cases[i].body))->about.title,
                            "f" FFFD "r alle");
        w->request.content_type = "application/json; charset=ISO-8859-1";
        assert_string_equal(take(w, cases[i].path, cases[i].body, strlen(cases[i].body))->about.title,
                            "f\xc3\xbcr alle");
    }
}

static void test_halves_of_pairs_and_nul_at_each_reader(void **state)
{
    struct intake_world *w = *state;
    static const struct {
        const char *escape, *text;
    } cases[] = {{"\\ud800", FFFD},
                 {"\\udc00", FFFD},
                 {"\\ud83d\\ud83d\\ude00", FFFD "\xf0\x9f\x98\x80"},
                 {"\\ud800\\u0041", FFFD "A"},
                 {"a\\u0000b", "a" FFFD "b"},
                 {"\\ud800\\n", FFFD " "}};
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        CLEANUP_FREE char *wanted = xasprintf("cut %s.", cases[i].text);
        CLEANUP_FREE char *plain = xasprintf("{\"title\":\"cut %s.\"}", cases[i].escape);
        CLEANUP_FREE char *label = xasprintf("[{\"labels\":{\"alertname\":\"cut %s.\"}}]", cases[i].escape);
        assert_string_equal(take(w, "/intake/alerts", plain, strlen(plain))->about.title, wanted);
        assert_string_equal(take(w, "/api/v2/alerts", label, strlen(label))->about.title, wanted);
    }
    static const char raw[] = "{\"title\":\"a\0b\"}\0\0",
                      list[] = "[{\"labels\":{\"alertname\":\"a\0b\"}}]\n\0";
    assert_string_equal(take(w, "/intake/alerts", raw, sizeof(raw))->about.title, "a" FFFD "b");
    assert_string_equal(take(w, "/api/v2/alerts", list, sizeof(list))->about.title, "a" FFFD "b");
}

static size_t widen(const char *text, bool little, char *out)
{
    size_t n = 0;
    for (; *text; text++) {
        out[n++] = (char)(little ? *text : 0);
        out[n++] = (char)(little ? 0 : *text);
    }
    return n;
}

static void test_marks_and_wide_bodies(void **state)
{
    struct intake_world *w = *state;
    static const char text[] = "{\"title\":\"wide\"}",
                      envelope[] = "{}\n{\"type\":\"event\"}\n{\"message\":\"marked\"}\n";
    char body[256] = "\xef\xbb\xbf";
    strcpy(body + 3, text);
    assert_string_equal(take(w, "/intake/alerts", body, strlen(body))->about.title, "wide");
    for (int little = 0; little < 2; little++) {
        memcpy(body, little ? "\xff\xfe" : "\xfe\xff", 2);
        size_t n = widen(text, little, body + 2);
        assert_string_equal(take(w, "/intake/alerts", body, n + 2)->about.title, "wide");
        assert_string_equal(take(w, "/intake/alerts", body + 2, n)->about.title, "wide");
        n = widen("[{\"labels\":{\"alertname\":\"wide\"}}]", little, body + 2);
        assert_string_equal(take(w, "/api/v2/alerts", body, n + 2)->about.title, "wide");
    }
    w->request.query = KEY;
    memcpy(body, "\xef\xbb\xbf", 3);
    strcpy(body + 3, envelope);
    assert_string_equal(take(w, "/api/7/envelope/", body, strlen(body))->about.title, "marked");
}

static void test_what_cannot_be_read_is_named(void **state)
{
    struct intake_world *w = *state;
    char body[256];
    w->request.query = KEY;
    assert_true(intake_post_bytes(w, "/intake/alerts", "\xff\xfe\0\0{\0\0\0}\0\0\0", 12) < 0);
    assert_int_equal(w->answer.status, 415);
    assert_non_null(strstr(w->answer.body, "The body is in UTF-32. Send it in UTF-8."));
    size_t n = widen("{}\n{\"type\":\"event\"}\n{}\n", true, body);
    assert_true(intake_post_bytes(w, "/api/7/envelope/", body, n) < 0);
    assert_non_null(strstr(w->answer.body, "The envelope is in UTF-16."));
}

/* ---- base64, and what is compressed without a word of it ---- */

static struct str packed(const char *text, int window)
{
    struct str out = {0};
    z_stream z = {.next_in = (unsigned char *)(uintptr_t)text, .avail_in = (unsigned)strlen(text)};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
    str_reserve(&out, 4096);
    z.next_out = (unsigned char *)out.p;
    z.avail_out = 4096;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    out.len = z.total_out;
    deflateEnd(&z);
    return out;
}

static void check_base64(struct intake_world *w, const char *path, const char *bytes, size_t n, int variant)
{
    char text[8192];
    sodium_bin2base64(text, sizeof(text), (const unsigned char *)bytes, n, variant);
    assert_string_equal(take(w, path, text, strlen(text))->about.title, "from a raven");
    strcat(text, "\r\n");
    assert_string_equal(take(w, path, text, strlen(text))->about.title, "from a raven");
}

static void test_bodies_of_old_sentry_clients(void **state)
{
    struct intake_world *w = *state;
    static const char event[] = "{\"message\":\"from a raven\",\"platform\":\"python\"}";
    static const int variants[] = {sodium_base64_VARIANT_ORIGINAL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING,
                                   sodium_base64_VARIANT_URLSAFE};
    CLEANUP_STR struct str zlib = packed(event, 15), gzip = packed(event, 15 + 16);
    w->request.query = KEY;
    w->request.content_type = "application/octet-stream";
    for (size_t i = 0; i < ARRAY_SIZE(variants); i++) {
        check_base64(w, "/api/7/store/", zlib.p, zlib.len, variants[i]);
        check_base64(w, "/api/7/store/", gzip.p, gzip.len, variants[i]);
        check_base64(w, "/api/7/store/", event, strlen(event), variants[i]);
    }
    assert_string_equal(take(w, "/api/7/store/", zlib.p, zlib.len)->about.title, "from a raven");
    assert_string_equal(take(w, "/api/7/store/", gzip.p, gzip.len)->about.title, "from a raven");
    static const char *const bad[] = {
        "bm90IGpzb24=", "null", "e30", "eJ", "eJyrVkrLz1eyUkpKLFKqBQAdegQ0AAAA", ""};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        intake_post(w, "/api/7/store/", bad[i]);
        intake_check_alerts(w);
    }
    assert_true(intake_post(w, "/api/7/store/", "bm90IGpzb24=") < 0); /* "not json" */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_marks_looks_and_declarations, intake_set_up, intake_tear_down),
        cmocka_unit_test_setup_teardown(test_bytes_become_text, intake_set_up, intake_tear_down),
        cmocka_unit_test_setup_teardown(test_a_latin_byte_at_each_endpoint, intake_set_up, intake_tear_down),
        cmocka_unit_test_setup_teardown(test_halves_of_pairs_and_nul_at_each_reader, intake_set_up,
                                        intake_tear_down),
        cmocka_unit_test_setup_teardown(test_marks_and_wide_bodies, intake_set_up, intake_tear_down),
        cmocka_unit_test_setup_teardown(test_what_cannot_be_read_is_named, intake_set_up, intake_tear_down),
        cmocka_unit_test_setup_teardown(test_bodies_of_old_sentry_clients, intake_set_up, intake_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
