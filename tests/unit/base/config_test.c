#include "../../support/check.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/config.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"

static const struct setting table[] = {
    {"token", SETTING_TEXT, SETTING_SECRET | SETTING_REQUIRED, NULL, 0, 0, "the bot's token"},
    {"host", SETTING_TEXT, 0, "localhost", 0, 0, "where to connect"},
    {"port", SETTING_INT, 0, "587", 1, 65535, "the port there"},
    {"tls", SETTING_BOOL, 0, "true", 0, 0, "whether to encrypt"},
    {"wait", SETTING_DURATION, 0, "30s", 1000, 3600000, "how long to wait"},
    {"channels", SETTING_LIST, 0, "ops, eu west", 0, 0, "which channels to join"},
    {"headers", SETTING_TABLE, 0, "{\"x-a\":\"b\"}", 0, 0, "what to send along"},
    {"note", SETTING_TEXT, 0, NULL, 0, 0, "anything"},
};

static int check(const char *given, cJSON **ret, struct error *err)
{
    CLEANUP_JSON cJSON *doc = cJSON_Parse(given);
    assert_non_null(doc);
    return config_check(table, ARRAY_SIZE(table), doc, "tocsin.lua: mail", ret, err);
}

static void assert_result(const char *given, const char *wanted)
{
    CLEANUP_JSON cJSON *checked = NULL;
    struct error err = {0};
    if (check(given, &checked, &err) < 0)
        fail_msg("%s", err.text);
    CLEANUP_STR struct str text = {0};
    json_tree(&(struct json_out){.out = &text}, checked);
    assert_string_equal(text.p, wanted);
}

static void assert_error(const char *given, const char *wanted)
{
    cJSON *checked = NULL;
    struct error err;
    assert_int_equal(check(given, &checked, &err), ERR_INVALID);
    assert_null(checked);
    assert_string_equal(err.text, wanted);
}

static void test_fallbacks(void **state)
{
    (void)state;
    assert_result("{\"token\":\"t\"}",
                  "{\"token\":\"t\",\"host\":\"localhost\",\"port\":587,\"tls\":true,\"wait\":30000,"
                  "\"channels\":[\"ops\",\"eu west\"],\"headers\":{\"x-a\":\"b\"},\"note\":null}");
}

static void test_given_values(void **state)
{
    (void)state;
    assert_result("{\"token\":\"t\",\"host\":\"mx\",\"port\":25,\"tls\":false,\"wait\":\"1h\",\"channels\":{},"
                  "\"headers\":[],\"note\":\"n\"}",
                  "{\"token\":\"t\",\"host\":\"mx\",\"port\":25,\"tls\":false,\"wait\":3600000,\"channels\":[],"
                  "\"headers\":{},\"note\":\"n\"}");
}

static void test_errors_say_where_and_what(void **state)
{
    (void)state;
    assert_error("{}", "tocsin.lua: mail: 'token' is missing (the bot's token)");
    assert_error("[1]", "tocsin.lua: mail: must be a table of settings");
    assert_error("{\"token\":\" \"}", "tocsin.lua: mail: 'token' must not be empty (the bot's token)");
    assert_error("{\"tokne\":1}", "tocsin.lua: mail: unknown setting 'tokne'; did you mean 'token'?");
    assert_error("{\"colour\":1}", "tocsin.lua: mail: unknown setting 'colour'");
    assert_error("{\"token\":\"t\",\"port\":0}", "tocsin.lua: mail: 'port' must be from 1 to 65535");
    assert_error("{\"token\":\"t\",\"port\":\"25\"}", "tocsin.lua: mail: 'port' must be a whole number");
    assert_error("{\"token\":\"t\",\"port\":2.5}", "tocsin.lua: mail: 'port' must be a whole number");
    assert_error("{\"token\":\"t\",\"tls\":\"yes\"}", "tocsin.lua: mail: 'tls' must be true or false");
    assert_error("{\"token\":\"t\",\"wait\":30}",
                 "tocsin.lua: mail: 'wait' must be a duration such as \"30s\" or \"2h\"");
    assert_error("{\"token\":\"t\",\"wait\":\"2h\"}", "tocsin.lua: mail: 'wait' must be from 1s to 1h");
    assert_error("{\"token\":\"t\",\"channels\":[1]}", "tocsin.lua: mail: 'channels' must be a list of text");
    assert_error("{\"token\":\"t\",\"headers\":\"x\"}", "tocsin.lua: mail: 'headers' must be a table");
}

static void test_secret_from_the_environment(void **state)
{
    (void)state;
    CLEANUP_JSON cJSON *checked = NULL;
    setenv("CONFIG_TEST_TOKEN", "from-the-environment", 1);
    assert_int_equal(check("{\"token\":{\"env\":\"CONFIG_TEST_TOKEN\"}}", &checked, NULL), 0);
    assert_string_equal(json_text_or(checked, "token", ""), "from-the-environment");
    CLEANUP_FREE char *shown = log_redact("it is from-the-environment");
    assert_string_equal(shown, "it is [secret]");
    assert_error(
        "{\"token\":{\"env\":\"CONFIG_TEST_NONE\"}}",
        "tocsin.lua: mail: 'token': the environment variable CONFIG_TEST_NONE is not set for config_test");
    assert_error("{\"token\":\"t\",\"host\":{\"env\":\"HOME\"}}", "tocsin.lua: mail: 'host' must be text");
}

static int check_file(const char *content, size_t n, cJSON **ret)
{
    char path[] = "/tmp/config_test.XXXXXX";
    int fd = mkstemp(path);
    assert_int_equal(write(fd, content, n), n);
    close(fd);
    CLEANUP_FREE char *given = xasprintf("{\"token\":{\"file\":\"%s\"}}", path);
    int r = check(given, ret, NULL);
    unlink(path);
    return r;
}

static void test_secret_from_a_file(void **state)
{
    (void)state;
    CLEANUP_JSON cJSON *checked = NULL;
    assert_int_equal(check_file("two\nlines \n\n", 12, &checked), 0);
    assert_string_equal(json_text_or(checked, "token", ""), "two\nlines");
    cJSON *none = NULL;
    assert_int_equal(check_file("\n", 1, &none), ERR_INVALID);
    assert_int_equal(check_file("a\0b", 3, &none), ERR_INVALID);
    assert_int_equal(check_file("\xff\xff", 2, &none), ERR_INVALID);
    struct error err;
    assert_int_equal(check("{\"token\":{\"file\":\"/nonexistent\"}}", &none, &err), ERR_IO);
    assert_string_equal(err.text,
                        "tocsin.lua: mail: 'token': cannot read /nonexistent: No such file or directory");
}

static void test_no_secret_in_an_error(void **state)
{
    (void)state;
    cJSON *none = NULL;
    struct error err;
    assert_int_equal(check("{\"token\":[\"hunter2hunter2\"]}", &none, &err), ERR_INVALID);
    assert_null(strstr(err.text, "hunter2"));
    CLEANUP_FREE char *shown = log_redact("hunter2hunter2");
    assert_string_equal(shown, "[secret]");
}

static void test_sample(void **state)
{
    (void)state;
    CLEANUP_STR struct str s = {0};
    config_sample(table, ARRAY_SIZE(table), "  ", &s);
    assert_string_equal(s.p, "  -- the bot's token (text, secret, required)\n  token = { env = \"TOKEN\" },\n\n"
                             "  -- where to connect (text)\n  -- host = \"localhost\",\n\n"
                             "  -- the port there (whole number, 1 to 65535)\n  -- port = 587,\n\n"
                             "  -- whether to encrypt (true or false)\n  -- tls = true,\n\n"
                             "  -- how long to wait (duration, 1s to 1h)\n  -- wait = \"30s\",\n\n"
                             "  -- which channels to join (list)\n  -- channels = { \"ops\", \"eu west\" },\n\n"
                             "  -- what to send along (table)\n  -- headers = { [\"x-a\"] = \"b\" },\n\n"
                             "  -- anything (text)\n  -- note = \"\",\n");
}

static void test_manual(void **state)
{
    (void)state;
    CLEANUP_STR struct str s = {0};
    config_manual(table + 4, 1, &s);
    assert_string_equal(s.p, "- `wait` (duration, 1s to 1h): how long to wait. Default: `30s`.\n");
}

static void test_nearest_word(void **state)
{
    (void)state;
    static const char *const known[] = {"resolve", "reopen", "page", "pause", "declare"};
    assert_string_equal(nearest_word("reslove", known, 5), "resolve");
    assert_string_equal(nearest_word("PAGE", known, 5), "page");
    assert_string_equal(nearest_word("paus", known, 5), "pause");
    assert_null(nearest_word("customer", known, 5));
    assert_null(nearest_word("", known, 5));
    assert_null(nearest_word("xy", known, 5));
    char absurd[1000];
    memset(absurd, 'x', sizeof(absurd) - 1);
    absurd[sizeof(absurd) - 1] = '\0';
    assert_null(nearest_word(absurd, known, 5));
}

static int finish(void **state)
{
    (void)state;
    log_finish();
    return 0;
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_fallbacks),
        cmocka_unit_test(test_given_values),
        cmocka_unit_test(test_errors_say_where_and_what),
        cmocka_unit_test(test_secret_from_the_environment),
        cmocka_unit_test(test_secret_from_a_file),
        cmocka_unit_test(test_no_secret_in_an_error),
        cmocka_unit_test(test_sample),
        cmocka_unit_test(test_manual),
        cmocka_unit_test(test_nearest_word),
    };
    return cmocka_run_group_tests(all, NULL, finish);
}
