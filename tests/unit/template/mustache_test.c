#include <string.h>

#include "../../support/check.h"

#include "base/mem.h"
#include "template/mustache.h"

static const struct view_part parts[] = {
    {"outer", "<{{name}}{{> inner}}>"},
    {"inner", "[{{#items}}{{name}};{{/items}}{{>least}}]"},
    {"least", "."},
    {"endless", "{{> endless}}"},
    {"unclosed", "{{#items}}"},
};

static void put_values(struct view *view)
{
    view_html(view, "name", "Ana");
    view_html(view, "inserted", "{{name}}");
    view_html(view_item(view, "items"), "name", "one");
    view_html(view_item(view, "items"), "name", "two");
}

static void assert_shows(const char *text, const char *expected)
{
    CLEANUP_VIEW struct view *view = view_create();
    CLEANUP_STR struct str out = {0};
    struct error err;
    put_values(view);
    assert_int_equal(view_render(view, text, parts, ARRAY_SIZE(parts), &out, &err), 0);
    assert_string_equal(str_text(&out), expected);
}

static void test_parts_have_parts(void **state)
{
    (void)state;
    assert_shows("a {{> outer}} z", "a <Ana[one;two;.]> z");
    assert_shows("{{#items}}{{> least}}{{ >\n\vleast }}{{/items}}", "....");
    assert_shows("{{> inner}}\n{{> least}}\n", "[one;two;.]\n.\n");
}

static void test_what_is_no_part_stands_for_nothing(void **state)
{
    (void)state;
    assert_shows("a{{> nobody}}z", "az");
    assert_shows("a{{! {{> least}}z", "az");
    assert_shows("a{{{name}}}{{&name}}z", "aAnaAnaz");
}

static void test_values_are_no_templates(void **state)
{
    (void)state;
    assert_shows("{{inserted}}{{{inserted}}}", "{{name}}{{name}}");
    assert_shows("a{{> inserted}}{{\v> inserted}}z", "az");
}

static void test_a_template_is_rendered_again(void **state)
{
    (void)state;
    struct view_template *template = NULL;
    struct error err;
    assert_int_equal(view_template_create("{{#items}}{{name}} {{/items}}{{> least}}", parts, ARRAY_SIZE(parts),
                                          &template, &err),
                     0);
    for (int i = 0; i < 2; i++) {
        CLEANUP_VIEW struct view *view = view_create();
        CLEANUP_STR struct str out = {0};
        if (i)
            put_values(view);
        view_template_render(template, view, &out);
        assert_string_equal(str_text(&out), i ? "one two ." : ".");
    }
    view_template_destroy(template);
}

static void assert_refused(const char *text, const char *why)
{
    struct view_template *template = NULL;
    struct error err;
    assert_int_equal(view_template_create(text, parts, ARRAY_SIZE(parts), &template, &err), ERR_INVALID);
    assert_null(template);
    assert_non_null(strstr(err.text, why));
}

static void test_what_is_wrong_is_refused(void **state)
{
    (void)state;
    assert_refused("a\n{{#items}}", "line 2 of the template: Unclosed section");
    assert_refused("{{> endless}}", "parts without end");
    assert_refused("{{> unclosed}}", "a part of the template: Unclosed section");
    assert_refused("{{\v=<% %>=}}", "the delimiters stay");
}

static void test_items_stay_where_they_are(void **state)
{
    (void)state;
    CLEANUP_VIEW struct view *view = view_create();
    CLEANUP_STR struct str out = {0};
    struct error err;
    struct view *first = view_item(view, "items");
    for (int i = 0; i < 100; i++)
        view_flag(view_item(view, "items"), "other", true);
    view_html(first, "name", "first");
    view_html(view_item(first, "within"), "name", "deep");
    assert_int_equal(
        view_render(view, "{{#items}}{{name}}{{#within}}, {{name}}{{/within}}{{/items}}", NULL, 0, &out, &err),
        0);
    assert_string_equal(str_text(&out), "first, deep");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts_have_parts),
        cmocka_unit_test(test_what_is_no_part_stands_for_nothing),
        cmocka_unit_test(test_values_are_no_templates),
        cmocka_unit_test(test_a_template_is_rendered_again),
        cmocka_unit_test(test_what_is_wrong_is_refused),
        cmocka_unit_test(test_items_stay_where_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
