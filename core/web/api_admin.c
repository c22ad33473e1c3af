/* What operators use: connectors, actions, rules, policy and tokens; and webhooks, passed on to their
   connector. */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "access/audit.h"
#include "delivery/delivery.h"
#include "people/people.h"
#include "sight/sight.h"
#include "triage/triage.h"
#include "web/api_call.h"
#include "web/api_routes.h"
#include "web/idempotency.h"
#include "web/standing.h"

/* ---- connectors ---- */

struct connectors {
    const struct core *core;
    struct json_out *j;
};

static void put_state(const struct core *core, const struct connector_info *info, struct json_out *j)
{
    char since[INSTANT_TEXT];
    struct connector_standing standing;
    connector_standing(core, info, &standing);
    json_put_text(j, "state", standing.state);
    json_put_text_if(j, "reason", standing.reason);
    json_put_text(j, "since", instant_format(standing.since, since));
    connector_standing_finish(&standing);
}

static bool put_connector(void *ctx, const struct connector_info *info)
{
    const struct connectors *connectors = ctx;
    struct json_out *j = connectors->j;
    json_begin_object(j);
    json_put_text(j, "name", info->name);
    put_state(connectors->core, info, j);
    json_put_text_if(j, "version", info->version);
    json_put_text_if(j, "summary", info->summary);
    json_put_text(j, "file", info->file);
    json_put_int(j, "restarts", info->restarts);
    json_put_int(j, "in_flight", info->in_flight);
    json_end_object(j);
    return true;
}

static void get_connectors(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    struct json_out j = {&out, false};
    json_begin_object(&j);
    json_key(&j, "connectors");
    json_begin_array(&j);
    supervisor_each(api->parts.supervisor, put_connector, &(struct connectors){api->parts.core, &j});
    json_end_array(&j);
    json_end_object(&j);
    api_answer(request, 200, &out);
}

#define OK "{\"ok\":true}"

static void answer_ok(struct api *api, struct http_request *request)
{
    struct str out = {0};
    str_add(&out, OK);
    api_done(api, request, &out);
}

static void post_restart(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct error err;
    CLEANUP_FREE char *by = api_by(api, request);
    if (connector_restart(api->parts.supervisor, api->parts.core, http_parameter(request, "name"), by,
                          api->parts.clock(), &err))
        http_problem_of(request, &err);
    else
        answer_ok(api, request);
}

struct checking {
    struct api *api;
    struct http_request *request;
};

static void checked(void *ctx, const struct check_result *result)
{
    CLEANUP_FREE struct checking *checking = ctx;
    struct api *api = checking->api;
    struct str out = {0};
    struct json_out j = {&out, false};
    struct delivery_check check = {result->code, result->text, result->channel};
    delivery_checked(api->parts.core, http_parameter(checking->request, "name"), &check, api->parts.clock());
    CLEANUP_FREE char *text =
        result->channel
            ? xasprintf("credentials and permissions are OK, but announcements cannot be posted in '%s': %s",
                        core_settings(api->parts.core)->announce, result->channel)
            : xstrdup(text_empty(result->text) ? "credentials and permissions are OK" : result->text);
    json_begin_object(&j);
    json_put_bool(&j, "ok", result->code == 0 && !result->channel);
    json_put_text(&j, "text", text);
    json_end_object(&j);
    api_done(api, checking->request, &out);
}

static void post_check(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct error err;
    struct checking *checking = xmalloc(sizeof(*checking));
    *checking = (struct checking){api, request};
    if (supervisor_check(api->parts.supervisor, http_parameter(request, "name"),
                         core_settings(api->parts.core)->announce, checked, checking, &err)) {
        free(checking);
        http_problem_of(request, &err);
    }
}

/* ---- actions that wait for a person ---- */

static bool put_action(void *ctx, const struct action *action)
{
    struct json_out *j = ctx;
    char at[INSTANT_TEXT], name[INCIDENT_NAME];
    json_begin_object(j);
    json_put_int(j, "id", (int64_t)action->id);
    json_put_text(j, "state", action_state_name(action->state));
    json_put_text(j, "lane", lanes[action->lane].name);
    json_put_text(j, "connector", action->connector);
    json_put_text(j, "kind", action->kind);
    if (action->incident)
        json_put_text(j, "incident", incident_name(action->incident, name));
    json_put_int(j, "attempts", action->attempts);
    json_put_text(j, "made_at", instant_format(action->made_at, at));
    if (action->not_before)
        json_put_text(j, "delayed_until", instant_format(action->not_before, at));
    json_put_text_if(j, "detail", action->outcome.detail);
    json_end_object(j);
    return true;
}

struct actions {
    struct core *core;
    const char *viewer, *state; /* state NULL: any */
    uint64_t id;                /* 0: any */
    struct json_out *j;         /* NULL: only look for `id` */
    struct api_page page;
    bool found;
};

/* Only members see the actions of a private incident. */
static bool show_action(void *ctx, const struct action *action)
{
    struct actions *actions = ctx;
    if ((actions->id && action->id != actions->id) ||
        (actions->state && !text_equal(actions->state, action_state_name(action->state))) ||
        (action->incident && !sight_incident(actions->core, action->incident, actions->viewer)))
        return true;
    actions->found = true;
    if (actions->j && api_page_takes_number(&actions->page, action->id))
        put_action(actions->j, action);
    return !actions->page.more;
}

static void get_actions(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    struct json_out j = {&out, false};
    struct actions actions = {.core = api->parts.core,
                              .viewer = api_viewer(request),
                              .state = http_query_value(request, "state"),
                              .j = &j,
                              .page = {.list = "actions", .limit = API_PAGE_MOST}};
    if (!api_page_begin(request, &actions.page))
        return;
    json_begin_object(&j);
    json_key(&j, "actions");
    json_begin_array(&j);
    outbox_each(core_outbox(api->parts.core), show_action, &actions);
    json_end_array(&j);
    api_page_end(request, &actions.page, &j);
    api_page_finish(&actions.page);
    json_end_object(&j);
    api_answer_durable(api, request, &out);
}

/* The action in the path, if the asker may see it. 0: 404 has been answered. */
static uint64_t action_of(struct api *api, struct http_request *request)
{
    const char *text = http_parameter(request, "id");
    struct actions actions = {
        .core = api->parts.core, .viewer = api_viewer(request), .id = strtoull(text, NULL, 10)};
    if (actions.id)
        outbox_each(core_outbox(api->parts.core), show_action, &actions);
    if (!actions.found)
        http_problem(request, 404, "No unfinished action '%.40s'.", text);
    return actions.found ? actions.id : 0;
}

static void settle_action(struct api *api, struct http_request *request,
                          int (*settle)(struct turn *turn, uint64_t id, struct error *err))
{
    struct error err;
    uint64_t id = api_ready(api, request) ? action_of(api, request) : 0;
    if (!id)
        return;
    struct turn *turn = turn_begin(api->parts.core, api->parts.clock());
    struct str out = {0};
    int rc = settle(turn, id, &err);
    str_add(&out, OK);
    api_end(request, turn, rc, &err, 200, &out);
}

static void post_again(void *ctx, struct http_request *request)
{
    settle_action(ctx, request, delivery_again);
}

static void delete_action(void *ctx, struct http_request *request)
{
    settle_action(ctx, request, delivery_drop);
}

/* ---- policy ---- */

static void get_rules(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    str_add(&out, "{\"rules\":");
    policy_rules(core_policy(api->parts.core), &out);
    str_add(&out, "}");
    api_answer(request, 200, &out);
}

static void post_reload(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct error err;
    if (!api_ready(api, request))
        return;
    if (api->parts.reload_policy(&err))
        http_problem_of(request, &err);
    else
        answer_ok(api, request);
}

/* For the audit trail. */
static void tell_setting(struct api *api, const struct http_request *request, const char *text)
{
    CLEANUP_FREE char *by = api_by(api, request);
    struct turn *turn = turn_begin(api->parts.core, api->parts.clock());
    audit_setting(turn, by, text);
    turn_commit(turn, NULL, NULL);
}

static void post_configuration(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct error err;
    CLEANUP_STR struct str changes = {0};
    if (!api_ready(api, request))
        return;
    if (api->parts.reload(&changes, &err)) {
        http_problem_of(request, &err);
        return;
    }
    tell_setting(api, request, str_text(&changes));
    struct str out = {0};
    struct json_out j = {&out, false};
    json_begin_object(&j);
    json_put_bool(&j, "ok", true);
    json_put_text(&j, "text", changes.p);
    json_end_object(&j);
    api_done(api, request, &out);
}

/* ---- alert groups ---- */

static void put_group(const struct group *group, instant now, struct json_out *j)
{
    char fingerprint[FINGERPRINT_TEXT], at[INSTANT_TEXT], name[INCIDENT_NAME];
    json_begin_object(j);
    json_put_text(j, "fingerprint", fingerprint_format(group->fingerprint, fingerprint));
    json_put_text(j, "title", group->about.title);
    json_put_text(j, "source", group->about.source);
    json_put_text(j, "service", group->about.service);
    json_put_text(j, "environment", group->about.environment);
    json_put_text(j, "level", alert_level_name((enum alert_level)group->level));
    json_put_text(j, "state", group->state == GROUP_OPEN ? "open" : "settled");
    json_put_int(j, "count", group->tally.count);
    json_put_int(j, "last_hour", group_count_within(group, GROUP_MINUTES, now));
    json_put_int(j, "regressions", group->regressions);
    json_put_text(j, "first_seen", instant_format(group->times.first_seen, at));
    json_put_text(j, "last_seen", instant_format(group->times.last_seen, at));
    if (group->care.incident)
        json_put_text(j, "incident", incident_name(group->care.incident, name));
    if (group_muted(group, now))
        json_put_text(j, "muted_until", instant_format(group->care.muted_until, at));
    json_end_object(j);
}

static void get_group(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    instant now = api->parts.clock();
    if (!api_readable(api, request))
        return;
    const struct group *group = triage_group(api->parts.core, http_parameter(request, "fingerprint"), now);
    if (!group || !sight_group_visible(api->parts.core, group, api_viewer(request))) {
        http_problem(request, 404, "No alert group '%.40s'.", http_parameter(request, "fingerprint"));
        return;
    }
    put_group(group, now, &(struct json_out){&out, false});
    api_answer_durable(api, request, &out);
}

struct group_list {
    struct api *api;
    const struct http_request *request;
    struct json_out *j;
    instant now;
    struct api_page page;
};

static bool show_group(void *ctx, const struct journal_doc *doc)
{
    struct group_list *list = ctx;
    struct group group;
    if (group_decode(doc->body, strlen(doc->body), &group, NULL))
        return true;
    const struct group *held = triage_group_held(list->api->parts.core, group.fingerprint);
    const struct group *now = held ? held : &group;
    if (sight_group_visible(list->api->parts.core, now, api_viewer(list->request)) &&
        api_page_takes(&list->page, doc->key))
        put_group(now, list->now, list->j);
    group_finish(&group);
    return !list->page.more;
}

/* Every group ever seen, by fingerprint. Those in memory are shown as they are now, the others as recorded. */
static void get_groups(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    struct error err;
    struct json_out j = {&out, false};
    struct group_list list = {api, request, &j, api->parts.clock(), {.list = "groups", .limit = API_PAGE}};
    if (!api_page_begin(request, &list.page))
        return;
    struct doc_query query = {.kind = DOC_GROUP, .after = list.page.after};
    json_begin_object(&j);
    json_key(&j, "groups");
    json_begin_array(&j);
    int rc = journal_docs(core_journal(api->parts.core), &query, show_group, &list, &err);
    json_end_array(&j);
    api_page_end(request, &list.page, &j);
    json_end_object(&j);
    api_page_finish(&list.page);
    if (!rc) {
        api_answer_durable(api, request, &out);
        return;
    }
    str_finish(&out);
    http_problem_of(request, &err);
}

/* ---- tokens ---- */

static void put_token(const struct token *token, struct json_out *j)
{
    char at[INSTANT_TEXT];
    CLEANUP_STR struct str scopes = {0};
    scopes_format(token->scopes, &scopes);
    json_begin_object(j);
    json_put_text(j, "id", token->id);
    json_put_text(j, "name", token->name);
    json_put_text_if(j, "person", token->person);
    json_put_text(j, "scopes", scopes.p);
    if (token->agent)
        json_put_bool(j, "agent", true);
    json_put_text(j, "made_at", instant_format(token->made_at, at));
    if (token->expires_at)
        json_put_text(j, "expires_at", instant_format(token->expires_at, at));
    if (token->used_at)
        json_put_text(j, "used_at", instant_format(token->used_at, at));
    json_end_object(j);
}

typedef ARRAY(const struct token *) token_list;

static bool take_token(void *ctx, const struct token *token)
{
    *array_add((token_list *)ctx) = token; /* NOLINT(bugprone-sizeof-expression): an array of pointers */
    return true;
}

static int by_id(const void *a, const void *b)
{
    return strcmp((*(const struct token *const *)a)->id, (*(const struct token *const *)b)->id);
}

static void get_tokens(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    struct json_out j = {&out, false};
    token_list all = {0};
    CLEANUP_PAGE struct api_page page = {.list = "tokens", .limit = API_PAGE_MOST};
    if (!api_page_begin(request, &page))
        return;
    tokens_each(api->parts.tokens, take_token, &all);
    if (all.n)
        qsort(all.v, all.n, sizeof(*all.v), by_id); /* NOLINT(bugprone-sizeof-expression) */
    json_begin_object(&j);
    json_key(&j, "tokens");
    json_begin_array(&j);
    for (size_t i = 0; i < all.n; i++) {
        if (api_page_takes(&page, all.v[i]->id))
            put_token(all.v[i], &j);
    }
    json_end_array(&j);
    api_page_end(request, &page, &j);
    json_end_object(&j);
    array_free(&all);
    api_answer(request, 200, &out);
}

struct token_change {
    struct api *api;
    struct http_request *request;
    int status;
    struct str body;
};

static void tokens_changed(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    CLEANUP_FREE struct token_change *change = ctx;
    (void)last_seq;
    if (!rc)
        tokens_load(change->api->parts.tokens, core_journal(change->api->parts.core), NULL);
    if (rc)
        http_problem(change->request, 503, "Nothing was changed: %s", err->text);
    else
        http_answer(change->request, change->status, "application/json", change->body.p, change->body.len);
    explicit_bzero(change->body.p, change->body.len);
    str_finish(&change->body);
}

static void record_token(struct api *api, struct turn *turn, struct http_request *request, const char *name,
                         bool made)
{
    struct event event = {.type = EVENT_TOKEN,
                          .at = turn_now(turn),
                          .by = api_by(api, request),
                          .name = xstrdup(name),
                          .flag = made};
    turn_tell(turn, &event);
}

/* The answer is a secret, so it is kept for no Idempotency-Key: the same request again finds that the name is taken. */
static void make_token(struct api *api, struct http_request *request, struct token *wanted)
{
    uint8_t random[TOKEN_RANDOM];
    struct turn *turn = turn_begin(api->parts.core, wanted->made_at);
    struct token_change *change = xcalloc(1, sizeof(*change));
    *change = (struct token_change){.api = api, .request = request, .status = 201};
    randombytes_buf(random, sizeof(random));
    wanted->person = text_empty(wanted->person) ? NULL : people_named(turn, wanted->person)->id;
    char *token = token_make(random, wanted, turn_batch(turn));
    str_addf(&change->body, "{\"token\":\"%s\"}", token);
    record_token(api, turn, request, wanted->name, true);
    turn_commit(turn, tokens_changed, change);
    explicit_bzero(token, strlen(token));
    explicit_bzero(random, sizeof(random));
    free(token);
}

static void post_token(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct error err;
    CLEANUP_JSON cJSON *body = api_body(request);
    if (!body || !api_ready(api, request))
        return;
    struct token wanted = {.name = json_text_or(body, "name", NULL),
                           .person = json_text_or(body, "person", NULL),
                           .agent = json_bool_or(body, "agent", false),
                           .made_at = api->parts.clock()};
    if (text_empty(wanted.name))
        http_problem(request, 400,
                     "'name' is missing. Send {\"name\": \"laptop\", \"scopes\": \"read,write\"}.");
    else if (tokens_has(api->parts.tokens, wanted.name))
        http_problem(request, 409, "A token with this name exists. Revoke it first, or choose another name.");
    else if (scopes_parse(json_text_or(body, "scopes", "read,write"), &wanted.scopes, &err) ||
             token_check_agent(&wanted, &err) ||
             token_expires(json_text_or(body, "expires", NULL), wanted.made_at, &wanted.expires_at, &err))
        http_problem_of(request, &err);
    else
        make_token(api, request, &wanted);
}

static void delete_token(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct error err;
    const char *which = http_parameter(request, "id");
    if (!api_ready(api, request))
        return;
    struct turn *turn = turn_begin(api->parts.core, api->parts.clock());
    if (token_revoke(api->parts.tokens, which, turn_batch(turn), &err)) {
        api_end(request, turn, err.code, &err, 200, &(struct str){0});
        return;
    }
    struct token_change *change = xcalloc(1, sizeof(*change));
    *change = (struct token_change){.api = api, .request = request, .status = 200};
    str_add(&change->body, OK);
    record_token(api, turn, request, which, false);
    idempotency_keep(request, turn, 200, "application/json", &change->body);
    turn_commit(turn, tokens_changed, change);
}

/* ---- webhooks for connectors ---- */

static void served(void *ctx, int status, const char *content_type, const char *body, size_t n)
{
    if (n || status < 400)
        http_answer(ctx, status, content_type, body, n);
    else if (status == 413)
        http_problem(ctx, status, "The body is larger than a connector accepts.");
    else
        http_problem(ctx, status, "The connector is not running or is busy. Send it again in a moment.");
}

/* A repeated header becomes one with both values (RFC 9110, 5.2), so a repeated signature matches nothing. */
static void add_header(void *ctx, const char *name, const char *value)
{
    const char *before = json_text_or(ctx, name, NULL);
    CLEANUP_FREE char *clean = utf8_sanitize(value, strlen(value), SIZE_MAX);
    CLEANUP_FREE char *both = before ? xasprintf("%s, %s", before, clean) : steal(clean);
    cJSON_DeleteItemFromObjectCaseSensitive(ctx, name);
    cJSON_AddStringToObject(ctx, name, both);
}

static void webhook(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    CLEANUP_JSON cJSON *headers = cJSON_CreateObject();
    CLEANUP_FREE char *path = xasprintf("/%s", http_parameter(request, "rest"));
    CLEANUP_FREE char *query = utf8_sanitize(http_query(request), strlen(http_query(request)), SIZE_MAX);
    struct webhook hook = {.method = http_method_name(http_method(request)),
                           .path = path,
                           .query = query,
                           .received = api->parts.clock(),
                           .headers = headers};
    hook.body = http_body(request, &hook.n);
    http_each_header(request, add_header, headers);
    supervisor_serve(api->parts.supervisor, http_parameter(request, "name"), &hook, served, request);
}

#define WEBHOOK_BODY ((size_t)1 << 20)
const struct route api_admin_routes[] = {
    {HTTP_POST, "/api/v1/reload", post_configuration, SCOPE_ADMIN, API_BODY, 0},
    {HTTP_GET, "/api/v1/connectors", get_connectors, SCOPE_READ, 0, 0},
    {HTTP_POST, "/api/v1/connectors/{name}/restart", post_restart, SCOPE_ADMIN, API_BODY, 0},
    {HTTP_POST, "/api/v1/connectors/{name}/check", post_check, SCOPE_ADMIN, API_BODY, 0},
    {HTTP_GET, "/api/v1/actions", get_actions, SCOPE_READ, 0, 0},
    {HTTP_POST, "/api/v1/actions/{id}/again", post_again, SCOPE_WRITE, API_BODY, 0},
    {HTTP_DELETE, "/api/v1/actions/{id}", delete_action, SCOPE_WRITE, 0, 0},
    {HTTP_GET, "/api/v1/rules", get_rules, SCOPE_READ, 0, 0},
    {HTTP_POST, "/api/v1/policy/reload", post_reload, SCOPE_ADMIN, API_BODY, 0},
    {HTTP_GET, "/api/v1/groups", get_groups, SCOPE_READ, 0, 0},
    {HTTP_GET, "/api/v1/groups/{fingerprint}", get_group, SCOPE_READ, 0, 0},
    {HTTP_GET, "/api/v1/tokens", get_tokens, SCOPE_ADMIN, 0, 0},
    {HTTP_POST, "/api/v1/tokens", post_token, SCOPE_ADMIN, API_BODY, ROUTE_JSON},
    {HTTP_DELETE, "/api/v1/tokens/{id}", delete_token, SCOPE_ADMIN, 0, 0},
    {HTTP_GET, "/connector/{name}/{rest...}", webhook, 0, 0, 0},
    {HTTP_POST, "/connector/{name}/{rest...}", webhook, 0, WEBHOOK_BODY, 0},
};
const size_t api_admin_route_count = ARRAY_SIZE(api_admin_routes);
