/* People: who somebody is, on which platforms; and taking apart what is one person by mistake. */
#include "command/accounts.h"
#include "people/people.h"
#include "web/api_call.h"
#include "web/api_routes.h"

static bool put_id(void *ctx, const char *id)
{
    json_text(ctx, id);
    return false;
}

static void put_user(void *ctx, const char *connector, const char *user)
{
    struct json_out *j = ctx;
    json_begin_object(j);
    json_put_text(j, "connector", connector);
    json_put_text(j, "user", user);
    json_end_object(j);
}

static void put_person(const struct core *core, const struct person *person, struct str *out)
{
    struct json_out j = {out, false};
    json_begin_object(&j);
    json_put_text(&j, "id", person->id);
    json_put_text_if(&j, "name", person->name);
    json_put_text_if(&j, "email", people_email(core, person->id));
    json_put_text(&j, "zone", people_zone(core, person->id));
    json_key(&j, "ids");
    json_begin_array(&j);
    people_any(core, person->id, put_id, &j);
    json_end_array(&j);
    json_key(&j, "users");
    json_begin_array(&j);
    people_each_user(core, person->id, put_user, &j);
    json_end_array(&j);
    json_end_object(&j);
}

/* NULL: 404 has been answered. */
static const struct person *person_of(struct api *api, struct http_request *request)
{
    const char *typed = http_parameter(request, "person");
    const struct person *person = people_find(api->parts.core, typed);
    if (!person)
        http_problem(
            request, 404,
            "'%.100s' is nobody, or more than one person. Use an id, an e-mail address or a full name.", typed);
    return person;
}

static void get_person(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    if (!api_readable(api, request))
        return;
    const struct person *person = person_of(api, request);
    if (!person)
        return;
    put_person(api->parts.core, person, &out);
    api_answer_durable(api, request, &out);
}

static void post_unlink(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct error err;
    CLEANUP_JSON cJSON *body = api_body(request);
    const struct person *person = body && api_ready(api, request) ? person_of(api, request) : NULL;
    const char *connector = json_text_or(body, "connector", NULL);
    CLEANUP_FREE char *by = api_by(api, request);
    CLEANUP_STR struct str said = {0};
    if (!person)
        return;
    if (!connector) {
        http_problem(request, 400, "'connector' is missing. Send {\"connector\": \"slack\"}.");
        return;
    }
    struct turn *turn = turn_begin(api->parts.core, api->parts.clock());
    int rc = accounts_unlink(turn, person->id, connector, by, &said, &err);
    struct str out = {0};
    struct json_out j = {&out, false};
    json_begin_object(&j);
    json_put_text(&j, "text", said.p);
    json_end_object(&j);
    api_end(request, turn, rc, &err, 200, &out);
}

const struct route api_people_routes[] = {
    {HTTP_GET, "/api/v1/people/{person}", get_person, SCOPE_READ, 0, 0},
    {HTTP_POST, "/api/v1/people/{person}/unlink", post_unlink, SCOPE_ADMIN, API_BODY, ROUTE_JSON},
};
const size_t api_people_route_count = ARRAY_SIZE(api_people_routes);
