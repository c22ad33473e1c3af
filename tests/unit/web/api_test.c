/* The REST API over a whole core: each path and method of docs/openapi.json answers with the documented fields. */
#include "api_rig.h"

#define DESCRIPTION "docs/openapi.json"

static cJSON *description;

static cJSON *read_description(void)
{
    CLEANUP_STR struct str text = {0};
    FILE *in = fopen(DESCRIPTION, "r");
    assert_non_null(in);
    for (int c; (c = fgetc(in)) != EOF;)
        str_addc(&text, (char)c);
    fclose(in);
    cJSON *doc = NULL;
    struct error err;
    if (json_parse(text.p, text.len, 1 << 20, JSON_DEPTH, DESCRIPTION, &doc, &err))
        fail_msg("%s", err.text);
    return doc;
}

static int setup(void **state)
{
    description = read_description();
    return api_rig_setup(state);
}

static int teardown(void **state)
{
    cJSON_Delete(description);
    return api_rig_teardown(state);
}

static int ask_status(const char *method, const char *path, const char *token, const char *body)
{
    return ask(method, path, token, body, NULL);
}

/* ---- schemas, as far as the description uses them ---- */

static const cJSON *member(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static const cJSON *resolve(const cJSON *schema)
{
    const char *ref = json_text_or(schema, "$ref", NULL);
    if (!ref)
        return schema;
    const cJSON *at = description;
    CLEANUP_FREE char *path = xstrdup(ref);
    char *rest = NULL;
    for (char *part = strtok_r(path + 1, "/", &rest); part; part = strtok_r(NULL, "/", &rest))
        at = member(at, part);
    if (!at)
        fail_msg("%s points nowhere", ref);
    return at;
}

static bool has_type(const cJSON *value, const char *type)
{
    static const struct {
        const char *name;
        cJSON_bool (*is)(const cJSON *item);
    } types[] = {{"string", cJSON_IsString}, {"boolean", cJSON_IsBool}, {"object", cJSON_IsObject},
                 {"array", cJSON_IsArray},   {"null", cJSON_IsNull},    {"integer", cJSON_IsNumber}};
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (strcmp(types[i].name, type) == 0)
            return types[i].is(value);
    fail_msg("the description uses a type that this test does not know: %s", type);
    return false;
}

static void check_value(const cJSON *value, const cJSON *schema, const char *where);

static void check_object(const cJSON *value, const cJSON *schema, const char *where)
{
    const cJSON *item, *properties = member(schema, "properties"),
                       *others = member(schema, "additionalProperties");
    cJSON_ArrayForEach(item, member(schema, "required"))
    {
        if (!member(value, item->valuestring))
            fail_msg("%s has no \"%s\"", where, item->valuestring);
    }
    cJSON_ArrayForEach(item, value)
    {
        CLEANUP_FREE char *deeper = xasprintf("%s.%s", where, item->string);
        const cJSON *property = member(properties, item->string);
        if (property || others)
            check_value(item, property ? property : others, deeper);
    }
}

static void check_value(const cJSON *value, const cJSON *schema, const char *where)
{
    schema = resolve(schema);
    const cJSON *one, *type = member(schema, "type");
    bool good = cJSON_IsString(type) && has_type(value, type->valuestring);
    cJSON_ArrayForEach(one, type)
    {
        good = good || has_type(value, one->valuestring);
    }
    if (!good)
        fail_msg("%s does not have the documented type", where);
    instant at;
    if (cJSON_IsString(value) && text_equal(json_text_or(schema, "format", ""), "date-time"))
        assert_int_equal(instant_parse(value->valuestring, &at, NULL), 0);
    if (cJSON_IsObject(value))
        check_object(value, schema, where);
    for (one = cJSON_IsArray(value) ? value->child : NULL; one; one = one->next)
        check_value(one, member(schema, "items"), where);
}

/* The schema of an answer: that of its status, else the default. */
static const cJSON *schema_of(const cJSON *operation, int status)
{
    char key[16];
    snprintf(key, sizeof(key), "%d", status);
    const cJSON *responses = member(operation, "responses"), *found = member(responses, key);
    const cJSON *content = member(resolve(found ? found : member(responses, "default")), "content");
    return member(content->child, "schema");
}

/* ---- each path and method, with and without rights ---- */

static const struct sample {
    const char *method, *pattern, *path, *body;
    int status;
} samples[] = {
    {"get", "/api/v1/me", NULL, NULL, 200},
    {"get", "/api/v1/openapi.json", NULL, NULL, 200},
    {"post", "/api/v1/incidents", NULL,
     "{\"title\":\"checkout is "
     "slow\",\"severity\":\"major\",\"team\":\"payments\",\"service\":\"checkout\",\"summary\":\"s\"}",
     201},
    {"post", "/api/v1/incidents", NULL, "{\"title\":\" \"}", 400},
    {"post", "/api/v1/incidents", NULL, "{\"title\":\"x\",\"private\":\"yes\"}", 400},
    {"post", "/api/v1/incidents", NULL, "{\"title\":\"x\",\"service\":5}", 400},
    {"post", "/api/v1/incidents", NULL, "{\"title\":\"x\",\"severity\":\"huge\"}", 400},
    {"post", "/api/v1/commands", NULL,
     "{\"text\":\"pause waiting for the bank for 2h\",\"incident\":\"INC-1\"}", 200},
    {"post", "/api/v1/commands", NULL, "{\"text\":\"accept INC-1\"}", 409},
    {"post", "/api/v1/commands", NULL, "{\"text\":\"show INC-99\"}", 404},
    {"post", "/api/v1/commands", NULL, "{\"text\":\"\"}", 400},
    {"post", "/api/v1/commands", NULL, "[]", 400},
    {"get", "/api/v1/incidents", "/api/v1/incidents?limit=1", NULL, 200},
    {"get", "/api/v1/incidents", "/api/v1/incidents?status=no", NULL, 400},
    {"get", "/api/v1/incidents", "/api/v1/incidents?limit=abc", NULL, 400},
    {"get", "/api/v1/incidents", "/api/v1/incidents?limit=0", NULL, 400},
    {"get", "/api/v1/incidents", "/api/v1/incidents?before=-1", NULL, 400},
    {"get", "/api/v1/incidents/{id}/timeline", "/api/v1/incidents/1/timeline?limit=1e9", NULL, 400},
    {"get", "/api/v1/search", "/api/v1/search?q=x&limit=", NULL, 400},
    {"get", "/api/v1/groups", "/api/v1/groups?limit=99999999999999999999999", NULL, 400},
    {"get", "/api/v1/incidents", "/api/v1/incidents?status=all&q=checkout", NULL, 200},
    {"get", "/api/v1/incidents/{id}", "/api/v1/incidents/INC-1", NULL, 200},
    {"get", "/api/v1/incidents/{id}", "/api/v1/incidents/9", NULL, 404},
    {"get", "/api/v1/incidents/{id}/timeline", "/api/v1/incidents/1/timeline?limit=2", NULL, 200},
    {"get", "/api/v1/incidents/{id}/customers", "/api/v1/incidents/1/customers", NULL, 200},
    {"get", "/api/v1/incidents/{id}/customers", "/api/v1/incidents/999/customers", NULL, 404},
    {"get", "/api/v1/incidents/{id}/tickets", "/api/v1/incidents/1/tickets", NULL, 200},
    {"get", "/api/v1/incidents/{id}/tickets", "/api/v1/incidents/999/tickets", NULL, 404},
    {"get", "/api/v1/incidents/{id}/writeup", "/api/v1/incidents/1/writeup", NULL, 404},
    {"post", "/api/v1/commands", NULL, "{\"text\":\"INC-1 writeup draft\"}", 200},
    {"get", "/api/v1/incidents/{id}/writeup", "/api/v1/incidents/1/writeup", NULL, 200},
    {"get", "/api/v1/incidents/{id}/writeup", "/api/v1/incidents/1/writeup?version=9", NULL, 404},
    {"put", "/api/v1/incidents/{id}/writeup", "/api/v1/incidents/1/writeup", "{\"version\":1,\"text\":\"one\"}",
     200},
    {"put", "/api/v1/incidents/{id}/writeup", "/api/v1/incidents/1/writeup",
     "{\"version\":1,\"text\":\"other\"}", 409},
    {"get", "/api/v1/incidents/{id}/debrief", "/api/v1/incidents/1/debrief", NULL, 200},
    {"get", "/api/v1/incidents/{id}/debrief", "/api/v1/incidents/999/debrief", NULL, 404},
    {"put", "/api/v1/incidents/{id}/writeup", "/api/v1/incidents/999/writeup", "{\"version\":1,\"text\":\"x\"}",
     404},
    {"get", "/api/v1/search", "/api/v1/search?q=checkout", NULL, 200},
    {"get", "/api/v1/groups", "/api/v1/groups?limit=1", NULL, 200},
    {"get", "/api/v1/groups/{fingerprint}", "/api/v1/groups/00000000000000ff", NULL, 200},
    {"get", "/api/v1/groups/{fingerprint}", "/api/v1/groups/zz", NULL, 404},
    {"get", "/api/v1/incoming", "/api/v1/incoming?q=x&limit=1", NULL, 200},
    {"get", "/api/v1/incoming", NULL, NULL, 200},
    {"get", "/api/v1/incoming", "/api/v1/incoming?limit=0", NULL, 400},
    {"get", "/api/v1/oncall", NULL, NULL, 200},
    {"get", "/api/v1/heartbeats", NULL, NULL, 200},
    {"post", "/api/v1/commands", NULL, "{\"text\":\"INC-1 followup fix the retry by tomorrow\"}", 200},
    {"get", "/api/v1/followups", NULL, NULL, 200},
    {"get", "/api/v1/followups", "/api/v1/followups?incident=INC-1&team=payments", NULL, 200},
    {"get", "/api/v1/followups", "/api/v1/followups?incident=x", NULL, 400},
    {"get", "/api/v1/insights", NULL, NULL, 200},
    {"get", "/api/v1/insights", "/api/v1/insights?month=2026-10&months=2&team=payments", NULL, 200},
    {"get", "/api/v1/insights", "/api/v1/insights?month=soon", NULL, 400},
    {"get", "/api/v1/insights", "/api/v1/insights?months=0", NULL, 400},
    {"get", "/api/v1/insights", "/api/v1/insights?months=60&by=service", NULL, 200},
    {"get", "/api/v1/insights", "/api/v1/insights?by=colour", NULL, 400},
    {"get", "/api/v1/insights", "/api/v1/insights?months=13", NULL, 400},
    {"get", "/api/v1/insights/charts/{file}", "/api/v1/insights/charts/colour.csv", NULL, 404},
    {"get", "/api/v1/insights/charts/{file}", "/api/v1/insights/charts/team", NULL, 404},
    {"get", "/api/v1/insights/charts/{file}", "/api/v1/insights/charts/ended.csv?months=13", NULL, 400},
    {"get", "/api/v1/insights/charts/{file}", "/api/v1/insights/charts/team.csv?month=soon", NULL, 400},
    {"get", "/api/v1/insights/charts/{file}", "/api/v1/insights/charts/team.png", NULL, 503},
    {"get", "/api/v1/subscribers", NULL, NULL, 200},
    {"get", "/api/v1/subscribers", "/api/v1/subscribers?limit=0", NULL, 400},
    {"post", "/api/v1/subscribers", NULL,
     "{\"subscribers\":[{\"line\":2,\"kind\":\"email\",\"address\":\"ana@acme.example\"},{\"line\":3,\"kind\":"
     "\"sms\"}]}",
     200},
    {"post", "/api/v1/subscribers", NULL, "{\"subscribers\":5}", 400},
    {"post", "/api/v1/subscribers", NULL, "{\"page\":\"none\",\"subscribers\":[]}", 404},
    {"get", "/api/v1/subscribers", "/api/v1/subscribers?limit=1", NULL, 200},
    {"get", "/api/v1/subscribers", "/api/v1/subscribers?cursor=x", NULL, 400},
    {"delete", "/api/v1/subscribers", "/api/v1/subscribers?address=ana@acme.example", NULL, 200},
    {"delete", "/api/v1/subscribers", NULL, NULL, 400},
    {"get", "/api/v1/oncall", "/api/v1/oncall?at=soon", NULL, 400},
    {"get", "/api/v1/oncall/{rotation}", "/api/v1/oncall/none", NULL, 404},
    {"get", "/api/v1/webhooks", NULL, NULL, 200},
    {"get", "/api/v1/webhooks/{name}/deliveries", "/api/v1/webhooks/none/deliveries", NULL, 404},
    {"post", "/api/v1/webhooks/{name}/deliveries/{event}/again", "/api/v1/webhooks/none/deliveries/5/again",
     NULL, 404},
    {"post", "/api/v1/webhooks/{name}/enable", "/api/v1/webhooks/none/enable", NULL, 404},
    {"get", "/api/v1/rules", NULL, NULL, 200},
    {"get", "/api/v1/connectors", NULL, NULL, 200},
    {"post", "/api/v1/connectors/{name}/restart", "/api/v1/connectors/none/restart", NULL, 404},
    {"post", "/api/v1/connectors/{name}/check", "/api/v1/connectors/none/check", NULL, 404},
    {"get", "/api/v1/actions", "/api/v1/actions?state=dead", NULL, 200},
    {"post", "/api/v1/actions/{id}/again", "/api/v1/actions/DEAD/again", NULL, 200},
    {"delete", "/api/v1/actions/{id}", "/api/v1/actions/DEAD", NULL, 200},
    {"delete", "/api/v1/actions/{id}", "/api/v1/actions/99999", NULL, 404},
    {"post", "/api/v1/reload", NULL, NULL, 200},
    {"post", "/api/v1/policy/reload", NULL, NULL, 200},
    {"post", "/api/v1/reload", NULL, NULL, 400},
    {"get", "/api/v1/people/{person}", "/api/v1/people/ana-maria", NULL, 200},
    {"get", "/api/v1/people/{person}", "/api/v1/people/nobody-there", NULL, 404},
    {"post", "/api/v1/people/{person}/unlink", "/api/v1/people/ana-maria/unlink", "{\"connector\":\"teams\"}",
     404},
    {"post", "/api/v1/people/{person}/unlink", "/api/v1/people/ana-maria/unlink", "{\"connector\":\"console\"}",
     409},
    {"post", "/api/v1/people/{person}/unlink", "/api/v1/people/ana-maria/unlink", "{}", 400},
    {"post", "/api/v1/tokens", NULL, "{\"name\":\"x\",\"scopes\":\"read\"}", 201},
    {"post", "/api/v1/tokens", NULL, "{\"name\":\"x\",\"scopes\":\"write\"}", 409},
    {"post", "/api/v1/tokens", NULL, "{\"name\":\"y\",\"scopes\":\"fly\"}", 400},
    {"put", "/api/v1/customers/{key}", "/api/v1/customers/acme",
     "{\"name\":\"Acme\",\"tier\":\"gold\",\"contacts\":[{\"email\":\"jo@acme.example\"}],\"routes\":[{"
     "\"connector\":\"email\",\"address\":"
     "\"ops@acme.example\"}],\"wish\":\"no-contact\"}",
     200},
    {"put", "/api/v1/customers/{key}", "/api/v1/customers/acme", "{\"key\":\"other\"}", 400},
    {"put", "/api/v1/customers/{key}", "/api/v1/customers/acme", "{\"colour\":\"red\"}", 400},
    {"put", "/api/v1/customers/{key}", "/api/v1/customers/beta", "{\"owner\":\"nobody\"}", 409},
    {"get", "/api/v1/customers", NULL, NULL, 200},
    {"get", "/api/v1/customers/{key}", "/api/v1/customers/ACME", NULL, 200},
    {"get", "/api/v1/customers/{key}", "/api/v1/customers/beta", NULL, 404},
    {"post", "/api/v1/customers/import", NULL, "{\"csv\":\"key,tier\\nacme,silver\\n,x\\n\"}", 200},
    {"post", "/api/v1/customers/import", NULL, "{\"customers\":[{\"key\":\"globex\"}],\"dry_run\":true}", 200},
    {"post", "/api/v1/customers/import", NULL, "{}", 400},
    {"post", "/api/v1/statuspage/posts", NULL, "{\"posts\":[{\"origin\":\"x\"}]}", 200},
    {"post", "/api/v1/statuspage/posts", NULL, "{}", 400},
    {"delete", "/api/v1/customers/{key}", "/api/v1/customers/acme", NULL, 200},
    {"delete", "/api/v1/customers/{key}", "/api/v1/customers/acme", NULL, 404},
    {"get", "/api/v1/tokens", NULL, NULL, 200},
    {"delete", "/api/v1/tokens/{id}", "/api/v1/tokens/x", NULL, 200},
    {"delete", "/api/v1/tokens/{id}", "/api/v1/tokens/x", NULL, 404},
};
#define SAMPLES (sizeof(samples) / sizeof(samples[0]))

static bool take_id(void *ctx, const struct action *action)
{
    *(uint64_t *)ctx = action->id;
    return action->state != ACTION_DEAD;
}

/* The path, with the number of a dead action in place of DEAD. */
static char *path_of(const struct sample *sample)
{
    const char *path = sample->path ? sample->path : sample->pattern, *dead = strstr(path, "DEAD");
    if (!dead)
        return xstrdup(path);
    uint64_t id = 0;
    outbox_each(core_outbox(rig->core), take_id, &id);
    return xasprintf("%.*s%llu%s", (int)(dead - path), path, (unsigned long long)id, dead + 4);
}

static void taken(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    (void)ctx, (void)err, (void)last_seq;
    assert_int_equal(rc, 0);
}

static void an_alert(void)
{
    struct alert alert;
    alert_init(&alert, "shop", rig->now);
    alert.fingerprint = 0xff;
    alert.about.title = "TimeoutError";
    alert.about.service = "checkout";
    triage_alerts(rig->core, &alert, 1, rig->now, taken, NULL);
    rig_settle(rig);
}

static void test_documented_paths_answer_as_documented(void **state)
{
    (void)state;
    bool used[SAMPLES] = {false};
    rig->outcome = TOCSIN_REFUSED; /* so that some actions end dead */
    an_alert();
    for (size_t i = 0; i < SAMPLES; i++) {
        const cJSON *operation =
            member(member(member(description, "paths"), samples[i].pattern), samples[i].method);
        if (!operation)
            fail_msg("%s %s is not documented", samples[i].method, samples[i].pattern);
        CLEANUP_FREE char *path = path_of(&samples[i]), *method = xstrdup(samples[i].method);
        for (char *c = method; *c; c++)
            *c = (char)(*c - 'a' + 'A');
        CLEANUP_JSON cJSON *answer = NULL;
        int status = ask(method, path, ana, samples[i].body, &answer);
        CLEANUP_FREE char *text = cJSON_PrintUnformatted(answer);
        if (status != samples[i].status)
            fail_msg("%s %s: %d instead of %d: %s", method, path, status, samples[i].status, text);
        bool problem = member(answer, "title") && member(answer, "status") && !member(answer, "state") &&
                       !member(answer, "card");
        const cJSON *schema = problem ? member(member(member(description, "components"), "schemas"), "Problem")
                                      : schema_of(operation, status);
        check_value(answer, schema, samples[i].pattern);
        used[i] = true;
    }
    rig->outcome = TOCSIN_DONE;
    (void)used;
}

static bool sampled(const char *method, const char *pattern)
{
    for (size_t i = 0; i < SAMPLES; i++)
        if (strcmp(samples[i].method, method) == 0 && strcmp(samples[i].pattern, pattern) == 0)
            return true;
    return false;
}

static void test_every_path_is_documented_and_sampled(void **state)
{
    (void)state;
    const cJSON *path, *operation;
    cJSON_ArrayForEach(path, member(description, "paths"))
    {
        cJSON_ArrayForEach(operation, path)
        {
            if (!sampled(operation->string, path->string))
                fail_msg("%s %s has no sample", operation->string, path->string);
        }
    }
    const struct {
        const struct route *routes;
        size_t n;
    } tables[] = {{api_incident_routes, api_incident_route_count},
                  {api_incoming_routes, api_incoming_route_count},
                  {api_customer_routes, api_customer_route_count},
                  {api_people_routes, api_people_route_count},
                  {api_oncall_routes, api_oncall_route_count},
                  {api_heartbeat_routes, api_heartbeat_route_count},
                  {api_insight_routes, api_insight_route_count},
                  {api_statuspage_routes, api_statuspage_route_count},
                  {api_subscriber_routes, api_subscriber_route_count},
                  {api_webhook_routes, api_webhook_route_count},
                  {api_admin_routes, api_admin_route_count}};
    for (size_t t = 0; t < ARRAY_SIZE(tables); t++)
        for (size_t i = 0; i < tables[t].n; i++) {
            const struct route *route = &tables[t].routes[i];
            char method[16] = "";
            for (const char *c = http_method_name(route->method); *c; c++)
                method[strlen(method)] = (char)(*c - 'A' + 'a');
            if (text_starts(route->pattern, "/api/") && !sampled(method, route->pattern))
                fail_msg("%s %s is not documented", method, route->pattern);
        }
}

static void test_scopes_are_enforced(void **state)
{
    (void)state;
    const cJSON *path, *operation;
    cJSON_ArrayForEach(path, member(description, "paths"))
    {
        cJSON_ArrayForEach(operation, path)
        {
            CLEANUP_FREE char *method = xstrdup(operation->string);
            for (char *c = method; *c; c++)
                *c = (char)(*c - 'a' + 'A');
            bool open = cJSON_GetArraySize(member(operation, "security")) == 0;
            bool reads = strstr(json_text_or(operation, "description", ""), "read") != NULL;
            assert_int_equal(ask_status(method, path->string, "tocsin_wrong", NULL), open ? 200 : 401);
            if (!open && !reads)
                assert_int_equal(ask_status(method, path->string, reader, NULL), 403);
        }
    }
}

static void test_the_served_description_is_the_file(void **state)
{
    (void)state;
    CLEANUP_JSON cJSON *served = NULL;
    assert_int_equal(ask("GET", "/api/v1/openapi.json", ana, NULL, &served), 200);
    assert_true(cJSON_Compare(served, description, true));
}

/* ---- meaning ---- */

static void read_evidence(const struct alert *alert, struct arena *arena, struct evidence *ret)
{
    (void)alert;
    ret->trace.v[ret->trace.n++] = (struct evidence_frame){"charge", "app/pay.js", 42};
    ret->causes[ret->n_causes++] = (struct evidence_cause){"IOError", "no route", {"dial", "", 0}};
    ret->crumbs[ret->n_crumbs++] = (struct evidence_crumb){"", "http", "asked the bank"};
    ret->method = "POST";
    ret->url = "https://shop.example/pay";
    evidence_link(ret, arena, "runbook", "https://w.example/pay");
}

/* An alert that tells everything, attached to the incident. */
static void attach_an_error(uint64_t id)
{
    static const struct alert_tag tags[] = {{"plan", "gold"}};
    struct alert alert;
    alert_init(&alert, "sentry", rig->now);
    alert.fingerprint = 0xee;
    alert.about.title = "PayError: refused";
    alert.about.type = "PayError";
    alert.exception_value = "refused";
    alert.about.release = "shop@1.4.2";
    alert.who.user = "17";
    alert.tags = tags;
    alert.n_tags = 1;
    alert.evidence.read = read_evidence;
    triage_alerts(rig->core, &alert, 1, rig->now, taken, NULL);
    rig_settle(rig);
    struct turn *turn = turn_begin(rig->core, rig->now);
    struct command attach = {.verb = "alert",
                             .by = "rules",
                             .value = "00000000000000ee",
                             .text = alert.about.title,
                             .flag = true,
                             .count = 1};
    assert_int_equal(turn_do(turn, id, &attach, NULL, NULL), 0);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
}

static int64_t declare(const char *token, const char *body);

static void test_an_incident_shows_its_errors(void **state)
{
    (void)state;
    char path[64];
    int64_t id = declare(ana, "{\"title\":\"pay\"}");
    attach_an_error((uint64_t)id);
    snprintf(path, sizeof(path), "/api/v1/incidents/%lld", (long long)id);
    CLEANUP_JSON cJSON *answer = NULL;
    assert_int_equal(ask("GET", path, ana, NULL, &answer), 200);
    const cJSON *error = cJSON_GetArrayItem(member(answer, "errors"), 0);
    const cJSON *frame = cJSON_GetArrayItem(member(error, "frames"), 0);
    const cJSON *link = cJSON_GetArrayItem(member(error, "links"), 0);
    const cJSON *schemas = member(member(description, "components"), "schemas");
    check_value(answer, member(schemas, "Incident"), path);
    const cJSON *item;
    cJSON_ArrayForEach(item, error)
    {
        if (!member(member(member(schemas, "Error"), "properties"), item->string))
            fail_msg("\"%s\" of an error is not documented", item->string);
    }
    assert_string_equal(json_text_or(error, "type", ""), "PayError");
    assert_string_equal(json_text_or(error, "value", ""), "refused");
    assert_string_equal(json_text_or(error, "release", ""), "shop@1.4.2");
    assert_string_equal(json_text_or(frame, "function", ""), "charge");
    assert_string_equal(json_text_or(frame, "file", ""), "app/pay.js");
    assert_int_equal(json_int_or(frame, "line", 0), 42);
    assert_string_equal(json_text_or(member(error, "user"), "id", ""), "17");
    assert_string_equal(json_text_or(member(error, "tags"), "plan", ""), "gold");
    assert_string_equal(json_text_or(member(error, "request"), "method", ""), "POST");
    assert_string_equal(json_text_or(link, "url", ""), "https://w.example/pay");
    assert_int_equal(cJSON_GetArraySize(member(error, "causes")), 1);
    assert_int_equal(cJSON_GetArraySize(member(error, "breadcrumbs")), 1);
}

static int64_t declare(const char *token, const char *body)
{
    CLEANUP_JSON cJSON *answer = NULL;
    assert_int_equal(ask("POST", "/api/v1/incidents", token, body, &answer), 201);
    return json_int_or(member(answer, "state"), "id", 0);
}

static void test_a_title_is_a_title(void **state)
{
    (void)state;
    CLEANUP_JSON cJSON *answer = NULL;
    assert_int_equal(
        ask("POST", "/api/v1/incidents", ben,
            "{\"title\":\"--private \\\"; accept INC-1\",\"team\":\"a b --drill\",\"drill\":false}", &answer),
        201);
    const cJSON *incident = member(answer, "state");
    assert_string_equal(json_text_or(incident, "title", ""), "--private \"; accept INC-1");
    assert_string_equal(json_text_or(incident, "team", ""), "a b --drill");
    assert_false(json_bool_or(incident, "private", false));
    assert_false(json_bool_or(incident, "drill", false));
    assert_string_equal(json_text_or(incident, "declared_by", ""), "ben");
}

static void test_a_tool_declares_into_triage(void **state)
{
    (void)state;
    CLEANUP_JSON cJSON *answer = NULL;
    assert_int_equal(ask("POST", "/api/v1/incidents", tool, "{\"title\":\"deploy failed\"}", &answer), 201);
    assert_string_equal(json_text_or(member(answer, "state"), "status", ""), "triage");
    assert_string_equal(json_text_or(member(answer, "state"), "declared_by", ""), "api/deploy");
    assert_int_equal(ask_status("POST", "/api/v1/incidents", tool, "{\"title\":\"x\",\"private\":true}"), 400);
}

static void test_pages(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        declare(ana, "{\"title\":\"one of many\"}");
    size_t n = 0;
    int64_t before = 0, last = INT64_MAX;
    do {
        CLEANUP_JSON cJSON *page = NULL;
        CLEANUP_FREE char *path = xasprintf("/api/v1/incidents?status=all&limit=2%s%lld",
                                            before ? "&before=" : "&x=", (long long)before);
        assert_int_equal(ask("GET", path, ana, NULL, &page), 200);
        const cJSON *row;
        cJSON_ArrayForEach(row, member(page, "incidents"))
        {
            int64_t id = json_int_or(member(row, "state"), "id", 0);
            assert_true(id < last);
            last = id;
            n++;
        }
        before = json_int_or(page, "next_before", 0);
    } while (before);
    CLEANUP_JSON cJSON *all = NULL;
    assert_int_equal(ask("GET", "/api/v1/incidents?status=all&limit=500", ana, NULL, &all), 200);
    assert_int_equal(n, cJSON_GetArraySize(member(all, "incidents")));
    CLEANUP_JSON cJSON *found = NULL;
    assert_int_equal(ask("GET", "/api/v1/incidents?q=many", ana, NULL, &found), 200);
    assert_int_equal(cJSON_GetArraySize(member(found, "incidents")), 5);
}

/* An action about an incident, which its connector refuses. */
static void an_action(int64_t incident, const char *detail)
{
    struct turn *turn = turn_begin(rig->core, rig->now);
    struct action action = {.key = (char *)detail,
                            .connector = (char *)"console",
                            .kind = (char *)detail,
                            .body = (char *)"{}",
                            .incident = (uint64_t)incident,
                            .made_at = rig->now};
    outbox_add(core_outbox(rig->core), &action, turn_batch(turn));
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
}

/* No path returns a byte of a private incident to somebody who may not see it. */
static void test_private_incidents_do_not_exist_for_others(void **state)
{
    (void)state;
    rig->outcome = TOCSIN_REFUSED;
    int64_t id = declare(ana, "{\"title\":\"zebra breach\",\"private\":true,\"summary\":\"zebra\"}");
    an_action(id, "zebra");
    CLEANUP_JSON cJSON *actions = NULL;
    assert_int_equal(ask("GET", "/api/v1/actions", ana, NULL, &actions), 200);
    CLEANUP_FREE char *listed = cJSON_PrintUnformatted(actions);
    assert_non_null(strstr(listed, "zebra"));
    CLEANUP_FREE char *note = xasprintf("{\"text\":\"note INC-%lld zebra note\"}", (long long)id);
    assert_int_equal(ask_status("POST", "/api/v1/commands", ana, note), 200);
    static const char *const paths[] = {
        "/api/v1/incidents?status=all&limit=500",
        "/api/v1/incidents?status=all&q=zebra",
        "/api/v1/search?q=zebra",
        "/api/v1/actions",
        "/api/v1/groups",
        "/api/v1/incoming",
        "/api/v1/incidents/%lld",
        "/api/v1/incidents/%lld/timeline",
    };
    const char *const others[] = {ben, tool};
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        for (size_t k = 0; k < 2; k++) {
            const char *hole = strstr(paths[i], "%lld");
            CLEANUP_FREE char *path =
                hole ? xasprintf("%.*s%lld%s", (int)(hole - paths[i]), paths[i], (long long)id, hole + 4)
                     : xstrdup(paths[i]);
            CLEANUP_JSON cJSON *answer = NULL;
            int status = ask("GET", path, others[k], NULL, &answer);
            CLEANUP_FREE char *text = cJSON_PrintUnformatted(answer);
            assert_int_equal(status, hole ? 404 : 200);
            assert_null(strstr(text, "zebra"));
        }
    CLEANUP_FREE char *show = xasprintf("{\"text\":\"show INC-%lld\"}", (long long)id);
    assert_int_equal(ask_status("POST", "/api/v1/commands", ben, show), 404);
    assert_int_equal(ask_status("POST", "/api/v1/commands", ana, show), 200);
    CLEANUP_JSON cJSON *found = NULL;
    assert_int_equal(ask("GET", "/api/v1/search?q=zebra", ana, NULL, &found), 200);
    assert_true(cJSON_GetArraySize(member(found, "results")) > 0);
    rig->outcome = TOCSIN_DONE;
}

static void test_changes_are_refused_while_the_journal_fails(void **state)
{
    (void)state;
    int64_t id = declare(ana, "{\"title\":\"before the disk was full\"}");
    CLEANUP_FREE char *there = xasprintf("INC-%" PRId64, id), *next = xasprintf("INC-%" PRId64, id + 1);
    memory_store_fail_next(rig->memory, 1000);
    for (int i = 0; i < 2; i++) {
        CLEANUP_FREE char *of_next = xasprintf("/api/v1/incidents/%s", next);
        CLEANUP_FREE char *timeline = xasprintf("%s/timeline", of_next);
        CLEANUP_FREE char *show = xasprintf("{\"text\":\"show %s\"}", there);
        CLEANUP_FREE char *note = xasprintf("{\"text\":\"%s note lost\"}", there);
        CLEANUP_JSON cJSON *listed = NULL;
        assert_int_equal(ask_status("POST", "/api/v1/incidents", ana, "{\"title\":\"lost\"}"), 503);
        assert_int_equal(ask_status("GET", of_next, ana, NULL), 404);
        assert_int_equal(ask_status("GET", timeline, ana, NULL), 404);
        assert_int_equal(ask_status("POST", "/api/v1/commands", ana, show), 200);
        assert_int_equal(ask_status("POST", "/api/v1/commands", ana, note), 503);
        assert_int_equal(ask("GET", "/api/v1/incidents", ana, NULL, &listed), 200);
        CLEANUP_FREE char *list = cJSON_PrintUnformatted(listed);
        assert_non_null(strstr(list, there));
        assert_null(strstr(list, "lost"));
    }
    memory_store_fail_next(rig->memory, 0);
    for (int i = 0; i < 100 && !core_ready(rig->core, &(const char *){NULL}); i++) {
        rig->now += SECOND;
        rig_settle(rig);
    }
    declare(ana, "{\"title\":\"kept\"}");
}

/* Nobody reads what a crash or a full disk could still undo. */
static void test_what_is_not_durable_is_not_read(void **state)
{
    (void)state;
    for (int fails = 0; fails < 2; fails++) {
        struct http_client client;
        uint64_t id = 0;
        struct turn *turn = turn_begin(rig->core, rig->now);
        struct command declare_it = {.verb = "declare", .by = "ana-maria", .text = "the pantry is on fire"};
        assert_int_equal(turn_do(turn, 0, &declare_it, &id, NULL), 0);
        memory_store_fail_next(rig->memory, fails ? 1 : 0);
        turn_commit(turn, NULL, NULL);
        CLEANUP_FREE char *request = xasprintf("GET /api/v1/incidents/INC-%" PRIu64 " HTTP/1.1\r\nHost: x\r\n"
                                               "Authorization: Bearer %s\r\n\r\n",
                                               id, ana);
        http_client_open(&client, &loop, server_port(server));
        http_client_send(&client, request, strlen(request));
        for (int i = 0; i < 10; i++)
            loop_turn(&loop);
        assert_int_equal(client.in.len, 0);
        rig_settle(rig);
        assert_int_equal(http_client_answer(&client, NULL, NULL), fails ? 503 : 200);
        http_client_close(&client);
        for (int i = 0; i < 100 && !core_ready(rig->core, &(const char *){NULL}); i++) {
            rig->now += SECOND;
            rig_settle(rig);
        }
    }
}

static void token_events_need_the_scope_that_lists_tokens(void **state)
{
    (void)state;
    const struct event token = {.type = EVENT_TOKEN, .name = (char *)"laptop"}, note = {.type = EVENT_POLICY};
    assert_false(api->stream_ops.sight(api->stream_ops.ctx, &token, "ana-maria", SCOPE_READ | SCOPE_WRITE));
    assert_true(api->stream_ops.sight(api->stream_ops.ctx, &token, "ana-maria", SCOPE_READ | SCOPE_ADMIN));
    assert_true(api->stream_ops.sight(api->stream_ops.ctx, &note, "ana-maria", SCOPE_READ));
}

static int64_t count_of(const char *path)
{
    CLEANUP_JSON cJSON *answer = NULL;
    assert_int_equal(ask("GET", path, ana, NULL, &answer), 200);
    const cJSON *groups = json_member(answer, "groups"), *group;
    if (!groups)
        return json_int_or(answer, "count", -1);
    cJSON_ArrayForEach(group, groups)
    {
        if (text_equal(json_text_or(group, "fingerprint", ""), "00000000000000ff"))
            return json_int_or(group, "count", -1);
    }
    return -1;
}

/* Counts change in memory and are recorded later; the API shows the current ones. */
static void groups_show_their_current_counts(void **state)
{
    (void)state;
    an_alert();
    int64_t before = count_of("/api/v1/groups");
    for (int i = 0; i < 7; i++)
        an_alert();
    assert_int_equal(count_of("/api/v1/groups"), before + 7);
    assert_int_equal(count_of("/api/v1/groups/00000000000000ff"), before + 7);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_documented_paths_answer_as_documented),
        cmocka_unit_test(test_every_path_is_documented_and_sampled),
        cmocka_unit_test(test_scopes_are_enforced),
        cmocka_unit_test(test_an_incident_shows_its_errors),
        cmocka_unit_test(test_the_served_description_is_the_file),
        cmocka_unit_test(test_a_title_is_a_title),
        cmocka_unit_test(test_a_tool_declares_into_triage),
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_private_incidents_do_not_exist_for_others),
        cmocka_unit_test(test_changes_are_refused_while_the_journal_fails),
        cmocka_unit_test(test_what_is_not_durable_is_not_read),
        cmocka_unit_test(token_events_need_the_scope_that_lists_tokens),
        cmocka_unit_test(groups_show_their_current_counts),
    };
    return cmocka_run_group_tests(all, setup, teardown);
}
