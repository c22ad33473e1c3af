/* A broken policy is announced, and so is the one that mends it, also after a restart. */
#include "react/react.h"

#include "../command/rig.h"

static struct rig *rig;

static int set_up(void **state)
{
    (void)state;
    rig = rig_create();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rig_destroy(rig);
    return 0;
}

static void loaded(bool ok, const char *text)
{
    react_policy_loaded(rig->core, ok, text, rig->now);
    rig_settle(rig);
}

static void restart(bool ok, const char *text)
{
    struct core_settings settings = {.parts = core_parts, .zone = "UTC", .announce = "general"};
    struct core_ops ops = *core_ops(rig->core);
    struct error err;
    rig_settle(rig);
    chat_destroy(rig->chat);
    core_destroy(rig->core);
    assert_int_equal(core_create(&settings, &ops, rig->journal, NULL, &rig->rng, rig->now, &rig->core, &err),
                     0);
    rig->chat = chat_create(rig->core, NULL, 0);
    react_policy_started(rig->core, ok, text, rig->now); /* before any connector runs */
    rig_settle(rig);
    delivery_connector(rig->core, "console", TOCSIN_CAN_POST | TOCSIN_CAN_EDIT, true, NULL, rig->now);
    rig_settle(rig);
    rig->now += SECOND;
    rig_settle(rig);
}

static void expect_told(size_t broken, size_t mended)
{
    assert_int_equal(rig_sent(rig, "general", "has an error"), broken);
    assert_int_equal(rig_sent(rig, "general", "The policy works again"), mended);
}

static void a_mended_policy_is_announced_once(void **state)
{
    (void)state;
    loaded(true, "loaded 2 files");
    expect_told(0, 0);
    loaded(false, "a.lua:3: unexpected symbol");
    loaded(false, "a.lua:4: unexpected symbol");
    expect_told(2, 0);
    assert_int_equal(rig_sent(rig, "general", "the previous one stays active: a.lua:3"), 1);
    loaded(true, "loaded 2 files");
    expect_told(2, 1);
    assert_int_equal(rig_sent(rig, "general", "The policy works again: loaded 2 files"), 1);
    loaded(true, "loaded 2 files");
    expect_told(2, 1);
}

static void what_was_broken_before_a_restart_is_mended_after_it(void **state)
{
    (void)state;
    loaded(false, "a.lua:3: unexpected symbol");
    restart(true, "loaded 2 files");
    expect_told(1, 1);
    restart(true, "loaded 2 files");
    expect_told(1, 1);
}

static void a_start_with_a_broken_policy_is_announced(void **state)
{
    (void)state;
    restart(true, "loaded 2 files");
    expect_told(0, 0);
    restart(false, "a.lua:3: unexpected symbol");
    assert_int_equal(rig_sent(rig, "general", "so the built-in defaults are active until it is fixed: a.lua:3"),
                     1);
    rig_expect(rig, "ben", 0, "policy", "a.lua:3: unexpected symbol");
    loaded(true, "loaded 2 files");
    expect_told(1, 1);
    rig_expect(rig, "ben", 0, "policy", "The active policy was loaded");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_mended_policy_is_announced_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_broken_before_a_restart_is_mended_after_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_start_with_a_broken_policy_is_announced, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
