/* Prepared messages: in each customer's language, with their name; the early word; what to look at before sending. */
#include "../../support/policy_dir.h"

static struct policy *the_policy;
#define RIG_POLICY the_policy
#include "../command/rig.h"

#include "comms/lint.h"
#include "delivery/delivery.h"
#include "policy/messages.h"

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
    assert_int_equal(
        rig_sent(rig, "console post", "{\"label\":\"Preview\",\"command\":\"INC-1 preview 2\",\"style\":\"\"}"),
        1);
    rig_expect(rig, "ben", 1, "timeline", "Ben drafted message 2 to customers of tier gold: Only");
    rig_expect(rig, "ben", 1, "approve 2", "Approved");
    assert_int_equal(rig_sent(rig, "desk.tell", "Only for you"), 1);
    assert_int_equal(rig_sent(rig, "desk.tell", "Only for you, globex."), 1);
    rig_expect(rig, "ben", 1, "draft tier silver Hello.", "approve 3");
    rig_expect(
        rig, "ben", 1, "approve 3",
        "! Nobody would get message 3: no affected customer is of the tier silver. `customer KEY tier silver`");
    rig_expect(rig, "ben", 1, "draft to acme Hello.", "approve 4");
    rig_expect(rig, "ben", 1, "draft to tier gold hello", "approve 5");
    rig_expect(rig, "ben", 1, "draft affected hello", "approve 6");
    rig_expect(rig, "ben", 1, "timeline", "Ben drafted message 5 to customers of tier gold: ");
    rig_expect(rig, "ben", 1, "timeline", "Ben drafted message 6 to all customers: ");
    rig_expect(rig, "ben", 1, "redraft 4 Hello {{name}}", "! Nothing fills");
    rig_expect(rig, "ben", 1, "tell acme Hello {{name}}", "! Nothing fills");
    rig_expect(rig, "ben", 1, "draft hello", "approve 7"); /* for all */
    rig_expect(rig, "ben", 1, "timeline", "Ben drafted message 7 to all customers: ");
    rig_expect(rig, "ben", 1, "tell tier gold Hello.", "approve 8");
    rig_expect(rig, "ben", 1, "timeline", "Ben drafted message 8 to customers of tier gold: Hello.");
    rig_expect(rig, "ben", 1, "tell tier silver Hello.",
               "Nobody would get it yet: no affected customer is of the tier silver.");
    rig_expect(rig, "ben", 1, "tell tier gold", "! Say what to tell them: `INC-1 tell tier gold …`.");
    assert_int_equal(rig_incident(rig, 1)->affected.customers.n, 2);
    end();
}

/* Names of several words need no quotes; a first word that is somebody else's stands for them. */
static void an_audience_can_be_a_name_of_several_words(void **state)
{
    (void)state;
    begin("message { name = 'hello', text = 'Hello {{customer}}.' }");
    rig_expect(rig, "ben", 0, "customer acme name Acme GmbH & Co KG", "Acme");
    rig_expect(rig, "ben", 0, "customer glob name Globex Corp", "Globex");
    rig_expect(rig, "ben", 0, "customer other name acme Inc", "acme Inc");
    rig_expect(rig, "ben", 1, "tell Globex Corp We see it.", "glob is now listed");
    rig_expect(rig, "ben", 1, "timeline", "Ben drafted message 1 to glob: We see it.");
    rig_expect(rig, "ben", 1, "draft to acme gmbh & co kg hello", "approve 2");
    rig_expect(rig, "ben", 1, "timeline", "Ben drafted message 2 to acme: Hello");
    rig_expect(rig, "ben", 1, "tell acme Inc is not meant.", "approve 3");
    rig_expect(rig, "ben", 1, "timeline", "Ben drafted message 3 to acme: Inc is not meant.");
    rig_expect(rig, "ben", 1, "tell Globex Corp", "! Say what to tell them: `INC-1 tell \"Globex Corp\" …`.");
    rig_expect(rig, "ben", 1, "told Globex Corp by phone", "Noted: 1 customer");
    rig_expect(rig, "ben", 1, "timeline", "glob was told via phone");
    assert_int_equal(rig_incident(rig, 1)->affected.customers.n, 2);
    end();
}

/* What means many, or somebody else, in front of a text may be a customer's key: then it is them. */
static void a_customer_may_be_called_tier(void **state)
{
    (void)state;
    begin("");
    rig_expect(rig, "ben", 1, "customers add tier, to", "2 customers");
    rig_expect(rig, "ben", 1, "tell tier gold prices are wrong.", "approve 1");
    rig_expect(rig, "ben", 1, "timeline", "Ben drafted message 1 to tier: gold prices are wrong.");
    rig_expect(rig, "ben", 1, "tell to whom it may concern", "approve 2");
    rig_expect(rig, "ben", 1, "timeline", "Ben drafted message 2 to to: whom it may concern");
    end();
}

/* Whom nobody knows was not told by us. */
static void who_is_unknown_was_not_told(void **state)
{
    (void)state;
    begin("");
    rig_expect(rig, "ben", 0, "customer acme tier gold", "gold");
    rig_expect(rig, "ben", 1, "told all by phone", "! Nobody was noted: no affected customer is known.");
    rig_expect(
        rig, "ben", 1, "told nobody by phone",
        "! No customer 'nobody' is known. `INC-1 customers` lists whom it affects. If they are new: `INC-1 "
        "customers add nobody` first.");
    assert_int_equal(rig_incident(rig, 1)->affected.customers.n, 0);
    rig_expect(rig, "ben", 1, "told acme by phone", "acme is now listed");
    rig_expect(rig, "ben", 1, "told tier gold by mail", "Noted: 1 customer");
    rig_expect(rig, "ben", 1, "told tier silver by mail",
               "! Nobody was noted: no affected customer is of the tier silver");
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
    rig_expect(rig, "ben", 0, "customer acme name Acme GmbH", "Acme");
    rig_expect(rig, "ben", 1, "redraft 1 Hello, all is well!",
               "Changed. The card shows the difference. It is one text for all languages now.");
    assert_int_equal(rig_sent(rig, "console edit", "\"title\":\"Message 1 to Acme GmbH, version 2"), 1);
    assert_int_equal(rig_sent(rig, "console edit",
                              "{\"name\":\"languages\",\"value\":\"one text for all since it was changed\"}"),
                     1);
    CLEANUP_STR struct str state_now = {0};
    struct incident *again;
    incident_encode(rig_incident(rig, 1), &state_now);
    assert_int_equal(incident_decode(state_now.p, state_now.len, &again, NULL), 0);
    assert_true(again->comms.drafts.v[0].one_for_all);
    incident_destroy(again);
    rig_expect(rig, "ben", 1, "redraft 1 Hello, all is well.", "one text for all languages now");
    rig_expect(rig, "ben", 1, "approve 1 3", "Approved");
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
    delivery_add(rig->core, "slack");
    rig_expect(rig, "ben", 1, "early", "! The connector slack is starting");
    delivery_described(rig->core, "slack", TOCSIN_CAN_POST, 1);
    CLEANUP_FREE char *said = rig_line(rig, "ben", 1, "early");
    assert_string_equal(said, "Approved. The message to customers is being sent.");
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

#define TIME    "It promises a time: is there a clock behind it?"
#define NUMBER  "It has a number of ours, which says nothing to them."
#define HOST    "It names a host of ours."
#define NAME_OF "It has a name that only we know."
#define BLAME   "It sounds like blame."
#define GAP     "There is a gap to fill in."
#define NEXT    "It does not say when they hear from you next: they should within 1h."

static void hints(const struct lint_message *message, const char *wanted)
{
    CLEANUP_STR struct str out = {0};
    lint(message, &out);
    if (strcmp(str_text(&out), wanted) != 0)
        fail_msg("%s\n  wanted %s\n  got    %s", message->text, wanted, str_text(&out));
}

static void what_to_look_at_is_said(void **state)
{
    static const struct {
        const char *text, *hints;
    } texts[] = {
        {"", ""},
        {"We are looking into it.", ""},
        {"It works again from 9:00 on. In 2019 we did that, too.", ""},
        {"It failed in 3 of 5 regions, in 2 stages, and in 10 markets.", ""},
        {"It began at 9:00.", ""},
        {"It will work by 9:00.", TIME},
        {"Fixed within 2 hours.", TIME},
        {"fixed in 2-3 days", TIME},
        {"It is back by 9 am, by tomorrow or within the hour.", TIME},
        {"Es ist bis 15.30 Uhr gelöst.", TIME},
        {"Es ist bis morgen gelöst.", TIME},
        {"Wir beheben das in 30 Minuten.", TIME},
        {"See INC-42.", NUMBER},
        {"(inc-42)", NUMBER},
        {"SHOP-1234 covers it.", NUMBER},
        {"Ticket #4711 is closed.", NUMBER},
        {"Use UTF-8, SHA-256 or ISO-8601, and no. #1.", ""},
        {"db-1.internal is down.", HOST},
        {"DB.CORP is down.", HOST},
        {"pg-prod-2 is full, see http://localhost:8080/", HOST},
        {"172.20.0.4 is down.", HOST},
        {"Version 10.1 and 10.1.2.3.4? Yes: use 8.8.8.8.", HOST},
        {"It takes 10.5 minutes; version 10.1 too, in the top-10.", ""},
        {"The payments_db is full.", NAME_OF},
        {"We saw a NullPointerException.", NAME_OF},
        {"The checkout-api restarts.", NAME_OF},
        {"The checkout restarts. There was an Error.", ""},
        {"It was your fault.", BLAME},
        {"Es war menschliches Versagen.", BLAME},
        {"Do this: …", GAP},
        {"On …, TODO", GAP},
        {"We are on it… and will stay on it.", ""},
        {"Ünlü-42 and naïve-3 are words. ", ""},
        {"#", ""},
        {"in ", ""},
        {"by 9", ""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        hints(&(struct lint_message){.text = texts[i].text, .names = {"checkout-api", "checkout"}},
              texts[i].hints);
    CLEANUP_STR struct str many = {0};
    for (int i = 0; i < 1500; i++)
        str_add(&many, "ü");
    hints(&(struct lint_message){.text = many.p}, "");
    str_add(&many, "ü");
    hints(&(struct lint_message){.text = many.p}, "It is long: few read so much.");
}

/* Where the policy wants an update after it. */
static void when_they_hear_next_is_said(void **state)
{
    static const struct {
        const char *text, *hints;
    } texts[] = {
        {"We are on it.", NEXT},
        {"We are on it. We will write again within the hour.", ""},
        {"We are on it. The next update comes by 15:00.", ""},
        {"We are on it. We write again at 10:00.", ""},
        {"It began at 9:00.", NEXT},
        {"Wir melden uns in 30 Minuten wieder.", ""},
        {"It is fixed by 15:00.", TIME " " NEXT},
        {"It is fixed by 15:00. You will hear from us again by 16:00.", TIME},
        {"You will hear from us again.", NEXT},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        hints(&(struct lint_message){.text = texts[i].text, .update_within = HOUR}, texts[i].hints);
}

static void every_language_is_looked_at(void **state)
{
    (void)state;
    hints(&(struct lint_message){.text = "We are on it.",
                                 .languages = "{\"de\":\"Ihr Fehler: …\",\"fr\":\"INC-4 …\"}"},
          "There is a gap to fill in (de, fr). It has a number of ours, which says nothing to them (fr). It "
          "sounds like "
          "blame (de).");
    hints(&(struct lint_message){.text = "Do: …", .languages = "{\"de\":\"Tun Sie: …\"}"}, GAP);
    hints(&(struct lint_message){.text = "Do: …", .languages = "no JSON"}, GAP);
    begin("message { name = 'hello', text = { en = 'Hello.', de = 'Hallo …' } }");
    rig_expect(rig, "ben", 1, "sev major", "major");
    rig_expect(rig, "ben", 1, "draft all hello", "approve 1");
    assert_int_equal(
        rig_sent(rig, "console post", "\"look at\",\"value\":\"There is a gap to fill in (de). " NEXT), 1);
    rig_expect(rig, "ben", 1, "customers add acme", "1 customer");
    rig_expect(rig, "ben", 1, "tell acme We are on it.", "approve 2");
    rig_expect(rig, "ben", 1, "approve 2", "! You wrote message 2");
    rig_expect(rig, "ana-maria", 1, "approve 2", "Approved"); /* hints block nothing */
    assert_int_equal(rig_sent(rig, "desk.tell", ""), 1);
    end();
}

/* What ships is in English and German, says when to use it, has no hole but the gaps to fill in, and takes any name. */
static void what_ships_can_be_sent(void **state)
{
    struct policy_message message;
    size_t n = 0;
    (void)state;
    begin("");
    rig_expect(rig, "ben", 1, "title {{x}} *is* [slow](http://x.example) …", "");
    rig_expect(rig, "ben", 0, "customer acme language de-AT", "de-AT");
    rig_expect(rig, "ben", 0, "customer globex name *G* [lobex](http://x) {{customer}}", "lobex");
    rig_expect(rig, "ben", 1, "customers add acme, globex", "2 customers");
    for (; policy_message(the_policy, n, &message); n++) {
        CLEANUP_FREE char *draft = xasprintf("draft all %s", message.name),
                          *number = xasprintf("approve %zu", n + 1),
                          *german = xasprintf("preview %zu acme", n + 1),
                          *english = xasprintf("preview %zu globex", n + 1);
        assert_non_null(message.when);
        rig_expect(rig, "ben", 1, draft, number);
        rig_expect(rig, "ben", 1, german, "Hallo acme,");
        rig_expect(rig, "ben", 1, english, "Hello \\*G\\* \\[lobex\\](http\\://x) {{customer}},");
        const struct state_draft *drafted = &rig_incident(rig, 1)->comms.drafts.v[n];
        bool gap = strstr(drafted->text, "…");
        assert_string_equal(policy_message_language(the_policy, message.name, 0), "en");
        assert_string_equal(policy_message_language(the_policy, message.name, 1), "de");
        hints(&(struct lint_message){.text = drafted->text, .languages = drafted->languages}, gap ? GAP : "");
    }
    assert_int_equal(n, 9);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_audience_can_stand_in_quotes),
        cmocka_unit_test(an_audience_can_be_a_name_of_several_words),
        cmocka_unit_test(who_is_unknown_was_not_told),
        cmocka_unit_test(a_customer_may_be_called_tier),
        cmocka_unit_test(each_customer_gets_their_language_and_name),
        cmocka_unit_test(a_change_is_for_all_languages),
        cmocka_unit_test(the_early_word_is_one_press),
        cmocka_unit_test(nothing_early_is_said_about_security),
        cmocka_unit_test(a_message_whose_value_is_missing_is_refused),
        cmocka_unit_test(a_title_with_braces_is_a_title),
        cmocka_unit_test(what_to_look_at_is_said),
        cmocka_unit_test(when_they_hear_next_is_said),
        cmocka_unit_test(every_language_is_looked_at),
        cmocka_unit_test(what_ships_can_be_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
