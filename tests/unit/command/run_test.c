#include "rig.h"

#include "people/people.h"
#include "react/react.h"
#include "sight/query.h"
#include "sight/sight.h"
#include "triage/triage.h"
#include "turn/live.h"

static void the_whole_life_of_an_incident(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    rig_expect(rig, "ana-maria", 0, "whoami", "You are Ana María");
    rig_expect(rig, "ana-maria", 0, "checkout is slow", "INC-1 is open: checkout is slow");
    rig_expect(rig, "ana-maria", 1, "sev major", "set the severity of INC-1 to major");
    rig_expect(rig, "ana-maria", 1, "lead me", "Ana María is lead of INC-1");
    rig_expect(rig, "ben", 1, "fixing rolled back", "Ben started fixing INC-1: rolled back");
    rig_expect(rig, "ben", 1, "fixing", "! INC-1 is already being fixed. Possible now: investigate, monitor");
    rig_expect(rig, "ben", 1, "resume",
               "! INC-1 is being fixed, so it cannot be resumed. Possible now: investigate");
    rig_expect(rig, "ana-maria", 1, "pause waiting for the bank until tomorrow 9:00",
               "paused INC-1 until Tue 24 Nov 09:00 UTC+1: waiting for the bank");
    rig_expect(rig, "ben", 1, "status", "INC-1: paused since today 15:06. Possible now: ");
    rig_expect(rig, "ben", 1, "dissent customers see it", "who owns it now? `INC-1 lead me`");
    rig_expect(rig, "ben", 1, "resolve rolled back to 1.4", "Ben resolved INC-1: rolled back to 1.4");
    rig_expect(rig, "ben", 1, "accept", "! INC-1 is resolved");
    rig_expect(rig, "ben", 1, "reopen it is back", "reopened INC-1");
    rig_expect(rig, "ben", 1, "resolve", "resolved INC-1");
    rig_expect(rig, "ben", 1, "close", "closed INC-1");
    rig_expect(rig, "ben", 1, "timeline", "declared it: checkout is slow");
    rig_destroy(rig);
}

static void a_name_of_any_alphabet_gives_an_id(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    rig_person(rig, "U7", "José Núñez", NULL);
    rig_person(rig, "U8", "Иван", NULL);
    rig_expect(rig, "jose-nunez", 0, "whoami", "You are José Núñez (`jose-nunez`)");
    rig_expect(rig, "иван", 0, "whoami", "You are Иван (`иван`)");
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1");
    rig_expect(rig, "ben", 1, "lead @jose-nunez", "José Núñez is lead of INC-1");
    rig_expect(rig, "ben", 1, "comms @Иван", "Иван is comms lead of INC-1");
    rig_destroy(rig);
}

static void a_pause_is_in_the_persons_time_zone(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1");
    rig_expect(rig, "ben", 0, "tz Asia/Tokyo", "Your time zone is Asia/Tokyo. It is today 00:06 there");
    rig_expect(rig, "ben", 1, "pause overnight until 9:00", "until Tue 24 Nov 09:00 UTC+9");
    const struct incident *incident = sight_incident(rig->core, 1, NULL);
    assert_int_equal(incident->pause.until, NOW - NOW % DAY + DAY);
    rig_expect(rig, "ben", 0, "tz Mars/Phobos", "! Unknown time zone 'Mars/Phobos'");
    rig_expect(rig, NULL, 0, "tz Asia/Tokyo", "! I don't know who you are here");
    rig_person(rig, "ben", "Ben", "Europe/Paris");
    rig_expect(rig, "ben", 0, "tz", "Asia/Tokyo");
    rig_destroy(rig);
}

static void a_merge_keeps_what_is_urgent(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    rig_expect(rig, "ben", 0, "mails are late", "INC-1");
    rig_expect(rig, "ben", 1, "pause waiting for the provider for 2h", "Ben paused INC-1");
    rig_expect(rig, "ben", 0, "declare --sev critical checkout is down", "INC-2");
    rig_expect(rig, "ben", 0, "merge 2 into 1", "INC-2 was merged into INC-1");
    assert_int_equal(rig_incident(rig, 1)->status, STATUS_INVESTIGATING);
    assert_string_equal(rig_incident(rig, 1)->severity, "critical");
    rig_expect(rig, "ben", 0, "a typo", "INC-3");
    rig_expect(rig, "ben", 0, "merge 3 into 1", "INC-3 was merged into INC-1");
    assert_string_equal(rig_incident(rig, 1)->severity, "critical");
    rig_destroy(rig);
}

static void declare_in_triage(struct rig *rig, const char *line)
{
    struct asker rule = {.by = "api/monitor", .automatic = true};
    struct answer answer = {0};
    struct turn *turn = turn_begin(rig->core, rig->now);
    assert_int_equal(command_run(turn, &rule, line, &answer), 0);
    turn_commit(turn, NULL, NULL);
    answer_finish(&answer);
    rig_settle(rig);
}

/* The duplicate's work goes on in the survivor: it is accepted, led, and paused like it; never sent back to triage. */
static void a_merge_takes_the_work_forward(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    rig_expect(rig, "ben", 0, "mails are late", "INC-1");
    declare_in_triage(rig, "declare mails do not arrive");
    rig_expect(rig, "ben", 1, "lead @ana-maria", "INC-1");
    rig_expect(rig, "ben", 1, "pause waiting for the provider for 2h", "Ben paused INC-1");
    rig_expect(rig, "ana-maria", 0, "merge 1 into 2", "INC-1 was merged into INC-2");
    const struct incident *survivor = rig_incident(rig, 2);
    assert_int_equal(survivor->status, STATUS_PAUSED);
    assert_int_equal(survivor->pause.until, NOW + 2 * HOUR);
    assert_string_equal(survivor->pause.reason, "waiting for the provider");
    assert_string_equal(survivor->pause.by, "ben");
    assert_string_equal(incident_role(survivor, "lead"), "ana-maria");
    rig->now += 3 * HOUR;
    rig_settle(rig);
    assert_int_equal(rig_incident(rig, 2)->status, STATUS_INVESTIGATING);

    declare_in_triage(rig, "declare logins are slow");
    rig_expect(rig, "ben", 0, "merge 2 into 3", "INC-2 was merged into INC-3"); /* accepted */
    assert_int_equal(rig_incident(rig, 3)->status, STATUS_INVESTIGATING);
    rig_expect(rig, "ben", 0, "logins fail", "INC-4");
    rig_expect(rig, "ben", 4, "fixing", "INC-4");
    rig_expect(rig, "ben", 0, "merge 4 into 3", "INC-4 was merged into INC-3"); /* investigating takes fixing */
    assert_int_equal(rig_incident(rig, 3)->status, STATUS_FIXING);
    declare_in_triage(rig, "declare logins are odd");
    rig_expect(rig, "ben", 0, "merge 5 into 3", "INC-5 was merged into INC-3"); /* triage takes nothing back */
    assert_int_equal(rig_incident(rig, 3)->status, STATUS_FIXING);
    rig_expect(rig, "ben", 0, "logins are strange", "INC-6");
    rig_expect(rig, "ben", 6, "pause the vendor looks at it for 1h", "Ben paused INC-6");
    rig_expect(rig, "ben", 0, "merge 6 into 3", "INC-6 was merged into INC-3"); /* a pause stops no work */
    assert_int_equal(rig_incident(rig, 3)->status, STATUS_FIXING);
    declare_in_triage(rig, "declare a new one");
    declare_in_triage(rig, "declare the same");
    rig_expect(rig, "ben", 0, "merge 8 into 7", "INC-8 was merged into INC-7"); /* nobody has accepted either */
    assert_int_equal(rig_incident(rig, 7)->status, STATUS_TRIAGE);
    rig_destroy(rig);
}

static void triage_ends_by_accept_decline_or_merge(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    for (int i = 0; i < 3; i++)
        declare_in_triage(rig, "declare cards are refused");
    rig_expect(rig, "ben", 0, "list triage", "INC-3");
    rig_expect(rig, "ben", 0, "accept 1", "Ben accepted INC-1");
    rig_expect(rig, "ben", 0, "decline 2 a blip during the deploy",
               "Ben declined INC-2: a blip during the deploy");
    rig_expect(rig, "ben", 0, "merge 3 into 1", "INC-3 was merged into INC-1, which continues");
    rig_expect(rig, "ben", 0, "merge 1 into 9", "! No incident INC-9.");
    rig_expect(rig, "ben", 0, "list", "INC-1");
    rig_expect(rig, "ben", 0, "list declined", "**Declined incidents: 1**");
    rig_expect(rig, "ben", 0, "list paused", "No paused incidents.");
    rig_expect(rig, "ben", 0, "list critical team payments mine",
               "No open critical incidents of team payments that you joined.");
    rig_expect(rig, "ben", 0, "list nonsense", "! `list` does not know 'nonsense'");
    rig_expect(rig, "ben", 0, "merge 1 into 1", "! INC-1 cannot be merged into itself");
    rig_destroy(rig);
}

static void people_and_words(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    rig_expect(rig, "ben", 0, "declare --sev critical --team payments --service checkout cards refused",
               "INC-1");
    rig_expect(rig, "ben", 0, "second one", "INC-2");
    rig_expect(rig, "ben", 0, "INC-1 show", "critical, checkout");
    rig_expect(rig, "ben", 1, "scribe Ana María", "Ana María is scribe of INC-1");
    rig_expect(rig, "ben", 1, "comms", "INC-1 has no comms lead. `INC-1 comms me` takes the role");
    rig_expect(rig, "ben", 1, "comms nobody", "has no comms lead");
    rig_expect(rig, "ben", 1, "lead carol", "! 'carol' matches nobody, or more than one person");
    rig_expect(rig, NULL, 1, "lead me", "! I don't know who you are");
    rig_expect(rig, "ben", 1, "invite @ana-maria", "Ana María is already a member of INC-1");
    rig_expect(rig, "ben", 1, "leave", "You left INC-1");
    rig_expect(rig, "ben", 1, "join", "**INC-1** cards refused");
    rig_expect(rig, "ben", 1, "title checkout is down", "INC-1 is now called: checkout is down");
    rig_expect(rig, "ben", 1, "summary", "INC-1 has no summary");
    rig_expect(rig, "ben", 1, "summary cards are refused", "Saved the summary of INC-1");
    rig_expect(rig, "ben", 1, "summary", "INC-1: cards are refused");
    rig_expect(rig, "ben", 1, "note rolled back", "Noted in INC-1");
    rig_expect(rig, "ben", 1, "pin it began at 9", "Pinned in INC-1");
    rig_expect(rig, "ben", 1, "update 5 minutes", "Update on INC-1 by Ben: 5 minutes");
    rig_expect(rig, "ben", 1, "link https://wiki.example/runbook runbook", "Saved the link");
    rig_expect(rig, "ben", 1, "link javascript:alert(1)", "! 'javascript:alert(1)' is not a link");
    rig_expect(rig, "ben", 1, "relate INC-2", "INC-1 and INC-2 are related");
    rig_expect(rig, "ben", 1, "team core", "The team of INC-1 is core");
    rig_expect(rig, "ben", 1, "service \"card gateway\"", "card gateway");
    rig_expect(rig, "ben", 1, "customers", "No affected customers are known");
    rig_expect(rig, "ben", 1, "customers add Acme, Globex", "INC-1 affects 2 customers");
    rig_expect(rig, "ben", 1, "customers cannot pay", "! Say who is affected");
    rig_expect(rig, "ben", 1, "customers", "Globex");
    rig_expect(rig, "ben", 1, "ticket https://tracker.example/PAY-7", "ticketed INC-1");
    rig_expect(rig, "ben", 2, "drill on", "made INC-2 a drill");
    rig_expect(rig, "ben", 2, "drill off", "made INC-2 a real incident");
    rig_expect(rig, "ben", 0, "drill the database is gone", "INC-3 is open as a drill: the database is gone");
    rig_expect(rig, "ben", 0, "drill", "! Say what to practise");
    rig_expect(rig, "ben", 2, "checkout is slow", "INC-4 is open, separate from INC-2 in this channel");
    rig_destroy(rig);
}

static void reading(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    rig_expect(rig, "ben", 0, "list", "No open incidents.");
    rig_expect(rig, "ben", 0, "owed", "Nothing is owed");
    rig_expect(rig, "ben", 0, "cards refused at the gateway", "INC-1");
    rig_expect(rig, "ben", 1, "resolve renewed the certificate", "resolved");
    rig_expect(rig, "ben", 0, "cards refused again", "INC-2");
    rig_expect(rig, "ben", 2, "sev major", "major");
    rig_expect(rig, "ben", 2, "similar", "fixed by: renewed the certificate");
    rig_expect(rig, "ben", 0, "similar gateway", "fixed by: renewed the certificate");
    rig_expect(rig, "ben", 0, "similar", "! Say which incident, or what to look for");
    rig_expect(rig, "ben", 0, "search certificate", "INC-1");
    rig_expect(rig, "ben", 0, "search is down",
               "No incident mentions 'is down'. To open one, type `declare search is down`");
    rig_expect(rig, "ben", 2, "owed", "an update to everybody, by today 15:36");
    rig_expect(rig, "ben", 0, "owed", "INC-2");
    rig_expect(rig, "ben", 0, "list mine", "INC-2");
    rig_expect(rig, "ben", 0, "help", "**People**");
    rig_expect(rig, "ben", 0, "help", "`rollback` — roll a release back");
    rig_expect(rig, "ben", 0, "help snooze", "Pause the incident, for a reason");
    rig_expect(rig, "ben", 0, "help rollback", "roll a release back");
    rig_expect(rig, "ben", 0, "help nonsense", "! Unknown command");
    rig_expect(rig, "ben", 0, "rules", "`rules/payments.lua:12`, fired 1 time");
    rig_expect(rig, "ben", 0, "rules crawlers", "Rules: 1");
    rig_expect(rig, "ben", 0, "policy", "The built-in policy is active");
    react_policy_loaded(rig->core, false, "rules/a.lua:3: unexpected symbol", rig->now);
    rig_settle(rig);
    rig_expect(rig, "ben", 0, "policy", "rules/a.lua:3: unexpected symbol");
    rig_expect(rig, "ben", 2, "rollback 1.4", "rolling back to 1.4 for ben");
    rig_expect(rig, "ben", 2, "timeline", "rollback to 1.4");
    rig_destroy(rig);
}

static void a_refusal_says_what_to_type(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1");
    rig_expect(rig, "ben", 1, "pause", "! Say why it has to wait, and until when: `INC-1 pause");
    rig_expect(rig, "ben", 0, "accept", "! Say which incident: `INC-1 accept`");
    rig_expect(rig, "ben", 0, "acept", "! Unknown command 'acept'. Did you mean `accept`?");
    rig_expect(rig, "ben", 1, "sev mjor", "! Unknown severity 'mjor'. Choose minor, major or critical.");
    assert_int_equal(live_open_count(rig->core), 1);
    rig_destroy(rig);
}

static void mutes_are_explained(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    rig_expect(rig, "ben", 0, "mute checkout* for 2h a noisy deploy", "`checkout*` is muted until today 17:06");
    rig_expect(rig, "ben", 0, "rules", "by Ben: a noisy deploy");
    rig_expect(rig, "ben", 0, "why quiet", "`checkout*` until today 17:06, by Ben: a noisy deploy");
    rig_expect(rig, "ben", 0, "why mute checkout*", "Ben muted it until today 17:06: a noisy deploy");
    rig_expect(rig, "ben", 0, "mute checkout*", "! Say why, and until when");
    rig_expect(rig, "ben", 0, "unmute checkout*", "is no longer muted");
    rig_expect(rig, "ben", 0, "unmute checkout*", "! No mute has the pattern");
    rig_expect(rig, "ben", 0, "why mute checkout*", "Ben unmuted it");
    rig_destroy(rig);
}

static struct alert alert_of(const char *title, uint64_t fingerprint)
{
    return (struct alert){.about.source = "sentry",
                          .about.origin = "shop",
                          .about.stream = "shop",
                          .fingerprint = fingerprint,
                          .level = LEVEL_ERROR,
                          .count = 1,
                          .at = NOW,
                          .about.title = title,
                          .message = "",
                          .about.service = "checkout",
                          .about.environment = "",
                          .about.release = "",
                          .host = "",
                          .about.culprit = "",
                          .about.url = "",
                          .sender_id = "",
                          .who.customer = "",
                          .who.customer_name = "",
                          .who.user = "",
                          .who.user_email = "",
                          .about.type = "",
                          .exception_value = "",
                          .details = ""};
}

static void why_tells_rule_facts_and_what_was_sent(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    struct alert alert = alert_of("card refused", UINT64_C(0x9f86d081884c7d65));
    struct alert noise = alert_of("noise of a crawler", UINT64_C(0x1f86d081884c7d65));
    triage_alerts(rig->core, &alert, 1, rig->now, NULL, NULL);
    triage_alerts(rig->core, &noise, 1, rig->now, NULL, NULL);
    rig_settle(rig);
    rig_expect(rig, "ben", 1, "why", "rules/payments.lua:12");
    rig_expect(rig, "ben", 1, "why", "facts: count 1, service checkout");
    rig_expect(rig, "ben", 1, "why", "also matched, but comes later: bots (`rules/quiet.lua:3`)");
    rig_expect(rig, "ben", 1, "why page", "paged Ben");
    rig_expect(rig, "ben", 1, "why sent", "page somebody on console: done");
    rig_expect(rig, "ben", 1, "why quiet",
               "not paused; no message from a person since a rule declared it today 15:06");
    rig_expect(rig, "ben", 0, "why 1f86d081884c7d65", "judged quiet");
    rig_expect(rig, "ben", 0, "why 0000000000000001", "! No alert group");
    rig_expect(rig, "ben", 0, "why", "! Say what to explain: `why INC-42`");
    rig_expect(rig, "ben", 0, "decline INC-1 a blip", "declined");
    rig_expect(rig, "ben", 1, "why declined", "Ben declined it: a blip");
    rig_destroy(rig);
}

/* What is typed in a private incident's channel opens nothing that others see, whatever it is. */
static void nothing_typed_in_a_private_channel_becomes_public(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    rig_expect(rig, "ben", 0, "declare --private payroll leak", "INC-1 is open for its members only");
    static const char *const bare[] = {"the list went to acme", "Ana has the file", "mallory did it :(",
                                       "the list -- of 2025 -- went out"};
    for (size_t i = 0; i < ARRAY_SIZE(bare); i++) {
        rig_expect(rig, "ben", 1, bare[i], "! This channel belongs to a private incident");
        rig_expect(rig, "ana-maria", 1, bare[i], "! This channel belongs to a private incident");
        rig_expect(rig, NULL, 1, bare[i], "! This channel belongs to a private incident");
    }
    rig_expect(rig, "ben", 1, "the list went to acme", "type `declare --private the list went to acme`");
    rig_expect(rig, "ben", 1, "declare the list went out", "INC-2 is open for its members only");
    rig_expect(rig, "ana-maria", 1, "declare what is this", "INC-3 is open for its members only");
    rig_expect(rig, "ben", 1, "drill lose the list", "INC-4 is open as a drill for its members only");
    rig_expect(rig, NULL, 1, "declare the list went out", "! A private incident needs a member");
    assert_null(sight_incident(rig->core, 2, NULL));
    assert_null(sight_incident(rig->core, 3, "ben"));
    assert_null(sight_incident(rig->core, 4, NULL));
    rig_expect(rig, "ben", 1, "private off", "INC-1 is visible to everybody");
    rig_expect(rig, "ben", 1, "checkout is slow", "INC-5 is open");
    assert_non_null(sight_incident(rig->core, 5, NULL));
    rig_destroy(rig);
}

static void a_private_incident_does_not_exist_for_others(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    rig_expect(rig, "ben", 0, "declare --private customer data leaked", "INC-1 is open for its members only");
    rig_expect(rig, "ben", 0, "a public one", "INC-2");
    static const char *const lines[] = {
        "INC-1 show",      "timeline INC-1",   "INC-1 note x",    "why INC-1",      "similar INC-1",
        "owed INC-1",      "join 1",           "merge 2 into 1",  "INC-2 relate 1", "sev 1 major",
        "customers INC-1", "INC-1 rollback 1", "invite INC-1 me",
    };
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        CLEANUP_FREE char *none = xstrdup(lines[i]);
        CLEANUP_FREE char *hidden = rig_line(rig, "ana-maria", 0, lines[i]);
        assert_string_equal(hidden, "! No incident INC-1. `list` shows the open ones.");
        hidden = (free(hidden), rig_line(rig, "ana-maria", 1, lines[i]));
        assert_string_equal(hidden, "! No incident INC-1. `list` shows the open ones.");
        hidden = (free(hidden), rig_line(rig, NULL, 0, lines[i]));
        assert_string_equal(hidden, "! No incident INC-1. `list` shows the open ones.");
    }
    static const char *const reads[] = {"list all", "search customer data leaked", "owed", "actions",
                                        "why quiet"};
    for (size_t i = 0; i < ARRAY_SIZE(reads); i++) {
        CLEANUP_FREE char *said = rig_line(rig, "ana-maria", 0, reads[i]);
        assert_null(strstr(said, "leaked**"));
        assert_null(strstr(said, "INC-1"));
    }
    rig_expect(rig, "ana-maria", 1, "accept", "! Say which incident: `INC-2 accept`");
    rig_expect(rig, "ben", 0, "INC-2 relate 1", "! A private incident cannot be related");
    rig_expect(rig, "ben", 1, "leave", "! You are the last member");
    rig_expect(rig, "ben", 1, "invite @ana-maria", "Ana María is now a member of INC-1");
    rig_expect(rig, "ana-maria", 0, "INC-1 show", "customer data leaked");
    rig_expect(rig, "ana-maria", 1, "private off", "INC-1 is visible to everybody");
    rig_expect(rig, NULL, 0, "INC-1 show", "customer data leaked");
    rig_destroy(rig);
}

static void dead_actions_wait_for_a_word(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    rig->outcome = TOCSIN_REFUSED;
    rig_event(rig,
              "{'type':'command','id':'1','user':{'id':'ben'},'channel':'general','text':'checkout is slow'}");
    rig_expect(rig, "ben", 0, "actions", "dead");
    rig_expect(rig, "ben", 0, "actions", "no such channel");
    rig_expect(rig, "ben", 0, "actions again", "! Say which action to retry or drop");
    rig_expect(rig, "ben", 0, "actions again 9999", "! No action 9999");
    rig->outcome = TOCSIN_DONE;
    rig_expect(rig, "ben", 0, "actions again 1", "Retrying action 1");
    rig_expect(rig, "ben", 0, "actions drop 1", "!");
    rig_destroy(rig);
}

/* Posted late, the card shows how it was when it was written: it is put right at once, not with the next change. */
static void a_card_that_waited_is_brought_up_to_date(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    rig_expect(rig, "ben", 0, "cards are refused", "INC-1");
    rig->outcome = TOCSIN_RETRY;
    rig_room(rig, 1, "room");
    rig_expect(rig, "ben", 1, "title payments are down", "payments are down");
    assert_int_equal(rig_sent(rig, "console edit", ""), 0);
    rig->outcome = TOCSIN_DONE;
    rig->now += HOUR;
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "console edit", "payments are down"), 1);
    rig->now += HOUR;
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "console edit", ""), 1);
    rig_destroy(rig);
}

struct found {
    struct str names;
    size_t most;
};

static bool take_found(void *ctx, const struct incident *incident, const struct event *event)
{
    struct found *found = ctx;
    (void)event;
    str_addf(&found->names, " %d", (int)incident->id);
    return --found->most > 0;
}

/* Two at a time. */
static void parts_find(struct rig *rig, const char *words, const char *wanted)
{
    struct found found = {0};
    for (struct search_place at = {0}; !at.over; str_add(&found.names, at.over ? "" : ",")) {
        found.most = 2;
        assert_int_equal(query_search_part(rig->core, words, "ben", &at, take_found, &found, NULL), 0);
    }
    assert_string_equal(str_text(&found.names), wanted);
    str_finish(&found.names);
}

static void a_search_goes_on_where_it_stopped(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    for (int i = 1; i <= 5; i++)
        rig_expect(rig, "ben", 0, i == 3 ? "mails are late" : "checkout is slow", "INC-");
    rig_expect(rig, "ben", 3, "note the checkout is fine", "Noted");
    rig_expect(rig, "ana-maria", 0, "declare --private checkout keys leaked", "INC-6");
    parts_find(rig, "checkout", " 5 4, 2 1, 3");
    parts_find(rig, "check", " 5 4, 2 1, 3");
    parts_find(rig, "nothing of the kind", "");
    rig_destroy(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_search_goes_on_where_it_stopped),
        cmocka_unit_test(the_whole_life_of_an_incident),
        cmocka_unit_test(a_name_of_any_alphabet_gives_an_id),
        cmocka_unit_test(a_pause_is_in_the_persons_time_zone),
        cmocka_unit_test(a_merge_keeps_what_is_urgent),
        cmocka_unit_test(a_merge_takes_the_work_forward),
        cmocka_unit_test(triage_ends_by_accept_decline_or_merge),
        cmocka_unit_test(people_and_words),
        cmocka_unit_test(reading),
        cmocka_unit_test(a_refusal_says_what_to_type),
        cmocka_unit_test(mutes_are_explained),
        cmocka_unit_test(why_tells_rule_facts_and_what_was_sent),
        cmocka_unit_test(nothing_typed_in_a_private_channel_becomes_public),
        cmocka_unit_test(a_private_incident_does_not_exist_for_others),
        cmocka_unit_test(dead_actions_wait_for_a_word),
        cmocka_unit_test(a_card_that_waited_is_brought_up_to_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
