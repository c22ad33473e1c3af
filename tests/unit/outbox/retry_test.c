#include "../../support/check.h"

#include "outbox/retry.h"

static void test_waits_grow_to_a_bound(void **state)
{
    (void)state;
    struct rng r;
    rng_init(&r, 1);
    for (int lane = 0; lane < LANE_COUNT; lane++) {
        for (int attempts = 1; attempts < 100; attempts++) {
            duration wait = retry_wait((enum lane)lane, attempts, 0, &r);
            assert_true(wait >= SECOND / 2);
            assert_true(wait <= lanes[lane].longest);
            if (attempts < 4)
                assert_true(wait <= SECOND << (attempts - 1));
        }
        assert_true(retry_wait((enum lane)lane, 60, 0, &r) > 5 * SECOND);
    }
}

static void test_the_delay_of_the_platform_is_never_shortened(void **state)
{
    (void)state;
    struct rng r;
    rng_init(&r, 2);
    for (duration asked = 1; asked < HOUR; asked = asked * 2 + 1)
        for (int attempts = 1; attempts < 12; attempts++)
            assert_true(retry_wait(LANE_ROOM, attempts, asked, &r) >= asked);
}

static void test_a_page_is_given_up_before_a_customer_message(void **state)
{
    (void)state;
    assert_int_equal(retry_span(LANE_PAGE), HOUR);
    assert_int_equal(retry_span(LANE_HOUSEKEEPING), 10 * MINUTE);
    assert_true(retry_span(LANE_CUSTOMER) > retry_span(LANE_ROOM));
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_waits_grow_to_a_bound),
        cmocka_unit_test(test_the_delay_of_the_platform_is_never_shortened),
        cmocka_unit_test(test_a_page_is_given_up_before_a_customer_message),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
