#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "intake/fingerprint.h"

static void test_variable_parts_are_replaced(void **state)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"plain words stay", "plain words stay"},
        {"order 17 failed", "order <n> failed"},
        {"took 20ms, -3.5% of 1,234.5", "took <n>ms, <n>% of <n>"},
        {"v2 sha256 utf8 http2", "v2 sha256 utf8 http2"},
        {"user_17 and user_id", "user_<n> and user_id"},
        {"id 9ec79c33-ec99-42ab-8353-589fcb2e04dc gone", "id <uuid> gone"},
        {"at 0x7ffe12, commit 9ec79c33ec99", "at <hex>, commit <hex>"},
        {"deadbeef is a word, facade too", "deadbeef is a word, facade too"},
        {"mail to ana.b+c@acme.example.com failed", "mail to <email> failed"},
        {"from 10.0.0.1:9090 and ::1 or fe80::1", "from <ip>:<n> and <ip> or <ip>"},
        {"2026-11-23T15:06:22.123Z it began", "<time> it began"},
        {"on 2026-11-23 at 15:06:22", "on <time> at <time>"},
        {"on 2026/11/23 15:06 it", "on <time> it"},
        {"no table \"orders_17\" in 'shop'", "no table <text> in <text>"},
        {"it doesn't matter, can't it", "it doesn't matter, can't it"},
        {"it's \"open", "it's \"open"},
        {"GET https://a.example/x?y=1 (5)", "GET <url> (<n>)"},
        {"caf\xc3\xa9 5", "caf\xc3\xa9 <n>"},
        {"1", "<n>"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        CLEANUP_STR struct str out = {0};
        parameterize(cases[i][0], &out);
        assert_string_equal(str_text(&out), cases[i][1]);
    }
}

static void test_long_and_odd_texts_take_linear_time(void **state)
{
    static const char *const units[] = {"'",     "\"a ",        "1:", "a@",  "......",
                                        "ffff ", "2026-11-23 ", "::", "h://"};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
        CLEANUP_STR struct str in = {0}, out = {0};
        while (in.len < 1 << 20)
            str_add(&in, units[i]);
        for (int k = 0; k < 20; k++) {
            str_clear(&out);
            parameterize(in.p, &out);
        }
        assert_true(out.len < 8000);
    }
}

static uint64_t print_of(const char *const *parts, size_t n)
{
    struct fingerprint f;
    fingerprint_begin(&f, "origin", "stream", GROUPING_SENDER);
    for (size_t i = 0; i < n; i++)
        fingerprint_add(&f, parts[i]);
    return fingerprint_end(&f);
}

static void test_parts_do_not_run_together(void **state)
{
    (void)state;
    uint64_t one = print_of((const char *const[]){"ab", "c"}, 2);
    assert_true(one != print_of((const char *const[]){"a", "bc"}, 2));
    assert_true(one != print_of((const char *const[]){"abc"}, 1));
    assert_true(one != print_of((const char *const[]){"ab", "c", ""}, 3));
    assert_true(one == print_of((const char *const[]){"ab", "c"}, 2));
}

/* Groups in the journal have these fingerprints: a change here needs a new FINGERPRINT_VERSION. */
static void test_fingerprints_never_change(void **state)
{
    (void)state;
    char hex[FINGERPRINT_TEXT];
    assert_int_equal(FINGERPRINT_VERSION, 1);
    assert_string_equal(
        fingerprint_format(print_of((const char *const[]){"TypeError", "pay", "charge"}, 3), hex),
        "762df7604904d00c");
}

static void test_more_parts_than_fit(void **state)
{
    (void)state;
    uint64_t seen[64];
    for (int n = 0; n < 64; n++) {
        struct fingerprint f;
        fingerprint_begin(&f, "origin", "stream", GROUPING_SENDER);
        for (int i = 0; i < 10 * n; i++)
            fingerprint_add(&f, "a part of some length, again and again");
        seen[n] = fingerprint_end(&f);
        for (int k = 0; k < n; k++)
            assert_true(seen[k] != seen[n]);
    }
}

static uint64_t code(const char *name)
{
    struct fingerprint f;
    fingerprint_begin(&f, "", "", GROUPING_EXCEPTION);
    fingerprint_add_code(&f, name);
    return fingerprint_end(&f);
}

static void test_hashes_and_counters_of_a_build_are_left_out(void **state)
{
    (void)state;
    assert_true(code("main.3f2a9c1b.js") == code("main.9912ffab.js"));
    assert_true(code("lambda$17") == code("lambda$3"));
    assert_true(code("charge2") != code("charge3"));
    assert_true(code("main.js") != code("other.js"));
}

static void test_fingerprints_as_text(void **state)
{
    (void)state;
    char hex[FINGERPRINT_TEXT];
    uint64_t back;
    struct error err;
    assert_string_equal(fingerprint_format(0x0123456789abcdef, hex), "0123456789abcdef");
    assert_int_equal(fingerprint_parse(hex, &back, &err), 0);
    assert_true(back == 0x0123456789abcdef);
    assert_int_equal(fingerprint_parse("0123456789abcde", &back, &err), ERR_INVALID);
    assert_int_equal(fingerprint_parse("0123456789abcdeg", &back, &err), ERR_INVALID);
    assert_int_equal(fingerprint_parse(NULL, &back, NULL), ERR_INVALID);
}

static void test_words_of_levels(void **state)
{
    (void)state;
    assert_int_equal(alert_level_parse("CRITICAL", LEVEL_INFO), LEVEL_FATAL);
    assert_int_equal(alert_level_parse("warn", LEVEL_INFO), LEVEL_WARNING);
    assert_int_equal(alert_level_parse("nonsense", LEVEL_INFO), LEVEL_INFO);
    assert_int_equal(alert_level_parse(NULL, LEVEL_ERROR), LEVEL_ERROR);
    for (int level = LEVEL_DEBUG; level <= LEVEL_FATAL; level++)
        assert_int_equal(alert_level_parse(alert_level_name((enum alert_level)level), LEVEL_INFO), level);
    assert_string_equal(alert_status_name(ALERT_ACKNOWLEDGED), "acknowledged");
    assert_string_equal(grouping_name(GROUPING_LABELS), "labels");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_variable_parts_are_replaced),
        cmocka_unit_test(test_long_and_odd_texts_take_linear_time),
        cmocka_unit_test(test_parts_do_not_run_together),
        cmocka_unit_test(test_fingerprints_never_change),
        cmocka_unit_test(test_more_parts_than_fit),
        cmocka_unit_test(test_hashes_and_counters_of_a_build_are_left_out),
        cmocka_unit_test(test_fingerprints_as_text),
        cmocka_unit_test(test_words_of_levels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
