#include "../../support/check.h"

#include <stdio.h>

#include "web/guesses.h"

static struct guesses guesses;
static int wait_s;

static int reset(void **state)
{
    (void)state;
    guesses = (struct guesses){0};
    return 0;
}

static void test_each_address_has_its_count(void **state)
{
    (void)state;
    assert_int_equal(guesses_add(&guesses, "192.0.2.1", 5000, &wait_s), 1);
    assert_int_equal(wait_s, GUESSES_WINDOW / SECOND);
    assert_int_equal(guesses_add(&guesses, "192.0.2.1", 6001, &wait_s), 2);
    assert_int_equal(wait_s, GUESSES_WINDOW / SECOND - 1);
    assert_int_equal(guesses_add(&guesses, "192.0.2.2", 6001, &wait_s), 1);
}

static void test_a_window_ends(void **state)
{
    (void)state;
    guesses_add(&guesses, "192.0.2.1", 0, &wait_s);
    assert_int_equal(guesses_add(&guesses, "192.0.2.1", GUESSES_WINDOW - 1, &wait_s), 2);
    assert_int_equal(wait_s, 1);
    assert_int_equal(guesses_add(&guesses, "192.0.2.1", GUESSES_WINDOW, &wait_s), 1);
}

static void test_a_network_counts_together(void **state)
{
    (void)state;
    assert_int_equal(guesses_add(&guesses, "2001:db8:0:1::1", 0, &wait_s), 1);
    assert_int_equal(guesses_add(&guesses, "2001:db8:0:1:ffff::2", 0, &wait_s), 2);
    assert_int_equal(guesses_add(&guesses, "2001:db8:0:2::1", 0, &wait_s), 1);
    assert_int_equal(guesses_add(&guesses, "::ffff:192.0.2.1", 0, &wait_s), 1);
    assert_int_equal(guesses_add(&guesses, "::ffff:192.0.2.2", 0, &wait_s), 1);
}

static void test_the_oldest_gives_way(void **state)
{
    (void)state;
    char address[INET6_ADDRSTRLEN];
    for (int i = 0; i < GUESSES_ADDRESSES; i++) {
        snprintf(address, sizeof(address), "192.0.2.%d", i);
        guesses_add(&guesses, address, i + 1, &wait_s);
    }
    assert_int_equal(guesses_add(&guesses, "198.51.100.1", 100, &wait_s), 1);
    assert_int_equal(guesses_add(&guesses, "192.0.2.1", 100, &wait_s), 2);
    assert_int_equal(guesses_add(&guesses, "192.0.2.0", 100, &wait_s), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_each_address_has_its_count, reset),
        cmocka_unit_test_setup(test_a_window_ends, reset),
        cmocka_unit_test_setup(test_a_network_counts_together, reset),
        cmocka_unit_test_setup(test_the_oldest_gives_way, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
