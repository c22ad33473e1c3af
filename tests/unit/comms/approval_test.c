/* Versions of a message to customers, and who may approve which. */
#include "../../support/policy_dir.h"

static struct policy *the_policy;
#define RIG_POLICY the_policy
#include "../command/rig.h"

#include "comms/diff.h"
#include "customers/customers.h"
#include "delivery/delivery.h"
#include "people/links.h"

static struct policy_dir dir;
static struct rig *rig;

static bool read_customer(void *ctx, const char *key, struct policy_customer *ret)
{
    const struct customer *c = rig ? customers_get(rig->core, key) : NULL;
    (void)ctx;
    if (c)
        *ret = (struct policy_customer){.key = c->key, .tier = c->tier};
    return c;
}

static void begin(const char *policy)
{
    static const struct policy_host host = {.customer = read_customer};
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
    rig = NULL;
    policy_destroy(the_policy);
    policy_dir_finish(&dir);
}

static void an_approval_holds_for_the_version_that_was_seen(void **state)
{
    (void)state;
    begin("");
    rig_expect(rig, "ben", 1, "tell acme Payments are slow. We are on it.", "approve 1");
    rig_expect(rig, "ana-maria", 1, "redraft 1 Payments are failing. We are on it.", "Changed. The card shows");
    assert_int_equal(rig_sent(rig, "console edit", "Message 1 to acme, version 2 by Ana"), 1);
    assert_int_equal(rig_sent(rig, "console edit", "Payments are ~~slow.~~ **failing.** We are on it."), 1);
    assert_int_equal(rig_sent(rig, "console edit", "INC-1 approve 1 2"), 1);
    rig_expect(rig, "ben", 1, "approve 1 1",
               "! Ana María changed message 1: Payments are ~~slow.~~ **failing.**");
    rig_expect(rig, "ben", 1, "approve", "`INC-1 approve 1 2` sends it");
    rig_expect(rig, "ben", 1, "approve 1 3", "This is version 2");
    assert_int_equal(rig_sent(rig, "desk.tell", ""), 0);
    rig_expect(rig, "ben", 1, "approve 1 2", "Approved. The message");
    assert_int_equal(rig_sent(rig, "desk.tell", "Payments are failing."), 1);
    rig_expect(rig, "ben", 1, "redraft 1 Too late.", "! Message 1 was already approved by");
    rig_expect(rig, "ben", 1, "timeline", "changed message 1: Payments are failing");
    end();
}

/* Cut between words and characters, with its marks closed, and what to type behind it. */
static void a_long_change_is_cut(void **state)
{
    CLEANUP_STR struct str line = {0};
    (void)state;
    begin("");
    rig_person(rig, "omega", "ΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩ ΩΩΩΩΩΩΩΩΩΩΩΩ", NULL);
    rig_expect(rig, "ben", 1, "tell acme Hallo.", "approve 1");
    str_add(&line, "redraft 1");
    for (int i = 0; i < 60; i++)
        str_add(&line, " *größer*");
    CLEANUP_FREE char *omega =
        xstrdup(people_find(rig->core, "ΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩ ΩΩΩΩΩΩΩΩΩΩΩΩ")->id);
    rig_expect(rig, omega, 1, line.p, "Changed");
    CLEANUP_FREE char *said = rig_line(rig, "ben", 1, "approve 1 1");
    assert_true(utf8_valid(said, strlen(said)));
    assert_non_null(strstr(said, "! ΩΩΩΩΩ"));
    assert_non_null(strstr(said, " \\*größer\\*** …\nThis is version 2; `INC-1 approve 1 2` sends it."));
    end();
}

static void what_is_rejected_is_changed_first(void **state)
{
    (void)state;
    begin("");
    rig_expect(rig, "ben", 1, "tell acme Fixed at nine.", "approve 1");
    rig_expect(rig, "ana-maria", 1, "reject", "! ");
    rig_expect(rig, "ana-maria", 1, "reject 1 it promises a time", "Rejected.");
    rig_expect(rig, "ben", 1, "approve",
               "! Message 1 was rejected: it promises a time. Change it first: `redraft 1");
    rig_expect(rig, "ben", 1, "redraft 1 Fixed soon.", "Changed");
    rig_expect(rig, "ana-maria", 1, "reject 1 [soon](http://x.example) is *no* time", "Rejected.");
    rig_expect(rig, "ben", 1, "approve 1 2",
               "! Message 1 was rejected: \\[soon\\](http\\://x.example) is \\*no\\* time. Change it first: "
               "`redraft 1 …`.");
    rig_expect(rig, "ben", 1, "redraft 1 Fixed soon!", "Changed");
    rig_expect(rig, "ben", 1, "approve 1 3", "Approved");
    assert_int_equal(rig_sent(rig, "desk.tell", "Fixed soon!"), 1);
    end();
}

/* The reaction may have been to the words that stood there before. */
static void a_thumbs_up_that_crossed_a_change_does_not_count(void **state)
{
    (void)state;
    begin("");
    rig_expect(rig, "ben", 1, "tell acme One.", "approve 1");
    rig_expect(rig, "ben", 1, "redraft 1 Two.", "Changed");
    CLEANUP_FREE char *message = xstrdup(rig_incident(rig, 1)->comms.draft_cards.v[0].message);
    CLEANUP_FREE char *up = xasprintf("{'type':'reaction','id':'1','channel':'room','user':{'id':'ana','name':'"
                                      "Ana'},'message':'%s','emoji':'+1'}",
                                      message);
    rig_event(rig, up);
    assert_int_equal(rig_sent(rig, "desk.tell", ""), 0);
    assert_int_equal(rig_sent(rig, "was changed a moment ago", ""), 1);
    rig->now += MINUTE;
    up[strlen("{'type':'reaction','id':'")] = '2';
    rig_event(rig, up);
    assert_int_equal(rig_sent(rig, "desk.tell", "Two."), 1);
    end();
}

static void the_policy_says_how_many_and_who(void **state)
{
    (void)state;
    begin("approval { severity = 'major', not_author = true }\n"
          "approval { severity = { 'critical' }, needs = 2, roles = { 'comms' } }\n"
          "approval { name = 'gold', tier = 'gold', not_author = true }");
    rig_expect(rig, "ben", 1, "tell acme One.", "approve 1");
    rig_expect(rig, "ben", 1, "approve 1", "Approved. The message"); /* minor: the author may */
    rig_expect(rig, "ben", 0, "customer acme tier gold", "gold");
    rig_expect(rig, "ben", 1, "tell acme Two.", "approve 2");
    rig_expect(rig, "ben", 1, "approve 2",
               "! You wrote message 2 as it stands, so somebody else must approve it");
    rig_expect(rig, "ben", 1, "tell all Two too.", "approve 3");
    rig_expect(rig, "ben", 1, "approve 3", "! You wrote message 3");
    rig_expect(rig, "ana-maria", 1, "redraft 2 Two and a half.", "Changed");
    rig_expect(rig, "ana-maria", 1, "approve 2 2", "! You wrote message 2");
    rig_expect(rig, "ben", 1, "approve 2 2", "Approved. The message");
    rig_expect(rig, "ben", 1, "discard 3", "Discarded");
    rig_expect(rig, "ben", 1, "sev critical", "critical");
    rig_expect(rig, "kim", 1, "tell globex Three.", "approve 4");
    rig_expect(rig, "ben", 1, "approve 4",
               "Approved by you. Message 4 still needs one more approval, and the approval of the comms.");
    assert_int_equal(rig_sent(rig, "console edit", "{\"name\":\"approved by\",\"value\":\"Ben\"}"), 1);
    rig_expect(rig, "ben", 1, "approve 4", "! You have approved message 4 already");
    rig_expect(rig, "zed", 1, "approve 4", "Approved by you. Message 4 still needs the approval of the comms.");
    rig_expect(rig, "ben", 1, "comms @ana-maria", "Ana");
    assert_int_equal(rig_sent(rig, "desk.tell", "Three."), 0);
    rig_expect(rig, "ana-maria", 1, "approve 4", "Approved. The message");
    assert_int_equal(rig_sent(rig, "desk.tell", "Three."), 1);
    end();
}

static void link_people(const char *one, const char *other)
{
    struct turn *turn = turn_begin(rig->core, rig->now);
    people_link(turn, one, other, "console");
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
}

/* Also where both had approved before they turned out to be one. */
static void one_person_with_two_ids_approves_once(void **state)
{
    (void)state;
    begin("approval { severity = 'minor', needs = 2 }\n"
          "approval { severity = 'major', needs = 3 }\n"
          "approval { service = 'checkout', not_author = true }");
    rig_person(rig, "bea", "Bea", NULL);
    rig_expect(rig, "ben", 1, "tell acme One.", "approve 1");
    rig_expect(rig, "bea", 1, "approve 1", "still needs one more");
    link_people("ben", "bea");
    rig_expect(rig, "ben", 1, "approve 1", "! You have approved message 1 already");
    rig_expect(rig, "ana-maria", 1, "approve 1", "Approved. The message");
    rig_person(rig, "cy", "Cy", NULL);
    rig_expect(rig, "ana-maria", 1, "sev major", "major");
    rig_person(rig, "dee", "Dee", NULL);
    rig_expect(rig, "ana-maria", 1, "tell acme Two.", "approve 2");
    rig_expect(rig, "bea", 1, "approve 2", "still needs 2 more");
    rig_expect(rig, "cy", 1, "approve 2", "still needs one more");
    link_people("cy", "bea");
    rig_expect(rig, "dee", 1, "approve 2", "still needs one more");
    rig_expect(rig, "ana-maria", 1, "service checkout", "checkout");
    rig_expect(rig, "ben", 1, "tell acme Three.", "approve 3");
    rig_expect(rig, "bea", 1, "approve 3", "! You wrote message 3");
    end();
}

static void about_security_two_approve_and_one_has_a_role(void **state)
{
    (void)state;
    begin("");
    rig_expect(rig, "ben", 1, "customers add acme", "1 customer");
    rig_expect(rig, "ben", 1, "tell acme Your keys may have leaked.", "approve 1");
    rig_expect(rig, "ben", 1, "kind securty", "! Unknown kind 'securty'. Choose security, or none.");
    rig_expect(rig, "ben", 1, "kind security", "INC-1 is of the kind security");
    rig_expect(rig, "ben", 1, "kind", "INC-1 is of the kind security");
    rig_expect(rig, "ben", 1, "approve 1",
               "still needs one more approval, and the approval of the lead or comms.");
    rig_expect(rig, "kim", 1, "approve 1", "still needs the approval of the lead or comms.");
    rig_expect(rig, "kim", 1, "approve 1",
               "! You have approved message 1 already. It still needs the approval of the lead or comms.");
    assert_int_equal(rig_sent(rig, "desk.tell", ""), 0);
    rig_expect(rig, "ana-maria", 1, "comms me", "Ana");
    rig_expect(rig, "ana-maria", 1, "approve 1", "Approved. The message");
    assert_int_equal(rig_sent(rig, "desk.tell", "may have leaked"), 1);
    rig_expect(rig, "ben", 1, "timeline", "Ben set its kind to security");
    rig_expect(rig, "ben", 1, "kind none", "INC-1 is of no particular kind");
    end();
}

/* Two people are enough, also where one of them takes the role after their approval. */
static void a_role_that_comes_later_counts(void **state)
{
    (void)state;
    begin("");
    rig_expect(rig, "ben", 1, "customers add acme", "1 customer");
    rig_expect(rig, "ben", 1, "kind security", "security");
    rig_expect(
        rig, "ben", 1, "tell acme Your keys may have leaked.",
        "It is sent when 2 people approve it, the lead or comms among them: a thumbs-up or `INC-1 approve 1`.");
    assert_int_equal(rig_sent(rig, "console post",
                              "Sent when 2 people approve it, the lead or comms among them, with the button"),
                     1);
    rig_expect(rig, "ben", 1, "approve 1", "Approved by you.");
    rig_expect(rig, "ana-maria", 1, "approve 1", "still needs the approval of the lead or comms.");
    rig_expect(rig, "ana-maria", 1, "lead me", "Ana");
    rig_expect(rig, "ana-maria", 1, "approve 1", "Approved. The message");
    assert_int_equal(rig_sent(rig, "desk.tell", "may have leaked"), 1);
    end();
}

/* What is merged into another incident brings its kind along, and what was prepared in several languages. */
static void a_kind_survives_a_merge(void **state)
{
    (void)state;
    begin("message { name = 'hello', text = { en = 'Hello.', de = 'Hallo.' } }");
    rig_expect(rig, "ben", 1, "kind security", "security");
    rig_expect(rig, "ben", 1, "draft acme hello", "approve 1");
    rig_expect(rig, "ben", 0, "keys were stolen", "INC-2");
    rig_expect(rig, "ben", 0, "merge 1 into 2", "INC-1 was merged");
    assert_string_equal(rig_incident(rig, 2)->sort.kind, "security");
    assert_string_equal(rig_incident(rig, 2)->comms.drafts.v[0].languages, "{\"de\":\"Hallo.\"}");
    end();
}

/* Who types a tier in another case reaches the same customers, so the same people must approve it. */
static void a_tier_in_another_case_needs_the_same_approval(void **state)
{
    static const char *const drafts[] = {"draft tier gold Hello.", "draft tier GOLD Hello.",
                                         "tell tier:Gold Hello.",  "draft all Hello.",
                                         "tell acme Hello.",       "draft to \"Acme\" Hello."};
    (void)state;
    begin("approval { name = 'gold', tier = 'go*d', not_author = true }");
    rig_expect(rig, "ben", 0, "customer acme tier Gold", "Gold");
    rig_expect(rig, "ben", 1, "customers add acme", "1 customer");
    for (size_t i = 0; i < ARRAY_SIZE(drafts); i++) {
        CLEANUP_FREE char *approve = xasprintf("approve %zu", i + 1);
        rig_expect(rig, "ben", 1, drafts[i], approve);
        rig_expect(rig, "ben", 1, approve, "! You wrote message");
    }
    assert_int_equal(rig_sent(rig, "desk.tell", ""), 0);
    end();
}

/* Each is a sentence with what to do, and nothing goes out. */
static void what_cannot_be_sent_is_not(void **state)
{
    (void)state;
    begin("approval { not_author = true }\nmessage { name = 'link', text = 'See {{ticket}}.' }");
    rig->unknown = "desk.tell"; /* the connector knows nobody */
    /* an unknown customer */
    rig_expect(rig, "ben", 0, "customer nobody", "nobody");
    rig_expect(rig, "ben", 1, "preview 1 nobody", "! ");
    rig_expect(rig, "ben", 1, "tell nobody Hello.", "nobody is now listed as an affected customer of INC-1");
    rig_expect(rig, "ben", 1, "preview 1 acme", "That customer does not get it.");
    rig_expect(rig, "ana-maria", 1, "approve 1", "Approved");
    assert_int_equal(
        rig_sent(rig, "nobody was NOT told: no connector knows how to reach them", "customer nobody route …"),
        1);
    rig_expect(rig, "ben", 1, "tell nobodi Hello.",
               "! No customer 'nobodi' is known. Do you mean nobody? `INC-1 tell nobody …`. If they are new: "
               "`INC-1 customers add nobodi`");
    assert_int_equal(rig_incident(rig, 1)->comms.drafted, 1);
    /* an approval by somebody who may not */
    rig_expect(rig, "ben", 1, "tell nobody Hello.", "approve 2");
    rig_expect(rig, "ben", 1, "approve 2",
               "! You wrote message 2 as it stands, so somebody else must approve it.");
    /* a message with a missing value */
    rig_expect(rig, "ben", 1, "draft all link", "! This message cannot be used here: ");
    rig_expect(rig, "ben", 1, "draft all link", "ticket");
    rig_expect(rig, "ben", 1, "tell all Hello {{naem}}",
               "! Nothing fills '{{naem}}' in the message. Write it out");
    /* nobody is in the audience */
    rig_expect(rig, "ben", 0, "emails are lost", "INC-2");
    rig_expect(rig, "ben", 2, "tell all Hello.", "approve 1");
    rig_expect(rig, "ben", 2, "preview", "Nobody gets it: no affected customer is known.");
    rig_expect(
        rig, "ana-maria", 2, "approve 1",
        "! Nobody would get message 1: no affected customer is known. Add one with `customers add Acme`.");
    rig_expect(rig, "ben", 2, "discard 1", "Discarded");
    /* a route whose connector is gone */
    size_t sent = rig_sent(rig, "desk.tell", "");
    rig_expect(rig, "ben", 0, "customer gone route fax 555", "555");
    rig_expect(rig, "ben", 2, "tell gone Hello.", "approve 2");
    rig_expect(rig, "ana-maria", 2, "approve 2", "Approved");
    assert_int_equal(
        rig_sent(rig,
                 "gone was NOT told. No connector called fax reaches customers here, so 555 was passed over.",
                 "`customer gone route …`"),
        1);
    assert_int_equal(rig_sent(rig, "desk.tell", ""), sent);
    end();
}

static void words_that_changed_are_shown(void **state)
{
    static const struct {
        const char *before, *after, *shown;
    } texts[] = {
        {"a b c", "a x c", "a ~~b~~ **x** c"},
        {"a b", "a b", "…"},
        {"", "new", "**new**"},
        {"gone", "", "~~gone~~"},
        {"1 2 3 4 5 6 7 8 9 a b c", "1 2 3 4 5 6 7 8 9 a x c", "… 7 8 9 a ~~b~~ **x** c"},
        {"a 1 2 3 4 5 6 7 8 9 b", "x 1 2 3 4 5 6 7 8 9 y", "~~a~~ **x** 1 2 3 4 … 6 7 8 9 ~~b~~ **y**"},
        {"*a*", "[b](c)", "~~\\*a\\*~~ **\\[b\\](c)**"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        CLEANUP_STR struct str out = {0};
        diff_words(texts[i].before, texts[i].after, &out);
        assert_string_equal(str_text(&out), texts[i].shown);
    }
    CLEANUP_STR struct str many = {0}, out = {0};
    for (int i = 0; i < 3000; i++)
        str_addf(&many, "w%d ", i);
    diff_words(many.p, "short", &out);
    assert_true(out.len < 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_approval_holds_for_the_version_that_was_seen),
        cmocka_unit_test(a_long_change_is_cut),
        cmocka_unit_test(what_is_rejected_is_changed_first),
        cmocka_unit_test(a_thumbs_up_that_crossed_a_change_does_not_count),
        cmocka_unit_test(the_policy_says_how_many_and_who),
        cmocka_unit_test(one_person_with_two_ids_approves_once),
        cmocka_unit_test(about_security_two_approve_and_one_has_a_role),
        cmocka_unit_test(a_role_that_comes_later_counts),
        cmocka_unit_test(a_kind_survives_a_merge),
        cmocka_unit_test(a_tier_in_another_case_needs_the_same_approval),
        cmocka_unit_test(what_cannot_be_sent_is_not),
        cmocka_unit_test(words_that_changed_are_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
