/* The status page: posts that another one had. */
#include "statuspage/import.h"
#include "web/api_call.h"
#include "web/api_routes.h"

static void post_posts(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    struct json_out j = {&out, false};
    struct error err;
    CLEANUP_FREE char *by = api_by(api, request);
    if (!api_may(api, request, ACCESS_APPROVE) || !api_ready(api, request))
        return;
    CLEANUP_JSON cJSON *body = api_body(request);
    if (!body)
        return;
    if (!cJSON_IsArray(json_member(body, "posts"))) {
        error_set(&err, ERR_INVALID, "Send the posts as a list, `posts`.");
        http_problem_of(request, &err);
        return;
    }
    struct turn *turn = turn_begin(api->parts.core, api->parts.clock());
    statuspage_import(turn, by, json_member(body, "posts"), &j);
    api_commit(request, turn, 200, &out);
}

const struct route api_statuspage_routes[] = {
    {HTTP_POST, "/api/v1/statuspage/posts", post_posts, SCOPE_WRITE, POSTS_BYTES, ROUTE_JSON},
};
const size_t api_statuspage_route_count = ARRAY_SIZE(api_statuspage_routes);
