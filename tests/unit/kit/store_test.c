/* Values in the host's store. */
#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/store.h>

/* A host that stores one value. */
static char value[200];
static int puts_made;
static bool full;

static int64_t get(void *ctx, const char *key, char *to, size_t capacity)
{
    (void)ctx, (void)key;
    snprintf(to, capacity, "%s", value);
    return *value ? (int64_t)strlen(value) : -1;
}

static int32_t put(void *ctx, const char *key, const char *text, size_t n)
{
    (void)ctx, (void)key;
    puts_made++;
    if (!full)
        snprintf(value, sizeof(value), "%.*s", (int)n, text ? text : "");
    return full ? -1 : 0;
}

static const struct tocsin_host host = {.size = sizeof(host), .get = get, .put = put, .keep = put};

static int forget(void **state)
{
    (void)state;
    value[0] = '\0';
    puts_made = full = 0;
    return 0;
}

static void values_are_json(void **state)
{
    (void)state;
    cJSON *json = kit_json_texts("a", "b", NULL);
    assert_null(kit_get(&host, "k"));
    assert_true(kit_put(&host, "k", json));
    assert_string_equal(value, "{\"a\":\"b\"}");
    cJSON *found = kit_get(&host, "k");
    assert_true(cJSON_Compare(found, json, true));
    assert_true(kit_put(&host, "k", NULL));
    assert_string_equal(value, "");
    kit_keep(&host, "k", json);
    assert_string_equal(value, "{\"a\":\"b\"}");
    full = true;
    assert_false(kit_put(&host, "k", json));
    snprintf(value, sizeof(value), "no JSON");
    assert_null(kit_get(&host, "k"));
    cJSON_Delete(found);
    cJSON_Delete(json);
}

static void a_list_has_each_text_once_and_an_end(void **state)
{
    (void)state;
    assert_true(kit_put_among(&host, "k", "a", 2));
    assert_true(kit_put_among(&host, "k", "b", 2));
    assert_true(kit_put_among(&host, "k", "a", 2));
    assert_string_equal(value, "[\"a\",\"b\"]");
    assert_int_equal(puts_made, 2);
    assert_true(kit_put_among(&host, "k", "c", 2));
    assert_string_equal(value, "[\"b\",\"c\"]");
    full = true;
    assert_false(kit_put_among(&host, "k", "d", 2));
    full = false;
    snprintf(value, sizeof(value), "{\"no\":\"list\"}");
    assert_true(kit_put_among(&host, "k", "d", 2));
    assert_string_equal(value, "[\"d\"]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(values_are_json, forget),
        cmocka_unit_test_setup(a_list_has_each_text_once_and_an_end, forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
