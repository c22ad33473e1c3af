/* A part that was compiled in by rows alone: its command, event and document work, it is shown, and it survives. */
#include "../unit/command/rig.h"

#include "rooms/rooms.h"
#include "sight/sight.h"

static bool says(const struct rig *rig, const char *member)
{
    CLEANUP_STR struct str json = {0};
    sight_incident_encode(rig->core, sight_incident(rig->core, 1, "ben"), "ben", &json);
    return strstr(json.p, member);
}

static void a_part_joins_in_turns(void **state)
{
    struct rig *rig = rig_create();
    (void)state;
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    rig_expect(rig, "ben", 1, "thank @ben", "Thank somebody else");
    rig_expect(rig, "ben", 1, "thank @nobody", "nobody");
    assert_true(says(rig, "\"thanks\":0"));
    rig_expect(rig, "ben", 1, "thank ana-maria", "Thank you, Ana María");
    assert_true(says(rig, "\"thanks\":1"));
    rig_expect(rig, "ben", 1, "timeline", "Ben thanked Ana");
    rig_expect(rig, "ben", 0, "help thank", "thank @ana");
    CLEANUP_STR struct str card = {0};
    struct card_context context = rooms_card_context(rig->core, rig->now, NULL);
    card_incident(sight_incident(rig->core, 1, "ben"), &context, &card);
    assert_non_null(strstr(card.p, "{\"name\":\"thanks\",\"value\":\"1\"}"));
    rig_destroy(rig);
}

/* What was not kept is not there afterwards, and what was is. */
static void a_part_forgets_what_was_not_kept(void **state)
{
    struct rig *rig = rig_create();
    (void)state;
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    rig_expect(rig, "ben", 1, "thank ana-maria", "Thank you, Ana María");
    memory_store_fail_next(rig->memory, 1);
    CLEANUP_FREE char *answer = rig_line(rig, "ben", 1, "thank ana-maria");
    for (int i = 0; i < 10 && !core_ready(rig->core, NULL); i++) {
        rig->now += SECOND;
        rig_settle(rig);
    }
    assert_true(says(rig, "\"thanks\":1"));
    rig_destroy(rig);
}

static void a_part_waits_for_the_clock(void **state)
{
    struct rig *rig = rig_create();
    (void)state;
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    rig_expect(rig, "ben", 1, "monitor", "monitoring");
    assert_int_equal(rig_sent(rig, "Who helped?", "INC-1"), 0);
    rig->now += 11 * MINUTE;
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "Who helped?", "INC-1"), 1);
    rig_destroy(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_joins_in_turns),
        cmocka_unit_test(a_part_forgets_what_was_not_kept),
        cmocka_unit_test(a_part_waits_for_the_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
