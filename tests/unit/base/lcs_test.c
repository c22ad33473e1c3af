/* Lines that two texts share: as many as a table of all says, in order, and each the same line. */
#include "../../support/check.h"

#include <stdlib.h>

#include "base/id.h"
#include "base/lcs.h"
#include "base/str.h"

static void lines_end_with_a_newline(void **state)
{
    slice_list lines = {0};
    (void)state;
    slices_of_lines("a\r\n\n\rb\nc", &lines);
    assert_int_equal(lines.n, 4);
    assert_int_equal(lines.v[0].n, 1);
    assert_int_equal(lines.v[1].n, 0);
    assert_int_equal(lines.v[2].n, 2);
    assert_int_equal(lines.v[3].n, 1);
    array_free(&lines);
}

static void add_random(struct rng *rng, struct str *out)
{
    unsigned n = (unsigned)rng_below(rng, 12);
    for (unsigned i = 0; i < n; i++)
        str_addf(out, "%u\n", (unsigned)rng_below(rng, 4));
}

static void check(const char *x, const char *y)
{
    slice_list a = {0}, b = {0};
    slices_of_lines(x, &a);
    slices_of_lines(y, &b);
    size_t *kept = lcs_kept(&a, &b), n = 0, next = 0;
    uint16_t *lengths = lcs_lengths(&a, &b);
    for (size_t i = 0; i < a.n; i++) {
        if (kept[i] == SIZE_MAX)
            continue;
        assert_true(kept[i] >= next && kept[i] < b.n && slice_same(&a.v[i], &b.v[kept[i]]));
        next = kept[i] + 1;
        n++;
    }
    assert_int_equal(n, lengths[0]);
    assert_int_equal(kept[a.n], b.n);
    free(kept);
    free(lengths);
    array_free(&a);
    array_free(&b);
}

static void as_many_are_kept_as_can_be(void **state)
{
    struct rng rng;
    (void)state;
    rng_init(&rng, 7);
    for (int i = 0; i < 5000; i++) {
        CLEANUP_STR struct str x = {0}, y = {0};
        add_random(&rng, &x);
        add_random(&rng, &y);
        check(str_text(&x), str_text(&y));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_end_with_a_newline),
        cmocka_unit_test(as_many_are_kept_as_can_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
