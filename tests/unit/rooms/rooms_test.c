/* An incident's own channel, and what happens when opening it goes wrong. */
#include <stdio.h>

#include "delivery/delivery.h"
#include "rooms/rooms.h"
#include "sight/sight.h"

#include "../command/policy_rig.h"

#define CHAT (TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_CHANNELS)

static int set_up(void **state)
{
    (void)state;
    policy_rig_begin("on('severity', 'wake', function(incident, event)\n"
                     "  if event.name == 'critical' then incident:page('zoe@example.com', 'look') end\n"
                     "end)\n");
    delivery_connector(rig->core, "console", CHAT, true, NULL, rig->now);
    delivery_connector(rig->core, "slack", CHAT, true, NULL, rig->now);
    return 0;
}

static bool has_room(const char *connector)
{
    const struct incident *incident = sight_incident(rig->core, 1, NULL);
    for (size_t i = 0; i < incident->places.channels.n; i++) {
        if (text_equal(incident->places.channels.v[i].connector, connector))
            return true;
    }
    return false;
}

/* The console has a channel; Slack refuses to make one. */
static void a_channel_that_cannot_be_opened_is_reported_where_people_look(void **state)
{
    (void)state;
    rig->only = "slack channel.open";
    rig->outcome = TOCSIN_REFUSED;
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    rig->only = NULL;
    rig->outcome = TOCSIN_DONE;
    assert_true(has_room("console"));
    assert_false(has_room("slack"));
    assert_int_equal(rig_sent(rig, "slack post: {\"channel\":\"general\"",
                              "Slack could not open a channel: no such channel. Retry with `actions again "),
                     1);
    rig->now += 5 * HOUR;
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "slack post: {\"channel\":\"general\"", "Quiet for a while"), 1);
    assert_int_equal(rig_sent(rig, "console post: {\"channel\":\"general\"", "Quiet for a while"), 0);
}

/* What people post there counts from the moment that the channel exists. */
static void a_channel_that_is_only_half_set_up_is_known(void **state)
{
    (void)state;
    rig->only = "slack channel.open";
    rig->outcome = TOCSIN_RETRY;
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    assert_true(has_room("slack"));
}

/* By hand: it is reported once, where people still see it, and inviting the bot again repairs it. */
static void removing_the_bot_is_reported_and_inviting_it_again_repairs_it(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    const struct incident *incident = sight_incident(rig->core, 1, NULL);
    char room[64] = "";
    for (size_t i = 0; i < incident->places.channels.n; i++) {
        if (text_equal(incident->places.channels.v[i].connector, "console"))
            snprintf(room, sizeof(room), "%s", incident->places.channels.v[i].channel);
    }
    for (int i = 0; i < 2; i++) {
        CLEANUP_FREE char *event =
            xasprintf("{'type':'channel','id':'r%d','channel':'%s','change':'removed'}", i, room);
        rig_event(rig, event);
    }
    assert_false(has_room("console"));
    assert_int_equal(rig_sent(rig, "console post: {\"channel\":\"general\"", "was removed from this incident"),
                     1);
    CLEANUP_FREE char *timeline = rig_line(rig, "ben", 1, "timeline");
    assert_non_null(strstr(timeline, "on console is gone"));
    CLEANUP_FREE char *back = xasprintf("{'type':'channel','id':'b','channel':'%s','change':'added'}", room);
    rig_event(rig, back);
    assert_true(has_room("console"));
}

static char *room_on(const char *connector)
{
    const struct incident *incident = sight_incident(rig->core, 1, NULL);
    for (size_t i = 0; i < incident->places.channels.n; i++) {
        if (text_equal(incident->places.channels.v[i].connector, connector))
            return xstrdup(incident->places.channels.v[i].channel);
    }
    fail_msg("no channel on %s", connector);
    return NULL;
}

static void a_room_that_takes_nothing_is_told_of_where_people_read(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    CLEANUP_FREE char *room = room_on("slack");
    CLEANUP_FREE char *refused = xasprintf("slack post: {\"channel\":\"%s\"", room);
    rig->only = refused;
    rig->outcome = TOCSIN_REFUSED;
    for (int i = 0; i < 3; i++) {
        CLEANUP_FREE char *said = rig_line(rig, "ben", 1, "update still slow");
    }
    assert_int_equal(rig_sent(rig, "slack post: {\"channel\":\"general\"",
                              "INC-1: Slack takes no messages in the incident's room: no such channel."),
                     1);
    rig->only = NULL;
}

/* What changed while the channel was archived is brought up to date. */
static void an_unarchived_channel_gets_the_current_topic(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    CLEANUP_FREE char *room = room_on("console");
    CLEANUP_FREE char *gone = xasprintf("{'type':'channel','id':'a','channel':'%s','change':'archived'}", room);
    CLEANUP_FREE char *back =
        xasprintf("{'type':'channel','id':'b','channel':'%s','change':'unarchived'}", room);
    rig_event(rig, gone);
    rig_expect(rig, "ben", 1, "sev major", "major");
    assert_int_equal(rig_sent(rig, "console channel.topic", "major"), 0);
    rig_event(rig, back);
    assert_int_equal(rig_sent(rig, "console channel.topic", "major"), 1);
    CLEANUP_FREE char *renamed =
        xasprintf("{'type':'channel','id':'c','channel':'%s','change':'renamed','name':'other'}", room);
    rig_event(rig, renamed);
    assert_int_equal(rig_sent(rig, "console channel.topic", "major"), 1);
}

/* Each member is told where they will see it. */
static void members_are_told_when_a_private_channel_cannot_be_opened(void **state)
{
    (void)state;
    rig->only = "console channel.open";
    rig->outcome = TOCSIN_REFUSED;
    rig_expect(rig, "ben", 0, "declare --private the keys are out", "INC-1 is open");
    assert_int_equal(rig_sent(rig, "\"to\":\"ben\",\"direct\":true", "Console could not open a channel: "), 1);
    assert_int_equal(rig_sent(rig, "Console could not invite", ""), 0);
}

/* Somebody who joined by themselves is already there. */
static void people_who_joined_are_not_invited(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    CLEANUP_FREE char *room = room_on("console");
    CLEANUP_FREE char *event = xasprintf("{'type':'join','id':'j','channel':'%s','user':{'id':'ana'}}", room);
    rig_event(rig, event);
    assert_int_equal(rig_sent(rig, "console channel.invite", "ana"), 0);
    assert_true(incident_has_member(sight_incident(rig->core, 1, NULL), "ana-maria"));
}

/* Zoe never spoke here, but a platform may know her address. */
static void an_address_is_paged_on_platforms_that_can_look_it_up(void **state)
{
    (void)state;
    delivery_connector(rig->core, "slack", CHAT | TOCSIN_CAN_PAGE | TOCSIN_CAN_EMAILS, true, NULL, rig->now);
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    rig_expect(rig, "ben", 1, "sev critical", "critical");
    assert_int_equal(rig_sent(rig, "slack page", "\"email\":\"zoe@example.com\""), 1);
    assert_int_equal(rig_sent(rig, "you are needed", ""), 0);
    rig_expect(rig, "ben", 0, "declare --private the keys are out", "INC-2 is open");
    rig_expect(rig, "ben", 2, "sev critical", "critical");
    assert_int_equal(rig_sent(rig, "slack page", "zoe@example.com"), 1); /* she may not see INC-2 */
}

static void a_long_summary_is_cut_on_cards_that_are_edited(void **state)
{
    (void)state;
    CLEANUP_STR struct str long_one = {0};
    str_add(&long_one, "summary ```");
    for (int i = 0; i < 900; i++)
        str_addf(&long_one, "word%d ", i);
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    free(rig_line(rig, "ben", 1, long_one.p));
    assert_true(rig_sent(rig, "edit", "Read the rest with `INC-1 show`.") >= 1);
    assert_int_equal(rig_sent(rig, "edit", "word899"), 0);
    rig_event(rig, "{'type':'command','id':'1','user':{'id':'ben'},'channel':'general','text':'INC-1 show'}");
    assert_int_equal(rig_sent(rig, "post", "word899"), 1);
}

static void a_public_channels_topic_hides_an_incident_that_becomes_private(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "the keys are out", "INC-1 is open");
    rig_expect(rig, "ben", 1, "private", "INC-1 is private");
    assert_int_equal(rig_sent(rig, "slack channel.topic", "visible to its members only"), 1);
}

/* The platform has the title already, and answers when the incident is private. */
static void so_does_one_that_was_being_opened_then(void **state)
{
    (void)state;
    struct asker ben = {.person = "ben"};
    struct answer answer = {0};
    struct turn *turn = turn_begin(rig->core, rig->now);
    assert_int_equal(command_run(turn, &ben, "the keys are out", &answer), 0);
    turn_commit(turn, NULL, NULL);
    answer_finish(&answer);
    journal_step(rig->journal);
    core_tick(rig->core, rig->now);
    assert_int_equal(rig_sent(rig, "slack channel.open", "the keys are out"), 1);
    rig_expect(rig, "ben", 1, "private", "INC-1 is private");
    assert_int_equal(rig_sent(rig, "slack channel.topic", "visible to its members only"), 1);
    assert_int_equal(rig_sent(rig, "slack channel.open", "\"private\":true"), 1);
}

/* By the time the channel exists, the topic that it was requested with is outdated. */
static void a_channel_that_opens_late_gets_the_current_topic(void **state)
{
    (void)state;
    rig->down = true;
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    rig->down = false;
    rig_expect(rig, "ben", 1, "sev major", "major");
    rig->now += MINUTE;
    rig_settle(rig);
    assert_true(rig_sent(rig, "slack channel.topic", "major") >= 1);
}

/* Three changes within a second: the first is shown at once, the last a second later, and nothing between. */
static void a_card_is_edited_once_a_second(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    rig->now += MINUTE;
    rig_settle(rig);
    rig_expect(rig, "ben", 1, "sev major", "major");
    rig_expect(rig, "ben", 1, "title the basket is slow", "the basket is slow");
    rig_expect(rig, "ben", 1, "sev critical", "critical");
    size_t cards = rig_sent(rig, "slack edit", "\"value\":\"major\"");
    assert_true(cards > 0);
    assert_int_equal(rig_sent(rig, "slack edit", "the basket is slow"), 0);
    rig->now += SECOND;
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "slack edit", "the basket is slow"), cards);
    assert_int_equal(rig_sent(rig, "slack edit", "\"value\":\"critical\""), cards);
}

/* A delayed edit must not keep the title in sight: the card is blanked at once. */
static void a_card_is_hidden_at_once(void **state)
{
    (void)state;
    rig->only = "channel.open";
    rig->outcome = TOCSIN_REFUSED; /* so that it is announced, and nowhere else */
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    struct turn *turn = turn_begin(rig->core, rig->now);
    rooms_announce(turn, turn_incident(turn, 1), NULL);
    turn_commit(turn, NULL, NULL);
    rig->now += MINUTE;
    rig_settle(rig);
    rig_expect(rig, "ben", 1, "sev major", "major");
    rig_expect(rig, "ben", 1, "sev critical", "critical");
    rig_expect(rig, "ben", 1, "private on", "private");
    assert_int_equal(rig_sent(rig, "slack edit", "members only"), 1);
}

/* Slack shows forms here, the console does not: a button that asks is for Slack alone. */
static void only_platforms_with_forms_get_buttons_that_ask(void **state)
{
    (void)state;
    delivery_connector(rig->core, "slack", CHAT | TOCSIN_CAN_FORMS, true, NULL, rig->now);
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    rig->now += MINUTE;
    rig_settle(rig);
    assert_true(rig_sent(rig, "slack post", "\"asks\":true") > 0);
    assert_int_equal(rig_sent(rig, "console ", "\"asks\""), 0);
    assert_true(rig_sent(rig, "console ", "\"label\":\"Fixing\"") > 0);
}

static bool tell(const char *person, const struct place *but, const char *text)
{
    struct turn *turn = turn_begin(rig->core, rig->now);
    CLEANUP_FREE char *key = turn_key(turn);
    bool told = rooms_tell_person(turn, person, but, key, text);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    return told;
}

/* Whoever works at a desk has a user there, but what is said in a ticket is read by all of them. */
static void one_person_is_told_in_chats_alone(void **state)
{
    (void)state;
    delivery_connector(rig->core, "zendesk", TOCSIN_CAN_POST | TOCSIN_CAN_TICKETS, true, NULL, rig->now);
    struct turn *turn = turn_begin(rig->core, rig->now);
    char *agent = xstrdup(people_identify(turn, &(struct identity){"zendesk", "7", "Zoe", NULL, NULL})->id);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    assert_false(tell(agent, NULL, "for Zoe"));
    assert_false(tell(NULL, NULL, "for nobody"));
    assert_true(tell("ben", NULL, "for Ben"));
    assert_false(tell("ben", &(struct place){.connector = "console", .to = "ben"}, "not here"));
    assert_int_equal(rig_sent(rig, "post", "for Zoe"), 0);
    assert_int_equal(rig_sent(rig, "console post", "for Ben"), 1);
    assert_int_equal(rig_sent(rig, "post", "not here"), 0);
    free(agent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_channel_that_cannot_be_opened_is_reported_where_people_look, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_channel_that_is_only_half_set_up_is_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(removing_the_bot_is_reported_and_inviting_it_again_repairs_it, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_room_that_takes_nothing_is_told_of_where_people_read, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_unarchived_channel_gets_the_current_topic, set_up, tear_down),
        cmocka_unit_test_setup_teardown(members_are_told_when_a_private_channel_cannot_be_opened, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(people_who_joined_are_not_invited, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_address_is_paged_on_platforms_that_can_look_it_up, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_long_summary_is_cut_on_cards_that_are_edited, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_public_channels_topic_hides_an_incident_that_becomes_private, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(so_does_one_that_was_being_opened_then, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_channel_that_opens_late_gets_the_current_topic, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_card_is_edited_once_a_second, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_card_is_hidden_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_person_is_told_in_chats_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_platforms_with_forms_get_buttons_that_ask, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
