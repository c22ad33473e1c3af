#include "../../support/check.h"

#include <string.h>

#include "web/routes.h"

static void nothing(void *ctx, struct http_request *request)
{
    (void)ctx, (void)request;
}

static const struct route table[] = {
    {HTTP_GET, "/", nothing, 0, 0, 0},
    {HTTP_GET, "/incidents", nothing, 0, 0, 0},
    {HTTP_POST, "/incidents", nothing, 0, 0, 0},
    {HTTP_GET, "/incidents/{id}", nothing, 0, 0, 0},
    {HTTP_GET, "/incidents/new", nothing, 0, 0, 0},
    {HTTP_GET, "/incidents/{number}/timeline", nothing, 0, 0, 0},
    {HTTP_POST, "/api/{project}/envelope/", nothing, 0, 0, ROUTE_CORS},
    {HTTP_POST, "/api/{project}/envelope", nothing, 0, 0, ROUTE_CORS},
    {HTTP_POST, "/connector/{name}/{path...}", nothing, 0, 0, 0},
    {HTTP_GET, "/connector/{name}/here/{x}", nothing, 0, 0, 0},
};

static void check(const struct routes *routes, enum http_method method, const char *path, int expected,
                  const char *name, const char *value)
{
    struct route_match match;
    routes_find(routes, method, path, &match);
    if (expected < 0) {
        assert_null(match.route);
        return;
    }
    assert_ptr_equal(match.route, &table[expected]);
    if (!name) {
        assert_int_equal(match.n, 0);
        return;
    }
    size_t last = match.n - 1;
    assert_int_equal(match.parameters[last].name_n, strlen(name));
    assert_memory_equal(match.parameters[last].name, name, strlen(name));
    assert_int_equal(match.parameters[last].value_n, strlen(value));
    assert_memory_equal(match.parameters[last].value, value, strlen(value));
}

static void test_find(void **state)
{
    (void)state;
    struct routes *routes = routes_create();
    routes_add(routes, table, sizeof(table) / sizeof(table[0]), NULL, NULL);
    check(routes, HTTP_GET, "/", 0, NULL, NULL);
    check(routes, HTTP_GET, "/incidents", 1, NULL, NULL);
    check(routes, HTTP_HEAD, "/incidents", 1, NULL, NULL);
    check(routes, HTTP_POST, "/incidents", 2, NULL, NULL);
    check(routes, HTTP_GET, "/incidents/", -1, NULL, NULL);
    check(routes, HTTP_GET, "/incidents/42", 3, "id", "42");
    check(routes, HTTP_GET, "/incidents/new", 4, NULL, NULL);
    check(routes, HTTP_GET, "/incidents/new/timeline", 5, "number", "new");
    check(routes, HTTP_GET, "/incidents/42/timeline/x", -1, NULL, NULL);
    check(routes, HTTP_POST, "/api/1/envelope/", 6, "project", "1");
    check(routes, HTTP_POST, "/api/1/envelope", 7, "project", "1");
    check(routes, HTTP_POST, "/connector/slack/", 8, "path", "");
    check(routes, HTTP_POST, "/connector/slack/a/b/", 8, "path", "a/b/");
    check(routes, HTTP_POST, "/connector/slack", -1, NULL, NULL);
    check(routes, HTTP_GET, "/connector/slack/here/y", 9, "x", "y");
    check(routes, HTTP_GET, "/nowhere", -1, NULL, NULL);
    struct route_match match;
    routes_find(routes, HTTP_DELETE, "/incidents", &match);
    assert_null(match.route);
    assert_int_equal(match.allowed, 1u << HTTP_GET | 1u << HTTP_POST);
    routes_find(routes, HTTP_OPTIONS, "/api/1/envelope/", &match);
    assert_true(match.cors);
    routes_destroy(routes);
}

int main(void)
{
    const struct CMUnitTest all[] = {cmocka_unit_test(test_find)};
    return cmocka_run_group_tests(all, NULL, NULL);
}
