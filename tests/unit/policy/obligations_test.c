/* What is owed and when, also when severities, roles and policies change meanwhile. */
#include "../../support/check.h"

#include <string.h>

#include "../../support/policy_dir.h"
#include "base/mem.h"
#include "engine/fold.h"

#define NOW ((instant)1764151200000)

static struct policy_dir dir;
static struct incident *incident;
static instant now;

static int set_up(void **state)
{
    (void)state;
    struct error err;
    policy_dir_init(&dir);
    incident = NULL;
    now = NOW;
    return policy_dir_load(&dir, &err);
}

static int tear_down(void **state)
{
    (void)state;
    incident_destroy(incident);
    policy_dir_finish(&dir);
    return 0;
}

static void act(const struct command *command)
{
    event_list events = {0};
    struct error err = {0};
    if (decide(incident, 7, command, policy_rulebook(dir.policy), now, &events, &err))
        fail_msg("%s: %s", command->verb, err.text);
    incident = incident ? incident : incident_create(7);
    for (size_t i = 0; i < events.n; i++)
        fold(incident, &events.v[i]);
    event_list_finish(&events);
}

#define ACT(...) act(&(struct command){.by = "ana", __VA_ARGS__})

/* Writes what is owed into the state, as the core does after each step. */
static void settle(void)
{
    obligation_list list = {0};
    policy_obligations(dir.policy, incident, now, &list);
    for (size_t i = incident->owed.n; i-- > 0;) {
        bool still = false;
        for (size_t k = 0; k < list.n; k++)
            still |= strcmp(list.v[k].name, incident->owed.v[i].name) == 0;
        if (!still) {
            CLEANUP_FREE char *name = xstrdup(incident->owed.v[i].name);
            ACT(.verb = "meet", .name = name);
        }
    }
    for (size_t i = 0; i < list.n; i++) {
        const struct state_owed *owed = incident_owes(incident, list.v[i].name);
        if (owed && owed->missed && list.v[i].due <= now)
            continue;
        ACT(.verb = "owe", .name = list.v[i].name, .text = list.v[i].text, .until = list.v[i].due);
    }
    obligation_list_finish(&list);
}

/* Due in so many milliseconds from now; INT64_MIN: not owed. */
static duration due(const char *name)
{
    settle();
    const struct state_owed *owed = incident_owes(incident, name);
    return owed ? owed->due - now : INT64_MIN;
}

static void a_triage_is_owed_an_answer(void **state)
{
    (void)state;
    ACT(.verb = "declare", .text = "x", .automatic = true);
    assert_int_equal(due("triage"), 15 * MINUTE);
    now += 5 * MINUTE;
    ACT(.verb = "note", .text = "hm");
    assert_int_equal(due("triage"), 10 * MINUTE);
    ACT(.verb = "accept");
    assert_int_equal(due("triage"), INT64_MIN);
    assert_int_equal(due("update"), 4 * HOUR);
}

static void messages_and_updates_move_it(void **state)
{
    (void)state;
    ACT(.verb = "declare", .text = "x");
    settle();
    now += HOUR;
    ACT(.verb = "note", .text = "looking");
    assert_int_equal(due("update"), 4 * HOUR);
    now += HOUR;
    ACT(.verb = "sev", .name = "major");
    now += 10 * MINUTE; /* its half hour had passed already, so people get the whole span from the raise on */
    settle();
    assert_int_equal(due("update"), 30 * MINUTE);
    now += 10 * MINUTE;
    ACT(.verb = "note", .text = "a word is no update");
    assert_int_equal(due("update"), 20 * MINUTE);
    ACT(.verb = "update", .text = "rolling back");
    assert_int_equal(due("update"), 30 * MINUTE);
    ACT(.verb = "fix"); /* moving between active statuses does not start it again */
    now += MINUTE;
    assert_int_equal(due("update"), 29 * MINUTE);
}

static void an_obligation_that_begins_late_gets_its_whole_span(void **state)
{
    (void)state;
    ACT(.verb = "declare", .text = "x");
    settle();
    now += 5 * HOUR;
    ACT(.verb = "sev", .name = "critical");
    assert_int_equal(due("comms-lead"), 10 * MINUTE);
    now += 4 * MINUTE;
    assert_int_equal(due("comms-lead"), 6 * MINUTE);
    ACT(.verb = "role", .name = "comms", .value = "ben");
    assert_int_equal(due("comms-lead"), INT64_MIN);
    now += HOUR;
    ACT(.verb = "role", .name = "comms"); /* the role is given up */
    assert_int_equal(due("comms-lead"), 10 * MINUTE);
}

static void a_missed_obligation_stays_until_it_is_done(void **state)
{
    (void)state;
    ACT(.verb = "declare", .text = "x", .automatic = true);
    settle();
    now += 15 * MINUTE;
    ACT(.verb = "miss", .name = "triage", .text = "t", .until = now);
    ACT(.verb = "owe", .name = "triage", .text = "t", .until = now + 15 * MINUTE);
    assert_int_equal(due("triage"), 15 * MINUTE);
    now += 5 * MINUTE;
    assert_int_equal(due("triage"), 10 * MINUTE);
    assert_int_equal(incident_owes(incident, "triage")->missed, 1);
}

/* Triage and active always owe something; a pause, which has its own end, and an ended incident owe none of these. */
static void there_is_always_one(void **state)
{
    (void)state;
    static const char *const severities[] = {"minor", "major", "critical"};
    for (size_t i = 0; i < ARRAY_SIZE(severities); i++) {
        incident_destroy(incident);
        incident = NULL;
        ACT(.verb = "declare", .text = "x", .automatic = true, .name = severities[i]);
        settle();
        assert_int_equal(incident->owed.n, 1);
        static const char *const verbs[] = {"accept", "fix", "monitor", "investigate"};
        for (size_t k = 0; k < ARRAY_SIZE(verbs); k++) {
            ACT(.verb = verbs[k]);
            settle();
            assert_true(incident->owed.n >= 1);
        }
        ACT(.verb = "pause", .text = "tea", .until = now + HOUR);
        settle();
        assert_int_equal(incident->owed.n, 0);
        ACT(.verb = "resolve");
        settle();
        assert_int_equal(incident->owed.n, i > 0);
        ACT(.verb = "close");
        settle();
        assert_int_equal(incident->owed.n, 0);
    }
}

static void a_team_declares_its_own(void **state)
{
    (void)state;
    struct error err = {0};
    policy_dir_write(
        &dir, "team.lua",
        "severity { 'low', 'high' }\n"
        "obligation { name = 'update', off = true } obligation { name = 'comms-lead', off = true }\n"
        "obligation { name = 'word', text = 'say a word', status = { 'triage', 'active' }, after = 'spoken',\n"
        "  within = { '2h', high = '1h' }, every = { '10m', high = '5m' }, service = 'check*', team = { 'a', "
        "'b' } }\n"
        "obligation { name = 'age', text = 'end it', status = 'open', after = 'declared', within = '5d' }\n"
        "obligation { name = 'authority', text = 'tell the authority', status = 'open', kind = 'security', "
        "within = "
        "'3d' }\n");
    if (policy_dir_load(&dir, &err))
        fail_msg("%s", err.text);
    ACT(.verb = "declare", .text = "x");
    assert_int_equal(due("update"), INT64_MIN);
    assert_int_equal(due("word"), INT64_MIN);
    ACT(.verb = "service", .name = "checkout");
    ACT(.verb = "team", .name = "b");
    assert_int_equal(due("word"), 2 * HOUR);
    ACT(.verb = "sev", .name = "high");
    assert_int_equal(due("word"), HOUR);
    assert_int_equal(due("authority"), INT64_MIN);
    ACT(.verb = "kind", .name = "security");
    assert_int_equal(due("authority"), 3 * DAY);
    ACT(.verb = "kind", .name = "none");
    assert_int_equal(due("authority"), INT64_MIN);
    now += DAY;
    ACT(.verb = "pause", .text = "tea", .until = now + HOUR);
    assert_int_equal(due("age"), 4 * DAY);
    obligation_list list = {0};
    ACT(.verb = "resume");
    policy_obligations(dir.policy, incident, now, &list);
    assert_int_equal(list.n, 2);
    assert_string_equal(list.v[0].name, "word");
    assert_string_equal(list.v[0].rule, "team.lua:3");
    assert_int_equal(list.v[0].every, 5 * MINUTE);
    obligation_list_finish(&list);
}

/* Until somebody told a customer it is the first word that is owed, then the next; a pause changes nothing. */
static void the_clock_of_silence_runs_through_a_pause(void **state)
{
    struct error err = {0};
    (void)state;
    policy_dir_write(&dir, "team.lua",
                     "obligation { name = 'first', text = 't', status = { 'active', 'paused' }, customers = "
                     "true, told = false,\n"
                     "  after = 'told', within = '30m' }\n"
                     "obligation { name = 'next', text = 't', status = { 'active', 'paused' }, customers = "
                     "true, told = true,\n"
                     "  after = 'told', within = '2h' }");
    assert_int_equal(policy_load(dir.policy, dir.path, &err), 0);
    ACT(.verb = "declare", .text = "x");
    now += HOUR;
    assert_int_equal(due("first"), INT64_MIN); /* nobody is affected */
    ACT(.verb = "customer", .name = "acme");
    now += 10 * MINUTE;
    assert_int_equal(due("first"), 20 * MINUTE);
    ACT(.verb = "pause", .text = "tea", .until = now + DAY);
    now += 5 * MINUTE;
    assert_int_equal(due("first"), 15 * MINUTE);
    ACT(.verb = "told", .name = "acme", .value = "email", .count = 1); /* as an older journal has it */
    assert_int_equal(due("first"), 15 * MINUTE);
    ACT(.verb = "told", .name = "acme", .value = "email", .count = 1, .flag = true);
    assert_int_equal(due("first"), INT64_MIN);
    now += HOUR;
    assert_int_equal(due("next"), HOUR);
    ACT(.verb = "told", .name = "acme", .value = "email", .count = 2, .flag = true);
    assert_int_equal(due("next"), 2 * HOUR);
    policy_dir_write(
        &dir, "team.lua",
        "obligation { name = 'x', text = 't', status = 'active', after = 'tolled', within = '1h' }");
    assert_int_not_equal(policy_load(dir.policy, dir.path, &err), 0);
    assert_non_null(strstr(err.text, "\"spoken\" or \"told\""));
}

int main(void)
{
#define IN_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_DIRECTORY(a_triage_is_owed_an_answer),
        IN_DIRECTORY(messages_and_updates_move_it),
        IN_DIRECTORY(an_obligation_that_begins_late_gets_its_whole_span),
        IN_DIRECTORY(a_missed_obligation_stays_until_it_is_done),
        IN_DIRECTORY(there_is_always_one),
        IN_DIRECTORY(a_team_declares_its_own),
        IN_DIRECTORY(the_clock_of_silence_runs_through_a_pause),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
