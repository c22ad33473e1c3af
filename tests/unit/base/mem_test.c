#include "../../support/check.h"

#include <string.h>

#include "base/list.h"
#include "base/mem.h"

static void test_array_grows_and_shrinks(void **state)
{
    (void)state;
    ARRAY(int) xs = {0};
    for (int i = 0; i < 100; i++) {
        int *x = array_add(&xs);
        assert_int_equal(*x, 0);
        *x = i;
    }
    array_remove(&xs, 0);
    array_remove(&xs, 98);
    array_remove(&xs, 49);
    assert_int_equal(xs.n, 97);
    assert_int_equal(xs.v[0], 1);
    assert_int_equal(xs.v[48], 49);
    assert_int_equal(xs.v[49], 51);
    assert_int_equal(xs.v[96], 98);
    array_free(&xs);
    assert_null(xs.v);
}

static void test_text_copies(void **state)
{
    (void)state;
    assert_null(xstrdup(NULL));
    CLEANUP_FREE char *cut = xstrndup("incident", 3);
    assert_string_equal(cut, "inc");
    CLEANUP_FREE char *text = xasprintf("%s-%d", "INC", 42);
    assert_string_equal(text, "INC-42");
    replace_text(&text, text);
    assert_string_equal(text, "INC-42");
    replace_text(&text, NULL);
    assert_null(text);
    char *taken = steal(cut);
    assert_null(cut);
    free(taken);
}

struct item {
    int number;
    struct list link;
};

static void test_list_keeps_order_and_allows_removal_on_the_way(void **state)
{
    (void)state;
    struct list all;
    struct item items[5] = {0};
    list_init(&all);
    assert_true(list_empty(&all));
    for (int i = 0; i < 5; i++) {
        items[i].number = i;
        list_append(&all, &items[i].link);
    }
    list_each (item, &all, struct item, link) {
        if (item->number % 2)
            list_remove(&item->link);
    }
    list_remove(&items[1].link); /* a second time does nothing */
    int sum = 0;
    list_each (item, &all, struct item, link) {
        sum = sum * 10 + item->number;
    }
    assert_int_equal(sum, 24);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_array_grows_and_shrinks),
        cmocka_unit_test(test_text_copies),
        cmocka_unit_test(test_list_keeps_order_and_allows_removal_on_the_way),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
