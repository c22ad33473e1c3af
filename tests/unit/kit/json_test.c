/* Reading absent members never fails, and parsing accepts exactly one value. */
#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include <tocsin/kit/json.h>

static void only_whole_values_are_parsed(void **state)
{
    static const char *const good[] = {"{}", " [1, 2] \n\t", "\"x\"", "null", "{\"a\": {\"b\": [true]}}"};
    static const char *const bad[] = {"",    " ",         "{",     "{} x",     "{}{}",
                                      "'x'", "{\"a\": }", "[1 2]", "\"\xff\"", "\"\xed\xa0\x80\""};
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        cJSON *value = kit_json_parse(good[i], strlen(good[i]));
        if (!value)
            fail_msg("not parsed: %s", good[i]);
        cJSON_Delete(value);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (kit_json_parse(bad[i], strlen(bad[i])))
            fail_msg("parsed: %s", bad[i]);
    }
    cJSON *cut = kit_json_parse("{} x", 2); /* bytes after n are not read */
    assert_non_null(cut);
    cJSON_Delete(cut);
    assert_null(kit_json_parse("{}\0", 3));
}

static void absent_members_read_as_empty(void **state)
{
    static const char text[] =
        "{\"text\": \"hi\", \"empty\": \"\", \"number\": -7.9, \"large\": 1e300, \"yes\": true, "
        "\"one\": 1, \"null\": null, \"object\": {\"Text\": \"x\"}}";
    static const char *const none[] = {"absent", "empty", "number", "yes", "null", "object", "TEXT"};
    (void)state;
    cJSON *value = kit_json_parse(text, strlen(text)), *array = kit_json_parse("[1]", 3);
    assert_string_equal(kit_json_text(value, "text"), "hi");
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        assert_string_equal(kit_json_text(value, none[i]), "");
        assert_string_equal(kit_json_text_or(value, none[i], "else"), "else");
    }
    assert_null(kit_json_text_or(value, "absent", NULL));
    assert_int_equal(kit_json_int(value, "number", 5), -7);
    assert_int_equal(kit_json_int(value, "large", 5), 5);
    assert_int_equal(kit_json_int(value, "text", 5), 5);
    assert_true(kit_json_true(value, "yes"));
    assert_false(kit_json_true(value, "one"));
    assert_false(kit_json_true(value, "absent"));
    assert_null(kit_json_member(value, "null"));
    assert_string_equal(kit_json_text(kit_json_member(value, "object"), "Text"), "x");
    assert_string_equal(kit_json_text(kit_json_member(NULL, "x"), "y"), "");
    assert_string_equal(kit_json_text(array, "0"), "");
    assert_string_equal(kit_json_text(kit_json_member(value, "text"), "x"), "");
    cJSON_Delete(value);
    cJSON_Delete(array);
}

static void built_objects_can_be_written(void **state)
{
    struct kit_text out = {0}, small = {.most = 5};
    (void)state;
    cJSON *value = kit_json_texts("a", "1 \"x\"", "left out", NULL, "b", "", NULL);
    kit_text_add(&out, "> ");
    assert_true(kit_json_write(value, &out));
    assert_string_equal(kit_text_get(&out), "> {\"a\":\"1 \\\"x\\\"\",\"b\":\"\"}");
    assert_false(kit_json_write(value, &small));
    assert_false(kit_json_write(NULL, &out));
    assert_true(out.failed);
    kit_text_finish(&out);
    kit_text_finish(&small);
    cJSON_Delete(value);
}

static void check_id(const char *json, const char *expected)
{
    char id[KIT_ID_BYTES];
    cJSON *value = kit_json_parse(json, strlen(json));
    kit_json_id(value, "id", id);
    assert_string_equal(id, expected);
    cJSON_Delete(value);
}

static void ids_are_numbers_or_digits(void **state)
{
    (void)state;
    static const char rows[] = "[{\"id\":\"x\"},{\"id\":360000000001},{\"id\":\"17\"}]";
    check_id("{\"id\":17}", "17");
    check_id("{\"id\":\"360000000001\"}", "360000000001");
    check_id("{\"id\":\"1234567890123456789\"}", "");
    check_id("{\"id\":\"17 or 18\"}", "");
    check_id("{\"id\":0}", "");
    check_id("{\"id\":-1}", "");
    check_id("{}", "");
    cJSON *list = kit_json_parse(rows, strlen(rows));
    assert_ptr_equal(kit_json_with_id(list, "360000000001"), cJSON_GetArrayItem(list, 1));
    assert_ptr_equal(kit_json_with_id(list, "17"), cJSON_GetArrayItem(list, 2));
    assert_null(kit_json_with_id(list, "18"));
    assert_null(kit_json_with_id(list, ""));
    assert_null(kit_json_with_id(NULL, "17"));
    cJSON_Delete(list);
}

static void rows_are_found_by_a_text_and_moved(void **state)
{
    (void)state;
    static const char one[] = "{\"rows\":[7,{\"ref\":\"Parent\"},{\"ref\":\"child\"}]}",
                      two[] = "{\"rows\":[8],\"x\":1}";
    cJSON *from = kit_json_parse(one, strlen(one)), *more = kit_json_parse(two, strlen(two)),
          *to = cJSON_CreateObject();
    struct kit_text out = {0};
    const cJSON *rows = kit_json_member(from, "rows");
    assert_ptr_equal(kit_json_with(rows, "ref", "CHILD"), cJSON_GetArrayItem(rows, 2));
    assert_null(kit_json_with(rows, "ref", "other"));
    assert_null(kit_json_with(NULL, "ref", "child"));
    kit_json_move(from, "rows", to);
    kit_json_move(more, "rows", to);
    kit_json_move(more, "x", to);
    kit_json_move(NULL, "rows", to);
    kit_json_write(to, &out);
    assert_string_equal(kit_text_get(&out),
                        "{\"rows\":[7,{\"ref\":\"Parent\"},{\"ref\":\"child\"},8],\"x\":[]}");
    assert_int_equal(cJSON_GetArraySize(rows), 0);
    kit_text_finish(&out);
    cJSON_Delete(from);
    cJSON_Delete(more);
    cJSON_Delete(to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_whole_values_are_parsed), cmocka_unit_test(absent_members_read_as_empty),
        cmocka_unit_test(ids_are_numbers_or_digits),    cmocka_unit_test(rows_are_found_by_a_text_and_moved),
        cmocka_unit_test(built_objects_can_be_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
