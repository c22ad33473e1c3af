/* What ntfy's button and Pushover's callback bring. */
#include "../../support/check.h"

#include <string.h>

#include <tocsin/kit/json.h>

#include "../../support/quoted.h"
#include "../../support/store_host.h"
#include "push/push.h"

#define MARK "0123456789abcdef0123456789abcdef"
#define KEY  "00112233445566778899aabbccddeeff"

static int paged(void **state)
{
    (void)state;
    store_host_clear();
    store_host_set("page/" MARK, "{'user':'ana','key':'" KEY "','id':'" MARK "'}");
    store_host_set("known/" MARK, "{'page':'" MARK "'}");
    return 0;
}

static int cleared(void **state)
{
    (void)state;
    store_host_clear();
    return 0;
}

static int32_t serve(const struct push_service *service, const char *method, const char *path,
                     const char *query, const char *form)
{
    struct push push = {.kit.host = &store_host, .service = service, .expire_s = 1800};
    const struct tocsin_request request = {sizeof(request), 0, method, path, query, NULL, form,
                                           strlen(form),    0};
    struct tocsin_response response = store_host_response();
    pthread_mutex_init(&push.lock, NULL);
    push.open = cJSON_CreateObject();
    service->serve(&push, &request, &response);
    cJSON_Delete(push.open);
    return response.status;
}

static void the_button_acknowledges(void **state)
{
    (void)state;
    assert_int_equal(serve(&push_ntfy, "POST", "/ack", "p=" MARK "&k=" KEY, ""), 204);
    cJSON *wanted = json("[{'type':'page','id':'" MARK ":acknowledged','message':'" MARK
                         "','state':'acknowledged','how':'a button'}]");
    assert_true(cJSON_Compare(store_host_events(), wanted, true));
    cJSON_Delete(wanted);
    store_host_set("page/" MARK, "{'key':'" KEY "','id':'" MARK "','ended':'Acknowledged by Bo'}");
    assert_int_equal(serve(&push_ntfy, "POST", "/ack", "p=" MARK "&k=" KEY, ""), 200);
    assert_string_equal(store_host_said(), "Acknowledged by Bo");
    assert_int_equal(cJSON_GetArraySize(store_host_events()), 1);
}

static void nothing_else_does(void **state)
{
    (void)state;
    static const struct {
        const char *method, *path, *query;
        int32_t status;
    } rows[] = {
        {"GET", "/ack", "p=" MARK "&k=" KEY, 404},
        {"POST", "/", "p=" MARK "&k=" KEY, 404},
        {"POST", "/ack", "p=" MARK, 403},
        {"POST", "/ack", "p=" MARK "&k=", 403},
        {"POST", "/ack", "p=" MARK "&k=00112233445566778899aabbccddeefe", 403},
        {"POST", "/ack", "p=ffffffffffffffffffffffffffffffff&k=", 403},
        {"POST", "/ack", "", 403},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(serve(&push_ntfy, rows[i].method, rows[i].path, rows[i].query, ""), rows[i].status);
    store_host_set("known/" MARK, "{}");
    assert_int_equal(serve(&push_ntfy, "POST", "/ack", "p=" MARK "&k=" KEY, ""), 503);
    assert_int_equal(cJSON_GetArraySize(store_host_events()), 0);
}

static void an_unknown_receipt_is_not_asked_for(void **state)
{
    (void)state;
    assert_int_equal(serve(&push_pushover, "POST", "/receipt", "", "receipt=abc&acknowledged=1"), 404);
    assert_int_equal(serve(&push_pushover, "POST", "/receipt", "", ""), 404);
    assert_int_equal(serve(&push_pushover, "GET", "/receipt", "", "receipt=abc"), 404);
    assert_int_equal(cJSON_GetArraySize(store_host_events()), 0);
}

static void receipts_say_what_became_of_it(void **state)
{
    (void)state;
    static const struct {
        const char *answer, *state;
        bool ended;
    } rows[] = {
        {"{'status':1,'acknowledged':0,'last_delivered_at':0,'expired':0}", "", false},
        {"{'status':1,'acknowledged':0,'last_delivered_at':1360001238,'expired':0}", "delivered", false},
        {"{'status':1,'acknowledged':1,'acknowledged_at':1360019238,'expired':1}", "acknowledged", true},
        {"{'status':1,'acknowledged':0,'last_delivered_at':1360001238,'expired':1}", "failed", true},
        {"{'acknowledged':'1'}", "", false},
        {"[]", "", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool ended;
        cJSON *answer = json(rows[i].answer), *event = pushover_event("r1", answer, &ended);
        assert_string_equal(kit_json_text(event, "state"), rows[i].state);
        assert_int_equal(ended, rows[i].ended);
        cJSON_Delete(answer);
        cJSON_Delete(event);
    }
}

static void people_are_topics_or_keys(void **state)
{
    (void)state;
    static const char *const topics[] = {"ana", "ana-Phone_1", "a"}, *const not_topics[] = {"", "ana phone",
                                                                                            "ana/x", "anä"};
    for (size_t i = 0; i < 3; i++)
        assert_null(push_ntfy.user_fault(topics[i]));
    for (size_t i = 0; i < 4; i++)
        assert_non_null(push_ntfy.user_fault(not_topics[i]));
    assert_null(push_pushover.user_fault("uQiRzpo4DXghDmr9QzzfQu27cmVRsG"));
    assert_non_null(push_pushover.user_fault("ana"));
    assert_non_null(push_pushover.user_fault("uQiRzpo4DXghDmr9QzzfQu27cmVR&x=1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_button_acknowledges, paged, cleared),
        cmocka_unit_test_setup_teardown(nothing_else_does, paged, cleared),
        cmocka_unit_test_setup_teardown(an_unknown_receipt_is_not_asked_for, paged, cleared),
        cmocka_unit_test(receipts_say_what_became_of_it),
        cmocka_unit_test(people_are_topics_or_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
