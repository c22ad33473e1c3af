/* Follow-ups where the policy names teams and rules: the team's channel, and a page that a rule asked for in vain. */
#include "../oncall/oncall_rig.h"

#define TEAM PEOPLE "team { name = 'payments', people = { 'ana', 'bo' }, channel = 'pay' }\n"
#define PAGER                                                                                                  \
    "services { important = { 'checkout' } }\n" PEOPLE                                                         \
    "rotation { name = 'product-responder', people = { 'bo' }, start = '2026-11-23', zone = 'UTC' }\n"

static void people(void)
{
    rig_person(rig, "bo", "Bo", NULL);
    rig_settle(rig);
}

static void later(duration d)
{
    rig->now += d;
    rig_settle(rig);
}

static void the_channel_of_its_team_is_told(void **state)
{
    (void)state;
    policy_rig_begin(TEAM);
    people();
    does("bo", "declare checkout is slow --team payments");
    does("bo", "INC-1 followup fix the retry by tomorrow 9:00");
    rig_expect(rig, "bo", 0, "followups payments", "fix the retry: Bo, payments, due tomorrow 09:00");
    later(DAY);
    assert_int_equal(rig_sent(rig, "Follow-up 1 is due: fix the retry", "\"to\":\"bo\""), 1);
    later(DAY);
    assert_int_equal(rig_sent(rig, "Follow-up 1 was due", "\"channel\":\"pay\""), 1);
    does("bo", "INC-1 private");
    later(7 * DAY);
    assert_int_equal(rig_sent(rig, "Follow-up 1 was due", "\"channel\":\"pay\""), 1);
    assert_int_equal(rig_sent(rig, "Follow-up 1 was due", "\"to\":\"bo\""), 1);
}

/* One press: the rule by file and line, a mute that ends, and somebody who looks at it that morning. */
static void a_false_page_is_kept_from_coming_again(void **state)
{
    (void)state;
    policy_rig_begin(PAGER);
    people();
    alert(0x42);
    rig_expect(rig, "bo", 0, "INC-1 decline a test", "");
    rig_expect(rig, "bo", 0, "pages", "`INC-1 false-page` mutes it for a day");
    rig_expect(rig, "bo", 0, "INC-1 false-page", "paged for nothing, by the rule ");
    rig_expect(rig, "bo", 0, "followups INC-1",
               "it paged product-responder for nothing: Bo, due tomorrow 09:00");
    rig_expect(rig, "bo", 0, "rules", "by Bo: a false page, see follow-up 1");
    rig_expect(rig, "bo", 0, "INC-1 false-page", "! Follow-up 1 is about it already");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_channel_of_its_team_is_told, tear_down),
        cmocka_unit_test_teardown(a_false_page_is_kept_from_coming_again, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
