/* Tickets of desks and trackers about an incident: attached, made, followed, noted in and closed. */
#include "../command/rig.h"

#include "delivery/link.h"
#include "tickets/tickets.h"
#include "turn/live.h"

#define DESK (TOCSIN_CAN_DESK | TOCSIN_CAN_TICKETS)
#define TICKET7                                                                                                \
    "{'ticket':'7','link':'https://desk.example/t/7','title':'Cards fail','state':'open','status':'new',"      \
    "'address':'jo@acme.example','name':'Jo'}"
#define ISSUE                                                                                                  \
    "{'ticket':'31','link':'https://git.example/i/31','title':'Fix the retry "                                 \
    "loop','state':'open','status':'open'}"

static struct rig *rig;

static void connect(const char *name, uint64_t can, const char *page)
{
    CLEANUP_JSON cJSON *pages = cJSON_CreateArray();
    delivery_connector(rig->core, name, can, true, NULL, rig->now);
    cJSON_AddItemToArray(pages, cJSON_CreateString(page));
    link_set_pages(rig->core, name, pages);
}

static void begin(void)
{
    rig = rig_with_room();
    memset(&fake_tickets, 0, sizeof(fake_tickets));
    connect("desk", DESK, "https://desk.example/");
    connect("git", TOCSIN_CAN_TICKETS, "https://git.example");
    rig_expect(rig, "ben", 0, "customer acme name Acme GmbH", "Acme");
    rig_expect(rig, "ben", 0, "customer acme contact jo@acme.example", "jo");
}

static void attach(void)
{
    rig->answer = TICKET7;
    rig_expect(rig, "ben", 1, "attach https://desk.example/t/7", "asking desk");
}

static void a_link_is_attached_when_its_desk_answers(void **state)
{
    (void)state;
    begin();
    attach();
    assert_int_equal(rig_sent(rig, "desk ticket.follow", "\"link\":\"https://desk.example/t/7\""), 1);
    assert_int_equal(
        rig_sent(rig, "is attached to INC-1 now. It affects customer acme", "\"channel\":\"room\""), 1);
    assert_int_equal(rig_incident(rig, 1)->places.tickets.attached, 1);
    assert_int_equal(rig_incident(rig, 1)->affected.customers.n, 1);
    rig_expect(rig, "ben", 1, "tickets", "INC-1 has 1 attached ticket, 1 of them open.");
    rig_expect(rig, "ben", 1, "tickets", "[desk 7](<https://desk.example/t/7>) (Cards fail): new, Acme GmbH");
    rig_expect(rig, "ben", 1, "attach https://desk.example/t/7", "is attached to INC-1 already");
    rig_destroy(rig);
}

static void what_an_agent_attached_names_it_when_the_desk_answers(void **state)
{
    struct asker asker = {.person = "ben", .here = 1, .most = ACCESS_ACT, .agent = "claude", .automatic = true};
    struct answer answer = {0};
    (void)state;
    begin();
    rig->answer = TICKET7;
    struct turn *turn = turn_begin(rig->core, rig->now);
    assert_int_equal(command_run(turn, &asker, "attach https://desk.example/t/7", &answer), 0);
    turn_commit(turn, NULL, NULL);
    answer_finish(&answer);
    rig_settle(rig);
    rig_expect(rig, "ben", 1, "timeline", "Ben (by the agent claude) attached");
    rig_destroy(rig);
}

static void what_is_no_link_of_a_desk_is_refused_with_what_to_type(void **state)
{
    (void)state;
    begin();
    rig_expect(rig, "ben", 1, "attach https://elsewhere.example/7",
               "begins with one of: https\\://desk.example/ (desk), https\\://git.example (git)");
    rig_expect(rig, "ben", 1, "attach https://desk.example.evil/7", "! That is no link to a ticket");
    rig_expect(rig, "ben", 1, "attach", "attach https://acme.example/tickets/17");
    rig_expect(rig, "ben", 1, "detach https://desk.example/t/7", "! INC-1 has no ticket with that link");
    rig_expect(rig, "ben", 1, "tickets", "INC-1 has no tickets");
    rig_destroy(rig);
}

static void a_desk_that_refuses_is_quoted(void **state)
{
    (void)state;
    begin();
    rig->outcome = TOCSIN_REFUSED;
    rig->only = "ticket.follow";
    attach();
    assert_int_equal(rig_sent(rig, "Desk does not give me the ticket", ""), 1);
    assert_int_equal(rig_incident(rig, 1)->places.tickets.attached, 0);
    rig_expect(rig, "ben", 0, "actions", "Everything has been sent");
    rig_destroy(rig);
}

static void a_detached_ticket_is_attached_again_by_hand(void **state)
{
    (void)state;
    begin();
    attach();
    rig_expect(rig, "ben", 1, "detach https://desk.example/t/7/#reply", "is no longer attached to INC-1");
    assert_int_equal(rig_incident(rig, 1)->places.tickets.attached, 0);
    assert_int_equal(
        rig_event_of(rig, "desk", "{'type':'ticket','id':'e0','ticket':'7','state':'done','status':'solved'}"),
        0);
    assert_int_equal(rig_incident(rig, 1)->places.tickets.done, 0);
    attach();
    assert_int_equal(rig_incident(rig, 1)->places.tickets.attached, 1);
    rig_destroy(rig);
}

static void a_change_is_counted_once_and_strangers_are_dropped(void **state)
{
    static const char solved[] = "{'type':'ticket','id':'%s','ticket':'%s','state':'done','status':'solved'}";
    (void)state;
    begin();
    attach();
    CLEANUP_FREE char *one = xasprintf(solved, "e1", "7"), *again = xasprintf(solved, "e2", "7"),
                      *other = xasprintf(solved, "e3", "99");
    assert_int_equal(rig_event_of(rig, "desk", one), TOCSIN_EMITTED);
    assert_int_equal(rig_event_of(rig, "desk", again), TOCSIN_EMITTED);
    assert_int_equal(rig_event_of(rig, "desk", other), TOCSIN_EMITTED);
    assert_int_equal(rig_event_of(rig, "git", one), TOCSIN_EMITTED);
    assert_int_equal(rig_incident(rig, 1)->places.tickets.done, 1);
    rig_expect(rig, "ben", 1, "timeline", "ticket 7 of desk is solved");
    rig_destroy(rig);
}

/* ---- made ---- */

static void a_title_makes_a_ticket_and_the_incident_continues_there(void **state)
{
    (void)state;
    begin();
    rig_expect(rig, "ben", 1, "ticket Fix the retry loop",
               "! The policy names no tracker. Put `tickets{ tracker");
    fake_tickets.tracker = "gone";
    rig_expect(rig, "ben", 1, "ticket Fix the retry loop", "! The policy names gone as the tracker");
    rig_expect(rig, "ben", 1, "ticket PAY-7", "'PAY-7' is no link");
    fake_tickets.tracker = "git";
    rig_expect(rig, "ben", 1, "summary it retries for ever", "");
    rig->made = ISSUE;
    rig_expect(rig, "ben", 1, "ticket Fix the retry loop", "I am making a ticket in git: Fix the retry loop");
    assert_int_equal(rig_sent(rig, "git ticket.create", "it retries for ever"), 1);
    assert_int_equal(rig_sent(rig, "is made, and INC-1 continues there", ""), 1);
    assert_int_equal(rig_incident(rig, 1)->status, STATUS_TICKETED);
    assert_string_equal(rig_incident(rig, 1)->end.ticket, "https://git.example/i/31");
    rig_expect(rig, "ben", 1, "ticket Fix it again",
               "! INC-1 is tracked in a ticket, so it cannot be moved to a ticket");
    rig_destroy(rig);
}

static void a_ticket_that_is_being_made_is_not_made_twice(void **state)
{
    (void)state;
    begin();
    fake_tickets.tracker = "git";
    rig->made = ISSUE;
    rig->outcome = TOCSIN_RETRY;
    rig->retry_after = HOUR;
    rig->only = "ticket.create";
    rig_expect(rig, "ben", 1, "ticket Fix the retry loop", "I am making a ticket");
    rig_expect(rig, "ben", 1, "ticket Fix the retry loop", "! A ticket for INC-1 is being made already");
    rig->outcome = TOCSIN_DONE;
    rig->now += 2 * HOUR;
    rig_settle(rig);
    assert_int_equal(rig_incident(rig, 1)->status, STATUS_TICKETED);
    assert_int_equal(rig_incident(rig, 1)->places.tickets.made.n, 1);
    rig_destroy(rig);
}

static void a_closed_ticket_asks_whether_it_is_fixed(void **state)
{
    (void)state;
    begin();
    fake_tickets.tracker = "git";
    rig->made = ISSUE;
    rig_expect(rig, "ben", 1, "ticket Fix the retry loop", "I am making a ticket");
    rig_event_of(rig, "git", "{'type':'ticket','id':'e1','ticket':'31','state':'done','status':'closed'}");
    assert_int_equal(rig_sent(rig, "git 31 is closed. Is INC-1 fixed?", "\"command\":\"INC-1 resolve"), 1);
    rig_event_of(rig, "git", "{'type':'ticket','id':'e2','ticket':'31','state':'open','status':'open'}");
    assert_int_equal(rig_sent(rig, "of INC-1 is open again", ""), 1);
    rig_destroy(rig);
}

#define CLOSED_ISSUE                                                                                           \
    "{'ticket':'31','link':'https://git.example/i/31','title':'Fix','state':'done','status':'closed'}"

/* It may have been attached before, or be closed already. */
static void a_link_that_the_incident_continues_at_asks_when_it_is_closed(void **state)
{
    (void)state;
    for (int attached = 0; attached < 2; attached++) {
        begin();
        rig->answer = ISSUE;
        if (attached)
            rig_expect(rig, "ben", 1, "attach https://git.example/i/31", "asking git");
        rig_expect(rig, "ben", 1, "ticket https://git.example/i/31", "");
        assert_int_equal(rig_incident(rig, 1)->places.tickets.attached, attached);
        assert_int_equal(rig_sent(rig, "Is INC-1 fixed?", ""), 0);
        rig_event_of(rig, "git", "{'type':'ticket','id':'e1','ticket':'31','state':'done','status':'closed'}");
        assert_int_equal(rig_sent(rig, "git 31 is closed. Is INC-1 fixed?", ""), 1);
        rig_destroy(rig);
    }
    for (int attached = 0; attached < 2; attached++) {
        begin();
        rig->answer = CLOSED_ISSUE;
        if (attached)
            rig_expect(rig, "ben", 1, "attach https://git.example/i/31", "asking git");
        rig_expect(rig, "ben", 1, "ticket https://git.example/i/31", "");
        assert_int_equal(rig_sent(rig, "git 31 is closed. Is INC-1 fixed?", ""), 1);
        rig_destroy(rig);
    }
}

static void a_private_incident_makes_no_ticket_and_says_nothing_in_one(void **state)
{
    (void)state;
    begin();
    fake_tickets.tracker = "git";
    fake_tickets.parent = "desk";
    rig_expect(rig, "ben", 1, "private", "private");
    rig_expect(rig, "ben", 1, "ticket Fix the retry loop",
               "! INC-1 is private, and everybody who reads the tracker");
    attach();
    assert_int_equal(live_incident(rig->core, 1)->places.tickets.attached, 1);
    assert_int_equal(rig_sent(rig, "ticket.comment", ""), 0);
    assert_int_equal(rig_sent(rig, "ticket.create", ""), 0);
    rig_destroy(rig);
}

/* ---- notes, parents, ends ---- */

static void support_sees_the_incident_and_that_it_changes(void **state)
{
    (void)state;
    begin();
    attach();
    assert_int_equal(
        rig_sent(rig, "desk ticket.comment", "This ticket belongs to INC-1, which is being worked on."), 1);
    assert_int_equal(rig_sent(rig, "ticket.comment", "checkout is slow"), 0);
    rig_expect(rig, "ben", 1, "sev critical", "critical");
    assert_int_equal(rig_sent(rig, "ticket.comment", "INC-1 is being investigated, critical now."), 1);
    rig_expect(rig, "ben", 1, "resolve", "resolved");
    assert_int_equal(rig_sent(rig, "ticket.comment", "INC-1 is resolved, critical now."), 1);
    rig_event_of(
        rig, "desk",
        "{'type':'reply','id':'r1','message':'r1','user':{'id':'c'},'address':'jo@acme.example','ticket':'7',"
        "'link':'https://desk.example/t/7','text':'it is back'}");
    assert_int_equal(rig_sent(rig, "Acme GmbH wrote", "which is resolved; if it is back, type INC-1 reopen"),
                     1);
    assert_int_equal(rig_sent(rig, "ticket.state", ""), 0);
    rig_destroy(rig);
}

static void tickets_join_a_parent_that_follows_the_incident(void **state)
{
    (void)state;
    begin();
    fake_tickets.parent = "desk";
    rig_expect(rig, "ben", 1, "summary this stays between us", "");
    rig->made =
        "{'ticket':'8','link':'https://desk.example/t/8','title':'checkout','state':'open','status':'new'}";
    attach();
    assert_int_equal(rig_sent(rig, "desk ticket.create", "\"parent\":true"), 1);
    assert_int_equal(rig_sent(rig, "desk ticket.create", "between us"), 0);
    assert_int_equal(rig_sent(rig, "desk ticket.follow", "\"ticket\":\"7\",\"parent\":\"8\""), 1);
    assert_int_equal(rig_incident(rig, 1)->places.tickets.made.n, 1);
    rig_expect(rig, "ben", 1, "sev critical", "critical");
    assert_int_equal(rig_sent(rig, "\"ticket\":\"8\"", "INC-1 is being investigated, critical now."), 1);
    rig_expect(rig, "ben", 1, "resolve", "resolved");
    assert_int_equal(rig_sent(rig, "desk ticket.state", "\"ticket\":\"8\",\"state\":\"done\""), 1);
    rig_event_of(rig, "desk", "{'type':'ticket','id':'e1','ticket':'8','state':'done','status':'solved'}");
    rig_expect(rig, "ben", 1, "reopen", "");
    assert_int_equal(rig_sent(rig, "desk ticket.state", "\"ticket\":\"8\",\"state\":\"open\""), 1);
    assert_int_equal(rig_sent(rig, "desk ticket.state", ""), 2);
    rig_destroy(rig);
}

static void tickets_are_closed_after_the_last_message(void **state)
{
    (void)state;
    begin();
    fake_tickets.solve = true;
    attach();
    rig_expect(rig, "ben", 1, "tell all It works again.", "");
    rig_expect(rig, "ben", 1, "resolve", "resolved");
    assert_int_equal(rig_sent(rig, "ticket.state", ""), 0);
    rig_expect(rig, "ana", 1, "approve", "");
    assert_int_equal(rig_sent(rig, "desk desk.tell", "\"thread\":\"7\""), 1);
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "desk ticket.state", "\"state\":\"done\""), 1);
    rig_destroy(rig);
}

/* It is closed with the last of its incidents; an issue of engineers is not a customer's. */
static void a_ticket_of_two_incidents_is_closed_with_the_second(void **state)
{
    (void)state;
    begin();
    fake_tickets.solve = true;
    attach();
    rig->answer = ISSUE;
    rig_expect(rig, "ben", 1, "attach https://git.example/i/31", "asking git");
    rig_expect(rig, "ben", 0, "cards are refused", "INC-2");
    rig->answer = TICKET7;
    rig_expect(rig, "ben", 2, "attach https://desk.example/t/7", "asking desk");
    rig_expect(rig, "ben", 1, "resolve", "resolved");
    assert_int_equal(rig_sent(rig, "ticket.state", ""), 0);
    rig_expect(rig, "ben", 2, "resolve", "resolved");
    assert_int_equal(rig_sent(rig, "desk ticket.state", "\"done\""), 1);
    assert_int_equal(rig_sent(rig, "git ticket.state", ""), 0);
    rig_destroy(rig);
}

static void a_ticket_that_comes_after_the_end_stays_open(void **state)
{
    (void)state;
    begin();
    fake_tickets.solve = true;
    rig_expect(rig, "ben", 1, "resolve", "resolved");
    attach();
    assert_int_equal(rig_incident(rig, 1)->places.tickets.attached, 1);
    assert_int_equal(rig_sent(rig, "ticket.state", ""), 0);
    assert_int_equal(rig_sent(rig, "ticket.comment", "INC-1 is resolved"), 1);
    rig_expect(rig, "ben", 1, "reopen", "");
    rig_expect(rig, "ben", 1, "resolve", "resolved");
    assert_int_equal(rig_sent(rig, "ticket.state", "\"done\""), 1);
    rig_destroy(rig);
}

/* Where the ticket takes nothing, the customer's routes are tried, and counted as any. */
static void a_message_that_a_ticket_refuses_goes_by_the_routes(void **state)
{
    (void)state;
    begin();
    delivery_connector(rig->core, "mail", TOCSIN_CAN_DESK, true, NULL, rig->now);
    rig_expect(rig, "ben", 0, "customer acme route mail ops@acme.example", "mail");
    attach();
    rig->outcome = TOCSIN_REFUSED;
    rig->only = "desk desk.tell";
    rig_expect(rig, "ben", 1, "tell all It works again.", "");
    rig_expect(rig, "ana", 1, "approve", "");
    assert_int_equal(rig_sent(rig, "desk desk.tell", "\"thread\":\"7\""), 1);
    assert_int_equal(rig_sent(rig, "mail desk.tell", "\"address\":\"ops@acme.example\""), 1);
    assert_int_equal(rig_incident(rig, 1)->comms.drafts.v[0].reach.told, 1);
    assert_int_equal(rig_incident(rig, 1)->comms.drafts.v[0].reach.failed, 0);
    rig_destroy(rig);
}

#define TICKET8                                                                                                \
    "{'ticket':'8','link':'https://desk.example/t/8','title':'Same','state':'open','status':'new',"            \
    "'address':'li@acme.example','name':'Li'}"

/* What is said to all goes into each ticket; an answer to the customer into the one in which they wrote last. */
static void each_ticket_of_a_customer_hears_what_is_said_to_all(void **state)
{
    (void)state;
    begin();
    fake_tickets.solve = true;
    rig_expect(rig, "ben", 0, "customer acme contact li@acme.example", "li");
    attach();
    rig->answer = TICKET8;
    rig_expect(rig, "ben", 1, "attach https://desk.example/t/8", "asking desk");
    rig_expect(rig, "ben", 1, "tell all We are on it.", "");
    rig_expect(rig, "ana", 1, "approve", "");
    assert_int_equal(rig_sent(rig, "desk desk.tell", "\"thread\":\"8\""), 1);
    assert_int_equal(rig_sent(rig, "desk desk.tell", "\"thread\":\"7\""), 1);
    assert_int_equal(rig_incident(rig, 1)->comms.drafts.v[0].reach.recipients, 1);
    assert_int_equal(rig_incident(rig, 1)->comms.drafts.v[0].reach.told, 1);
    rig_event_of(rig, "desk",
                 "{'type':'reply','id':'r1','message':'r1','user':{'id':'c'},'customer':'acme','ticket':'7',"
                 "'link':'https://desk.example/t/7','text':'when?'}");
    rig_expect(rig, "ben", 1, "tell acme Soon.", "");
    rig_expect(rig, "ana", 1, "approve", "");
    assert_int_equal(rig_sent(rig, "Soon.", "\"thread\":\"7\""), 1);
    assert_int_equal(rig_sent(rig, "desk desk.tell", "Soon."), 1);
    rig_expect(rig, "ben", 1, "detach https://desk.example/t/7", "no longer");
    rig_expect(rig, "ben", 1, "tell all It is over.", "");
    rig_expect(rig, "ben", 1, "resolve", "resolved");
    rig_expect(rig, "ana", 1, "approve", "");
    assert_int_equal(rig_sent(rig, "desk desk.tell", "It is over."), 1);
    assert_int_equal(rig_sent(rig, "It is over.", "\"thread\":\"8\""), 1);
    assert_int_equal(rig_sent(rig, "ticket.state", "\"ticket\":\"8\",\"state\":\"done\""), 1);
    assert_int_equal(rig_sent(rig, "ticket.state", ""), 1);
    rig_destroy(rig);
}

/* The state names 500 of them, and the tickets know the others. */
static void everybody_with_a_ticket_is_told_however_many_they_are(void **state)
{
    const int many = STATE_CUSTOMERS + 5;
    (void)state;
    begin();
    for (int i = 0; i < many; i++) {
        CLEANUP_FREE char *ticket =
                              xasprintf("{'ticket':'n%d','link':'https://desk.example/t/n%d','title':'Same',"
                                        "'state':'open','status':'new','address':'u@c%d.example'}",
                                        i, i, i),
                          *line = xasprintf("attach https://desk.example/t/n%d", i);
        rig->answer = ticket;
        rig_expect(rig, "ben", 1, line, "asking desk");
    }
    rig->answer = TICKET7;
    assert_int_equal(rig_incident(rig, 1)->places.tickets.attached, many);
    assert_int_equal(rig_incident(rig, 1)->affected.customers.n, STATE_CUSTOMERS);
    rig_expect(rig, "ben", 1, "customers", "INC-1: 505");
    rig_event_of(
        rig, "desk",
        "{'type':'reply','id':'r1','message':'r1','user':{'id':'c'},'address':'u@c504.example','text':'late'}");
    rig_expect(rig, "ben", 1, "timeline", "late");
    rig_expect(rig, "ben", 1, "unaffect u@c503.example", "");
    rig_expect(rig, "ben", 1, "tell all It works again.", "");
    rig_expect(rig, "ana", 1, "approve", "");
    rig_settle(rig);
    assert_int_equal(rig_incident(rig, 1)->comms.drafts.v[0].reach.recipients, many - 1);
    assert_int_equal(rig_sent(rig, "desk desk.tell", "\"thread\":\"n504\""), 1);
    assert_int_equal(rig_sent(rig, "desk desk.tell", "\"thread\":\"n503\""), 0);
    rig_destroy(rig);
}

/* ---- that come by themselves ---- */

static void a_pasted_link_is_offered_once(void **state)
{
    static const char said[] =
        "{'type':'message','id':'%s','message':'%s','channel':'room','user':{'id':'ben'},'text':'%s'}";
    static const char *const texts[] = {"see https://desk.example/t/7.",
                                        "again (https://desk.example/t/7#reply)",
                                        "https://desk.example/ and https://other.example/t/9",
                                        "fixed by https://git.example/acme/shop/commit/1", "nothing"};
    (void)state;
    begin();
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        CLEANUP_FREE char *id = xasprintf("s%zu", i), *event = xasprintf(said, id, id, texts[i]);
        rig_event(rig, event);
    }
    assert_int_equal(
        rig_sent(rig, "Attach this ticket of desk?", "\"command\":\"attach https://desk.example/t/7 @"), 1);
    assert_int_equal(rig_sent(rig, "Attach this ticket", ""), 1);
    rig_destroy(rig);
}

static void an_answer_in_a_ticket_attaches_it_unless_somebody_detached_it(void **state)
{
    static const char answer[] =
        "{'type':'reply','id':'%s','message':'%s','user':{'id':'c'},'customer':'acme','ticket':'7',"
        "'link':'https://desk.example/t/7','title':'Cards fail','text':'still'%s}";
    (void)state;
    begin();
    rig->answer = TICKET7;
    rig_expect(rig, "ben", 1, "affect acme", "");
    CLEANUP_FREE char *doubtful = xasprintf(answer, "r0", "r0", ",'unverified':true"),
                      *first = xasprintf(answer, "r1", "r1", ""), *second = xasprintf(answer, "r2", "r2", "");
    rig_event_of(rig, "desk", doubtful);
    assert_int_equal(rig_incident(rig, 1)->places.tickets.attached, 0);
    rig_event_of(rig, "desk", first);
    assert_int_equal(rig_incident(rig, 1)->places.tickets.attached, 1);
    assert_int_equal(rig_sent(rig, "desk ticket.follow: {\"ticket\":\"7\"}", ""), 1);
    rig_expect(rig, "ben", 1, "tickets", "(Cards fail): new, Acme GmbH");
    rig_expect(rig, "ben", 1, "detach https://desk.example/t/7", "no longer attached");
    rig_event_of(rig, "desk", second);
    assert_int_equal(rig_incident(rig, 1)->places.tickets.attached, 0);
    rig_destroy(rig);
}

static void a_ticket_of_a_stranger_goes_with_its_message(void **state)
{
    (void)state;
    begin();
    rig->answer = TICKET7;
    rig_event_of(rig, "desk",
                 "{'type':'reply','id':'r1','message':'r1','user':{'id':'c'},'address':'jo@acme.example',"
                 "'ticket':'7','link':'https://desk.example/t/7','title':'checkout is slow','text':'help'}");
    assert_int_equal(rig_sent(rig, "Acme GmbH wrote", "\"Attach to INC-1\""), 1);
    assert_int_equal(rig_sent(rig, "Acme GmbH wrote", "{\"name\":\"ticket\",\"value\":\"checkout is slow\"}"),
                     1);
    rig_expect(rig, "ben", 0, "INC-1 customers add acme", "");
    assert_int_equal(rig_incident(rig, 1)->places.tickets.attached, 1);
    rig_destroy(rig);
}

/* A colleague whom the directory does not know: the desk says whose they are. */
static void a_ticket_is_offered_by_the_organisation_of_its_writer(void **state)
{
    static const char wrote[] =
        "{'type':'reply','id':'%s','message':'%s','user':{'id':'k','name':'Kai'},'name':'Kai',"
        "'address':'kai@mail.example','organisation':'Acme "
        "GmbH','ticket':'9','link':'https://desk.example/t/9',"
        "'title':'Hm','text':'%s'}";
    (void)state;
    begin();
    rig_expect(rig, "ben", 1, "affect acme", "");
    rig_expect(rig, "ben", 0, "cards are refused", "INC-2");
    CLEANUP_FREE char *first = xasprintf(wrote, "r1", "r1", "weird things"),
                      *second = xasprintf(wrote, "r2", "r2", "more of them");
    rig_event_of(rig, "desk", first);
    rig_event_of(rig, "desk", second);
    assert_int_equal(
        rig_sent(rig, "kai@mail.example wrote", "\"command\":\"INC-1 attach https://desk.example/t/9 @"), 1);
    assert_int_equal(rig_sent(rig, "{\"name\":\"organisation\",\"value\":\"Acme GmbH\"}", "INC-2"), 0);
    rig->answer = "{'ticket':'9','link':'https://desk.example/t/9','title':'Hm','state':'open','status':'new',"
                  "'address':'kai@mail.example','name':'Kai','organisation':'Acme GmbH'}";
    rig_expect(rig, "ben", 0, "INC-1 attach https://desk.example/t/9", "asking desk");
    assert_int_equal(rig_incident(rig, 1)->affected.customers.n, 1);
    assert_int_equal(rig_sent(rig, "\"channel\":\"room\"", "weird things"), 1);
    assert_int_equal(rig_sent(rig, "\"channel\":\"room\"", "more of them"), 1);
    rig_expect(rig, "ben", 1, "timeline", "weird things");
    rig_destroy(rig);
}

static void tickets_of_a_merged_incident_go_on_and_come_back(void **state)
{
    (void)state;
    begin();
    attach();
    rig_expect(rig, "ben", 0, "cards are refused", "INC-2");
    rig_expect(rig, "ben", 1, "merge INC-2", "merged");
    assert_int_equal(rig_incident(rig, 2)->places.tickets.attached, 1);
    rig_expect(rig, "ben", 2, "tickets", "Cards fail");
    rig_event_of(rig, "desk", "{'type':'ticket','id':'e1','ticket':'7','state':'done','status':'solved'}");
    assert_int_equal(rig_incident(rig, 2)->places.tickets.done, 1);
    rig_expect(rig, "ben", 0, "INC-1 unmerge", "separate");
    assert_int_equal(rig_incident(rig, 2)->places.tickets.attached, 0);
    assert_int_equal(rig_incident(rig, 2)->places.tickets.done, 0);
    assert_int_equal(rig_incident(rig, 1)->places.tickets.attached, 1);
    rig_destroy(rig);
}

/* ---- from the desk ---- */

#define AGENT "'user':{'id':'u1','name':'Kim'}"

static void an_agent_declares_from_a_ticket_and_is_told(void **state)
{
    (void)state;
    begin();
    connect("desk", DESK | TOCSIN_CAN_POST, "https://desk.example/");
    rig->answer = TICKET7;
    rig_event_of(rig, "desk",
                 "{'type':'message','id':'n1','channel':'7','title':'from 0000000000000000 --private',"
                 "'link':'https://desk.example/t/7'," AGENT ",'text':'!inc'}");
    const struct incident *incident = rig_incident(rig, 2);
    assert_string_equal(incident->title, "Ticket: from 0000000000000000 --private");
    assert_int_equal(incident->places.tickets.attached, 1);
    assert_int_equal(rig_sent(rig, "desk post", "INC-2 is open"), 1);
    assert_int_equal(rig_sent(rig, "desk post", "\"to\""), 0);
    rig_event_of(rig, "desk", "{'type':'message','id':'n2','channel':'7'," AGENT ",'text':'!inc sev major'}");
    assert_string_equal(rig_incident(rig, 2)->severity, "major");
    rig_expect(rig, "ben", 2, "fix", "");
    assert_int_equal(rig_sent(rig, "ticket.comment", "INC-2 is being fixed, major now."), 1);
    assert_int_equal(rig_sent(rig, "desk post: {\"channel\":\"general\"", ""), 0);
    for (size_t i = 0; i < 2; i++) {
        CLEANUP_FREE char *again =
            xasprintf("{'type':'message','id':'m%zu','channel':'7'," AGENT ",'title':'Cards','text':'!inc%s'}",
                      i, i ? " declare" : "");
        rig_event_of(rig, "desk", again);
    }
    assert_int_equal(rig_sent(rig, "desk post", "declared"), 2);
    assert_null(live_incident(rig->core, 3));
    rig_destroy(rig);
}

static void an_agent_attaches_the_ticket_in_which_they_write(void **state)
{
    static const char *const lines[] = {"attach INC-1", "INC-1  attach", "attach inc-1 globex"};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        begin();
        connect("desk", DESK | TOCSIN_CAN_POST, "https://desk.example/");
        rig->answer = TICKET7;
        CLEANUP_FREE char *event = xasprintf("{'type':'message','id':'n1','channel':'7','title':'Cards',"
                                             "'link':'https://desk.example/t/7'," AGENT ",'text':'!inc %s'}",
                                             lines[i]);
        rig_event_of(rig, "desk", event);
        assert_int_equal(rig_incident(rig, 1)->places.tickets.attached, 1);
        assert_int_equal(rig_sent(rig, "desk post", "is attached to INC-1 now"), 1);
        assert_string_equal(rig_incident(rig, 1)->affected.customers.v[0].key, i == 2 ? "globex" : "acme");
        assert_null(live_incident(rig->core, 2));
        rig_destroy(rig);
    }
}

static void nothing_private_is_read_from_a_ticket(void **state)
{
    static const char *const lines[] = {"!inc list", "!inc INC-1 show", "!inc INC-1 note x",
                                        "!inc search checkout"};
    (void)state;
    begin();
    attach();
    connect("desk", DESK | TOCSIN_CAN_POST, "https://desk.example/");
    CLEANUP_FREE char *join = xasprintf("invite @%s", "ana");
    rig_expect(rig, "ben", 1, join, "");
    rig_expect(rig, "ben", 1, "private", "private");
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        CLEANUP_FREE char *event = xasprintf(
            "{'type':'message','id':'p%zu','channel':'7','user':{'id':'u1','name':'Kim'},'text':'%s'}", i,
            lines[i]);
        rig_event_of(rig, "desk", event);
    }
    assert_int_equal(rig_sent(rig, "desk post", ""), ARRAY_SIZE(lines));
    assert_int_equal(rig_sent(rig, "desk post", "checkout is slow"), 0);
    rig_destroy(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_link_is_attached_when_its_desk_answers),
        cmocka_unit_test(what_an_agent_attached_names_it_when_the_desk_answers),
        cmocka_unit_test(what_is_no_link_of_a_desk_is_refused_with_what_to_type),
        cmocka_unit_test(a_desk_that_refuses_is_quoted),
        cmocka_unit_test(a_detached_ticket_is_attached_again_by_hand),
        cmocka_unit_test(a_change_is_counted_once_and_strangers_are_dropped),
        cmocka_unit_test(a_title_makes_a_ticket_and_the_incident_continues_there),
        cmocka_unit_test(a_ticket_that_is_being_made_is_not_made_twice),
        cmocka_unit_test(a_closed_ticket_asks_whether_it_is_fixed),
        cmocka_unit_test(a_link_that_the_incident_continues_at_asks_when_it_is_closed),
        cmocka_unit_test(a_private_incident_makes_no_ticket_and_says_nothing_in_one),
        cmocka_unit_test(support_sees_the_incident_and_that_it_changes),
        cmocka_unit_test(tickets_join_a_parent_that_follows_the_incident),
        cmocka_unit_test(a_ticket_of_two_incidents_is_closed_with_the_second),
        cmocka_unit_test(a_ticket_that_comes_after_the_end_stays_open),
        cmocka_unit_test(a_message_that_a_ticket_refuses_goes_by_the_routes),
        cmocka_unit_test(each_ticket_of_a_customer_hears_what_is_said_to_all),
        cmocka_unit_test(everybody_with_a_ticket_is_told_however_many_they_are),
        cmocka_unit_test(a_pasted_link_is_offered_once),
        cmocka_unit_test(an_answer_in_a_ticket_attaches_it_unless_somebody_detached_it),
        cmocka_unit_test(a_ticket_of_a_stranger_goes_with_its_message),
        cmocka_unit_test(a_ticket_is_offered_by_the_organisation_of_its_writer),
        cmocka_unit_test(tickets_of_a_merged_incident_go_on_and_come_back),
        cmocka_unit_test(an_agent_declares_from_a_ticket_and_is_told),
        cmocka_unit_test(an_agent_attaches_the_ticket_in_which_they_write),
        cmocka_unit_test(nothing_private_is_read_from_a_ticket),
        cmocka_unit_test(tickets_are_closed_after_the_last_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
