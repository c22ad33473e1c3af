/* Who is on call: the rotations, their shifts, and their calendars. */
#include <string.h>

#include "feeds/feeds.h"
#include "oncall/oncall.h"
#include "policy/feeds.h"
#include "web/api_call.h"
#include "web/api_routes.h"

#define SHOWN      (14 * DAY)
#define SHOWN_MOST (366 * DAY)

static void put_people(const struct core *core, const struct on_call *on, struct json_out *j)
{
    json_key(j, "on_call");
    json_begin_array(j);
    for (size_t i = 0; i < on->n; i++) {
        json_begin_object(j);
        json_put_text(j, "as", on->people[i]);
        json_put_text_if(j, "person", oncall_person(core, on->people[i]));
        json_put_text(j, "name", oncall_name(core, on->people[i]));
        json_end_object(j);
    }
    json_end_array(j);
}

/* A query parameter as an instant; *t is left alone when it is absent. False: it is none, and 400 has been answered. */
static bool read_time(struct http_request *request, const char *name, instant *t)
{
    const char *text = http_query_value(request, name);
    struct error err;
    if (!text || instant_parse(text, t, &err) == 0)
        return true;
    http_problem(request, 400, "%s: %s.", name, err.text);
    return false;
}

static void put_rotation(const struct core *core, const struct rotation *rotation, instant t,
                         struct json_out *j)
{
    struct shift stint;
    oncall_stint(core, rotation, t, &stint);
    json_begin_object(j);
    json_put_text(j, "name", rotation->name);
    json_put_text(j, "zone", rotation->zone);
    json_put_int(j, "at_once", rotation->at_once);
    put_people(core, &stint.on, j);
    api_put_time(j, "until", stint.until);
    json_end_object(j);
}

/* Holidays from addresses: when each was last read, and since when that fails and why. */
static void put_feeds(const struct core *core, struct json_out *j)
{
    struct policy_feed named;
    json_key(j, "holidays");
    json_begin_array(j);
    for (size_t i = 0; policy_feed_at(core_policy(core), i, &named); i++) {
        struct feed feed;
        CLEANUP_FREE char *host = feed_host(named.url);
        feed_read(core_journal(core), named.url, &feed);
        json_begin_object(j);
        json_put_text(j, "name", named.name);
        json_put_text(j, "host", host);
        api_put_time(j, "read_at", feed.read_at);
        api_put_time(j, "failing_since", feed.failing_since);
        json_put_text_if(j, "why", feed.why);
        json_end_object(j);
        feed_finish(&feed);
    }
    json_end_array(j);
}

static void get_rotations(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    const struct core *core = api->parts.core;
    const struct rotation *rotation;
    instant t = api->parts.clock();
    struct str out = {0};
    struct json_out j = {&out, false};
    if (!read_time(request, "at", &t) || !api_readable(api, request))
        return;
    json_begin_object(&j);
    api_put_time(&j, "at", t);
    json_key(&j, "rotations");
    json_begin_array(&j);
    for (size_t i = 0; (rotation = policy_rotation_at(core_policy(core), i)); i++)
        put_rotation(core, rotation, t, &j);
    json_end_array(&j);
    put_feeds(core, &j);
    json_end_object(&j);
    api_answer_durable(api, request, &out);
}

/* ---- one rotation ---- */

struct listing {
    const struct core *core;
    struct json_out *j;
};

static bool put_shift(void *ctx, const struct shift *shift)
{
    const struct listing *listing = ctx;
    json_begin_object(listing->j);
    api_put_time(listing->j, "from", shift->from);
    api_put_time(listing->j, "until", shift->until);
    put_people(listing->core, &shift->on, listing->j);
    json_end_object(listing->j);
    return true;
}

static bool read_span(struct http_request *request, instant *from, instant *until)
{
    if (!read_time(request, "from", from))
        return false;
    *until = *from + SHOWN;
    if (!read_time(request, "until", until))
        return false;
    if (*until > *from && *until - *from <= SHOWN_MOST)
        return true;
    http_problem(request, 400, "'until' must be after 'from', and at most 366 days later.");
    return false;
}

static void get_rotation(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    const struct core *core = api->parts.core;
    const struct rotation *rotation = policy_rotation(core_policy(core), http_parameter(request, "rotation"));
    instant from = api->parts.clock(), until;
    struct str out = {0};
    struct json_out j = {&out, false};
    struct listing listing = {core, &j};
    if (!rotation) {
        http_problem(request, 404, "No rotation and no team with one is called '%.100s'.",
                     http_parameter(request, "rotation"));
        return;
    }
    if (!read_span(request, &from, &until) || !api_readable(api, request))
        return;
    json_begin_object(&j);
    json_put_text(&j, "name", rotation->name);
    json_put_text(&j, "zone", rotation->zone);
    json_put_int(&j, "at_once", rotation->at_once);
    json_key(&j, "shifts");
    json_begin_array(&j);
    oncall_shifts(core, rotation, from, until, put_shift, &listing);
    json_end_array(&j);
    json_end_object(&j);
    api_answer_durable(api, request, &out);
}

/* Its address is the secret: whoever has it may read it. */
static void get_calendar(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    const char *file = http_parameter(request, "file"), *ending = strrchr(file, '.');
    CLEANUP_FREE char *secret =
        text_equal(ending, ".ics") ? xstrndup(file, (size_t)(ending - file)) : xstrdup(file);
    if (!oncall_calendar(api->parts.core, secret, api->parts.clock(), &out)) {
        http_problem(request, 404, "No calendar is here. Type `calendar` in chat to get the address of one.");
        return;
    }
    http_answer_header(request, "Cache-Control", "private, max-age=300");
    api_answer_durable_as(api, request, "text/calendar; charset=utf-8", &out);
}

const struct route api_oncall_routes[] = {
    {HTTP_GET, "/api/v1/oncall", get_rotations, SCOPE_READ, 0, 0},
    {HTTP_GET, "/api/v1/oncall/{rotation}", get_rotation, SCOPE_READ, 0, 0},
    {HTTP_GET, "/calendar/{file}", get_calendar, 0, 0, 0},
};
const size_t api_oncall_route_count = ARRAY_SIZE(api_oncall_routes);
