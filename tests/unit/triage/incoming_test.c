/* What came in and opened no incident is listed with its reason, and one line opens an incident for it. */
#include <inttypes.h>

#include "base/log.h"
#include "policy/policy.h"
#include "triage/incoming.h"
#include "triage/triage.h"
#include "turn/live.h"

#define TEAM_POLICY                                                                                            \
    "services { important = {} }\n"                                                                            \
    "storm { name = 'storm-of-service', limit = 2, within = '5m', by = 'service' }\n"                          \
    "rule { name = 'broken', priority = 9, match = { title = 'boom*' },\n"                                     \
    "  when = function(group) return group.nope.deeper end, declare = true }\n"                                \
    "rule { name = 'crawlers', summary = 'dead links', priority = 8, match = { type = 'NotFound' }, quiet = "  \
    "true }\n"                                                                                                 \
    "rule { name = 'nightly', priority = 7, match = { title = 'nightly*', new = true }, mute = '2h' }\n"       \
    "rule { name = 'vault', priority = 6, match = { title = 'vault*' }, declare = { private = true, page = "   \
    "'ana-maria' } }\n"                                                                                        \
    "rule { name = 'fire', priority = 6, match = { title = 'fire*', new = true }, declare = true }\n"          \
    "rule { name = 'flap', priority = 6, match = { title = 'flap*' }, declare = true }\n"
#include "rig.h"

struct sending {
    const char *source, *service, *environment, *type;
    enum alert_level level;
    enum alert_status status;
};

static void send(uint64_t fingerprint, const char *title, const struct sending *sending)
{
    struct alert alert;
    alert_init(&alert, sending->source ? sending->source : "sentry", rig->now);
    alert.fingerprint = fingerprint;
    alert.about.title = title;
    alert.about.service = sending->service ? sending->service : "shop";
    alert.about.environment = sending->environment ? sending->environment : "";
    alert.about.type = sending->type ? sending->type : "";
    alert.about.origin = "front";
    alert.level = sending->level ? sending->level : LEVEL_ERROR;
    alert.status = sending->status;
    triage_alerts(rig->core, &alert, 1, rig->now, NULL, NULL);
    rig_settle(rig);
}

static void error_of(uint64_t fingerprint, const char *title)
{
    send(fingerprint, title, &(struct sending){0});
}

static void expect_listed(const char *wanted)
{
    rig_expect(rig, "ben", 0, "incoming", wanted);
}

static void expect_not_listed(const char *person, const char *unwanted)
{
    CLEANUP_FREE char *said = rig_line(rig, person, 0, "incoming");
    if (strstr(said, unwanted))
        fail_msg("%s is listed for %s: %s", unwanted, person, said);
}

/* ---- groups ---- */

static void nothing_came_in(void **state)
{
    (void)state;
    expect_listed("Everything that came in opened an incident, or nothing came in.");
}

static void an_error_that_no_rule_matches_says_what_would_open_it(void **state)
{
    (void)state;
    send(0xa1, "CardDeclined: the *card* was refused", &(struct sending){.environment = "production"});
    rig->now += 2 * MINUTE;
    send(0xa1, "CardDeclined: the *card* was refused", &(struct sending){.environment = "production"});
    assert_int_equal(live_open_count(rig->core), 0);
    expect_listed("**CardDeclined: the \\*card\\* was refused**: 2 times, first today 15:06, last today 15:08, "
                  "service shop, production.");
    expect_listed("no rule matched; the rule new-error-important (default/policy.lua:");
    expect_listed("would declare it, if the service shop were in `services { important = { \"shop\" } }`");
    expect_listed("`declare from 00000000000000a1` opens an incident.");
}

static void the_last_seen_comes_first(void **state)
{
    (void)state;
    error_of(0xa1, "first");
    rig->now += MINUTE;
    error_of(0xa2, "second");
    CLEANUP_FREE char *said = rig_line(rig, "ben", 0, "incoming");
    assert_true(strstr(said, "second") < strstr(said, "first"));
    rig->now += MINUTE;
    error_of(0xa1, "first");
    CLEANUP_FREE char *then = rig_line(rig, "ben", 0, "incoming");
    assert_true(strstr(then, "**first") < strstr(then, "**second"));
    rig_expect(rig, "ben", 0, "incoming SECOND", "**second**: once, ");
    rig_expect(rig, "ben", 0, "incoming third party",
               "Nothing that came in and opened no incident has 'third party'");
}

static void each_reason_is_named(void **state)
{
    (void)state;
    send(0xb1, "dead link", &(struct sending){.type = "NotFound"});
    expect_listed("kept quiet by the rule crawlers: dead links (team.lua:5)");
    send(0xb2, "in staging", &(struct sending){.environment = "staging"});
    expect_listed("kept quiet by the rule not-production: an error outside production (default/policy.lua:");
    error_of(0xb3, "boom");
    expect_listed("the rule 'broken' failed: team.lua:4: ");
    error_of(0xb4, "nightly import");
    expect_listed("muted by the rule at team.lua:6 until today 17:06");
    send(0xb5, "disk fills", &(struct sending){.source = "alertmanager", .level = LEVEL_WARNING});
    expect_listed("the rule monitor-alert (default/policy.lua:");
    expect_listed(") would declare it from level error on; this is warning");
    send(0xb6, "nowhere", &(struct sending){.service = ""});
    expect_listed("if it named a service, and that were in");
    send(0xb6, "nowhere", &(struct sending){.service = "", .status = ALERT_RESOLVED});
    expect_listed("resolved. Why:");
}

static void a_mute_is_named_with_its_end(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "mute noisy* for 10m deploy", "is muted until");
    error_of(0xc1, "noisy one");
    expect_listed("muted by Ben until today 15:16: deploy");
    rig->now += 11 * MINUTE;
    expect_listed("muted by ben: deploy, but that is over: its next alert is judged");
    error_of(0xc1, "noisy one");
    expect_listed("no rule matched");
}

/* It was over when the process died, and comes back afterwards. */
static void what_returns_after_a_crash_opens_an_incident(void **state)
{
    (void)state;
    error_of(0xd1, "fire in a rack");
    rig->now += MINUTE;
    rig_settle(rig); /* the counts are written by now */
    rig_expect(rig, "ben", 1, "accept", "accepted");
    rig_expect(rig, "ben", 1, "resolve the cable was changed", "resolved");
    struct store *store = rig->memory;
    rig->memory = NULL;
    rig_destroy(rig);
    rig = rig_over(store);
    rig->memory = store;
    rig->now += HOUR;
    error_of(0xd1, "fire in a rack");
    rig_expect(rig, "ben", 2, "timeline", "rule declared it: fire in a rack");
}

static void a_decline_that_holds_is_named(void **state)
{
    (void)state;
    error_of(0xd1, "flap of eth0");
    expect_not_listed("ben", "flap");
    rig_expect(rig, "ben", 1, "decline a blip during the deploy", "declined");
    expect_not_listed("ben", "flap");
    rig->now += MINUTE;
    error_of(0xd1, "flap of eth0");
    expect_listed("its incident INC-1 was declined by Ben: a blip during the deploy");
    rig_expect(rig, "ben", 0, "declare from 00000000000000d1", "INC-2 is open: flap of eth0");
    expect_not_listed("ben", "flap");
}

static void a_storm_is_named(void **state)
{
    (void)state;
    for (uint64_t i = 1; i <= 4; i++) {
        CLEANUP_FREE char *title = xasprintf("fire %" PRIu64, i);
        error_of(0xe0 + i, title);
    }
    expect_not_listed("ben", "**fire 1**");
    expect_listed("**fire 4**: once, ");
    expect_listed(
        "part of a storm, gathered in INC-2 (fire; part of a storm, gathered by storm{} at team.lua:2)");
    rig_expect(rig, "ben", 0, "declare from 00000000000000e4", "! That alert group belongs to INC-2 already");
}

static void a_flood_is_named(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 10002; i++) {
        struct alert alert;
        alert_init(&alert, "sentry", rig->now);
        alert.fingerprint = 0x10000 + i;
        alert.about.title = "distinct";
        alert.about.origin = "front";
        alert.level = LEVEL_ERROR;
        triage_alerts(rig->core, &alert, 1, rig->now, NULL, NULL);
        if (i % 500 == 0)
            journal_step(rig->journal);
    }
    rig_settle(rig);
    rig_expect(rig, "ben", 0, "incoming flood", "**flood of distinct errors from front**: 2 times");
    rig_expect(rig, "ben", 0, "incoming flood",
               "a flood: what its source front sends beyond its limit of new problems counts here; no rule");
}

static void it_survives_a_restart(void **state)
{
    (void)state;
    send(0xb1, "dead link", &(struct sending){.type = "NotFound"});
    rig->now += MINUTE;
    error_of(0xa1, "plain");
    restart();
    CLEANUP_FREE char *said = rig_line(rig, "ben", 0, "incoming");
    assert_non_null(strstr(said, "kept quiet by the rule crawlers: dead links (team.lua:5)"));
    assert_true(strstr(said, "plain") < strstr(said, "dead link"));
}

static bool count_document(void *ctx, const struct journal_doc *doc)
{
    (void)doc;
    ++*(size_t *)ctx;
    return true;
}

static size_t documents(enum doc_kind kind)
{
    size_t n = 0;
    struct error err;
    assert_int_equal(journal_docs(rig->journal, &(struct doc_query){.kind = kind}, count_document, &n, &err),
                     0);
    return n;
}

static void the_last_ones_are_remembered(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < INCOMING_GROUPS + 50; i++) {
        CLEANUP_FREE char *title = xasprintf("problem %" PRIu64, i);
        rig->now += SECOND;
        error_of(0x5000 + i, title);
    }
    assert_int_equal(documents(DOC_INCOMING), INCOMING_GROUPS);
    expect_listed("problem 249");
    expect_listed("and 180 more");
    rig_expect(rig, "ben", 0, "incoming problem 50", "**problem 50**");
    rig_expect(rig, "ben", 0, "incoming problem 49", "Nothing that came in");
    rig->now += SECOND;
    error_of(0x5000 + 49, "problem 49"); /* goes on, so it comes back */
    rig_expect(rig, "ben", 0, "incoming problem 49", "**problem 49**");
    assert_int_equal(documents(DOC_INCOMING), INCOMING_GROUPS);
}

struct sought {
    const char *text;
    bool found;
};

static bool look_into(void *ctx, const struct journal_doc *doc)
{
    struct sought *sought = ctx;
    sought->found |= strstr(doc->body, sought->text) != NULL;
    return true;
}

static bool is_written(const char *fingerprint)
{
    struct sought sought = {fingerprint, false};
    struct error err;
    assert_int_equal(
        journal_docs(rig->journal, &(struct doc_query){.kind = DOC_INCOMING}, look_into, &sought, &err), 0);
    return sought.found;
}

static void flush(void)
{
    rig->now += 5 * SECOND;
    rig_settle(rig);
}

static void news_is_written_at_once_and_what_goes_on_with_the_flush(void **state)
{
    (void)state;
    flush();
    error_of(0xa1, "plain");
    assert_true(is_written("00000000000000a1"));
    for (uint64_t i = 0; i < INCOMING_GROUPS; i++) {
        rig->now += SECOND;
        error_of(0x5000 + i, "another");
    }
    flush();
    assert_false(is_written("00000000000000a1"));
    rig->now += SECOND;
    error_of(0xa1, "plain");
    rig_expect(rig, "ben", 0, "incoming plain", "**plain**");
    assert_false(is_written("00000000000000a1"));
    flush();
    assert_true(is_written("00000000000000a1"));
    restart();
    rig_expect(rig, "ben", 0, "incoming plain", "**plain**");
}

/* It had its time beside its body. */
static void what_an_older_version_wrote_is_read(void **state)
{
    (void)state;
    error_of(0xa1, "plain");
    struct journal_batch *batch = batch_create();
    batch_doc(batch, DOC_INCOMING, "000", "{\"fingerprint\":\"00000000000000a1\",\"why\":\"none\"}")->at =
        rig->now;
    journal_append(rig->journal, batch, NULL, NULL);
    restart();
    expect_listed("**plain**");
}

static void a_private_group_is_not_listed(void **state)
{
    (void)state;
    error_of(0xf1, "vault is open");
    rig_expect(rig, "ana-maria", 1, "decline known", "declined");
    rig->now += MINUTE;
    error_of(0xf1, "vault is open");
    expect_not_listed("ben", "vault");
    rig_expect(rig, "ben", 0, "declare from 00000000000000f1", "! No alert group has the fingerprint");
    rig_expect(rig, "ana-maria", 0, "incoming", "**vault is open**");
    rig_expect(rig, "ana-maria", 0, "declare from 00000000000000f1", "INC-2 is open for its members only");
    expect_not_listed("ben", "vault");
    assert_null(sight_incident(rig->core, 2, "ben"));
}

/* ---- opening one ---- */

static void an_incident_is_declared_from_a_group(void **state)
{
    (void)state;
    error_of(0xa1, "CardDeclined");
    rig_expect(rig, "ben", 0, "declare from `00000000000000A1`", "INC-1 is open: CardDeclined");
    const struct incident *incident = rig_incident(rig, 1);
    assert_int_equal(incident->status, STATUS_INVESTIGATING);
    assert_string_equal(incident->service, "shop");
    assert_string_equal(incident->declared.by, "ben");
    assert_int_equal(incident->affected.alerts.n, 1);
    assert_string_equal(incident->affected.alerts.v[0].fingerprint, "00000000000000a1");
    expect_not_listed("ben", "CardDeclined");
    rig_expect(rig, "ben", 0, "declare from 00000000000000a1", "! That alert group belongs to INC-1 already");
    rig_expect(rig, "ben", 0, "why 00000000000000a1", "a person declared it, INC-1");
    rig->now += MINUTE;
    error_of(0xa1, "CardDeclined");
    assert_int_equal(live_open_count(rig->core), 1);
    assert_int_equal(rig_incident(rig, 1)->affected.alerts.v[0].count, 2);
}

static void options_and_a_title_go_with_it(void **state)
{
    (void)state;
    error_of(0xa1, "CardDeclined");
    rig_expect(rig, "ben", 0, "declare --sev major --service bank from 00000000000000a1 cards are refused",
               "INC-1 is open: cards are refused");
    assert_string_equal(rig_incident(rig, 1)->severity, "major");
    assert_string_equal(rig_incident(rig, 1)->service, "bank");
}

static void what_names_no_group_is_a_title_or_refused(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "declare from 0123456789abcdef",
               "! No alert group has the fingerprint 0123456789abcdef");
    rig_expect(rig, "ben", 0, "declare from 0123456789abcde", "! '0123456789abcde' is not the fingerprint");
    rig_expect(rig, "ben", 0, "declare from 9f86d0", "! '9f86d0' is not the fingerprint");
    rig_expect(rig, "ben", 0, "declare from 0123456789abcdef and more", "! No alert group");
    assert_int_equal(live_open_count(rig->core), 0);
    rig_expect(rig, "ben", 0, "declare from facade to back everything is slow",
               "INC-1 is open: from facade to back");
    rig_expect(rig, "ben", 0, "declare from 2026 on nothing works",
               "INC-2 is open: from 2026 on nothing works");
    rig_expect(rig, "ben", 0, "declare fromage is late", "INC-3 is open: fromage is late");
    rig_expect(rig, "ben", 0, "declare from", "INC-4 is open: from");
}

/* ---- refused requests ---- */

static void refusals_are_counted_by_sender_and_reason(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        incoming_refused(rig->core, "10.0.0.7", "/intake/alerts", "wrong key", rig->now);
    rig->now += 2 * MINUTE;
    incoming_refused(rig->core, "10.0.0.8", "/api/{}/store", "no *key*", rig->now);
    expect_listed("- 3 requests refused from 10.0.0.7: wrong key, last 2 minutes ago (`/intake/alerts`)");
    expect_listed("- 1 request refused from 10.0.0.8: no \\*key\\*, last just now (`/api/{}/store`)");
    rig->now += MINUTE;
    rig_settle(rig);
    restart();
    rig->now += DAY;
    expect_listed("- 3 requests refused from 10.0.0.7: wrong key, last 1 day ago");
    rig_expect(rig, "ben", 0, "incoming key", "Nothing that came in");
}

static void count_line(void *ctx, const char *line, size_t n)
{
    (void)line, (void)n;
    ++*(size_t *)ctx;
}

/* The memory, the journal and the log, whoever sends. */
static void refusals_are_bounded(void **state)
{
    size_t lines = 0;
    (void)state;
    log_sink(count_line, &lines);
    for (int i = 0; i < 1000; i++) {
        CLEANUP_FREE char *from = xasprintf("10.0.%d.%d", i / 250, i % 250);
        rig->now += SECOND;
        incoming_refused(rig->core, from, "/intake/alerts", "wrong key", rig->now);
    }
    rig->now += MINUTE;
    rig_settle(rig);
    log_sink(NULL, NULL);
    assert_in_range(lines, 10, 180); /* ten a minute, for 17 minutes */
    assert_int_equal(documents(DOC_REFUSED), INCOMING_REFUSED);
    expect_listed("10.0.3.249");
    expect_listed("and 40 more");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_came_in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_error_that_no_rule_matches_says_what_would_open_it, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_last_seen_comes_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_reason_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_mute_is_named_with_its_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_returns_after_a_crash_opens_an_incident, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_decline_that_holds_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_storm_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_flood_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_survives_a_restart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_last_ones_are_remembered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(news_is_written_at_once_and_what_goes_on_with_the_flush, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_an_older_version_wrote_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_private_group_is_not_listed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_incident_is_declared_from_a_group, set_up, tear_down),
        cmocka_unit_test_setup_teardown(options_and_a_title_go_with_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_names_no_group_is_a_title_or_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refusals_are_counted_by_sender_and_reason, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refusals_are_bounded, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
