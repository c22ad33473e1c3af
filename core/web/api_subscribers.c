/* Who subscribes to status pages: list, import, remove. Addresses are for administrators only. */
#include "subscribers/subscribers.h"

#include <string.h>

#include "web/api_call.h"
#include "web/api_routes.h"

#define ROWS_BYTES ((size_t)2 << 20)

struct listing {
    const struct core *core;
    struct json_out *j;
    struct api_page page;
};

static void put_subscriber(void *ctx, const char *key, const struct subscriber *subscriber)
{
    struct listing *listing = ctx;
    struct json_out *j = listing->j;
    if (!api_page_takes(&listing->page, key))
        return;
    json_begin_object(j);
    json_put_text(j, "page", subscriber->page);
    json_put_text(j, "kind", subscriber_kind_name(subscriber->kind));
    json_put_text(j, "address", subscriber->address);
    json_put_text_if(j, "language", subscriber->language);
    json_put_texts(j, "components", subscriber->components.v, subscriber->components.n);
    api_put_time(j, "since", subscriber->since);
    json_put_int(j, "failures", subscriber->failures);
    json_put_bool(j, "suppressed", subscriber->suppressed);
    json_put_text_if(j, "reader", subscriber->person ? subscriber->person : subscriber->tool);
    json_put_bool(j, "may_read", subscriber_may_read(listing->core, subscriber));
    json_end_object(j);
}

static void get_subscribers(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    struct error err;
    struct json_out j = {&out, false};
    struct listing listing = {api->parts.core, &j, {.list = "subscribers", .limit = API_PAGE_MOST}};
    struct api_page *page = &listing.page;
    if (!api_readable(api, request) || !api_page_begin(request, page))
        return;
    json_begin_object(&j);
    json_key(&j, "subscribers");
    json_begin_array(&j);
    int rc = subscribers_each(api->parts.core, page->after, page->limit + 1, put_subscriber, &listing, &err);
    json_end_array(&j);
    api_page_end(request, page, &j);
    json_end_object(&j);
    api_page_finish(page);
    if (!rc) {
        api_answer_durable(api, request, &out);
        return;
    }
    str_finish(&out);
    http_problem_of(request, &err);
}

static void post_subscribers(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    struct error err;
    if (!api_ready(api, request))
        return;
    CLEANUP_JSON cJSON *body = api_body(request);
    if (!body)
        return;
    struct turn *turn = turn_begin(api->parts.core, api->parts.clock());
    int rc = subscribers_import(turn, json_text_or(body, "page", NULL), json_member(body, "subscribers"),
                                &(struct json_out){&out, false}, &err);
    api_end(request, turn, rc, &err, 200, &out);
}

static void delete_subscribers(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    const char *address = http_query_value(request, "address");
    if (!api_ready(api, request))
        return;
    if (text_empty(address)) {
        http_problem(request, 400, "Say which `address` is to be removed.");
        return;
    }
    struct turn *turn = turn_begin(api->parts.core, api->parts.clock());
    str_addf(&out, "{\"removed\":%zu}", subscribers_remove(turn, address));
    api_commit(request, turn, 200, &out);
}

const struct route api_subscriber_routes[] = {
    {HTTP_GET, "/api/v1/subscribers", get_subscribers, SCOPE_ADMIN, 0, 0},
    {HTTP_POST, "/api/v1/subscribers", post_subscribers, SCOPE_ADMIN, ROWS_BYTES, ROUTE_JSON},
    {HTTP_DELETE, "/api/v1/subscribers", delete_subscribers, SCOPE_ADMIN, 0, 0},
};
const size_t api_subscriber_route_count = ARRAY_SIZE(api_subscriber_routes);
