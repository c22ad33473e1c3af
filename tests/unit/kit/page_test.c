/* Pages: what they say in a few words, which is whose, and when the core knows them. */
#include "../../support/check.h"

#include <string.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/page.h>

#include "../../support/quoted.h"
#include "../../support/store_host.h"

static const struct kit_api api = {.name = "Phones", .host = &store_host};
static struct tocsin_action action = {.key = "page/1", .attempt = 1};
static struct tocsin_result result;

static struct kit_task begin(int32_t attempt, const cJSON *body)
{
    action.attempt = attempt;
    result = (struct tocsin_result){.size = sizeof(result)};
    return (struct kit_task){.api = &api, .result = &result, .action = &action, .body = body};
}

static int clear(void **state)
{
    (void)state;
    store_host_clear();
    return 0;
}

static void check_words(const char *body, const char *title, const char *text, const char *link)
{
    cJSON *page = json(body);
    struct kit_page_words words = kit_page_words(page);
    assert_string_equal(kit_text_get(&words.title), title);
    assert_string_equal(kit_text_get(&words.text), text);
    assert_string_equal(kit_text_get(&words.link), link);
    kit_page_words_finish(&words);
    cJSON_Delete(page);
}

static void words_are_plain(void **state)
{
    (void)state;
    check_words(
        "{'card':{'title':'INC-1 "
        "*slow*\\nvery','fields':[{'name':'severity','value':'major'},{'name':'service','value':'pay'}],"
        "'text':'It **burns**','buttons':[{'label':'Accept','command':'INC-1 accept'}],"
        "'footer':'a page for ops · https://t.example/incidents/INC-1'}}",
        "INC-1 *slow* very", "severity: major · service: pay\nIt burns", "https://t.example/incidents/INC-1");
    check_words("{'text':'A **test**\\n\\nof yours'}", "A test", "of yours", "");
    check_words("{}", "", "", "");
}

static void a_page_is_noted_before_it_is_sent(void **state)
{
    (void)state;
    cJSON *body = json("{'user':'ana','code':'1a'}");
    struct kit_task task = begin(1, body);
    struct kit_page page = kit_page_of_action(&task);
    assert_false(kit_page_was_tried(&page));
    assert_true(kit_page_begin(&page, &result));
    struct kit_task second = begin(2, body);
    struct kit_page again = kit_page_of_action(&second);
    assert_true(kit_page_was_tried(&again));
    assert_string_equal(again.mark, page.mark);
    assert_string_equal(kit_json_text(again.row, "key"), kit_json_text(page.row, "key"));
    assert_string_equal(kit_json_text(again.row, "code"), "1a");
    assert_string_equal(kit_page_id(&again), "");
    assert_false(kit_page_is_known(&again));
    kit_page_finish(&page);
    kit_page_finish(&again);
    cJSON_Delete(body);
}

static void the_core_knows_it_with_the_outcome(void **state)
{
    (void)state;
    cJSON *body = json("{'user':'ana'}");
    struct kit_task task = begin(1, body);
    struct kit_page page = kit_page_of_action(&task);
    kit_page_begin(&page, &result);
    kit_page_learned(&page, "m1"); /* by a callback */
    assert_string_equal(kit_page_id(&page), "m1");
    assert_false(kit_page_is_known(&page));
    kit_page_sent(&page, "m1", &result);
    assert_string_equal(result.remote_id, "m1");
    assert_true(kit_page_is_known(&page));
    kit_page_ended(&page, "Bo has it");
    struct kit_page by_id = kit_page_by_id(&store_host, "m1"),
                    by_mark = kit_page_by_mark(&store_host, page.mark);
    assert_string_equal(by_id.mark, page.mark);
    assert_string_equal(kit_json_text(by_mark.row, "ended"), "Bo has it");
    kit_page_finish(&page);
    kit_page_finish(&by_id);
    kit_page_finish(&by_mark);
    cJSON_Delete(body);
}

static void unknown_pages_have_no_row(void **state)
{
    (void)state;
    static const char *const marks[] = {"", "x", "../../known/m1", "0123456789ABCDEF0123456789ABCDEF",
                                        "0123456789abcdef0123456789abcdef"};
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        assert_null(kit_page_by_mark(&store_host, marks[i]).row);
    assert_null(kit_page_by_id(&store_host, "").row);
    assert_null(kit_page_by_id(&store_host, "m7").row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_plain),
        cmocka_unit_test_setup_teardown(a_page_is_noted_before_it_is_sent, clear, clear),
        cmocka_unit_test_setup_teardown(the_core_knows_it_with_the_outcome, clear, clear),
        cmocka_unit_test_setup_teardown(unknown_pages_have_no_row, clear, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
