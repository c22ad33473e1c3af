/* All groups are listed a part at a time, those that were seen last first, as their reader may see them. */
#include <inttypes.h>

#define TEAM_POLICY                                                                                            \
    "rule { name = 'vault', priority = 9, match = { title = 'vault*' }, declare = { private = true, page = "   \
    "'ben' } }\n"
#include "rig.h"

struct titles {
    struct str out;
    size_t n, most;
};

static bool take_title(void *ctx, const struct group *group)
{
    struct titles *titles = ctx;
    str_addf(&titles->out, "%s%s:%" PRId64, titles->n++ ? " " : "", group->about.title, group->tally.count);
    return titles->n < titles->most;
}

/* Continues where `span` ended. */
static void expect_next(struct group_span *span, size_t most, const char *wanted, bool more)
{
    struct titles titles = {.most = most};
    assert_int_equal(triage_groups(rig->core, span, take_title, &titles, NULL), 0);
    assert_string_equal(str_text(&titles.out), wanted);
    assert_int_equal(span->more, more);
    str_finish(&titles.out);
}

static void take(uint64_t fingerprint, const char *title)
{
    take_alert(fingerprint, "sentry", "checkout", title, ALERT_FIRING);
    rig->now += MINUTE;
    rig_settle(rig);
}

static void the_last_seen_come_first_and_part_by_part(void **state)
{
    (void)state;
    take(0xa1, "one");
    take(0xa2, "two");
    take(0xa3, "three");
    take(0xa1, "one");
    struct group_span span = {.look = 100};
    expect_next(&span, 2, "one:2 three:1", true);
    expect_next(&span, 2, "two:1", false);
    span = (struct group_span){.look = 2};
    expect_next(&span, 9, "one:2 three:1", true);
    expect_next(&span, 9, "two:1", false);
    restart();
    span = (struct group_span){.look = 100};
    expect_next(&span, 9, "one:2 three:1 two:1", false);
}

static bool take_incident(void *ctx, const struct incident *incident)
{
    str_addf(ctx, "%" PRIu64 " ", incident->id);
    return true;
}

static void a_private_group_is_for_members(void **state)
{
    (void)state;
    struct group read;
    CLEANUP_STR struct str incidents = {0};
    take(0xb1, "vault");
    take(0xb2, "other");
    struct group_span span = {.look = 100, .viewer = "ana"};
    expect_next(&span, 9, "other:1", false);
    span = (struct group_span){.look = 100, .viewer = "ben"};
    expect_next(&span, 9, "other:1 vault:1", false);
    assert_null(triage_group_seen(rig->core, "00000000000000b1", "ana", &read));
    group_finish(&read);
    assert_non_null(triage_group_seen(rig->core, "00000000000000b1", "ben", &read));
    group_finish(&read);
    assert_null(triage_group_seen(rig->core, "junk", "ben", &read));
    group_finish(&read);
    triage_group_incidents(rig->core, "00000000000000b1", "ana", 9, take_incident, &incidents, NULL);
    assert_string_equal(str_text(&incidents), "");
    triage_group_incidents(rig->core, "00000000000000b1", "ben", 9, take_incident, &incidents, NULL);
    assert_string_equal(str_text(&incidents), "1 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_last_seen_come_first_and_part_by_part, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_private_group_is_for_members, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
