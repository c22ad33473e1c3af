/* Who is who: users of several platforms become one person, and a name finds one or nobody. */
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

static const char *identify(const char *connector, const char *user, const char *name, const char *email)
{
    struct turn *turn = turn_begin(rig->core, rig->now);
    struct identity identity = {connector, user, name, email, NULL};
    const char *id = people_identify(turn, &identity)->id;
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    return id;
}

static void assert_found(const char *typed, const char *id)
{
    const struct person *person = people_find(rig->core, typed);
    if (id)
        assert_string_equal(person ? person->id : "nobody", id);
    else
        assert_null(person);
}

static void a_name_in_any_case_finds_one_person(void **state)
{
    (void)state;
    identify("slack", "U1", "Zoe Wild", "zoe@example.com");
    assert_found("zoe wild", "zoe-wild");
    assert_found("@Zoe-Wild", "zoe-wild");
    assert_found("ZOE@example.com", "zoe-wild");
    assert_found("Zoe", NULL);
}

static void a_name_that_two_have_finds_nobody(void **state)
{
    (void)state;
    const char *first = identify("slack", "U1", "Kim Lee", "kim.l@example.com");
    const char *second = identify("slack", "U2", "Kim Lee", "kim@example.com");
    assert_string_not_equal(first, second);
    assert_found("kim lee", NULL);
    identify("slack", "U2", "Kim Park", "kim@example.com");
    assert_found("kim lee", first);
    assert_found("kim park", second);
}

/* The first of three changes the name, then the last: the one between is still found. */
static void a_change_of_name_forgets_the_old_one_only(void **state)
{
    (void)state;
    identify("slack", "U1", "Sam", "a@example.com");
    const char *second = identify("slack", "U2", "Sam", "b@example.com");
    identify("slack", "U3", "Sam", "c@example.com");
    identify("slack", "U1", "Alex", "a@example.com");
    identify("slack", "U3", "Chris", "c@example.com");
    assert_string_equal(people_name(rig->core, second), "Sam");
    identify("slack", "U2", "Sam Two", "b@example.com");
    assert_found("sam two", second);
    assert_found("alex", people_of_user(rig->core, "slack", "U1"));
    assert_found("chris", people_of_user(rig->core, "slack", "U3"));
}

static void an_address_joins_the_users_of_two_platforms(void **state)
{
    (void)state;
    const char *slack = identify("slack", "U1", "Zoe Wild", "zoe@example.com");
    const char *teams = identify("teams", "29:1", "Zoe W.", "Zoe@Example.com");
    assert_string_equal(slack, teams);
    assert_string_equal(people_user(rig->core, slack, "teams"), "29:1");
    assert_string_equal(people_of_user(rig->core, "teams", "29:1"), slack);
}

static void people_are_read_again_after_a_failed_commit(void **state)
{
    (void)state;
    identify("slack", "U1", "Zoe Wild", "zoe@example.com");
    memory_store_fail_next(rig->memory, 1);
    struct turn *turn = turn_begin(rig->core, rig->now);
    people_identify(turn, &(struct identity){"slack", "U2", "Kim Lee", "kim@example.com", NULL});
    turn_commit(turn, NULL, NULL);
    for (int i = 0; i < 10; i++) {
        rig->now += SECOND;
        rig_settle(rig);
    }
    assert_true(core_ready(rig->core, NULL));
    assert_found("zoe wild", "zoe-wild");
    assert_found("kim lee", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_name_in_any_case_finds_one_person, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_name_that_two_have_finds_nobody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_change_of_name_forgets_the_old_one_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_address_joins_the_users_of_two_platforms, set_up, tear_down),
        cmocka_unit_test_setup_teardown(people_are_read_again_after_a_failed_commit, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
