#include "../command/rig.h"

#include <stdio.h>

#include "turn/live.h"

#define ALL (TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_DELETE | TOCSIN_CAN_THREAD | TOCSIN_CAN_CHANNELS)

/* Passes an event of a platform in, as JSON with ' for ". */
static void hear(struct rig *rig, const char *connector, const char *event)
{
    CLEANUP_FREE char *text = xstrdup(event);
    CLEANUP_JSON cJSON *json = NULL;
    for (char *p = text; *p; p++)
        *p = *p == '\'' ? '"' : *p;
    assert_int_equal(json_parse(text, strlen(text), SIZE_MAX, 64, "event", &json, NULL), 0);
    rig->emitted = 1;
    chat_event(rig->chat, connector, json, NULL, rig->now, rig_emitted, rig);
    rig_settle(rig);
    assert_int_equal(rig->emitted, TOCSIN_EMITTED);
}

static void room_on(struct rig *rig, const char *connector, const char *room)
{
    struct turn *turn = turn_begin(rig->core, rig->now);
    struct command channel = {
        .verb = "channel", .by = "system", .name = connector, .value = room, .flag = true};
    assert_int_equal(turn_do(turn, 1, &channel, NULL, NULL), 0);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
}

/* An incident with rooms on the console, on Slack, which can all, and on IRC, which can only post. */
static struct rig *three_rooms(void)
{
    struct rig *rig = rig_with_room();
    delivery_connector(rig->core, "slack", ALL, true, NULL, rig->now);
    delivery_connector(rig->core, "irc", TOCSIN_CAN_POST | TOCSIN_CAN_CHANNELS, true, NULL, rig->now);
    room_on(rig, "slack", "C1");
    room_on(rig, "irc", "#inc-1");
    return rig;
}

#define SAY(id, text)                                                                                          \
    "{'type':'message','id':'" id "','message':'" id "','channel':'room','user':{'id':'ana'},'text':'" text "'}"

/* The id of the message that a rig's connector made of the first thing sent that holds both texts. */
static const char *id_of(struct rig *rig, const char *a, const char *b, char buffer[24])
{
    for (size_t i = 0; i < rig->sent.n; i++) {
        if (!strstr(rig->sent.v[i], a) || !strstr(rig->sent.v[i], b))
            continue;
        snprintf(buffer, 24, "m%zu", i + 1);
        return buffer;
    }
    fail_msg("nothing was sent that holds '%s' and '%s'", a, b);
    return NULL;
}

static void what_is_said_in_one_room_is_said_in_the_others(void **state)
{
    (void)state;
    struct rig *rig = three_rooms();
    hear(rig, "console", SAY("a1", "it is the gateway"));
    assert_int_equal(rig_sent(rig, "slack post", "**Ana María** (Console): it is the gateway"), 1);
    assert_int_equal(rig_sent(rig, "irc post", "**Ana María** (Console): it is the gateway"), 1);
    assert_int_equal(rig_sent(rig, "console post", "it is the gateway"), 0);
    hear(rig, "console", SAY("a1", "it is the gateway")); /* again */
    assert_int_equal(rig_sent(rig, "post", "it is the gateway"), 2);
    rig_destroy(rig);
}

static void words_are_literal_unless_they_were_formatted(void **state)
{
    (void)state;
    struct rig *rig = three_rooms();
    hear(rig, "console", SAY("a1", "# *not* a heading, see https://a.example/x_y_z."));
    assert_int_equal(rig_sent(rig, "irc post", "): \\\\# \\\\*not\\\\* a heading, see"), 1);
    assert_int_equal(rig_sent(rig, "irc post", "<https://a.example/x_y_z>"), 1);
    hear(rig, "console",
         "{'type':'message','id':'a2','message':'a2','channel':'room','user':{'id':'ana'},'text':'not "
         "now','commonmark':'**not** now'}");
    assert_int_equal(rig_sent(rig, "irc post", "**Ana María** (Console): **not** now"), 1);
    rig_destroy(rig);
}

static void what_apps_say_stays(void **state)
{
    (void)state;
    struct rig *rig = three_rooms();
    hear(rig, "slack",
         "{'type':'message','id':'b','message':'b','channel':'C1','user':{'id':'B','bot':true,'name':'Git'},"
         "'text':'deployed'}");
    assert_int_equal(rig_sent(rig, "post", "deployed"), 0);
    rig_destroy(rig);
}

static void edits_and_deletions_follow(void **state)
{
    (void)state;
    struct rig *rig = three_rooms();
    char id[24];
    hear(rig, "console", SAY("a1", "it is the gateway"));
    hear(rig, "console",
         "{'type':'edited','id':'e1','message':'a1','channel':'room','user':{'id':'ana'},'text':'it is the "
         "bank'}");
    CLEANUP_FREE char *copy =
        xasprintf("\"message\":\"%s\"", id_of(rig, "slack post", "it is the gateway", id));
    assert_int_equal(rig_sent(rig, "slack edit", copy), 1);
    assert_int_equal(rig_sent(rig, "slack edit", "**Ana María** (Console): it is the bank"), 1);
    assert_int_equal(rig_sent(rig, "irc post", "**Ana María** (Console) corrected: it is the bank"), 1);
    hear(rig, "console", "{'type':'deleted','id':'d1','message':'a1','channel':'room','user':{'id':'ana'}}");
    assert_int_equal(rig_sent(rig, "slack delete", copy), 1);
    assert_int_equal(rig_sent(rig, "irc post", "**Ana María** (Console) deleted a message."), 1);
    rig_destroy(rig);
}

/* The outbox has forgotten the copies by then, and the memory of the core is gone. */
static void edits_follow_a_week_later(void **state)
{
    (void)state;
    struct rig *rig = three_rooms();
    char id[24];
    hear(rig, "console", SAY("a1", "it is the gateway"));
    CLEANUP_FREE char *copy =
        xasprintf("\"message\":\"%s\"", id_of(rig, "slack post", "it is the gateway", id));
    for (int i = 0; i < 14; i++) {
        rig->now += 12 * HOUR;
        rig_settle(rig);
    }
    hear(rig, "console",
         "{'type':'edited','id':'e1','message':'a1','channel':'room','user':{'id':'ana'},'text':'it is the "
         "bank'}");
    assert_int_equal(rig_sent(rig, "slack edit", copy), 1);
    rig_destroy(rig);
}

static void replies_go_under_the_copy(void **state)
{
    (void)state;
    struct rig *rig = three_rooms();
    char id[24];
    hear(rig, "console", SAY("a1", "it is the gateway"));
    const char *copy = id_of(rig, "slack post", "it is the gateway", id);
    CLEANUP_FREE char *under = xasprintf("\"thread\":\"%s\"", copy);
    hear(rig, "console",
         "{'type':'message','id':'a2','message':'a2','channel':'room','user':{'id':'ben'},'thread':'a1','text':"
         "'sure?'}");
    assert_int_equal(rig_sent(rig, "slack post", under), 1);
    assert_int_equal(rig_sent(rig, "irc post", "**Ben** (Console, in a thread): sure?"), 1);
    CLEANUP_FREE char *reply =
        xasprintf("{'type':'message','id':'s1','message':'s1','channel':'C1','user':{'id':'U1','name':'Cy'},"
                  "'thread':'%s','text':'I am'}",
                  copy);
    hear(rig, "slack", reply);
    assert_int_equal(rig_sent(rig, "irc post", "**Cy** (Slack, in a thread): I am"), 1);
    assert_int_equal(rig_sent(rig, "console post", "I am"), 1);
    rig_destroy(rig);
}

/* The copy that two replies belong under waits, and is refused in the end. What became of the replies meanwhile holds. */
static void a_reply_whose_message_is_refused_reads_as_it_does_by_then(void **state)
{
    static const char reply[] = "{'type':'message','id':'%s','message':'%s','channel':'room','user':{'id':'ben'"
                                "},'thread':'a1','text':'%s'}";
    (void)state;
    struct rig *rig = three_rooms();
    rig->only = "it is the gateway";
    rig->outcome = TOCSIN_RETRY;
    rig->retry_after = HOUR;
    CLEANUP_FREE char *one = xasprintf(reply, "r1", "r1", "sure?"), *two = xasprintf(reply, "r2", "r2", "no!");
    hear(rig, "console", SAY("a1", "it is the gateway"));
    hear(rig, "console", one);
    hear(rig, "console", two);
    hear(rig, "console", "{'type':'deleted','id':'d1','message':'r1','channel':'room','user':{'id':'ben'}}");
    hear(rig, "console",
         "{'type':'edited','id':'e1','message':'r2','channel':'room','user':{'id':'ben'},'text':'yes!','order':"
         "2}");
    rig->outcome = TOCSIN_REFUSED;
    for (int i = 0; i < 6; i++) {
        rig->now += 2 * HOUR;
        rig_settle(rig);
    }
    assert_int_equal(rig_sent(rig, "slack post", "sure?"), 0);
    assert_int_equal(rig_sent(rig, "slack post", "no!"), 0);
    assert_int_equal(rig_sent(rig, "slack post", "**Ben** (Console, in a thread): yes!"), 1);
    rig_destroy(rig);
}

static void copies_can_be_turned_off(void **state)
{
    (void)state;
    struct rig *rig = three_rooms();
    hear(rig, "irc",
         "{'type':'message','id':'i1','message':'i1','channel':'#inc-1','user':{'id':'cy','name':'Cy'},'text':'"
         "!inc mirror off'}");
    hear(rig, "console", SAY("a1", "it is the gateway"));
    assert_int_equal(rig_sent(rig, "irc post", "gateway"), 0);
    assert_int_equal(rig_sent(rig, "slack post", "gateway"), 1);
    hear(
        rig, "irc",
        "{'type':'message','id':'i2','message':'i2','channel':'#inc-1','user':{'id':'cy'},'text':'only here'}");
    assert_int_equal(rig_sent(rig, "post", "only here"), 0);
    rig_expect(rig, "ana", 1, "mirror", "irc, #inc-1: not copied");
    rig_expect(rig, "ana", 1, "mirror off", "off for all rooms of INC-1");
    hear(rig, "console", SAY("a2", "nowhere else"));
    assert_int_equal(rig_sent(rig, "post", "nowhere else"), 0);
    rig_expect(rig, "ana", 1, "mirror on", "on for all rooms of INC-1");
    hear(rig, "console", SAY("a3", "everywhere"));
    assert_int_equal(rig_sent(rig, "post", "everywhere"), 2);
    rig_expect(rig, "ana", 1, "mirror off somewhere", "! 'somewhere' is not understood.");
    rig_destroy(rig);
}

static void a_room_of_a_removed_connector_takes_no_part(void **state)
{
    (void)state;
    struct rig *rig = three_rooms();
    delivery_configured(rig->core, rig->now);
    rig_expect(rig, "ana", 1, "mirror", "irc, #inc-1: copied");
    delivery_remove(rig->core, "irc");
    hear(rig, "console", SAY("a1", "it is the gateway"));
    assert_int_equal(rig_sent(rig, "irc post", "gateway"), 0);
    rig_expect(rig, "ana", 1, "mirror",
               "irc, #inc-1: not copied, since the configuration has no such connector");
    rig_expect(rig, "ana", 1, "mirror", "slack, C1: copied");
    rig_destroy(rig);
}

/* What the rig's connectors are asked to do waits while they are down. */
static void say_many(struct rig *rig, int n)
{
    for (int i = 0; i < n; i++) {
        CLEANUP_FREE char *event = xasprintf("{'type':'message','id':'n%d','message':'n%d','channel':'room',"
                                             "'user':{'id':'ana'},'text':'word %d'}",
                                             i, i, i);
        hear(rig, "console", event);
    }
}

/* Lines typed and words said in the room on Slack. */
#define IN_SLACK(id, text)                                                                                     \
    "{'type':'message','id':'" id "','message':'" id "','channel':'C1','user':{'id':'U1','name':'Cy'},'text':" \
    "'" text "'}"
#define EDIT(id, text, order)                                                                                  \
    "{'type':'edited','id':'e" order "','message':'" id "','channel':'room','user':{'id':'ana'},'text':'" text \
    "','order':" order "}"

static void what_was_not_copied_is_not_changed(void **state)
{
    (void)state;
    struct rig *rig = three_rooms();
    hear(rig, "slack", IN_SLACK("s1", "!inc mirror off"));
    hear(rig, "console", SAY("a1", "it is the gateway"));
    hear(rig, "slack", IN_SLACK("s2", "!inc mirror on"));
    hear(rig, "console", EDIT("a1", "it is the bank", "1"));
    assert_int_equal(rig_sent(rig, "slack", "the bank"), 0);
    assert_int_equal(rig_sent(rig, "irc post", "corrected: it is the bank"), 1);
    rig_destroy(rig);
}

static void a_deletion_follows_although_copies_are_off(void **state)
{
    (void)state;
    struct rig *rig = three_rooms();
    hear(rig, "console", SAY("a1", "it is the gateway"));
    hear(rig, "slack", IN_SLACK("s1", "!inc mirror off everywhere"));
    hear(rig, "console", EDIT("a1", "it is the bank", "1"));
    hear(rig, "console", "{'type':'deleted','id':'d1','message':'a1','channel':'room','user':{'id':'ana'}}");
    assert_int_equal(rig_sent(rig, "slack edit", "the bank"), 0);
    assert_int_equal(rig_sent(rig, "slack delete", ""), 1);
    rig_destroy(rig);
}

static void an_older_edit_that_comes_late_changes_nothing(void **state)
{
    (void)state;
    struct rig *rig = three_rooms();
    hear(rig, "console", SAY("a1", "it is the gateway"));
    hear(rig, "console", EDIT("a1", "it is the bank", "2"));
    hear(rig, "console", EDIT("a1", "it is the gate", "1"));
    assert_int_equal(rig_sent(rig, "slack edit", "it is the bank"), 1);
    assert_int_equal(rig_sent(rig, "slack edit", "it is the gate\""), 0);
    rig_destroy(rig);
}

static void a_new_room_gets_nothing_that_was_said_while_copies_were_off(void **state)
{
    (void)state;
    struct rig *rig = three_rooms();
    hear(rig, "slack", IN_SLACK("s1", "!inc mirror off"));
    hear(rig, "slack", IN_SLACK("s2", "only here"));
    hear(rig, "slack", IN_SLACK("s3", "!inc mirror on"));
    hear(rig, "slack", IN_SLACK("s4", "for all"));
    delivery_connector(rig->core, "teams", ALL, true, NULL, rig->now);
    room_on(rig, "teams", "T1");
    assert_int_equal(rig_sent(rig, "teams post", "for all"), 1);
    assert_int_equal(rig_sent(rig, "post", "only here"), 0);
    rig_destroy(rig);
}

/* The journal does not have them yet, so they can't be read there. */
static void a_new_room_gets_the_latest_words_too(void **state)
{
    (void)state;
    struct rig *rig = rig_with_room();
    delivery_connector(rig->core, "slack", ALL, true, NULL, rig->now);
    hear(rig, "console", SAY("a1", "first"));
    struct command commands[] = {
        {.verb = "said",
         .by = "ana",
         .name = "console",
         .value = "a2",
         .text = "then",
         .data = "{\"channel\":\"room\"}"},
        {.verb = "said_edited", .by = "ana", .name = "console", .value = "a1", .text = "First", .data = "{}"},
        {.verb = "channel", .by = "system", .name = "slack", .value = "C1", .flag = true},
        {.verb = "said",
         .by = "ana",
         .name = "console",
         .value = "a3",
         .text = "last",
         .data = "{\"channel\":\"room\"}"}};
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        struct turn *turn = turn_begin(rig->core, rig->now);
        assert_int_equal(turn_do(turn, 1, &commands[i], NULL, NULL), 0);
        turn_commit(turn, NULL, NULL);
    }
    rig_settle(rig);
    char id[24];
    assert_int_equal(rig_sent(rig, "slack post", "Console"), 3);
    size_t first = strtoul(id_of(rig, "slack post", ": First", id) + 1, NULL, 10);
    size_t then = strtoul(id_of(rig, "slack post", ": then", id) + 1, NULL, 10);
    assert_true(then > first);
    assert_true(strtoul(id_of(rig, "slack post", ": last", id) + 1, NULL, 10) > then);
    rig_destroy(rig);
}

static void a_new_room_gets_what_was_said(void **state)
{
    (void)state;
    struct rig *rig = rig_with_room();
    delivery_connector(rig->core, "slack", ALL, true, NULL, rig->now);
    delivery_connector(rig->core, "teams", ALL, true, NULL, rig->now);
    say_many(rig, 3);
    hear(rig, "console", "{'type':'deleted','id':'d1','message':'n1','channel':'room','user':{'id':'ana'}}");
    room_on(rig, "slack", "C1");
    assert_int_equal(rig_sent(rig, "slack post", "word"), 2);
    say_many(rig, 30);
    room_on(rig, "teams", "T1");
    assert_int_equal(rig_sent(rig, "teams post", "word"), 1);
    assert_int_equal(
        rig_sent(rig, "teams post", "29 messages were written elsewhere before this room was opened"), 1);
    rig_destroy(rig);
}

static void a_room_that_was_down_catches_up(void **state)
{
    (void)state;
    struct rig *rig = three_rooms();
    hear(rig, "console", SAY("a0", "before"));
    rig->now += 10 * MINUTE;
    rig->down = true;
    delivery_connector(rig->core, "slack", ALL, false, "killed", rig->now);
    say_many(rig, 30);
    hear(rig, "console",
         "{'type':'edited','id':'e1','message':'n29','channel':'room','user':{'id':'ana'},'text':'the last "
         "one'}");
    hear(
        rig, "console",
        "{'type':'edited','id':'e0','message':'a0','channel':'room','user':{'id':'ana'},'text':'long before'}");
    rig->down = false;
    delivery_connector(rig->core, "slack", ALL, true, NULL, rig->now);
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "slack post", "word"), 1);
    assert_int_equal(
        rig_sent(rig, "slack post", "30 messages were written elsewhere while Slack could not be reached"), 1);
    assert_int_equal(rig_sent(rig, "slack post", "the last one"), 1);
    assert_int_equal(rig_sent(rig, "slack edit", "long before"), 1);
    assert_int_equal(rig_sent(rig, "irc post", "word"), 30);
    rig_destroy(rig);
}

static void a_room_that_was_refused_can_be_opened_again(void **state)
{
    (void)state;
    struct rig *rig = rig_with_room();
    delivery_connector(rig->core, "slack", ALL, true, NULL, rig->now);
    rig->outcome = TOCSIN_REFUSED;
    rig->only = "channel.open";
    rig_expect(rig, "ana", 1, "open slack", "A room on Slack is being opened");
    assert_int_equal(rig_sent(rig, "slack channel.open", ""), 1);
    rig->outcome = TOCSIN_DONE;
    rig_expect(rig, "ana", 1, "open slack", "A room on Slack is being opened");
    assert_int_equal(rig_sent(rig, "slack channel.open", ""), 2);
    rig_expect(rig, "ana", 1, "open slack", "! INC-1 has a room on 'slack' already");
    rig_destroy(rig);
}

static void a_room_that_is_gone_is_not_opened_at_once(void **state)
{
    (void)state;
    struct rig *rig = rig_with_room();
    delivery_connector(rig->core, "slack", ALL, true, NULL, rig->now);
    rig_expect(rig, "ana", 1, "open slack", "A room on Slack is being opened");
    char id[24];
    CLEANUP_FREE char *gone = xasprintf("{'type':'channel','id':'g','channel':'%s','change':'archived'}",
                                        id_of(rig, "slack channel.open", "", id));
    hear(rig, "slack", gone);
    rig_expect(rig, "ana", 1, "open slack", "! INC-1 had a room on 'slack', which is gone.");
    rig_destroy(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_in_one_room_is_said_in_the_others),
        cmocka_unit_test(words_are_literal_unless_they_were_formatted),
        cmocka_unit_test(what_apps_say_stays),
        cmocka_unit_test(edits_and_deletions_follow),
        cmocka_unit_test(edits_follow_a_week_later),
        cmocka_unit_test(replies_go_under_the_copy),
        cmocka_unit_test(a_reply_whose_message_is_refused_reads_as_it_does_by_then),
        cmocka_unit_test(copies_can_be_turned_off),
        cmocka_unit_test(a_room_of_a_removed_connector_takes_no_part),
        cmocka_unit_test(what_was_not_copied_is_not_changed),
        cmocka_unit_test(a_deletion_follows_although_copies_are_off),
        cmocka_unit_test(an_older_edit_that_comes_late_changes_nothing),
        cmocka_unit_test(a_new_room_gets_nothing_that_was_said_while_copies_were_off),
        cmocka_unit_test(a_new_room_gets_the_latest_words_too),
        cmocka_unit_test(a_new_room_gets_what_was_said),
        cmocka_unit_test(a_room_that_was_down_catches_up),
        cmocka_unit_test(a_room_that_was_refused_can_be_opened_again),
        cmocka_unit_test(a_room_that_is_gone_is_not_opened_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
