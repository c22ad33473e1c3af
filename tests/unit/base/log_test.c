#include "../../support/check.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"

static struct str lines;

static void keep(void *ctx, const char *line, size_t n)
{
    str_addn(ctx, line, n);
}

/* What was logged since, without the time at the start. */
static const char *logged(void)
{
    assert_true(lines.len > 25 && lines.p[23] == 'Z');
    return lines.p + 25;
}

static int setup(void **state)
{
    (void)state;
    unsetenv("JOURNAL_STREAM");
    log_init(LOG_INFO);
    log_sink(keep, &lines);
    str_clear(&lines);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    log_sink(NULL, NULL);
    log_finish();
    str_finish(&lines);
    return 0;
}

static void test_a_line_with_context(void **state)
{
    (void)state;
    log_at(LOG_WARN, &(struct log_context){"INC-42", "slack", NULL}, "slow: %d ms", 1200);
    assert_string_equal(logged(), "warn incident=INC-42 connector=slack  slow: 1200 ms\n");
}

static void test_levels(void **state)
{
    (void)state;
    log_debug("hidden");
    assert_int_equal(lines.len, 0);
    log_init(LOG_DEBUG);
    log_debug("shown");
    assert_string_equal(logged(), "debug  shown\n");
}

static void test_no_line_is_forged(void **state)
{
    (void)state;
    log_error("name: %s", "x\n2026-11-23T15:06:22.123Z info  all is well\r\x1b[2J\x7f\xc2\x85\xe2\x80\xa8");
    assert_string_equal(logged(),
                        "error  name: x\\n2026-11-23T15:06:22.123Z info  all is well\\x0d\\x1b[2J\\x7f"
                        "\\xc2\\x85\\xe2\\x80\\xa8\n");
}

static void test_no_field_is_forged(void **state)
{
    (void)state;
    log_at(LOG_INFO, &(struct log_context){.request = "a b=\"c\"\\\n", .incident = ""}, "x");
    assert_string_equal(logged(), "info incident=\"\" request=\"a b=\\\"c\\\"\\\\\\n\"  x\n");
}

static void test_text_that_is_not_utf8(void **state)
{
    (void)state;
    log_info("%s", "caf\xe9 \xe2\x82\xac");
    assert_string_equal(logged(), "info  caf\\xe9 \\xe2\\x82\\xac\n");
    str_clear(&lines);
    log_info("%s", "caf\xc3\xa9");
    assert_string_equal(logged(), "info  caf\xc3\xa9\n");
}

static void test_secrets_are_hidden(void **state)
{
    (void)state;
    log_secret("xoxb-123");
    log_secret("xoxb-123-456"); /* the longer one first, or its tail would show */
    log_secret("xoxb-123");
    log_secret("short");
    log_secret(NULL);
    log_at(LOG_INFO, &(struct log_context){.request = "xoxb-123"}, "%s", "xoxb-123-456xoxb-123 short");
    assert_string_equal(logged(), "info request=[secret]  [secret][secret] short\n");
    CLEANUP_FREE char *text = log_redact("token=xoxb-123-4567");
    assert_string_equal(text, "token=[secret]7");
    CLEANUP_FREE char *nothing = log_redact(NULL);
    assert_string_equal(nothing, "");
}

static void test_secrets_are_forgotten(void **state)
{
    (void)state;
    log_secret("xoxb-123");
    log_finish();
    CLEANUP_FREE char *text = log_redact("xoxb-123");
    assert_string_equal(text, "xoxb-123");
}

static void test_under_systemd(void **state)
{
    (void)state;
    setenv("JOURNAL_STREAM", "8:1", 1);
    log_init(LOG_INFO);
    log_warn("disk is full");
    assert_string_equal(lines.p, "<4>warn  disk is full\n");
}

static void test_long_text_is_cut(void **state)
{
    (void)state;
    CLEANUP_FREE char *text = xcalloc(1, 100000);
    memset(text, 'x', 99999);
    log_info("%s", text);
    assert_true(lines.len < 9000);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest all[] = {
        CASE(test_a_line_with_context),   CASE(test_levels),
        CASE(test_no_line_is_forged),     CASE(test_no_field_is_forged),
        CASE(test_text_that_is_not_utf8), CASE(test_secrets_are_hidden),
        CASE(test_secrets_are_forgotten), CASE(test_under_systemd),
        CASE(test_long_text_is_cut),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
