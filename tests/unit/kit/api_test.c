/* Calls of an API: what is sent, what each answer means, and what an action that stops half-way is. */
#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include <tocsin/kit/api.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>

#include "../../support/http_server.h"

enum { OK, MADE, EMPTY, PAGE, BUSY, FAILED, GONE, DENIED, LIMITED, SLOW, ODD };

static struct http_page pages[] = {
    [OK] = {.path = "/api/list", .status = 200, .body = "{\"n\":1}"},
    [MADE] = {.path = "/api/things",
              .status = 201,
              .body = "{\"id\":17}",
              .header = "Location: https://desk.example.com/api/things/17"},
    [EMPTY] = {.path = "/api/things/17", .status = 204, .body = ""},
    [PAGE] = {.path = "/api/page", .status = 200, .body = "<html>Log in</html>"},
    [BUSY] = {.path = "/api/busy", .status = 502, .body = "{}"},
    [FAILED] = {.path = "/api/failed", .status = 500, .body = "{}"},
    [GONE] = {.path = "/api/gone/a%2Fb", .status = 404, .body = "{\"error\":\"no such thing\"}"},
    [DENIED] = {.path = "/api/denied", .status = 403, .body = "{\"error\":\"not yours\"}"},
    [LIMITED] = {.path = "/api/limited", .status = 403, .body = "{\"error\":\"slow down\"}"},
    [SLOW] = {.path = "/api/slow", .status = 200, .body = "{}", .delay_ms = 400},
    {0},
};
static struct http_server server = {.pages = pages};

static void said(const cJSON *body, struct kit_text *words)
{
    kit_text_add(words, kit_json_text(body, "error"));
}

static void judge(const struct kit_answer *answer, const cJSON *body, struct tocsin_result *result)
{
    if (answer->status == 403 && strcmp(kit_json_text(body, "error"), "slow down") == 0)
        kit_result(result, TOCSIN_RETRY, "too often");
}

static void stop_half_way(struct kit_task *task), only_read(struct kit_task *task);

static const struct kit_performer performers[] = {{"half", stop_half_way}, {"read", only_read}, {0}};
static const struct kit_header login[] = {{"Authorization", "token x"}, {"Version", "2"}};
static const struct kit_meaning meanings[] = {{404, TOCSIN_REFUSED, "it is not there"}, {0, 0, NULL}};
static char base[64];
static struct kit_api api = {.name = "Desk",
                             .base = base,
                             .headers = login,
                             .header_count = 2,
                             .meanings = meanings,
                             .said = said,
                             .judge = judge,
                             .performers = performers};
static struct tocsin_result result;

static int set_up(void **state)
{
    (void)state;
    http_server_start(&server);
    snprintf(base, sizeof(base), "http://127.0.0.1:%u/api", (unsigned)server.port);
    api.http = kit_http_create("test/1");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    kit_http_destroy(api.http);
    http_server_stop(&server);
    return 0;
}

static struct kit_task begin(int64_t span_ms)
{
    result = (struct tocsin_result){.size = sizeof(result)};
    return kit_api_begin(&api, span_ms, &result);
}

static void what_is_read_is_an_object(void **state)
{
    (void)state;
    struct kit_task task = begin(5000);
    struct kit_text path = {0};
    kit_text_add(&path, "list?");
    kit_api_parameter(&path, "a", "b&c");
    cJSON *got = kit_api_get(&task, kit_text_get(&path));
    assert_int_equal(kit_json_int(got, "n", 0), 1);
    assert_int_equal(result.code, TOCSIN_DONE);
    assert_false(task.wrote);
    assert_non_null(strstr(pages[OK].asked, "GET /api/list?a=b%26c&"));
    assert_non_null(strstr(pages[OK].asked, "\r\nAuthorization: token x\r\n"));
    assert_non_null(strstr(pages[OK].asked, "\r\nVersion: 2\r\n"));
    cJSON_Delete(got);
    kit_text_finish(&path);
}

static void what_is_written_says_where_it_is(void **state)
{
    (void)state;
    struct kit_task task = begin(5000);
    struct kit_header once = {"Idempotency-Key", "k1"};
    cJSON *made = kit_api_write(&task, "POST", "things", kit_json_texts("title", "hi", NULL), &once);
    assert_int_equal(kit_json_int(made, "id", 0), 17);
    assert_int_equal(kit_api_location(&task), 17);
    assert_true(task.wrote);
    assert_non_null(strstr(pages[MADE].asked, "\r\nIdempotency-Key: k1\r\n"));
    assert_non_null(strstr(pages[MADE].asked, "{\"title\":\"hi\"}"));
    cJSON_Delete(made);
    cJSON *empty = kit_api_write(&task, "PUT", "things/17", NULL, NULL);
    assert_true(cJSON_IsObject(empty));
    assert_int_equal(kit_api_location(&task), 0);
    assert_null(strstr(pages[EMPTY].asked, "Idempotency-Key"));
    cJSON_Delete(empty);
}

static void a_search_writes_nothing(void **state)
{
    (void)state;
    struct kit_task task = begin(5000);
    cJSON *found = kit_api_ask(&task, "things", kit_json_texts("query", "x", NULL));
    assert_non_null(found);
    assert_non_null(strstr(pages[MADE].asked, "POST /api/things"));
    assert_false(task.wrote);
    cJSON_Delete(found);
    assert_null(kit_api_ask(&task, "busy", kit_json_texts("query", "x", NULL)));
    assert_int_equal(result.code, TOCSIN_RETRY);
}

static void a_page_of_a_proxy_is_no_answer(void **state)
{
    (void)state;
    struct kit_task task = begin(5000);
    assert_null(kit_api_get(&task, "page"));
    assert_int_equal(result.code, TOCSIN_RETRY);
    assert_string_equal(result.detail, "Desk answered with what is not JSON; is that its address?");
    assert_null(kit_api_write(&task, "POST", "page", NULL, NULL));
    assert_int_equal(result.code, TOCSIN_UNKNOWN);
    assert_false(task.wrote);
}

static void what_fails_while_it_writes_may_be_written(void **state)
{
    (void)state;
    struct kit_task task = begin(5000);
    assert_null(kit_api_write(&task, "POST", "failed", NULL, NULL));
    assert_int_equal(result.code, TOCSIN_UNKNOWN);
    task = begin(5000);
    assert_null(kit_api_get(&task, "failed"));
    assert_int_equal(result.code, TOCSIN_RETRY);
}

static void what_is_missing_can_be_forgotten(void **state)
{
    (void)state;
    struct kit_task task = begin(5000);
    assert_null(kit_api_get_at(&task, "gone/%", "a/b"));
    assert_int_equal(result.code, TOCSIN_REFUSED);
    assert_string_equal(result.detail, "it is not there (no such thing)");
    assert_true(kit_api_was_missing(&task));
    assert_int_equal(result.code, TOCSIN_DONE);
    assert_false(kit_api_was_missing(&task));
    assert_null(kit_api_get(&task, "denied"));
    assert_int_equal(result.code, TOCSIN_AUTH);
    assert_true(kit_api_was_missing(&task));
    assert_null(kit_api_get(&task, "busy"));
    assert_false(kit_api_was_missing(&task));
}

static void a_status_may_mean_something_else(void **state)
{
    (void)state;
    struct kit_task task = begin(5000);
    assert_null(kit_api_get(&task, "limited"));
    assert_int_equal(result.code, TOCSIN_RETRY);
    assert_string_equal(result.detail, "too often");
    assert_false(kit_api_was_missing(&task));
}

static void calls_end_with_the_time_of_the_action(void **state)
{
    (void)state;
    struct kit_task task = begin(150);
    assert_null(kit_api_get(&task, "slow"));
    assert_int_equal(result.code, TOCSIN_RETRY);
    assert_null(kit_api_get(&task, "things"));
    assert_string_equal(result.detail, "Desk was too slow: no time was left for the next call");
}

/* ---- actions ---- */

static void stop_half_way(struct kit_task *task)
{
    cJSON_Delete(kit_api_write(task, "POST", "things", cJSON_CreateObject(), NULL));
    cJSON_Delete(kit_api_get(task, "busy"));
}

static void only_read(struct kit_task *task)
{
    assert_string_equal(kit_json_text(task->body, "text"), "hi");
    cJSON_Delete(kit_api_get(task, "busy"));
}

static int32_t perform(const char *kind, const char *body)
{
    struct tocsin_action action = {
        .kind = kind, .body = body, .body_length = strlen(body), .deadline_ms = 5000, .key = "k", .id = "1"};
    result = (struct tocsin_result){.size = sizeof(result)};
    kit_perform(&api, &action, &result);
    return result.code;
}

static void what_stopped_half_way_is_unknown(void **state)
{
    (void)state;
    assert_int_equal(perform("half", "{}"), TOCSIN_UNKNOWN);
    assert_int_equal(perform("read", "{\"text\":\"hi\"}"), TOCSIN_RETRY);
    assert_int_equal(perform("dance", "{}"), TOCSIN_REFUSED);
    assert_int_equal(perform("read", "{"), TOCSIN_REFUSED);
}

/* ---- settings ---- */

static void only_safe_addresses_are_taken(void **state)
{
    (void)state;
    static const char *const good[] = {"https://desk.example.com", "https://desk.example.com:8443/rt",
                                       "http://127.0.0.1:8091", "http://localhost", "http://[::1]/rt"};
    static const char *const bad[] = {"",
                                      "desk.example.com",
                                      "http://desk.example.com",
                                      "http://127.0.0.1.evil.example",
                                      "https:/",
                                      "http://localhost@evil",
                                      "http://localhost.evil",
                                      "https://",
                                      "https:// ",
                                      "https://u:p@desk.example",
                                      "https://desk.example.com?q=1",
                                      "ftp://desk.example.com"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_null(kit_api_fault(good[i]));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_non_null(kit_api_fault(bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_is_an_object),
        cmocka_unit_test(what_is_written_says_where_it_is),
        cmocka_unit_test(a_search_writes_nothing),
        cmocka_unit_test(a_page_of_a_proxy_is_no_answer),
        cmocka_unit_test(what_fails_while_it_writes_may_be_written),
        cmocka_unit_test(what_is_missing_can_be_forgotten),
        cmocka_unit_test(a_status_may_mean_something_else),
        cmocka_unit_test(calls_end_with_the_time_of_the_action),
        cmocka_unit_test(what_stopped_half_way_is_unknown),
        cmocka_unit_test(only_safe_addresses_are_taken),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
