/* The customers of a group: told apart, counted, estimated, stored. */
#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "intake/group_affected.h"

#define T0 (INT64_C(1790000000) * SECOND)

static struct group *created(void)
{
    return xcalloc(1, sizeof(struct group));
}

static void destroyed(struct group *group)
{
    group_affected_finish(group);
    free(group);
}

static void affect(struct group *group, int from, int n)
{
    char key[32];
    for (int i = from; i < from + n; i++) {
        snprintf(key, sizeof(key), "customer-%d", i);
        group_affect(group, key, "", 1, T0 + i * SECOND);
    }
}

static void few_are_told_apart(void **state)
{
    (void)state;
    struct group *group = created();
    assert_true(group_affect(group, "acme", "Acme Corp", 3, T0));
    assert_true(group_affect(group, "globex", "globex", 1, T0 + SECOND));
    assert_false(group_affect(group, "acme", "", 2, T0 + MINUTE));
    struct affected acme = group_affected_at(group, 0), globex = group_affected_at(group, 1);
    assert_string_equal(acme.name, "Acme Corp");
    assert_int_equal(acme.count, 5);
    assert_int_equal(acme.since, T0);
    assert_int_equal(acme.last, T0 + MINUTE);
    assert_string_equal(globex.name, "globex");
    assert_int_equal(group_affected_count(group), 2);
    assert_false(group_affected_is_crowd(group));
    destroyed(group);
}

static void a_key_in_another_case_is_the_same_customer(void **state)
{
    (void)state;
    struct group *group = created();
    struct affected found;
    assert_true(group_affect(group, "Acme", "", 1, T0));
    assert_false(group_affect(group, "ACME", "", 1, T0));
    affect(group, 0, 1000);
    assert_false(group_affect(group, "Customer-77", "", 1, T0));
    assert_true(group_affected_find(group, "acme", &found));
    assert_string_equal(found.key, "Acme");
    assert_int_equal(found.count, 2);
    assert_true(group_affected_find(group, "CUSTOMER-77", &found));
    assert_string_equal(found.key, "customer-77");
    assert_false(group_affected_find(group, "customer-x", &found));
    assert_int_equal(group_affected_count(group), 1001);
    destroyed(group);
}

/* As an older version stored it. */
static void what_is_stored_in_two_cases_is_loaded_in_both(void **state)
{
    (void)state;
    struct group *group = created();
    group_affected_load(group, &(struct affected){.key = "Acme", .name = "Acme", .count = 1});
    group_affected_load(group, &(struct affected){.key = "acme", .name = "acme", .count = 2});
    assert_int_equal(group_affected_count(group), 2);
    destroyed(group);
}

static void a_crowd_is_exact_up_to_its_bound(void **state)
{
    (void)state;
    struct group *group = created();
    affect(group, 0, AFFECTED_EXACT);
    affect(group, 0, AFFECTED_EXACT);
    assert_int_equal(group_affected_count(group), AFFECTED_EXACT);
    assert_false(group_affected_estimated(group));
    for (int i = 0; i < AFFECTED_EXACT; i++)
        assert_int_equal(group_affected_at(group, (size_t)i).count, 2);
    affect(group, AFFECTED_EXACT, 1);
    assert_true(group_affected_estimated(group));
    assert_true(group_affected_count(group) > AFFECTED_EXACT);
    destroyed(group);
}

static void a_million_cost_less_than_a_megabyte(void **state)
{
    (void)state;
    struct group *group = created();
    affect(group, 0, 1000000);
    assert_in_range(group_affected_bytes(group), 1, 700000);
    assert_in_range(group_affected_count(group), 970000, 1030000);
    assert_int_equal(group->affected.more, 1000000 - AFFECTED_EXACT);
    destroyed(group);
}

/* Writes the pages that changed, as the table's hook does, into `pages`. */
static size_t store(struct group *group, struct str pages[AFFECTED_PAGES])
{
    size_t n = 0;
    for (size_t page = 0; page < group_affected_pages(group); page++) {
        if (!group_affected_page_changed(group, page))
            continue;
        str_clear(&pages[page]);
        group_affected_encode(group, page, &(struct json_out){.out = &pages[page]});
        n++;
    }
    group_affected_stored(group, true);
    return n;
}

static void pages_are_stored_when_they_change_and_read_again(void **state)
{
    (void)state;
    struct str pages[AFFECTED_PAGES] = {0};
    struct group *group = created(), *back = created();
    affect(group, 0, AFFECTED_FEW);
    assert_int_equal(store(group, pages), 0);
    affect(group, AFFECTED_FEW, 1000);
    assert_int_equal(store(group, pages), (AFFECTED_FEW + 1000 + AFFECTED_PAGE - 1) / AFFECTED_PAGE);
    assert_int_equal(store(group, pages), 0);
    affect(group, 70, 1);
    group_affect(group, "näme \"quoted\"\n", "<b>", 1, T0);
    assert_int_equal(store(group, pages), 2);
    for (size_t page = 0; page < group_affected_pages(group); page++) {
        CLEANUP_JSON cJSON *json = NULL;
        assert_int_equal(json_parse(pages[page].p, pages[page].len, SIZE_MAX, 8, "page", &json, NULL), 0);
        group_affected_decode(back, json);
    }
    assert_int_equal(back->affected.n, group->affected.n);
    for (size_t i = 0; i < group->affected.n; i++) {
        struct affected one = group_affected_at(group, i), other = group_affected_at(back, i);
        assert_string_equal(one.key, other.key);
        assert_string_equal(one.name, other.name);
        assert_true(one.since == other.since && one.last == other.last && one.count == other.count);
    }
    for (size_t page = 0; page < AFFECTED_PAGES; page++)
        str_finish(&pages[page]);
    destroyed(group);
    destroyed(back);
}

static void a_stored_sketch_goes_on_counting(void **state)
{
    (void)state;
    struct group *group = created(), *back = created();
    affect(group, 0, 50000);
    CLEANUP_FREE char *sketch = group_affected_sketch(group);
    assert_non_null(sketch);
    group_affected_stored(group, true);
    assert_null(group_affected_sketch(group));
    affect(back, 0, AFFECTED_EXACT);
    group_affected_load_sketch(back, "no sketch");
    assert_false(group_affected_estimated(back));
    group_affected_load_sketch(back, sketch);
    assert_int_equal(group_affected_count(back), group_affected_count(group));
    affect(group, 0, 60000);
    affect(back, 0, 60000);
    assert_int_equal(group_affected_count(back), group_affected_count(group));
    destroyed(group);
    destroyed(back);
}

static void what_ended_is_forgotten(void **state)
{
    (void)state;
    struct group *group = created();
    affect(group, 0, 20000);
    group_affected_clear(group);
    assert_int_equal(group_affected_count(group), 0);
    affect(group, 5, 3);
    assert_string_equal(group_affected_at(group, 0).key, "customer-5");
    destroyed(group);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_are_told_apart),
        cmocka_unit_test(a_key_in_another_case_is_the_same_customer),
        cmocka_unit_test(what_is_stored_in_two_cases_is_loaded_in_both),
        cmocka_unit_test(a_crowd_is_exact_up_to_its_bound),
        cmocka_unit_test(a_million_cost_less_than_a_megabyte),
        cmocka_unit_test(pages_are_stored_when_they_change_and_read_again),
        cmocka_unit_test(a_stored_sketch_goes_on_counting),
        cmocka_unit_test(what_ended_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
