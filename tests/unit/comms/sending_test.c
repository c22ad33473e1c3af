/* A message to many on its way: counted, stopped, come back, answered, and picked up again after a restart. */
#include "../command/rig.h"

#include "comms/comms.h"
#include "delivery/delivery.h"

#define MANY 60
#define BOUNCE(id)                                                                                             \
    "{'type':'bounce','id':'" id "','user':{'id':'x'},'address':'ops@acme.example','customer':'acme',"         \
    "'incident':'INC-1','permanent':true,'text':'550 no such user'}"

static const struct state_reach *reach(struct rig *rig, int64_t number)
{
    const struct state_draft *draft = incident_draft(rig_incident(rig, 1), number);
    assert_non_null(draft);
    return &draft->reach;
}

static void connect(struct rig *rig)
{
    delivery_connector(rig->core, "desk", TOCSIN_CAN_DESK, true, NULL, rig->now);
    delivery_connector(rig->core, "email", TOCSIN_CAN_DESK, true, NULL, rig->now);
}

static void affect(struct rig *rig, size_t n)
{
    struct turn *turn = turn_begin(rig->core, rig->now);
    for (size_t i = 0; i < n; i++) {
        CLEANUP_FREE char *key = xasprintf("c%03zu", i);
        assert_int_equal(
            turn_do(turn, 1, &(struct command){.verb = "customer", .by = "system", .name = key}, NULL, NULL),
            0);
    }
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
}

static struct rig *with_customers(size_t n)
{
    struct rig *rig = rig_create();
    delivery_connector(rig->core, "email", TOCSIN_CAN_DESK, true, NULL, rig->now);
    rig_expect(rig, "ben", 0, "cards are refused", "INC-1");
    rig_room(rig, 1, "room");
    affect(rig, n);
    rig_expect(rig, "ben", 1, "tell all We are on it.", "approve 1");
    return rig;
}

/* Settles until it is over, a tenth of a second a step. */
static void send_all(struct rig *rig)
{
    for (int i = 0; i < 400 && draft_left(incident_draft(rig_incident(rig, 1), 1)) > 0; i++) {
        rig->now += SECOND / 10;
        rig_settle(rig);
    }
    for (int i = 0; i < 3; i++) {
        rig->now += SECOND;
        rig_settle(rig);
    }
}

/* A message waits for its platform, and one of those whom it goes to asks for no more. */
static void a_wish_counts_until_it_leaves(void **state)
{
    (void)state;
    struct rig *rig = with_customers(2);
    delivery_connector(rig->core, "email", TOCSIN_CAN_DESK, false, "no answer", rig->now);
    rig_expect(rig, "ben", 1, "approve", "Approved");
    rig_expect(rig, "ben", 0, "customer c001 wish no-contact", "no contact");
    delivery_connector(rig->core, "email", TOCSIN_CAN_DESK, true, NULL, rig->now);
    send_all(rig);
    assert_int_equal(rig_sent(rig, "email desk.tell", ""), 1);
    assert_int_equal(reach(rig, 1)->told, 1);
    assert_int_equal(reach(rig, 1)->unwished, 1);
    assert_int_equal(rig_sent(rig, "c001 was NOT told: they wish no contact.", ""), 1);
    rig_destroy(rig);
}

static void many_are_counted_on_one_card(void **state)
{
    (void)state;
    struct rig *rig = with_customers(MANY);
    size_t posts = rig_sent(rig, "console post", "");
    rig_expect(rig, "ben", 0, "customer c002 wish no-contact", "no contact");
    rig->only = "\"customer\":\"c001\"";
    rig->outcome = TOCSIN_REFUSED;
    rig_expect(rig, "ben", 1, "approve", "Approved");
    send_all(rig);
    assert_int_equal(rig_sent(rig, "email desk.tell", "We are on it."), MANY - 1);
    assert_int_equal(reach(rig, 1)->recipients, MANY);
    assert_int_equal(reach(rig, 1)->told, MANY - 2);
    assert_int_equal(reach(rig, 1)->failed, 1);
    assert_int_equal(reach(rig, 1)->unwished, 1);
    assert_int_equal(rig_sent(rig, "console post", "") - posts, 1); /* the summary */
    assert_int_equal(
        rig_sent(rig, "console post", "Message 1 reached 58 of 60 customers; 1 failed; 1 do not wish"), 1);
    assert_true(rig_sent(rig, "console edit", "58 of 60") > 0);
    CLEANUP_FREE char *who = rig_line(rig, "ben", 1, "recipients");
    assert_non_null(strstr(who, "**c001** (email): failed; no such channel"));
    assert_non_null(strstr(who, "**c002**: unwished; they wish no contact"));
    assert_null(strstr(who, "c003"));
    rig_expect(rig, "ben", 1, "recipients 1 told", "and 18 more");
    rig_expect(rig, "ben", 1, "recipients 1 nonsense", "There are no recipients called 'nonsense'");
    rig_expect(rig, "ben", 1, "recipients 7", "That message was not sent");
    CLEANUP_FREE char *timeline = rig_line(rig, "ben", 1, "timeline");
    assert_null(strstr(timeline, "c003 was told"));
    assert_non_null(strstr(timeline, "message 1 reached 58 of 60"));
    rig_destroy(rig);
}

/* The card is edited at most once a second, whatever comes in meanwhile. */
static void its_card_changes_once_a_second(void **state)
{
    (void)state;
    struct rig *rig = with_customers(MANY);
    rig->only = "desk.tell";
    rig->outcome = TOCSIN_RETRY;
    rig_expect(rig, "ben", 1, "approve", "Approved");
    rig->outcome = TOCSIN_DONE;
    size_t edits = rig_sent(rig, "console edit", "Message 1 to");
    instant begun = rig->now;
    send_all(rig);
    size_t more = rig_sent(rig, "console edit", "Message 1 to") - edits;
    assert_true(more > 0 && more <= (size_t)((rig->now - begun) / SECOND) + 2);
    rig_destroy(rig);
}

static void what_has_not_left_is_withdrawn(void **state)
{
    (void)state;
    struct rig *rig = with_customers(MANY);
    rig_expect(rig, "ben", 1, "stop", "No such message is being sent");
    rig_expect(rig, "ben", 1, "stop 1", "No such message is being sent");
    rig->only = "desk.tell";
    rig->outcome = TOCSIN_RETRY;
    rig->retry_after = HOUR; /* the first of them, and with that all, wait */
    rig_expect(rig, "ben", 1, "approve", "Approved");
    size_t sent = rig_sent(rig, "desk.tell", "");
    assert_in_range(sent, 1, MANY);
    rig->outcome = TOCSIN_DONE;
    rig->now += 2 * SECOND;
    rig_settle(rig);
    assert_true(rig_sent(rig, "console edit", "Stop sending") > 0);
    rig_expect(rig, "ana", 1, "stop 1", "Stopped");
    send_all(rig);
    rig->now += 2 * HOUR;
    send_all(rig);
    assert_int_equal(rig_sent(rig, "desk.tell", ""), sent);
    assert_true(reach(rig, 1)->stopped);
    assert_int_equal(reach(rig, 1)->withdrawn, MANY);
    assert_int_equal(reach(rig, 1)->told, 0);
    assert_int_equal(
        rig_sent(rig, "console post", "was stopped, and reached 0 of 60 customers; 60 did not leave"), 1);
    rig_expect(rig, "ben", 1, "stop 1", "No such message is being sent");
    rig_expect(rig, "ben", 1, "recipients 1 withdrawn", "**c010**: withdrawn");
    CLEANUP_FREE char *timeline = rig_line(rig, "ben", 1, "timeline");
    assert_non_null(strstr(timeline, "stopped message 1"));
    rig_destroy(rig);
}

static void a_bounce_goes_by_the_next_route(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    connect(rig);
    rig_expect(rig, "ben", 0, "cards are refused", "INC-1");
    rig_room(rig, 1, "room");
    rig_expect(rig, "ben", 0, "customer acme route console ops@acme.example", "ops@");
    rig_expect(rig, "ben", 0, "customer acme route desk C2", "C2");
    delivery_connector(rig->core, "console", TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_DESK, true, NULL,
                       rig->now);
    rig_expect(rig, "ben", 1, "tell acme We are on it.", "approve 1");
    rig_expect(rig, "ben", 1, "approve", "Approved");
    assert_int_equal(rig_sent(rig, "console desk.tell", "ops@acme.example"), 1);
    assert_int_equal(reach(rig, 1)->told, 1);
    rig_event(rig, BOUNCE("1"));
    assert_int_equal(rig_sent(rig, "desk desk.tell", "C2"), 1);
    assert_int_equal(rig_sent(rig, "could not be delivered", "Trying C2 on desk."), 1);
    assert_int_equal(reach(rig, 1)->told, 1);
    assert_int_equal(reach(rig, 1)->bounced, 0);
    CLEANUP_FREE char *timeline = rig_line(rig, "ben", 1, "timeline");
    assert_non_null(strstr(timeline, "could not be delivered"));
    assert_non_null(strstr(timeline, "acme was told via console"));
    rig_event(rig, BOUNCE("2")); /* a second notice about the same mail: they have it by now */
    assert_int_equal(rig_sent(rig, "desk desk.tell", ""), 1);
    assert_int_equal(reach(rig, 1)->told, 1);
    rig_destroy(rig);
}

static void what_comes_back_for_good_is_counted(void **state)
{
    (void)state;
    struct rig *rig = with_customers(MANY);
    rig_expect(rig, "ben", 1, "approve", "Approved");
    send_all(rig);
    assert_int_equal(reach(rig, 1)->told, MANY);
    for (int i = 0; i < 6; i++) {
        struct turn *turn = turn_begin(rig->core, rig->now);
        CLEANUP_FREE char *customer = xasprintf("c%03d", i);
        comms_bounced(turn, &(struct bounce){.connector = "email",
                                             .address = "a@c.example",
                                             .customer = customer,
                                             .text = "550 no",
                                             .incident = 1,
                                             .permanent = true});
        turn_commit(turn, NULL, NULL);
        rig_settle(rig);
    }
    assert_int_equal(reach(rig, 1)->told, MANY - 6);
    assert_int_equal(reach(rig, 1)->bounced, 6);
    assert_int_equal(rig_sent(rig, "console post", "could not be delivered"),
                     3); /* then they are counted only */
    assert_int_equal(rig_sent(rig, "console post", "More of message 1 came back"), 1);
    rig_expect(rig, "ben", 1, "recipients 1 bounced", "**c005** (email): bounced; 550 no");
    rig_destroy(rig);
}

static void each_is_counted_as_answering_once(void **state)
{
    (void)state;
    struct rig *rig = with_customers(3);
    rig_expect(rig, "ben", 1, "approve", "Approved");
    rig_event(rig, "{'type':'reply','id':'1','user':{'id':'U9'},'customer':'c001','text':'thanks'}");
    rig_event(rig, "{'type':'reply','id':'2','user':{'id':'U9'},'customer':'c001','text':'and now?'}");
    rig_event(rig,
              "{'type':'reply','id':'3','user':{'id':'U9'},'customer':'c002','automatic':true,'text':'away'}");
    assert_int_equal(reach(rig, 1)->answered, 1);
    rig_expect(rig, "ben", 1, "recipients 1 answered", "**c001** (email): answered");
    rig->now += 2 * SECOND;
    rig_settle(rig);
    assert_true(rig_sent(rig, "console edit", "\"name\":\"answered\",\"value\":\"1\"") > 0);
    rig_destroy(rig);
}

/* An action that a person drops has no outcome: its customer counts as failed. */
static void what_is_dropped_by_hand_is_counted(void **state)
{
    (void)state;
    struct rig *rig = with_customers(3);
    rig->only = "\"customer\":\"c001\"";
    rig->outcome = TOCSIN_RETRY;
    rig->retry_after = HOUR;
    rig_expect(rig, "ben", 1, "approve", "Approved");
    assert_int_equal(reach(rig, 1)->told, 2);
    CLEANUP_FREE char *actions = rig_line(rig, "ben", 1, "actions");
    const char *number = strstr(actions, "` send a message to a customer");
    assert_non_null(number);
    while (number[-1] != '`')
        number--;
    CLEANUP_FREE char *drop = xasprintf("actions drop %lld", strtoll(number, NULL, 10));
    rig_expect(rig, "ben", 1, drop, "");
    rig->now += 31 * SECOND;
    rig_settle(rig);
    assert_int_equal(reach(rig, 1)->failed, 1);
    rig_expect(rig, "ben", 1, "recipients", "**c001**: failed; what was to be sent to them was dropped");
    rig_destroy(rig);
}

/* It may have reached them, so no other route is tried; a person decides, and then it counts as told. */
static void what_may_have_arrived_goes_by_no_other_route(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    connect(rig);
    rig_expect(rig, "ben", 0, "cards are refused", "INC-1");
    rig_room(rig, 1, "room");
    rig_expect(rig, "ben", 0, "customer acme route desk C2", "C2");
    rig_expect(rig, "ben", 0, "customer acme route email ops@acme.example", "ops@");
    rig_expect(rig, "ben", 1, "tell acme We are on it.", "approve 1");
    rig->only = "desk.tell";
    rig->outcome = TOCSIN_UNKNOWN;
    rig_expect(rig, "ben", 1, "approve", "Approved");
    rig->outcome = TOCSIN_DONE;
    assert_int_equal(rig_sent(rig, "email desk.tell", ""), 0);
    assert_int_equal(reach(rig, 1)->failed, 1);
    CLEANUP_FREE char *who = rig_line(rig, "ben", 1, "recipients");
    const char *again = strstr(who, "actions again ");
    assert_non_null(again);
    CLEANUP_FREE char *line = xstrndup(again, strcspn(again, ";"));
    rig_expect(rig, "ben", 1, line, "");
    assert_int_equal(rig_sent(rig, "email desk.tell", ""), 0);
    assert_int_equal(reach(rig, 1)->failed, 0);
    assert_int_equal(reach(rig, 1)->told, 1);
    rig_destroy(rig);
}

static void a_crowd_that_is_estimated_is_not_reached_whole(void **state)
{
    (void)state;
    struct rig *rig = with_customers(3);
    struct turn *turn = turn_begin(rig->core, rig->now);
    struct command many = {
        .verb = "customers", .by = "system", .automatic = true, .count = 990000, .flag = true};
    assert_int_equal(turn_do(turn, 1, &many, NULL, NULL), 0);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    rig_expect(rig, "ben", 1, "approve", "Approved");
    assert_int_equal(rig_sent(rig, "Message 1 goes to ", "about 990,000, but Tocsin does not know who"), 1);
    rig_destroy(rig);
}

/* What is in memory follows from the journal. */
static void it_goes_on_after_a_restart(void **state)
{
    (void)state;
    struct rig *rig = with_customers(MANY);
    rig->down = true;
    rig_expect(rig, "ben", 1, "approve", "Approved");
    assert_int_equal(rig_sent(rig, "desk.tell", ""), 0);
    struct store *memory = steal(rig->memory);
    rig_destroy(rig);
    rig = rig_over(memory);
    rig->memory = memory;
    delivery_connector(rig->core, "email", TOCSIN_CAN_DESK, true, NULL, rig->now);
    send_all(rig);
    assert_int_equal(rig_sent(rig, "email desk.tell", "We are on it."), MANY);
    assert_int_equal(reach(rig, 1)->told, MANY);
    assert_int_equal(rig_sent(rig, "console post", "Message 1 reached 60 of 60"), 1);
    rig_destroy(rig);
}

/* Its customers would be passed over. */
static void nothing_is_sent_while_a_connector_starts(void **state)
{
    (void)state;
    struct rig *rig = with_customers(MANY);
    struct asker asker = {.person = "ben", .here = 1};
    struct answer answer = {0};
    struct turn *turn = turn_begin(rig->core, rig->now);
    assert_int_equal(command_run(turn, &asker, "approve", &answer), 0);
    turn_commit(turn, NULL, NULL);
    answer_finish(&answer);
    delivery_add(rig->core, "slack");
    rig->now += 2 * SECOND;
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "desk.tell", ""), 0);
    rig_expect(rig, "ben", 1, "tell all It is fixed.", "approve 2");
    rig_expect(rig, "ben", 1, "approve 2", "! The connector slack is starting");
    delivery_described(rig->core, "slack", TOCSIN_CAN_POST, 1);
    rig->now += 2 * SECOND;
    send_all(rig);
    assert_int_equal(rig_sent(rig, "email desk.tell", "We are on it."), MANY);
    rig_expect(rig, "ben", 1, "approve 2", "Approved");
    rig_destroy(rig);
}

/* It is a wish in the directory from then on. */
static void who_unsubscribes_is_written_to_no_more(void **state)
{
    (void)state;
    struct rig *rig = with_customers(3);
    rig_expect(rig, "ben", 1, "approve", "Approved");
    rig_event(rig,
              "{'type':'unsubscribe','id':'u1','user':{'id':'x'},'address':'ops@c1.example','customer':'c001',"
              "'incident':'INC-1'}");
    assert_int_equal(
        rig_sent(rig, "**c001 unsubscribed from our messages** (ops@c1.example)", "`customer c001 no wish`"),
        1);
    rig_expect(rig, "ben", 0, "customer c001", "no contact");
    rig_expect(rig, "ben", 1, "tell all It is fixed.", "approve 2");
    rig_expect(rig, "ben", 1, "approve", "Approved");
    assert_int_equal(rig_sent(rig, "desk.tell", "It is fixed."), 2);
    assert_int_equal(reach(rig, 2)->unwished, 1);
    rig_event(rig, "{'type':'unsubscribe','id':'u2','user':{'id':'x'},'address':'who@nobody.example'}");
    assert_int_equal(
        rig_sent(rig, "**who@nobody.example unsubscribed from our messages**", "does not know them"), 1);
    CLEANUP_FREE char *timeline = rig_line(rig, "ben", 1, "timeline");
    assert_non_null(strstr(timeline, "unsubscribed"));
    rig_destroy(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_are_counted_on_one_card),
        cmocka_unit_test(a_wish_counts_until_it_leaves),
        cmocka_unit_test(its_card_changes_once_a_second),
        cmocka_unit_test(what_has_not_left_is_withdrawn),
        cmocka_unit_test(a_bounce_goes_by_the_next_route),
        cmocka_unit_test(what_comes_back_for_good_is_counted),
        cmocka_unit_test(each_is_counted_as_answering_once),
        cmocka_unit_test(what_is_dropped_by_hand_is_counted),
        cmocka_unit_test(what_may_have_arrived_goes_by_no_other_route),
        cmocka_unit_test(a_crowd_that_is_estimated_is_not_reached_whole),
        cmocka_unit_test(it_goes_on_after_a_restart),
        cmocka_unit_test(nothing_is_sent_while_a_connector_starts),
        cmocka_unit_test(who_unsubscribes_is_written_to_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
