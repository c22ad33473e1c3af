/* What a responder needs of an error stands on the card and in the answer of `error`. */
#include "policy/policy.h"
#include "triage/triage.h"

#include "../../support/intake.h"
#include "../command/rig.h"

static struct rig *rig;
static struct intake_world intake;

static int set_up(void **state)
{
    (void)state;
    rig = rig_create();
    intake_world_init(&intake);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rig_destroy(rig);
    intake_world_finish(&intake);
    return 0;
}

/* A request with ' for ". */
static void send(const char *path, const char *body)
{
    CLEANUP_FREE char *text = xstrdup(body);
    for (char *p = text; *p; p++)
        *p = *p == '\'' ? '"' : *p;
    bool dsn = strstr(path, "/api/7/") != NULL;
    intake.request.query = dsn ? "sentry_key=0123456789abcdef0123456789abcdef" : NULL;
    intake.request.authorization = dsn ? NULL : "Bearer a-token";
    intake.request.now = rig->now;
    intake.alerts = (struct alert_list){0};
    assert_int_equal(intake_post(&intake, path, text), 0);
    triage_alerts(rig->core, intake.alerts.v, intake.alerts.n, rig->now, NULL, NULL);
    rig_settle(rig);
}

#define ERROR(type, value, release)                                                                            \
    "{'release':'" release "','environment':'production','user':{'id':'17','email':'ana@acme.example'},"       \
    "'tags':{'plan':'gold','runbook_url':'https://w.example/pay'},'request':{'url':'https://shop/pay'},"       \
    "'breadcrumbs':[{'category':'http','message':'asked the bank'}],"                                          \
    "'exception':{'values':[{'type':'" type "','value':'" value "','stacktrace':{'frames':["                   \
    "{'function':'far','filename':'app/far.js','lineno':4,'in_app':true},"                                     \
    "{'function':'main','filename':'app/main.js','lineno':3,'in_app':true},"                                   \
    "{'function':'cart','filename':'app/cart.js','lineno':2,'in_app':true},"                                   \
    "{'function':'charge','filename':'app/pay.js','lineno':1,'in_app':true}]}}]}}"

/* The last card that was sent about an incident, borrowed from the rig. */
static const char *last_card(const char *name)
{
    CLEANUP_FREE char *title = xasprintf("\"title\":\"%s ", name);
    for (size_t i = rig->sent.n; i-- > 0;)
        if (strstr(rig->sent.v[i], title))
            return rig->sent.v[i];
    fail_msg("no card of %s", name);
    return "";
}

static void expect_on_card(const char *name, const char *const *parts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strstr(last_card(name), parts[i]))
            fail_msg("wanted %s in %s", parts[i], last_card(name));
}

static void the_first_card_shows_the_error(void **state)
{
    static const char *const parts[] = {
        "**PayError**: no route",
        "- `charge` in app/pay.js:1\\n- `cart` in app/cart.js:2\\n- `main` in app/main.js:3\\n\\n",
        "release shop@1 · environment production · user 17",
        "request https\\\\://shop/pay",
        "plan=gold",
        "[runbook](<https://w.example/pay>)",
    };
    (void)state;
    send("/api/7/store/", ERROR("PayError", "no route", "shop@1"));
    rig_room(rig, 1, "room");
    expect_on_card("INC-1", parts, ARRAY_SIZE(parts));
    assert_null(strstr(last_card("INC-1"), "far.js"));
    assert_null(strstr(last_card("INC-1"), "ana@acme"));
}

static void the_card_follows_the_latest_error(void **state)
{
    static const char *const later[] = {"release shop@2"};
    (void)state;
    send("/api/7/store/", ERROR("PayError", "no route", "shop@1"));
    rig_room(rig, 1, "room");
    rig->now += 2 * MINUTE;
    send("/api/7/store/", ERROR("PayError", "no route", "shop@2"));
    expect_on_card("INC-1", later, 1);
    size_t sent = rig->sent.n;
    rig->now += 10 * SECOND; /* it is recorded, which changes nothing */
    rig_settle(rig);
    assert_int_equal(rig->sent.n, sent);
    rig_expect(rig, "ben", 1, "error", "- release shop@2\n");
}

static void error_shows_the_whole(void **state)
{
    static const char *const parts[] = {"**PayError**: no route\n",
                                        "- `far` in app/far.js:4\n",
                                        "- release shop@1\n",
                                        "- environment production\n",
                                        "- user 17, ana@acme.example\n",
                                        "- request https\\://shop/pay\n",
                                        "plan=gold",
                                        "- http: asked the bank\n",
                                        "[runbook](<https://w.example/pay>)"};
    (void)state;
    send("/api/7/store/", ERROR("PayError", "no route", "shop@1"));
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
        rig_expect(rig, "ben", 0, "INC-1 error", parts[i]);
    rig_expect(rig, "ben", 0, "error INC-1", "Latest error of INC-1");
    rig_expect(rig, "ben", 1, "error 1", "Latest error of INC-1");
    rig_expect(rig, "ben", 1, "error 2",
               "! INC-1 has 1 error or alert. Type `INC-1 error 1` for the last one.");
    rig_expect(rig, "ben", 1, "error 0", "! '0' is not a number of at least 1.");
    rig_expect(rig, "ben", 0, "error", "! Say which incident: `INC-1 error");
    rig_expect(rig, "ben", 0, "declare checkout is slow", "INC-2");
    rig_expect(rig, "ben", 2, "error", "! INC-2 has no errors or alerts.");
}

static void alerts_show_message_values_and_links(void **state)
{
    static const char *const parts[] = {
        "p99 over \\\\*5m\\\\*", "\\\\[ var=A \\\\]", "team=web",
        "[runbook](<https://w.example/r>) · [dashboard](<https://g.example/d>)"};
    (void)state;
    send("/intake/grafana",
         "{'alerts':[{'labels':{'alertname':'Slow','team':'web'},'annotations':{'summary':'S','description':"
         "'p99 over *5m*','runbook_url':'https://w.example/r'},'valueString':'[ var=A ]',"
         "'dashboardURL':'https://g.example/d','panelURL':'javascript:alert(1)'}]}");
    rig_room(rig, 1, "room");
    expect_on_card("INC-1", parts, ARRAY_SIZE(parts));
    assert_null(strstr(last_card("INC-1"), "javascript"));
    assert_int_equal(rig_incident(rig, 1)->places.links.n, 2);
}

static void a_card_names_no_replica_beside_those_that_fire(void **state)
{
    static const char *const parts[] = {"team=web", "\"firing\",\"value\":\"b, c\""};
    (void)state;
    for (char name = 'a'; name <= 'd'; name++) {
        CLEANUP_FREE char *body = xasprintf(
            "{'version':'4','alerts':[{'status':'%s','labels':{'alertname':'InstanceDown','instance':'%c',"
            "'pod':'%c','endpoint':'http','team':'web'}}]}",
            name == 'd' ? "resolved" : "firing", name == 'd' ? 'a' : name, name == 'd' ? 'a' : name);
        send("/intake/alertmanager", body);
    }
    rig_room(rig, 1, "room");
    expect_on_card("INC-1", parts, ARRAY_SIZE(parts));
    assert_null(strstr(last_card("INC-1"), "instance="));
    assert_null(strstr(last_card("INC-1"), "pod="));
    assert_null(strstr(last_card("INC-1"), "endpoint="));
    rig_expect(rig, "ben", 1, "error", "instance=");
}

static void a_card_does_not_repeat_its_summary(void **state)
{
    (void)state;
    send("/intake/alerts", "{'title':'disk is full','release':'shop@1','environment':'production'}");
    rig_room(rig, 1, "room");
    assert_non_null(strstr(last_card("INC-1"), "\"text\":\"release shop@1 · environment production"));
    rig_expect(rig, "ben", 1, "error", "- release shop@1\n");
}

static void links_of_people_are_on_the_card(void **state)
{
    static const char *const parts[] = {"[my \\\\*notes\\\\*](<https://n.example/1>)"};
    (void)state;
    rig_expect(rig, "ben", 0, "declare checkout is slow", "INC-1");
    rig_room(rig, 1, "room");
    rig_expect(rig, "ben", 1, "link https://n.example/1 my *notes*", "");
    rig_settle(rig);
    expect_on_card("INC-1", parts, 1);
}

static void what_senders_write_is_literal(void **state)
{
    (void)state;
    send("/api/7/store/", "{'exception':{'values':[{'type':'E*x*','value':'[a](http://evil) <@U1>\\n# big',"
                          "'stacktrace':{'frames':[{'function':'f`g`','filename':'<b>.js','lineno':1,"
                          "'in_app':true}]}}]},'tags':{'k_*':'**v**'}}");
    static const char *const parts[] = {"**E\\\\*x\\\\***: \\\\[a\\\\](http\\\\://evil) \\\\<@U1>&#10;# big",
                                        "- `f'g'` in \\\\<b>.js:1", "k\\\\_\\\\*=\\\\*\\\\*v\\\\*\\\\*"};
    rig_room(rig, 1, "room");
    expect_on_card("INC-1", parts, ARRAY_SIZE(parts));
}

static void secrets_are_shown_nowhere(void **state)
{
    (void)state;
    send("/api/7/store/", "{'user':{'id':'1'},'tags':{'authorization':'Bearer hunter2','cookie':'hunter2'},"
                          "'request':{'url':'https://ana:hunter2@shop/x','headers':{'Cookie':'hunter2'}},"
                          "'exception':{'values':[{'type':'E','value':'connect postgres://app:hunter2@db'}]}}");
    rig_expect(rig, "ben", 1, "error", "postgres");
    CLEANUP_FREE char *said = rig_line(rig, "ben", 1, "error");
    CLEANUP_FREE char *shown = rig_line(rig, "ben", 1, "show"), *told = rig_line(rig, "ben", 1, "timeline");
    assert_null(strstr(said, "hunter2"));
    assert_null(strstr(shown, "hunter2"));
    assert_null(strstr(told, "hunter2"));
    assert_int_equal(rig_sent(rig, "hunter2", ""), 0);
}

static void error_lists_the_other_groups(void **state)
{
    (void)state;
    send("/intake/alerts", "{'title':'disk is full','message':'91 %'}");
    send("/intake/alerts", "{'title':'no route to host','message':'eth0'}");
    rig_expect(rig, "ben", 0, "INC-2 merge INC-1", "INC-1");
    rig_expect(rig, "ben", 1, "error", "- 2: no route to host\n");
    rig_expect(rig, "ben", 1, "error 2", "eth0");
    rig_expect(rig, "ben", 1, "error 2", "- 1: disk is full\n");
    rig_expect(rig, "ben", 1, "error 2", "Latest error of INC-1, 2 of 2");
}

/* The group went on to a private incident; what it says now is for the members of that one. */
static void error_is_as_private_as_the_group(void **state)
{
    (void)state;
    send("/intake/alerts", "{'title':'disk is full','message':'seen before'}");
    rig_expect(rig, "ben", 1, "error", "seen before");
    rig_expect(rig, "ana", 0, "INC-1 join", "");
    rig_expect(rig, "ana", 0, "INC-1 private", "");
    rig_expect(rig, "ana", 0, "INC-1 error", "seen before");
    rig_person(rig, "cleo", "Cleo", NULL);
    rig_expect(rig, "cleo", 0, "INC-1 error", "! No incident INC-1");
}

static void a_title_may_begin_with_the_word(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "error rate of checkout is high", "! 'rate' is not a number");
    rig_expect(rig, "ben", 0, "errors in checkout", "INC-1");
}

/* Where a sample is read from the journal, because memory was lost. */
static void a_sample_outlives_memory(void **state)
{
    static const char *const parts[] = {"**PayError**: no route"};
    (void)state;
    send("/api/7/store/", ERROR("PayError", "no route", "shop@1"));
    struct arena arena = {0};
    struct alert alert;
    const struct incident *incident = rig_incident(rig, 1);
    CLEANUP_FREE char *fingerprint = xstrdup(incident->affected.alerts.v[0].fingerprint);
    triage_part.unload(rig->core);
    assert_int_equal(triage_part.load(rig->core, NULL), 0);
    assert_true(triage_sample(rig->core, fingerprint, &arena, &alert));
    assert_string_equal(alert.about.release, "shop@1");
    arena_finish(&arena);
    rig_room(rig, 1, "room");
    expect_on_card("INC-1", parts, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(the_first_card_shows_the_error),
        TEST(the_card_follows_the_latest_error),
        TEST(error_shows_the_whole),
        TEST(alerts_show_message_values_and_links),
        TEST(a_card_names_no_replica_beside_those_that_fire),
        TEST(a_card_does_not_repeat_its_summary),
        TEST(links_of_people_are_on_the_card),
        TEST(what_senders_write_is_literal),
        TEST(secrets_are_shown_nowhere),
        TEST(error_lists_the_other_groups),
        TEST(error_is_as_private_as_the_group),
        TEST(a_title_may_begin_with_the_word),
        TEST(a_sample_outlives_memory),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
