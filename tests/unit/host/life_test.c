#include "../../support/check.h"

#include <string.h>

#include "base/id.h"
#include "base/mem.h"
#include "host/life.h"
#include "host/supervisor.h"

#define TIMES (&supervisor_times_default.life)

static unsigned step(struct life *life, enum life_event event, int64_t now)
{
    return life_step(life, event, now, TIMES);
}

/* A connector that has been running since `now`. */
static struct life running(int64_t now)
{
    struct life life = {0};
    assert_int_equal(step(&life, LIFE_START, now), LIFE_SPAWN);
    step(&life, LIFE_DESCRIBED, now);
    step(&life, LIFE_READY, now);
    assert_int_equal(life.state, LIFE_RUNNING);
    return life;
}

static void a_connector_starts_and_stops_when_asked(void **state)
{
    (void)state;
    struct life life = running(1000);
    assert_int_equal(life.due, 1000 + TIMES->ping);
    assert_int_equal(step(&life, LIFE_STOP, 2000), LIFE_ASK_STOP);
    assert_int_equal(life.state, LIFE_STOPPING);
    step(&life, LIFE_EXITED, 2100);
    assert_int_equal(step(&life, LIFE_CLEARED, 2100), 0);
    assert_int_equal(life.state, LIFE_STOPPED);
    assert_int_equal(life.due, 0);
}

static void a_connector_that_does_not_stop_is_terminated_then_killed(void **state)
{
    (void)state;
    struct life life = running(0);
    step(&life, LIFE_STOP, 1000);
    assert_int_equal(life.due, 1000 + TIMES->stop);
    assert_int_equal(step(&life, LIFE_TIMER, life.due), LIFE_TERMINATE);
    assert_string_equal(life.why, "it did not stop in time");
    assert_int_equal(step(&life, LIFE_TIMER, life.due), LIFE_KILL);
    assert_int_equal(step(&life, LIFE_TIMER, life.due), LIFE_KILL);
}

static void silence_is_a_hang(void **state)
{
    (void)state;
    struct life life = running(1);
    unsigned act = 0;
    int pings = 0;
    while (!((act = step(&life, LIFE_TIMER, life.due)) & LIFE_TERMINATE)) {
        assert_int_equal(act, LIFE_PING);
        if (++pings == 10)
            step(&life, LIFE_PONG, life.due - TIMES->ping);
        assert_in_range(pings, 1, 20);
        if (pings < 10)
            step(&life, LIFE_PONG, life.due - 1);
    }
    assert_in_range(pings, 12, 14);
    assert_non_null(strstr(life.why, "hung"));
    assert_int_equal(life.state, LIFE_ENDING);
}

static void a_slow_start_is_ended(void **state)
{
    (void)state;
    struct life life = {0};
    step(&life, LIFE_START, 10);
    assert_int_equal(life.due, 10 + TIMES->start);
    step(&life, LIFE_DESCRIBED, 500);
    assert_int_equal(life.due, 10 + TIMES->start);
    assert_int_equal(step(&life, LIFE_TIMER, life.due), LIFE_TERMINATE);
}

static void backoff_doubles_until_a_healthy_minute_resets_it(void **state)
{
    static const duration expected[] = {1, 2, 4, 8, 16, 32, 60, 60, 60};
    (void)state;
    struct life life = {0};
    int64_t now = 1;
    step(&life, LIFE_START, now);
    for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
        step(&life, LIFE_EXITED, now);
        assert_int_equal(step(&life, LIFE_CLEARED, now), 0);
        assert_int_equal(life.state, LIFE_WAITING);
        assert_int_equal(life.due - now, expected[i] * SECOND);
        now = life.due;
        assert_int_equal(step(&life, LIFE_TIMER, now), LIFE_SPAWN);
    }
    step(&life, LIFE_READY, now);
    now += TIMES->healthy;
    step(&life, LIFE_EXITED, now);
    step(&life, LIFE_CLEARED, now);
    assert_int_equal(life.due - now, SECOND);
}

static void an_unusable_connector_stays_broken_until_a_person_acts(void **state)
{
    (void)state;
    struct life life = {0};
    step(&life, LIFE_START, 1);
    assert_int_equal(step(&life, LIFE_UNUSABLE, 2), LIFE_TERMINATE);
    step(&life, LIFE_EXITED, 3);
    step(&life, LIFE_CLEARED, 3);
    assert_int_equal(life.state, LIFE_BROKEN);
    assert_int_equal(life.due, 0);
    assert_int_equal(step(&life, LIFE_START, 4), LIFE_SPAWN);
}

static void a_restart_ends_the_old_process_first(void **state)
{
    (void)state;
    struct life life = running(1);
    assert_int_equal(step(&life, LIFE_START, 5), LIFE_ASK_STOP);
    step(&life, LIFE_EXITED, 6);
    assert_int_equal(step(&life, LIFE_CLEARED, 6), LIFE_SPAWN);
    assert_int_equal(life.state, LIFE_STARTING);
    step(&life, LIFE_STOP, 7); /* a starting connector has nothing to finish */
    assert_int_equal(life.state, LIFE_ENDING);
    assert_int_equal(step(&life, LIFE_START, 8), 0);
    step(&life, LIFE_EXITED, 9);
    assert_int_equal(step(&life, LIFE_CLEARED, 9), LIFE_SPAWN);
}

/* Events in any order: a process is started only when none exists, and only after the old one has ended. */
static void in_any_order_there_is_one_process(void **state)
{
    (void)state;
    struct rng rng;
    rng_init(&rng, 42);
    for (int run = 0; run < 2000; run++) {
        struct life life = {0};
        bool process = false, exited = false;
        int64_t now = 1;
        for (int i = 0; i < 60; i++) {
            enum life_event event = (enum life_event)rng_below(&rng, LIFE_CLEARED + 1);
            if ((event == LIFE_EXITED && (!process || exited)) || (event == LIFE_CLEARED && !exited))
                continue;
            if (event == LIFE_TIMER && (!life.due || (now = MAX(now, life.due)) < life.due))
                continue;
            exited = exited || event == LIFE_EXITED;
            process = process && event != LIFE_CLEARED;
            exited = exited && event != LIFE_CLEARED;
            unsigned act = step(&life, event, ++now);
            assert_false(act & LIFE_SPAWN && process);
            process = process || act & LIFE_SPAWN;
            assert_int_equal(life_has_process(life.state), process);
            assert_true(!process || exited || life.due); /* it never waits without a deadline */
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connector_starts_and_stops_when_asked),
        cmocka_unit_test(a_connector_that_does_not_stop_is_terminated_then_killed),
        cmocka_unit_test(silence_is_a_hang),
        cmocka_unit_test(a_slow_start_is_ended),
        cmocka_unit_test(backoff_doubles_until_a_healthy_minute_resets_it),
        cmocka_unit_test(an_unusable_connector_stays_broken_until_a_person_acts),
        cmocka_unit_test(a_restart_ends_the_old_process_first),
        cmocka_unit_test(in_any_order_there_is_one_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
