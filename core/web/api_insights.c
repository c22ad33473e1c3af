/* Where reactive work goes, and what incidents left to do. */
#include <inttypes.h>
#include <string.h>

#include "followups/followups.h"
#include "people/people.h"
#include "review/review.h"
#include "sight/sight.h"
#include "web/api_call.h"
#include "web/api_routes.h"
#include "web/insights.h"

#define IDS_MOST 200 /* of a sum, that are named */

/* ---- insights ---- */

static void put_calls(struct json_out *j, const char *name, const struct insight_calls *calls)
{
    json_key(j, name);
    json_begin_object(j);
    json_put_int(j, "all", calls->all);
    json_put_int(j, "nights", calls->nights);
    json_put_int(j, "weekends", calls->weekends);
    json_end_object(j);
}

static void put_times(struct json_out *j, const char *name, const insight_times *times)
{
    json_key(j, name);
    json_begin_object(j);
    json_put_int(j, "count", (int64_t)times->n);
    if (times->n) {
        json_put_int(j, "p50_seconds", insight_quantile(times, 50) / SECOND);
        json_put_int(j, "p90_seconds", insight_quantile(times, 90) / SECOND);
    }
    json_end_object(j);
}

static void put_ids(struct json_out *j, const struct insight *sum)
{
    char name[INCIDENT_NAME];
    json_key(j, "ids");
    json_begin_array(j);
    for (size_t i = sum->ids.n; i-- > 0 && sum->ids.n - i <= IDS_MOST;)
        json_text(j, incident_name(sum->ids.v[i], name));
    json_end_array(j);
}

static void put_sum(const struct core *core, struct json_out *j, enum insight_kind kind,
                    const struct insight *sum)
{
    const char *person = kind == INSIGHT_PERSON ? people_name((void *)(uintptr_t)core, sum->name) : NULL;
    json_begin_object(j);
    json_put_text(j, "key", sum->name ? sum->name : "");
    json_put_text_if(j, "name", person);
    json_put_int(j, "incidents", sum->incidents);
    json_put_int(j, "declined", sum->declined);
    json_put_int(j, "merged", sum->merged);
    json_put_int(j, "drills", sum->drills);
    json_put_int(j, "repeats", sum->repeats);
    json_put_int(j, "active_seconds", sum->active / SECOND);
    json_put_int(j, "work_seconds", sum->work / SECOND);
    put_calls(j, "calls", &sum->calls);
    put_calls(j, "calls_declined", &sum->in_vain);
    json_key(j, "times");
    json_begin_object(j);
    for (size_t i = 0; i < PIECE_TIMES; i++)
        put_times(j, piece_time_name((enum piece_time)i), &sum->times[i]);
    put_times(j, "draft", &sum->waited);
    json_end_object(j);
    put_ids(j, sum);
    json_put_int(j, "hidden", sum->hidden);
    json_end_object(j);
}

static void put_kind(const struct core *core, struct json_out *j, const struct insights *sums,
                     enum insight_kind kind)
{
    insight_list list = {0};
    insights_list(sums, kind, &list);
    json_key(j, insight_kind_name(kind));
    json_begin_array(j);
    for (size_t i = 0; i < list.n; i++)
        put_sum(core, j, kind, list.v[i]);
    json_end_array(j);
    array_free(&list);
}

static void put_insights(const struct core *core, const struct review_query *query, const struct insights *sums,
                         struct json_out *j)
{
    char month[MONTH_TEXT];
    month_name(query->from, month);
    json_begin_object(j);
    json_put_text(j, "month", month);
    json_put_int(j, "months", query->months);
    json_put_text_if(j, "team", query->team);
    json_put_int(j, "waiting", (int64_t)review_waiting(core));
    json_key(j, "all");
    put_sum(core, j, INSIGHT_ALL, &sums->all);
    json_key(j, "by");
    json_begin_object(j);
    for (size_t kind = INSIGHT_TEAM; kind < INSIGHT_KINDS; kind++) {
        if (query->kind == INSIGHT_ALL || query->kind == (enum insight_kind)kind)
            put_kind(core, j, sums, (enum insight_kind)kind);
    }
    json_end_object(j);
    json_end_object(j);
}

static void get_insights(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    const char *by = http_query_value(request, "by");
    enum insight_kind kind = insight_kind_parse(by ? by : insight_kind_name(INSIGHT_ALL));
    struct review_query query;
    struct insights sums;
    struct str out = {0};
    struct json_out j = {&out, false};
    struct error err;
    if (kind == INSIGHT_KINDS) {
        http_problem(request, 400,
                     "by: '%.40s' is none; write team, service, person, rule, severity, customer or component.",
                     by);
        return;
    }
    if (insights_asked(request, kind, api->parts.clock(), &query, &err)) {
        http_problem_of(request, &err);
        return;
    }
    if (!api_readable(api, request))
        return;
    query.viewer = api_viewer(request);
    if (review_sum(api->parts.core, &query, &sums, &err))
        http_problem(request, 503, "%s", err.text);
    else
        put_insights(api->parts.core, &query, &sums, &j);
    insights_finish(&sums);
    if (out.len)
        api_answer_durable(api, request, &out);
}

static void get_chart(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    if (api_readable(api, request))
        insights_answer_file(api->parts.core, request, http_parameter(request, "file"), api_viewer(request),
                             api->parts.clock());
}

/* ---- follow-ups ---- */

struct listing {
    struct core *core;
    const char *viewer, *team;
    uint64_t incident; /* 0: all */
    struct json_out *j;
    struct api_page page;
};

/* As they are listed: open ones by when they are due, then those that are over. */
static bool takes(struct api_page *page, const struct followup *followup)
{
    CLEANUP_FREE char *key = followup->state == FOLLOWUP_OPEN
                                 ? xasprintf("0%020" PRId64 "%010" PRId64, followup->due, followup->number)
                                 : xasprintf("1%010" PRId64, followup->number);
    return api_page_takes(page, key);
}

static bool put_followup(void *ctx, const struct followup *followup)
{
    static const char *const states[] = {"open", "done", "dropped"};
    struct listing *listing = ctx;
    char name[INCIDENT_NAME];
    if ((listing->team && !text_equal_nocase(listing->team, followup->team)) ||
        !sight_incident(listing->core, followup->incident, listing->viewer) || !takes(&listing->page, followup))
        return !listing->page.more;
    json_begin_object(listing->j);
    json_put_int(listing->j, "number", followup->number);
    json_put_text(listing->j, "incident", incident_name(followup->incident, name));
    json_put_text(listing->j, "text", followup->text);
    json_put_text(listing->j, "owner", followup->owner);
    json_put_text_if(listing->j, "team", followup->team);
    json_put_text(listing->j, "state", states[followup->state]);
    api_put_time(listing->j, "made_at", followup->made);
    api_put_time(listing->j, "due_at", followup->due);
    json_put_text_if(listing->j, "why", followup->why);
    json_put_text_if(listing->j, "connector", followup->connector);
    json_put_text_if(listing->j, "ticket", followup->ticket);
    json_end_object(listing->j);
    return true;
}

static void get_followups(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    const char *incident = http_query_value(request, "incident");
    struct str out = {0};
    struct json_out j = {&out, false};
    struct listing listing = {.core = api->parts.core,
                              .viewer = api_viewer(request),
                              .team = http_query_value(request, "team"),
                              .incident = incident_name_parse(incident),
                              .j = &j,
                              .page = {.list = "followups", .limit = API_PAGE_MOST}};
    if (incident && !listing.incident) {
        http_problem(request, 400, "incident: '%.40s' is none; write INC-42.", incident);
        return;
    }
    if (!api_readable(api, request) || !api_page_begin(request, &listing.page))
        return;
    json_begin_object(&j);
    json_key(&j, "followups");
    json_begin_array(&j);
    followups_each_open(api->parts.core, listing.incident, put_followup, &listing);
    if (listing.incident)
        followups_each_over(api->parts.core, listing.incident, put_followup, &listing);
    json_end_array(&j);
    api_page_end(request, &listing.page, &j);
    api_page_finish(&listing.page);
    json_end_object(&j);
    api_answer_durable(api, request, &out);
}

const struct route api_insight_routes[] = {
    {HTTP_GET, "/api/v1/insights", get_insights, SCOPE_READ, 0, 0},
    {HTTP_GET, "/api/v1/insights/charts/{file}", get_chart, SCOPE_READ, 0, 0},
    {HTTP_GET, "/api/v1/followups", get_followups, SCOPE_READ, 0, 0},
};
const size_t api_insight_route_count = ARRAY_SIZE(api_insight_routes);
