/* Scripts of exercises: played step by step, apart from all that is real, across restarts; and their debrief. Mon 23 Nov 2026 15:06 UTC. */
#include "../command/policy_rig.h"

#include <inttypes.h>

#include "comms/touched.h"
#include "drills/drills.h"

#define SCRIPT                                                                                                 \
    "team { name = 'ops', people = { 'ben' } }\n"                                                              \
    "drill { name = 'gateway', title = 'Cards are refused', about = 'the gateway fails', severity = "          \
    "'major',\n"                                                                                               \
    "  service = 'checkout', steps = {\n"                                                                      \
    "    { alert = { title = 'Too many 502', message = '12 of 14' } },\n"                                      \
    "    { after = '1m', customer = { name = 'Acme', says = 'We cannot pay.' } },\n"                           \
    "    { after = '4m', note = 'while it fails' },\n"                                                         \
    "    { after = '3m', fails = 'console', lasts = '3m' },\n"                                                 \
    "    { after = '7m', recovers = 'Too many 502' },\n"                                                       \
    "    { after = '8m', page = 'ops' },\n"                                                                    \
    "  }, ends = '20m' }\n"                                                                                    \
    "drill { name = 'other', title = 'Another', steps = { { note = 'hello' } } }\n"

static instant began;

static void begin(void)
{
    policy_rig_begin(SCRIPT);
    delivery_connector(rig->core, "desk", TOCSIN_CAN_DESK, true, NULL, rig->now);
    began = rig->now;
    rig_expect(rig, "ana", 0, "drills run gateway", "INC-1 is open: Cards are refused");
}

static void at(duration after)
{
    rig->now = began + after;
    rig_settle(rig);
}

struct counting {
    enum event_type type;
    const char *name; /* NULL: any */
    size_t n;
    int64_t last; /* its count */
};

static bool count_event(void *ctx, const struct journal_event *row)
{
    struct counting *counting = ctx;
    struct event event;
    assert_int_equal(turn_event_of_row(row, &event, NULL), 0);
    if (event.type == counting->type && (!counting->name || text_equal(event.name, counting->name))) {
        counting->n++;
        counting->last = event.count;
    }
    event_finish(&event);
    return true;
}

static size_t events(uint64_t incident, enum event_type type, const char *name)
{
    struct counting counting = {.type = type, .name = name};
    char stream[INCIDENT_NAME];
    assert_int_equal(
        journal_read_stream(rig->journal, incident_name(incident, stream), 0, 0, count_event, &counting, NULL),
        0);
    return counting.n;
}

static bool count_doc(void *ctx, const struct journal_doc *doc)
{
    (void)doc;
    ++*(size_t *)ctx;
    return true;
}

static size_t documents(enum doc_kind kind)
{
    size_t n = 0;
    journal_docs(rig->journal, &(struct doc_query){.kind = kind}, count_doc, &n, NULL);
    return n;
}

static void they_are_listed_and_played_once_at_a_time(void **state)
{
    policy_rig_begin(SCRIPT);
    rig_expect(rig, "ana", 0, "drills", "**gateway** (20m, 7 steps): the gateway fails");
    rig_expect(rig, "ana", 0, "drills", "**gateway-fails**");
    rig_expect(rig, "ana", 0, "drills run", "! Say which one");
    rig_expect(rig, "ana", 0, "drills run gatewya",
               "! No drill is called 'gatewya'. Do you mean `drills run gateway`?");
    rig_expect(rig, "ana", 0, "drills gateway", "! Type `drills`");
    rig_expect(rig, "ana", 0, "drills stop", "! No drill of a script runs");
    rig_expect(rig, "ana", 0, "drills run gateway for @ops", "INC-1 is open");
    assert_string_equal(rig_incident(rig, 1)->title, "DRILL: Cards are refused");
    assert_string_equal(rig_incident(rig, 1)->team, "ops");
    assert_string_equal(rig_incident(rig, 1)->sort.script, "gateway");
    assert_true(rig_incident(rig, 1)->sort.drill && rig_incident(rig, 1)->status == STATUS_TRIAGE);
    rig_expect(rig, "ben", 0, "drills run gateway", "! gateway is being practised already, in INC-1");
    rig_expect(rig, "ben", 0, "drills", "it runs as INC-1");
    rig_expect(rig, "ben", 0, "drills run other", "INC-2 is open");
    rig_expect(rig, "ben", 0, "drills stop", "! Several drills run");
    rig_expect(rig, "ben", 0, "INC-2 drills stop", "other of INC-2 is stopped");
    rig_expect(rig, "ben", 0, "drills stop", "gateway of INC-1 is stopped");
    assert_int_equal(rig_incident(rig, 1)->status, STATUS_DECLINED);
    tear_down(state);
}

static void a_title_that_could_be_a_script_is_refused(void **state)
{
    policy_rig_begin(SCRIPT);
    rig_expect(rig, "ana", 0, "drill gateway", "! gateway is a script: `drills run gateway`");
    rig_expect(rig, "ana", 0, "drill run gateway", "! gateway is a script: `drills run gateway`");
    rig_expect(rig, "ana", 0, "drill stop", "! `drills stop` ends");
    rig_expect(rig, "ana", 0, "drill the gateway is gone", "INC-1 is open as a drill");
    rig_expect(rig, "ana", 0, "declare --drill gateway", "INC-2 is open as a drill");
    assert_null(rig_incident(rig, 2)->sort.script);
    tear_down(state);
}

static void steps_come_when_they_are_due_and_only_once(void **state)
{
    begin();
    at(0);
    assert_int_equal(events(1, EVENT_DRILL_STEP, NULL), 1);
    assert_int_equal(rig_incident(rig, 1)->affected.alerts.n, 1);
    at(MINUTE - 1);
    assert_int_equal(events(1, EVENT_DRILL_STEP, NULL), 1);
    policy_rig_restart(NULL);
    at(MINUTE);
    assert_int_equal(events(1, EVENT_REPLIED, NULL), 1);
    assert_string_equal(rig_incident(rig, 1)->affected.customers.v[0].name, "Acme");
    policy_rig_restart(NULL);
    at(MINUTE + SECOND);
    assert_int_equal(events(1, EVENT_REPLIED, NULL), 1);
    rig->now = began + 9 * MINUTE; /* nobody ran meanwhile */
    policy_rig_restart(NULL);
    at(9 * MINUTE);
    assert_int_equal(events(1, EVENT_DRILL_STEP, NULL), 7);
    assert_true(rig_incident(rig, 1)->affected.alerts.v[0].resolved);
    assert_int_equal(rig_incident(rig, 1)->people.pages.all.n > 0, 1);
    rig_expect(rig, "ana", 0, "INC-1 timeline", "drill, step 2: customer Acme: We cannot pay.");
    tear_down(state);
}

static void a_commit_that_fails_loses_no_step(void **state)
{
    begin();
    at(0);
    memory_store_fail_next(rig->memory, 2);
    at(MINUTE);
    for (int i = 0; i < 20; i++)
        at(MINUTE + i * SECOND);
    assert_int_equal(events(1, EVENT_REPLIED, NULL), 1);
    assert_int_equal(events(1, EVENT_DRILL_STEP, NULL), 2);
    tear_down(state);
}

/* ---- apart ---- */

static void nothing_real_joins_it(void **state)
{
    begin();
    at(0);
    rig_expect(rig, "ana", 0, "declare checkout is slow", "INC-2");
    rig_expect(rig, "ana", 0, "INC-1 drill off", "! INC-1 practises gateway: it stays a drill");
    rig_expect(rig, "ana", 0, "INC-1 merge into INC-2", "! INC-1 practises gateway");
    rig_expect(rig, "ana", 0, "INC-2 merge into INC-1", "! INC-1 practises gateway");
    at(SECOND);
    struct turn *turn = turn_begin(rig->core, rig->now);
    struct error err = {0};
    const struct command script = {.verb = "drill", .by = "ana", .name = "gateway", .flag = true},
                         alert = {.verb = "alert", .by = "rule", .value = "9f86d081884c7d65", .flag = true};
    assert_int_equal(turn_do(turn, 2, &script, NULL, &err), ERR_REFUSED);
    assert_int_equal(turn_do(turn, 1, &alert, NULL, &err), ERR_REFUSED);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    assert_int_equal(documents(DOC_GROUP) + documents(DOC_ALERTED) + documents(DOC_INCOMING), 0);
    rig_expect(rig, "ana", 0, "incoming", "Nothing was refused");
    tear_down(state);
}

static void its_customers_count_as_told_and_nothing_is_sent(void **state)
{
    begin();
    at(MINUTE);
    assert_int_equal(documents(DOC_STRANGER), 0);
    rig_expect(rig, "ana", 0, "INC-1 tell Acme We see it.", "");
    rig_expect(rig, "ben", 0, "INC-1 approve", "");
    rig_settle(rig);
    assert_int_equal(events(1, EVENT_TOLD, "Acme (drill)"), 1);
    assert_true(rig_incident(rig, 1)->activity.told_at != 0);
    assert_int_equal(rig_sent(rig, "desk desk.tell", ""), 0);
    assert_int_equal(rig_sent(rig, "Not sent: drill", ""), 1);
    rig_expect(rig, "ana", 0, "INC-1 timeline", "not sent: drill");
    tear_down(state);
}

static bool count_incident(void *ctx, const struct incident *incident)
{
    (void)incident;
    ++*(size_t *)ctx;
    return true;
}

static void real_customers_stay_out_of_it(void **state)
{
    size_t n = 0;
    begin();
    at(MINUTE);
    rig_expect(rig, "ana", 0, "INC-1 affect Globex", "");
    comms_affecting(rig->core, "Globex", count_incident, &n);
    assert_int_equal(n, 0);
    assert_int_equal(
        rig_event_of(rig, "desk",
                     "{'type':'reply','id':'1','user':{'id':'x'},'customer':'Globex','text':'we are down'}"),
        0);
    assert_int_equal(events(1, EVENT_REPLIED, NULL), 1);
    tear_down(state);
}

static void a_connector_fails_for_the_drill_alone(void **state)
{
    begin();
    rig_room(rig, 1, "room");
    at(3 * MINUTE);
    assert_int_equal(events(1, EVENT_CONNECTOR, "console"), 1);
    at(4 * MINUTE);
    assert_int_equal(rig_sent(rig, "while it fails", ""), 0);
    rig_expect(rig, "ana", 0, "declare checkout is slow", "INC-2");
    rig_settle(rig);
    assert_true(rig_sent(rig, "checkout is slow", "post") > 0);
    assert_null(link_trouble(link_find(rig->core, "console")));
    for (duration t = 4 * MINUTE; t < 9 * MINUTE; t += 5 * SECOND)
        at(t);
    assert_int_equal(rig_sent(rig, "while it fails", ""), 1);
    tear_down(state);
}

/* ---- what is real ---- */

static void something_critical_goes_first(void **state)
{
    policy_rig_begin(SCRIPT);
    rig_expect(rig, "ana", 0, "declare the shop is down --sev critical", "INC-1");
    rig_expect(rig, "ana", 0, "drills run gateway", "! INC-1 is open, critical and no drill");
    rig_expect(rig, "ana", 0, "drills run gateway --anyway", "INC-2 is open");
    rig_expect(rig, "ana", 0, "declare the shop is down again --sev critical --drill", "INC-3");
    assert_true(status_is_open(rig_incident(rig, 2)->status));
    rig_expect(rig, "ana", 0, "declare nobody can log in --sev critical", "INC-4");
    assert_false(status_is_open(rig_incident(rig, 2)->status));
    rig_expect(rig, "ana", 0, "INC-2 timeline", "the drill is over: INC-4 is critical, and no drill");
    tear_down(state);
}

/* ---- the debrief ---- */

static void it_ends_with_a_debrief(void **state)
{
    begin();
    rig_room(rig, 1, "room");
    at(30 * SECOND);
    rig_expect(rig, "ben", 0, "INC-1 accept", "");
    at(MINUTE);
    at(2 * MINUTE);
    rig_expect(rig, "ana", 0, "INC-1 debrief", "**missed**: Acme wrote: not answered in 1m");
    rig_expect(rig, "ana", 0, "INC-1 tell Acme We see it.", "");
    rig_expect(rig, "ben", 0, "INC-1 approve", "");
    for (duration t = 2 * MINUTE; t < 9 * MINUTE; t += 5 * SECOND)
        at(t);
    rig_expect(rig, "ben", 0, "INC-1 ack", "");
    rig_expect(rig, "ben", 0, "INC-1 resolve it was the gateway", "");
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "Debrief of INC-1: gateway", "room"), 1);
    assert_int_equal(events(1, EVENT_DRILL_OVER, NULL), 1);
    rig_expect(rig, "ana", 0, "INC-1 debrief", "accept or decline it: 30s by Ben, of 15m");
    rig_expect(rig, "ana", 0, "INC-1 debrief", "Acme wrote: told after 1m by Ben");
    rig_expect(rig, "ana", 0, "INC-1 debrief", "console failed for 3m");
    rig_expect(rig, "ana", 0, "INC-1 debrief", "the page for ops: acknowledged after");
    assert_int_equal(rig_incident(rig, 1)->status, STATUS_RESOLVED);
    at(20 * MINUTE);
    assert_int_equal(rig_incident(rig, 1)->status, STATUS_CLOSED);
    at(21 * MINUTE);
    assert_int_equal(documents(DOC_DRILL), 0);
    assert_int_equal(rig_sent(rig, "Debrief of INC-1", "room"), 1);
    tear_down(state);
}

static void its_time_ends_it_and_what_was_owed_was_not_done(void **state)
{
    begin();
    for (duration t = 0; t <= 21 * MINUTE; t += 20 * SECOND)
        at(t);
    assert_int_equal(rig_incident(rig, 1)->status, STATUS_DECLINED);
    rig_expect(rig, "ana", 0, "INC-1 debrief", "**missed**: accept or decline it: not done in 20m, of 15m");
    rig_expect(rig, "ana", 0, "INC-1 debrief", "nobody did anything meanwhile");
    assert_int_equal(documents(DOC_DRILL), 0);
    tear_down(state);
}

static void a_restart_before_the_debrief_shows_it(void **state)
{
    begin();
    rig_room(rig, 1, "room");
    at(0);
    struct turn *turn = turn_begin(rig->core, rig->now);
    const struct command decline = {.verb = "decline", .by = "ben"};
    assert_int_equal(turn_do(turn, 1, &decline, NULL, NULL), 0);
    turn_commit(turn, NULL, NULL);
    journal_step(rig->journal);
    policy_rig_restart(NULL);
    at(SECOND);
    delivery_connector(rig->core, "console", TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_PAGE, true, NULL,
                       rig->now);
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "Debrief of INC-1: gateway", "room"), 1);
    tear_down(state);
}

/* ---- what the policy refuses ---- */

static void refuses(const char *policy, const char *wanted)
{
    struct error err = {0};
    struct policy_dir dir;
    policy_dir_init(&dir);
    policy_dir_write(&dir, "team.lua", policy);
    assert_int_not_equal(policy_dir_load(&dir, &err), 0);
    if (!strstr(err.text, wanted) || !strstr(err.text, "team.lua:1"))
        fail_msg("%s\n  wanted %s\n  got    %s", policy, wanted, err.text);
    policy_dir_finish(&dir);
}

static void a_script_is_checked_when_it_is_loaded(void **state)
{
    (void)state;
    refuses("drill { name = 'x', title = 'X' }", "steps is missing: steps = {");
    refuses("drill { name = 'x', steps = { { note = 'n' } } }", "title is missing");
    refuses("drill { name = 'x y', title = 'X', steps = { { note = 'n' } } }", "must be one word");
    refuses("drill { name = 'x', title = 'X', steps = { { after = '1m' } } }", "step 1 must do one of");
    refuses("drill { name = 'x', title = 'X', steps = { { note = 'a', page = 'b' } } }",
            "step 1 must do one of");
    refuses("drill { name = 'x', title = 'X', steps = { { aftr = '1m', note = 'n' } } }",
            "did you mean 'after'?");
    refuses("drill { name = 'x', title = 'X', steps = { { alert = 'a' } } }",
            "alert must be a table: alert = { title = ");
    refuses("drill { name = 'x', title = 'X', steps = { { customer = { name = 'A' } } } }", "says is missing");
    refuses("drill { name = 'x', title = 'X', steps = { { fails = 'slack' } } }",
            "lasts is missing: { fails = \"slack\"");
    refuses("drill { name = 'x', title = 'X', steps = { { note = 'n', lasts = '1m' } } }",
            "lasts belongs to fails");
    refuses("drill { name = 'x', title = 'X', steps = { { recovers = 'a' } } }", "no alert 'a' fires before");
    refuses("drill { name = 'x', title = 'X', steps = { { after = '2m', note = 'n' } }, ends = '1m' }",
            "ends comes before");
    refuses("drill { name = 'x', title = 'X', severity = 'awful', steps = { { note = 'n' } } }",
            "unknown severity 'awful'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_listed_and_played_once_at_a_time),
        cmocka_unit_test(a_title_that_could_be_a_script_is_refused),
        cmocka_unit_test(steps_come_when_they_are_due_and_only_once),
        cmocka_unit_test(a_commit_that_fails_loses_no_step),
        cmocka_unit_test(nothing_real_joins_it),
        cmocka_unit_test(its_customers_count_as_told_and_nothing_is_sent),
        cmocka_unit_test(real_customers_stay_out_of_it),
        cmocka_unit_test(a_connector_fails_for_the_drill_alone),
        cmocka_unit_test(something_critical_goes_first),
        cmocka_unit_test(it_ends_with_a_debrief),
        cmocka_unit_test(its_time_ends_it_and_what_was_owed_was_not_done),
        cmocka_unit_test(a_restart_before_the_debrief_shows_it),
        cmocka_unit_test(a_script_is_checked_when_it_is_loaded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
