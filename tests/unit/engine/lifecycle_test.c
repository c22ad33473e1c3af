#include "../../support/check.h"

#include "base/mem.h"
#include "engine/lifecycle.h"

static void names_round_trip(void **state)
{
    (void)state;
    for (int s = STATUS_TRIAGE; s < STATUS_COUNT; s++)
        assert_int_equal(status_parse(status_name((enum status)s)), s);
    assert_int_equal(status_parse("Paused"), STATUS_PAUSED);
    assert_int_equal(status_parse("nonsense"), STATUS_NONE);
    assert_int_equal(status_parse(NULL), STATUS_NONE);
}

static void every_row_is_found_from_its_statuses_only(void **state)
{
    (void)state;
    unsigned n;
    const struct transition *table = transition_table(&n);
    for (unsigned i = 0; i < n; i++) {
        for (int s = STATUS_TRIAGE; s < STATUS_COUNT; s++) {
            bool known;
            const struct transition *row = transition_find((enum status)s, table[i].verb, &known);
            assert_true(known);
            if (table[i].from & (1u << s))
                assert_ptr_equal(row, &table[i]);
            else
                assert_ptr_not_equal(row, &table[i]);
        }
    }
}

static void every_status_but_merged_has_a_next_step(void **state)
{
    (void)state;
    for (int s = STATUS_TRIAGE; s < STATUS_COUNT; s++) {
        CLEANUP_STR struct str possible = {0};
        transitions_possible((enum status)s, &possible);
        assert_int_equal(text_equal(possible.p, "Possible now: nothing more."), s == STATUS_MERGED);
    }
}

static void a_pause_needs_reason_and_time(void **state)
{
    (void)state;
    bool known;
    const struct transition *row = transition_find(STATUS_FIXING, "pause", &known);
    assert_int_equal(row->needs, NEED_REASON | NEED_UNTIL);
    assert_null(transition_find(STATUS_TRIAGE, "pause", &known));
    assert_null(transition_find(STATUS_TRIAGE, "fly", &known));
    assert_false(known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_round_trip),
        cmocka_unit_test(every_row_is_found_from_its_statuses_only),
        cmocka_unit_test(every_status_but_merged_has_a_next_step),
        cmocka_unit_test(a_pause_needs_reason_and_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
