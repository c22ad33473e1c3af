/* Which incidents touched a customer, and what they heard in each. */
#include <inttypes.h>

#include "../command/rig.h"

#include "comms/touched.h"

static void expect_touching(struct rig *rig, const char *customer, uint64_t before, size_t limit,
                            const char *wanted)
{
    comms_numbers numbers = {0};
    CLEANUP_STR struct str text = {0};
    rig_settle(rig);
    assert_int_equal(comms_touching(rig->core, customer, before, limit, &numbers, NULL), 0);
    for (size_t i = 0; i < numbers.n; i++)
        str_addf(&text, "%s%" PRIu64, i ? " " : "", numbers.v[i]);
    assert_string_equal(str_text(&text), wanted);
    array_free(&numbers);
}

static void each_incident_is_found_by_any_key_whenever_it_was(void **state)
{
    (void)state;
    struct rig *rig = rig_with_room();
    rig_expect(rig, "ana", 1, "customers add acme", "");
    rig_expect(rig, "ana", 0, "declare second thing --customer acme", "");
    rig_expect(rig, "ana", 0, "declare third thing --customer acme-old", "");
    rig_expect(rig, "ana", 1, "resolve rolled back", "");
    expect_touching(rig, "ACME", 0, 9, "2 1");
    expect_touching(rig, "acme", 2, 9, "1");
    expect_touching(rig, "acme", 0, 1, "2");
    expect_touching(rig, "acm", 0, 9, "");
    rig_expect(rig, "ana", 0, "customer acme alias acme-old", "");
    expect_touching(rig, "acme-old", 0, 9, "3 2 1");
    rig_expect(rig, "ana", 2, "unaffect acme", "");
    expect_touching(rig, "acme", 0, 9, "3 1");
    rig_destroy(rig);
}

struct hearing {
    size_t n;
    instant at;
    int64_t draft;
};

static bool take_word(void *ctx, const struct comms_word *word)
{
    struct hearing *hearing = ctx;
    *hearing = (struct hearing){hearing->n + 1, word->at, word->draft};
    assert_null(word->text); /* by phone: nobody wrote it down */
    return true;
}

static void what_they_heard_is_known_also_after_a_start(void **state)
{
    (void)state;
    struct rig *rig = rig_with_room();
    rig_expect(rig, "ana", 1, "customers add acme", "");
    instant told = rig->now;
    rig_expect(rig, "ana", 1, "told acme by phone", "");
    for (int i = 0; i < 2; i++) {
        struct hearing hearing = {0};
        rig_settle(rig);
        assert_int_equal(comms_heard(rig->core, rig_incident(rig, 1), "acme", take_word, &hearing), 0);
        assert_int_equal(hearing.n, 1);
        assert_int_equal(hearing.at, told);
        assert_int_equal(hearing.draft, 0);
        struct store *memory = steal(rig->memory);
        rig_destroy(rig);
        rig = rig_over(memory);
        rig->memory = memory;
    }
    assert_int_equal(comms_heard(rig->core, rig_incident(rig, 1), "globex", take_word, NULL), 0);
    rig_destroy(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_incident_is_found_by_any_key_whenever_it_was),
        cmocka_unit_test(what_they_heard_is_known_also_after_a_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
