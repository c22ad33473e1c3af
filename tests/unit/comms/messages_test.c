/* Prepared messages: in each customer's language, with their name; the early word; what to look at before sending. */
#include "../../support/policy_dir.h"

static struct policy *the_policy;
#define RIG_POLICY the_policy
#include "../command/rig.h"

#include "comms/lint.h"
#include "delivery/delivery.h"

static struct policy_dir dir;
static struct rig *rig;

static void begin(const char *policy)
{
    static const struct policy_host host = {0};
    struct error err;
    policy_dir_init(&dir);
    policy_dir_write(&dir, "team.lua", policy);
    the_policy = policy_create(&host);
    if (policy_load(the_policy, dir.path, &err))
        fail_msg("%s", err.text);
    rig = rig_create();
    delivery_connector(rig->core, "desk", TOCSIN_CAN_DESK, true, NULL, rig->now);
    rig_expect(rig, "ben", 0, "cards are refused", "INC-1");
    rig_room(rig, 1, "room");
}

static void end(void)
{
    rig_destroy(rig);
    policy_destroy(the_policy);
    policy_dir_finish(&dir);
}

static void each_customer_gets_their_language_and_name(void **state)
{
    (void)state;
    begin("message { name = 'hello', when = 'always', text = { de = 'Hallo {{customer}}: {{title}}', en = "
          "'Hello {{customer}}: {{title}}' } }");
    rig_expect(rig, "ben", 0, "customer acme name A*B GmbH", "A\\*B");
    rig_expect(rig, "ben", 0, "customer acme language de-AT", "de-AT");
    rig_expect(rig, "ben", 0, "customer globex tier gold", "gold");
    rig_expect(rig, "ben", 1, "customers add acme, globex", "2 customers");
    rig_expect(rig, "ben", 1, "draft all", "`INC-1 draft all hello`: always");
    rig_expect(rig, "ben", 1, "draft all HELLO", "approve 1");
    rig_expect(
        rig, "ben", 1, "preview",
        "**A\\*B GmbH**, if a connector knows how to reach them:\n\nHallo A\\*B GmbH: cards are refused");
    rig_expect(rig, "ben", 1, "preview 1 globex", "Hello globex: cards are refused");
    rig_expect(rig, "ben", 1, "approve 1", "Approved");
    assert_int_equal(rig_sent(rig, "desk.tell", "Hallo A\\\\*B GmbH: cards are refused"), 1);
    assert_int_equal(rig_sent(rig, "desk.tell", "Hello globex: cards are refused"), 1);
    rig_expect(rig, "ben", 1, "draft tier gold Only for you, {{customer}}.", "approve 2");
    assert_int_equal(rig_sent(rig, "console post", "Message 2 to customers of tier gold"), 1);
    rig_expect(rig, "ben", 1, "timeline", "Ben drafted message 2 to customers of tier gold: Only");
    rig_expect(rig, "ben", 1, "approve 2", "Approved");
    assert_int_equal(rig_sent(rig, "desk.tell", "Only for you"), 1);
    assert_int_equal(rig_sent(rig, "desk.tell", "Only for you, globex."), 1);
    rig_expect(rig, "ben", 1, "draft tier silver Hello.", "approve 3");
    rig_expect(rig, "ben", 1, "approve 3", "Approved");
    assert_int_equal(rig_sent(rig, "no affected customer is of the tier silver", ""), 1);
    rig_expect(rig, "ben", 1, "draft to acme Hello.", "approve 4");
    rig_expect(rig, "ben", 1, "redraft 4 Hello {{name}}", "! Nothing fills");
    rig_expect(rig, "ben", 1, "tell acme Hello {{name}}", "! Nothing fills");
    end();
}

/* A customer and a tier of several words are one word in quotes, as everywhere. */
static void an_audience_can_stand_in_quotes(void **state)
{
    (void)state;
    begin("message { name = 'hello', text = 'Hello {{customer}}.' }");
    rig_expect(rig, "ben", 0, "customer \"Acme Inc\" tier big fish", "big fish");
    rig_expect(rig, "ben", 1, "draft to \"Acme Inc\" hello", "Acme Inc is now listed");
    rig_expect(rig, "ben", 1, "draft to “acme inc” Hello.", "approve 2");
    rig_expect(rig, "ben", 1, "draft tier \"Big Fish\" Dear fish.", "approve 3");
    rig_expect(rig, "ben", 1, "draft \"Acme Inc\" hello", "approve 4");
    assert_int_equal(rig_incident(rig, 1)->affected.customers.n, 1);
    rig_expect(rig, "ben", 1, "approve 1", "Approved");
    assert_int_equal(rig_sent(rig, "desk.tell", "Hello Acme Inc."), 1);
    rig_expect(rig, "ben", 1, "approve 3", "Approved");
    assert_int_equal(rig_sent(rig, "desk.tell", "Dear fish."), 1);
    end();
}

/* What somebody changed is what everybody gets: there is no old text left in another language. */
static void a_change_is_for_all_languages(void **state)
{
    (void)state;
    begin("message { name = 'hello', text = { en = 'Hello.', de = 'Hallo.' } }");
    rig_expect(rig, "ben", 0, "customer acme language de", "de");
    rig_expect(rig, "ben", 1, "draft acme hello", "approve 1");
    rig_expect(rig, "ben", 1, "redraft 1 Hello, all is well.", "Changed");
    rig_expect(rig, "ben", 1, "approve 1 2", "Approved");
    assert_int_equal(rig_sent(rig, "desk.tell", "Hello, all is well."), 1);
    end();
}

static void the_early_word_is_one_press(void **state)
{
    (void)state;
    begin("");
    rig_expect(rig, "ben", 1, "early", "! No affected customer is known");
    rig_expect(rig, "ben", 1, "customers add acme", "1 customer");
    rig->now += 2 * SECOND;
    rig_settle(rig);
    assert_true(rig_sent(rig, "Tell customers we're on it", "INC-1 early") > 0);
    rig_expect(rig, "ben", 1, "early", "Approved. The message");
    assert_int_equal(rig_sent(rig, "desk.tell", "Hello acme,"), 1);
    rig_expect(rig, "ben", 1, "early", "! Customers have a message already");
    rig_expect(rig, "ben", 0, "emails are lost", "INC-2");
    rig_expect(rig, "ben", 2, "sev major", "major");
    rig_expect(rig, "ben", 2, "customers add acme", "1 customer");
    rig_expect(rig, "ben", 2, "early", "Message 1 is waiting for approval"); /* somebody else must */
    rig_expect(rig, "ana-maria", 2, "approve", "Approved. The message");
    end();
}

static void nothing_early_is_said_about_security(void **state)
{
    (void)state;
    begin("");
    rig_expect(rig, "ben", 1, "kind security", "security");
    rig_expect(rig, "ben", 1, "customers add acme", "1 customer");
    rig->now += 2 * SECOND;
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "Tell customers we're on it", ""), 0);
    rig_expect(rig, "ben", 1, "early", "! Nothing is said early about security. `draft all security` begins");
    assert_int_equal(rig_incident(rig, 1)->comms.drafted, 0);
    end();
}

static void a_message_whose_value_is_missing_is_refused(void **state)
{
    (void)state;
    begin("message { name = 'paused', text = 'We pause until {{pause_until}}.' }");
    rig_expect(rig, "ben", 1, "customers add acme", "1 customer");
    rig_expect(rig, "ben", 1, "draft all paused", "! This message cannot be used here:");
    assert_int_equal(rig_incident(rig, 1)->comms.drafted, 0);
    end();
}

/* What stands in a value is no placeholder. */
static void a_title_with_braces_is_a_title(void **state)
{
    (void)state;
    begin("message { name = 'hello', text = 'Hello {{customer}}: {{title}}' }");
    rig_expect(rig, "ben", 1, "title mail says {{customer}} and {{name}}", "INC-1");
    rig_expect(rig, "ben", 1, "draft acme hello", "approve 1");
    rig_expect(rig, "ben", 1, "approve", "Approved");
    assert_int_equal(rig_sent(rig, "desk.tell", "Hello acme: mail says {\\\\{customer}} and {\\\\{name}}"), 1);
    end();
}

static void what_to_look_at_is_said(void **state)
{
    static const struct {
        const char *text, *hints;
    } texts[] = {
        {"We are looking into it.", ""},
        {"It works again from 9:00 on. In 2019 we did that, too.", ""},
        {"It will work by 9:00.", "It promises a time: is there a clock behind it?"},
        {"Fixed within 2 hours.", "It promises a time: is there a clock behind it?"},
        {"Wir melden uns in 30 Minuten.", "It promises a time: is there a clock behind it?"},
        {"See INC-42.", "It has a number of ours, which says nothing to them."},
        {"Ticket #4711 is closed.", "It has a number of ours, which says nothing to them."},
        {"Use UTF-8 and no. #1", "It has a number of ours, which says nothing to them."},
        {"db-1.internal is down.", "It names a host of ours."},
        {"10.1.2.3 is down; version 10.1 too.", "It names a host of ours."},
        {"It was your fault.", "It sounds like blame."},
        {"Do this: …", "There is a gap to fill in."},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        CLEANUP_STR struct str out = {0};
        lint(texts[i].text, &out);
        assert_string_equal(str_text(&out), texts[i].hints);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_audience_can_stand_in_quotes),
        cmocka_unit_test(each_customer_gets_their_language_and_name),
        cmocka_unit_test(a_change_is_for_all_languages),
        cmocka_unit_test(the_early_word_is_one_press),
        cmocka_unit_test(nothing_early_is_said_about_security),
        cmocka_unit_test(a_message_whose_value_is_missing_is_refused),
        cmocka_unit_test(a_title_with_braces_is_a_title),
        cmocka_unit_test(what_to_look_at_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
