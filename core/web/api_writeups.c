/* The write-up of an incident: read, and written by several (writeups/writeups.h). */
#include <inttypes.h>
#include <string.h>

#include "people/people.h"
#include "policy/writeups.h"
#include "web/api_call.h"
#include "web/api_routes.h"
#include "writeups/writeups.h"

static void put_writeup(const struct core *core, const struct incident *incident, const struct writeup *writeup,
                        struct json_out *j)
{
    char name[INCIDENT_NAME];
    json_begin_object(j);
    json_put_text(j, "incident", incident_name(incident->id, name));
    json_put_text(j, "title", incident->title);
    json_put_int(j, "version", writeup->version);
    json_put_int(j, "latest", incident->activity.writeup);
    json_put_text_if(j, "by", writeup->by);
    api_put_time(j, "at", writeup->at);
    api_put_time(j, "finished_at", incident->activity.written_at);
    api_put_time(j, "owed_by", policy_writeup_due(core_policy(core), incident));
    json_put_text(j, "text", writeup->text);
    json_end_object(j);
}

static void get_writeup(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    size_t version = 0;
    struct writeup writeup;
    struct str out = {0};
    struct json_out j = {&out, false};
    const struct incident *incident = api_incident(api, request);
    if (!incident || !api_number(request, "version", INT32_MAX, &version))
        return;
    if (!writeup_get(api->parts.core, incident, (int64_t)version, &writeup)) {
        http_problem(request, 404,
                     version ? "The write-up has no such version."
                             : "There is no write-up. The command `writeup draft` drafts one.");
        return;
    }
    put_writeup(api->parts.core, incident, &writeup, &j);
    writeup_finish(&writeup);
    api_answer_durable(api, request, &out);
}

static void save(struct api *api, struct http_request *request, uint64_t id, const cJSON *body)
{
    struct turn *turn = turn_begin(api->parts.core, api->parts.clock());
    CLEANUP_FREE char *by = api_by(api, request);
    struct str out = {0};
    struct json_out j = {&out, false};
    struct error err;
    bool merged;
    int rc = writeup_save(turn, id, json_int_or(body, "version", 0), json_text_or(body, "text", ""), by,
                          &merged, &err);
    if (rc) {
        turn_commit(turn, NULL, NULL);
        http_problem_of(request, &err);
        return;
    }
    json_begin_object(&j);
    json_put_int(&j, "version", turn_incident(turn, id)->activity.writeup);
    json_put_bool(&j, "merged", merged);
    json_end_object(&j);
    api_commit(request, turn, 200, &out);
}

static void put_text(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    const struct incident *incident = api_incident(api, request);
    if (!incident || !api_ready(api, request))
        return;
    uint64_t id = incident->id;
    CLEANUP_JSON cJSON *body = api_body(request);
    if (body)
        save(api, request, id, body);
}

const struct route api_writeup_routes[] = {
    {HTTP_GET, "/api/v1/incidents/{id}/writeup", get_writeup, SCOPE_READ, 0, 0},
    {HTTP_PUT, "/api/v1/incidents/{id}/writeup", put_text, SCOPE_WRITE, API_BODY, ROUTE_JSON},
};
const size_t api_writeup_route_count = ARRAY_SIZE(api_writeup_routes);
