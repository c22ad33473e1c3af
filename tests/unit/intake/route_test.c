#include "../../support/check.h"

#include <string.h>

#include "../../support/intake.h"
#include "base/mem.h"

static void test_paths(void **state)
{
    (void)state;
    assert_non_null(intake_route_find("/api/7/envelope"));
    assert_ptr_equal(intake_route_find("/api/7/envelope"), intake_route_find("/api/shop/envelope/"));
    assert_string_equal(intake_route_find("/api/7/store/")->pattern, "/api/{}/store");
    assert_string_equal(intake_route_find("/api/v2/alerts")->pattern, "/api/v2/alerts");
    static const char *const none[] = {"",
                                       "/",
                                       "/api",
                                       "/api//envelope",
                                       "/api/7/envelope/x",
                                       "/api/7/8/envelope",
                                       "/api/7/envelope//",
                                       "/intake",
                                       "/v2/enqueuex",
                                       "api/7/envelope"};
    for (size_t i = 0; i < ARRAY_SIZE(none); i++)
        assert_null(intake_route_find(none[i]));
}

static int try(struct intake_world *w, const char *method, const char *path, const char *authorization)
{
    w->request.method = method;
    w->request.authorization = authorization;
    intake_post(w, path, "[]");
    return w->answer.status;
}

static void test_authentication(void **state)
{
    (void)state;
    struct intake_world w;
    intake_world_init(&w);
    assert_int_equal(try(&w, "POST", "/intake/alerts", "Bearer a-token"), 202);
    assert_int_equal(try(&w, "POST", "/intake/alerts", "bearer  a-token"), 202);
    assert_int_equal(try(&w, "POST", "/intake/alerts", "Bearer a-toke"), 401);
    assert_int_equal(try(&w, "POST", "/intake/alerts", "Bearer "), 401);
    assert_int_equal(try(&w, "POST", "/intake/alerts", "Bearer"), 401);
    assert_int_equal(try(&w, "POST", "/intake/alerts", ""), 401);
    assert_int_equal(try(&w, "POST", "/intake/alerts", NULL), 401);
    assert_string_equal(intake_header(&w, "www-authenticate"), "Bearer");
    assert_int_equal(try(&w, "POST", "/api/v2/alerts", "Basic cHJvbTphLXBhc3N3b3Jk"),
                     200); /* prom:a-password */
    assert_string_equal(w.request.source->name, "prometheus");
    assert_int_equal(try(&w, "POST", "/api/v2/alerts", "Basic cHJvbQ=="), 401); /* prom */
    assert_int_equal(try(&w, "POST", "/api/v2/alerts", "Basic !!"), 401);
    assert_int_equal(try(&w, "POST", "/api/v2/alerts", "Digest x"), 401);
    intake_world_finish(&w);
}

static void test_methods_and_unknown_paths(void **state)
{
    (void)state;
    struct intake_world w;
    intake_world_init(&w);
    assert_int_equal(try(&w, "GET", "/intake/alerts", "Bearer a-token"), 405);
    assert_string_equal(intake_header(&w, "allow"), "POST");
    assert_int_equal(try(&w, "PUT", "/intake/alerts", "Bearer a-token"), 405);
    assert_int_equal(try(&w, "OPTIONS", "/intake/alerts", "Bearer a-token"), 405);
    assert_int_equal(try(&w, "POST", "/nothing", "Bearer a-token"), 404);
    assert_non_null(strstr(w.answer.body, "\"title\":\"Not Found\""));
    intake_world_finish(&w);
}

static void test_headers_alone_are_enough_to_refuse(void **state)
{
    (void)state;
    struct intake_world w;
    intake_world_init(&w);
    w.request.path = "/intake/alerts";
    assert_int_equal(intake_admit(&w.request, &w.answer), 0);
    w.request.authorization = "Bearer wrong";
    assert_int_equal(intake_admit(&w.request, &w.answer), ERR_AUTH);
    w.request.path = "/api/7/envelope/";
    assert_int_equal(intake_admit(&w.request, &w.answer), 0); /* the envelope may hold a dsn */
    w.request.query = "sentry_key=wrong";
    assert_int_equal(intake_admit(&w.request, &w.answer), ERR_AUTH);
    assert_int_equal(w.answer.status, 403);
    w.request.path = "/v2/enqueue";
    assert_int_equal(intake_admit(&w.request, &w.answer), 0);
    intake_world_finish(&w);
}

static void test_a_refusal_cannot_break_a_header(void **state)
{
    (void)state;
    struct intake_answer answer = {0};
    assert_int_equal(answer_refuse(&answer, DIALECT_SENTRY, 400, ERR_INVALID, "a\r\nset-cookie: x\n%0300d", 1),
                     ERR_INVALID);
    assert_string_equal(answer.headers[1].name, "x-sentry-error");
    assert_null(strpbrk(answer.headers[1].value, "\r\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_authentication),
        cmocka_unit_test(test_methods_and_unknown_paths),
        cmocka_unit_test(test_headers_alone_are_enough_to_refuse),
        cmocka_unit_test(test_a_refusal_cannot_break_a_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
