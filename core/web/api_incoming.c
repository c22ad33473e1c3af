/* What came in and opened no incident: alert groups, and senders that were refused. */
#include "triage/incoming.h"

#include <inttypes.h>

#include "intake/group.h"
#include "people/people.h"
#include "web/api_call.h"
#include "web/api_routes.h"

struct listing {
    struct json_out *j;
    struct api_page page;
};

/* The last seen first: what is seen again comes to the front, and moves nothing behind it. */
static bool takes(struct api_page *page, const struct group *group)
{
    CLEANUP_FREE char *key = xasprintf("%020" PRId64 "%016" PRIx64, group->times.last_seen, group->fingerprint);
    return api_page_takes(page, key);
}

static void put_time(struct json_out *j, const char *name, instant at)
{
    char text[INSTANT_TEXT];
    json_put_text(j, name, instant_format(at, text));
}

static bool put_group(void *ctx, const struct incoming *row)
{
    struct listing *listing = ctx;
    struct json_out *j = listing->j;
    if (!takes(&listing->page, row->group))
        return !listing->page.more;
    char fingerprint[FINGERPRINT_TEXT], name[INCIDENT_NAME];
    fingerprint_format(row->group->fingerprint, fingerprint);
    CLEANUP_FREE char *declare = row->can_open ? xasprintf("declare from %s", fingerprint) : NULL;
    json_begin_object(j);
    json_put_text(j, "fingerprint", fingerprint);
    json_put_text(j, "title", row->group->about.title);
    json_put_text(j, "service", row->group->about.service);
    json_put_text(j, "environment", row->group->about.environment);
    json_put_text(j, "level", alert_level_name((enum alert_level)row->group->level));
    json_put_int(j, "count", row->group->tally.count);
    put_time(j, "first_seen", row->group->times.first_seen);
    put_time(j, "last_seen", row->group->times.last_seen);
    json_put_text(j, "why", incoming_why_name(row->why));
    json_put_text(j, "reason", row->reason);
    json_put_text_if(j, "rule", row->rule);
    if (row->incident)
        json_put_text(j, "incident", incident_name(row->incident, name));
    json_put_text_if(j, "command", declare);
    json_end_object(j);
    return true;
}

static bool put_refused(void *ctx, const struct refused *row)
{
    struct json_out *j = ctx;
    json_begin_object(j);
    json_put_text(j, "from", row->from);
    json_put_text(j, "path", row->path);
    json_put_text(j, "reason", row->reason);
    json_put_int(j, "count", row->count);
    put_time(j, "first", row->first);
    put_time(j, "last", row->last);
    json_end_object(j);
    return true;
}

static void get_incoming(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    struct json_out j = {&out, false};
    struct listing listing = {&j, {.list = "incoming", .limit = API_PAGE, .descending = true}};
    if (!api_readable(api, request) || !api_page_begin(request, &listing.page))
        return;
    const char *viewer = api_viewer(request);
    const struct incoming_reading reading = {.viewer = viewer,
                                             .zone = people_zone(api->parts.core, viewer),
                                             .words = http_query_value(request, "q"),
                                             .now = api->parts.clock()};
    json_begin_object(&j);
    json_key(&j, "groups");
    json_begin_array(&j);
    incoming_each(api->parts.core, &reading, put_group, &listing);
    json_end_array(&j);
    json_key(&j, "refused");
    json_begin_array(&j);
    refused_each(api->parts.core, put_refused, &j);
    json_end_array(&j);
    api_page_end(request, &listing.page, &j);
    api_page_finish(&listing.page);
    json_end_object(&j);
    api_answer_durable(api, request, &out);
}

const struct route api_incoming_routes[] = {
    {HTTP_GET, "/api/v1/incoming", get_incoming, SCOPE_READ, 0, 0},
};
const size_t api_incoming_route_count = ARRAY_SIZE(api_incoming_routes);
