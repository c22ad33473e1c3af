/* Which event of its stream an event is stays known while a turn goes on, however many streams there are. */
#include "turn/memory.h"

#include "../command/rig.h"

static void tell(struct turn *turn, enum event_type type)
{
    struct event event = {.type = type,
                          .at = turn_now(turn),
                          .by = xstrdup("intake"),
                          .subject = xstrdup("00000000000000a1"),
                          .name = xstrdup("none"),
                          .text = xstrdup("cannot pay")};
    turn_tell(turn, &event);
}

static void a_turn_knows_its_own_events_among_many_streams(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    for (int i = 0; i <= KEEP_VERSIONS; i++) {
        CLEANUP_FREE char *stream = xasprintf("group/%d", i);
        map_put(&rig->core->versions, stream, (void *)1);
    }
    struct turn *turn = turn_begin(rig->core, rig->now);
    tell(turn, EVENT_GROUP_SEEN);
    tell(turn, EVENT_GROUP_JUDGED);
    turn_commit(turn, NULL, NULL);
    journal_step(rig->journal);
    assert_true(core_ready(rig->core, NULL));
    assert_in_range(rig->core->versions.n, 0, KEEP_VERSIONS);
    rig_destroy(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_turn_knows_its_own_events_among_many_streams)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
