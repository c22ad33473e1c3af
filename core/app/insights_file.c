/* A chart as a file: GET /app/insights/file/team.csv, for whoever is signed in. */
#include "app/inside.h"
#include "web/insights.h"

static void get_file(void *ctx, struct http_request *request)
{
    struct visit *visit = visit_begin(ctx, request, NULL);
    if (!visit_is_readable(visit))
        return;
    if (visit->has < ACCESS_SEE) {
        visit_end(visit);
        http_problem(request, 403, "This is for people who are signed in, and may see incidents.");
        return;
    }
    CLEANUP_FREE char *person = xstrdup(visit->person);
    struct core *core = visit->core;
    instant now = visit->now;
    visit_end(visit);
    insights_answer_file(core, request, http_parameter(request, "file"), person, now);
}

const struct route insights_file_route = {HTTP_GET, "/app/insights/file/{file}", get_file, 0, 0, 0};
