/* What fires is told: instances by name, ends by the clock, notifications, flapping; with the policy that ships. */
#define TEAM_POLICY                                                                                            \
    "rule { name = 'vault', priority = 9, match = { title = 'vault*' }, declare = { private = true, page = "   \
    "'ben' } }\n"
#include "rig.h"

#include "rooms/rooms.h"

#define PROBLEM 0xf1

static void restart_all(void)
{
    restart();
    delivery_connector(rig->core, "console", TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_PAGE, true, NULL,
                       rig->now);
    rig_settle(rig);
}

static struct alert alert_of(uint64_t fingerprint, const char *title, enum alert_status status)
{
    struct alert alert;
    alert_init(&alert, "alertmanager", rig->now);
    alert.fingerprint = fingerprint;
    alert.about.title = title;
    alert.status = status;
    return alert;
}

/* An instance is a letter; a capital one recovers. */
static struct alert instance(char letter)
{
    static const char names[] = "a\0b\0c\0d\0e\0f\0g\0h\0i\0j";
    bool over = letter < 'a';
    int i = over ? letter - 'A' : letter - 'a';
    struct alert alert = alert_of(PROBLEM, "InstanceDown", over ? ALERT_RESOLVED : ALERT_FIRING);
    alert.member = (uint64_t)i + 1;
    alert.instance = names + (size_t)2 * (size_t)i;
    return alert;
}

/* One request: "abC". */
static void takes(const char *letters)
{
    struct alert alerts[16];
    size_t n = strlen(letters);
    for (size_t i = 0; i < n; i++)
        alerts[i] = instance(letters[i]);
    triage_alerts(rig->core, alerts, n, rig->now, NULL, NULL);
    rig_settle(rig);
}

static void take(struct alert alert)
{
    triage_alerts(rig->core, &alert, 1, rig->now, NULL, NULL);
    rig_settle(rig);
}

static char *card_of(uint64_t id)
{
    struct str card = {0};
    struct card_context context = rooms_card_context(rig->core, rig->now, NULL);
    card_incident(rig_incident(rig, id), &context, &card);
    return str_take(&card);
}

static void card_says(const char *text)
{
    CLEANUP_FREE char *card = card_of(1);
    if (!strstr(card, text))
        fail_msg("the card lacks %s: %s", text, card);
}

static void card_lacks(const char *text)
{
    CLEANUP_FREE char *card = card_of(1);
    assert_null(strstr(card, text));
}

static size_t posts(const char *text)
{
    return rig_sent(rig, "console post", text);
}

/* ---- which instances fire ---- */

static void the_card_names_what_fires(void **state)
{
    (void)state;
    takes("abc");
    card_says("\"firing\",\"value\":\"a, b, c\"");
    rig_expect(rig, "ben", 1, "timeline", "a, b and c fire now: InstanceDown");
    assert_int_equal(posts("fire now"), 0); /* the card says it */
    assert_int_equal(rig_sent(rig, "console post", "\"firing\",\"value\":\"a, b, c\""), 1);
    rig->now += MINUTE;
    takes("Abc");
    card_says("\"firing\",\"value\":\"b, c\"");
    rig_expect(rig, "ben", 1, "timeline", "a recovered: InstanceDown");
    assert_int_equal(posts("a recovered"), 1);
    assert_int_equal(live_open_count(rig->core), 1);
}

static void what_one_request_changes_is_one_line(void **state)
{
    (void)state;
    takes("a");
    rig->now += MINUTE;
    size_t before = rig->sent.n;
    takes("bcA");
    assert_int_equal(posts("b and c fire now; a recovered"), 1);
    size_t said = 0;
    for (size_t i = before; i < rig->sent.n; i++)
        said += strstr(rig->sent.v[i], "console post") != NULL;
    assert_int_equal(said, 1);
    takes("bc"); /* nothing new */
    takes("bB"); /* fires and recovers at once: only the end counts */
    assert_int_equal(posts("fire"), 1);
    assert_int_equal(posts("b recovered"), 1);
    card_says("\"firing\",\"value\":\"c\"");
}

static void many_instances_are_counted(void **state)
{
    (void)state;
    takes("abcdefghij");
    card_says("\"firing\",\"value\":\"a, b, c, d, e and 5 more\"");
    rig_expect(rig, "ben", 1, "timeline", "a, b, c, d, e and 5 more fire now");
    takes("ABCDEFGHI");
    card_says("\"firing\",\"value\":\"j\"");
    takes("J");
    card_lacks("\"firing\"");
    assert_int_equal(posts("The alert resolved: InstanceDown"), 1);
}

static void instances_survive_a_restart(void **state)
{
    (void)state;
    takes("abc");
    restart_all();
    card_says("\"firing\",\"value\":\"a, b, c\"");
    takes("A");
    assert_int_equal(posts("a recovered"), 1);
    restart_all();
    takes("abc");
    assert_int_equal(posts("a fires now"), 1);
    card_says("\"firing\",\"value\":\"a, b, c\"");
}

static void an_older_document_has_no_names(void **state)
{
    (void)state;
    takes("ab");
    struct turn *turn = turn_begin(rig->core, rig->now);
    batch_doc(
        turn_batch(turn), DOC_GROUP, "00000000000000f1",
        "{\"fingerprint\":\"00000000000000f1\",\"state\":\"open\",\"title\":\"InstanceDown\",\"incident\":1,"
        "\"source\":\"alertmanager\",\"members\":[\"0000000000000001\",\"0000000000000002\"]}");
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    /* The memory must not write over it. */
    struct journal_doc doc;
    restart_all();
    assert_int_equal(journal_doc(rig->journal, DOC_GROUP, "00000000000000f1", &doc, NULL), 0);
    journal_doc_finish(&doc);
    takes("A");
    assert_int_equal(posts("recovered"), 0);
    takes("B");
    assert_int_equal(posts("The alert resolved"), 1);
}

static void replicas_with_one_name_are_one(void **state)
{
    (void)state;
    struct alert two[2] = {instance('a'), instance('b')};
    two[1].instance = "a";
    triage_alerts(rig->core, two, 2, rig->now, NULL, NULL);
    rig_settle(rig);
    card_says("\"firing\",\"value\":\"a\"");
    card_lacks("a, a");
    two[1].status = ALERT_RESOLVED;
    take(two[1]);
    assert_int_equal(posts("a recovered"), 0);
}

static void names_are_literal(void **state)
{
    (void)state;
    takes("a");
    struct alert alert = instance('b');
    alert.instance = "*web*_1_";
    take(alert);
    rig_expect(rig, "ben", 1, "timeline", "\\*web\\*");
    assert_int_equal(posts("\\\\*web\\\\*"), 1); /* escaped, in JSON */
}

static void instances_of_a_private_incident_stay_there(void **state)
{
    (void)state;
    struct alert alert = alert_of(0xf2, "vault is open", ALERT_FIRING);
    alert.member = 1;
    alert.instance = "vault-1";
    take(alert);
    alert.member = 2;
    alert.instance = "vault-2";
    take(alert);
    assert_int_equal(rig_sent(rig, "general", "vault-"), 1);
    assert_int_equal(rig_sent(rig, "\"to\":\"ben\",\"direct\":true", "vault-2 fires now"),
                     1); /* who was paged */
}

/* ---- an end by the clock ---- */

static struct alert until(struct alert alert, instant ends)
{
    alert.ends = ends;
    return alert;
}

static void an_alert_runs_out(void **state)
{
    (void)state;
    instant start = rig->now;
    take(until(alert_of(PROBLEM, "disk", ALERT_FIRING), start + 4 * MINUTE));
    rig->now = start + 2 * MINUTE;
    take(until(alert_of(PROBLEM, "disk", ALERT_FIRING), start + 6 * MINUTE)); /* renewed */
    rig->now = start + 5 * MINUTE;
    rig_settle(rig);
    assert_int_equal(posts("The alert resolved"), 0);
    rig->now = start + 6 * MINUTE;
    assert_true(core_tick(rig->core, rig->now - 1) <= rig->now);
    rig_settle(rig);
    assert_int_equal(posts("The alert resolved: disk; its sender did not renew it"), 1);
    rig->now += 2 * DAY;
    rig_settle(rig);
    assert_int_equal(posts("The alert resolved"), 1);
}

static void an_end_survives_a_restart(void **state)
{
    (void)state;
    take(until(alert_of(PROBLEM, "disk", ALERT_FIRING), rig->now + 4 * MINUTE));
    rig->now += MINUTE;
    take(until(alert_of(PROBLEM, "disk", ALERT_FIRING), rig->now + 4 * MINUTE));
    rig->now += 5 * SECOND;
    restart_all();
    rig->now += 4 * MINUTE - 6 * SECOND;
    rig_settle(rig);
    assert_int_equal(posts("The alert resolved"), 0);
    rig->now += SECOND;
    rig_settle(rig);
    assert_int_equal(posts("The alert resolved: disk"), 1);
}

static void an_instance_runs_out(void **state)
{
    (void)state;
    const struct alert both[] = {until(instance('a'), rig->now + 4 * MINUTE), instance('b')};
    triage_alerts(rig->core, both, 2, rig->now, NULL, NULL);
    rig_settle(rig);
    rig->now += 4 * MINUTE;
    rig_settle(rig);
    assert_int_equal(posts("a recovered"), 1);
    card_says("\"firing\",\"value\":\"b\"");
    rig->now += DAY;
    rig_settle(rig);
    assert_int_equal(posts("The alert resolved"), 0);
}

static void what_is_sent_without_an_end_later_has_none(void **state)
{
    (void)state;
    take(until(alert_of(PROBLEM, "disk", ALERT_FIRING), rig->now + 4 * MINUTE));
    take(alert_of(PROBLEM, "disk", ALERT_FIRING));
    takes("");
    rig->now += DAY;
    rig_settle(rig);
    assert_int_equal(posts("The alert resolved"), 0);
}

/* ---- notifications ---- */

static void one_notification_relates_its_incidents(void **state)
{
    (void)state;
    struct alert alerts[3] = {alert_of(0x10, "disk", ALERT_FIRING), alert_of(0x11, "memory", ALERT_FIRING),
                              alert_of(0x12, "network", ALERT_FIRING)};
    for (size_t i = 0; i < 3; i++)
        alerts[i].notification = 7;
    triage_alerts(rig->core, alerts, 2, rig->now, NULL, NULL);
    rig_settle(rig);
    assert_int_equal(rig_incident(rig, 1)->places.related.n, 1);
    assert_int_equal(rig_incident(rig, 2)->places.related.v[0], 1);
    triage_alerts(rig->core, alerts, 3, rig->now, NULL, NULL); /* the next one of the same group */
    rig_settle(rig);
    assert_int_equal(rig_incident(rig, 3)->places.related.n, 2);
    assert_int_equal(rig_incident(rig, 1)->places.related.n, 2);
    rig_expect(rig, "ben", 3, "timeline", "related it to INC-1: their alerts came in one notification");
}

static void other_requests_relate_nothing(void **state)
{
    (void)state;
    const struct alert alerts[2] = {alert_of(0x10, "disk", ALERT_FIRING),
                                    alert_of(0x11, "memory", ALERT_FIRING)};
    triage_alerts(rig->core, alerts, 2, rig->now, NULL, NULL);
    rig_settle(rig);
    assert_int_equal(rig_incident(rig, 1)->places.related.n, 0);
    struct alert secret[2] = {alert_of(0x12, "network", ALERT_FIRING), alert_of(0x13, "vault", ALERT_FIRING)};
    secret[0].notification = secret[1].notification = 9;
    triage_alerts(rig->core, secret, 2, rig->now, NULL, NULL);
    rig_settle(rig);
    assert_int_equal(live_open_count(rig->core), 4);
    assert_int_equal(rig_incident(rig, 3)->places.related.n, 0);
}

/* ---- what comes back ---- */

static void what_was_declined_is_not_called_resolved(void **state)
{
    (void)state;
    take(alert_of(PROBLEM, "disk", ALERT_FIRING));
    rig_expect(rig, "ben", 1, "decline only a test", "declined");
    rig->now += HOUR;
    take(alert_of(PROBLEM, "disk", ALERT_FIRING)); /* growing counts do not bring it back */
    assert_int_equal(live_open_count(rig->core), 0);
    take(alert_of(PROBLEM, "disk", ALERT_RESOLVED));
    rig->now += HOUR;
    take(alert_of(PROBLEM, "disk", ALERT_FIRING));
    assert_int_equal(live_open_count(rig->core), 1);
    CLEANUP_FREE char *why = rig_line(rig, "ben", 2, "why");
    CLEANUP_FREE char *show = card_of(2);
    if (!strstr(why, "its last incident was declined by Ben, ") || strstr(why, "was resolved") ||
        !strstr(show, "its last incident was declined by Ben, "))
        fail_msg("%s\n%s", why, show);
}

static void comes_and_goes(int times, duration every)
{
    for (int i = 0; i < times; i++) {
        rig->now += every;
        take(alert_of(PROBLEM, "disk", ALERT_RESOLVED));
        rig->now += every;
        take(alert_of(PROBLEM, "disk", ALERT_FIRING));
    }
}

static void what_flaps_is_one_line(void **state)
{
    (void)state;
    take(alert_of(PROBLEM, "disk", ALERT_FIRING));
    comes_and_goes(1, 30 * SECOND);
    assert_int_equal(posts("The alert resolved"), 1);
    assert_int_equal(posts("firing again"), 1);
    comes_and_goes(6, 30 * SECOND);
    assert_int_equal(posts("The alert resolved"), 2);
    assert_int_equal(posts("firing again"), 1);
    assert_int_equal(posts("disk is flapping: it came back 2 times in 1m"), 1);
    card_says("flapping (7 times so far)");
    rig->now += 10 * MINUTE;
    rig_settle(rig);
    assert_int_equal(posts("disk flapped 7 times in"), 1);
    assert_int_equal(posts("and fires now"), 1);
    take(alert_of(PROBLEM, "disk", ALERT_RESOLVED)); /* calm again */
    assert_int_equal(posts("The alert resolved"), 3);
    assert_int_equal(live_open_count(rig->core), 1);
    card_lacks("flapping");
}

static void flapping_goes_on_after_a_restart(void **state)
{
    (void)state;
    take(alert_of(PROBLEM, "disk", ALERT_FIRING));
    comes_and_goes(4, MINUTE);
    take(alert_of(PROBLEM, "disk", ALERT_RESOLVED));
    restart_all();
    rig->now += 10 * MINUTE;
    rig_settle(rig);
    assert_int_equal(posts("disk flapped 4 times in"), 1);
    assert_int_equal(posts("and is resolved now"), 1);
    assert_true(rig_incident(rig, 1)->affected.alerts.v[0].resolved);
}

static void what_goes_on_flapping_is_a_line_every_ten_minutes(void **state)
{
    (void)state;
    take(alert_of(PROBLEM, "disk", ALERT_FIRING));
    comes_and_goes(30, MINUTE);
    size_t lines = posts("disk flapped");
    assert_true(lines >= 4 && lines <= 6);
    assert_true(posts("The alert resolved") <= 2);
}

static void an_instance_that_flaps_is_one_line(void **state)
{
    (void)state;
    takes("ab");
    for (int i = 0; i < 6; i++) {
        rig->now += MINUTE;
        takes("A");
        rig->now += MINUTE;
        takes("a");
    }
    takes("c");
    assert_true(posts("a recovered") <= 3);
    assert_true(posts("a fires now") <= 2);
    assert_int_equal(posts("is flapping"), 1);
    rig->now += 10 * MINUTE;
    rig_settle(rig);
    assert_int_equal(posts("InstanceDown flapped 6 times in"), 1);
    assert_int_equal(posts("(a and c fire now)"), 1);
    assert_int_equal(posts("flapped"), 1);
    card_says("\"firing\",\"value\":\"a, b, c\"");
}

static void slow_returns_are_no_flapping(void **state)
{
    (void)state;
    take(alert_of(PROBLEM, "disk", ALERT_FIRING));
    comes_and_goes(5, 11 * MINUTE);
    assert_int_equal(posts("flap"), 0);
    assert_int_equal(posts("The alert resolved"), 5);
}

static void what_flaps_opens_no_incident_each_time(void **state)
{
    (void)state;
    take(alert_of(PROBLEM, "disk", ALERT_FIRING));
    comes_and_goes(3, 30 * SECOND);
    rig_expect(rig, "ben", 1, "decline it flaps", "declined");
    comes_and_goes(8, 30 * SECOND);
    assert_int_equal(live_open_count(rig->core), 0);
    assert_int_equal(posts("The alert of this ended incident is flapping"), 1);
    rig_expect(rig, "ben", 0, "why 00000000000000f1", "it flaps");
    rig->now += 10 * MINUTE; /* it keeps firing */
    rig_settle(rig);
    assert_int_equal(live_open_count(rig->core), 1);
    rig_expect(rig, "ben", 2, "why", "its last incident was declined by Ben");
}

static void what_is_held_is_judged_after_a_restart(void **state)
{
    (void)state;
    take(alert_of(PROBLEM, "disk", ALERT_FIRING));
    comes_and_goes(3, 30 * SECOND);
    rig_expect(rig, "ben", 1, "decline it flaps", "declined");
    comes_and_goes(2, 30 * SECOND);
    assert_int_equal(live_open_count(rig->core), 0);
    rig_expect(rig, "ben", 0, "incoming", "it flaps");
    restart_all();
    rig->now += 10 * MINUTE;
    rig_settle(rig);
    assert_int_equal(live_open_count(rig->core), 1);
}

static void what_flaps_for_long_opens_one_an_hour(void **state)
{
    (void)state;
    take(alert_of(PROBLEM, "disk", ALERT_FIRING));
    uint64_t opened = 1;
    for (int i = 0; i < 60; i++) {
        comes_and_goes(1, MINUTE);
        if (live_open_count(rig->core))
            rig_expect(rig, "ben", opened++, "decline again", "declined");
    }
    assert_in_range(opened, 2, 5);
}

static void a_reason_is_said(void **state)
{
    (void)state;
    static const struct alert_tag missing[] = {{"grafana_state_reason", "MissingSeries"}};
    static const struct alert_tag none[] = {{"grafana_state_reason", "NoData"}};
    struct alert alert = alert_of(PROBLEM, "latency", ALERT_FIRING);
    alert.tags = none;
    alert.n_tags = 1;
    take(alert);
    card_says("no data (NoData)");
    alert.tags = missing;
    alert.status = ALERT_RESOLVED;
    take(alert);
    assert_int_equal(posts("MissingSeries"), 1);
    rig_expect(rig, "ben", 1, "timeline",
               "latency; its series is missing, which may be no recovery (MissingSeries)");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_card_names_what_fires),
        TEST(what_one_request_changes_is_one_line),
        TEST(many_instances_are_counted),
        TEST(instances_survive_a_restart),
        TEST(an_older_document_has_no_names),
        TEST(replicas_with_one_name_are_one),
        TEST(names_are_literal),
        TEST(instances_of_a_private_incident_stay_there),
        TEST(an_alert_runs_out),
        TEST(an_end_survives_a_restart),
        TEST(an_instance_runs_out),
        TEST(what_is_sent_without_an_end_later_has_none),
        TEST(one_notification_relates_its_incidents),
        TEST(other_requests_relate_nothing),
        TEST(what_was_declined_is_not_called_resolved),
        TEST(what_flaps_is_one_line),
        TEST(flapping_goes_on_after_a_restart),
        TEST(what_goes_on_flapping_is_a_line_every_ten_minutes),
        TEST(an_instance_that_flaps_is_one_line),
        TEST(slow_returns_are_no_flapping),
        TEST(what_flaps_opens_no_incident_each_time),
        TEST(what_is_held_is_judged_after_a_restart),
        TEST(what_flaps_for_long_opens_one_an_hour),
        TEST(a_reason_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
