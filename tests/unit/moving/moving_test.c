/*
 * Exports of other tools become policy. With MOVED=DIR, MOVED_FROM and MOVED_UNTIL (milliseconds) it prints instead who is on call by the
 * rotations of that policy, one JSON object a line, for tests/e2e/moving.test.mjs.
 */
#include "../../support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "moving/lua_text.h"
#include "moving/matchers.h"
#include "moving/moving.h"
#include "policy/policy.h"
#include "policy/rotations.h"

#define NOW                                                                                                    \
    ((instant)1772323200000) /* 1 March 2026: clocks change on 8 March in America, on 29 March in Europe */

/* ---- for another reader ---- */

static bool print_shift(void *ctx, const struct shift *shift)
{
    struct json_out *j = ctx;
    json_begin_object(j);
    json_put_int(j, "from", shift->from);
    json_put_int(j, "until", shift->until);
    json_key(j, "on");
    json_begin_array(j);
    for (size_t i = 0; i < shift->on.n; i++)
        json_text(j, shift->on.people[i]);
    json_end_array(j);
    json_end_object(j);
    return true;
}

static void print_rotation(const struct rotation *rotation, instant from, instant until)
{
    CLEANUP_STR struct str out = {0};
    struct json_out j = {&out, false};
    json_begin_object(&j);
    json_put_text(&j, "rotation", rotation->name);
    json_key(&j, "shifts");
    json_begin_array(&j);
    rotation_shifts(rotation, &(struct covers){0}, from, until, print_shift, &j);
    json_end_array(&j);
    json_end_object(&j);
    puts(out.p);
}

static int print_policy(const char *directory)
{
    static const struct policy_host host = {0};
    struct policy *policy = policy_create(&host);
    struct error err;
    const char *from = getenv("MOVED_FROM"), *until = getenv("MOVED_UNTIL");
    int rc = policy_load(policy, directory, &err);
    if (rc)
        fprintf(stderr, "%s\n", err.text);
    for (size_t i = 0; !rc && from && until && policy_rotation_at(policy, i); i++)
        print_rotation(policy_rotation_at(policy, i), strtoll(from, NULL, 10), strtoll(until, NULL, 10));
    policy_destroy(policy);
    return rc != 0;
}

/* ---- tests ---- */

static char *moved(const char *tool, const char *text, bool report)
{
    struct moving m;
    struct error err;
    struct str out = {0};
    moving_init(&m, moving_source(tool), NOW);
    int rc = moving_add_file(&m, "x.json", text, strlen(text), &err);
    rc = rc ? rc : moving_read(&m, &err);
    if (rc)
        str_addf(&out, "! %s", err.text);
    else if (report)
        moving_report(&m, "", &out);
    else
        moving_write(&m, &out);
    moving_finish(&m);
    return str_take(&out);
}

static void expect(const char *tool, const char *text, const char *found)
{
    CLEANUP_FREE char *got = moved(tool, text, false);
    if (!strstr(got, found))
        fail_msg("%s\nis not in\n%s", found, got);
}

static void expect_unsaid(const char *tool, const char *text, const char *found)
{
    CLEANUP_FREE char *got = moved(tool, text, true);
    if (!strstr(got, found))
        fail_msg("%s\nis not in\n%s", found, got);
}

static void refused(const char *tool, const char *text, const char *why)
{
    CLEANUP_FREE char *got = moved(tool, text, false), *whole = xasprintf("! %s", why);
    assert_string_equal(got, whole);
}

#define PD_USERS                                                                                               \
    "{\"users\":[{\"id\":\"P1\",\"type\":\"user\",\"name\":\"Ana\",\"email\":\"ana@shop.example\"},"           \
    "{\"id\":\"P2\",\"type\":\"user\",\"name\":\"Bo\",\"email\":\"bo@shop.example\"}]}\n"
#define PD_LAYER(start, end, more)                                                                             \
    "{\"name\":\"L\",\"start\":\"" start "\",\"end\":" end                                                     \
    ",\"rotation_virtual_start\":\"2026-01-05T09:00:00Z\","                                                    \
    "\"users\":[{\"user\":{\"id\":\"P1\"}},{\"user\":{\"id\":\"P2\"}}]," more "}"
#define PD_SCHEDULE(layers)                                                                                    \
    PD_USERS "{\"schedule\":{\"id\":\"S1\",\"type\":\"schedule\",\"name\":\"Shop\",\"time_zone\":\"Europe/"    \
             "London\","                                                                                       \
             "\"final_schedule\":{},\"schedule_layers\":[" layers "]}}"
#define WEEKLY "\"rotation_turn_length_seconds\":604800"

static void pagerduty_layers(void **state)
{
    (void)state;
    expect("pagerduty", PD_SCHEDULE(PD_LAYER("2026-01-01T00:00:00Z", "null", WEEKLY)),
           "  people = { \"bo\", \"ana\" }, start = \"2026-02-23\", handover = \"monday 09:00\", length = "
           "\"1w\", -- L");
    expect("pagerduty",
           PD_SCHEDULE(PD_LAYER("2026-01-01T00:00:00Z", "null",
                                WEEKLY ",\"restrictions\":[{\"type\":\"daily_restriction\","
                                       "\"start_time_of_day\":\"22:00:00\",\"duration_seconds\":28800}]")),
           "length = \"1w\", hours = \"22:00-06:00\"");
    expect("pagerduty",
           PD_SCHEDULE(PD_LAYER("2026-01-01T00:00:00Z", "null",
                                WEEKLY
                                ",\"restrictions\":[{\"type\":\"weekly_restriction\",\"start_day_of_week\":7,"
                                "\"start_time_of_day\":\"00:00:00\",\"duration_seconds\":86400}]")),
           "length = \"1w\", days = { \"sun\" }");
    expect_unsaid(
        "pagerduty",
        PD_SCHEDULE(PD_LAYER("2026-01-01T00:00:00Z", "null", "\"rotation_turn_length_seconds\":5400")),
        "schedule 'Shop', 'L': turns of 90 minutes: a rotation{} has turns of days, or of 4, 6, 8 or 12 hours");
    expect_unsaid("pagerduty",
                  PD_SCHEDULE(PD_LAYER("2020-01-01T00:00:00Z", "\"2026-02-01T00:00:00Z\"", WEEKLY)),
                  "schedule 'Shop', 'L': it is over");
}

/* A layer that begins or ends within a turn. */
static void parts_of_turns(void **state)
{
    (void)state;
    CLEANUP_FREE char *got = moved(
        "pagerduty", PD_SCHEDULE(PD_LAYER("2026-03-11T12:00:00Z", "\"2026-03-25T10:30:00Z\"", WEEKLY)), false);
    static const char *const lines[] = {
        "{ people = { \"bo\" }, start = \"2026-03-11\", handover = \"12:00\", length = \"1w\", ends = "
        "\"2026-03-15\" }",
        "{ people = { \"bo\" }, start = \"2026-03-15\", handover = \"12:00\", length = \"1w\", ends = "
        "\"2026-03-16\", hours = "
        "\"12:00-09:00\" }",
        "{ people = { \"ana\", \"bo\" }, start = \"2026-03-16\", handover = \"monday 09:00\", length = \"1w\", "
        "ends = "
        "\"2026-03-25\" }",
        "{ people = { \"bo\" }, start = \"2026-03-25\", handover = \"09:00\", length = \"1w\", ends = "
        "\"2026-03-26\", hours = "
        "\"09:00-10:30\" }",
    };
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        if (!strstr(got, lines[i]))
            fail_msg("%s\nis not in\n%s", lines[i], got);
    }
}

static void faults_name_their_place(void **state)
{
    (void)state;
    refused("pagerduty", "<html>", "x.json:1: this is not JSON; save the answer of the tool's API as it is");
    refused("pagerduty", "{}\n\n[1,", "x.json, from line 3: invalid JSON at byte 2 of 3");
    refused("pagerduty", "", "x.json is empty");
    refused("pagerduty", PD_SCHEDULE(PD_LAYER("yesterday", "null", WEEKLY)),
            "x.json, in what begins in line 2: schedule.schedule_layers[0].start: 'yesterday' is not a time; "
            "write it as "
            "2026-11-30T09:00:00Z");
    refused(
        "pagerduty", "{\"schedules\":[{\"id\":\"S\",\"type\":\"schedule\",\"time_zone\":\"Mars/Olympus\"}]}",
        "x.json: schedules[0].time_zone: 'Mars/Olympus' is not a time zone; write one such as Europe/London");
    refused("pagerduty",
            PD_SCHEDULE(PD_LAYER("2026-01-01T00:00:00Z", "null", "\"rotation_turn_length_seconds\":1e99")),
            "x.json, in what begins in line 2: schedule.schedule_layers[0].rotation_turn_length_seconds: this "
            "must be a whole "
            "number from 60 to 31536000");
    refused("pagerduty",
            PD_SCHEDULE(PD_LAYER("2026-01-01T00:00:00Z", "null",
                                 WEEKLY ",\"restrictions\":[{\"type\":\"weekly_restriction\","
                                        "\"start_time_of_day\":\"22:00:00\"}]")),
            "x.json, in what begins in line 2: schedule.schedule_layers[0].restrictions[0]: 'duration_seconds' "
            "is missing");
    refused("opsgenie",
            "{\"data\":[{\"id\":\"u\",\"username\":7,\"role\":{}},{\"id\":\"u\",\"username\":[],\"role\":{}}]}",
            "x.json: data[1].username: this must be a text");
    refused(
        "oncall",
        "[{\"id\":\"S\",\"name\":\"S\",\"shifts\":[\"O\"]},{\"id\":\"O\",\"type\":\"rolling_users\",\"start\":"
        "\"2026-01-01T09:00:00\",\"duration\":60,\"frequency\":\"yearly\"}]",
        "x.json: [1].frequency: 'yearly' is not known here");
    refused("alertmanager", "route: { receiver: a, routes: [",
            "x.json:2: invalid YAML: did not find expected node content");
    refused("alertmanager", "a: &x 1\nroute: *x\n",
            "x.json:2: aliases are not read; write out what it stands for");
    refused("alertmanager", "route: { receiver: a, matchers: [ 'a>b' ] }",
            "x.json: route.matchers[0]: 'a>b' is not a matcher; write it as name=\"value\"");
    refused("alertmanager", "a: 1\na: 2\n", "x.json: the name 'a' appears twice in one object");
    refused("pagerduty", "{\"users\":[{\"id\":\"P\",\"type\":\"user\",\"email\":\"a\",\"name\":\"\xff\"}]}",
            "x.json is not UTF-8 text");
}

static void an_export_of_another_tool_is_named(void **state)
{
    (void)state;
    refused("oncall", PD_USERS,
            "x.json is an export of PagerDuty, not of Grafana OnCall; type `tocsin import pagerduty x.json`");
    refused("pagerduty", "route: { receiver: a }\nreceivers: [{ name: a }]\n",
            "x.json is an export of Alertmanager, not of PagerDuty; type `tocsin import alertmanager x.json`");
}

static void nothing_is_dropped_in_silence(void **state)
{
    (void)state;
    expect_unsaid("pagerduty", "{\"business\":[{\"a\":1}]}",
                  "x.json, from line 1 (business): nothing in it is known");
    expect_unsaid(
        "pagerduty",
        "{\"users\":[{\"id\":\"P\",\"type\":\"user\",\"email\":\"a@b\",\"name\":\"A\"}],\"more\":true}",
        "the last page of this list is missing");
    expect_unsaid("pagerduty",
                  PD_SCHEDULE("{\"name\":\"L\",\"start\":\"2026-01-05T09:00:00Z\",\"users\":[{\"user\":{\"id\":"
                              "\"GONE\"}}]}"),
                  "schedule 'Shop', GONE: not among the people of the export, perhaps deleted");
    expect_unsaid("opsgenie",
                  "{\"data\":[{\"id\":\"a\",\"user\":{\"id\":\"u\"},\"startDate\":\"2026-03-05T10:00:00Z\","
                  "\"endDate\":\"2026-03-05T10:00:00Z\"}]}",
                  "an override of x.json: it does not say of which schedule; put the schedule's id into the "
                  "name of the file");
}

/* ---- how people are notified ---- */

#define PD_RULE(urgency, minutes, method)                                                                      \
    "{\"urgency\":\"" urgency "\",\"start_delay_in_minutes\":" minutes ",\"contact_method\":{" method "}}"
#define PD_NOTIFIED(rules)                                                                                     \
    "{\"users\":[{\"id\":\"P1\",\"type\":\"user\",\"name\":\"Ana\",\"email\":\"ana@shop.example\","            \
    "\"contact_methods\":[{\"id\":\"M1\",\"type\":\"phone_contact_method\",\"country_code\":44,\"address\":"   \
    "\"770\"},{\"id\":\"M2\",\"type\":\"sms_contact_method\",\"country_code\":44,\"address\":\"770\"},"        \
    "{\"id\":\"M3\",\"type\":\"phone_contact_method\",\"country_code\":44,\"address\":\"999\","                \
    "\"summary\":\"Desk\"}],"                                                                                  \
    "\"notification_rules\":[" rules "]}]}"
#define ANA "  ana = { name = \"Ana\", email = \"ana@shop.example\", sms = \"+44770\""

static void notifications_become_ways(void **state)
{
    (void)state;
    expect("pagerduty",
           PD_NOTIFIED(PD_RULE("high", "0", "\"type\":\"email_contact_method\"") "," PD_RULE(
               "high", "2", "\"id\":\"M2\"") "," PD_RULE("high", "5", "\"id\":\"M1\"")),
           ANA ", ways = { \"email\", { \"sms\", after = \"2m\" }, { \"call\", after = \"5m\" } } },");
    expect("opsgenie",
           "{\"user\":{\"id\":\"u\",\"username\":\"ana@shop.example\",\"fullName\":\"Ana\",\"userContacts\":[{"
           "\"contactMethod\":\"sms\",\"to\":\"44-770\"}]},\"notificationRuleList\":[{\"name\":\"New\","
           "\"actionType\":\"create-alert\",\"steps\":[{\"contact\":{\"method\":\"email\",\"to\":"
           "\"ana@shop.example\"},\"sendAfter\":{\"timeAmount\":0}},{\"contact\":{\"method\":\"voice\",\"to\":"
           "\"44-770\"},\"sendAfter\":{\"timeAmount\":1,\"timeUnit\":\"hours\"}}]}]}",
           ANA ", ways = { \"email\", { \"call\", after = \"60m\" } } },");
    expect("goalert",
           "{\"data\":{\"users\":{\"nodes\":[{\"id\":\"u\",\"name\":\"Ana\",\"email\":\"ana@shop.example\","
           "\"contactMethods\":[{\"type\":\"SMS\",\"value\":\"+44770\"}],\"notificationRules\":[{"
           "\"delayMinutes\":0,\"contactMethod\":{\"type\":\"SMS\"}},{\"delayMinutes\":3,\"contactMethod\":{"
           "\"type\":\"VOICE\"}}]}]}}}",
           ANA ", ways = { \"sms\", { \"call\", after = \"3m\" } } },");
    expect(
        "oncall",
        "{\"results\":[{\"id\":\"u\",\"username\":\"Ana\",\"email\":\"ana@shop.example\",\"timezone\":\"UTC\","
        "\"slack\":[{\"user_id\":\"U1\"}],\"teams\":[]},{\"id\":\"a\",\"user_id\":\"u\",\"type\":"
        "\"notify_by_slack\"},{\"id\":\"b\",\"user_id\":\"u\",\"type\":\"wait\",\"duration\":90},"
        "{\"id\":\"c\",\"user_id\":\"u\",\"type\":\"notify_by_email\"}]}",
        "slack = \"U1\", ways = { \"slack\", { \"email\", after = \"90s\" } } },");
}

static void notifications_that_are_no_ways_are_listed(void **state)
{
    (void)state;
    static const char said[] =
        "notifications of Ana: Push, Desk +44999 after 1m, low urgency: Desk +44999: `ways`";
    expect_unsaid(
        "pagerduty",
        PD_NOTIFIED(PD_RULE("high", "0",
                            "\"type\":\"push_notification_contact_method\",\"summary\":"
                            "\"Push\"") "," PD_RULE("high", "1", "\"id\":\"M3\"") "," PD_RULE("low", "0",
                                                                                              "\"id\":\"M3\"")),
        said);
    expect_unsaid("pagerduty",
                  PD_NOTIFIED(PD_RULE("high", "1", "\"id\":\"M1\"") "," PD_RULE(
                      "low", "1", "\"id\":\"M1\"") "," PD_RULE("high", "1", "\"id\":\"M1\"")),
                  "cannot say: 0\n");
}

/* ---- texts ---- */

static void names_are_never_code(void **state)
{
    (void)state;
    CLEANUP_STR struct str quoted = {0}, comment = {0}, key = {0};
    lua_quote("a\"\\\n\r]]\x7f", &quoted);
    assert_string_equal(quoted.p, "\"a\\\"\\\\\\n\\013]]\\127\"");
    lua_comment("[[a\nos.exit()\r", &comment);
    assert_string_equal(comment.p, "[[a os.exit() ");
    lua_key("end", &key);
    lua_key("a_1", &key);
    lua_key("1a", &key);
    assert_string_equal(key.p, "[\"end\"]a_1[\"1a\"]");
    expect("pagerduty",
           "{\"users\":[{\"id\":\"P\",\"type\":\"user\",\"email\":\"a@b\",\"name\":\"\\n}os.exit()--\"}]}",
           "  a = { name = \"\\n}os.exit()--\", email = \"a@b\" },\n");
}

/* ---- Alertmanager ---- */

static void regular_expressions_as_patterns(void **state)
{
    (void)state;
    static const struct {
        const char *regex, *patterns;
    } rows[] = {
        {"a", "a"},
        {"a|b.*", "a b*"},
        {"^db(1|2)\\.eu$", "db1.eu db2.eu"},
        {".+", "?*"},
        {"(?:x|y)z|w", "xz yz w"},
        {"a.c", "a?c"},
        {"[ab]", NULL},
        {"a+", NULL},
        {"(a(b|c))", NULL},
        {"\\d", NULL},
        {"a{2}", NULL},
        {"\\*", NULL},
        {"", ""},
        {"a|", "a "},
        {"x(a|b)(c|d)", NULL},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct moving m;
        moving_texts patterns = {0};
        CLEANUP_STR struct str all = {0};
        moving_init(&m, moving_source("alertmanager"), NOW);
        bool known = patterns_of_regex(&m, rows[i].regex, &patterns);
        for (size_t k = 0; k < patterns.n; k++)
            str_addf(&all, "%s%s", k ? " " : "", patterns.v[k]);
        assert_int_equal(known, rows[i].patterns != NULL);
        if (known)
            assert_string_equal(str_text(&all), rows[i].patterns);
        array_free(&patterns);
        moving_finish(&m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pagerduty_layers),
        cmocka_unit_test(parts_of_turns),
        cmocka_unit_test(faults_name_their_place),
        cmocka_unit_test(an_export_of_another_tool_is_named),
        cmocka_unit_test(nothing_is_dropped_in_silence),
        cmocka_unit_test(notifications_become_ways),
        cmocka_unit_test(notifications_that_are_no_ways_are_listed),
        cmocka_unit_test(names_are_never_code),
        cmocka_unit_test(regular_expressions_as_patterns),
    };
    const char *directory = getenv("MOVED");
    return directory ? print_policy(directory) : cmocka_run_group_tests(tests, NULL, NULL);
}
