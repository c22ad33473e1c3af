/* What concerns many incidents goes through them some at a time: each of them, once, also over a restart, and no turn is long. */
#include "turn/sweep.h"

#include "react/react.h"
#include "turn/live.h"
#include "turn/memory.h"

#include "../command/rig.h"

#define MANY (2 * SWEEP_AT_ONCE + 50)

static struct rig *rig;

static int set_up(void **state)
{
    (void)state;
    rig = rig_create();
    struct turn *turn = turn_begin(rig->core, rig->now);
    for (uint64_t id = 1; id <= MANY; id++) {
        struct command declare = {.verb = "declare", .by = "system", .text = "checkout is slow"};
        assert_int_equal(turn_do(turn, 0, &declare, NULL, NULL), 0);
    }
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    for (uint64_t id = 1; id <= MANY; id++) {
        CLEANUP_FREE char *room = xasprintf("room-%d", (int)id);
        rig_room(rig, id, room);
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rig_destroy(rig);
    return 0;
}

struct count {
    const char *type;
    size_t n;
};

static bool count_one(void *ctx, const struct journal_event *row)
{
    struct count *count = ctx;
    count->n += text_equal(row->type, count->type);
    return true;
}

/* How many incidents have so many events of a type. */
static size_t with(const char *type, size_t times)
{
    size_t n = 0;
    for (uint64_t id = 1; id <= MANY; id++) {
        char name[INCIDENT_NAME];
        struct count count = {type, 0};
        journal_read_stream(rig->journal, incident_name(id, name), 0, 0, count_one, &count, NULL);
        n += count.n == times;
    }
    return n;
}

static void connector(bool up)
{
    rig->now += HOUR;
    delivery_connector(rig->core, "console", 0, up, up ? NULL : "its platform is away", rig->now);
}

/* One turn at a time: what it changed is durable, and the loop has been elsewhere. */
static void step(void)
{
    journal_step(rig->journal);
    core_tick(rig->core, rig->now);
    journal_step(rig->journal);
}

static void a_connectors_trouble_is_told_some_at_a_time(void **state)
{
    (void)state;
    connector(false);
    journal_step(rig->journal);
    assert_int_equal(with("connector", 0), MANY);
    for (size_t told = SWEEP_AT_ONCE; told < MANY; told += SWEEP_AT_ONCE) {
        step();
        assert_int_equal(with("connector", 1), told);
    }
    rig_settle(rig);
    assert_int_equal(with("connector", 1), MANY);
}

static void that_it_is_back_is_told_after_its_trouble(void **state)
{
    (void)state;
    connector(false);
    step();
    connector(true);
    rig_settle(rig);
    assert_int_equal(with("connector", 2), MANY);
}

static void restart(void)
{
    struct core_settings settings = *core_settings(rig->core);
    struct core_ops ops = *core_ops(rig->core);
    struct error err;
    chat_destroy(rig->chat);
    core_destroy(rig->core);
    assert_int_equal(core_create(&settings, &ops, rig->journal, NULL, &rig->rng, rig->now, &rig->core, &err),
                     0);
    rig->chat = chat_create(rig->core, NULL, 0);
    rig_settle(rig);
}

static void a_restart_goes_on_where_it_was(void **state)
{
    (void)state;
    connector(false);
    step();
    assert_int_equal(with("connector", 1), SWEEP_AT_ONCE);
    restart();
    assert_int_equal(with("connector", 1), MANY);
    assert_int_equal(rig->core->sweeps.n, 0);
    restart();
    assert_int_equal(with("connector", 1), MANY);
}

/* The only sweep's document of that name; "": it has none. The caller frees it. */
static char *stored(const char *name)
{
    struct journal_doc doc;
    CLEANUP_FREE char *key = xasprintf("0000000001%s", name);
    if (journal_doc(rig->journal, DOC_SWEEP, key, &doc, NULL))
        return xstrdup("");
    char *body = xstrdup(doc.body);
    journal_doc_finish(&doc);
    return body;
}

static void a_step_does_not_write_again_what_is_left(void **state)
{
    (void)state;
    connector(false);
    journal_step(rig->journal);
    CLEANUP_FREE char *list = stored(""), *none = stored("\x1fvisited");
    assert_string_equal(none, "");
    step();
    CLEANUP_FREE char *same = stored(""), *visited = stored("\x1fvisited");
    assert_string_equal(same, list);
    assert_string_equal(visited, "{\"visited\":100}");
    rig_settle(rig);
    CLEANUP_FREE char *over = stored(""), *gone = stored("\x1fvisited");
    assert_string_equal(over, "");
    assert_string_equal(gone, "");
}

static void who_ended_meanwhile_is_left_alone(void **state)
{
    (void)state;
    connector(false);
    rig_expect(rig, "ben", MANY, "resolve it went out", "resolved");
    assert_int_equal(with("connector", 1), MANY - 1);
}

static void a_policy_is_loaded_some_at_a_time(void **state)
{
    (void)state;
    react_policy_loaded(rig->core, true, "loaded 2 files", rig->now);
    assert_int_equal(rig->core->sweeps.n, 1);
    react_policy_loaded(rig->core, true, "loaded 2 files", rig->now);
    assert_int_equal(rig->core->sweeps.n, 1);
    for (size_t visited = SWEEP_AT_ONCE; visited < MANY; visited += SWEEP_AT_ONCE) {
        step();
        assert_int_equal(rig->core->sweeps.v[0].visited, visited);
    }
    rig_settle(rig);
    assert_int_equal(rig->core->sweeps.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_connectors_trouble_is_told_some_at_a_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(that_it_is_back_is_told_after_its_trouble, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_restart_goes_on_where_it_was, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_step_does_not_write_again_what_is_left, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_ended_meanwhile_is_left_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_policy_is_loaded_some_at_a_time, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
