#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"

static int parse(const char *text, cJSON **ret, struct error *err)
{
    return json_parse(text, strlen(text), 1000, 4, "body", ret, err);
}

static void test_refuses(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",         " ",        "{",           "{}x",     "{} {}",       "[1,]", "{\"a\":1,}", "nul",
        "\"\xff\"", "\"a\nb\"", "[[[[[1]]]]]", "{\"a\"}", "\"\\ud800\"", "'a'",  "\"a",        "[1\x01]x",
    };
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        cJSON *doc = NULL;
        struct error err;
        assert_int_equal(parse(bad[i], &doc, &err), ERR_INVALID);
        assert_non_null(strstr(err.text, "body: "));
        assert_null(doc);
    }
    assert_int_equal(json_parse("[1,2]", 5, 4, 4, "body", &(cJSON *){NULL}, NULL), ERR_TOO_BIG);
    assert_int_equal(json_parse("\"a\0b\"", 5, 99, 4, "body", &(cJSON *){NULL}, NULL), ERR_INVALID);
    assert_int_equal(json_parse("1\0", 2, 99, 4, "body", &(cJSON *){NULL}, NULL), ERR_INVALID);
}

static void test_getters(void **state)
{
    (void)state;
    CLEANUP_JSON cJSON *doc = NULL;
    assert_int_equal(
        parse("{\"t\":\"x\",\"i\":7,\"big\":9007199254740993000,\"f\":1.5,\"b\":true,\"n\":null}", &doc, NULL),
        0);
    assert_string_equal(json_text_or(doc, "t", "?"), "x");
    assert_string_equal(json_text_or(doc, "i", "?"), "?");
    assert_string_equal(json_text_or(NULL, "t", "?"), "?");
    assert_int_equal(json_int_or(doc, "i", -1), 7);
    assert_int_equal(json_int_or(doc, "f", -1), -1);
    assert_int_equal(json_int_or(doc, "big", -1), -1);
    assert_true(json_number_or(doc, "f", 0) == 1.5);
    assert_true(json_bool_or(doc, "b", false));
    assert_false(json_bool_or(doc, "i", false));
    assert_null(json_member(doc, "n"));
    assert_null(json_member(doc, "T"));
}

static void test_needs_name_the_member(void **state)
{
    (void)state;
    CLEANUP_JSON cJSON *doc = NULL;
    struct error err;
    const char *text;
    int64_t number;
    assert_int_equal(parse("{\"t\":\"x\",\"i\":7}", &doc, NULL), 0);
    assert_int_equal(json_need_text(doc, "t", &text, &err), 0);
    assert_int_equal(json_need_int(doc, "i", &number, &err), 0);
    assert_int_equal(number, 7);
    assert_int_equal(json_need_text(doc, "i", &text, &err), ERR_INVALID);
    assert_string_equal(err.text, "'i' must be text");
    assert_int_equal(json_need_int(doc, "none", &number, &err), ERR_INVALID);
    assert_string_equal(err.text, "'none' is missing (a whole number)");
}

static void test_writing(void **state)
{
    (void)state;
    CLEANUP_STR struct str s = {0};
    struct json_out j = {.out = &s};
    json_begin_object(&j);
    json_put_text(&j, "a", "q\" b\\ n\n \x01 \xe2\x82\xac /");
    json_put_text(&j, "none", NULL);
    json_put_text_if(&j, "left out", NULL);
    json_put_int(&j, "least", INT64_MIN);
    json_put_bool(&j, "yes", true);
    json_key(&j, "list");
    json_begin_array(&j);
    json_number(&j, 0.1);
    json_number(&j, 1e300);
    json_number(&j, 3);
    json_begin_object(&j);
    json_end_object(&j);
    json_raw(&j, "[1]");
    json_end_array(&j);
    json_end_object(&j);
    assert_string_equal(s.p, "{\"a\":\"q\\\" b\\\\ n\\n \\u0001 \xe2\x82\xac /\",\"none\":null,"
                             "\"least\":-9223372036854775808,\"yes\":true,\"list\":[0.1,1e+300,3,{},[1]]}");
}

/* Every byte at every place of a group of eight: the fast path and the slow one agree. */
static void test_every_text_reads_back(void **state)
{
    (void)state;
    for (int c = 1; c < 0x80; c++) {
        for (size_t at = 0; at < 17; at++) {
            char text[18] = "abcdefghijklmnopq";
            text[at] = (char)c;
            CLEANUP_STR struct str s = {0};
            json_text(&(struct json_out){.out = &s}, text);
            CLEANUP_JSON cJSON *doc = NULL;
            assert_int_equal(parse(s.p, &doc, NULL), 0);
            assert_string_equal(doc->valuestring, text);
        }
    }
}

static void test_tree_is_stable(void **state)
{
    (void)state;
    const char *text = "{\"z\":[1,2.5,\"x\",null,true,{\"k\":[]}],\"a\":{},\"e\":-0.001}";
    CLEANUP_JSON cJSON *doc = NULL;
    CLEANUP_STR struct str s = {0};
    assert_int_equal(parse(text, &doc, NULL), 0);
    json_tree(&(struct json_out){.out = &s}, doc);
    assert_string_equal(s.p, text);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_getters),
        cmocka_unit_test(test_needs_name_the_member),
        cmocka_unit_test(test_writing),
        cmocka_unit_test(test_every_text_reads_back),
        cmocka_unit_test(test_tree_is_stable),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
