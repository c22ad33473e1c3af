/* The command `insights`, and how pieces follow what happens to incidents. It is Mon 23 Nov 2026 15:06 UTC. */
#include "../command/rig.h"

#include "base/metrics.h"
#include "review/review.h"

static struct rig *rig;

static void later(duration d)
{
    rig->now += d;
    rig_settle(rig);
}

static void declare(const char *title, duration lasted)
{
    CLEANUP_FREE char *line = xasprintf("declare %s", title), *said = rig_line(rig, "ben", 0, line);
    uint64_t id = 0;
    assert_non_null(strstr(said, "INC-"));
    id = strtoull(strstr(said, "INC-") + 4, NULL, 10);
    later(lasted);
    rig_expect(rig, "ben", id, "resolve", "");
    later(SECOND);
}

static int64_t ended(void)
{
    struct insights sums;
    struct review_query query = {.from = month_begins(rig->now, 0), .months = 1};
    assert_int_equal(review_sum(rig->core, &query, &sums, NULL), 0);
    int64_t n = sums.all.incidents;
    insights_finish(&sums);
    return n;
}

static void a_month_is_told_in_numbers_that_lead_to_incidents(void **state)
{
    (void)state;
    rig = rig_create();
    rig_expect(rig, "ben", 0, "insights", "0 incidents ended; the month before 0");
    declare("checkout is slow --team payments --service checkout", 2 * HOUR);
    declare("search is slow --team search", HOUR);
    rig_expect(rig, "ben", 0, "insights", "**Insights of all teams in 2026-11** so far");
    rig_expect(rig, "ben", 0, "insights", "2 incidents ended (INC-2, INC-1); the month before 0");
    rig_expect(rig, "ben", 0, "insights", "- to resolve: 1h, 2h\n");
    rig_expect(rig, "ben", 0, "insights", "- **payments** 2h in 1 incident (INC-1)");
    rig_expect(rig, "ben", 0, "insights payments", "**Insights of payments in 2026-11** so far");
    rig_expect(rig, "ben", 0, "insights payments", "- **checkout** 2h in 1 incident (INC-1)");
    rig_expect(rig, "ben", 0, "insights 2026-13", "! I can't read '2026-13' as a month.");
    rig_expect(rig, "ben", 0, "insights last month", "in 2026-10**\n- 0 incidents ended");
    rig_expect(rig, "ben", 0, "insights nobody", "! Nothing of a team 'nobody' ended in that month");
    rig_expect(rig, "ben", 0, "insights payments someday", "! I can't read 'someday' as a month");
    rig_destroy(rig);
}

static void what_happens_afterwards_is_counted_anew(void **state)
{
    (void)state;
    rig = rig_create();
    int64_t measured = metric_value(METRIC_RESOLVE_TIME), counted = metric_value(METRIC_ENDED);
    declare("checkout is slow", HOUR);
    assert_int_equal(ended(), 1);
    assert_int_equal(metric_value(METRIC_RESOLVE_TIME), measured + 1);
    assert_int_equal(metric_value(METRIC_ENDED), counted + 1);
    rig_expect(rig, "ben", 1, "close", "");
    assert_int_equal(metric_value(METRIC_ENDED), counted + 1);
    rig_expect(rig, "ben", 1, "reopen it is back", "");
    later(SECOND);
    assert_int_equal(ended(), 0);
    later(HOUR);
    rig_expect(rig, "ben", 1, "resolve", "");
    later(SECOND);
    assert_int_equal(ended(), 1);
    rig_expect(rig, "ben", 0, "insights", "- to resolve: 2h");
    rig_expect(rig, "ben", 1, "drill on", "");
    later(SECOND);
    assert_int_equal(ended(), 0);
    rig_expect(rig, "ben", 0, "insights", "left out: 0 declined, 0 merged, 1 drill");
    rig_destroy(rig);
}

static void a_private_one_counts_and_is_not_named(void **state)
{
    (void)state;
    rig = rig_create();
    rig_person(rig, "cy", "Cy", NULL);
    int64_t measured = metric_value(METRIC_RESOLVE_TIME);
    declare("the vault is open --private --service vault", HOUR);
    assert_int_equal(metric_value(METRIC_RESOLVE_TIME), measured);
    rig_expect(rig, "ben", 0, "insights", "1 incident ended (INC-1)");
    rig_expect(rig, "ben", 0, "insights", "vault");
    CLEANUP_FREE char *said = rig_line(rig, "cy", 0, "insights");
    assert_non_null(strstr(said, "1 incident ended;"));
    assert_null(strstr(said, "vault"));
    assert_null(strstr(said, "INC-1"));
    assert_null(strstr(said, "Ben"));
    rig_destroy(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_month_is_told_in_numbers_that_lead_to_incidents),
        cmocka_unit_test(what_happens_afterwards_is_counted_anew),
        cmocka_unit_test(a_private_one_counts_and_is_not_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
