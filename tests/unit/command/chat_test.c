#include "rig.h"

#include "people/people.h"
#include "sight/sight.h"
#include "turn/live.h"

#define ANA "'user':{'id':'ana','name':'Ana María'}"
#define BEN "'user':{'id':'ben','name':'Ben'}"

static void every_way_to_address_the_bot_is_a_command(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    static const char *const events[] = {
        "{'type':'command','id':'1','channel':'general'," BEN ",'text':'declare one'}",
        "{'type':'message','id':'2','channel':'general'," BEN ",'text':'!inc two is slow'}",
        "{'type':'message','id':'3','channel':'general'," BEN ",'text':'Inc three is slow'}",
        "{'type':'message','id':'4','channel':'general'," BEN ",'text':'four is slow','mention':true}",
        "{'type':'message','id':'5','channel':'d-ben'," BEN ",'text':'five is slow','direct':true}",
        "{'type':'press','id':'6','channel':'general'," BEN ",'command':'declare six'}",
    };
    for (size_t i = 0; i < ARRAY_SIZE(events); i++)
        assert_int_equal(rig_event(rig, events[i]), TOCSIN_EMITTED);
    assert_int_equal(live_open_count(rig->core), 6);
    assert_int_equal(rig_sent(rig, "console post", "INC-5 is open: five is slow"), 1);
    assert_int_equal(rig_event(rig, "{'type':'message','id':'7','channel':'general'," BEN ",'text':'lunch?'}"),
                     TOCSIN_EMITTED);
    assert_int_equal(live_open_count(rig->core), 6);
    rig_destroy(rig);
}

static void an_event_counts_once(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    const char *event = "{'type':'command','id':'1','channel':'general'," BEN ",'text':'declare one'}";
    assert_int_equal(rig_event(rig, event), TOCSIN_EMITTED);
    assert_int_equal(rig_event(rig, event), TOCSIN_EMITTED);
    assert_int_equal(live_open_count(rig->core), 1);
    chat_destroy(rig->chat); /* as after a restart: the journal knows */
    rig->chat = chat_create(rig->core, NULL, 0);
    assert_int_equal(rig_event(rig, event), TOCSIN_EMITTED);
    assert_int_equal(live_open_count(rig->core), 1);
    rig_destroy(rig);
}

static void what_is_not_durable_is_not_acknowledged(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    const char *event = "{'type':'command','id':'1','channel':'general'," BEN ",'text':'declare one'}";
    memory_store_fail_next(rig->memory, 1);
    assert_int_equal(rig_event(rig, event), TOCSIN_EMIT_RETRY);
    for (int i = 0; i < 10 && !core_ready(rig->core, NULL); i++) {
        rig->now += SECOND;
        rig_settle(rig);
    }
    assert_int_equal(live_open_count(rig->core), 0);
    assert_int_equal(rig_event(rig, event), TOCSIN_EMITTED);
    assert_int_equal(live_open_count(rig->core), 1);
    rig_destroy(rig);
}

static void what_is_malformed_is_refused(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    static const char *const events[] = {
        "{}",
        "[]",
        "{'type':'dance','id':'1','channel':'general'," BEN "}",
        "{'type':'command','channel':'general'," BEN ",'text':'list'}",
        "{'type':'command','id':'1','channel':'general','text':'list'}",
        "{'type':'command','id':'1','channel':'general','user':'ben','text':'list'}",
        "{'type':'command','id':'1'," BEN ",'text':'list'}",
        "{'type':7,'id':'1','channel':'general'," BEN ",'text':'list'}",
    };
    for (size_t i = 0; i < ARRAY_SIZE(events); i++)
        assert_int_equal(rig_event(rig, events[i]), TOCSIN_EMIT_REFUSED);
    rig_destroy(rig);
}

static void talk_in_the_room_is_in_the_timeline(void **state)
{
    (void)state;
    struct rig *rig = rig_with_room();
    rig_event(rig,
              "{'type':'message','id':'1','message':'m1','channel':'room'," ANA ",'text':'it is the gateway'}");
    rig_event(rig, "{'type':'message','id':'2','message':'m2','channel':'room','user':{'id':'b','bot':true},"
                   "'text':'beep'}");
    rig_event(rig,
              "{'type':'edited','id':'3','message':'m1','channel':'room'," ANA ",'text':'it is the bank'}");
    rig_event(rig, "{'type':'reaction','id':'4','message':'m1','channel':'room'," BEN ",'emoji':'pushpin'}");
    rig_event(rig, "{'type':'reaction','id':'5','message':'m1','channel':'room'," BEN ",'emoji':'tada'}");
    rig_event(rig,
              "{'type':'message','id':'6','message':'m6','channel':'room'," BEN ",'text':'!inc sev major'}");
    CLEANUP_FREE char *before = rig_line(rig, "ben", 1, "timeline");
    assert_non_null(strstr(before, "Ana María: it is the bank"));
    assert_non_null(strstr(before, "changed a message to: it is the bank"));
    assert_non_null(strstr(before, "Ben pinned: it is the bank"));
    rig_event(rig, "{'type':'deleted','id':'7','message':'m1','channel':'room'," ANA "}");
    rig_event(rig, "{'type':'message','id':'8','message':'m8','channel':'room'," BEN
                   ",'text':'','files':[{'name':'graph.png','url':'https://files.example/1'}]}");
    CLEANUP_FREE char *timeline = rig_line(rig, "ben", 1, "timeline");
    assert_non_null(strstr(timeline, "Ana María: (deleted)"));
    assert_non_null(strstr(timeline, "Ben pinned: (deleted)"));
    assert_non_null(strstr(timeline, "deleted a message"));
    assert_non_null(strstr(timeline, "Ben: graph.png <https://files.example/1>"));
    CLEANUP_FREE char *found = rig_line(rig, "ben", 0, "search graph");
    assert_non_null(strstr(found, "INC-1"));
    assert_non_null(strstr(timeline, "b (app): beep"));
    assert_null(strstr(timeline, "sev major"));
    assert_string_equal(rig_incident(rig, 1)->severity, "major");
    assert_int_equal(rig_incident(rig, 1)->activity.said, 3);
    rig_destroy(rig);
}

/* Deploys and alerts of other apps, and what people say through one. */
static void what_apps_say_is_kept_and_commands_nothing(void **state)
{
    (void)state;
    struct rig *rig = rig_with_room();
    static const char *const bot = "'user':{'id':'B1','name':'GitHub','bot':true}";
    static const char *const events[] = {
        "'type':'message','id':'b1','message':'b1','text':'!inc resolve'",
        "'type':'message','id':'b2','message':'b2','text':'resolve','mention':true",
        "'type':'message','id':'b3','message':'b3','text':'hey','named':true",
        "'type':'message','id':'b4','message':'b4','text':'','more':'deployed 1.4'",
        "'type':'edited','id':'b5','message':'b4','text':'','more':'deployed 1.4 by "
        "<@ben>','people':[{'id':'ben'}]",
        "'type':'command','id':'b6','text':'resolve'",
        "'type':'reaction','id':'b7','message':'b4','emoji':'pushpin'",
        "'type':'join','id':'b8'",
    };
    for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
        CLEANUP_FREE char *event = xasprintf("{%s,'channel':'room',%s}", events[i], bot);
        assert_int_equal(rig_event(rig, event), TOCSIN_EMITTED);
    }
    instant spoke = rig_incident(rig, 1)->activity.spoke_at;
    rig->now += MINUTE;
    rig_event(rig, "{'type':'message','id':'c1','message':'c1','channel':'room'," BEN
                   ",'text':'!inc resolve','via':'Giphy'}");
    rig_event(rig, "{'type':'message','id':'c2','message':'c2','channel':'room'," BEN
                   ",'text':'see','more':'forwarded from Kim: it is the bank'}");
    rig_event(rig, "{'type':'reaction','id':'c3','message':'b4','channel':'room'," BEN ",'emoji':'pushpin'}");
    CLEANUP_FREE char *timeline = rig_line(rig, "ben", 1, "timeline");
    static const char *const kept[] = {"GitHub (app): !inc resolve", "GitHub (app): deployed 1.4 by @ben",
                                       "Ben pinned: deployed 1.4 by @ben", "Ben: !inc resolve",
                                       "Ben: see forwarded from Kim: it is the bank"};
    for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
        if (!strstr(timeline, kept[i]))
            fail_msg("%s not in %s", kept[i], timeline);
    assert_int_equal(rig_incident(rig, 1)->status, STATUS_INVESTIGATING);
    assert_int_equal(spoke, 0);
    assert_true(rig_incident(rig, 1)->activity.spoke_at > spoke);
    assert_int_equal(rig_sent(rig, "To give me a command", ""), 0);
    assert_null(people_find(rig->core, "github"));
    /* what Tocsin posted itself */
    rig_event(rig, "{'type':'reaction','id':'c4','message':'m77','channel':'room'," BEN ",'emoji':'pushpin'}");
    assert_int_equal(rig_sent(rig, "That message is not in the timeline", "\"to\":\"ben\""), 1);
    rig_destroy(rig);
}

/* Somebody of another organisation in a channel that is shared with them, who says to have Ben's address. */
static void a_guest_is_heard_and_commands_nothing(void **state)
{
    (void)state;
    struct rig *rig = rig_with_room();
    static const char *const guest = "'user':{'id':'X1','name':'Eve','email':'ben@example.com','outside':true}";
    static const char *const events[] = {
        "'type':'message','id':'g1','message':'g1','text':'it is our side'",
        "'type':'message','id':'g2','message':'g2','text':'!inc resolve'",
        "'type':'message','id':'g3','message':'g3','text':'resolve','mention':true",
        "'type':'command','id':'g4','text':'resolve'",
        "'type':'press','id':'g5','command':'resolve'",
        "'type':'form','id':'g6','command':'resolve','values':{}",
        "'type':'reaction','id':'g7','message':'g1','emoji':'pushpin'",
    };
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        CLEANUP_FREE char *event = xasprintf("{%s,'channel':'room',%s}", events[i], guest);
        rig_event(rig, event);
    }
    CLEANUP_FREE char *timeline = rig_line(rig, "ben", 1, "timeline");
    assert_non_null(strstr(timeline, "Eve: it is our side"));
    assert_null(strstr(timeline, "pinned"));
    assert_null(strstr(timeline, "resolved"));
    assert_int_equal(rig_incident(rig, 1)->activity.said, 3);
    rig_destroy(rig);
}

/* Their words in a channel that is a route of a customer; the connector does not know whose it is. */
static void what_is_said_in_a_customers_channel_is_their_reply(void **state)
{
    (void)state;
    struct rig *rig = rig_with_room();
    static const char guest[] = "'channel':'ext-acme','user':{'id':'X1','name':'Eve','outside':true}";
    static const char *const events[] = {
        "'type':'message','id':'r1','message':'m1','text':'still slow','more':'> their log'",
        "'type':'edited','id':'r2','message':'m1','text':'still slow, and down'",
        "'type':'message','id':'r3','message':'m3','text':'!inc resolve'",
    };
    rig_expect(rig, "ben", 0, "customer acme route console ext-acme", "ext-acme");
    rig_expect(rig, "ben", 1, "affect acme", "1 customer");
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        CLEANUP_FREE char *event = xasprintf("{%s,%s}", events[i], guest);
        assert_int_equal(rig_event(rig, event), TOCSIN_EMITTED);
    }
    rig_event(rig,
              "{'type':'message','id':'r4','message':'m4','channel':'ext-acme','text':'one of us'," BEN "}");
    CLEANUP_FREE char *timeline = rig_line(rig, "ben", 1, "timeline");
    assert_non_null(strstr(timeline, "still slow, and down"));
    assert_non_null(strstr(timeline, "resolve"));
    assert_null(strstr(timeline, "one of us"));
    assert_int_equal(rig_incident(rig, 1)->status, STATUS_INVESTIGATING);
    assert_int_equal(rig_sent(rig, "Eve of acme replied", "their log"), 1);
    rig_destroy(rig);
}

static void who_joins_is_told_what_happened(void **state)
{
    (void)state;
    struct rig *rig = rig_with_room();
    rig_expect(rig, "ben", 1, "summary the gateway times out", "Saved");
    rig_event(rig, "{'type':'join','id':'1','channel':'room'," ANA "}");
    assert_true(incident_has_member(rig_incident(rig, 1), "ana-maria"));
    assert_int_equal(rig_sent(rig, "\"to\":\"ana\"", "the gateway times out"), 1);
    rig_event(rig, "{'type':'leave','id':'2','channel':'room'," ANA "}");
    assert_false(incident_has_member(rig_incident(rig, 1), "ana-maria"));
    rig_event(rig,
              "{'type':'channel','id':'3','channel':'room'," BEN ",'change':'renamed','name':'inc-1-gateway'}");
    assert_string_equal(rig_incident(rig, 1)->places.channels.v[0].name, "inc-1-gateway");
    rig_event(rig, "{'type':'channel','id':'4','channel':'room'," BEN ",'change':'archived'}");
    assert_int_equal(rig_incident(rig, 1)->places.channels.n, 0);
    rig_destroy(rig);
}

/* They would be invited to the private rooms on all platforms once it becomes private. */
static void a_guest_who_joins_is_no_member(void **state)
{
    (void)state;
    struct rig *rig = rig_with_room();
    rig_event(rig, "{'type':'join','id':'1','channel':'room','user':{'id':'X1','name':'Eve','outside':true}}");
    assert_int_equal(rig_incident(rig, 1)->people.members.n, 1);
    assert_int_equal(rig_sent(rig, "\"to\":\"X1\"", ""), 0);
    rig_destroy(rig);
}

static void nothing_of_a_private_incident_reaches_who_is_no_member(void **state)
{
    (void)state;
    struct rig *rig = rig_with_room();
    rig_expect(rig, "ben", 1, "private", "INC-1 is private");
    size_t before = rig->sent.n;
    static const char *const events[] = {
        "{'type':'join','id':'1','channel':'room'," ANA "}",
        "{'type':'command','id':'2','channel':'general'," ANA ",'text':'INC-1 show'}",
        "{'type':'command','id':'3','channel':'general'," ANA ",'text':'INC-99 show'}",
        "{'type':'command','id':'4','channel':'room'," ANA ",'text':'INC-1 join'}",
        "{'type':'press','id':'5','channel':'general'," ANA ",'command':'INC-1 accept'}",
        "{'type':'command','id':'6','channel':'general'," ANA ",'text':'list all'}",
        "{'type':'command','id':'7','channel':'general'," ANA ",'text':'search checkout'}",
    };
    for (size_t i = 0; i < ARRAY_SIZE(events); i++)
        rig_event(rig, events[i]);
    for (size_t i = before; i < rig->sent.n; i++)
        assert_null(strstr(rig->sent.v[i], "checkout is slow"));
    assert_int_equal(rig_sent(rig, "No incident INC-1.", "\"to\":\"ana\""), 3);
    assert_int_equal(rig_sent(rig, "No incident INC-99.", "\"to\":\"ana\""), 1);
    assert_false(incident_has_member(sight_incident(rig->core, 1, "ben"), "ana-maria"));
    rig_destroy(rig);
}

static void who_names_the_bot_in_a_sentence_is_told_how(void **state)
{
    (void)state;
    struct rig *rig = rig_with_room();
    rig_event(rig, "{'type':'message','id':'n1','message':'m1','channel':'general'," BEN
                   ",'text':'hey <@BOT> it broke','named':true}");
    assert_int_equal(rig_sent(rig, "To give me a command", "\"to\":\"ben\""), 1);
    rig_event(rig, "{'type':'message','id':'n2','message':'m2','channel':'room'," BEN
                   ",'text':'hey <@BOT> it broke','named':true}");
    assert_int_equal(rig_sent(rig, "To give me a command", "\"to\":\"ben\""), 2);
    CLEANUP_FREE char *timeline = rig_line(rig, "ben", 1, "timeline");
    assert_non_null(strstr(timeline, "it broke"));
    assert_int_equal(live_open_count(rig->core), 1);
    rig_destroy(rig);
}

static void who_is_no_member_is_told_what_to_do(void **state)
{
    (void)state;
    struct rig *rig = rig_with_room();
    rig_expect(rig, "ben", 1, "private", "INC-1 is private");
    struct asker eve = {.person = "ana-maria", .where = "console/room", .here = 1};
    struct answer answer = {0};
    struct turn *turn = turn_begin(rig->core, rig->now);
    command_run(turn, &eve, "show", &answer);
    turn_commit(turn, NULL, NULL);
    assert_non_null(strstr(answer.text.p, "Ask a member to `invite` you"));
    assert_null(strstr(answer.text.p, "INC-"));
    answer_finish(&answer);
    rig_destroy(rig);
}

/* A member asks in a channel that others read: the answer goes to the member alone. */
static void a_members_answer_stays_with_the_member(void **state)
{
    (void)state;
    struct rig *rig = rig_with_room();
    rig_expect(rig, "ben", 1, "private", "INC-1 is private");
    size_t before = rig->sent.n;
    rig_event(rig, "{'type':'command','id':'1','channel':'general'," BEN ",'text':'INC-1 show'}");
    rig_event(rig, "{'type':'command','id':'2','channel':'general'," BEN ",'text':'list'}");
    rig_event(rig, "{'type':'command','id':'3','channel':'general'," BEN ",'text':'INC-1 sev major'}");
    for (size_t i = before; i < rig->sent.n; i++) {
        if (strstr(rig->sent.v[i], "\"channel\":\"general\"") && strstr(rig->sent.v[i], "INC-1"))
            assert_non_null(strstr(rig->sent.v[i], "\"to\":\"ben\""));
    }
    assert_int_equal(rig_sent(rig, "Ben set the severity of INC-1 to major", "\"to\":\"ben\""), 1);
    rig_destroy(rig);
}

/* Whatever is done from elsewhere is said in the room, and what is done in the room is said there once. */
static void what_is_done_elsewhere_is_said_in_the_room(void **state)
{
    (void)state;
    struct rig *rig = rig_with_room();
    rig_expect(rig, "ben", 0, "INC-1 pause waiting for the bank for 2h", "Ben paused INC-1");
    assert_int_equal(rig_sent(rig, "post: {\"channel\":\"room\"",
                              "\"Ben paused INC-1\",\"tone\":\"info\",\"text\":\"until Mon 23 Nov 17:06 UTC: "
                              "waiting for the bank\""),
                     1);
    rig_event(rig, "{'type':'command','id':'1','channel':'room'," BEN ",'text':'resume'}");
    assert_int_equal(rig_sent(rig, "post: {\"channel\":\"room\"", "Ben resumed INC-1"), 1);
    rig_event(rig, "{'type':'command','id':'2','channel':'general'," BEN ",'text':'INC-1 resolve'}");
    assert_int_equal(rig_sent(rig, "post: {\"channel\":\"room\"", "Ben resolved INC-1"), 1);
    assert_int_equal(rig_sent(rig, "post: {\"channel\":\"general\"", "Ben resolved INC-1"), 1);
    rig_destroy(rig);
}

/* There, it says who did it and on which platform; whoever did it reads the answer alone. */
static void what_is_done_elsewhere_says_who_did_it(void **state)
{
    (void)state;
    struct rig *rig = rig_with_room();
    rig_event(rig, "{'type':'command','id':'1','channel':'general'," BEN
                   ",'text':'INC-1 pause waiting for the bank for 2h'}");
    assert_int_equal(rig_sent(rig, "\"channel\":\"room\"", "\"text\":\"**Ben** (Console): until Mon 23 Nov"),
                     1);
    rig_event(rig, "{'type':'command','id':'2','channel':'general'," BEN ",'text':'INC-1 resume'}");
    assert_int_equal(rig_sent(rig, "\"channel\":\"room\"", "\"text\":\"**Ben** (Console)\""), 1);
    rig_event(rig,
              "{'type':'command','id':'3','channel':'general'," BEN ",'text':'INC-1 mirror off everywhere'}");
    assert_int_equal(rig_sent(rig, "\"channel\":\"room\"", "\"text\":\"**Ben** (Console): Ben turned copies"),
                     1);
    assert_int_equal(rig_sent(rig, "\"channel\":\"general\"", "**Ben** (Console)"), 0);
    rig_destroy(rig);
}

static void reactions_are_configured(void **state)
{
    (void)state;
    struct rig *rig = rig_with_room();
    static const struct chat_emoji emoji[] = {{"eyes", "lead me"}, {"pushpin", ""}};
    chat_destroy(rig->chat);
    rig->chat = chat_create(rig->core, emoji, ARRAY_SIZE(emoji));
    rig_event(rig,
              "{'type':'message','id':'1','message':'m1','channel':'room'," BEN ",'text':'it is the gateway'}");
    rig_event(rig, "{'type':'reaction','id':'2','message':'m1','channel':'room'," BEN ",'emoji':'pushpin'}");
    rig_event(rig, "{'type':'reaction','id':'3','message':'m1','channel':'room'," BEN ",'emoji':'eyes'}");
    assert_int_equal(rig_incident(rig, 1)->activity.pins, 0);
    assert_string_equal(incident_role(rig_incident(rig, 1), "lead"), "ben");
    rig_destroy(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_to_address_the_bot_is_a_command),
        cmocka_unit_test(an_event_counts_once),
        cmocka_unit_test(what_is_not_durable_is_not_acknowledged),
        cmocka_unit_test(what_is_malformed_is_refused),
        cmocka_unit_test(talk_in_the_room_is_in_the_timeline),
        cmocka_unit_test(what_apps_say_is_kept_and_commands_nothing),
        cmocka_unit_test(a_guest_is_heard_and_commands_nothing),
        cmocka_unit_test(what_is_said_in_a_customers_channel_is_their_reply),
        cmocka_unit_test(who_joins_is_told_what_happened),
        cmocka_unit_test(a_guest_who_joins_is_no_member),
        cmocka_unit_test(nothing_of_a_private_incident_reaches_who_is_no_member),
        cmocka_unit_test(what_is_done_elsewhere_is_said_in_the_room),
        cmocka_unit_test(what_is_done_elsewhere_says_who_did_it),
        cmocka_unit_test(who_names_the_bot_in_a_sentence_is_told_how),
        cmocka_unit_test(who_is_no_member_is_told_what_to_do),
        cmocka_unit_test(a_members_answer_stays_with_the_member),
        cmocka_unit_test(reactions_are_configured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
