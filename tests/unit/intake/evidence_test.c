/* What each format says beyond its counts, and what a sample keeps of it. */
#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include "../../support/intake.h"
#include "base/mem.h"
#include "intake/evidence.h"

static struct arena arena;
static struct evidence evidence;

static int tear_down(void **state)
{
    arena_finish(&arena);
    return intake_tear_down(state);
}

/* The first alert of the request, with ' for ". */
static const struct alert *take(struct intake_world *w, const char *path, const char *body)
{
    CLEANUP_FREE char *text = xstrdup(body);
    for (char *p = text; *p; p++)
        *p = *p == '\'' ? '"' : *p;
    w->alerts = (struct alert_list){0};
    char *kept = arena_copy(&arena, text, strlen(text));
    assert_int_equal(intake_post(w, path, kept), 0);
    intake_check_alerts(w);
    assert_true(w->alerts.n > 0);
    evidence_read(&w->alerts.v[0], &arena, &evidence);
    return &w->alerts.v[0];
}

/* "runbook https://…, dashboard https://…". */
static const char *links(void)
{
    struct str all = {0};
    for (size_t i = 0; i < evidence.n_links; i++)
        str_addf(&all, "%s%s %s", i ? ", " : "", evidence.links[i].label, evidence.links[i].url);
    const char *copy = arena_copy(&arena, str_text(&all), all.len);
    str_finish(&all);
    return copy;
}

static void labelled_alerts_have_links(void **state)
{
    static const struct {
        const char *path, *body, *links;
    } rows[] = {
        {"/api/v2/alerts",
         "[{'labels':{'alertname':'A'},'annotations':{'runbook_url':'https://wiki.example/run'},"
         "'generatorURL':'http://prom/graph?g0=1'}]",
         "runbook https://wiki.example/run, source http://prom/graph?g0=1"},
        {"/api/v2/alerts", "[{'labels':{'alertname':'A'},'annotations':{'runbook':'http://wiki/r'}}]",
         "runbook http://wiki/r"},
        {"/api/v2/alerts", "[{'labels':{'alertname':'A'},'annotations':{'runbookURL':'HTTPS://wiki/r'}}]",
         "runbook HTTPS://wiki/r"},
        {"/api/v2/alerts", "[{'labels':{'alertname':'A','runbook_url':'https://w/r'}}]", "runbook https://w/r"},
        {"/intake/alertmanager",
         "{'version':'4','alerts':[{'labels':{'a':'b'},'annotations':{'dashboard_url':'https://g/d','logs':"
         "'https://l/x','playbook':'https://w/p'},'generatorURL':'https://g/d'}]}",
         "playbook https://w/p, dashboard https://g/d, logs https://l/x"},
        {"/intake/grafana",
         "{'alerts':[{'labels':{'a':'b'},'annotations':{'runbook_url':'https://w/r'},'generatorURL':'https://g/"
         "r',"
         "'silenceURL':'https://g/s','dashboardURL':'https://g/d','panelURL':'https://g/p'}]}",
         "runbook https://w/r, dashboard https://g/d, panel https://g/p, source https://g/r, silence "
         "https://g/s"},
        {"/intake/grafana",
         "{'ruleName':'R','title':'T','state':'alerting','ruleUrl':'https://g/rule','imageUrl':'https://g/"
         "i.png'}",
         "image https://g/i.png, source https://g/rule"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        take(*state, rows[i].path, rows[i].body);
        assert_string_equal(links(), rows[i].links);
    }
}

static void unsafe_links_are_dropped(void **state)
{
    static const char *const urls[] = {
        "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://x/y",     "//x/y", "http://",
        "https://?x",          "httpx://x/y",      "see https://x/y",    "https://x/a b",
    };
    for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
        CLEANUP_FREE char *body =
            xasprintf("[{'labels':{'alertname':'A'},'annotations':{'runbook_url':'%s'}}]", urls[i]);
        take(*state, "/api/v2/alerts", body);
        assert_string_equal(links(), "");
    }
}

static void links_hide_credentials(void **state)
{
    take(*state, "/intake/alerts",
         "{'title':'T','links':{'runbook':'https://ana:hunter2@wiki.example/run?token=hunter2&p=1'}}");
    assert_string_equal(links(), "runbook https://wiki.example/run?token=[hidden]&p=1");
}

static void links_are_bounded(void **state)
{
    CLEANUP_STR struct str body = {0};
    str_add(&body, "{'title':'T','links':[");
    for (int i = 0; i < 30; i++)
        str_addf(&body, "'https://x.example/%d',", i);
    str_add(&body, "{'label':'runbook','url':'https://x.example/run'}]}");
    take(*state, "/intake/alerts", body.p);
    assert_int_equal(evidence.n_links, EVIDENCE_LINKS);
    assert_string_equal(evidence.links[0].label, "runbook");
    char path[EVIDENCE_URL + 1];
    memset(path, 'a', sizeof(path));
    CLEANUP_FREE char *fits =
        xasprintf("[{'labels':{'a':'b'},'generatorURL':'https://x.example/%.*s'}]", EVIDENCE_URL - 18, path);
    CLEANUP_FREE char *over =
        xasprintf("[{'labels':{'a':'b'},'generatorURL':'https://x.example/%.*s'}]", EVIDENCE_URL - 17, path);
    take(*state, "/api/v2/alerts", fits);
    assert_int_equal(evidence.n_links, 1);
    take(*state, "/api/v2/alerts", over);
    assert_int_equal(evidence.n_links, 0);
}

static void other_formats_have_links(void **state)
{
    static const struct {
        const char *path, *body, *links;
    } rows[] = {
        {"/v2/enqueue",
         "{'routing_key':'rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr','event_action':'trigger','client':'Nagios',"
         "'client_url':'https://n/1','links':[{'href':'https://w/r','text':'how to "
         "*fix*'},{'href':'https://x/2'},"
         "{'href':'javascript:1','text':'no'}],'payload':{'summary':'disk','source':'db','severity':'error',"
         "'custom_details':{'runbook_url':'https://w/run'}}}",
         "runbook https://w/run, how to *fix* https://w/r, link https://x/2, Nagios https://n/1"},
        {"/intake/alerts", "{'title':'T','url':'https://t/1','runbook_url':'https://w/r'}",
         "runbook https://w/r, source https://t/1"},
        {"/intake/alerts", "{'title':'T','links':{'runbook':'https://w/r','wiki':'https://w/2'}}",
         "runbook https://w/r, wiki https://w/2"},
        {"/intake/alerts", "{'title':'T','links':['https://w/1',7,null,{}],'tags':{'dashboard':'https://g/d'}}",
         "dashboard https://g/d, link https://w/1"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        take(*state, rows[i].path, rows[i].body);
        assert_string_equal(links(), rows[i].links);
    }
}

static void sentry(struct intake_world *w)
{
    w->request.query = "sentry_key=0123456789abcdef0123456789abcdef";
    w->request.authorization = NULL;
}

#define STORE "/api/7/store/"

static void a_sentry_event_has_frames_request_and_crumbs(void **state)
{
    sentry(*state);
    const struct alert *a =
        take(*state, STORE,
             "{'web_url':'https://sentry.example/1','tags':{'runbook_url':'https://w/"
             "r'},'request':{'method':'POST','url':"
             "'https://ana:hunter2@shop.example/pay?card=4111','headers':{'Authorization':'Bearer hunter2'}},"
             "'breadcrumbs':{'values':[{'timestamp':1795446382,'category':'http','data':{'method':'GET','url':"
             "'https://bank.example/"
             "x?key=1','status_code':502}},{'category':'console','message':'password=hunter2'}]},"
             "'exception':{'values':[{'type':'IOError','value':'no "
             "route','stacktrace':{'frames':[{'function':'dial',"
             "'filename':'net.py','lineno':3,'in_app':true}]}},{'type':'PayError','value':'to "
             "postgres://a:hunter2@db',"
             "'stacktrace':{'frames':[{'function':'main','filename':'app/main.py','lineno':9,'in_app':true},"
             "{'function':'lib','filename':'lib.py','lineno':1},"
             "{'function':'pay','filename':'app/pay.py','lineno':42,'in_app':true}]}}]}}");
    assert_int_equal(evidence.trace.n, 2);
    assert_string_equal(evidence.trace.v[0].function, "pay");
    assert_string_equal(evidence.trace.v[0].file, "app/pay.py");
    assert_int_equal(evidence.trace.v[0].line, 42);
    assert_int_equal(evidence.n_causes, 1);
    assert_string_equal(evidence.causes[0].type, "IOError");
    assert_string_equal(evidence.causes[0].frame.function, "dial");
    assert_string_equal(evidence.method, "POST");
    assert_string_equal(evidence.url, "https://[hidden]@shop.example/pay");
    assert_int_equal(evidence.n_crumbs, 2);
    assert_string_equal(evidence.crumbs[0].message, "GET https://bank.example/x 502");
    assert_string_equal(evidence.crumbs[1].message, "password=[hidden]");
    assert_string_equal(links(), "runbook https://w/r, event https://sentry.example/1");
    CLEANUP_STR struct str sample = {0};
    alert_encode(a, 4000, &sample);
    assert_null(strstr(sample.p, "hunter2"));
    assert_null(strstr(sample.p, "4111"));
}

static void odd_events_have_no_evidence(void **state)
{
    static const char *const bodies[] = {
        "{'message':'m'}",
        "{'message':'m','breadcrumbs':'x','request':7,'exception':[],'tags':[[1,2],[],'x'],'extra':[null]}",
        "{'message':'m','breadcrumbs':{'values':[null,1,{},{'message':''}]},'exception':{'values':[null,7]}}",
        "{'exception':{'values':[{'type':'E','stacktrace':{'frames':[null,{},{'lineno':-3},{'function':'?'}]}}]"
        "}}",
    };
    sentry(*state);
    for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
        take(*state, STORE, bodies[i]);
        assert_int_equal(evidence.trace.n + evidence.n_causes + evidence.n_crumbs + evidence.n_links, 0);
    }
}

static void a_sample_keeps_evidence(void **state)
{
    struct alert back;
    struct evidence kept;
    CLEANUP_STR struct str one = {0}, two = {0};
    ((struct intake_world *)*state)->request.authorization = NULL;
    assert_int_equal(intake_post_capture(*state, "sentry_cause.http"), 0);
    const struct alert *a = &((struct intake_world *)*state)->alerts.v[0];
    evidence_read(a, &arena, &evidence);
    assert_true(evidence.trace.n > 0 && evidence.n_causes == 1);
    alert_encode(a, 4000, &one);
    assert_int_equal(alert_decode(one.p, one.len, &arena, &back, NULL), 0);
    evidence_read(&back, &arena, &kept);
    assert_int_equal(kept.trace.n, evidence.trace.n);
    assert_string_equal(kept.trace.v[0].function, "charge");
    assert_string_equal(kept.trace.v[0].file, evidence.trace.v[0].file);
    assert_int_equal(kept.trace.v[0].line, evidence.trace.v[0].line);
    assert_string_equal(kept.causes[0].value, evidence.causes[0].value);
    alert_encode(&back, 4000, &two);
    assert_string_equal(one.p, two.p);
}

static void a_sample_has_no_secret_tags(void **state)
{
    const struct alert *a = take(*state, "/intake/alerts",
                                 "{'title':'T','tags':{'password':'hunter2','Authorization':'hunter2','dsn':"
                                 "'redis://:hunter2@c','plain':'seen'},'message':'Cookie: a=hunter2'}");
    CLEANUP_STR struct str sample = {0};
    alert_encode(a, 4000, &sample);
    assert_null(strstr(sample.p, "hunter2"));
    assert_non_null(strstr(sample.p, "\"plain\":\"seen\""));
}

/* Links survive when texts must be cut, and are never cut themselves. */
static void a_full_sample_keeps_whole_links(void **state)
{
    CLEANUP_STR struct str body = {0}, sample = {0};
    str_add(&body, "{'title':'T','url':'https://x.example/");
    for (int i = 0; i < 400; i++)
        str_addc(&body, 'u');
    str_add(&body, "','links':{'runbook':'https://w.example/run'},'message':'");
    for (int i = 0; i < 3000; i++)
        str_add(&body, "\\n");
    str_add(&body, "','tags':{");
    for (int i = 0; i < 48; i++)
        str_addf(&body, "%s'k%d':'%0200d'", i ? "," : "", i, i);
    str_add(&body, "}}");
    const struct alert *a = take(*state, "/intake/alerts", body.p);
    alert_encode(a, 4000, &sample);
    assert_true(sample.len <= 4000);
    assert_non_null(strstr(sample.p, "{\"label\":\"runbook\",\"url\":\"https://w.example/run\"}"));
    const char *url = strstr(sample.p, "\"url\":\"https://x.example/");
    assert_true(!url || strspn(url + strlen("\"url\":\"https://x.example/"), "u") == 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, intake_set_up, tear_down)
        TEST(labelled_alerts_have_links),  TEST(unsafe_links_are_dropped),
        TEST(links_hide_credentials),      TEST(links_are_bounded),
        TEST(other_formats_have_links),    TEST(a_sentry_event_has_frames_request_and_crumbs),
        TEST(odd_events_have_no_evidence), TEST(a_sample_keeps_evidence),
        TEST(a_sample_has_no_secret_tags), TEST(a_full_sample_keeps_whole_links),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
