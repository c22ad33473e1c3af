#include "web/api.h"

#include <inttypes.h>
#include <sodium.h>

#include "access/audit.h"
#include "base/clock.h"
#include "people/people.h"
#include "sight/sight.h"
#include "web/api_call.h"
#include "web/api_routes.h"
#include "web/idempotency.h"
#include "web/openapi.h"

/* ---- the live stream ---- */

/* A token that may not list tokens hears nothing of the audit trail either. */
static enum stream_sight stream_sight(void *ctx, const struct event *event, const char *viewer, unsigned scopes)
{
    struct api *api = ctx;
    const struct access_request asks = {.person = viewer,
                                        .most = scopes & SCOPE_ADMIN ? ACCESS_ADMINISTER : ACCESS_SEE,
                                        .now = api->parts.clock()};
    if (access_have(api->parts.core, &asks) < (audit_has(event->type) ? ACCESS_ADMINISTER : ACCESS_SEE))
        return STREAM_NOTHING;
    if (!sight_event_visible(api->parts.core, event, viewer))
        return STREAM_NOTHING;
    return sight_event_whole(api->parts.core, event, viewer) ? STREAM_ALL : STREAM_PART;
}

static void stream_encode(void *ctx, const struct event *event, const char *viewer, struct str *out)
{
    struct api *api = ctx;
    struct json_out j = {out, false};
    sight_event_encode(api->parts.core, event, viewer, api->parts.clock(), NULL, &j);
}

struct reading {
    bool (*on)(void *on_ctx, const struct event *event);
    void *on_ctx;
};

static bool stream_row(void *ctx, const struct journal_event *row)
{
    struct reading *reading = ctx;
    struct event event;
    if (turn_event_of_row(row, &event, NULL))
        return true;
    bool more = reading->on(reading->on_ctx, &event);
    event_finish(&event);
    return more;
}

static int stream_read(void *ctx, uint64_t after, size_t limit,
                       bool (*on)(void *on_ctx, const struct event *event), void *on_ctx, struct error *err)
{
    struct api *api = ctx;
    struct reading reading = {on, on_ctx};
    return journal_read(core_journal(api->parts.core), after, limit, stream_row, &reading, err);
}

static uint64_t stream_last_seq(void *ctx)
{
    struct api *api = ctx;
    return journal_last_seq(core_journal(api->parts.core));
}

void api_published(struct api *api, const struct event *event)
{
    stream_publish(api->stream, event);
}

/* ---- who may ---- */

/* Says how much of its rate the token has left. False: none, and 429 has been answered. */
static bool ask_rate(struct api *api, struct http_request *request)
{
    struct rate rate;
    CLEANUP_FREE char *policy = xasprintf("\"minute\";q=%" PRId64 ";w=60", api->rates.per_minute);
    if (!api->rates.per_minute)
        return true;
    bool may = rates_take(&api->rates, http_token(request)->id, clock_mono_ns(), &rate);
    CLEANUP_FREE char *left = xasprintf("\"minute\";r=%" PRId64 ";t=%d", rate.left, rate.whole),
                      *wait = xasprintf("%d", rate.wait);
    http_answer_header(request, "RateLimit-Policy", policy);
    http_answer_header(request, "RateLimit", left);
    if (may)
        return true;
    http_answer_header(request, "Retry-After", wait);
    http_problem(request, 429,
                 "The token '%s' makes more than %" PRId64
                 " requests a minute. Wait %s s. An operator may allow more: api_requests_per_minute in "
                 "tocsin.lua.",
                 http_token(request)->name, api->rates.per_minute, wait);
    return false;
}

/* By access{} of the policy: who may not read through a token may not use it at all. */
static bool ask_access(void *ctx, struct http_request *request)
{
    if (!ask_rate(ctx, request))
        return false;
    unsigned scope = http_scope(request);
    return api_may(ctx, request,
                   scope & SCOPE_ADMIN   ? ACCESS_ADMINISTER
                   : scope & SCOPE_WRITE ? ACCESS_ACT
                                         : ACCESS_SEE);
}

/* Is it a new request, and not one again that was answered? */
static bool ask_change(void *ctx, struct http_request *request)
{
    const struct api *api = ctx;
    return idempotency_begin(api->idempotency, request);
}

/* ---- about the API itself ---- */

static void get_me(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    const struct token *token = http_token(request);
    const struct person *person = people_get(api->parts.core, token->person);
    struct str out = {0};
    struct json_out j = {&out, false};
    CLEANUP_STR struct str scopes = {0};
    scopes_format(token->scopes, &scopes);
    json_begin_object(&j);
    json_put_text(&j, "token", token->name);
    json_put_text(&j, "scopes", str_text(&scopes));
    json_put_text_if(&j, "person", token->person);
    json_put_bool(&j, "agent", token->agent);
    json_put_text_if(&j, "name", person ? person->name : NULL);
    json_put_text(&j, "zone", people_zone(api->parts.core, token->person));
    json_put_text(&j, "version", TOCSIN_VERSION);
    json_end_object(&j);
    api_answer(request, 200, &out);
}

static void get_openapi(void *ctx, struct http_request *request)
{
    (void)ctx;
    http_answer(request, 200, "application/vnd.oai.openapi+json;version=3.1", openapi_json, openapi_json_size);
}

static const struct route self_routes[] = {
    {HTTP_GET, "/api/v1/me", get_me, SCOPE_READ, 0, 0},
    {HTTP_GET, "/api/v1/openapi.json", get_openapi, 0, 0, 0},
};

struct api *api_create(const struct api_parts *parts)
{
    struct api *api = xcalloc(1, sizeof(*api));
    api->parts = *parts;
    api->stream_ops =
        (struct stream_ops){api, parts->public_url, stream_sight, stream_encode, stream_read, stream_last_seq};
    server_add(parts->server, api_incident_routes, api_incident_route_count, api);
    server_add(parts->server, api_incoming_routes, api_incoming_route_count, api);
    server_add(parts->server, api_customer_routes, api_customer_route_count, api);
    server_add(parts->server, api_people_routes, api_people_route_count, api);
    server_add(parts->server, api_oncall_routes, api_oncall_route_count, api);
    server_add(parts->server, api_heartbeat_routes, api_heartbeat_route_count, api);
    server_add(parts->server, api_insight_routes, api_insight_route_count, api);
    server_add(parts->server, api_statuspage_routes, api_statuspage_route_count, api);
    server_add(parts->server, api_subscriber_routes, api_subscriber_route_count, api);
    server_add(parts->server, api_webhook_routes, api_webhook_route_count, api);
    server_add(parts->server, api_writeup_routes, api_writeup_route_count, api);
    server_add(parts->server, api_drill_routes, api_drill_route_count, api);
    server_add(parts->server, api_admin_routes, api_admin_route_count, api);
    server_add(parts->server, self_routes, ARRAY_SIZE(self_routes), api);
    randombytes_buf(api->place_key, sizeof(api->place_key));
    api->rates.per_minute = parts->requests_per_minute;
    api->idempotency = idempotency_create(parts->core, parts->clock);
    server_set_access(parts->server, ask_access, api);
    server_set_change(parts->server, ask_change, api);
    api->stream = stream_create(parts->server, parts->tokens, &api->stream_ops);
    return api;
}

void api_destroy(struct api *api)
{
    if (!api)
        return;
    stream_destroy(api->stream);
    idempotency_destroy(api->idempotency);
    rates_finish(&api->rates);
    free(api);
}
