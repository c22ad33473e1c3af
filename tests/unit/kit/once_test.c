/* What must not be made twice: an attempt is noted before it is made, and looked for until lists have caught up. */
#include "../../support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/once.h>

/* A host that stores one value. */
static char key[201], value[200];
static bool full;

static int64_t get(void *ctx, const char *asked, char *to, size_t capacity)
{
    (void)ctx;
    if (!*value || strcmp(asked, key) != 0)
        return -1;
    snprintf(to, capacity, "%s", value);
    return (int64_t)strlen(value);
}

static int32_t put(void *ctx, const char *at, const char *text, size_t n)
{
    (void)ctx;
    if (full)
        return -1;
    snprintf(key, sizeof(key), "%s", at);
    snprintf(value, sizeof(value), "%.*s", (int)n, text ? text : "");
    return 0;
}

static const struct tocsin_host host = {.size = sizeof(host), .get = get, .put = put};
static const struct kit_api api = {.name = "Desk", .host = &host};
static struct tocsin_action action = {.key = "k1", .attempt = 1};
static struct tocsin_result result;

static struct kit_task begin(int32_t attempt)
{
    action.attempt = attempt;
    result = (struct tocsin_result){.size = sizeof(result)};
    return (struct kit_task){.api = &api, .result = &result, .action = &action};
}

static int forget(void **state)
{
    (void)state;
    full = false;
    value[0] = '\0';
    return 0;
}

static void the_first_attempt_is_made_at_once(void **state)
{
    (void)state;
    struct kit_task task = begin(1);
    struct kit_once once = kit_once_begin(&task, "message");
    assert_int_equal(once.tried_ms, 0);
    assert_true(kit_once_try(&once, 1000));
    assert_non_null(strstr(value, "\"at\":"));
    task.status = 201;
    kit_once_end(&once);
    struct kit_task again = begin(2);
    assert_true(kit_once_begin(&again, "message").tried_ms > 0); /* it is found again */
}

static void what_may_have_arrived_is_looked_for(void **state)
{
    (void)state;
    struct kit_task task = begin(1);
    struct kit_once once = kit_once_begin(&task, "message");
    assert_true(kit_once_try(&once, 60000));
    result.code = TOCSIN_UNKNOWN;
    kit_once_end(&once);
    struct kit_task again = begin(2);
    struct kit_once second = kit_once_begin(&again, "message");
    assert_true(second.tried_ms > 0);
    assert_false(kit_once_try(&second, 60000));
    assert_int_equal(result.code, TOCSIN_UNKNOWN);
    assert_in_range(result.retry_after_ms, 1, 30000);
    assert_non_null(strstr(result.detail, "Desk does not list it yet"));
    result.code = TOCSIN_DONE;
    second.tried_ms -= 60001;
    assert_true(kit_once_try(&second, 60000)); /* the list has caught up */
}

static int pages_read;

/* Three pages; the second has what is looked for. */
static cJSON *read_page(struct kit_task *task, const char *at, struct kit_text *next)
{
    (void)task;
    char text[80];
    int number = *at ? *at - '0' : 1;
    pages_read++;
    snprintf(text, sizeof(text), "{\"rows\":[{\"id\":\"%d\"},{\"id\":\"x\"}]}", number);
    if (number < 3)
        kit_text_addf(next, "%d", number + 1);
    return kit_json_parse(text, strlen(text));
}

static bool has_id(const struct kit_task *task, const cJSON *row, const void *what)
{
    (void)task;
    return strcmp(kit_json_text(row, "id"), what) == 0;
}

static void an_earlier_attempt_is_found_in_a_list(void **state)
{
    (void)state;
    struct kit_task task = begin(2);
    struct kit_once once = kit_once_begin(&task, "message");
    assert_null(kit_once_find(&once, read_page, "rows", has_id, "2")); /* there was none */
    assert_int_equal(pages_read, 0);
    once.tried_ms = 1;
    cJSON *found = kit_once_find(&once, read_page, "rows", has_id, "2");
    assert_string_equal(kit_json_text(found, "id"), "2");
    assert_int_equal(pages_read, 2);
    cJSON_Delete(found);
    assert_null(kit_once_find(&once, read_page, "rows", has_id, "7"));
}

static void each_thing_has_a_note_of_its_own(void **state)
{
    (void)state;
    struct kit_task task = begin(1);
    struct kit_once once = kit_once_begin(&task, "message");
    assert_true(kit_once_try(&once, 60000));
    struct kit_task again = begin(2);
    assert_int_equal(kit_once_begin(&again, "ticket").tried_ms, 0);
    action.key = "k2";
    assert_int_equal(kit_once_begin(&again, "message").tried_ms, 0);
    action.key = "k1";
    assert_true(kit_once_begin(&again, "message").tried_ms > 0);
}

static void what_was_refused_or_not_sent_was_not_made(void **state)
{
    (void)state;
    static const struct {
        long status;
        int32_t code;
        bool noted;
    } ends[] = {{429, TOCSIN_RETRY, false}, {400, TOCSIN_REFUSED, false}, {0, TOCSIN_RETRY, false},
                {0, TOCSIN_UNKNOWN, true},  {500, TOCSIN_RETRY, true},    {504, TOCSIN_UNKNOWN, true}};
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        forget(NULL);
        struct kit_task task = begin(1);
        struct kit_once once = kit_once_begin(&task, "message");
        assert_true(kit_once_try(&once, 60000));
        task.status = ends[i].status;
        result.code = ends[i].code;
        kit_once_end(&once);
        assert_int_equal(*value != '\0', ends[i].noted);
    }
}

static void without_a_note_nothing_is_made(void **state)
{
    (void)state;
    full = true;
    struct kit_task task = begin(1);
    struct kit_once once = kit_once_begin(&task, "message");
    assert_false(kit_once_try(&once, 1000));
    assert_int_equal(result.code, TOCSIN_RETRY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_first_attempt_is_made_at_once, forget),
        cmocka_unit_test_setup(what_may_have_arrived_is_looked_for, forget),
        cmocka_unit_test_setup(an_earlier_attempt_is_found_in_a_list, forget),
        cmocka_unit_test_setup(each_thing_has_a_note_of_its_own, forget),
        cmocka_unit_test_setup(what_was_refused_or_not_sent_was_not_made, forget),
        cmocka_unit_test_setup(without_a_note_nothing_is_made, forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
