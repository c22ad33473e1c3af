/* What must not be made twice: an attempt is noted before it is made, and looked for until lists have caught up. */
#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include <tocsin/kit/clock.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/once.h>
#include <tocsin/kit/report.h>

#include "../../support/http_server.h"

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

static struct http_page pages[] = {{.path = "/messages", .status = 201, .body = "{\"id\":\"9\"}"}, {0}};
static struct http_server server = {.pages = pages};
static const struct tocsin_host host = {.size = sizeof(host), .get = get, .put = put};
static const struct kit_meaning meanings[] = {{0, 0, NULL}};
static char base[64];
static struct kit_api api = {.name = "Desk", .host = &host, .base = base, .meanings = meanings};
static struct tocsin_result result;

/* Three pages of a list: the second has what is looked for. */
static int pages_read;
static int32_t refused; /* what reading the list fails with */

static cJSON *read_page(struct kit_task *task, const char *at, struct kit_text *next)
{
    char text[80];
    int number = *at ? *at - '0' : 1;
    pages_read++;
    task->status = refused ? 429 : 200;
    if (refused)
        kit_result(task->result, refused, "not now");
    snprintf(text, sizeof(text), "{\"rows\":[{\"id\":\"%d\"},{\"id\":\"x\"}]}", number);
    if (number < 3)
        kit_text_addf(next, "%d", number + 1);
    return refused ? NULL : kit_json_parse(text, strlen(text));
}

static bool has_id(const struct kit_task *task, const cJSON *row, const cJSON *json)
{
    (void)task;
    return strcmp(kit_json_text(row, "id"), kit_json_text(json, "wanted")) == 0;
}

/* The id of what an action of that key makes, in that attempt: of "wanted" in the list, or 9 of a new one; "": none. */
static const char *make(const char *action_key, int32_t attempt, const char *wanted)
{
    static char id[20];
    static const struct kit_once once = {"message", "messages", 60000, read_page, "rows", has_id};
    struct tocsin_action action = {.key = action_key, .attempt = attempt};
    struct kit_task task = {.api = &api, .result = &result, .action = &action, .until_ms = kit_now_ms() + 5000};
    bool found;
    result = (struct tocsin_result){.size = sizeof(result)};
    cJSON *made = kit_once_make(&task, &once, kit_json_texts("wanted", wanted, NULL), &found);
    snprintf(id, sizeof(id), "%s", kit_json_text(made, "id"));
    assert_int_equal(found, made && strcmp(id, "9") != 0);
    cJSON_Delete(made);
    return id;
}

static void note_an_attempt(int64_t ago_ms)
{
    make("k1", 1, "2");
    snprintf(value, sizeof(value), "{\"at\":%lld}", (long long)(kit_wall_ms() - ago_ms));
    pages[0].count = 0;
}

static int set_up(void **state)
{
    (void)state;
    full = false;
    value[0] = '\0';
    pages_read = refused = 0;
    http_server_start(&server);
    snprintf(base, sizeof(base), "http://127.0.0.1:%u", (unsigned)server.port);
    api.http = kit_http_create("test/1");
    pages[0].status = 201;
    pages[0].count = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    kit_http_destroy(api.http);
    http_server_stop(&server);
    return 0;
}

static void the_first_attempt_is_made_at_once(void **state)
{
    (void)state;
    assert_string_equal(make("k1", 1, "2"), "9");
    assert_int_equal(pages[0].count, 1);
    assert_int_equal(pages_read, 0);
    assert_non_null(strstr(value, "\"at\":"));    /* so that it is found again */
    assert_string_equal(make("k2", 2, "2"), "9"); /* of another action none was made */
    assert_string_equal(make("k1", 2, "2"), "9"); /* only one note fits here: it is forgotten */
    assert_int_equal(pages_read, 0);
}

static void what_may_have_arrived_is_looked_for(void **state)
{
    (void)state;
    note_an_attempt(1000);
    assert_string_equal(make("k1", 2, "2"), "2");
    assert_int_equal(pages_read, 2);
    assert_string_equal(make("k1", 2, "7"), "");
    assert_int_equal(result.code, TOCSIN_UNKNOWN);
    assert_in_range(result.retry_after_ms, 1, 30000);
    assert_non_null(strstr(result.detail, "Desk does not list it yet"));
    assert_int_equal(pages[0].count, 0);
    note_an_attempt(60001);
    assert_string_equal(make("k1", 2, "7"), "9"); /* the list has caught up */
}

static void a_list_that_cannot_be_read_says_nothing(void **state)
{
    (void)state;
    note_an_attempt(60001);
    refused = TOCSIN_RETRY;
    assert_string_equal(make("k1", 2, "2"), "");
    assert_int_equal(result.code, TOCSIN_RETRY);
    assert_int_equal(pages[0].count, 0);
    refused = 0;
    assert_string_equal(make("k1", 3, "2"), "2"); /* the note is still there */
}

static void what_was_refused_or_not_sent_was_not_made(void **state)
{
    (void)state;
    static const struct {
        int status;
        bool noted;
    } ends[] = {{429, false}, {400, false}, {500, true}, {504, true}};
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        value[0] = '\0';
        pages[0].status = ends[i].status;
        assert_string_equal(make("k1", 1, "2"), "");
        assert_int_equal(*value != '\0', ends[i].noted);
    }
    snprintf(base, sizeof(base), "http://127.0.0.1:1"); /* nobody listens there */
    value[0] = '\0';
    assert_string_equal(make("k1", 1, "2"), "");
    assert_string_equal(value, "");
}

static void without_a_note_nothing_is_made(void **state)
{
    (void)state;
    full = true;
    assert_string_equal(make("k1", 1, "2"), "");
    assert_int_equal(result.code, TOCSIN_RETRY);
    assert_int_equal(pages[0].count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_first_attempt_is_made_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_may_have_arrived_is_looked_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_list_that_cannot_be_read_says_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_refused_or_not_sent_was_not_made, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_a_note_nothing_is_made, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
