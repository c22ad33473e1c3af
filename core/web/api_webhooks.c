/* The programs that are told of events: what was sent to each, and sending it again. */
#include "webhooks/webhooks.h"

#include "web/api_call.h"
#include "web/api_routes.h"

static void put_webhook(void *ctx, const struct webhook_endpoint *webhook)
{
    struct json_out *j = ctx;
    json_begin_object(j);
    json_put_text(j, "name", webhook->name);
    json_put_text(j, "host", webhook->host);
    json_put_bool(j, "private", webhook->private);
    if (webhook->events) {
        json_key(j, "events");
        json_tree(j, webhook->events);
    }
    json_put_int(j, "waiting", (int64_t)webhook->waiting);
    json_put_int(j, "not_taken", (int64_t)webhook->failed);
    api_put_time(j, "failing_since", webhook->failing_since);
    json_put_bool(j, "disabled", webhook->disabled_at != 0);
    api_put_time(j, "disabled_at", webhook->disabled_at);
    json_put_text_if(j, "why", webhook->why);
    api_put_time(j, "taken_at", webhook->taken_at);
    json_end_object(j);
}

static void get_webhooks(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    struct json_out j = {&out, false};
    if (!api_readable(api, request))
        return;
    json_begin_object(&j);
    json_key(&j, "webhooks");
    json_begin_array(&j);
    webhooks_each(api->parts.core, api_viewer(request), put_webhook, &j);
    json_end_array(&j);
    json_end_object(&j);
    api_answer_durable(api, request, &out);
}

struct listing {
    struct json_out *j;
    struct api_page page;
};

static bool put_delivery(void *ctx, const struct webhook_delivery *delivery)
{
    struct listing *listing = ctx;
    struct json_out *j = listing->j;
    char name[INCIDENT_NAME];
    if (!api_page_takes_number(&listing->page, delivery->seq))
        return !listing->page.more;
    json_begin_object(j);
    json_put_int(j, "event", (int64_t)delivery->seq);
    json_put_text(j, "type", delivery->type);
    if (delivery->incident)
        json_put_text(j, "incident", incident_name(delivery->incident, name));
    json_put_text(j, "state", webhook_state_name(delivery->state));
    json_put_int(j, "attempts", delivery->attempts);
    api_put_time(j, "at", delivery->at);
    api_put_time(j, "tried_at", delivery->tried_at);
    json_put_text_if(j, "result", delivery->result);
    json_end_object(j);
    return true;
}

static void get_deliveries(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    struct json_out j = {&out, false};
    const char *name = http_parameter(request, "name");
    struct listing listing = {&j, {.list = "deliveries", .limit = API_PAGE, .descending = true}};
    if (!api_readable(api, request) || !api_page_begin(request, &listing.page))
        return;
    json_begin_object(&j);
    json_key(&j, "deliveries");
    json_begin_array(&j);
    bool found = webhooks_deliveries(api->parts.core, name, api_viewer(request), put_delivery, &listing);
    json_end_array(&j);
    if (found)
        api_page_end(request, &listing.page, &j);
    json_end_object(&j);
    api_page_finish(&listing.page);
    if (found) {
        api_answer_durable(api, request, &out);
        return;
    }
    str_finish(&out);
    http_problem(request, 404, "No webhook is called '%.100s'.", name);
}

static void post_again(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct error err;
    struct str out = {0};
    if (!api_ready(api, request))
        return;
    CLEANUP_FREE char *delivery =
        xasprintf("%s/%s", http_parameter(request, "name"), http_parameter(request, "event"));
    struct turn *turn = turn_begin(api->parts.core, api->parts.clock());
    int rc = webhooks_resend(turn, delivery, api_viewer(request), &err);
    str_add(&out, "{\"ok\":true}");
    api_end(request, turn, rc, &err, 200, &out);
}

static void post_enable(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct error err;
    struct str out = {0};
    CLEANUP_FREE char *by = api_by(api, request);
    if (!api_ready(api, request))
        return;
    struct turn *turn = turn_begin(api->parts.core, api->parts.clock());
    int rc = webhooks_enable(turn, http_parameter(request, "name"), by, &err);
    str_add(&out, "{\"ok\":true}");
    api_end(request, turn, rc, &err, 200, &out);
}

const struct route api_webhook_routes[] = {
    {HTTP_GET, "/api/v1/webhooks", get_webhooks, SCOPE_ADMIN, 0, 0},
    {HTTP_GET, "/api/v1/webhooks/{name}/deliveries", get_deliveries, SCOPE_ADMIN, 0, 0},
    {HTTP_POST, "/api/v1/webhooks/{name}/deliveries/{event}/again", post_again, SCOPE_ADMIN, API_BODY, 0},
    {HTTP_POST, "/api/v1/webhooks/{name}/enable", post_enable, SCOPE_ADMIN, API_BODY, 0},
};
const size_t api_webhook_route_count = ARRAY_SIZE(api_webhook_routes);
