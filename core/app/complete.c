/* How a line in the box for commands may go on: GET /app/complete?line=…&incident=INC-42, for whoever is signed in. */
#include "app/inside.h"
#include "base/json.h"
#include "command/complete.h"

#define LINES 20

static void put_line(void *ctx, const char *line, const char *hint)
{
    struct json_out *j = ctx;
    json_begin_object(j);
    json_put_text(j, "line", line);
    json_put_text_if(j, "hint", hint);
    json_end_object(j);
}

static void get_complete(void *ctx, struct http_request *request)
{
    struct visit *visit = visit_begin(ctx, request, NULL);
    const char *line = http_query_value(request, "line");
    CLEANUP_STR struct str out = {0};
    struct json_out j = {&out, false};
    if (!visit_is_readable(visit))
        return;
    json_begin_array(&j);
    if (visit->has > ACCESS_NONE && line) {
        const struct completing who = {.person = visit->person,
                                       .has = visit->has,
                                       .here = incident_name_parse(http_query_value(request, "incident")),
                                       .most = LINES};
        command_complete(visit->core, &who, line, put_line, &j);
    }
    json_end_array(&j);
    http_answer_header(request, "Cache-Control", "no-store");
    visit_end(visit);
    http_answer(request, 200, "application/json", out.p, out.len);
}

const struct route complete_route = {HTTP_GET, "/app/complete", get_complete, 0, 0, ROUTE_LONG};
