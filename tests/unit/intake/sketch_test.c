/* The estimate of how many distinct texts there were. */
#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "intake/sketch.h"

static uint8_t *counted(int from, int n)
{
    char text[32];
    uint8_t *sketch = xcalloc(1, SKETCH_BYTES);
    for (int i = from; i < from + n; i++) {
        snprintf(text, sizeof(text), "customer-%d", i);
        sketch_add(sketch, text);
    }
    return sketch;
}

/* Four times the standard error. */
static void near(int64_t estimate, int n)
{
    if (estimate < n - n * 33 / 1000 - 1 || estimate > n + n * 33 / 1000 + 1)
        fail_msg("%d texts were estimated as %lld", n, (long long)estimate);
}

static void an_estimate_is_near_for_any_number(void **state)
{
    (void)state;
    for (int n = 1; n <= 1000000; n = n * 3 + 1) {
        CLEANUP_FREE uint8_t *sketch = counted(0, n);
        near(sketch_estimate(sketch), n);
    }
    CLEANUP_FREE uint8_t *none = counted(0, 0);
    assert_int_equal(sketch_estimate(none), 0);
}

static void what_was_counted_counts_once(void **state)
{
    (void)state;
    CLEANUP_FREE uint8_t *one = counted(0, 5000), *same = counted(0, 5000), *other = counted(3000, 5000);
    assert_false(sketch_add(one, "customer-17"));
    sketch_merge(one, same);
    assert_int_equal(sketch_estimate(one), sketch_estimate(same));
    sketch_merge(one, other);
    near(sketch_estimate(one), 8000);
}

static void a_sketch_goes_through_text(void **state)
{
    (void)state;
    CLEANUP_FREE uint8_t *one = counted(0, 100000), *back = counted(0, 3);
    CLEANUP_FREE char *text = sketch_encode(one);
    assert_true(sketch_decode(text, back));
    assert_memory_equal(one, back, SKETCH_BYTES);
    text[7] = '"';
    assert_false(sketch_decode(text, back));
    assert_false(sketch_decode("", back));
    assert_memory_equal(one, back, SKETCH_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_estimate_is_near_for_any_number),
        cmocka_unit_test(what_was_counted_counts_once),
        cmocka_unit_test(a_sketch_goes_through_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
