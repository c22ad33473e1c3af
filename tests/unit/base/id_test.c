#include "../../support/check.h"

#include <string.h>

#include "base/id.h"
#include "base/mem.h"

static void test_hex(void **state)
{
    (void)state;
    uint8_t bytes[3];
    char text[7];
    hex_encode((const uint8_t[]){0x00, 0xa5, 0xff}, 3, text);
    assert_string_equal(text, "00a5ff");
    assert_int_equal(hex_decode("00A5ff", bytes, 3), 0);
    assert_memory_equal(bytes, "\x00\xa5\xff", 3);
    static const char *const bad[] = {"", "00a5f", "00a5ff0", "00a5fg", "00a5f ", "0x a5f"};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        assert_int_equal(hex_decode(bad[i], bytes, 3), -1);
}

static void test_base32(void **state)
{
    (void)state;
    /* The vectors of RFC 4648. */
    static const char *const wanted[] = {"", "my", "mzxq", "mzxw6", "mzxw6yq", "mzxw6ytb", "mzxw6ytboi"};
    for (size_t n = 0; n <= 6; n++) {
        char text[8 * 6 / 5 + 2];
        base32_encode((const uint8_t *)"foobar", n, text);
        assert_string_equal(text, wanted[n]);
    }
}

static void test_generator_repeats_and_stays_below(void **state)
{
    (void)state;
    struct rng a, b, other;
    rng_init(&a, 7);
    rng_init(&b, 7);
    rng_init(&other, 8);
    size_t counts[6] = {0};
    for (int i = 0; i < 60000; i++) {
        uint64_t value = rng_below(&a, 6);
        assert_int_equal(value, rng_below(&b, 6));
        counts[value]++;
    }
    for (size_t i = 0; i < 6; i++)
        assert_in_range(counts[i], 9500, 10500);
    assert_true(rng_next(&a) != rng_next(&other));
    assert_int_equal(rng_below(&a, 1), 0);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_hex),
        cmocka_unit_test(test_base32),
        cmocka_unit_test(test_generator_repeats_and_stays_below),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
