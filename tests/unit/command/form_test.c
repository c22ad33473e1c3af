/* Forms, mentions, and what a channel is kept in step with, on a connector that can all of it. */
#include "rig.h"

#include "delivery/delivery.h"
#include "people/people.h"
#include "sight/sight.h"
#include "turn/live.h"

#define BEN "'user':{'id':'ben','name':'Ben'}"
#define ALL                                                                                                    \
    (TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_PAGE | TOCSIN_CAN_FORMS | TOCSIN_CAN_CHANNELS |            \
     TOCSIN_CAN_PIN | TOCSIN_CAN_BOOKMARK | TOCSIN_CAN_EMAILS)

static struct rig *with_forms(void)
{
    struct rig *rig = rig_create();
    delivery_connector(rig->core, "console", ALL, true, NULL, rig->now);
    return rig;
}

static struct rig *with_incident(void)
{
    struct rig *rig = with_forms();
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1");
    return rig;
}

static void what_is_missing_is_asked_for_in_a_form(void **state)
{
    (void)state;
    struct rig *rig = with_incident();
    rig_event(rig, "{'type':'command','id':'1','channel':'general',"
                   "" BEN ",'text':'INC-1 pause','trigger':'T1'}");
    assert_int_equal(rig_sent(rig, "console form", "\"command\":\"INC-1 pause\""), 1);
    assert_int_equal(rig_sent(rig, "console form", "\"trigger\":\"T1\""), 1);
    assert_int_equal(rig_sent(rig, "console form", "\"name\":\"reason\""), 1);
    assert_int_equal(rig_sent(rig, "console form", "\"name\":\"when\""), 1);
    rig_event(rig, "{'type':'form','id':'2','channel':'general'," BEN ",'command':'INC-1 pause',"
                   "'values':{'reason':'waiting until the bank opens for us','when':'2h'}}");
    const struct incident *incident = rig_incident(rig, 1);
    assert_int_equal(incident->status, STATUS_PAUSED);
    assert_string_equal(incident->pause.reason, "waiting until the bank opens for us");
    assert_int_equal(incident->pause.until, NOW + 2 * HOUR);
    rig_destroy(rig);
}

/* What was typed is not lost for one wrong value. */
static void a_wrong_answer_is_asked_for_again(void **state)
{
    (void)state;
    struct rig *rig = with_incident();
    rig_event(rig, "{'type':'form','id':'2','channel':'general'," BEN ",'command':'INC-1 pause','trigger':'T2',"
                   "'values':{'reason':'the bank is shut','when':'when pigs fly'}}");
    assert_int_equal(rig_incident(rig, 1)->status, STATUS_INVESTIGATING);
    assert_int_equal(rig_sent(rig, "console form", "\"error\":\"I can't read 'when pigs fly' as a time"), 1);
    assert_int_equal(rig_sent(rig, "console form", "\"value\":\"the bank is shut\""), 1);
    assert_int_equal(rig_sent(rig, "console form", "\"value\":\"when pigs fly\""), 1);
    assert_int_equal(rig_sent(rig, "console form", "\"command\":\"INC-1 pause\""), 1);
    rig_event(rig, "{'type':'form','id':'3','channel':'general'," BEN ",'command':'INC-1 pause','trigger':'T3',"
                   "'values':{'reason':'the bank is shut','when':'2h'}}");
    assert_int_equal(rig_incident(rig, 1)->status, STATUS_PAUSED);
    /* what the incident refuses, no form mends */
    rig_event(rig, "{'type':'form','id':'4','channel':'general'," BEN ",'command':'INC-1 pause','trigger':'T4',"
                   "'values':{'reason':'again','when':'2h'}}");
    assert_int_equal(rig_sent(rig, "console form", ""), 1);
    rig_destroy(rig);
}

static void without_a_trigger_the_line_is_said(void **state)
{
    (void)state;
    struct rig *rig = with_incident();
    rig_event(rig, "{'type':'command','id':'1','channel':'general'," BEN ",'text':'INC-1 pause'}");
    assert_int_equal(rig_sent(rig, "console form", ""), 0);
    assert_int_equal(rig_sent(rig, "console post", "INC-1 pause waiting for the bank"), 1);
    rig_destroy(rig);
}

static void nothing_at_all_declares(void **state)
{
    (void)state;
    struct rig *rig = with_forms();
    rig_event(rig, "{'type':'command','id':'1','channel':'general'," BEN ",'text':'','trigger':'T1'}");
    assert_int_equal(rig_sent(rig, "console form", "\"command\":\"declare\""), 1);
    rig_event(rig, "{'type':'form','id':'2','channel':'general'," BEN
                   ",'command':'declare','values':{'title':'INC-7 accept --sev minor','sev':'major'}}");
    assert_string_equal(rig_incident(rig, 1)->title, "INC-7 accept --sev minor");
    assert_string_equal(rig_incident(rig, 1)->severity, "major");
    rig_destroy(rig);
}

/* What was typed holds, whatever the form asks for besides. */
static void a_private_declaration_stays_one(void **state)
{
    (void)state;
    struct rig *rig = with_forms();
    rig_event(rig, "{'type':'command','id':'1','channel':'general'," BEN
                   ",'text':'declare --private --sev major --team bank','trigger':'T1'}");
    assert_int_equal(rig_sent(rig, "console form", "\"declare --private --team \\\"bank\\\"\""), 1);
    assert_int_equal(rig_sent(rig, "console form", "\"value\":\"major\""), 1);
    assert_int_equal(rig_sent(rig, "console form", "\"name\":\"private\""), 0);
    rig_event(rig, "{'type':'form','id':'2','channel':'general'," BEN
                   ",'command':'declare --private --team bank','values':{'title':'a breach','sev':'major'}}");
    assert_null(sight_incident(rig->core, 1, NULL));
    const struct incident *incident = sight_incident(rig->core, 1, "ben");
    assert_true(incident->private);
    assert_string_equal(incident->team, "bank");
    assert_string_equal(incident->severity, "major");
    rig_event(rig, "{'type':'form','id':'3','channel':'general'," BEN
                   ",'command':'declare','values':{'title':'another','private':'on'}}");
    assert_null(sight_incident(rig->core, 2, NULL));
    rig_event(rig, "{'type':'form','id':'4','channel':'general'," BEN
                   ",'command':'declare','values':{'title':'a third','private':'off'}}");
    assert_non_null(sight_incident(rig->core, 3, NULL));
    rig_destroy(rig);
}

static void a_message_is_declared_with_its_link(void **state)
{
    (void)state;
    struct rig *rig = with_forms();
    rig_event(rig, "{'type':'command','id':'1','channel':'general'," BEN ",'text':'declare','trigger':'T1',"
                   "'about':{'text':'cards are refused\\nsince nine','link':'https://chat.example/p1'}}");
    assert_int_equal(live_open_count(rig->core), 0);
    assert_int_equal(rig_sent(rig, "console form", "\"value\":\"cards are refused\""), 1);
    rig_event(rig, "{'type':'form','id':'2','channel':'general'," BEN
                   ",'command':'declare --link https://chat.example/p1','values':{'title':'cards'}}");
    assert_string_equal(rig_incident(rig, 1)->title, "cards");
    assert_int_equal(rig_incident(rig, 1)->places.links.n, 1);
    /* where there are no forms, at once */
    rig_event(rig, "{'type':'command','id':'3','channel':'general'," BEN ",'text':'declare',"
                   "'about':{'text':'mails are late','link':'https://chat.example/p2'}}");
    assert_string_equal(rig_incident(rig, 2)->title, "mails are late");
    rig_expect(rig, "ben", 0, "declare --link https://chat.example/p2 mails are late",
               "INC-2 is already open for this");
    rig_expect(rig, "ben", 0, "declare --link https://chat.example/p2 mails are lost", "INC-3 is open");
    /* who is gone leads nothing */
    rig_event(rig, "{'type':'command','id':'6','channel':'general'," BEN ",'text':'INC-1 lead <@U66>',"
                   "'people':[{'id':'U66','name':'Dora','gone':true}]}");
    assert_null(incident_role(rig_incident(rig, 1), "lead"));
    assert_null(people_find(rig->core, "dora"));
    rig_event(rig, "{'type':'command','id':'7','channel':'general'," BEN ",'text':'INC-1 lead <@ana>',"
                   "'people':[{'id':'ana','name':'Ana María','gone':true}]}");
    assert_null(incident_role(rig_incident(rig, 1), "lead"));
    assert_int_equal(rig_sent(rig, "'@Ana María (account closed)' matches nobody", ""), 1);
    rig_event(rig, "{'type':'command','id':'8','channel':'general'," BEN ",'text':'INC-1 lead <@U67>',"
                   "'people':[{'id':'U67','gone':true}]}");
    assert_null(incident_role(rig_incident(rig, 1), "lead"));
    assert_int_equal(rig_sent(rig, "'\\\\<@U67>' matches nobody", ""), 1);
    /* who is mentioned is called by name */
    rig_event(
        rig,
        "{'type':'command','id':'4','channel':'general'," BEN
        ",'text':'declare','people':[{'id':'U7','name':'Ana Lee'},{'id':'U8','name':'Zed','outside':true}],"
        "'about':{'text':'<@U7> and <@U8> see errors','link':'https://chat.example/p3'}}");
    assert_string_equal(rig_incident(rig, 4)->title, "@ana-lee and @zed see errors");
    rig_destroy(rig);
}

static void what_a_form_says_wrong_is_refused_in_words(void **state)
{
    (void)state;
    struct rig *rig = with_incident();
    rig_event(rig, "{'type':'form','id':'2','channel':'general'," BEN ",'command':'INC-1 pause',"
                   "'values':{'reason':'waiting','when':'someday'}}");
    assert_int_equal(rig_sent(rig, "console post", "I can't read 'someday' as a time"), 1);
    rig_event(rig, "{'type':'form','id':'3','channel':'general'," BEN ",'command':'INC-1 sev',"
                   "'values':{'severity':'mjor'}}");
    assert_int_equal(rig_sent(rig, "console post", "Unknown severity 'mjor'"), 1);
    rig_event(rig, "{'type':'form','id':'4','channel':'general'," BEN ",'command':'declare',"
                   "'values':{'title':'   '}}");
    assert_int_equal(live_open_count(rig->core), 1);
    rig_destroy(rig);
}

static void a_form_that_came_too_late_is_said(void **state)
{
    (void)state;
    struct rig *rig = with_incident();
    rig->outcome = TOCSIN_REFUSED;
    rig_event(rig, "{'type':'command','id':'1','channel':'general'," BEN ",'text':'INC-1 sev','trigger':'T1'}");
    assert_int_equal(rig_sent(rig, "console post", "INC-1 sev major"), 1);
    assert_int_equal(rig_sent(rig, "console post", "could not show a form"), 0);
    rig_destroy(rig);
}

static void dots_ask_for_more(void **state)
{
    (void)state;
    struct rig *rig = with_incident();
    rig_event(rig,
              "{'type':'press','id':'1','channel':'general'," BEN ",'command':'INC-1 lead …','trigger':'T1'}");
    assert_int_equal(rig_sent(rig, "console form", "\"kind\":\"person\""), 1);
    rig_event(rig, "{'type':'form','id':'2','channel':'general'," BEN ",'command':'INC-1 lead',"
                   "'values':{'person':'<@U7>'},'people':[{'id':'U7','name':'Zoë'}]}");
    assert_string_equal(people_name(rig->core, incident_role(rig_incident(rig, 1), "lead")), "Zoë");
    rig_destroy(rig);
}

static void mentions_become_people(void **state)
{
    (void)state;
    struct rig *rig = with_incident();
    rig_event(rig, "{'type':'command','id':'1','channel':'general'," BEN
                   ",'text':'INC-1 note <@ana> and <@U9> and <@nobody> saw it',"
                   "'people':[{'id':'U9','name':'Kim'},{'id':'B1','name':'A bot','bot':true}]}");
    assert_int_equal(rig_sent(rig, "console", "@nobody saw it"), 0);
    CLEANUP_FREE char *timeline = rig_line(rig, "ben", 0, "timeline INC-1");
    assert_non_null(strstr(timeline, "@ana-mar"));
    assert_non_null(strstr(timeline, "@kim and <@nobody> saw it"));
    assert_null(people_find(rig->core, "a bot"));
    rig_destroy(rig);
}

static void the_channel_is_kept_in_step(void **state)
{
    (void)state;
    struct rig *rig = with_incident();
    rig_room(rig, 1, "C1");
    assert_int_equal(rig_sent(rig, "console pin", "\"channel\":\"C1\""), 1);
    rig_expect(rig, "ben", 1, "sev major", "major");
    assert_int_equal(rig_sent(rig, "console channel.topic", "major"), 1);
    rig_expect(rig, "ben", 1, "title cards are refused", "cards");
    assert_int_equal(rig_sent(rig, "console channel.topic", "cards are refused"), 1);
    rig_destroy(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_missing_is_asked_for_in_a_form),
        cmocka_unit_test(a_wrong_answer_is_asked_for_again),
        cmocka_unit_test(without_a_trigger_the_line_is_said),
        cmocka_unit_test(nothing_at_all_declares),
        cmocka_unit_test(a_private_declaration_stays_one),
        cmocka_unit_test(a_message_is_declared_with_its_link),
        cmocka_unit_test(what_a_form_says_wrong_is_refused_in_words),
        cmocka_unit_test(a_form_that_came_too_late_is_said),
        cmocka_unit_test(dots_ask_for_more),
        cmocka_unit_test(mentions_become_people),
        cmocka_unit_test(the_channel_is_kept_in_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
