#include "../../support/check.h"

#include <string.h>

#include "base/id.h"
#include "base/mem.h"
#include "engine/decide.h"
#include "engine/fold.h"

#define NOW ((instant)1764000000000)

static const char *const severities[] = {"minor", "major", "critical", NULL};
static const char *const roles[] = {"lead", "comms", NULL};
static const char *const kinds[] = {"security", NULL};
static const struct rulebook book = {severities, roles, kinds};

static int run(struct incident **incident, instant now, const struct command *command, struct error *err)
{
    event_list events = {0};
    int rc = decide(*incident, 42, command, &book, now, &events, err);
    if (!rc && !*incident)
        *incident = incident_create(42);
    for (size_t i = 0; i < events.n; i++)
        fold(*incident, &events.v[i]);
    event_list_finish(&events);
    return rc;
}

static struct incident *declared(const char *by, bool automatic)
{
    struct incident *incident = NULL;
    struct command declare = {.verb = "declare", .by = by, .text = "checkout is slow", .automatic = automatic};
    assert_int_equal(run(&incident, NOW, &declare, NULL), 0);
    return incident;
}

static void people_declare_into_investigating_and_rules_into_triage(void **state)
{
    (void)state;
    struct incident *by_person = declared("ana", false), *by_rule = declared("rule", true);
    assert_int_equal(by_person->status, STATUS_INVESTIGATING);
    assert_true(incident_has_member(by_person, "ana"));
    assert_int_equal(by_rule->status, STATUS_TRIAGE);
    assert_int_equal(by_rule->people.members.n, 0);
    assert_string_equal(by_rule->severity, "minor");
    incident_destroy(by_person);
    incident_destroy(by_rule);
}

static void a_long_title_is_cut_and_kept_in_full_as_a_note(void **state)
{
    (void)state;
    char title[1000];
    memset(title, 'x', sizeof(title) - 1);
    title[sizeof(title) - 1] = '\0';
    title[10] = '\n';
    event_list events = {0};
    struct command declare = {.verb = "declare", .by = "ana", .text = title};
    assert_int_equal(decide(NULL, 1, &declare, &book, NOW, &events, NULL), 0);
    assert_true(strlen(events.v[0].text) < 220);
    assert_null(strchr(events.v[0].text, '\n'));
    assert_int_equal(events.v[1].type, EVENT_NOTED);
    assert_true(strlen(events.v[1].text) > 990);
    event_list_finish(&events);
}

static void a_refusal_says_what_is_possible(void **state)
{
    (void)state;
    struct incident *incident = declared("rule", true);
    struct error err;
    assert_int_equal(run(&incident, NOW, &(struct command){.verb = "resolve", .by = "ana"}, &err), ERR_REFUSED);
    assert_non_null(
        strstr(err.text, "INC-42 is still in triage. Accept it first, or decline it. Possible now: "));
    assert_non_null(strstr(err.text, "accept"));
    assert_int_equal(incident->version, 2);
    incident_destroy(incident);
}

/* Every verb of the table is refused in the status that it leads to, with what is possible instead. */
static void a_move_into_the_current_status_is_refused(void **state)
{
    (void)state;
    unsigned n;
    const struct transition *table = transition_table(&n);
    struct incident *other = incident_create(7);
    other->status = STATUS_INVESTIGATING;
    for (unsigned i = 0; i < n; i++) {
        bool known;
        struct incident *incident = declared("ana", false);
        incident->status = table[i].to ? table[i].to : STATUS_INVESTIGATING;
        struct command move = {.verb = table[i].verb, .by = "ana", .text = "why", .value = "https://x"};
        move.other = other;
        move.until = NOW + HOUR;
        struct error err = {0};
        if (!transition_find(incident->status, table[i].verb, &known)) {
            assert_int_not_equal(run(&incident, NOW, &move, &err), 0);
            assert_non_null(strstr(err.text, "INC-42 is "));
            assert_non_null(strstr(err.text, "Possible now: "));
            assert_int_equal(incident->version, 3);
        }
        incident_destroy(incident);
    }
    incident_destroy(other);
}

static void resuming_without_a_pause_says_what_is_possible(void **state)
{
    (void)state;
    struct incident *incident = declared("ana", false);
    struct error err = {0};
    assert_int_equal(run(&incident, NOW, &(struct command){.verb = "resume", .by = "ana"}, &err), ERR_CONFLICT);
    assert_non_null(
        strstr(err.text, "INC-42 is already being investigated. Possible now: fix, monitor, resolve"));
    struct command status = {.verb = "status", .by = "ana", .status = STATUS_INVESTIGATING};
    assert_int_equal(run(&incident, NOW, &status, &err), ERR_CONFLICT);
    assert_int_equal(incident->version, 3);
    incident_destroy(incident);
}

static void a_pause_needs_a_reason_and_a_future_time(void **state)
{
    (void)state;
    struct incident *incident = declared("ana", false);
    struct error err;
    struct command pause = {.verb = "pause", .by = "ana"};
    assert_int_equal(run(&incident, NOW, &pause, &err), ERR_INVALID);
    pause.text = "waiting for the bank";
    assert_int_equal(run(&incident, NOW, &pause, &err), ERR_INVALID);
    pause.until = NOW;
    assert_int_equal(run(&incident, NOW, &pause, &err), ERR_INVALID);
    pause.until = NOW + 91 * DAY;
    assert_int_equal(run(&incident, NOW, &pause, &err), ERR_INVALID);
    pause.until = NOW + HOUR;
    assert_int_equal(run(&incident, NOW, &pause, &err), 0);
    assert_int_equal(incident->status, STATUS_PAUSED);
    assert_int_equal(run(&incident, NOW + HOUR, &(struct command){.verb = "resume", .by = "clock"}, &err), 0);
    assert_int_equal(incident->status, STATUS_INVESTIGATING);
    assert_null(incident->pause.reason);
    struct durations d = incident_durations(incident, NOW + 2 * HOUR);
    assert_int_equal(d.paused, HOUR);
    assert_int_equal(d.active, HOUR);
    assert_int_equal(d.open, 2 * HOUR);
    incident_destroy(incident);
}

static void move_at(struct incident **incident, instant at, const char *verb, enum status status)
{
    struct error err;
    struct command move = {.verb = verb, .by = "ana", .text = "because", .status = status, .until = at + HOUR};
    assert_int_equal(run(incident, at, &move, &err), 0);
}

static void only_a_fix_that_holds_counts(void **state)
{
    (void)state;
    struct incident *incident = declared("ana", false);
    move_at(&incident, NOW + MINUTE, "resolve", 0);
    assert_int_equal(incident_durations(incident, NOW + HOUR).to_resolve, MINUTE);
    move_at(&incident, NOW + HOUR, "reopen", 0);
    assert_int_equal(incident_durations(incident, NOW + HOUR).to_fix, -1);
    assert_int_equal(incident_durations(incident, NOW + HOUR).to_resolve, -1);
    move_at(&incident, NOW + 2 * HOUR, "status", STATUS_MONITORING);
    move_at(&incident, NOW + 3 * HOUR, "pause", 0);
    move_at(&incident, NOW + 4 * HOUR, "resume", 0);
    assert_int_equal(incident_durations(incident, NOW + 5 * HOUR).to_resolve, -1);
    move_at(&incident, NOW + 5 * HOUR, "resolve", 0);
    move_at(&incident, NOW + 6 * HOUR, "close", 0);
    struct durations d = incident_durations(incident, NOW + 7 * HOUR);
    assert_int_equal(d.to_fix, 2 * HOUR);
    assert_int_equal(d.to_resolve, 5 * HOUR);
    incident_destroy(incident);
}

static void a_kind_is_one_of_the_policys(void **state)
{
    (void)state;
    struct error err;
    struct incident *incident = declared("ana", false);
    struct command command = {.verb = "kind", .by = "ana", .name = "SECURITY"};
    assert_int_equal(run(&incident, NOW, &command, &err), 0);
    assert_true(incident_is(incident, KIND_SECURITY));
    uint64_t version = incident->version;
    assert_int_equal(run(&incident, NOW, &command, &err), 0);
    assert_int_equal(incident->version, version);
    command.name = "securty";
    assert_int_equal(run(&incident, NOW, &command, &err), ERR_INVALID);
    assert_string_equal(err.text, "Unknown kind 'securty'. Choose security, or none.");
    command.name = "none";
    assert_int_equal(run(&incident, NOW, &command, &err), 0);
    assert_null(incident->sort.kind);
    incident_destroy(incident);
}

static void a_merge_needs_an_open_survivor_that_keeps_secrets(void **state)
{
    (void)state;
    struct error err;
    struct incident *from = declared("ana", false), *into = incident_create(7);
    struct command merge = {.verb = "merge", .by = "ana", .other = from};
    assert_int_equal(run(&from, NOW, &merge, &err), ERR_REFUSED);
    merge.other = into;
    assert_int_equal(run(&from, NOW, &merge, &err), ERR_REFUSED);
    into->status = STATUS_FIXING;
    from->private = true;
    assert_int_equal(run(&from, NOW, &merge, &err), ERR_REFUSED);
    into->private = true;
    assert_int_equal(run(&from, NOW, &merge, &err), 0);
    assert_int_equal(from->end.merged_into, 7);
    incident_destroy(from);
    incident_destroy(into);
}

/* After random commands the state equals its JSON, the entries match the status, and visibility holds. */
static void random_histories_keep_the_invariants(void **state)
{
    (void)state;
    const char *const *verbs = decide_verbs();
    size_t n = 0;
    while (verbs[n])
        n++;
    const char *const words[] = {"minor",  "major", "lead",      "comms", "ana",      "bob",
                                 "fixing", "a b",   "https://x", "slack", "security", "none"};
    for (uint64_t seed = 0; seed < 300; seed++) {
        struct rng rng;
        rng_init(&rng, seed);
        struct incident *incident = declared(seed % 2 ? "ana" : "rule", !(seed % 2));
        struct incident *other = incident_create(7);
        other->status = STATUS_INVESTIGATING;
        instant now = NOW;
        for (int step = 0; step < 120; step++) {
            now += (instant)rng_below(&rng, HOUR);
            struct command command = {
                .verb = verbs[rng_below(&rng, n)],
                .by = words[4 + rng_below(&rng, 2)],
                .text = rng_below(&rng, 4) ? words[rng_below(&rng, ARRAY_SIZE(words))] : NULL,
                .name = rng_below(&rng, 4) ? words[rng_below(&rng, ARRAY_SIZE(words))] : NULL,
                .value = rng_below(&rng, 4) ? words[rng_below(&rng, ARRAY_SIZE(words))] : NULL,
                .until = rng_below(&rng, 2) ? now + (instant)rng_below(&rng, DAY) : 0,
                .other = other,
                .status = (enum status)rng_below(&rng, STATUS_COUNT),
                .flag = rng_below(&rng, 2),
                .count = (int64_t)rng_below(&rng, 100)};
            if (strcmp(command.verb, "declare") == 0)
                continue;
            uint64_t before = incident->version;
            struct error err = {0};
            int rc = run(&incident, now, &command, &err);
            if (rc) {
                assert_true(err.text[0] != '\0');
                assert_int_equal(incident->version, before);
            }
            CLEANUP_STR struct str once = {0}, twice = {0};
            incident_encode(incident, &once);
            struct incident *copy = incident_copy(incident);
            incident_encode(copy, &twice);
            assert_string_equal(once.p, twice.p);
            bool merged = incident->status == STATUS_MERGED; /* keeps the pause that it was merged in */
            assert_true(merged || (incident->status == STATUS_PAUSED) == (incident->pause.until != 0));
            assert_int_equal(incident->entries.v[incident->entries.n - 1].status, incident->status);
            assert_true(!incident->private || !incident_visible(incident, NULL));
            incident_destroy(copy);
        }
        incident_destroy(incident);
        incident_destroy(other);
    }
}

/* A journal of before pauses went on in the survivor: its merges say nothing of a pause, and fold as they always did. */
static void a_merge_of_old_ends_the_pause(void **state)
{
    (void)state;
    struct incident *incident = incident_create(1);
    struct event events[] = {
        {.type = EVENT_DECLARED, .text = "checkout is slow", .by = "ana", .status = STATUS_INVESTIGATING},
        {.type = EVENT_STATUS,
         .name = "pause",
         .text = "the bank",
         .by = "ana",
         .until = DAY,
         .status = STATUS_PAUSED},
        {.type = EVENT_STATUS, .name = "merge", .by = "ana", .other = 2, .status = STATUS_MERGED},
    };
    for (size_t i = 0; i < ARRAY_SIZE(events); i++)
        fold(incident, &events[i]);
    assert_int_equal(incident->pause.until, 0);
    assert_null(incident->pause.reason);
    incident_destroy(incident);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_merge_of_old_ends_the_pause),
        cmocka_unit_test(people_declare_into_investigating_and_rules_into_triage),
        cmocka_unit_test(a_long_title_is_cut_and_kept_in_full_as_a_note),
        cmocka_unit_test(a_refusal_says_what_is_possible),
        cmocka_unit_test(a_move_into_the_current_status_is_refused),
        cmocka_unit_test(resuming_without_a_pause_says_what_is_possible),
        cmocka_unit_test(a_pause_needs_a_reason_and_a_future_time),
        cmocka_unit_test(only_a_fix_that_holds_counts),
        cmocka_unit_test(a_kind_is_one_of_the_policys),
        cmocka_unit_test(a_merge_needs_an_open_survivor_that_keeps_secrets),
        cmocka_unit_test(random_histories_keep_the_invariants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
