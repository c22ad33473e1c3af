/* A timeline that is read a part at a time. */
#include "../command/rig.h"

#include "sight/query.h"

static bool describe(void *ctx, const struct event *event)
{
    event_describe(event, NOW, NULL, NULL, NULL, ctx);
    str_addc(ctx, '\n');
    return true;
}

static void parts_make_the_whole_however_little_is_shown(void **state)
{
    struct rig *rig = rig_with_room(); /* its channel is not shown */
    CLEANUP_STR struct str whole = {0}, parts = {0};
    size_t n = 0, empty = 0;
    (void)state;
    rig_expect(rig, "ben", 1, "note it is the disk", "");
    rig_expect(rig, "ben", 1, "accept", "");
    assert_int_equal(query_timeline(rig->core, 1, "ana", 0, 0, describe, &whole, NULL), 0);
    for (uint64_t before = 0; !n || before; n++) {
        size_t length = parts.len;
        assert_int_equal(query_timeline_part(rig->core, 1, "ana", before, 1, describe, &parts, &before, NULL),
                         0);
        empty += parts.len == length;
    }
    assert_string_equal(str_text(&parts), str_text(&whole));
    assert_int_equal(n, rig_incident(rig, 1)->version);
    assert_true(empty > 0);
    rig_destroy(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(parts_make_the_whole_however_little_is_shown)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
