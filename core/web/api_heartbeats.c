/* What reports that it is alive: POST /heartbeat/KEY. */
#include "heartbeats/heartbeats.h"

#include "triage/incoming.h"
#include "web/api_call.h"
#include "web/api_routes.h"

#define BODY_MOST ((size_t)1 << 20) /* it is not read: an Alertmanager sends whole notifications */

/* Its address is the secret. */
static void hear(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct core *core = api->parts.core;
    instant now = api->parts.clock();
    struct str json = {0};
    const struct heartbeat *heartbeat;
    if (!api_ready(api, request))
        return;
    heartbeat = heartbeats_find(core, http_parameter(request, "key"));
    if (!heartbeat) {
        incoming_refused(core, http_peer(request), "/heartbeat/{key}", "no heartbeat has this address", now);
        http_problem(request, 404,
                     "No heartbeat has this address. Type `heartbeat NAME address` in chat to get a new one.");
        return;
    }
    struct turn *turn = turn_begin(core, now);
    heartbeats_hear(turn, heartbeat);
    str_add(&json, "{}");
    api_commit(request, turn, 200, &json);
}

static void put_heartbeat(const struct core *core, const struct heartbeat *heartbeat, struct json_out *j)
{
    struct heartbeat_state state;
    heartbeats_state(core, heartbeat, &state);
    json_begin_object(j);
    json_put_text(j, "name", heartbeat->name);
    json_put_int(j, "every_seconds", heartbeat->every / SECOND);
    api_put_time(j, "heard_at", state.heard);
    api_put_time(j, "due_at", state.due);
    json_put_bool(j, "missed", state.missed);
    json_end_object(j);
}

static void get_heartbeats(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    const struct core *core = api->parts.core;
    const struct heartbeat *heartbeat;
    struct str out = {0};
    struct json_out j = {&out, false};
    if (!api_readable(api, request))
        return;
    json_begin_object(&j);
    json_key(&j, "heartbeats");
    json_begin_array(&j);
    for (size_t i = 0; (heartbeat = policy_heartbeat_at(core_policy(core), i)); i++)
        put_heartbeat(core, heartbeat, &j);
    json_end_array(&j);
    json_end_object(&j);
    api_answer_durable(api, request, &out);
}

const struct route api_heartbeat_routes[] = {
    {HTTP_POST, "/heartbeat/{key}", hear, 0, BODY_MOST, 0},
    {HTTP_GET, "/api/v1/heartbeats", get_heartbeats, SCOPE_READ, 0, 0},
};
const size_t api_heartbeat_route_count = ARRAY_SIZE(api_heartbeat_routes);
