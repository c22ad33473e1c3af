/* From a draft over somebody's word to the customer, and back. */
#include "../command/rig.h"

#include "delivery/delivery.h"
#include "people/people.h"

#define BEN "'user':{'id':'ben','name':'Ben'}"

static struct rig *with_incident(bool desk)
{
    struct rig *rig = rig_create();
    if (desk)
        delivery_connector(rig->core, "desk", TOCSIN_CAN_DESK, true, NULL, rig->now);
    rig_expect(rig, "ben", 0, "cards are refused", "INC-1");
    rig_room(rig, 1, "room");
    return rig;
}

static void nothing_is_sent_before_somebody_approves(void **state)
{
    (void)state;
    struct rig *rig = with_incident(true);
    rig_expect(rig, "ben", 1, "tell acme We are on it.", "approve 1");
    assert_int_equal(rig_sent(rig, "console post", "Message 1 to acme"), 1);
    assert_int_equal(rig_sent(rig, "desk desk.tell", ""), 0);
    rig_expect(rig, "ana-mar", 1, "approve", "Approved");
    assert_int_equal(rig_sent(rig, "desk desk.tell", "\"customer\":\"acme\",\"text\":\"We are on it.\""), 1);
    assert_int_equal(rig_sent(rig, "console post", "acme was told via desk."), 1);
    assert_int_equal(rig_sent(rig, "console edit", "Message 1 to acme, approved by"), 1);
    rig_expect(rig, "ben", 1, "approve 1", "Message 1 was already approved by");
    rig_expect(rig, "ben", 1, "approve", "No message is waiting for approval");
    assert_int_equal(rig_sent(rig, "desk desk.tell", ""), 1);
    rig_destroy(rig);
}

static void all_are_those_affected(void **state)
{
    (void)state;
    struct rig *rig = with_incident(true);
    rig_expect(rig, "ben", 1, "customers add Acme, Globex", "2 customers");
    rig_expect(rig, "ben", 1, "tell all We are on it.", "approve 1");
    rig_expect(rig, "ben", 1, "tell ACME You first.", "approve 2");
    rig_expect(rig, "ben", 1, "approve", "Say which message");
    rig_expect(rig, "ben", 1, "approve 1", "Approved");
    assert_int_equal(rig_sent(rig, "desk desk.tell", "We are on it."), 2);
    rig_expect(rig, "ben", 1, "discard 2", "Discarded");
    assert_int_equal(rig_sent(rig, "desk desk.tell", "You first."), 0);
    assert_int_equal(rig_sent(rig, "console edit", "discarded by Ben"), 1);
    assert_int_equal(rig_incident(rig, 1)->affected.customers.n, 2);
    CLEANUP_FREE char *timeline = rig_line(rig, "ben", 1, "timeline");
    assert_null(strstr(timeline, "draft_card"));
    assert_non_null(strstr(timeline, "Ben approved message 1 to all"));
    rig_destroy(rig);
}

static void a_merge_takes_messages_roles_and_links_along(void **state)
{
    (void)state;
    struct rig *rig = with_incident(true);
    rig_expect(rig, "ben", 1, "comms @ben", "Ben");
    rig_expect(rig, "ana", 1, "link https://wiki.example/runbook runbook", "");
    rig_expect(rig, "ben", 1, "tell acme We are on it.", "approve 1");
    rig_expect(rig, "ben", 1, "tell acme It was us.", "approve 2");
    rig_expect(rig, "ben", 1, "discard 2", "Discarded");
    rig_expect(rig, "ana", 0, "the database is full", "INC-2 is open");
    rig_expect(rig, "ben", 2, "comms @ana-maria", "Ana");
    rig_expect(rig, "ben", 1, "lead me", "Ben");
    rig_expect(rig, "ana", 0, "merge 1 into 2", "INC-1 was merged into INC-2");
    const struct incident *survivor = rig_incident(rig, 2);
    assert_string_equal(incident_role(survivor, "lead"), "ben");
    assert_string_equal(incident_role(survivor, "comms"), "ana-maria");
    assert_int_equal(survivor->places.links.n, 1);
    rig_expect(rig, "ana", 1, "approve", "No message is waiting for approval");
    rig_expect(rig, "ana", 2, "approve", "Approved");
    assert_int_equal(rig_sent(rig, "desk desk.tell", "We are on it."), 1);
    rig_destroy(rig);
}

static void a_thumbs_up_on_the_draft_approves_it(void **state)
{
    (void)state;
    struct rig *rig = with_incident(true);
    rig_expect(rig, "ben", 1, "tell acme We are on it.", "approve 1");
    const struct incident *incident = rig_incident(rig, 1);
    assert_int_equal(incident->comms.draft_cards.n, 1);
    rig_event(rig, "{'type':'reaction','id':'1','channel':'room'," BEN ",'message':'m999','emoji':'+1'}");
    assert_int_equal(rig_sent(rig, "desk desk.tell", ""), 0);
    CLEANUP_FREE char *event = xasprintf("{'type':'reaction','id':'2','channel':'room'," BEN
                                         ",'message':'%s','emoji':'+1::skin-tone-2'}",
                                         incident->comms.draft_cards.v[0].message);
    rig_event(rig, event);
    assert_int_equal(rig_sent(rig, "desk desk.tell", "We are on it."), 1);
    rig_destroy(rig);
}

static void of_a_declined_incident_nobody_is_told(void **state)
{
    (void)state;
    struct rig *rig = with_incident(true);
    rig_expect(rig, "ben", 1, "tell acme We are on it.", "approve 1");
    rig_expect(rig, "ben", 1, "decline it was a test", "Ben declined INC-1");
    rig_expect(rig, "ben", 1, "approve 1", "! The incident is declined");
    assert_int_equal(rig_sent(rig, "desk desk.tell", ""), 0);
    rig_expect(rig, "ben", 1, "reopen", "INC-1");
    rig_expect(rig, "ben", 1, "approve 1", "Approved");
    rig_destroy(rig);
}

/* "room" was opened for everybody. */
static void a_draft_is_hidden_with_its_incident(void **state)
{
    (void)state;
    struct rig *rig = with_incident(true);
    rig_expect(rig, "ben", 1, "tell acme The keys were stolen.", "approve 1");
    CLEANUP_FREE char *draft =
        xasprintf("\"message\":\"%s\"", rig_incident(rig, 1)->comms.draft_cards.v[0].message);
    rig_expect(rig, "ben", 1, "private", "INC-1 is private");
    size_t last = 0;
    for (size_t i = 0; i < rig->sent.n; i++) {
        if (strstr(rig->sent.v[i], "console edit") && strstr(rig->sent.v[i], draft))
            last = i;
    }
    assert_non_null(strstr(rig->sent.v[last], "now visible to its members only"));
    size_t n = rig->sent.n;
    rig_expect(rig, "ben", 1, "discard 1", "Discarded");
    for (size_t i = n; i < rig->sent.n; i++)
        assert_null(strstr(rig->sent.v[i], draft));
    rig_destroy(rig);
}

static void what_reaches_nobody_is_said(void **state)
{
    (void)state;
    struct rig *rig = with_incident(false);
    rig_expect(rig, "ben", 1, "tell acme We are on it.",
               "so `INC-1 approve 1` would send nothing. Write to them another way");
    assert_int_equal(rig_sent(rig, "console post", "approving it sends nothing"), 1);
    rig_expect(rig, "ben", 1, "approve", "Approved, but not sent");
    assert_int_equal(rig_sent(rig, "Nobody was told: no connector", "`INC-1 told acme by mail`"), 1);
    rig_destroy(rig);
}

static void who_is_told_for_the_first_time_is_named(void **state)
{
    (void)state;
    struct rig *rig = with_incident(true);
    rig_expect(rig, "ben", 1, "tell nobodycorp hello",
               "nobodycorp is now listed as an affected customer of INC-1");
    CLEANUP_FREE char *again = rig_line(rig, "ben", 1, "tell nobodycorp hello again");
    assert_null(strstr(again, "is now listed"));
    rig_destroy(rig);
}

/* The desk is there, and does not know them: done, without an id. */
static void whom_no_desk_knows_is_told_by_hand(void **state)
{
    (void)state;
    struct rig *rig = with_incident(true);
    rig_expect(rig, "ben", 1, "tell nobodycorp hello", "approve 1");
    rig->unknown = "nobodycorp";
    rig_expect(rig, "ben", 1, "approve", "Approved");
    assert_int_equal(rig_sent(rig, "nobodycorp was NOT told", "`INC-1 tell nobodycorp …` again"), 1);
    rig_destroy(rig);
}

/* The desk cannot look a message up, and whether the customer has it is not known. */
/* The directory says where: one route after the other, and each customer once, however alerts call them. */
static void a_customer_is_told_by_the_first_route_that_works(void **state)
{
    (void)state;
    struct rig *rig = with_incident(true);
    delivery_connector(rig->core, "email", TOCSIN_CAN_DESK, true, NULL, rig->now);
    rig_expect(rig, "ben", 0, "customer acme name Acme GmbH", "Acme");
    rig_expect(rig, "ben", 0, "customer acme alias acme-inc", "acme-inc");
    rig_expect(rig, "ben", 0, "customer acme route gone C1", "C1");
    rig_expect(rig, "ben", 0, "customer acme route desk C2", "C2");
    rig_expect(rig, "ben", 0, "customer acme route email ops@acme.example", "ops@");
    rig_expect(rig, "ben", 1, "customers add acme-inc, ACME", "1 customer");
    rig_expect(rig, "ben", 1, "tell all We are on it.", "approve 1");
    rig_expect(rig, "ben", 1, "approve", "Approved");
    assert_int_equal(
        rig_sent(rig, "desk desk.tell", "\"customer\":\"acme\",\"name\":\"Acme GmbH\",\"address\":\"C2\""), 1);
    assert_int_equal(rig_sent(rig, "desk.tell", ""), 1);
    assert_int_equal(rig_sent(rig, "No connector called gone reaches customers here", "Trying C2 on desk"), 1);
    assert_int_equal(rig_sent(rig, "Acme GmbH was told via desk (C2).", ""), 1);
    rig_expect(rig, "ben", 1, "tell acme-inc More of it.", "approve 2");
    rig->only = "\"C2\"";
    rig->outcome = TOCSIN_REFUSED;
    rig_expect(rig, "ben", 1, "approve", "Approved");
    assert_int_equal(
        rig_sent(rig,
                 "Acme GmbH was not reached at C2 on desk; no such channel. Trying ops@acme.example on email.",
                 ""),
        1);
    assert_int_equal(rig_sent(rig, "email desk.tell", "More of it."), 1);
    assert_int_equal(rig_sent(rig, "Acme GmbH was told via email", "ops@acme.example"), 1);
    rig->now += 2 * SECOND; /* a card is edited once a second */
    rig_settle(rig);
    rig_expect(rig, "ben", 0, "actions", "Everything has been sent");
    rig->only = NULL;
    rig->outcome = 0;
    rig_expect(rig, "ben", 1, "tell acme The end.", "approve 3");
    rig_expect(rig, "ben", 1, "approve", "Approved");
    assert_int_equal(rig_sent(rig, "desk desk.tell", "\"thread\":\"m"), 2);
    rig_destroy(rig);
}

static void whoever_wishes_no_contact_gets_none(void **state)
{
    (void)state;
    struct rig *rig = with_incident(true);
    rig_expect(rig, "ben", 0, "customer acme wish no-contact", "no contact");
    rig_expect(rig, "ben", 1, "tell acme We are on it.",
               "But acme wish no contact, so nothing is sent to them.");
    rig_expect(rig, "ben", 1, "approve", "Approved");
    assert_int_equal(rig_sent(rig, "desk.tell", ""), 0);
    assert_int_equal(
        rig_sent(rig, "acme was NOT told: they wish no contact.", "`customer acme no wish` changes that"), 1);
    rig_destroy(rig);
}

static void whoever_wishes_security_only_hears_of_that(void **state)
{
    (void)state;
    struct rig *rig = with_incident(true);
    rig_expect(rig, "ben", 0, "customer acme wish security-only", "security");
    rig_expect(rig, "ben", 1, "tell acme Cards are refused.",
               "But acme wish to hear about security only, so nothing");
    CLEANUP_FREE char *preview = rig_line(rig, "ben", 1, "preview 1");
    assert_string_equal(
        preview,
        "**Message 1, as they get it**\n**acme** gets nothing: they wish to hear about security only.");
    rig_expect(rig, "ben", 1, "approve", "Approved");
    assert_int_equal(rig_sent(rig, "desk.tell", ""), 0);
    assert_int_equal(rig_sent(rig, "acme was NOT told: they wish to hear about security only.", ""), 1);
    rig_expect(rig, "ben", 1, "kind security", "security");
    rig_expect(rig, "ben", 1, "tell acme Keys were stolen.", "approve 2");
    rig_expect(rig, "ben", 1, "preview 2", "if a connector knows how to reach them");
    rig_expect(rig, "ben", 1, "approve 2", "Approved");
    assert_int_equal(rig_sent(rig, "desk.tell", "Keys were stolen."), 1);
    rig_destroy(rig);
}

/* A preview shows the way that the message will take. */
static void a_preview_passes_over_what_is_not_there(void **state)
{
    (void)state;
    struct rig *rig = with_incident(true);
    rig_expect(rig, "ben", 0, "customer acme route fax 555", "fax");
    rig_expect(rig, "ben", 1, "tell acme Cards are refused.", "approve 1");
    rig_expect(rig, "ben", 1, "preview 1",
               "**acme** gets nothing: no connector called fax reaches customers here.");
    rig_expect(rig, "ben", 0, "customer acme route desk C1", "C1");
    rig_expect(rig, "ben", 1, "preview 1", "**acme**, at C1 on desk:\n\nCards are refused.");
    rig_expect(rig, "ben", 1, "customers add b, c, d, e, f g", "6 customers");
    rig_expect(rig, "ben", 1, "tell all Hello.", "approve 2");
    rig_expect(rig, "ben", 1, "preview 2", "… and 1 more. `preview 2 \"f g\"` shows one of them.");
    rig_expect(rig, "ben", 0, "customer acme no route desk C1", "fax");
    rig_expect(rig, "ben", 1, "approve 1", "Approved");
    rig_expect(rig, "ben", 1, "recipients 1", "**acme**: failed; No connector called fax");
    rig_destroy(rig);
}

/* What people type leads to the customer whom the directory has, and to nobody else. */
static void whom_a_message_is_for_is_clear(void **state)
{
    (void)state;
    struct rig *rig = with_incident(true);
    rig_expect(rig, "ben", 0, "customer acme name Acme GmbH", "Acme");
    rig_expect(rig, "ben", 0, "customer acme route desk C1", "C1");
    rig_expect(rig, "ben", 0, "customer acme alias acme-inc", "acme-inc");
    rig_expect(rig, "ben", 1, "customers add ACME-INC", "1 customer");
    rig_expect(rig, "ben", 1, "tell \"acme gmbh\" One.", "approve 1");
    rig_expect(rig, "ben", 1, "tell acme Two.", "approve 2");
    rig_expect(rig, "ben", 1, "tell acme-inc Three.", "approve 3");
    rig_expect(rig, "ben", 1, "tell “Acme GmbH” Four.", "approve 4");
    assert_int_equal(rig_incident(rig, 1)->affected.customers.n, 1);
    rig_expect(rig, "ben", 1, "approve 1", "Approved");
    assert_int_equal(rig_sent(rig, "desk.tell", "\"address\":\"C1\",\"text\":\"One.\""), 1);
    rig_expect(rig, "ben", 0, "customer globex name Acme GmbH", "Acme");
    rig_expect(rig, "ben", 1, "tell \"Acme GmbH\" Only one of them is affected.", "approve 5");
    rig_expect(rig, "ben", 1, "customers add globex", "2 customers");
    rig_expect(rig, "ben", 1, "tell \"Acme GmbH\" Which?", "! 'Acme GmbH' is more than one customer");
    rig_expect(rig, "ben", 0, "customer initech name Initech Ltd", "Initech");
    rig_expect(rig, "ben", 1, "tell \"initech ltd\" You, too.", "initech is now listed");
    rig_expect(rig, "ben", 0, "customer umbra name Twin", "Twin");
    rig_expect(rig, "ben", 0, "customer ombra name Twin", "Twin");
    rig_expect(rig, "ben", 1, "tell twin Which?", "! 'twin' is more than one customer");
    rig_destroy(rig);
}

static void affect(struct rig *rig, const char *key, const char *name)
{
    struct turn *turn = turn_begin(rig->core, rig->now);
    struct command command = {
        .verb = "customer", .by = BY_SYSTEM, .automatic = true, .name = key, .text = name};
    assert_int_equal(turn_do(turn, 1, &command, NULL, NULL), 0);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
}

/* An alert calls its customer what it likes: that does not turn a message to one into a message to many. */
static void a_key_that_means_many_is_not_one_customer(void **state)
{
    static const char *const keys[] = {"all", "tier:gold", "tier:silver"};
    (void)state;
    struct rig *rig = with_incident(true);
    rig_expect(rig, "ben", 0, "customer globex tier gold", "gold");
    rig_expect(rig, "ben", 1, "customers add globex", "1 customer");
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        CLEANUP_FREE char *name = xasprintf("Evil %zu", i), *tell = xasprintf("tell \"%s\" Psst.", name),
                          *approve = xasprintf("approve %zu", i + 1),
                          *record = xasprintf("customer %s name Evil", keys[i]),
                          *alias = xasprintf("customer evil alias %s", keys[i]);
        affect(rig, keys[i], name);
        rig_expect(rig, "ben", 1, tell, "is now listed");
        rig_expect(rig, "ben", 1, approve, "Approved");
        rig_expect(rig, "ben", 0, record, "stands for several customers");
        rig_expect(rig, "ben", 0, alias, "stands for several customers");
    }
    assert_int_equal(rig_sent(rig, "desk.tell", "\"customer\":\"globex\""), 0);
    assert_int_equal(rig_sent(rig, "desk.tell", "\"customer\":\"Evil 1\""), 1);
    rig_destroy(rig);
}

static void a_preview_of_a_crowd_shows_some_whom_the_state_names(void **state)
{
    (void)state;
    struct rig *rig = with_incident(true);
    struct command many = {.verb = "customers", .by = "system", .automatic = true, .count = 12000};
    rig_expect(rig, "ben", 1, "customers add a, b, c, d, e, f, g", "7 customers");
    struct turn *turn = turn_begin(rig->core, rig->now);
    assert_int_equal(turn_do(turn, 1, &many, NULL, NULL), 0);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    rig_expect(rig, "ben", 1, "tell all Hello.", "approve 1");
    rig_expect(rig, "ben", 1, "preview 1", "**e**");
    rig_expect(
        rig, "ben", 1, "preview 1",
        "These are 5 of the 12,000 customers whom the incident affects. `preview 1 f` shows one of them.");
    rig_expect(rig, "ben", 1, "preview 1 g", "**g**");
    rig_expect(rig, "ben", 1, "tell tier:silver Hello.", "approve 2");
    rig_expect(rig, "ben", 1, "preview 2", "Nobody gets it: no affected customer is of the tier silver.");
    rig_destroy(rig);
}

/* Whom the preview shows is told, once. */
static void a_preview_shows_each_recipient_once(void **state)
{
    (void)state;
    struct rig *rig = with_incident(true);
    rig_expect(rig, "ben", 0, "customer acme name Acme", "Acme");
    rig_expect(rig, "ben", 0, "customer acme alias acme-inc", "acme-inc");
    rig_expect(rig, "ben", 0, "customer globex tier gold", "gold");
    rig_expect(rig, "ben", 1, "customers add acme-inc, acme, globex, ACME", "2 customers");
    rig_expect(rig, "ben", 1, "tell all Hello.", "approve 1");
    CLEANUP_FREE char *all = rig_line(rig, "ben", 1, "preview 1");
    assert_non_null(strstr(all, "**Acme**"));
    assert_null(strstr(strstr(all, "**Acme**") + 1, "**Acme**"));
    rig_expect(rig, "ben", 1, "preview 1 acme-inc", "**Acme**");
    rig_expect(rig, "ben", 1, "preview 1 ACME", "**Acme**");
    rig_expect(rig, "ben", 1, "preview 1 zed", "That customer does not get it");
    rig_expect(rig, "ben", 1, "tell globex Hello.", "approve 2");
    rig_expect(rig, "ben", 1, "preview 2 acme", "That customer does not get it");
    rig_expect(rig, "ben", 1, "preview 2 globex", "**globex**");
    rig_expect(rig, "ben", 1, "tell tier:silver Hello.", "approve 3");
    rig_expect(rig, "ben", 1, "preview 3", "Nobody gets it: no affected customer is of the tier silver.");
    rig_expect(rig, "ben", 1, "approve 1", "Approved");
    assert_int_equal(rig_sent(rig, "desk.tell", ""), 2);
    rig_destroy(rig);
}

/* Mail to many is that by whom it reaches: not by those whom it leaves out, or by two keys of one. */
static void many_are_those_who_get_it(void **state)
{
    (void)state;
    struct rig *rig = with_incident(true);
    for (int i = 0; i < 25; i++) {
        CLEANUP_FREE char *add = xasprintf("customers add c%d", i),
                          *tier = xasprintf("customer c%d tier few", i);
        rig_expect(rig, "ben", 1, add, "affects");
        if (i < 3)
            rig_expect(rig, "ben", 0, tier, "few");
    }
    rig_expect(rig, "ben", 1, "tell tier:few Hello.", "approve 1");
    rig_expect(rig, "ben", 1, "approve 1", "Approved");
    assert_int_equal(rig_sent(rig, "desk.tell", ""), 3);
    assert_int_equal(rig_sent(rig, "desk.tell", "\"bulk\":true"), 0);
    rig_expect(rig, "ben", 1, "tell all Hello.", "approve 2");
    rig_expect(rig, "ben", 1, "approve 2", "Approved");
    assert_int_equal(rig_sent(rig, "desk.tell", "\"bulk\":true"), 25);
    rig_destroy(rig);
}

/* What is suggested can be typed as it stands. */
static void a_key_with_spaces_is_suggested_in_quotes(void **state)
{
    (void)state;
    struct rig *rig = with_incident(true);
    rig_expect(rig, "ben", 0, "customer \"Acme Inc\" tier gold",
               "`customer \"Acme Inc\" route email ops@acme.example`");
    rig_expect(rig, "ben", 0, "customer \"Acme Inc\" route", "! Say which route: `customer \"Acme Inc\" route");
    rig_expect(rig, "ben", 0, "customer \"Acme Inc\" no", "`customer \"Acme Inc\" no tier`");
    rig_expect(rig, "ben", 0, "customer \"Acme Inc\" cares so", "`customer \"Acme Inc\" cares yes`");
    rig_expect(rig, "ben", 0, "customer '6\" pipes' tier gold", "`customer '6\" pipes' route");
    rig_expect(rig, "ben", 0, "customer \"Acme Inc\" wish no-contact", "no contact");
    rig_expect(rig, "ben", 1, "tell \"Acme Inc\" Hello.", "approve 1");
    rig_expect(rig, "ben", 1, "approve 1", "Approved");
    assert_int_equal(rig_sent(rig, "`customer \\\"Acme Inc\\\" no wish` changes that", ""), 1);
    rig_expect(rig, "ben", 0, "customer \"Acme Inc\" no wish", "Acme");
    rig_expect(rig, "ben", 0, "customer \"Acme Inc\" route gone C1", "C1");
    rig_expect(rig, "ben", 1, "tell \"Acme Inc\" Hello.", "approve 2");
    rig_expect(rig, "ben", 1, "approve 2", "Approved");
    assert_int_equal(
        rig_sent(rig, "`customer \\\"Acme Inc\\\" route …`, then type `INC-1 tell \\\"Acme Inc\\\" …`", ""), 1);
    rig_destroy(rig);
}

/* The last route failed: it is said, with what to do, and nothing else was sent. */
static void who_is_not_reached_by_any_route_is_said(void **state)
{
    (void)state;
    struct rig *rig = with_incident(true);
    rig_expect(rig, "ben", 0, "customer acme route desk C2", "C2");
    rig_expect(rig, "ben", 1, "tell acme We are on it.", "approve 1");
    rig->only = "desk.tell";
    rig->outcome = TOCSIN_REFUSED;
    rig_expect(rig, "ben", 1, "approve", "Approved");
    assert_int_equal(
        rig_sent(rig, "acme was NOT told: nothing reached C2 on desk; no such channel.", "`actions again "), 1);
    rig_expect(rig, "ben", 0, "customer globex route gone C2", "No connector is called gone here");
    rig_expect(rig, "ben", 1, "tell globex Hello.", "approve 2");
    rig_expect(rig, "ben", 1, "approve", "Approved");
    assert_int_equal(rig_sent(rig, "globex was NOT told. No connector called gone", "INC-1 tell globex"), 1);
    rig_destroy(rig);
}

/* By an alias, or from an address of theirs: it is theirs, and goes to each incident once. */
static void a_reply_is_recognised_by_the_directory(void **state)
{
    (void)state;
    struct rig *rig = with_incident(true);
    rig_expect(rig, "ben", 0, "customer acme name Acme GmbH", "Acme");
    rig_expect(rig, "ben", 0, "customer acme tier gold", "gold");
    rig_expect(rig, "ben", 0, "customer acme alias acme-inc", "acme-inc");
    rig_expect(rig, "ben", 0, "customer acme contact Jo Doe <jo@acme.example>", "jo@");
    rig_expect(rig, "ben", 0, "customer acme domain acme.example", "acme.example");
    rig_expect(rig, "ben", 1, "customers add acme-inc, ACME", "1 customer");
    rig_event(rig, "{'type':'reply','id':'1','user':{'id':'U9'},'customer':'Acme-Inc','text':'still broken'}");
    assert_int_equal(rig_sent(rig, "\"title\":\"Acme GmbH (gold) replied\"", "\"text\":\"still broken"), 1);
    rig_event(rig,
              "{'type':'reply','id':'2','user':{'id':'U9'},'address':'JO@acme.example','text':'and now?'}");
    assert_int_equal(rig_sent(rig, "\"title\":\"Jo Doe of Acme GmbH (gold) replied\"", "\"text\":\"and now?"),
                     1);
    rig_event(rig,
              "{'type':'reply','id':'3','user':{'id':'U9'},'address':'who@eu.acme.example','text':'me too'}");
    assert_int_equal(rig_sent(rig, "\"title\":\"Acme GmbH (gold) replied\"", "\"text\":\"me too"), 1);
    rig_event(rig,
              "{'type':'reply','id':'4','user':{'id':'U9'},'address':'who@globex.example','text':'hello'}");
    assert_int_equal(rig_sent(rig, "who@globex.example wrote", "hello"), 1);
    rig_destroy(rig);
}

static void a_message_that_may_have_arrived_is_a_persons_decision(void **state)
{
    (void)state;
    struct rig *rig = with_incident(true);
    rig_expect(rig, "ben", 1, "tell acme hello", "approve 1");
    rig->only = "desk.tell";
    rig->outcome = TOCSIN_UNKNOWN;
    rig_expect(rig, "ben", 1, "approve", "Approved");
    assert_int_equal(rig_sent(rig, "Desk may or may not have sent a message to a customer: no such channel.",
                              "to retry or `actions drop "),
                     1);
    rig_destroy(rig);
}

static void a_reply_reaches_the_incident_or_everybody(void **state)
{
    (void)state;
    struct rig *rig = with_incident(true);
    rig_expect(rig, "ben", 1, "customers add Acme", "1 customer");
    rig_event(rig, "{'type':'reply','id':'1','user':{'id':'U9'},'customer':'acme','text':'still broken',"
                   "'link':'https://chat.example/p1'}");
    assert_int_equal(rig_sent(rig, "\"title\":\"Acme replied\"", "\"text\":\"still broken"), 1);
    assert_null(people_find(rig->core, "U9"));
    rig_event(rig, "{'type':'reply','id':'2','user':{'id':'U9'},'customer':'globex','text':'we see errors'}");
    assert_int_equal(
        rig_sent(rig, "\"channel\":\"general\"", "declare --customer \\\"globex\\\" globex: we see errors @~o"),
        1);
    /* whoever presses second joins the first, and what that customer says from then on goes there */
    rig_expect(rig, "ben", 0, "declare --customer \"globex\" --link https://x.example/1 globex: we see errors",
               "INC-2 is open");
    assert_string_equal(rig_incident(rig, 2)->affected.customers.v[0].key, "globex");
    rig_expect(rig, "ana-mar", 0,
               "declare --customer \"globex\" --link https://x.example/1 globex: we see errors",
               "INC-2 is already open for this");
    rig_expect(rig, "ana-mar", 0, "declare --customer Globex --link https://x.example/2 globex: and more",
               "INC-2 is already open for this");
    rig_event(rig, "{'type':'reply','id':'5','user':{'id':'U9'},'customer':'globex','text':'are you there?'}");
    assert_int_equal(rig_sent(rig, "globex replied\"", "\"text\":\"are you there?"), 1);
    rig_event(
        rig,
        "{'type':'reply','id':'6','user':{'id':'U9'},'customer':'globex','text':'it works','change':'edited'}");
    assert_int_equal(rig_sent(rig, "replied\"", "\"text\":\"(edited) it works"), 1);
    rig_event(
        rig,
        "{'type':'reply','id':'7','user':{'id':'U9'},'customer':'initech','text':'oops','change':'deleted'}");
    assert_int_equal(rig_sent(rig, "console post", "oops"), 0);
    rig_event(rig, "{'type':'reply','id':'3','user':{'id':'U9'},'customer':'acme','text':'<@U7> <@U6> help',"
                   "'people':[{'id':'U7','name':'Zed\\nof Acme','outside':true},{'id':'ben'}]}");
    assert_int_equal(rig_sent(rig, "console post", "@Zed \\\\<@U6> help"), 1);
    assert_null(people_find(rig->core, "zed"));
    CLEANUP_FREE char *timeline = rig_line(rig, "ben", 1, "timeline");
    assert_non_null(strstr(timeline, "Acme replied: still broken"));
    rig_destroy(rig);
}

static void a_reply_after_the_end_says_what_it_answers(void **state)
{
    static const char reply[] =
        "{'type':'reply','id':'%s','user':{'id':'c'},'customer':'acme','incident':'INC-1','text':'%s'}";
    (void)state;
    struct rig *rig = rig_with_room();
    CLEANUP_FREE char *first = xasprintf(reply, "a", "it is back"), *second = xasprintf(reply, "b", "hello");
    rig_expect(rig, "ben", 1, "resolve", "resolved");
    rig_event(rig, first);
    assert_int_equal(
        rig_sent(rig, "it is back",
                 "{\"name\":\"answers\",\"value\":\"INC-1 checkout is slow, which is resolved; if it is "
                 "back, type INC-1 reopen\"}"),
        1);
    rig_expect(rig, "ben", 1, "private", "private");
    rig_event(rig, second);
    assert_int_equal(rig_sent(rig, "\"channel\":\"general\"", "hello"), 1);
    assert_int_equal(rig_sent(rig, "hello", "INC-1"), 0);
    rig_destroy(rig);
}

static void a_reply_says_who_wrote_it_and_where(void **state)
{
    (void)state;
    struct rig *rig = with_incident(true);
    rig_expect(rig, "ben", 1, "customers add Acme", "1 customer");
    rig_event(rig,
              "{'type':'reply','id':'1','user':{'id':'U9','name':'Carl *C*'},'customer':'acme','text':'one',"
              "'place':'#ext-acme'}");
    assert_int_equal(rig_sent(rig, "\"title\":\"Carl *C* of Acme replied in #ext-acme\"", "\"text\":\"one"), 1);
    rig_event(rig, "{'type':'reply','id':'2','user':{'id':'U9','name':'Carl'},'customer':'acme','text':'two',"
                   "'message':'m2','ticket':'17'}");
    assert_int_equal(rig_sent(rig, "\"title\":\"Carl of Acme replied in ticket 17\"", "\"text\":\"two"), 1);
    rig_event(rig,
              "{'type':'reply','id':'3','user':{'id':'U9','name':'ACME'},'customer':'acme','text':'three'}");
    assert_int_equal(rig_sent(rig, "\"title\":\"Acme replied\"", "\"text\":\"three"), 1);
    static const char *const told[] = {"- today 15:06 Carl \\*C\\* of Acme replied: one\n",
                                       "Carl of Acme replied: two\n", " Acme replied: three\n"};
    for (size_t i = 0; i < ARRAY_SIZE(told); i++)
        rig_expect(rig, "ben", 1, "timeline", told[i]);
    rig_event(rig, "{'type':'reply','id':'2b','message':'m2','user':{'id':'U9','name':'Carl'},'customer':'acme'"
                   ",'text':'2nd',"
                   "'change':'edited'}");
    rig_expect(rig, "ben", 1, "timeline", "Carl of Acme replied: 2nd\n");
    /* The same of what they wrote before there was an incident. */
    rig_event(rig,
              "{'type':'reply','id':'4','user':{'id':'U8','name':'Gina'},'customer':'globex','text':'four',"
              "'place':'#globex'}");
    assert_int_equal(rig_sent(rig,
                              "{\"name\":\"from\",\"value\":\"Gina\"},{\"name\":\"in\",\"value\":\"#globex\"}",
                              "globex wrote"),
                     1);
    rig_expect(rig, "ben", 1, "customers add Globex", "");
    assert_int_equal(rig_sent(rig, "\"title\":\"Gina of Globex wrote in #globex\"", "\"text\":\"four"), 1);
    rig_expect(rig, "ben", 1, "timeline", "Gina of Globex replied: four\n");
    rig_event(rig, "{'type':'reply','id':'5','user':{'id':'eve@evil.example','outside':true},'address':"
                   "'jo@acme.example','customer':'acme','unverified':true,'text':'five'}");
    rig_expect(rig, "ben", 1, "timeline", ", not verified as Acme, replied: five\n");
    rig_event(rig, "{'type':'reply','id':'6','user':{'id':'U9','bot':true},'customer':'acme','automatic':true,"
                   "'text':'I am away'}");
    rig_expect(rig, "ben", 1, "timeline", " the mailbox of Acme replied: I am away\n");
    rig_destroy(rig);
}

#define WROTE(id, text)                                                                                        \
    "{'type':'reply','id':'" id "','user':{'id':'U9'},'customer':'globex','text':'" text "'}"

static void many_words_of_a_customer_declare_one_incident(void **state)
{
    (void)state;
    struct rig *rig = with_incident(true);
    rig_event(rig, WROTE("1", "we cannot pay"));
    rig->now += 3 * MINUTE;
    rig_event(rig, WROTE("2", "and it is urgent"));
    rig_event(rig, WROTE("3", "hello?"));
    assert_int_equal(rig_sent(rig, "\"channel\":\"general\"", "\"Declare\""), 1);
    assert_int_equal(rig_sent(rig, "\"channel\":\"general\"", "globex wrote more"), 2);
    rig_expect(rig, "ben", 0, "declare --customer \"globex\" globex: we cannot pay", "INC-2 is open");
    CLEANUP_FREE char *timeline = rig_line(rig, "ben", 2, "timeline");
    const char *first = strstr(timeline, "globex replied: we cannot pay");
    const char *second = strstr(timeline, "globex replied: and it is urgent");
    assert_non_null(first);
    assert_non_null(second);
    assert_non_null(strstr(timeline, "globex replied: hello?"));
    rig_event(rig, WROTE("4", "thank you"));
    assert_int_equal(rig_sent(rig, "globex replied\"", "\"text\":\"thank you"), 1);
    assert_int_equal(rig_sent(rig, "\"Declare\"", ""), 1);
    /* it is over: what they write next is news */
    rig_expect(rig, "ben", 2, "resolve it works", "INC-2");
    rig_expect(rig, "ben", 2, "close", "INC-2");
    rig_event(rig, WROTE("5", "broken again"));
    assert_int_equal(rig_sent(rig, "\"Declare\"", "broken again"), 1);
    rig_destroy(rig);
}

/* Whose they are may be known only by the time that an incident affects them, and by another key. */
static void what_was_written_under_another_key_is_theirs(void **state)
{
    (void)state;
    struct rig *rig = with_incident(true);
    rig_event(rig, WROTE("1", "we cannot pay"));
    rig_event(rig, "{'type':'reply','id':'2','user':{'id':'x'},'address':'n@acme.example','text':'help us'}");
    rig_expect(rig, "ben", 0, "customer acme alias globex", "globex");
    rig_expect(rig, "ben", 0, "customer acme domain acme.example", "acme.example");
    rig_expect(rig, "ben", 1, "customers add acme", "1 customer");
    rig_expect(rig, "ben", 1, "timeline", "acme replied: we cannot pay\n");
    rig_event(rig, "{'type':'reply','id':'3','user':{'id':'x'},'customer':'initech','text':'us too'}");
    rig_expect(rig, "ben", 0, "customer initech alias ini", "ini");
    rig_expect(rig, "ben", 1, "customers add ini", "2 customers");
    rig_expect(rig, "ben", 1, "timeline", "replied: us too\n");
    rig_destroy(rig);
}

static void words_after_a_while_are_news_again(void **state)
{
    (void)state;
    struct rig *rig = with_incident(true);
    rig_event(rig, WROTE("1", "we cannot pay"));
    rig->now += 11 * MINUTE;
    rig_event(rig, WROTE("2", "still so"));
    assert_int_equal(rig_sent(rig, "\"Declare\"", ""), 2);
    /* another's words are not theirs */
    rig_event(rig, "{'type':'reply','id':'3','user':{'id':'U8'},'customer':'initech','text':'hi'}");
    assert_int_equal(rig_sent(rig, "\"Declare\"", ""), 3);
    /* kept for the incident that is about them, not for ever */
    rig->now += 61 * MINUTE;
    rig_expect(rig, "ben", 1, "customers add globex", "1 customer");
    CLEANUP_FREE char *timeline = rig_line(rig, "ben", 1, "timeline");
    assert_null(strstr(timeline, "replied"));
    rig_destroy(rig);
}

static void an_answer_belongs_to_the_incident_that_it_names(void **state)
{
    (void)state;
    struct rig *rig = with_incident(true);
    rig_event(
        rig,
        "{'type':'reply','id':'1','user':{'id':'it@globex.example'},'address':'it@globex.example',"
        "'name':'Hank','incident':'INC-1','text':'still broken','files':[{'name':'log.txt','size':2345678},"
        "{'name':'a.png','size':12}]}");
    assert_int_equal(rig_sent(rig, "replied\"", "still broken — log.txt (2.3 MB), a.png (1 kB)"), 1);
    rig_event(rig, "{'type':'reply','id':'2','user':{'id':'m@evil.example'},'address':'m@evil.example',"
                   "'customer':'acme','incident':'INC-1','unverified':true,'text':'all is well'}");
    assert_int_equal(rig_sent(rig, ", not verified as acme, replied\"", "\"text\":\"all is well"), 1);
    rig_event(
        rig, "{'type':'reply','id':'3','user':{'id':'x'},'customer':'acme','incident':'INC-1','automatic':true,"
             "'text':'I am away'}");
    assert_int_equal(rig_sent(rig, "\"acme sent an automatic reply\"", "\"text\":\"I am away\""), 1);
    /* of no incident: only what a person wrote is news */
    rig_event(
        rig,
        "{'type':'reply','id':'4','user':{'id':'x'},'customer':'acme','automatic':true,'text':'away again'}");
    assert_int_equal(rig_sent(rig, "away again", ""), 0);
    rig_event(
        rig,
        "{'type':'reply','id':'5','user':{'id':'x'},'customer':'acme','incident':'INC-77','text':'hello'}");
    assert_int_equal(rig_sent(rig, "\"channel\":\"general\"", "acme wrote"), 1);
    rig_event(rig, "{'type':'reply','id':'6','user':{'id':'x'},'address':'n@new.example','text':'help us'}");
    assert_int_equal(rig_sent(rig, "\"channel\":\"general\"", "n@new.example wrote"), 1);
    CLEANUP_FREE char *timeline = rig_line(rig, "ben", 1, "timeline");
    assert_non_null(strstr(timeline, "still broken"));
    rig_destroy(rig);
}

static void a_bounce_is_said_where_it_belongs(void **state)
{
    (void)state;
    struct rig *rig = with_incident(true);
    rig_expect(rig, "ben", 1, "customers add Acme", "1 customer");
    rig_event(rig, "{'type':'bounce','id':'1','user':{'id':'x'},'address':'ops@acme.example','customer':'acme',"
                   "'incident':'INC-1','permanent':true,'message':'m@x','text':'550 5.1.1 *no* such user'}");
    assert_int_equal(
        rig_sent(rig, "The message to acme could not be delivered (ops@acme.example): 550 5.1.1", " such user"),
        1);
    assert_int_equal(rig_sent(rig, "They were NOT told", ""), 1);
    rig_event(rig,
              "{'type':'bounce','id':'2','user':{'id':'x'},'address':'ops@acme.example','incident':'INC-1'}");
    assert_int_equal(rig_sent(rig, "is late", ""), 1);
    rig_event(rig, "{'type':'bounce','id':'3','user':{'id':'x'},'address':'b@list.example','permanent':true}");
    assert_int_equal(rig_sent(rig, "\"channel\":\"general\"", "b@list"), 1);
    rig_event(rig, "{'type':'bounce','id':'4','user':{'id':'x'},'permanent':true}");
    CLEANUP_FREE char *timeline = rig_line(rig, "ben", 1, "timeline");
    assert_non_null(strstr(timeline, "could not be delivered"));
    rig_destroy(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_belongs_to_the_incident_that_it_names),
        cmocka_unit_test(a_bounce_is_said_where_it_belongs),
        cmocka_unit_test(nothing_is_sent_before_somebody_approves),
        cmocka_unit_test(all_are_those_affected),
        cmocka_unit_test(a_reply_is_recognised_by_the_directory),
        cmocka_unit_test(a_customer_is_told_by_the_first_route_that_works),
        cmocka_unit_test(whoever_wishes_no_contact_gets_none),
        cmocka_unit_test(whoever_wishes_security_only_hears_of_that),
        cmocka_unit_test(a_preview_passes_over_what_is_not_there),
        cmocka_unit_test(whom_a_message_is_for_is_clear),
        cmocka_unit_test(a_key_that_means_many_is_not_one_customer),
        cmocka_unit_test(a_preview_shows_each_recipient_once),
        cmocka_unit_test(a_preview_of_a_crowd_shows_some_whom_the_state_names),
        cmocka_unit_test(many_are_those_who_get_it),
        cmocka_unit_test(a_key_with_spaces_is_suggested_in_quotes),
        cmocka_unit_test(who_is_not_reached_by_any_route_is_said),
        cmocka_unit_test(a_merge_takes_messages_roles_and_links_along),
        cmocka_unit_test(a_thumbs_up_on_the_draft_approves_it),
        cmocka_unit_test(of_a_declined_incident_nobody_is_told),
        cmocka_unit_test(a_draft_is_hidden_with_its_incident),
        cmocka_unit_test(what_reaches_nobody_is_said),
        cmocka_unit_test(who_is_told_for_the_first_time_is_named),
        cmocka_unit_test(whom_no_desk_knows_is_told_by_hand),
        cmocka_unit_test(a_message_that_may_have_arrived_is_a_persons_decision),
        cmocka_unit_test(a_reply_after_the_end_says_what_it_answers),
        cmocka_unit_test(a_reply_says_who_wrote_it_and_where),
        cmocka_unit_test(a_reply_reaches_the_incident_or_everybody),
        cmocka_unit_test(many_words_of_a_customer_declare_one_incident),
        cmocka_unit_test(words_after_a_while_are_news_again),
        cmocka_unit_test(what_was_written_under_another_key_is_theirs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
