/* What a connector keeps becomes durable with the event or the outcome that it came with; and what is handed out together is
   written down together. */
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

static struct journal_batch *keeping(const char *value)
{
    struct journal_batch *kept = batch_create();
    batch_doc(kept, DOC_CONNECTOR,
              "console\x1f"
              "key",
              value);
    return kept;
}

static bool is_stored(const char *value)
{
    struct journal_doc doc = {0};
    if (journal_doc(rig->journal, DOC_CONNECTOR,
                    "console\x1f"
                    "key",
                    &doc, NULL))
        return false;
    bool same = text_equal(doc.body, value);
    journal_doc_finish(&doc);
    return same;
}

/* Passed in, and nothing done yet. */
static void pass_in(const char *type, const char *id, const char *text, const char *value)
{
    CLEANUP_JSON cJSON *event = cJSON_CreateObject();
    struct journal_batch *kept = keeping(value);
    cJSON_AddStringToObject(event, "type", type);
    cJSON_AddStringToObject(event, "id", id);
    cJSON_AddStringToObject(event, "channel", "general");
    cJSON_AddStringToObject(event, "text", text);
    cJSON_AddStringToObject(cJSON_AddObjectToObject(event, "user"), "id", "ana");
    rig->emitted = 1;
    chat_event(rig->chat, "console", event, kept, rig->now, rig_emitted, rig);
    batch_destroy(kept);
}

static void with_a_command(void **state)
{
    (void)state;
    pass_in("message", "e1", "/inc checkout is slow", "said");
    assert_int_equal(rig->emitted, 1);
    assert_false(is_stored("said"));
    journal_step(rig->journal);
    assert_int_equal(rig->emitted, TOCSIN_EMITTED);
    assert_true(is_stored("said"));
    assert_non_null(sight_incident(rig->core, 1, NULL));
}

static void with_talk_that_nothing_comes_of(void **state)
{
    (void)state;
    pass_in("message", "e1", "good morning", "said");
    assert_int_equal(rig->emitted, 1); /* not before it is durable */
    journal_step(rig->journal);
    assert_int_equal(rig->emitted, TOCSIN_EMITTED);
    assert_true(is_stored("said"));
}

static void with_an_event_that_was_taken_before(void **state)
{
    (void)state;
    pass_in("message", "e1", "/inc checkout is slow", "said");
    rig_settle(rig);
    pass_in("message", "e1", "/inc checkout is slow", "said again");
    rig_settle(rig);
    assert_int_equal(rig->emitted, TOCSIN_EMITTED);
    assert_true(is_stored("said again"));
}

static void not_with_an_event_that_is_refused(void **state)
{
    (void)state;
    pass_in("message", "", "good morning", "said");
    assert_int_equal(rig->emitted, TOCSIN_EMIT_REFUSED);
    pass_in("no such type", "e1", "good morning", "said");
    assert_int_equal(rig->emitted, TOCSIN_EMIT_REFUSED);
    rig_settle(rig);
    assert_false(is_stored("said"));
}

static void not_with_an_event_that_is_not_durable(void **state)
{
    (void)state;
    memory_store_fail_next(rig->memory, 1);
    pass_in("message", "e1", "/inc checkout is slow", "said");
    journal_step(rig->journal);
    assert_int_equal(rig->emitted, TOCSIN_EMIT_RETRY);
    assert_false(is_stored("said"));
}

static void post(const char *key, const char *channel, enum lane lane)
{
    struct turn *turn = turn_begin(rig->core, rig->now);
    struct action action = {.connector = "console",
                            .kind = lane == LANE_CUSTOMER ? "desk.tell" : "post",
                            .key = (char *)(uintptr_t)key,
                            .channel = (char *)(uintptr_t)channel,
                            .body = "{\"channel\":\"general\",\"text\":\"x\"}",
                            .lane = lane};
    turn_send(turn, &action, NULL);
    turn_commit(turn, NULL, NULL);
    journal_step(rig->journal);
    core_tick(rig->core, rig->now);
}

static void outcome_of(uint64_t action, const char *value)
{
    struct journal_batch *kept = keeping(value);
    struct outbox_outcome outcome = {.code = TOCSIN_DONE, .remote_id = "m1", .kept = kept};
    delivery_outcome(rig->core, action, &outcome, rig->now);
    batch_destroy(kept);
}

static void with_an_outcome(void **state)
{
    (void)state;
    post("k", "general", LANE_ROOM);
    assert_int_equal(rig->handed.n, 1);
    outcome_of(rig->handed.v[0], "posted");
    rig->handed.n = 0;
    assert_false(is_stored("posted"));
    journal_step(rig->journal);
    assert_true(is_stored("posted"));
}

/* The disk is full when the outcome comes: it waits, and what was kept with it waits too. */
static void with_an_outcome_that_came_while_the_journal_failed(void **state)
{
    (void)state;
    post("k", "general", LANE_ROOM);
    memory_store_fail_next(rig->memory, 1);
    pass_in("message", "e1", "/inc checkout is slow", "said");
    journal_step(rig->journal);
    assert_false(core_ready(rig->core, NULL));
    outcome_of(rig->handed.v[0], "posted");
    rig->handed.n = 0;
    assert_false(is_stored("posted"));
    rig->now += 2 * SECOND;
    rig_settle(rig);
    assert_true(core_ready(rig->core, NULL));
    assert_true(is_stored("posted"));
    assert_int_equal(outbox_count(core_outbox(rig->core), ACTION_DONE), 1);
}

/* What must not be done twice is handed out when that is durable: for many of them with one write. */
static void what_is_handed_out_together_is_noted_in_one_turn(void **state)
{
    (void)state;
    rig->down = true;
    post("k1", "one", LANE_CUSTOMER);
    post("k2", "two", LANE_CUSTOMER);
    post("k3", "three", LANE_CUSTOMER);
    rig->down = false;
    assert_int_equal(journal_waiting(rig->journal), 0);
    core_tick(rig->core, rig->now);
    assert_int_equal(rig->handed.n, 0);
    assert_int_equal(journal_waiting(rig->journal), 1);
    journal_step(rig->journal);
    core_tick(rig->core, rig->now);
    assert_int_equal(rig->handed.n, 3);
    assert_int_equal(journal_waiting(rig->journal), 0);
}

#define WITH_RIG(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RIG(with_a_command),
        WITH_RIG(with_talk_that_nothing_comes_of),
        WITH_RIG(with_an_event_that_was_taken_before),
        WITH_RIG(not_with_an_event_that_is_refused),
        WITH_RIG(not_with_an_event_that_is_not_durable),
        WITH_RIG(with_an_outcome),
        WITH_RIG(with_an_outcome_that_came_while_the_journal_failed),
        WITH_RIG(what_is_handed_out_together_is_noted_in_one_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
