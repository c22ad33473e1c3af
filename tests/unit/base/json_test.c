#include "../../support/check.h"

#include <string.h>

#include "base/id.h"
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

/* What cJSON accepts, but another reader of the same bytes may read differently. */
static void test_refuses_what_can_be_read_in_two_ways(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"{\"a\":1,\"b\":{},\"a\":2}", "body: the name 'a' appears twice in one object"},
        {"[{\"x\":{\"\":1,\"\":1}}]", "body: the name '' appears twice in one object"},
        {"{\"\\u0061\":1,\"a\":2}", "body: the name 'a' appears twice in one object"},
        {"\"ana\\u0000x\"", "body: a NUL in a string, at byte 4"},
        {"{\"k\\u0000\":1}", "body: a NUL in a string, at byte 3"},
        {"\"\\\\\\u0000\"", "body: a NUL in a string, at byte 3"},
        {"[1e999]", "body: a number is too large"},
        {"{\"a\":-1e999}", "body: a number is too large"},
        {"[1,\x02 2]", "body: a control character, at byte 3"},
        {"NaN", "body: invalid JSON at byte 0 of 3"},
        {"Infinity", "body: invalid JSON at byte 0 of 8"},
        {"\"\\udc00\"", NULL},
        {"\"\\ud83d\\ud83d\"", NULL},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct error err;
        assert_int_equal(parse(cases[i][0], &(cJSON *){NULL}, &err), ERR_INVALID);
        if (cases[i][1])
            assert_string_equal(err.text, cases[i][1]);
    }
    static const char *const fine[] = {"\"\\\\u0000\"", "{\"a\":{\"a\":[{\"a\":1},{\"a\":1}]}}",
                                       "{\"a\":1,\"A\":1}", "[1e308,-0,0.5e-3]", "\"\\ud83d\\ude00\""};
    for (size_t i = 0; i < ARRAY_SIZE(fine); i++) {
        CLEANUP_JSON cJSON *doc = NULL;
        assert_int_equal(parse(fine[i], &doc, NULL), 0);
    }
}

/* Many names are sorted, few are compared pairwise; both find the repeated one, wherever it is. */
static void test_a_name_twice_is_found_anywhere(void **state)
{
    (void)state;
    for (size_t n = 2; n < 40; n += 3) {
        for (size_t again = 0; again <= n; again++) {
            CLEANUP_STR struct str s = {0};
            for (size_t i = 0; i < n; i++)
                str_addf(&s, "%s\"n%zu\":1", i ? "," : "{", i * 7 % 41);
            if (again < n)
                str_addf(&s, ",\"n%zu\":1", again * 7 % 41);
            str_add(&s, "}");
            CLEANUP_JSON cJSON *doc = NULL;
            assert_int_equal(parse(s.p, &doc, NULL), again < n ? ERR_INVALID : 0);
        }
    }
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

/* Brackets in strings do not nest, and white space is not a control character: check_shape accepts both. */
static void test_accepts_what_looks_deep(void **state)
{
    (void)state;
    static const char *const good[] = {
        "{\n\t\"a\": [ 1,\r\n 2 ]\n}\n",   "\"[[[[[[[[[[\"", "[[],[],[],[],[],[]]",
        "[\"\\\"[[[[[\",{\"[[[[\":[[]]}]", " [[[[]]]] ",
    };
    for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
        CLEANUP_JSON cJSON *doc = NULL;
        struct error err;
        if (parse(good[i], &doc, &err) < 0)
            fail_msg("%s: %s", good[i], err.text);
    }
    assert_int_equal(parse("\n[\"a\",[[[[1]]]]]", &(cJSON *){NULL}, NULL), ERR_INVALID);
}

static void write_random_text(struct json_out *j, struct rng *r)
{
    static const char *const pieces[] = {
        "a", "\"", "\\", "\n", "\x01", "\x7f", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x94\x94"};
    char text[100] = "";
    size_t length = 0;
    for (uint64_t left = rng_below(r, 20); left > 0; left--) {
        const char *piece = pieces[rng_below(r, ARRAY_SIZE(pieces))];
        memcpy(text + length, piece, strlen(piece) + 1);
        length += strlen(piece);
    }
    json_text(j, text);
}

static void write_random(struct json_out *j, struct rng *r, int depth)
{
    uint64_t kind = rng_below(r, depth > 0 ? 7 : 5), members = rng_below(r, 5);
    if (kind == 0)
        write_random_text(j, r);
    else if (kind == 1)
        json_int(j, (int64_t)(rng_next(r) >> 11) - (INT64_C(1) << 52));
    else if (kind == 2)
        json_number(j, (double)(int64_t)rng_next(r) / 3e10);
    else if (kind == 3)
        json_bool(j, members & 1);
    else if (kind == 4)
        json_null(j);
    if (kind < 5)
        return;
    kind == 5 ? json_begin_array(j) : json_begin_object(j);
    for (uint64_t i = 0; i < members; i++) {
        if (kind == 6)
            json_key(j, (const char[]){(char)('a' + i), '\0'});
        write_random(j, r, depth - 1);
    }
    kind == 5 ? json_end_array(j) : json_end_object(j);
}

static void test_written_then_read_then_written(void **state)
{
    (void)state;
    struct rng r;
    rng_init(&r, 1);
    for (int i = 0; i < 3000; i++) {
        CLEANUP_STR struct str once = {0}, twice = {0};
        CLEANUP_JSON cJSON *doc = NULL;
        struct error err;
        write_random(&(struct json_out){.out = &once}, &r, 5);
        if (json_parse(once.p, once.len, 1 << 20, JSON_DEPTH, "text", &doc, &err) < 0)
            fail_msg("%s: %s", err.text, once.p);
        json_tree(&(struct json_out){.out = &twice}, doc);
        assert_string_equal(once.p, twice.p);
    }
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_refuses_what_can_be_read_in_two_ways),
        cmocka_unit_test(test_a_name_twice_is_found_anywhere),
        cmocka_unit_test(test_getters),
        cmocka_unit_test(test_needs_name_the_member),
        cmocka_unit_test(test_writing),
        cmocka_unit_test(test_every_text_reads_back),
        cmocka_unit_test(test_tree_is_stable),
        cmocka_unit_test(test_accepts_what_looks_deep),
        cmocka_unit_test(test_written_then_read_then_written),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
