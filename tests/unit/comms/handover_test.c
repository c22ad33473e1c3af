/* The comms lead hands over: offered, reminded, taken, or not. */
#include "../command/rig.h"

static struct rig *offered(void)
{
    struct rig *rig = rig_with_room();
    rig_expect(rig, "ana-maria", 1, "comms me", "Ana");
    rig_expect(rig, "ana-maria", 1, "handover comms to @ben", "I asked Ben to take `comms` of INC-1");
    return rig;
}

static void after(struct rig *rig, duration span)
{
    rig->now += span;
    rig_settle(rig);
}

static const char *holder(struct rig *rig)
{
    return incident_role(rig_incident(rig, 1), "comms");
}

static void it_stays_until_it_is_taken_in_one_event(void **state)
{
    (void)state;
    struct rig *rig = offered();
    assert_string_equal(holder(rig), "ana-maria");
    assert_int_equal(rig_sent(rig, "\"Take over\"", "asks you to take `comms`"), 1);
    uint64_t version = rig_incident(rig, 1)->version;
    rig_expect(rig, "ben", 1, "handover comms yes", "Ben took over `comms` of INC-1");
    assert_string_equal(holder(rig), "ben");
    assert_int_equal(rig_incident(rig, 1)->version, version + 1);
    assert_int_equal(rig_incident(rig, 1)->people.offers.n, 0);
    after(rig, HOUR);
    assert_int_equal(rig_sent(rig, "console post", "did not answer"), 0);
    rig_destroy(rig);
}

static void to_take_the_role_is_an_answer(void **state)
{
    (void)state;
    struct rig *rig = offered();
    rig_expect(rig, "ben", 1, "comms me", "Ben");
    assert_int_equal(rig_incident(rig, 1)->people.offers.n, 0);
    rig_destroy(rig);
}

static void an_unanswered_offer_is_reminded_once_and_ends(void **state)
{
    (void)state;
    struct rig *rig = offered();
    after(rig, 5 * MINUTE - 1);
    assert_int_equal(rig_sent(rig, "\"direct\":true", "asks you to take"), 0);
    after(rig, 1);
    assert_int_equal(rig_sent(rig, "\"direct\":true", "asks you to take"), 1);
    after(rig, 4 * MINUTE);
    assert_int_equal(rig_sent(rig, "\"direct\":true", "asks you to take"), 1);
    after(rig, MINUTE);
    assert_int_equal(rig_sent(rig, "console post", "Ben did not answer, so `comms` was not handed over. Ana"),
                     1);
    assert_string_equal(holder(rig), "ana-maria");
    rig_expect(rig, "ben", 1, "handover comms yes", "! Nobody asks you to take `comms` of INC-1");
    after(rig, HOUR);
    assert_int_equal(rig_sent(rig, "console post", "did not answer"), 1);
    rig_destroy(rig);
}

static void it_can_be_declined_and_withdrawn(void **state)
{
    (void)state;
    struct rig *rig = offered();
    rig_expect(rig, "ben", 1, "handover comms no", "Ben declined");
    assert_int_equal(rig_sent(rig, "console post", "Ben declined, so `comms` was not handed over."), 1);
    rig_expect(rig, "ana-maria", 1, "handover comms @ben", "I asked Ben");
    rig_expect(rig, "ana-maria", 1, "handover comms no", "withdrew the offer");
    assert_string_equal(holder(rig), "ana-maria");
    assert_int_equal(rig_incident(rig, 1)->people.offers.n, 0);
    rig_destroy(rig);
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    struct rig *rig = rig_with_room();
    rig_expect(rig, "ana-maria", 1, "comms me", "Ana");
    rig_expect(rig, "ana-maria", 1, "handover comms to me", "! Ana");
    rig_expect(rig, "ana-maria", 1, "handover comms to zoe", "! ");
    rig_expect(rig, "ana-maria", 1, "handover cook to @ben", "! ");
    rig_expect(rig, "ana-maria", 1, "handover comms", "! ");
    rig_expect(rig, "ana-maria", 1, "handover comms no", "! Nobody was asked to take `comms`");
    rig_expect(rig, "ana-maria", 1, "resolve", "");
    rig_expect(rig, "ana-maria", 1, "handover comms to @ben", "! INC-1 is resolved");
    rig_destroy(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_stays_until_it_is_taken_in_one_event),
        cmocka_unit_test(to_take_the_role_is_an_answer),
        cmocka_unit_test(an_unanswered_offer_is_reminded_once_and_ends),
        cmocka_unit_test(it_can_be_declined_and_withdrawn),
        cmocka_unit_test(what_makes_no_sense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
