/* Reports to Tocsin arrive whole, or cut between characters. */
#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/text.h>

static struct {
    struct kit_text said;
    int32_t level, answer;
} heard;

static void on_log(void *ctx, int32_t level, const char *text)
{
    (void)ctx;
    heard.level = level;
    kit_text_add(&heard.said, text);
}

static int32_t on_emit(void *ctx, const char *event, size_t n)
{
    (void)ctx;
    kit_text_addn(&heard.said, event, n);
    return heard.answer;
}

static const struct tocsin_host host = {
    .size = sizeof(host), .abi = TOCSIN_ABI, .log = on_log, .emit = on_emit};

static int forget(void **state)
{
    (void)state;
    kit_text_finish(&heard.said);
    return 0;
}

static void events_are_emitted_as_json(void **state)
{
    (void)state;
    heard.answer = TOCSIN_EMIT_REFUSED;
    assert_int_equal(kit_emit(&host, kit_json_texts("type", "join", NULL)), TOCSIN_EMIT_REFUSED);
    assert_string_equal(kit_text_get(&heard.said), "{\"type\":\"join\"}");
    assert_int_equal(kit_emit(&host, NULL), TOCSIN_EMIT_RETRY); /* memory ran out while the event was built */
}

static void only_what_was_not_stored_comes_again(void **state)
{
    (void)state;
    heard.answer = TOCSIN_EMIT_RETRY;
    assert_true(kit_pass(&host, NULL));
    assert_false(kit_pass(&host, kit_json_texts("type", "join", NULL)));
    heard.answer = TOCSIN_EMIT_REFUSED;
    assert_true(kit_pass(&host, kit_json_texts("type", "join", NULL)));
}

static void log_lines_have_a_level(void **state)
{
    (void)state;
    kit_log(&host, KIT_WARNING, "%d of %s", 3, "four");
    assert_int_equal(heard.level, 2);
    assert_string_equal(kit_text_get(&heard.said), "3 of four");
}

static void errors_and_outcomes_are_filled_in(void **state)
{
    struct tocsin_error error = {.size = sizeof(error)};
    struct tocsin_result result = {.size = sizeof(result)};
    (void)state;
    assert_int_equal(kit_fail(&error, TOCSIN_E_CONFIG, "`%s` is empty", "url"), TOCSIN_E_CONFIG);
    assert_int_equal(error.code, TOCSIN_E_CONFIG);
    assert_string_equal(error.text, "`url` is empty");
    kit_result(&result, TOCSIN_REFUSED, "there is no channel %d", 7);
    assert_int_equal(result.code, TOCSIN_REFUSED);
    assert_string_equal(result.detail, "there is no channel 7");
}

static void texts_that_are_too_long_are_cut_between_characters(void **state)
{
    struct tocsin_result result = {.size = sizeof(result)};
    struct kit_text text = {0};
    (void)state;
    for (int i = 0; i < 5000; i++)
        kit_text_add(&text, "é");
    kit_result(&result, TOCSIN_REFUSED, "%s", kit_text_get(&text));
    assert_int_equal(strlen(result.detail), sizeof(result.detail) - 2); /* 511 bytes would split the last one */
    assert_true(kit_utf8_valid(result.detail, strlen(result.detail)));
    kit_log(&host, KIT_INFO, "%s", kit_text_get(&text));
    assert_true(heard.said.n > 1900 && kit_utf8_valid(heard.said.p, heard.said.n));
    kit_text_finish(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(events_are_emitted_as_json, forget),
        cmocka_unit_test_teardown(only_what_was_not_stored_comes_again, forget),
        cmocka_unit_test_teardown(log_lines_have_a_level, forget),
        cmocka_unit_test_teardown(errors_and_outcomes_are_filled_in, forget),
        cmocka_unit_test_teardown(texts_that_are_too_long_are_cut_between_characters, forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
