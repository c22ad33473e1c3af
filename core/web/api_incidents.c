/* Incidents (list, read, timeline, declare), command lines, and search. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/markup.h"
#include "command/parse.h"
#include "command/run.h"
#include "comms/comms.h"
#include "impact/impact.h"
#include "people/people.h"
#include "sight/query.h"
#include "sight/sight.h"
#include "tickets/tickets.h"
#include "web/api_call.h"
#include "web/api_errors.h"
#include "web/api_routes.h"
#include "web/idempotency.h"

#define LOOK_MOST 1000 /* incidents that are looked at for a page, which a filter may let few through */

static void put_durations(const struct incident *incident, instant now, struct json_out *j)
{
    struct durations d = incident_durations(incident, now);
    const struct {
        const char *name;
        duration span;
    } all[] = {{"to_accept", d.to_accept},
               {"to_fix", d.to_fix},
               {"to_resolve", d.to_resolve},
               {"active", d.active},
               {"paused", d.paused},
               {"open", d.open},
               {"to_first_contact", d.to_first_contact},
               {"silence", d.silence}};
    json_key(j, "durations_ms");
    json_begin_object(j);
    for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
        if (all[i].span >= 0)
            json_put_int(j, all[i].name, all[i].span);
    }
    json_end_object(j);
}

/* The stored state, with the incident's name and its durations as of now: members of an open object. */
static void put_members(struct core *core, const char *viewer, const struct incident *incident, instant now,
                        struct json_out *j)
{
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str state = {0};
    sight_incident_encode(core, incident, viewer, &state);
    json_put_text(j, "name", incident_name(incident->id, name));
    put_durations(incident, now, j);
    if (incident->affected.customers.n)
        json_put_bool(j, "they_wrote_first", incident_wrote_first(incident));
    json_key(j, "state");
    json_raw(j, state.p);
}

static void put_incident(struct core *core, const char *viewer, const struct incident *incident, instant now,
                         struct json_out *j)
{
    json_begin_object(j);
    put_members(core, viewer, incident, now, j);
    json_end_object(j);
}

struct listing {
    struct json_out j;
    instant now;
    struct core *core;
    const char *viewer, *zone;
    struct api_page page;
    uint64_t last;
};

static bool list_one(void *ctx, const struct incident *incident)
{
    struct listing *listing = ctx;
    if (api_page_takes_number(&listing->page, incident->id)) {
        put_incident(listing->core, listing->viewer, incident, listing->now, &listing->j);
        listing->last = incident->id;
    }
    return !listing->page.more;
}

static void begin_list(struct listing *listing, const char *items)
{
    json_begin_object(&listing->j);
    json_key(&listing->j, items);
    json_begin_array(&listing->j);
}

/* Ends the list and answers, or says what went wrong. */
static void end_list(struct api *api, struct http_request *request, struct listing *listing, int rc,
                     const struct error *err)
{
    struct str *out = listing->j.out;
    json_end_array(&listing->j);
    if (listing->page.more && listing->last)
        json_put_int(&listing->j, "next_before", (int64_t)listing->last);
    if (!rc)
        api_page_end(request, &listing->page, &listing->j);
    json_end_object(&listing->j);
    api_page_finish(&listing->page);
    if (rc) {
        str_finish(out);
        http_problem_of(request, err);
    } else {
        api_answer_durable(api, request, out);
    }
}

/* Where a list begins: behind the cursor, and below `before`. False: 400 has been answered. */
static bool begin_below(struct http_request *request, struct api_page *page, uint64_t *before)
{
    size_t number = 0;
    if (!api_page_begin(request, page) || !api_number(request, "before", SIZE_MAX, &number)) {
        api_page_finish(page);
        return false;
    }
    uint64_t after = api_page_after_number(page);
    *before = after && (!number || after < number) ? after : number;
    return true;
}

/* ---- found by words: best match first, so a page begins behind so many rows of what there was when the first was read ---- */

struct found_place {
    instant until;
    uint64_t rows;
};

static struct found_place place_of(const struct api_page *page, instant now)
{
    struct found_place place = {now, 0};
    if (page->after && sscanf(page->after, "%" SCNd64 "+%" SCNu64, &place.until, &place.rows) != 2)
        place = (struct found_place){now, 0};
    place.rows = MIN(place.rows, API_PAGE_MOST);
    return place;
}

static void end_place(struct api_page *page, const struct found_place *place)
{
    free(page->last);
    page->last = xasprintf("%" PRId64 "+%" PRIu64, place->until, place->rows + page->n);
}

/* Is the row on the page? `row`: its number, from 0. */
static bool takes_row(struct api_page *page, const struct found_place *place, uint64_t row)
{
    page->more = page->more || (row >= place->rows && page->n == page->limit);
    bool taken = row >= place->rows && !page->more;
    page->n += taken;
    return taken;
}

static bool fits(const char *wanted, const char *value)
{
    return !wanted || text_equal_nocase(wanted, value);
}

/* A list with search words. */
struct search {
    struct listing *listing;
    const struct query *query;
    struct found_place place;
    uint64_t rows;
};

static bool list_match(void *ctx, const struct incident *incident, const struct event *event)
{
    struct search *search = ctx;
    const struct query *query = search->query;
    struct listing *listing = search->listing;
    (void)event;
    bool status =
        query->status ? incident->status == query->status : query->all || status_is_open(incident->status);
    if (status && fits(query->severity, incident->severity) && fits(query->team, incident->team) &&
        fits(query->service, incident->service) && takes_row(&listing->page, &search->place, search->rows++))
        put_incident(listing->core, listing->viewer, incident, listing->now, &listing->j);
    return !listing->page.more;
}

static int list_found(struct core *core, const char *words, const struct query *query, struct listing *listing,
                      struct error *err)
{
    struct search search = {
        .listing = listing, .query = query, .place = place_of(&listing->page, listing->now)};
    int rc =
        query_search(core, words, query->viewer, search.place.until, API_PAGE_MOST, list_match, &search, err);
    end_place(&listing->page, &search.place);
    return rc;
}

/* False: 400 has been answered. */
static bool read_status(struct http_request *request, struct query *query)
{
    const char *status = http_query_value(request, "status");
    query->all = text_equal(status, "all");
    query->status = query->all ? STATUS_NONE : status_parse(status);
    if (!status || query->all || query->status || text_equal(status, "open"))
        return true;
    http_problem(request, 400,
                 "Unknown status '%.40s'. Use open, all, or a status such as triage or investigating.", status);
    return false;
}

static void get_incidents(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    struct error err;
    const char *words = http_query_value(request, "q");
    struct query query = {.viewer = api_viewer(request),
                          .severity = http_query_value(request, "severity"),
                          .team = http_query_value(request, "team"),
                          .service = http_query_value(request, "service")};
    uint64_t looked = 0;
    struct listing listing = {.j = {&out, false},
                              .now = api->parts.clock(),
                              .core = api->parts.core,
                              .viewer = query.viewer,
                              .page = {.list = words ? "found" : "incidents",
                                       .limit = API_PAGE,
                                       .descending = true,
                                       .place_key = api->place_key}};
    if (!read_status(request, &query) || !begin_below(request, &listing.page, &query.before))
        return;
    query.limit = listing.page.limit + 1;
    query.look = LOOK_MOST;
    query.ret_before = &looked;
    begin_list(&listing, "incidents");
    int rc = words ? list_found(api->parts.core, words, &query, &listing, &err)
                   : query_list(api->parts.core, &query, list_one, &listing, &err);
    api_page_looked(&listing.page, looked);
    end_list(api, request, &listing, rc, &err);
}

const struct incident *api_incident(struct api *api, struct http_request *request)
{
    const char *name = http_parameter(request, "id");
    uint64_t id = incident_name_parse(name);
    if (!api_readable(api, request))
        return NULL;
    const struct incident *incident = id ? sight_incident(api->parts.core, id, api_viewer(request)) : NULL;
    if (!incident)
        http_problem(request, 404, "No incident '%.40s'.", name);
    return incident;
}

static void get_incident(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    const struct incident *incident = api_incident(api, request);
    if (!incident)
        return;
    struct json_out j = {&out, false};
    json_begin_object(&j);
    put_members(api->parts.core, api_viewer(request), incident, api->parts.clock(), &j);
    api_put_errors(api->parts.core, incident, api_viewer(request), api->parts.clock(), &j);
    json_end_object(&j);
    api_answer_durable(api, request, &out);
}

/* What was said between us. */
static void put_talk(const struct comms_talk *talk, struct json_out *j)
{
    const struct {
        const char *name;
        int64_t value;
    } all[] = {{"told_first", talk->told_first},
               {"told_at", talk->told_at},
               {"wrote_first", talk->wrote_first},
               {"wrote_at", talk->wrote_at}};
    for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
        if (all[i].value)
            json_put_int(j, all[i].name, all[i].value);
    }
    json_put_bool(j, "they_wrote_first", talk->they_wrote_first);
    json_put_int(j, "silence_ms", talk->silence);
}

static void put_affected(const struct impact_row *row, const struct comms_talk *talk, struct json_out *j)
{
    json_begin_object(j);
    json_put_text(j, "key", row->key);
    json_put_text(j, "name", row->name);
    json_put_text_if(j, "tier", row->record ? row->record->tier : NULL);
    json_put_bool(j, "cares", row->record && row->record->cares);
    json_put_int(j, "since", row->since);
    if (row->last)
        json_put_int(j, "last", row->last);
    json_put_int(j, "count", row->count);
    json_put_int(j, "errors", row->errors);
    put_talk(talk, j);
    json_end_object(j);
}

/* In the order in which they became affected, which stays. */
static int by_since(const void *a, const void *b)
{
    const struct impact_row *x = a, *y = b;
    return x->since != y->since ? (x->since > y->since) - (x->since < y->since) : strcmp(x->key, y->key);
}

static void put_all_affected(struct core *core, const struct incident *incident, struct impact *impact,
                             instant now, struct api_page *page, struct json_out *j)
{
    if (impact->rows.n)
        qsort(impact->rows.v, impact->rows.n, sizeof(*impact->rows.v), by_since);
    for (size_t i = 0; i < impact->rows.n && !page->more; i++) {
        const struct impact_row *row = &impact->rows.v[i];
        CLEANUP_FREE char *key = xasprintf("%020" PRId64 "%s", row->since, row->key);
        if (!api_page_takes(page, key))
            continue;
        struct comms_talk talk = comms_talk(core, incident, row->key, row->since, now);
        put_affected(row, &talk, j);
    }
}

static void get_affected(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    struct impact impact;
    CLEANUP_PAGE struct api_page page = {.list = "affected", .limit = API_PAGE_MOST};
    const struct incident *incident = api_incident(api, request);
    if (!incident || !api_page_begin(request, &page))
        return;
    impact_of(api->parts.core, incident, true, &impact);
    struct json_out j = {&out, false};
    json_begin_object(&j);
    json_put_int(&j, "total", impact.total);
    json_put_bool(&j, "estimated", impact.estimated);
    json_key(&j, "customers");
    json_begin_array(&j);
    put_all_affected(api->parts.core, incident, &impact, api->parts.clock(), &page, &j);
    json_end_array(&j);
    json_put_int(&j, "conversations", (int64_t)comms_open_conversations(api->parts.core, incident));
    api_page_end(request, &page, &j);
    json_end_object(&j);
    impact_finish(&impact);
    api_answer_durable(api, request, &out);
}

static bool takes_ticket(void *ctx, const char *key)
{
    return api_page_takes(ctx, key);
}

static void get_tickets(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    CLEANUP_PAGE struct api_page page = {.list = "tickets", .limit = API_PAGE_MOST};
    const struct incident *incident = api_incident(api, request);
    if (!incident || !api_page_begin(request, &page))
        return;
    struct json_out j = {&out, false};
    json_begin_object(&j);
    json_put_int(&j, "attached", incident->places.tickets.attached);
    json_put_int(&j, "done", incident->places.tickets.done);
    json_key(&j, "tickets");
    json_begin_array(&j);
    tickets_encode(api->parts.core, incident, takes_ticket, &page, &j);
    json_end_array(&j);
    api_page_end(request, &page, &j);
    json_end_object(&j);
    api_answer_durable(api, request, &out);
}

static bool put_timeline_event(void *ctx, const struct event *event)
{
    struct listing *listing = ctx;
    if (api_page_takes_number(&listing->page, event->version)) {
        sight_event_encode(listing->core, event, listing->viewer, listing->now, listing->zone, &listing->j);
        listing->last = event->version;
    }
    return !listing->page.more;
}

static void get_timeline(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    struct error err;
    const char *viewer = api_viewer(request);
    const struct incident *incident = api_incident(api, request);
    struct listing listing = {.j = {&out, false},
                              .now = api->parts.clock(),
                              .core = api->parts.core,
                              .viewer = viewer,
                              .page = {.list = "timeline", .limit = API_PAGE, .descending = true}};
    uint64_t before;
    if (!incident || !begin_below(request, &listing.page, &before))
        return;
    listing.zone = people_zone(api->parts.core, viewer);
    begin_list(&listing, "events");
    int rc = query_timeline(api->parts.core, incident->id, viewer, before, listing.page.limit + 1,
                            put_timeline_event, &listing, &err);
    end_list(api, request, &listing, rc, &err);
}

/* ---- command lines ---- */

/* The answer; of a refusal, as problem details with the same members. */
static void write_answer(const struct answer *answer, int status, struct str *out)
{
    struct str whole = {0};
    CLEANUP_STR struct str detail = {0};
    answer_encode(answer, out);
    if (status < 400)
        return;
    text_unescape(str_text(&answer->text), &detail);
    http_problem_write(status, error_word(answer->code), str_text(&detail), &whole);
    whole.p[whole.len - 1] = ',';
    str_addn(&whole, out->p + 1, out->len - 1);
    str_finish(out);
    *out = whole;
}

/* Runs a command line as the token's person, and answers once it is durable. */
static void run_line(struct api *api, struct http_request *request, const char *line, uint64_t here)
{
    const struct token *token = http_token(request);
    CLEANUP_FREE char *clean = utf8_sanitize(line, strlen(line), API_BODY);
    CLEANUP_FREE char *by = xasprintf("api/%s", token->name);
    bool tool = !api_viewer(request);
    struct asker asker = {.person = people_now(api->parts.core, api_viewer(request)),
                          .by = tool ? by : NULL,
                          .here = here,
                          .most = api_access(api->parts.core, token),
                          .agent = token->agent ? token->name : NULL,
                          .automatic = tool || token->agent};
    struct answer answer = {0};
    struct str out = {0};
    struct turn *turn = turn_begin(api->parts.core, api->parts.clock());
    int code = command_run(turn, &asker, clean, &answer), status = code ? http_status_of(code) : 200;
    write_answer(&answer, status, &out);
    idempotency_about(request, &(struct idempotency_about){answer.incident, answer.secret, status >= 500});
    answer_finish(&answer);
    api_commit(request, turn, status, &out);
}

static void post_command(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    CLEANUP_JSON cJSON *body = api_body(request);
    if (!body || !api_readable(api, request))
        return;
    const char *text = json_text_or(body, "text", NULL);
    if (text_empty(text))
        http_problem(request, 400, "'text' is missing. Send {\"text\": \"accept INC-42\"}.");
    else
        run_line(api, request, command_prefixed(text) ? command_prefixed(text) : text,
                 incident_name_parse(json_text_or(body, "incident", NULL)));
}

/* ---- declaring by fields ---- */

static int set_member(struct turn *turn, uint64_t id, const char *by, const cJSON *body, const char *name,
                      struct error *err)
{
    const char *value = json_text_or(body, name, NULL);
    struct command command = {.verb = name, .by = by, .name = value};
    return text_empty(value) ? 0 : turn_do(turn, id, &command, NULL, err);
}

/* A member of the wrong type must not count as absent: "private": "yes" would be public. False: 400 has been answered. */
static bool has_types(struct http_request *request, cJSON *body)
{
    static const char *const texts[] = {"title", "severity", "team", "service", "kind", "summary"};
    const cJSON *private = json_member(body, "private");
    if (private && !cJSON_IsBool(private)) {
        http_problem(request, 400, "'private' must be true or false.");
        return false;
    }
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        cJSON *text = cJSON_GetObjectItemCaseSensitive(body, texts[i]);
        if (!text || cJSON_IsNull(text))
            continue;
        if (!cJSON_IsString(text)) {
            http_problem(request, 400, "'%s' must be a string.", texts[i]);
            return false;
        }
        CLEANUP_FREE char *clean =
            command_clean(text->valuestring); /* no escape sequences for terminals that show it */
        CLEANUP_FREE char *whole = utf8_sanitize(clean, strlen(clean), SIZE_MAX);
        cJSON_SetValuestring(text, whole);
    }
    return true;
}

/* Each field is taken as it is; none becomes part of a command line. */
static int declare(struct turn *turn, const char *by, const cJSON *body, uint64_t *ret_id, struct error *err)
{
    char name[INCIDENT_NAME];
    struct command command = {.verb = "declare",
                              .by = by,
                              .automatic = text_starts(by, "api/"), /* a tool's incident starts in triage */
                              .text = json_text_or(body, "title", NULL),
                              .name = json_text_or(body, "severity", NULL),
                              .flag = json_bool_or(body, "private", false)};
    struct command drill = {.verb = "drill", .by = by, .flag = true};
    struct command summary = {.verb = "summary", .by = by, .text = json_text_or(body, "summary", NULL)};
    uint64_t id = 0;
    int rc = turn_do(turn, 0, &command, &id, err);
    if (rc)
        return rc;
    *ret_id = id;
    rc = set_member(turn, id, by, body, "team", err);
    rc = rc ? rc : set_member(turn, id, by, body, "service", err);
    rc = rc ? rc : set_member(turn, id, by, body, "kind", err);
    if (!rc && json_bool_or(body, "drill", false))
        rc = turn_do(turn, id, &drill, NULL, err);
    if (!rc && !text_empty(summary.text))
        rc = turn_do(turn, id, &summary, NULL, err);
    return rc ? error_prefix(err, "%s was declared, but some fields could not be set", incident_name(id, name))
              : 0;
}

static void post_incident(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct core *core = api->parts.core;
    struct error err;
    uint64_t id;
    CLEANUP_JSON cJSON *body = api_body(request);
    if (!body || !api_ready(api, request))
        return;
    const char *viewer = api_viewer(request);
    if (!has_types(request, body))
        return;
    if (text_empty(json_text_or(body, "title", NULL))) {
        http_problem(request, 400, "'title' is missing. Send {\"title\": \"checkout is slow\"}.");
        return;
    }
    if (json_bool_or(body, "private", false) && !viewer) {
        http_problem(request, 400, "A private incident needs a member. Use a token that belongs to a person.");
        return;
    }
    CLEANUP_FREE char *by = api_by(api, request);
    struct turn *turn = turn_begin(core, api->parts.clock());
    struct str out = {0};
    if (declare(turn, by, body, &id, &err)) {
        api_end(request, turn, err.code, &err, 201, &out);
        return;
    }
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *where = xasprintf("/api/v1/incidents/%s", incident_name(id, name));
    put_incident(core, viewer, sight_incident(core, id, viewer), turn_now(turn),
                 &(struct json_out){&out, false});
    http_answer_header(request, "Location", where);
    idempotency_about(request, &(struct idempotency_about){.incident = id});
    api_commit(request, turn, 201, &out);
}

/* ---- search ---- */

static bool found_one(void *ctx, const struct incident *incident, const struct event *event)
{
    struct search *search = ctx;
    struct listing *listing = search->listing;
    char name[INCIDENT_NAME];
    if (!takes_row(&listing->page, &search->place, search->rows++))
        return !listing->page.more;
    json_begin_object(&listing->j);
    json_put_text(&listing->j, "incident", incident_name(incident->id, name));
    json_put_text(&listing->j, "title", incident->title);
    json_put_text(&listing->j, "status", status_name(incident->status));
    json_key(&listing->j, "event");
    sight_event_encode(listing->core, event, listing->viewer, listing->now, listing->zone, &listing->j);
    json_end_object(&listing->j);
    return true;
}

#define SEARCH_PAGE 20
static void get_search(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    struct error err;
    const char *words = http_query_value(request, "q");
    struct listing listing = {.j = {&out, false},
                              .now = api->parts.clock(),
                              .core = api->parts.core,
                              .viewer = api_viewer(request),
                              .page = {.list = "found", .limit = SEARCH_PAGE}};
    if (!api_page_begin(request, &listing.page))
        return;
    struct search search = {.listing = &listing, .place = place_of(&listing.page, listing.now)};
    begin_list(&listing, "results");
    int rc = query_search(api->parts.core, words ? words : "", listing.viewer, search.place.until,
                          search.place.rows + listing.page.limit + 1, found_one, &search, &err);
    end_place(&listing.page, &search.place);
    end_list(api, request, &listing, rc, &err);
}

const struct route api_incident_routes[] = {
    {HTTP_GET, "/api/v1/incidents", get_incidents, SCOPE_READ, 0, 0},
    {HTTP_POST, "/api/v1/incidents", post_incident, SCOPE_WRITE, API_BODY, ROUTE_JSON},
    {HTTP_GET, "/api/v1/incidents/{id}", get_incident, SCOPE_READ, 0, 0},
    {HTTP_GET, "/api/v1/incidents/{id}/customers", get_affected, SCOPE_READ, 0, 0},
    {HTTP_GET, "/api/v1/incidents/{id}/tickets", get_tickets, SCOPE_READ, 0, 0},
    {HTTP_GET, "/api/v1/incidents/{id}/timeline", get_timeline, SCOPE_READ, 0, 0},
    {HTTP_POST, "/api/v1/commands", post_command, SCOPE_WRITE, API_BODY, ROUTE_JSON | ROUTE_AGENT},
    {HTTP_GET, "/api/v1/search", get_search, SCOPE_READ, 0, 0},
};
const size_t api_incident_route_count = ARRAY_SIZE(api_incident_routes);
