#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"

static void test_put_get_remove(void **state)
{
    (void)state;
    struct map m = {0};
    int one = 1, two = 2;
    assert_null(map_get(&m, "a"));
    assert_null(map_remove(&m, "a"));
    assert_null(map_put(&m, "a", &one));
    assert_ptr_equal(map_put(&m, "a", &two), &one);
    assert_ptr_equal(map_get(&m, "a"), &two);
    assert_int_equal(m.n, 1);
    assert_ptr_equal(map_remove(&m, "a"), &two);
    assert_null(map_get(&m, "a"));
    map_finish(&m);
}

#define KEYS 300

/* Random puts and removes must agree with a plain array at every step. */
static void test_agrees_with_an_array(void **state)
{
    (void)state;
    struct map m = {0};
    uintptr_t model[KEYS] = {0};
    size_t count = 0;
    uint64_t random = 42;
    for (uintptr_t step = 1; step < 50000; step++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        size_t i = (random >> 33) % KEYS;
        char key[16];
        snprintf(key, sizeof(key), "key %zu", i);
        bool put = (random >> 20) % 100 < (step / 5000 % 2 ? 30 : 70); /* grows and shrinks in turn */
        void *before = put ? map_put(&m, key, (void *)step) : map_remove(&m, key);
        assert_int_equal((uintptr_t)before, model[i]);
        count += (size_t)(put && !model[i]) - (size_t)(!put && model[i]);
        model[i] = put ? step : 0;
        assert_int_equal(m.n, count);
        assert_int_equal((uintptr_t)map_get(&m, key), model[i]);
    }
    size_t seen = 0;
    struct map_slot *slot;
    for (size_t at = 0; (slot = map_next(&m, &at));) {
        assert_int_equal((uintptr_t)slot->value, model[strtoul(slot->key + 4, NULL, 10)]);
        seen++;
    }
    assert_int_equal(seen, count);
    map_finish(&m);
}

static void test_hash_depends_on_the_seed(void **state)
{
    (void)state;
    uint64_t before = map_hash("x", 1);
    map_seed((const uint8_t[16]){1});
    assert_true(map_hash("x", 1) != before);
    assert_true(map_hash("x", 1) == map_hash("x", 1));
}

static void a_quick_hash_tells_texts_apart(void **state)
{
    uint64_t seen[2000];
    char text[40];
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(seen); i++) {
        int n = snprintf(text, sizeof(text), "%0*zu", (int)(i % 30) + 4, i);
        seen[i] = map_hash_on(i % 2, text, (size_t)n);
        assert_true(seen[i] == map_hash_on(i % 2, text, (size_t)n));
        for (size_t k = 0; k < i; k++)
            assert_true(seen[k] != seen[i]);
    }
    assert_true(map_hash_on(map_hash_on(0, "ab", 3), "c", 2) != map_hash_on(map_hash_on(0, "a", 2), "bc", 3));
    assert_true(map_hash_on(0, "", 1) != map_hash_on(0, "", 0));
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(a_quick_hash_tells_texts_apart),
        cmocka_unit_test(test_put_get_remove),
        cmocka_unit_test(test_agrees_with_an_array),
        cmocka_unit_test(test_hash_depends_on_the_seed),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
