#include "../../support/check.h"

#include "app/page.h"

static void test_a_value_of_a_query_is_nothing_else(void **state)
{
    (void)state;
    CLEANUP_VIEW struct view *view = view_create();
    CLEANUP_STR struct str out = {0};
    struct error err;
    view_query(view, "who", "customer/A&B \"<\xc3\xbc>#");
    assert_int_equal(view_render(view, "?who={{who}}", NULL, 0, &out, &err), 0);
    assert_string_equal(str_text(&out), "?who=customer%2FA%26B%20%22%3C%C3%BC%3E%23");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_value_of_a_query_is_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
