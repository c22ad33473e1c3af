/* Inviting somebody by an e-mail address that only a platform knows. */
#include "../command/rig.h"

#define CAN (TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_PAGE)

static struct rig *rig;

static int set_up(void **state)
{
    (void)state;
    rig = rig_with_room();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rig_destroy(rig);
    return 0;
}

static void can_look_up(void)
{
    delivery_connector(rig->core, "console", CAN | TOCSIN_CAN_LOOKUP, true, NULL, rig->now);
}

/* Typed in the incident's room. */
static void invite(const char *id, const char *address)
{
    CLEANUP_FREE char *event =
        xasprintf("{'type':'message','mention':true,'id':'%s','user':{'id':'ben'},'channel':'room','text':"
                  "'invite %s'}",
                  id, address);
    rig_event(rig, event);
}

static void where_nobody_can_look_up_that_is_said(void **state)
{
    (void)state;
    rig_expect(
        rig, "ben", 1, "invite someone@shop.example",
        "! Nobody that I know has the address someone@shop.example, and console cannot look addresses up");
    assert_int_equal(rig_sent(rig, "person.find", ""), 0);
    rig_expect(rig, "ben", 1, "invite nobody-here", "! 'nobody-here' matches nobody");
    rig_expect(rig, "ben", 1, "invite a@b", "! 'a@b' matches nobody");
}

static void who_is_found_joins(void **state)
{
    (void)state;
    can_look_up();
    invite("1", "Someone@shop.example");
    assert_int_equal(rig_sent(rig, "console person.find: {\"email\":\"Someone@shop.example\"", ""), 1);
    assert_int_equal(
        rig_sent(rig, "console post: {\"channel\":\"room\",\"to\":\"ben\"", "I am looking them up"), 1);
    const struct person *person = people_find(rig->core, "someone@shop.example");
    assert_non_null(person);
    assert_true(incident_has_member(rig_incident(rig, 1), person->id));
    assert_int_equal(rig_sent(rig, "console post: {\"channel\":\"room\"", "is now a member of INC-1"), 1);
    /* From now on they are known. */
    invite("2", "someone@shop.example");
    assert_int_equal(rig_sent(rig, "console person.find", ""), 1);
    assert_int_equal(rig_sent(rig, "is already a member of INC-1", ""), 1);
}

static void an_unknown_address_is_refused_in_words(void **state)
{
    (void)state;
    can_look_up();
    rig->outcome = TOCSIN_REFUSED;
    rig->only = "person.find";
    invite("1", "ghost@shop.example");
    assert_int_equal(rig_sent(rig, "\"to\":\"ben\"",
                              "Console found nobody with the address ghost@shop.example: no such channel."),
                     1);
    assert_null(people_find(rig->core, "ghost@shop.example"));
    rig_expect(rig, "ben", 0, "actions", "Everything has been sent");
    assert_int_equal(rig_incident(rig, 1)->people.members.n, 1);
}

static void who_lost_sight_of_the_incident_invites_nobody(void **state)
{
    (void)state;
    can_look_up();
    rig->down = true;
    invite("1", "someone@shop.example");
    rig_expect(rig, "ben", 1, "invite @ana-maria", "now a member");
    rig_expect(rig, "ben", 1, "private", "private");
    rig_expect(rig, "ben", 1, "leave", "You left");
    rig->down = false;
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "is now a member of INC-1", "someone"), 0);
    const struct person *person = people_find(rig->core, "someone@shop.example");
    assert_true(!person || !incident_has_member(rig_incident(rig, 1), person->id));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(where_nobody_can_look_up_that_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_is_found_joins, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_unknown_address_is_refused_in_words, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_lost_sight_of_the_incident_invites_nobody, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
