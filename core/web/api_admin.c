/* What an operator asks: connectors, actions, rules, policy, tokens; and webhooks, passed on to their connector. */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "web/api_inside.h"

/* ---- connectors ---- */

static bool put_connector(void *ctx, const struct connector_info *info)
{
    struct json_out *j = ctx;
    char since[INSTANT_TEXT];
    json_begin_object(j);
    json_put_text(j, "name", info->name);
    json_put_text(j, "state", info->state);
    json_put_text_if(j, "reason", info->reason);
    json_put_text_if(j, "version", info->version);
    json_put_text_if(j, "summary", info->summary);
    json_put_text(j, "file", info->file);
    json_put_int(j, "restarts", info->restarts);
    json_put_int(j, "in_flight", info->in_flight);
    json_put_text(j, "since", instant_format(info->since, since));
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
    supervisor_each(api->parts.supervisor, put_connector, &j);
    json_end_array(&j);
    json_end_object(&j);
    api_answer(request, 200, &out);
}

static void answer_ok(struct http_request *request)
{
    struct str out = {0};
    str_add(&out, "{\"ok\":true}");
    api_answer(request, 200, &out);
}

static void post_restart(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct error err;
    if (supervisor_restart(api->parts.supervisor, http_parameter(request, "name"), &err))
        http_problem_of(request, &err);
    else
        answer_ok(request);
}

static void checked(void *ctx, int code, const char *text)
{
    struct str out = {0};
    struct json_out j = {&out, false};
    json_begin_object(&j);
    json_put_bool(&j, "ok", code == 0);
    json_put_text(&j, "text", text_empty(text) ? "credentials and rights are well" : text);
    json_end_object(&j);
    api_answer(ctx, 200, &out);
}

static void post_check(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct error err;
    if (supervisor_check(api->parts.supervisor, http_parameter(request, "name"), checked, request, &err))
        http_problem_of(request, &err);
}

/* ---- actions that wait for a person ---- */

static bool put_action(void *ctx, const struct action *action)
{
    struct json_out *j = ctx;
    char at[INSTANT_TEXT], name[INCIDENT_NAME];
    json_begin_object(j);
    json_put_int(j, "id", (int64_t)action->id);
    json_put_text(j, "state", action_state_name(action->state));
    json_put_text(j, "lane", lane_name(action->lane));
    json_put_text(j, "connector", action->connector);
    json_put_text(j, "kind", action->kind);
    if (action->incident)
        json_put_text(j, "incident", incident_name(action->incident, name));
    json_put_int(j, "attempts", action->attempts);
    json_put_text(j, "made_at", instant_format(action->made_at, at));
    if (action->not_before)
        json_put_text(j, "delayed_until", instant_format(action->not_before, at));
    json_put_text_if(j, "detail", action->detail);
    json_end_object(j);
    return true;
}

static void get_actions(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    struct json_out j = {&out, false};
    if (!api_ready(api, request))
        return;
    json_begin_object(&j);
    json_key(&j, "actions");
    json_begin_array(&j);
    outbox_each(hub_outbox(api->parts.hub), put_action, &j);
    json_end_array(&j);
    json_end_object(&j);
    api_answer(request, 200, &out);
}

/* ---- policy ---- */

static void get_rules(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    str_add(&out, "{\"rules\":");
    policy_rules(hub_policy(api->parts.hub), &out);
    str_add(&out, "}");
    api_answer(request, 200, &out);
}

static void post_reload(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    if (!api_ready(api, request))
        return;
    api->parts.reload_policy();
    answer_ok(request);
}

/* ---- alert groups ---- */

static void get_group(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    const struct group *group =
        hub_group(api->parts.hub, http_parameter(request, "fingerprint"), api->parts.clock());
    if (!group || (group->incident && !hub_incident(api->parts.hub, group->incident, api_viewer(request)))) {
        http_problem(request, 404, "there is no alert group '%.40s'", http_parameter(request, "fingerprint"));
        return;
    }
    group_encode(group, &out);
    api_answer(request, 200, &out);
}

/* ---- tokens ---- */

static bool put_token(void *ctx, const struct token *token)
{
    struct json_out *j = ctx;
    char at[INSTANT_TEXT];
    CLEANUP_STR struct str scopes = {0};
    scopes_format(token->scopes, &scopes);
    json_begin_object(j);
    json_put_text(j, "id", token->id);
    json_put_text(j, "name", token->name);
    json_put_text_if(j, "person", token->person);
    json_put_text(j, "scopes", scopes.p);
    json_put_text(j, "made_at", instant_format(token->made_at, at));
    json_end_object(j);
    return true;
}

static void get_tokens(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    struct json_out j = {&out, false};
    json_begin_object(&j);
    json_key(&j, "tokens");
    json_begin_array(&j);
    tokens_each(api->parts.tokens, put_token, &j);
    json_end_array(&j);
    json_end_object(&j);
    api_answer(request, 200, &out);
}

struct token_change {
    struct api *api;
    struct http_request *request;
    char *text; /* of a new token; NULL: one was revoked */
};

static void tokens_changed(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    struct token_change *change = ctx;
    struct str out = {0};
    struct json_out j = {&out, false};
    (void)last_seq;
    if (!rc)
        tokens_load(change->api->parts.tokens, hub_journal(change->api->parts.hub), NULL);
    if (rc) {
        http_problem(change->request, 503, "nothing was changed: %s", err->text);
    } else if (change->text) {
        json_begin_object(&j);
        json_put_text(&j, "token", change->text);
        json_end_object(&j);
        api_answer(change->request, 201, &out);
        explicit_bzero(change->text, strlen(change->text));
    } else {
        answer_ok(change->request);
    }
    free(change->text);
    free(change);
}

static void tell_token(struct turn *turn, struct http_request *request, const char *name, bool made)
{
    struct event event = {.type = EVENT_TOKEN,
                          .at = turn_now(turn),
                          .by = xasprintf("api/%s", http_token(request)->name),
                          .name = xstrdup(name),
                          .flag = made};
    turn_tell(turn, &event);
}

static void post_token(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct error err;
    unsigned scopes;
    uint8_t random[TOKEN_RANDOM];
    CLEANUP_JSON cJSON *body = api_body(request);
    if (!body || !api_ready(api, request))
        return;
    const char *name = json_text_or(body, "name", NULL), *person = json_text_or(body, "person", NULL);
    if (text_empty(name)) {
        http_problem(request, 400, "'name' is missing: {\"name\": \"laptop\", \"scopes\": \"read,write\"}");
    } else if (scopes_parse(json_text_or(body, "scopes", "read,write"), &scopes, &err)) {
        http_problem_of(request, &err);
    } else {
        struct turn *turn = turn_begin(api->parts.hub, api->parts.clock());
        struct token_change *change = xcalloc(1, sizeof(*change));
        randombytes_buf(random, sizeof(random));
        *change = (struct token_change){
            api, request, token_make(random, name, person, scopes, turn_now(turn), turn_batch(turn))};
        tell_token(turn, request, name, true);
        turn_commit(turn, tokens_changed, change);
    }
    explicit_bzero(random, sizeof(random));
}

static void delete_token(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct error err;
    const char *which = http_parameter(request, "id");
    if (!api_ready(api, request))
        return;
    struct turn *turn = turn_begin(api->parts.hub, api->parts.clock());
    if (token_revoke(api->parts.tokens, which, turn_batch(turn), &err)) {
        turn_commit(turn, NULL, NULL);
        http_problem_of(request, &err);
        return;
    }
    struct token_change *change = xcalloc(1, sizeof(*change));
    *change = (struct token_change){api, request, NULL};
    tell_token(turn, request, which, false);
    turn_commit(turn, tokens_changed, change);
}

/* ---- webhooks for connectors ---- */

static void served(void *ctx, int status, const char *content_type, const char *body, size_t n)
{
    http_answer(ctx, status, content_type, body, n);
}

static void add_header(void *ctx, const char *name, const char *value)
{
    cJSON_AddStringToObject(ctx, name, value);
}

static void webhook(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    CLEANUP_JSON cJSON *headers = cJSON_CreateObject();
    CLEANUP_FREE char *path = xasprintf("/%s", http_parameter(request, "rest"));
    struct webhook hook = {.method = http_method_name(http_method(request)),
                           .path = path,
                           .query = http_query(request),
                           .received = api->parts.clock(),
                           .headers = headers};
    hook.body = http_body(request, &hook.n);
    http_each_header(request, add_header, headers);
    supervisor_serve(api->parts.supervisor, http_parameter(request, "name"), &hook, served, request);
}

#define WEBHOOK_BODY ((size_t)1 << 20)
const struct route api_admin_routes[] = {
    {HTTP_GET, "/api/v1/connectors", get_connectors, SCOPE_READ, 0, 0},
    {HTTP_POST, "/api/v1/connectors/{name}/restart", post_restart, SCOPE_ADMIN, API_BODY, 0},
    {HTTP_POST, "/api/v1/connectors/{name}/check", post_check, SCOPE_ADMIN, API_BODY, 0},
    {HTTP_GET, "/api/v1/actions", get_actions, SCOPE_ADMIN, 0, 0},
    {HTTP_GET, "/api/v1/rules", get_rules, SCOPE_READ, 0, 0},
    {HTTP_POST, "/api/v1/policy/reload", post_reload, SCOPE_ADMIN, API_BODY, 0},
    {HTTP_GET, "/api/v1/groups/{fingerprint}", get_group, SCOPE_READ, 0, 0},
    {HTTP_GET, "/api/v1/tokens", get_tokens, SCOPE_ADMIN, 0, 0},
    {HTTP_POST, "/api/v1/tokens", post_token, SCOPE_ADMIN, API_BODY, ROUTE_JSON},
    {HTTP_DELETE, "/api/v1/tokens/{id}", delete_token, SCOPE_ADMIN, 0, 0},
    {HTTP_GET, "/connector/{name}/{rest...}", webhook, 0, 0, 0},
    {HTTP_POST, "/connector/{name}/{rest...}", webhook, 0, WEBHOOK_BODY, 0},
};
const size_t api_admin_route_count = ARRAY_SIZE(api_admin_routes);
