/* Tags of what is read, and limits of those who read. */
#include "../../support/check.h"

#include <string.h>

#include "base/mem.h"
#include "web/etag.h"
#include "web/rate.h"

#define SECOND_NS 1000000000ll

static void tag(const char *json, char ret[ETAG])
{
    etag_of_json(&(struct str){(char *)(uintptr_t)json, strlen(json), 0}, ret);
}

static void a_tag_follows_from_what_is_said(void **state)
{
    (void)state;
    char one[ETAG], two[ETAG], other[ETAG];
    tag("{\"title\":\"slow\",\"n\":1}", one);
    tag("{\"title\":\"slow\",\"n\":1}", two);
    tag("{\"title\":\"slow\",\"n\":2}", other);
    assert_string_equal(one, two);
    assert_string_not_equal(one, other);
    assert_int_equal(one[0], '"');
}

static void clocks_do_not_count(void **state)
{
    (void)state;
    char one[ETAG], later[ETAG], other[ETAG];
    tag("{\"a\":1,\"durations_ms\":{\"open\":5,\"active\":7},\"silence_ms\":3,\"b\":[2]}", one);
    tag("{\"a\":1,\"durations_ms\":{\"open\":99},\"silence_ms\":4000,\"b\":[2]}", later);
    tag("{\"a\":1,\"durations_ms\":{\"open\":5,\"active\":7},\"silence_ms\":3,\"b\":[3]}", other);
    assert_string_equal(one, later);
    assert_string_not_equal(one, other);
    assert_memory_equal(one, "W/\"", 3);
    tag("{\"title\":\"\\\"x_ms\\\":5\"}", one);
    tag("{\"title\":\"\\\"x_ms\\\":6\"}", other);
    assert_string_not_equal(one, other);
}

static void a_list_names_a_tag(void **state)
{
    (void)state;
    assert_true(etag_is_among("\"a\", \"b\"", "\"b\"", true));
    assert_true(etag_is_among("*", "\"b\"", true));
    assert_true(etag_is_among("W/\"b\"", "\"b\"", false));
    assert_true(etag_is_among("\"b\"", "W/\"b\"", false));
    assert_false(etag_is_among("W/\"b\"", "\"b\"", true));
    assert_false(etag_is_among("W/\"b\"", "W/\"b\"", true));
    assert_false(etag_is_among("\"bc\"", "\"b\"", false));
    assert_false(etag_is_among(NULL, "\"b\"", false));
    assert_false(etag_is_among("", "\"b\"", false));
}

static void a_token_has_its_rate(void **state)
{
    (void)state;
    struct rates rates = {.per_minute = 3};
    struct rate rate;
    int64_t now = 1000 * SECOND_NS;
    for (int i = 2; i >= 0; i--) {
        assert_true(rates_take(&rates, "one", now, &rate));
        assert_int_equal(rate.left, i);
    }
    assert_false(rates_take(&rates, "one", now, &rate));
    assert_int_equal(rate.left, 0);
    assert_int_equal(rate.wait, 20);
    assert_int_equal(rate.whole, 60);
    assert_true(rates_take(&rates, "two", now, &rate));
    assert_false(rates_take(&rates, "one", now + 19 * SECOND_NS, &rate));
    assert_true(rates_take(&rates, "one", now + 20 * SECOND_NS, &rate));
    assert_true(rates_take(&rates, "one", now + 600 * SECOND_NS, &rate));
    assert_int_equal(rate.left, 2);
    rates_finish(&rates);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(a_tag_follows_from_what_is_said),
        cmocka_unit_test(clocks_do_not_count),
        cmocka_unit_test(a_list_names_a_tag),
        cmocka_unit_test(a_token_has_its_rate),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
