/* Pages: whom they reach, what they say, and what happens where they reach nobody. */
#include <stdio.h>

#include "delivery/delivery.h"
#include "rooms/rooms.h"
#include "sight/sight.h"
#include "triage/triage.h"
#include "turn/live.h"

#include "../command/policy_rig.h"

#define CHAT                                                                                                   \
    (TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_CHANNELS | TOCSIN_CAN_PAGE | TOCSIN_CAN_EDIT_PAGE |        \
     TOCSIN_CAN_BUTTONS)

/* Slack with people of its own; the console has rooms, and nobody is paged there unless the policy says so. */
static void begin(const char *policy)
{
    policy_rig_begin(policy);
    delivery_connector(rig->core, "console", CHAT, true, NULL, rig->now);
    delivery_connector(rig->core, "slack", CHAT | TOCSIN_CAN_EMAILS, true, NULL, rig->now);
}

/* An error in the important service: the default policy pages product-responder. */
static void alert(const char *title, uint64_t fingerprint)
{
    struct alert alert;
    alert_init(&alert, "sentry", rig->now);
    alert.fingerprint = fingerprint;
    alert.about.title = title;
    alert.about.origin = "shop";
    alert.about.service = "checkout";
    triage_alerts(rig->core, &alert, 1, rig->now, NULL, NULL);
    rig_settle(rig);
}

static void pass(duration span)
{
    rig->now += span;
    rig_settle(rig);
}

#define IMPORTANT "services { important = { 'checkout' } }\n"
#define TEAM                                                                                                   \
    IMPORTANT                                                                                                  \
    "people { ana = { email = 'ana@shop.example', slack = 'U1' }, bo = { name = 'Bo', slack = 'U2' } }\n"      \
    "team { name = 'product-responder', people = { 'ana', 'bo' } }\n"

static void a_page_reaches_the_first_of_the_team(void **state)
{
    (void)state;
    begin(TEAM);
    alert("cards are refused", 0x51);
    assert_int_equal(rig_sent(rig, "slack page", "\"user\":\"U1\""), 1);
    assert_int_equal(rig_sent(rig, "slack page", "U2"), 0);
    assert_int_equal(rig_sent(rig, "console page", ""), 0);
    assert_int_equal(rig_sent(rig, "Nobody was paged", ""), 0);
    rig_expect(rig, "ben", 1, "timeline", "the page goes to ana by slack");
}

/* A team of one is not told that somebody else is next. */
static void the_card_says_who_is_next(void **state)
{
    (void)state;
    begin(TEAM);
    alert("cards are refused", 0x51);
    assert_true(rig_sent(rig, "\"name\":\"page\"", "Paging ana") > 0);
    assert_true(rig_sent(rig, "\"name\":\"page\"", " · next Bo at ") > 0);
    rig_expect(rig, "ben", 0, "declare the printer burns", "INC-2");
    rig_expect(rig, "ben", 2, "page bo", "");
    assert_true(rig_sent(rig, "\"name\":\"page\"", "Paging Bo") > 0);
    assert_true(rig_sent(rig, "\"name\":\"page\"", " · again at ") > 0);
    assert_int_equal(rig_sent(rig, "Paging Bo", "next Bo"), 0);
}

static void a_page_says_what_happened(void **state)
{
    (void)state;
    begin(TEAM);
    alert("cards are refused", 0x51);
    assert_int_equal(rig_sent(rig, "slack page", "INC-1 cards are refused"), 1);
    assert_int_equal(rig_sent(rig, "slack page", "{\"name\":\"severity\",\"value\":\"minor\"}"), 1);
    assert_int_equal(rig_sent(rig, "slack page", "{\"name\":\"service\",\"value\":\"checkout\"}"), 1);
    assert_int_equal(rig_sent(rig, "slack page", "{\"name\":\"alerts\",\"value\":\"1 in 1 group\"}"), 1);
    assert_int_equal(rig_sent(rig, "slack page", "\"command\":\"INC-1 accept\""), 1);
    assert_int_equal(rig_sent(rig, "slack page", "new-error-important"), 0);
    assert_int_equal(rig_sent(rig, "slack page", "policy.lua"), 0);
}

/* The channel is opened in the same moment, so the page learns of it a moment later. */
static void a_page_links_to_the_room(void **state)
{
    (void)state;
    begin(TEAM);
    alert("cards are refused", 0x51);
    const struct incident *incident = sight_incident(rig->core, 1, NULL);
    const struct state_channel *room = place_own(incident, "slack");
    CLEANUP_FREE char *wanted = xasprintf("\"room\":\"%s\"", room->channel);
    assert_true(rig_sent(rig, "slack edit: {\"user\":\"U1\"", wanted) + rig_sent(rig, "slack page", wanted) >
                0);
}

static void a_page_shows_who_accepted(void **state)
{
    (void)state;
    begin(TEAM);
    alert("cards are refused", 0x51);
    rig_event(rig,
              "{'type':'press','id':'p','channel':'general','user':{'id':'ben'},'command':'INC-1 accept'}");
    assert_int_equal(rig_sent(rig, "slack edit: {\"user\":\"U1\"", "Accepted by Ben."), 1);
    assert_int_equal(rig_sent(rig, "slack edit: {\"user\":\"U1\"", "\"buttons\":[]"), 1);
    pass(HOUR);
    assert_int_equal(rig_sent(rig, "slack page", "U2"), 0);
}

static void a_declined_incident_says_so_on_its_pages(void **state)
{
    (void)state;
    begin(TEAM);
    alert("cards are refused", 0x51);
    rig_expect(rig, "ben", 1, "decline a test", "declined");
    assert_int_equal(rig_sent(rig, "slack edit: {\"user\":\"U1\"", "Declined by Ben."), 1);
}

static void a_refused_page_goes_to_the_next_person(void **state)
{
    (void)state;
    begin(TEAM);
    rig->only = "slack page: {\"user\":\"U1\"";
    rig->outcome = TOCSIN_REFUSED;
    alert("cards are refused", 0x51);
    assert_int_equal(rig_sent(rig, "slack page", "\"user\":\"U2\""), 1);
    assert_int_equal(rig_sent(rig, "console post: {\"channel\":\"general\"",
                              "INC-1: ana was not paged: no such channel. Paging Bo instead."),
                     1);
    assert_int_equal(rig_sent(rig, "slack post: {\"channel\":\"general\"", "Paging Bo instead."), 1);
    assert_true(rig_sent(rig, "post", "\"text\":\"ana was not paged: no such channel. Paging Bo instead.\"") >=
                1);
    assert_int_equal(rig_sent(rig, "Nobody was paged", ""), 0);
    assert_int_equal(rig_sent(rig, "could not page somebody", ""), 0);
    rig_expect(rig, "ben", 1, "timeline", "ana was not paged: no such channel");
}

static void a_list_that_is_exhausted_is_reported_in_both(void **state)
{
    (void)state;
    begin(TEAM);
    rig->only = "slack page";
    rig->outcome = TOCSIN_REFUSED;
    alert("cards are refused", 0x51);
    assert_int_equal(rig_sent(rig, "slack page", ""), 2);
    assert_int_equal(rig_sent(rig, "slack post: {\"channel\":\"general\"",
                              "INC-1: **Nobody was paged** for cards are refused"),
                     1);
    assert_int_equal(rig_sent(rig, "console post: {\"channel\":\"general\"",
                              "INC-1: **Nobody was paged** for cards are refused"),
                     1);
    assert_int_equal(rig_sent(rig, "post", "\"text\":\"**Nobody was paged** for cards"), 2); /* the two rooms */
    for (int i = 0; i < 3; i++)
        pass(16 * MINUTE);
    assert_int_equal(rig_sent(rig, "slack page", ""),
                     4); /* the third reminder of triage is a page of its own */
}

static void nobody_is_paged_in_silence(void **state)
{
    (void)state;
    begin(IMPORTANT);
    alert("cards are refused", 0x51);
    assert_int_equal(rig_sent(rig, "page", "\"user\""), 0);
    assert_int_equal(
        rig_sent(rig, "post: {\"channel\":\"general\"", "product-responder names nobody: add team {"), 2);
    assert_true(rig_sent(rig, "post", "\"text\":\"**Nobody was paged** for cards") >= 1);
    rig_expect(rig, "ben", 1, "timeline", "nobody was paged for product-responder");
    rig_expect(rig, "ben", 1, "why page", "product-responder names nobody");
}

/* A connector that accepts the page, and never says what became of it. */
static void a_page_that_is_not_delivered_goes_on_after_a_minute(void **state)
{
    (void)state;
    begin(TEAM);
    rig->only = "slack page: {\"user\":\"U1\"";
    rig->outcome = TOCSIN_RETRY;
    alert("cards are refused", 0x51);
    assert_int_equal(rig_sent(rig, "slack page", "U2"), 0);
    pass(59 * SECOND);
    assert_int_equal(rig_sent(rig, "slack page", "U2"), 0);
    pass(2 * SECOND);
    assert_int_equal(rig_sent(rig, "slack page", "U2"), 1);
    assert_int_equal(
        rig_sent(rig, "console post: {\"channel\":\"general\"", "nothing was delivered within a minute"), 1);
}

/* Slack refuses the token: whoever is only there cannot be reached, so it goes on at once, to somebody on the console. */
static void a_revoked_token_does_not_delay_a_page(void **state)
{
    (void)state;
    begin(IMPORTANT "people { ana = { slack = 'U1' }, bo = { console = 'bo' } }\n"
                    "team { name = 'product-responder', people = { 'ana', 'bo' } }\n");
    rig->only = "slack page";
    rig->outcome = TOCSIN_AUTH;
    alert("cards are refused", 0x51);
    assert_int_equal(rig_sent(rig, "console page", "\"user\":\"bo\""), 1);
    rig->only = NULL;
    rig->outcome = TOCSIN_DONE;
    alert("payments are lost", 0x52); /* the token is known to be revoked by now */
    assert_int_equal(rig_sent(rig, "console page", "\"user\":\"bo\""), 2);
    assert_int_equal(rig_sent(rig, "console post: {\"channel\":\"general\"", "INC-2: ana was not paged"), 1);
    rig_expect(rig, "ben", 2, "accept", "accepted");
    delivery_mended(rig->core, "slack", rig->now);
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "slack page", "INC-1"),
                     2); /* refused, then sent late: nobody has accepted it */
    assert_int_equal(rig_sent(rig, "slack page", "INC-2"), 0); /* it was accepted meanwhile */
}

static void somebody_who_is_nowhere_is_skipped(void **state)
{
    (void)state;
    begin(IMPORTANT "people { zed = { telegram = 'T1' }, bo = { slack = 'U2' } }\n"
                    "team { name = 'product-responder', people = { 'nobody-at-all', 'zed', 'bo' } }\n");
    alert("cards are refused", 0x51);
    assert_int_equal(rig_sent(rig, "slack page", "\"user\":\"U2\""), 1);
    assert_int_equal(rig_sent(rig, "console post: {\"channel\":\"general\"",
                              "nobody-at-all was not paged: nobody has that name. Paging bo instead."),
                     1);
    assert_int_equal(rig_sent(rig, "console post: {\"channel\":\"general\"",
                              "zed was not paged: no connector can page them. Paging bo instead."),
                     1);
}

/* Without people{}: whom chat knows. */
static void a_person_can_be_paged_by_id(void **state)
{
    (void)state;
    begin("on('severity', 'wake', function(incident, event) if event.name == 'critical' then "
          "incident:page('@ben', 'look, *now*') end end)\n");
    rig_expect(rig, "ana-maria", 0, "checkout is slow", "INC-1 is open");
    rig_expect(rig, "ana-maria", 1, "sev critical", "critical");
    assert_int_equal(rig_sent(rig, "console page", "\"user\":\"ben\""), 1);
    assert_int_equal(rig_sent(rig, "console page", "look, \\\\*now\\\\*"), 1);
}

/* It is active already, so there is nothing to accept but the page. */
static void a_page_of_an_active_incident_can_be_accepted(void **state)
{
    (void)state;
    begin("people { bo = { slack = 'U2' } }\n"
          "on('severity', 'wake', function(incident, event) if event.name == 'critical' then "
          "incident:page('bo', 'look') end end)\n");
    rig_expect(rig, "ana-maria", 0, "checkout is slow", "INC-1 is open");
    rig_expect(rig, "ana-maria", 1, "sev critical", "critical");
    assert_int_equal(rig_sent(rig, "slack page", "\"user\":\"U2\""), 1);
    rig_expect(rig, "ben", 1, "accept", "Ben has the page of INC-1");
    assert_int_equal(rig_sent(rig, "slack edit: {\"user\":\"U2\"", "Acknowledged by Ben."), 1);
    rig_expect(rig, "ben", 1, "accept", "! ");
}

static void whoever_acknowledges_second_is_told_who_has_it(void **state)
{
    (void)state;
    begin(TEAM);
    alert("cards are refused", 0x51);
    rig_expect(rig, "ben", 0, "ack 1 on it", "! Say which incident that is about: `INC-42 ack 1 on it`");
    rig_expect(rig, "ben", 1, "ack on it", "Ben has the page of INC-1");
    rig_expect(rig, "ben", 1, "timeline", "on it");
    rig_expect(rig, "ana-maria", 1, "ack", "! Ben has had the page of INC-1 since");
    rig_expect(rig, "ben", 1, "ack", "! You have had the page of INC-1 since");
    rig_expect(rig, "ben", 1, "show", ": triage, "); /* none of them accepted the incident */
}

static void whoever_is_paged_for_a_private_incident_becomes_a_member(void **state)
{
    (void)state;
    begin(TEAM "rule { name = 'keys', priority = 10, match = { title = '*keys*' },\n"
               "  declare = { private = true, page = 'product-responder' } }\n");
    rig->only = "slack page: {\"user\":\"U1\"";
    rig->outcome = TOCSIN_REFUSED;
    alert("the keys are out", 0x51);
    assert_int_equal(rig_sent(rig, "slack page", "\"user\":\"U1\""), 1);
    assert_int_equal(rig_sent(rig, "slack page", "\"user\":\"U2\""), 1);
    assert_int_equal(rig_sent(rig, "post: {\"channel\":\"general\"", "keys"), 0);
    assert_int_equal(rig_sent(rig, "post: {\"channel\":\"general\"", "Paging"), 0);
    const struct incident *incident = live_incident(rig->core, 1);
    assert_true(incident_has_member(incident, "ana"));
    assert_true(incident_has_member(incident, "bo"));
}

/* The store survives; what was asked before the crash is asked again with the same key, and nobody else is called. */
static void a_restart_pages_nobody_twice(void **state)
{
    (void)state;
    begin(TEAM);
    rig->down = true;
    alert("cards are refused", 0x51);
    struct store *store = rig->memory;
    rig->memory = NULL;
    size_t before = rig->sent.n;
    assert_int_equal(before, 0);
    rig_destroy(rig);
    rig = rig_over(store);
    rig->memory = store;
    delivery_connector(rig->core, "slack", CHAT | TOCSIN_CAN_EMAILS, true, NULL, rig->now);
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "slack page", "\"user\":\"U1\""), 1);
    assert_int_equal(rig_sent(rig, "slack page", "\"user\":\"U2\""), 0);
    alert("cards are refused", 0x51);
    assert_int_equal(rig_sent(rig, "slack page", ""), 1);
}

/* Nobody would hear of it, so somebody is paged, though no rule asks for it. */
static void what_nobody_can_announce_pages_somebody(void **state)
{
    (void)state;
    begin("people { bo = { pager = 'B' } }\nteam { name = 'product-responder', people = { 'bo' } }\n");
    delivery_connector(rig->core, "pager", TOCSIN_CAN_PAGE, true, NULL, rig->now);
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    assert_int_equal(rig_sent(rig, "pager page", ""), 0);
    delivery_connector(rig->core, "console", CHAT, false, "it crashed", rig->now);
    delivery_connector(rig->core, "slack", CHAT, false, "it crashed", rig->now);
    rig_expect(rig, "ben", 0, "cards are refused", "INC-2 is open");
    assert_int_equal(rig_sent(rig, "pager page: {\"user\":\"B\"", "It could not be announced anywhere"), 1);
}

/* Whoever looks where it is announced learns who does not see it yet. */
static void a_new_incident_is_told_of_a_connector_in_trouble(void **state)
{
    (void)state;
    begin(TEAM);
    delivery_connector(rig->core, "slack", CHAT, false, "the token was revoked", rig->now);
    alert("cards are refused", 0x51);
    assert_int_equal(
        rig_sent(rig, "console post", "The connection to slack has trouble: the token was revoked."), 1);
}

/* ---- what is said once ---- */

static size_t announced(const char *connector, const char *what)
{
    CLEANUP_FREE char *where = xasprintf("%s post: {\"channel\":\"general\"", connector);
    return rig_sent(rig, where, what);
}

/* Triage is due again every quarter of an hour, and from the third time on each reminder is a page. */
static void remind(int times)
{
    for (int i = 0; i < times; i++)
        pass(16 * MINUTE);
}

static void a_team_that_names_nobody_is_announced_once(void **state)
{
    (void)state;
    begin(IMPORTANT);
    alert("cards are refused", 0x51);
    assert_int_equal(announced("slack", "Nobody was paged"), 1);
    remind(12);
    assert_int_equal(announced("slack", "Nobody was paged"), 1);
    assert_int_equal(announced("console", "Nobody was paged"), 1);
    assert_true(rig_sent(rig, "post", "\"text\":\"**Nobody was paged** for cards") >=
                2 * 10); /* in its rooms */
    alert("payments are lost", 0x52);
    assert_int_equal(announced("slack", "INC-2: **Nobody was paged**"), 1);
}

static void a_list_that_stays_exhausted_is_announced_once(void **state)
{
    (void)state;
    begin(TEAM);
    rig->only = "slack page";
    rig->outcome = TOCSIN_REFUSED;
    alert("cards are refused", 0x51);
    remind(8);
    assert_int_equal(announced("slack", "Nobody was paged"), 1);
    assert_true(rig_sent(rig, "slack page", "") > 8); /* it is tried each time */
}

static void a_person_who_stays_unreached_is_announced_once(void **state)
{
    (void)state;
    begin(TEAM);
    rig->only = "slack page: {\"user\":\"U1\"";
    rig->outcome = TOCSIN_REFUSED;
    alert("cards are refused", 0x51);
    remind(8);
    assert_true(rig_sent(rig, "slack page", "\"user\":\"U2\"") > 4);
    assert_int_equal(announced("slack", "ana was not paged"), 1);
    assert_true(rig_sent(rig, "post", "\"text\":\"ana was not paged") > 2 * 4);
}

static void a_way_that_stays_closed_is_announced_once(void **state)
{
    (void)state;
    begin(IMPORTANT "people { ana = { slack = 'U1', console = 'ana' } }\n"
                    "team { name = 'product-responder', people = { 'ana' } }\n");
    rig->only = "slack page";
    rig->outcome = TOCSIN_REFUSED;
    alert("cards are refused", 0x51);
    remind(8);
    assert_true(rig_sent(rig, "console page", "\"user\":\"ana\"") > 4);
    assert_int_equal(announced("console", "Slack could not page"), 1);
}

/* Somebody is reached in between, so the next failure is news. */
static void failing_again_after_a_success_is_announced_again(void **state)
{
    (void)state;
    begin(TEAM);
    rig->only = "slack page";
    rig->outcome = TOCSIN_REFUSED;
    alert("cards are refused", 0x51);
    rig->only = NULL;
    rig->outcome = TOCSIN_DONE;
    remind(3);
    assert_int_equal(rig_sent(rig, "slack page", "\"user\":\"U1\""), 2);
    rig->only = "slack page";
    rig->outcome = TOCSIN_REFUSED;
    remind(3);
    assert_int_equal(announced("slack", "Nobody was paged"), 2);
}

/* One person on the list of two targets: nobody paged for the one says nothing of the other. */
static void each_target_is_announced(void **state)
{
    (void)state;
    begin("on('severity', 'wake', function(incident, event) incident:page(event.name, 'look') end)\n");
    rig_expect(rig, "ana-maria", 0, "checkout is slow", "INC-1 is open");
    rig_expect(rig, "ana-maria", 1, "sev critical", "critical");
    rig_expect(rig, "ana-maria", 1, "sev major", "major");
    rig_expect(rig, "ana-maria", 1, "sev critical", "critical");
    assert_int_equal(announced("slack", "critical names nobody"), 1);
    assert_int_equal(announced("slack", "major names nobody"), 1);
}

/* What was told survives a restart: it is part of the incident. */
static void a_reopened_incident_is_announced_again(void **state)
{
    (void)state;
    begin("on('severity', 'wake', function(incident, event) incident:page('dba', 'look') end)\n");
    rig_expect(rig, "ana-maria", 0, "checkout is slow", "INC-1 is open");
    rig_expect(rig, "ana-maria", 1, "sev critical", "critical");
    CLEANUP_STR struct str before = {0}, after = {0};
    struct incident *copy;
    incident_encode(live_incident(rig->core, 1), &before);
    assert_int_equal(incident_decode(before.p, before.len, &copy, NULL), 0);
    assert_true(incident_unpaged(copy, "dba", true));
    assert_false(incident_unpaged(copy, "dba", false));
    incident_encode(copy, &after);
    assert_string_equal(after.p, before.p);
    incident_destroy(copy);
    rig_expect(rig, "ana-maria", 1, "resolve it was a cable", "resolved");
    rig_expect(rig, "ana-maria", 1, "reopen it is back", "");
    rig_expect(rig, "ana-maria", 1, "sev major", "major");
    assert_int_equal(announced("slack", "dba names nobody"), 2);
}

/* ---- calling on and on ---- */

#define WAYS                                                                                                   \
    IMPORTANT                                                                                                  \
    "people { ana = { slack = 'U1', sms = '+44', ways = { 'slack', { 'sms', after = '1m' }, { 'call', after "  \
    "= '3m' } } },\n"                                                                                          \
    "         bo = { name = 'Bo', slack = 'U2' } }\n"                                                          \
    "team { name = 'product-responder', people = { 'ana', 'bo' }, channel = 'payments' }\n"                    \
    "escalation { name = 'product-responder', rounds = 1, levels = { { person = 'ana' }, { team = "            \
    "'product-responder' } } }\n"

static void begin_with_sms(const char *policy)
{
    begin(policy);
    delivery_connector(rig->core, "sms", TOCSIN_CAN_PAGE | TOCSIN_CAN_RECEIPTS | TOCSIN_CAN_CALL, true, NULL,
                       rig->now);
}

/* The id that the latest page by that way was given. */
static const char *page_id(const char *what)
{
    static char id[32];
    for (size_t i = rig->sent.n; i-- > 0;) {
        if (!strstr(rig->sent.v[i], what))
            continue;
        snprintf(id, sizeof(id), "m%zu", i + 1);
        return id;
    }
    fail_msg("nothing like %s was sent", what);
    return NULL;
}

static void receipt(const char *message, const char *more)
{
    static int n;
    CLEANUP_FREE char *event = xasprintf("{'type':'page','id':'r%d','message':'%s',%s}", ++n, message, more);
    assert_int_equal(rig_event_of(rig, "sms", event), TOCSIN_EMITTED);
}

static void ways_levels_and_the_channel_follow_each_other(void **state)
{
    (void)state;
    begin_with_sms(WAYS);
    alert("cards are refused", 0x51);
    assert_int_equal(rig_sent(rig, "slack page", "U1"), 1);
    assert_int_equal(rig_sent(rig, "sms page: ", ""), 0);
    pass(MINUTE);
    assert_int_equal(rig_sent(rig, "sms page", "\"code\":\""), 1);
    assert_int_equal(rig_sent(rig, "sms page", "\"call\":true"), 0);
    pass(2 * MINUTE);
    assert_int_equal(rig_sent(rig, "sms page", "\"call\":true"), 1);
    assert_int_equal(rig_sent(rig, "slack page", "U2"), 0);
    pass(2 * MINUTE);
    assert_int_equal(rig_sent(rig, "slack page", "U2"), 1);
    pass(5 * MINUTE);
    assert_int_equal(rig_sent(rig, "slack post: {\"channel\":\"payments\"", "Nobody has acknowledged"), 1);
    pass(5 * MINUTE);
    assert_int_equal(rig_sent(rig, "slack post: {\"channel\":\"payments\"", "Nobody has acknowledged"), 2);
    rig_expect(rig, "ben", 1, "ack", "Ben has the page of INC-1");
    pass(20 * MINUTE);
    assert_int_equal(rig_sent(rig, "slack post: {\"channel\":\"payments\"", "Nobody has acknowledged"), 2);
}

static void a_key_acknowledges_and_ends_everything_else(void **state)
{
    (void)state;
    begin_with_sms(WAYS);
    alert("cards are refused", 0x51);
    pass(3 * MINUTE);
    receipt(page_id("\"call\":true"), "'state':'delivered'");
    pass(SECOND);
    assert_true(rig_sent(rig, "edit", "Paging ana \xc2\xb7 sms call delivered 15:09 UTC") > 0);
    receipt(page_id("\"call\":true"), "'state':'acknowledged','how':'a key'");
    pass(SECOND);
    assert_int_equal(rig_sent(rig, "sms page.end", "\"text\":\"Acknowledged by ana\""), 2);
    assert_int_equal(rig_sent(rig, "slack edit: {\"user\":\"U1\"", "Acknowledged by ana."), 1);
    assert_true(rig_sent(rig, "edit", "Acknowledged by ana by a key, 15:09 UTC") > 0);
    rig_expect(rig, "ben", 1, "ack", "! ana has had the page of INC-1 since");
    rig_expect(rig, "ben", 1, "ack", "by a key");
    pass(10 * MINUTE);
    assert_int_equal(rig_sent(rig, "slack page", "U2"), 0);
    assert_int_equal(rig_sent(rig, "sms page: ", ""), 2);
}

/* Acknowledged before the SMS: no SMS. */
static void nothing_waits_for_its_time_any_more(void **state)
{
    (void)state;
    begin_with_sms(WAYS);
    alert("cards are refused", 0x51);
    rig_event_of(rig, "slack",
                 "{'type':'press','id':'p','channel':'D1','user':{'id':'U1'},'command':'INC-1 ack'}");
    pass(10 * MINUTE);
    assert_int_equal(rig_sent(rig, "sms page: ", ""), 0);
}

/* The voicemail answered: no key, so nobody acknowledged, and it goes on at once. */
static void a_voicemail_acknowledges_nothing(void **state)
{
    (void)state;
    begin_with_sms(WAYS);
    alert("cards are refused", 0x51);
    pass(3 * MINUTE);
    receipt(page_id("\"call\":true"), "'state':'failed','text':'nobody pressed a key'");
    assert_int_equal(rig_sent(rig, "slack page", "U2"), 0); /* slack and sms still may reach ana */
    pass(2 * MINUTE);
    assert_int_equal(rig_sent(rig, "slack page", "U2"), 1);
    rig_expect(rig, "ben", 1, "timeline", "did not reach ana by sms call: nobody pressed a key");
}

static void a_reply_and_a_reaction_count_from_whom_the_page_was_to(void **state)
{
    (void)state;
    begin_with_sms(WAYS);
    alert("cards are refused", 0x51);
    CLEANUP_FREE char *by_bo = xasprintf(
        "{'type':'reaction','id':'1','channel':'D1','user':{'id':'U2'},'message':'%s','emoji':'eyes'}",
        page_id("slack page"));
    rig_event_of(rig, "slack", by_bo);
    assert_null(incident_page(live_incident(rig->core, 1), 1)->accepted_by);
    CLEANUP_FREE char *by_ana = xasprintf(
        "{'type':'reaction','id':'2','channel':'D1','user':{'id':'U1'},'message':'%s','emoji':'eyes'}",
        page_id("slack page"));
    rig_event_of(rig, "slack", by_ana);
    assert_string_equal(incident_page(live_incident(rig->core, 1), 1)->accepted_via, "a reaction");
    rig_expect(rig, "ben", 1, "pages", "acknowledged (Acknowledged by ana by a reaction)");
    alert("payments are lost", 0x52);
    rig_event_of(rig, "slack",
                 "{'type':'message','id':'3','channel':'D1','user':{'id':'U1'},'text':'yes','direct':true}");
    assert_string_equal(incident_page(live_incident(rig->core, 2), 1)->accepted_via, "a reply");
    assert_int_equal(rig_sent(rig, "slack post", "has the page of INC-2"), 1);
}

static void an_acknowledgement_that_nothing_follows_is_asked_again(void **state)
{
    (void)state;
    begin_with_sms(WAYS);
    alert("cards are refused", 0x51);
    rig_event_of(rig, "slack",
                 "{'type':'press','id':'p','channel':'D1','user':{'id':'U1'},'command':'INC-1 ack'}");
    pass(31 * MINUTE);
    assert_int_equal(rig_sent(rig, "slack page", "U1"), 2);
    rig_expect(rig, "ana", 1, "ack", "has the page of INC-1");
    rig_expect(rig, "ana", 1, "note rolled back", "");
    pass(HOUR);
    assert_int_equal(rig_sent(rig, "slack page", "U1"), 2);
}

static void one_page_for_all_alerts_unless_it_is_more_severe(void **state)
{
    (void)state;
    begin_with_sms(WAYS "on('severity', 'wake', function(incident) incident:page('product-responder') end)\n"
                        "on('noted', 'wake too', function(incident) incident:page('product-responder') end)\n");
    alert("cards are refused", 0x51);
    rig_expect(rig, "ben", 1, "note another alert", "");
    assert_int_equal(rig_sent(rig, "slack page", "U1"), 1);
    rig_expect(rig, "ben", 1, "sev critical", "critical");
    assert_int_equal(rig_sent(rig, "slack page", "U1"), 2);
}

static void quiet_hours_are_waited_for_and_said(void **state)
{
    (void)state;
    begin(IMPORTANT "people { ana = { slack = 'U1', quiet = { hours = '15:00-18:00', zone = 'UTC', severity = "
                    "'minor' } } }\n"
                    "team { name = 'product-responder', people = { 'ana' } }\n");
    alert("cards are refused", 0x51);
    assert_int_equal(rig_sent(rig, "slack page", ""), 0);
    assert_true(rig_sent(rig, "post", "waits until") > 0);
    pass(2 * HOUR);
    assert_int_equal(rig_sent(rig, "slack page", ""), 0);
    pass(HOUR);
    assert_int_equal(rig_sent(rig, "slack page", "U1"), 1);
}

static instant utc(const char *text)
{
    instant t = 0;
    assert_int_equal(instant_parse(text, &t, NULL), 0);
    return t;
}

/* They go by the clock on the wall, over midnight and while clocks change. */
static void quiet_hours_end_by_the_clock_on_the_wall(void **state)
{
    static const struct {
        const char *begins, *still, *over;
    } nights[] = {
        {"2027-03-27T23:30:00Z", "2027-03-28T05:59:00Z", "2027-03-28T06:01:00Z"}, /* an hour is skipped */
        {"2027-10-30T22:30:00Z", "2027-10-31T06:59:00Z", "2027-10-31T07:01:00Z"}, /* one comes twice */
        {"2027-12-31T23:30:00Z", "2028-01-01T06:59:00Z", "2028-01-01T07:01:00Z"},
    };
    (void)state;
    begin(IMPORTANT "people { ana = { slack = 'U1', quiet = { hours = '22:00-07:00', zone = 'Europe/London', "
                    "severity = 'minor' } } }\n"
                    "team { name = 'product-responder', people = { 'ana' } }\n");
    for (size_t i = 0; i < ARRAY_SIZE(nights); i++) {
        CLEANUP_FREE char *title = xasprintf("error number %c", (char)('a' + i));
        rig->now = utc(nights[i].begins);
        alert(title, 0x70 + i);
        pass(utc(nights[i].still) - rig->now);
        assert_int_equal(rig_sent(rig, "slack page", title), 0);
        pass(utc(nights[i].over) - rig->now);
        assert_int_equal(rig_sent(rig, "slack page", title), 1);
    }
}

/* The policy is loaded again in the middle of a page. */
static void a_page_goes_on_by_the_policy_of_now(void **state)
{
    (void)state;
    struct error err;
    begin("people { ana = { slack = 'U1' }, bo = { slack = 'U2' } }\n"
          "escalation { name = 'shop', levels = { { person = 'ana' }, { person = 'bo' } } }\n");
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    rig_expect(rig, "ben", 1, "page shop", "Paging ana by slack");
    policy_dir_write(&policies, "team.lua",
                     "people { ana = { slack = 'U1' }, cy = { slack = 'U3' } }\n"
                     "escalation { name = 'shop', levels = { { person = 'ana' }, { person = 'cy' } } }\n");
    assert_int_equal(policy_dir_load(&policies, &err), 0);
    pass(6 * MINUTE);
    assert_int_equal(rig_sent(rig, "slack page", "U2"), 0);
    assert_int_equal(rig_sent(rig, "slack page", "U3"), 1);
    policy_dir_write(&policies, "team.lua", "people { cy = { slack = 'U3' } }\n");
    assert_int_equal(policy_dir_load(&policies, &err), 0);
    pass(6 * MINUTE);
    rig_expect(rig, "ben", 1, "timeline", "nobody has acknowledged it, so it is said in the channel");
}

/* ---- by hand ---- */

static void somebody_pages_by_hand(void **state)
{
    (void)state;
    begin_with_sms(WAYS);
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    rig_expect(rig, "ben", 1, "page martians look", "! Nobody is paged: martians is no team");
    rig_expect(rig, "ben", 1, "page @", "! Say whom to page, as in `page payments` or `page @ana`.");
    rig_expect(rig, "ben", 1, "escalate", "! INC-1 has no page");
    rig_expect(rig, "ben", 1, "ack", "! Nobody is paged for INC-1 now");
    rig_expect(rig, "ben", 1, "page product-responder the ledger is behind", "Paging ana by slack");
    assert_int_equal(rig_sent(rig, "slack page", "the ledger is behind"), 1);
    rig_expect(rig, "ben", 1, "page @product-responder again", "is open already");
    rig_expect(rig, "ben", 1, "escalate I need help", "Paging");
    assert_int_equal(rig_sent(rig, "slack page", "U2"), 1);
    rig_expect(rig, "ben", 1, "pages", "INC-1: for product-responder");
    rig_expect(rig, "ben", 0, "pages", "INC-1: for product-responder");
    rig_expect(rig, "ben", 1, "why page", "the page goes to Bo by slack");
    rig_expect(rig, "ben", 1, "draft-in product-responder everything is down", "Paging");
    rig_expect(rig, "ben", 1, "ack", "Ben has the page");
    rig_expect(rig, "ben", 1, "pages", "acknowledged");
    rig_expect(rig, "ben", 1, "decline a false alarm", "declined"); /* it is looked at in the morning */
    rig_expect(rig, "ben", 1, "escalate", "! INC-1 has ended, so nobody is paged for it. `INC-1 reopen`");
    rig_expect(rig, "ben", 1, "page product-responder", "! INC-1 has ended");
    rig_expect(rig, "ben", 0, "pages", "declined: nobody should have been paged");
    rig_expect(rig, "ben", 1, "recap", "the first for product-responder; nobody should have been");
}

/* Its connector takes nothing; then somebody has the page. */
static void a_call_that_was_withdrawn_is_said_to_be(void **state)
{
    (void)state;
    begin(TEAM);
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    rig->down = true;
    rig_expect(rig, "ben", 1, "page bo", "Paging Bo by slack");
    rig_expect(rig, "ben", 1, "pages", "open. Bo by slack: wanted");
    rig_expect(rig, "ben", 1, "ack", "Ben has the page");
    rig_expect(rig, "ben", 1, "pages", "Bo by slack: withdrawn");
}

/* A level names a rotation, whatever its team has. */
static void a_rotation_may_have_the_name_of_a_team(void **state)
{
    (void)state;
    begin_with_sms("people { ana = { slack = 'U1' }, bo = { slack = 'U2' }, cy = { slack = 'U3' } }\n"
                   "rotation { name = 'payments', people = { 'ana' }, start = '2026-11-16', zone = 'UTC' }\n"
                   "team { name = 'payments', people = { 'bo' } }\n"
                   "rotation { name = 'shop', people = { 'ana' }, start = '2026-11-16', zone = 'UTC' }\n"
                   "team { name = 'shop', rotation = 'nights' }\n"
                   "rotation { name = 'nights', people = { 'cy' }, start = '2026-11-16', zone = 'UTC' }\n"
                   "escalation { name = 'two', levels = { { rotation = 'shop' }, { team = 'payments' } } }\n");
    rig_expect(rig, "ben", 0, "oncall payments", "**payments**: ana");
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    rig_expect(rig, "ben", 1, "page payments", "Paging ana by slack");
    rig_expect(rig, "ben", 1, "page two", "Paging ana by slack");
    rig_expect(rig, "ben", 1, "page shop", "Paging cy by slack");
}

/* However they are typed, they are paged as the policy says. */
static void somebody_is_paged_by_their_full_name(void **state)
{
    (void)state;
    begin_with_sms("people { eve = { name = 'Eva Silva', slack = 'U7', sms = '+447700900123' },"
                   " benny = { console = 'ben', sms = '+447700900124' } }\n");
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    rig_expect(rig, "ben", 1, "page \"Eva Silva\" look", "Paging Eva Silva by slack");
    rig_expect(rig, "ben", 1, "page @eve look", "A page for eve is open already");
    rig_expect(rig, "ben", 1, "page ben look", "Paging Ben by console");
    pass(2 * MINUTE);
    assert_int_equal(rig_sent(rig, "sms page", "+447700900123"), 1);
    assert_int_equal(rig_sent(rig, "sms page", "+447700900124"), 1); /* known from chat by another id */
}

static void a_test_page_ends_when_it_arrived(void **state)
{
    (void)state;
    begin_with_sms(WAYS);
    rig_expect(rig, "ben", 0, "page me", "Acknowledge it as you would at night");
    assert_true(live_incident(rig->core, 1)->private && live_incident(rig->core, 1)->sort.drill);
    rig_expect(rig, "ben", 0, "ack", "has the page of INC-1");
    assert_false(status_is_open(live_incident(rig->core, 1)->status));
    pass(HOUR);
    assert_int_equal(rig_sent(rig, "sms page: ", ""), 0);
}

/* Its state is that of an older version: it stays as it is, and calls nobody, but can be accepted. */
static void an_open_page_of_an_older_version_does_not_ring(void **state)
{
    (void)state;
    begin_with_sms(WAYS);
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    struct turn *turn = turn_begin(rig->core, rig->now);
    struct command sent = {.verb = "page_sent",
                           .by = "rule",
                           .automatic = true,
                           .count = 1,
                           .name = "product-responder",
                           .value = "ana"};
    assert_int_equal(turn_do(turn, 1, &sent, NULL, NULL), 0);
    turn_commit(turn, NULL, NULL);
    pass(DAY);
    assert_int_equal(rig_sent(rig, "slack page", "") + rig_sent(rig, "sms page: ", ""), 0);
    rig_expect(rig, "ben", 1, "ack", "Ben has the page of INC-1");
}

static void whoever_muted_their_pages_is_spared_unless_nobody_is_left(void **state)
{
    (void)state;
    begin("people { bo = { slack = 'U2' } }\n");
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    rig_expect(rig, "ben", 1, "page mute", "! Say until when");
    rig_expect(rig, "ben", 1, "page mute 3d", "! Pages can be muted for a day at most");
    rig_expect(rig, "ben", 1, "page mute 2h", "Pages go to the next one in your place until");
    rig_expect(rig, "ana-maria", 1, "page ben look", "Paging Ben by console"); /* nobody else is left */
    assert_true(rig_sent(rig, "post", "Ben is paged, as nobody else is left: they want no pages until") > 0);
    assert_int_equal(rig_sent(rig, "post", "was not paged"), 0);
    rig_expect(rig, "ben", 1, "page mute off", "Pages reach you again");
}

static void one_word_acknowledges_all_that_call_somebody(void **state)
{
    (void)state;
    begin("people { bo = { slack = 'U2' } }\n");
    rig_expect(rig, "ana-maria", 0, "checkout is slow", "INC-1 is open");
    rig_expect(rig, "ana-maria", 0, "declare the printer burns", "INC-2 is open");
    rig_expect(rig, "ana-maria", 1, "page ben look", "Paging Ben by console");
    rig_expect(rig, "ana-maria", 2, "page ben look", "Paging Ben by console");
    rig_expect(rig, "ben", 0, "ack",
               "Ben has the page of INC-1: checkout is slow. Ben has the page of INC-2: the printer burns.");
}

static void nobody_has_more_than_ten_pages_an_hour(void **state)
{
    (void)state;
    begin(TEAM);
    for (uint64_t i = 0; i < 11; i++) {
        CLEANUP_FREE char *title = xasprintf("error number %c", (char)('a' + i));
        alert(title, 0x60 + i);
    }
    assert_int_equal(rig_sent(rig, "slack page", "\"user\":\"U1\""), 10);
    assert_int_equal(rig_sent(rig, "slack page", "\"user\":\"U2\""), 1);
    assert_true(
        rig_sent(rig, "post", "ana was not paged: they had 10 pages in the last hour. Paging Bo instead.") > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(one_word_acknowledges_all_that_call_somebody, tear_down),
        cmocka_unit_test_teardown(quiet_hours_end_by_the_clock_on_the_wall, tear_down),
        cmocka_unit_test_teardown(a_page_goes_on_by_the_policy_of_now, tear_down),
        cmocka_unit_test_teardown(a_page_reaches_the_first_of_the_team, tear_down),
        cmocka_unit_test_teardown(the_card_says_who_is_next, tear_down),
        cmocka_unit_test_teardown(a_page_says_what_happened, tear_down),
        cmocka_unit_test_teardown(a_page_links_to_the_room, tear_down),
        cmocka_unit_test_teardown(a_page_shows_who_accepted, tear_down),
        cmocka_unit_test_teardown(a_declined_incident_says_so_on_its_pages, tear_down),
        cmocka_unit_test_teardown(a_refused_page_goes_to_the_next_person, tear_down),
        cmocka_unit_test_teardown(a_list_that_is_exhausted_is_reported_in_both, tear_down),
        cmocka_unit_test_teardown(nobody_is_paged_in_silence, tear_down),
        cmocka_unit_test_teardown(a_page_that_is_not_delivered_goes_on_after_a_minute, tear_down),
        cmocka_unit_test_teardown(a_revoked_token_does_not_delay_a_page, tear_down),
        cmocka_unit_test_teardown(somebody_who_is_nowhere_is_skipped, tear_down),
        cmocka_unit_test_teardown(a_person_can_be_paged_by_id, tear_down),
        cmocka_unit_test_teardown(a_page_of_an_active_incident_can_be_accepted, tear_down),
        cmocka_unit_test_teardown(whoever_acknowledges_second_is_told_who_has_it, tear_down),
        cmocka_unit_test_teardown(whoever_is_paged_for_a_private_incident_becomes_a_member, tear_down),
        cmocka_unit_test_teardown(a_restart_pages_nobody_twice, tear_down),
        cmocka_unit_test_teardown(what_nobody_can_announce_pages_somebody, tear_down),
        cmocka_unit_test_teardown(a_new_incident_is_told_of_a_connector_in_trouble, tear_down),
        cmocka_unit_test_teardown(a_team_that_names_nobody_is_announced_once, tear_down),
        cmocka_unit_test_teardown(a_list_that_stays_exhausted_is_announced_once, tear_down),
        cmocka_unit_test_teardown(a_person_who_stays_unreached_is_announced_once, tear_down),
        cmocka_unit_test_teardown(a_way_that_stays_closed_is_announced_once, tear_down),
        cmocka_unit_test_teardown(failing_again_after_a_success_is_announced_again, tear_down),
        cmocka_unit_test_teardown(each_target_is_announced, tear_down),
        cmocka_unit_test_teardown(a_reopened_incident_is_announced_again, tear_down),
        cmocka_unit_test_teardown(ways_levels_and_the_channel_follow_each_other, tear_down),
        cmocka_unit_test_teardown(a_key_acknowledges_and_ends_everything_else, tear_down),
        cmocka_unit_test_teardown(nothing_waits_for_its_time_any_more, tear_down),
        cmocka_unit_test_teardown(a_voicemail_acknowledges_nothing, tear_down),
        cmocka_unit_test_teardown(a_reply_and_a_reaction_count_from_whom_the_page_was_to, tear_down),
        cmocka_unit_test_teardown(an_acknowledgement_that_nothing_follows_is_asked_again, tear_down),
        cmocka_unit_test_teardown(one_page_for_all_alerts_unless_it_is_more_severe, tear_down),
        cmocka_unit_test_teardown(quiet_hours_are_waited_for_and_said, tear_down),
        cmocka_unit_test_teardown(somebody_pages_by_hand, tear_down),
        cmocka_unit_test_teardown(a_call_that_was_withdrawn_is_said_to_be, tear_down),
        cmocka_unit_test_teardown(a_rotation_may_have_the_name_of_a_team, tear_down),
        cmocka_unit_test_teardown(somebody_is_paged_by_their_full_name, tear_down),
        cmocka_unit_test_teardown(a_test_page_ends_when_it_arrived, tear_down),
        cmocka_unit_test_teardown(an_open_page_of_an_older_version_does_not_ring, tear_down),
        cmocka_unit_test_teardown(whoever_muted_their_pages_is_spared_unless_nobody_is_left, tear_down),
        cmocka_unit_test_teardown(nobody_has_more_than_ten_pages_an_hour, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
