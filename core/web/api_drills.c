/* What was done in an incident against what was owed (drills/debrief.h). */
#include "drills/drills.h"
#include "web/api_call.h"
#include "web/api_routes.h"

static void get_debrief(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct debrief debrief;
    struct error err;
    struct str out = {0};
    struct json_out j = {&out, false};
    const struct incident *incident = api_incident(api, request);
    if (!incident)
        return;
    if (drills_read(api->parts.core, incident->id, api->parts.clock(), &debrief, &err)) {
        http_problem_of(request, &err);
        return;
    }
    drills_put(&debrief, incident, &j);
    debrief_finish(&debrief);
    api_answer_durable(api, request, &out);
}

const struct route api_drill_routes[] = {
    {HTTP_GET, "/api/v1/incidents/{id}/debrief", get_debrief, SCOPE_READ, 0, 0},
};
const size_t api_drill_route_count = ARRAY_SIZE(api_drill_routes);
