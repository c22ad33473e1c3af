/* What a customer wrote stands in the incident with a button to answer; an answer is a draft, whichever way it is written. */
#include "../command/rig.h"

#include <inttypes.h>

#include "comms/comms.h"
#include "delivery/delivery.h"

#define BEN "'user':{'id':'ben','name':'Ben'}"

static struct rig *rig;

static void begin(void)
{
    rig = rig_create();
    delivery_connector(rig->core, "desk", TOCSIN_CAN_DESK, true, NULL, rig->now);
    rig_expect(rig, "ben", 0, "cards are refused", "INC-1");
    rig_room(rig, 1, "room");
    rig_expect(rig, "ben", 0, "customer acme name Acme GmbH", "Acme");
    rig_expect(rig, "ben", 0, "customer acme tier gold", "gold");
    rig_expect(rig, "ben", 1, "customers add acme", "1 customer");
}

static void customer_writes(const char *id, const char *text)
{
    CLEANUP_FREE char *event = xasprintf("{'type':'reply','id':'%s','message':'%s','user':{'id':'U9','name':'"
                                         "Carl'},'customer':'acme','text':'%s'}",
                                         id, id, text);
    rig_event(rig, event);
}

/* The id of the last message that was posted with this in it. */
static char *message_with(const char *part)
{
    for (size_t i = rig->sent.n; i-- > 0;) {
        if (strstr(rig->sent.v[i], "console post") && strstr(rig->sent.v[i], part))
            return xasprintf("m%zu", i + 1);
    }
    fail_msg("nothing was posted with %s", part);
    return NULL;
}

static void somebody_writes(const char *id, const char *channel, const char *under, const char *who,
                            const char *text)
{
    CLEANUP_FREE char *event =
        xasprintf("{'type':'message','id':'%s','message':'t%s','channel':'%s','thread':'%s',%s,'text':'%s'}",
                  id, id, channel, under, who, text);
    rig_event(rig, event);
}

static void a_customers_message_has_a_button_and_a_line(void **state)
{
    (void)state;
    begin();
    customer_writes("1", "still broken");
    assert_int_equal(rig_sent(rig, "\"title\":\"Carl of Acme GmbH (gold) replied\"", "\"channel\":\"room\""),
                     1);
    assert_int_equal(
        rig_sent(rig, "\"text\":\"still broken", "Answer with `INC-1 tell acme …`, which makes a draft."), 1);
    /* This console has no forms, so it is not given a button that needs one. */
    assert_int_equal(rig_sent(rig, "still broken", "\"asks\":true"), 0);
    delivery_connector(rig->core, "console",
                       TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_PAGE | TOCSIN_CAN_FORMS, true, NULL,
                       rig->now);
    customer_writes("2", "and now?");
    assert_int_equal(rig_sent(rig, "and now?",
                              "{\"label\":\"Reply\",\"command\":\"INC-1 tell acme …\",\"style\":\"\","
                              "\"asks\":true}"),
                     1);
    rig_destroy(rig);
}

static void nothing_is_offered_where_there_is_nobody_to_answer(void **state)
{
    (void)state;
    begin();
    rig_event(
        rig, "{'type':'reply','id':'1','user':{'id':'x'},'customer':'acme','incident':'INC-1','automatic':true,"
             "'text':'I am away'}");
    rig_event(
        rig,
        "{'type':'reply','id':'2','user':{'id':'x'},'customer':'all','incident':'INC-1','text':'hello all'}");
    assert_int_equal(rig_sent(rig, "I am away", ""), 1);
    assert_int_equal(rig_sent(rig, "I am away", "tell acme"), 0);
    assert_int_equal(rig_sent(rig, "hello all", "tell all"), 0);
    rig_destroy(rig);
}

/* It is the agent's, so it needs no answer, and nobody is offered an incident for it. */
static void what_an_agent_answers_is_shown_as_the_agents(void **state)
{
    static const char agent[] = "{'type':'reply','id':'%s','agent':true,'user':{'id':'ann'},'name':'Ann *A*',"
                                "'customer':'%s','ticket':'17','text':'We *know*.'}";
    (void)state;
    begin();
    CLEANUP_FREE char *acme = xasprintf(agent, "1", "acme"), *other = xasprintf(agent, "2", "initech");
    rig_event(rig, acme);
    rig_event(rig, other);
    assert_int_equal(rig_sent(rig, "answered Acme GmbH** in ticket 17, as support:", "We \\\\*know"), 1);
    assert_int_equal(rig_sent(rig, "We ", "tell acme"), 0);
    assert_int_equal(rig_sent(rig, "initech", ""), 0);
    rig_destroy(rig);
}

/* The form shows what they wrote last, unless that is deleted. */
static void the_form_holds_what_they_wrote(void **state)
{
    struct asker asker = {.person = "ben", .here = 1, .forms = FORMS_MISSING};
    (void)state;
    begin();
    customer_writes("1", "still broken");
    customer_writes("2", "and slow");
    for (int deleted = 0; deleted < 2; deleted++) {
        struct answer answer = {0};
        struct turn *turn = turn_begin(rig->core, rig->now);
        assert_int_equal(command_run(turn, &asker, "INC-1 tell acme …", &answer), ERR_INVALID);
        turn_commit(turn, NULL, NULL);
        assert_non_null(strstr(answer.form.p, "\"command\":\"INC-1 tell\""));
        assert_non_null(strstr(answer.form.p, "\"value\":\"acme\""));
        assert_non_null(strstr(answer.form.p, deleted ? "acme wrote: still broken" : "acme wrote: and slow"));
        answer_finish(&answer);
        rig_event(
            rig,
            "{'type':'reply','id':'3','message':'2','user':{'id':'U9'},'customer':'acme','text':'and slow',"
            "'change':'deleted'}");
    }
    rig_destroy(rig);
}

static void what_is_written_under_it_is_a_draft(void **state)
{
    (void)state;
    begin();
    customer_writes("1", "still broken");
    CLEANUP_FREE char *under = message_with("still broken");
    somebody_writes("2", "room", under, BEN, "INC-1 is *nearly* fixed, `all` of it.");
    assert_int_equal(rig_sent(rig, "Message 1 to Acme GmbH", "INC-1 is *nearly* fixed, `all` of it."), 1);
    assert_int_equal(
        rig_sent(rig, "Nothing was sent to acme: this is a draft. Message 1 is waiting", "\"thread\""), 1);
    assert_int_equal(rig_sent(rig, "desk.tell", ""), 0);
    assert_string_equal(rig_incident(rig, 1)->comms.drafts.v[0].by, "ben");
    rig_expect(rig, "ana-maria", 1, "approve 1", "Approved");
    assert_int_equal(rig_sent(rig, "desk.tell", "is *nearly* fixed"), 1);
    rig_destroy(rig);
}

static void a_draft_goes_with_the_message_that_it_was(void **state)
{
    (void)state;
    begin();
    customer_writes("1", "still broken");
    CLEANUP_FREE char *under = message_with("still broken");
    somebody_writes("2", "room", under, BEN, "We are on is.");
    somebody_writes("3", "room", under, BEN, "Nonsense.");
    rig_event(rig,
              "{'type':'edited','id':'e1','channel':'room','message':'t2'," BEN ",'text':'We are on it.'}");
    assert_int_equal(rig_sent(rig, "console edit", "We are on ~~is.~~ **it.**"), 1);
    rig_event(rig,
              "{'type':'edited','id':'e2','channel':'room','message':'t2'," BEN ",'text':'We are {{on}} it.'}");
    assert_int_equal(rig_sent(rig, "Nothing fills", "\"asker\":\"ben\"") +
                         rig_sent(rig, "Nothing fills", "\"to\":\"ben\""),
                     1);
    rig_event(rig, "{'type':'deleted','id':'d1','channel':'room','message':'t3'," BEN "}");
    assert_int_equal(rig_incident(rig, 1)->comms.drafts.v[1].state, DRAFT_DISCARDED);
    /* What somebody else has changed is theirs; what was approved is out. */
    rig_expect(rig, "ana-maria", 1, "redraft 1 We see it.", "Changed");
    rig_event(rig, "{'type':'edited','id':'e3','channel':'room','message':'t2'," BEN ",'text':'Mine again.'}");
    assert_string_equal(rig_incident(rig, 1)->comms.drafts.v[0].text, "We see it.");
    rig_expect(rig, "ben", 1, "redraft 1 We see it now.", "Changed");
    rig_expect(rig, "ana-maria", 1, "approve 1 4", "Approved");
    rig_event(rig, "{'type':'deleted','id':'d2','channel':'room','message':'t2'," BEN "}");
    assert_int_equal(rig_incident(rig, 1)->comms.drafts.v[0].state, DRAFT_APPROVED);
    rig_destroy(rig);
}

static void not_everything_under_it_is_a_draft(void **state)
{
    (void)state;
    begin();
    customer_writes("1", "still broken");
    CLEANUP_FREE char *under = message_with("still broken");
    somebody_writes("2", "room", under, BEN, "!inc note we look");
    somebody_writes("3", "room", "m999", BEN, "another thread");
    somebody_writes("4", "room", under, "'user':{'id':'B1','name':'bot','bot':true}", "a build");
    somebody_writes("5", "room", under, "'user':{'id':'U7','name':'Zed','outside':true}", "from outside");
    rig_expect(rig, "ben", 0, "emails are lost", "INC-2");
    rig_room(rig, 2, "other");
    somebody_writes("6", "other", under, BEN, "in the room of another incident");
    assert_int_equal(rig_incident(rig, 1)->comms.drafted, 0);
    assert_int_equal(rig_incident(rig, 2)->comms.drafted, 0);
    /* Refused like what is typed. */
    somebody_writes("7", "room", under, BEN, "Hello {{name}}");
    assert_int_equal(rig_incident(rig, 1)->comms.drafted, 0);
    assert_int_equal(rig_sent(rig, "Nothing was sent to acme, and this is no draft either: Nothing fills", ""),
                     1);
    rig_destroy(rig);
}

/* Where the incident has no channel, its customers' words stand in the announcements. */
static void an_answer_in_the_announcements_is_a_draft_too(void **state)
{
    (void)state;
    begin();
    rig_expect(rig, "ben", 0, "emails are lost", "INC-2");
    rig_event(
        rig,
        "{'type':'reply','id':'1','user':{'id':'x'},'customer':'globex','incident':'INC-2','text':'help'}");
    CLEANUP_FREE char *under = message_with("\"text\":\"help");
    somebody_writes("2", "general", under, BEN, "We are on it.");
    assert_int_equal(rig_incident(rig, 2)->comms.drafted, 1);
    rig_event(rig,
              "{'type':'edited','id':'e1','channel':'general','message':'t2'," BEN ",'text':'We are at it.'}");
    assert_string_equal(rig_incident(rig, 2)->comms.drafts.v[0].text, "We are at it.");
    somebody_writes("4", "general", under, BEN, "Nonsense.");
    rig_event(rig, "{'type':'deleted','id':'d1','channel':'general','message':'t4'," BEN "}");
    assert_int_equal(rig_incident(rig, 2)->comms.drafts.v[1].state, DRAFT_DISCARDED);
    /* Whoever may not see it any more learns nothing of it. */
    rig_expect(rig, "ben", 2, "private", "INC-2 is private");
    somebody_writes("3", "general", under, "'user':{'id':'kim','name':'Kim'}", "What about this?");
    assert_int_equal(rig_incident(rig, 1)->comms.drafted, 0);
    assert_int_equal(rig_sent(rig, "What about this?", ""), 0);
    rig_destroy(rig);
}

static void a_first_word_can_be_attached_to_what_fits(void **state)
{
    (void)state;
    begin();
    rig_expect(rig, "ben", 0, "invoices cannot be downloaded", "INC-2");
    rig_expect(rig, "ben", 0, "cards refused at checkout", "INC-3");
    rig_expect(rig, "ben", 0, "declare --private cards refused since somebody stole them", "INC-4");
    rig_expect(rig, "ben", 0, "cards refused again", "INC-5");
    rig_expect(rig, "ben", 5, "decline a test", "INC-5");
    rig_expect(rig, "ben", 0, "checkout: cards get refused, all cards", "INC-6");
    rig_expect(rig, "ben", 0, "cards refused in Spain", "INC-7");
    rig_event(rig, "{'type':'reply','id':'1','user':{'id':'U9'},'customer':'globex',"
                   "'text':'Hello! At the checkout our cards are refused, and cannot pay.'}");
    assert_int_equal(rig_sent(rig, "\"Declare\"",
                              "\"may belong to\",\"value\":\"INC-6 checkout: cards get refused, all cards; "
                              "INC-3 cards refused at checkout; INC-7 cards refused in Spain\""),
                     1);
    assert_int_equal(rig_sent(rig, "\"Attach to INC-6\",\"command\":\"INC-6 customers add globex @~o",
                              "\"Attach to INC-3\",\"command\":\"INC-3 customers add globex @~o"),
                     1);
    assert_int_equal(rig_sent(rig, "Attach to INC-2", "") + rig_sent(rig, "Attach to INC-4", ""), 0);
    assert_int_equal(rig_sent(rig, "Attach to INC-5", "") + rig_sent(rig, "Attach to INC-1", ""), 0);
    /* What they wrote goes along; what they write more is there, too. */
    CLEANUP_FREE char *press = xasprintf("{'type':'press','id':'p1','channel':'general'," BEN
                                         ",'command':'INC-3 customers add globex @~o%" PRId64 "'}",
                                         rig->now);
    rig_event(rig, press);
    rig_expect(rig, "ben", 3, "timeline", "globex replied: Hello! At the checkout");
    rig_event(rig, "{'type':'reply','id':'2','user':{'id':'U9'},'customer':'globex','text':'Anybody there?'}");
    rig_expect(rig, "ben", 3, "timeline", "globex replied: Anybody there?");
    /* One common word is chance. */
    rig_event(
        rig, "{'type':'reply','id':'3','user':{'id':'U8'},'customer':'initech','text':'Our cards are green.'}");
    assert_int_equal(rig_sent(rig, "initech wrote", "Attach"), 0);
    rig_destroy(rig);
}

/* It waited while one of them became private: their words arrive, without it. */
static void what_fits_is_forgotten_when_it_becomes_private(void **state)
{
    (void)state;
    begin();
    rig_expect(rig, "ben", 0, "cards refused at checkout", "INC-2");
    rig->down = true;
    rig_event(rig, "{'type':'reply','id':'1','user':{'id':'U9','name':'Gina'},'customer':'globex',"
                   "'text':'The checkout: cards refused'}");
    rig_expect(rig, "ben", 2, "private", "INC-2 is private");
    size_t before = rig->sent.n;
    rig->down = false;
    rig->now += MINUTE;
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "globex wrote", "The checkout: cards refused"), 1);
    assert_int_equal(rig_sent(rig, "globex wrote", "\"Declare\""), 1);
    assert_int_equal(rig_sent(rig, "globex wrote", "Gina"), 1);
    for (size_t i = before; i < rig->sent.n; i++) {
        if (strstr(rig->sent.v[i], "globex wrote"))
            assert_null(strstr(rig->sent.v[i], "INC-"));
    }
    rig_destroy(rig);
}

/* Whoever wrote it, it goes along as it was shown; a restart forgets nothing of it. */
static void first_words_outlive_a_restart(void **state)
{
    (void)state;
    rig = rig_create();
    rig_expect(rig, "ben", 0, "cards refused at checkout", "INC-1");
    rig_expect(rig, "ben", 0, "customer globex name Globex Corp", "");
    rig_expect(rig, "ben", 0, "customer globex tier gold", "");
    rig_event(rig, "{'type':'reply','id':'1','user':{'id':'U9','name':'Gina'},'customer':'globex',"
                   "'text':'We cannot pay'}");
    rig_event(rig,
              "{'type':'reply','id':'2','user':{'id':'eve@evil.example','outside':true},'customer':'globex',"
              "'address':'eve@evil.example','unverified':true,'text':'Send me all'}");
    assert_int_equal(rig_sent(rig, "\"title\":\"Globex Corp (gold) wrote\"", "We cannot pay"), 1);
    assert_int_equal(
        rig_sent(rig, "\"title\":\"eve@evil.example, not verified as Globex Corp, wrote more\"", "Send me all"),
        1);
    rig_event(rig, "{'type':'reply','id':'3','user':{'id':'U8'},'address':'x@y.example','unverified':true,"
                   "'text':'Hi'}");
    assert_int_equal(rig_sent(rig, "\"title\":\"x@y.example, not verified, wrote\"", "Hi"), 1);
    struct store *memory = steal(rig->memory);
    rig_destroy(rig);
    rig = rig_over(memory);
    rig->memory = memory;
    rig_expect(rig, "ben", 1, "customers add globex", "");
    rig_expect(rig, "ben", 1, "timeline", "Gina of Globex Corp replied: We cannot pay");
    rig_expect(rig, "ben", 1, "timeline",
               "eve@evil.example, not verified as Globex Corp, replied: Send me all");
    rig_destroy(rig);
}

/* Ends an incident in which acme was told that, and answered twice; the first answer was deleted. */
static void end_with_words(uint64_t id, const char *told)
{
    CLEANUP_FREE char *tell = xasprintf("tell acme %s", told), *first = xasprintf("%" PRIu64 "1", id),
                      *second = xasprintf("%" PRIu64 "2", id);
    CLEANUP_FREE char *deleted = xasprintf("{'type':'reply','id':'%sd','message':'%s','user':{'id':'U9'},'"
                                           "customer':'acme','text':'nonsense','change':'deleted'}",
                                           first, first);
    rig_expect(rig, "ben", id, tell, "approve");
    rig_expect(rig, "ben", id, "approve", "Approved");
    customer_writes(first, "nonsense");
    rig_event(rig, deleted);
    customer_writes(second, "thank *you*");
    rig_expect(rig, "ben", id, "resolve it works", "INC-");
    rig_expect(rig, "ben", id, "close", "INC-");
}

static void what_was_said_in_similar_incidents_is_an_example(void **state)
{
    (void)state;
    begin();
    rig_expect(rig, "ben", 0, "emails are lost", "INC-2");
    rig_expect(rig, "ben", 2, "examples", "In no similar incident was anything sent to customers.");
    end_with_words(1, "Cards were refused. **We are on it.**");
    rig_expect(rig, "ben", 0, "declare --private cards are refused by a thief", "INC-3");
    rig_expect(rig, "ben", 3, "customers add acme", "1 customer");
    end_with_words(3, "A secret.");
    rig_expect(rig, "ben", 0, "cards are refused again", "INC-4");
    CLEANUP_FREE char *said = rig_line(rig, "ben", 4, "examples");
    assert_non_null(strstr(said, "What customers were told in similar incidents: 2"));
    assert_non_null(strstr(said, "  to Acme GmbH: Cards were refused. \\*\\*We are on it.\\*\\*\n"));
    assert_non_null(strstr(said, "  Acme GmbH answered: thank \\*you\\*\n"));
    assert_non_null(strstr(said, "A secret."));
    assert_null(strstr(said, "nonsense"));
    /* Somebody else sees no private incident. */
    CLEANUP_FREE char *other = rig_line(rig, "ana-maria", 4, "examples");
    assert_non_null(strstr(other, "similar incidents: 1"));
    assert_null(strstr(other, "A secret."));
    rig_expect(rig, "ana-maria", 0, "examples cards refused", "to Acme GmbH: Cards were refused.");
    rig_expect(rig, "ana-maria", 0, "examples",
               "! Say which incident, or what to look for: `examples card refused`.");
    rig_destroy(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_customers_message_has_a_button_and_a_line),
        cmocka_unit_test(what_an_agent_answers_is_shown_as_the_agents),
        cmocka_unit_test(nothing_is_offered_where_there_is_nobody_to_answer),
        cmocka_unit_test(the_form_holds_what_they_wrote),
        cmocka_unit_test(what_is_written_under_it_is_a_draft),
        cmocka_unit_test(a_draft_goes_with_the_message_that_it_was),
        cmocka_unit_test(not_everything_under_it_is_a_draft),
        cmocka_unit_test(an_answer_in_the_announcements_is_a_draft_too),
        cmocka_unit_test(first_words_outlive_a_restart),
        cmocka_unit_test(what_fits_is_forgotten_when_it_becomes_private),
        cmocka_unit_test(what_was_said_in_similar_incidents_is_an_example),
        cmocka_unit_test(a_first_word_can_be_attached_to_what_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
