/* Resources: what an agent can read without a tool. Nobody can tell one that they may not see from one that does not exist. */
#include <inttypes.h>
#include <string.h>

#include "base/markup.h"
#include "base/moment.h"
#include "engine/event.h"
#include "mcp/documents.h"
#include "mcp/frame.h"
#include "mcp/inside.h"
#include "people/people.h"
#include "sight/query.h"
#include "sight/sight.h"
#include "web/wire.h"

#define SCHEME   "tocsin://"
#define MARKDOWN "text/markdown"
#define PAGE     50
#define EVENTS   200 /* of a timeline, the newest */

/* ---- what there is ---- */

static const struct resource {
    const char *path, *title, *help, *line; /* line: the command that shows it */
} resources[] = {
    {"incidents", "Open incidents", "The open incidents, newest first.", "list"},
    {"oncall", "Who is on call", "Who is on call now, in all rotations.", "oncall"},
    {"services", "Services",
     "The catalogue: services by team, and those that alerts name and it does not have.", "services"},
    {"rules", "Active rules", "The active rules and mutes of the policy, with file and line.", "rules"},
};

static const struct {
    const char *path, *title, *help;
} templates[] = {
    {"incidents/{incident}", "An incident",
     "One incident: status, people, customers, what is due, the summary."},
    {"incidents/{incident}/timeline", "The timeline of an incident",
     "Who did what and when, oldest first; lines that came from outside say so."},
    {"services/{service}", "A service",
     "One service: team, runbook, what depends on it, its open incidents and alerts."},
};

static void put_entry(struct json_out *j, const char *key, const char *path, const char *name, const char *help)
{
    CLEANUP_FREE char *uri = xasprintf(SCHEME "%s", path);
    json_begin_object(j);
    json_put_text(j, key, uri);
    json_put_text(j, "name", name);
    json_put_text(j, "description", help);
    json_put_text(j, "mimeType", MARKDOWN);
    json_end_object(j);
}

struct listing {
    struct json_out *j;
    uint64_t last;
    size_t n;
};

/* Without its title, which may come from outside. */
static bool list_incident(void *ctx, const struct incident *incident)
{
    struct listing *listing = ctx;
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *path = xasprintf("incidents/%s", incident_name(incident->id, name));
    CLEANUP_FREE char *help = xasprintf("%s, %s", status_name(incident->status), incident->severity);
    put_entry(listing->j, "uri", path, name, help);
    listing->last = incident->id;
    listing->n++;
    return true;
}

static void put_first_page(struct json_out *j)
{
    for (size_t i = 0; i < ARRAY_SIZE(resources); i++)
        put_entry(j, "uri", resources[i].path, resources[i].title, resources[i].help);
    for (const struct mcp_document *d = mcp_documents; d->name; d++) {
        CLEANUP_FREE char *path = xasprintf("docs/%s", d->name);
        put_entry(j, "uri", path, d->name, "A page of Tocsin's documentation.");
    }
}

int resources_list(struct mcp_call *call, struct json_out *j, struct error *err)
{
    const char *cursor = json_text_or(call->params, "cursor", NULL);
    struct query query = {
        .viewer = call->person, .limit = PAGE, .before = cursor ? strtoull(cursor, NULL, 10) : 0};
    struct listing listing = {.j = j};
    if (cursor && !query.before) {
        error_set(err, ERR_INVALID, "That cursor is not one of ours.");
        return RPC_PARAMETERS;
    }
    json_begin_object(j);
    json_key(j, "resources");
    json_begin_array(j);
    if (!cursor)
        put_first_page(j);
    int rc = query_list(call->core, &query, list_incident, &listing, err);
    json_end_array(j);
    if (listing.n == PAGE) {
        CLEANUP_FREE char *next = xasprintf("%" PRIu64, listing.last);
        json_put_text(j, "nextCursor", next);
    }
    json_end_object(j);
    return rc ? RPC_INTERNAL : 0;
}

int resources_templates(struct mcp_call *call, struct json_out *j, struct error *err)
{
    (void)call, (void)err;
    json_begin_object(j);
    json_key(j, "resourceTemplates");
    json_begin_array(j);
    for (size_t i = 0; i < ARRAY_SIZE(templates); i++)
        put_entry(j, "uriTemplate", templates[i].path, templates[i].title, templates[i].help);
    json_end_array(j);
    json_end_object(j);
    return 0;
}

/* ---- a timeline ---- */

static bool gather(void *ctx, const struct event *event)
{
    event_copy(array_add((event_list *)ctx), event);
    return true;
}

static bool is_from_outside(const struct event *event)
{
    static const char *const outside[] = {BY_CUSTOMER, BY_APP, "connector/", "intake"};
    bool from =
        event->text && text_equal(event->by, BY_RULE); /* what an alert says, or the policy says of it */
    for (size_t i = 0; i < ARRAY_SIZE(outside); i++)
        from = from || (event->by && text_starts(event->by, outside[i]));
    return from;
}

static void add_event(const struct mcp_call *call, const struct event *event, const char *zone, struct str *out)
{
    CLEANUP_STR struct str line = {0};
    str_add(&line, is_from_outside(event) ? "- [from outside] " : "- ");
    moment_format(event->at, call->now, zone, &line);
    str_addc(&line, ' ');
    event_describe(event, call->now, zone, people_name, call->core, &line);
    moments_off(line.p);
    str_addf(out, "%s\n", line.p);
}

static int add_timeline(struct mcp_call *call, uint64_t id, struct str *out)
{
    event_list events = {0};
    char name[INCIDENT_NAME];
    const char *zone = people_zone(call->core, call->person);
    const struct incident *incident = sight_incident(call->core, id, call->person);
    if (!incident)
        return ERR_NOT_FOUND;
    int rc = query_timeline(call->core, id, call->person, 0, EVENTS, gather, &events, NULL);
    str_markup(out, "# %s: %s\n\n", incident_name(id, name), incident->title);
    for (size_t i = events.n; i-- > 0;)
        add_event(call, &events.v[i], zone, out);
    event_list_finish(&events);
    return rc;
}

/* ---- reading one ---- */

static int add_service(struct mcp_call *call, const char *name, struct str *out)
{
    struct mcp_values values = {0};
    mcp_values_add(&values, "service", name);
    int rc = mcp_run(call, "services", &values, out, NULL);
    mcp_values_finish(&values);
    return rc;
}

static int add_incident(struct mcp_call *call, const char *rest, struct str *out)
{
    size_t n = strcspn(rest, "/");
    CLEANUP_FREE char *word = xstrndup(rest, n);
    uint64_t id = incident_name_parse(word);
    if (!id || (rest[n] && strcmp(rest + n, "/timeline") != 0))
        return ERR_NOT_FOUND;
    if (rest[n])
        return add_timeline(call, id, out);
    CLEANUP_FREE char *line = xasprintf("show %s", word);
    return mcp_run(call, line, NULL, out, NULL);
}

static int add_document(struct mcp_call *call, const char *name, struct str *out)
{
    (void)call;
    const struct mcp_document *d = mcp_documents;
    while (d->name && strcmp(d->name, name) != 0)
        d++;
    str_add(out, d->text);
    return d->name ? 0 : ERR_NOT_FOUND;
}

static const struct {
    const char *prefix;
    int (*add)(struct mcp_call *call, const char *rest, struct str *out);
    bool ours; /* all of it is our own text */
} places[] = {
    {"docs/", add_document, true}, {"incidents/", add_incident, false}, {"services/", add_service, false}};

/* What is at the path. */
static int add_at(struct mcp_call *call, const char *path, struct str *out, bool *ret_ours)
{
    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        if (!text_starts(path, places[i].prefix))
            continue;
        *ret_ours = places[i].ours;
        return places[i].add(call, path + strlen(places[i].prefix), out);
    }
    for (size_t i = 0; i < ARRAY_SIZE(resources); i++) {
        if (strcmp(resources[i].path, path) == 0)
            return mcp_run(call, resources[i].line, NULL, out, NULL);
    }
    return ERR_NOT_FOUND;
}

int resource_put(struct mcp_call *call, const char *uri, struct json_out *j, struct error *err)
{
    CLEANUP_STR struct str path = {0}, text = {0}, framed = {0};
    const char *encoded = text_starts(uri, SCHEME) ? uri + strlen(SCHEME) : NULL;
    bool ours = false;
    int rc = encoded ? wire_decode(encoded, strlen(encoded), false, &path) : ERR_NOT_FOUND;
    rc = rc ? rc : add_at(call, str_text(&path), &text, &ours);
    if (rc) {
        error_set(err, ERR_NOT_FOUND, "There is no resource '%.200s'.", uri);
        return RPC_NO_RESOURCE;
    }
    if (!ours)
        frame_data(call->core, str_text(&text), &framed);
    json_begin_object(j);
    json_put_text(j, "uri", uri);
    json_put_text(j, "mimeType", MARKDOWN);
    json_put_text(j, "text", str_text(ours ? &text : &framed));
    json_end_object(j);
    return 0;
}

int resources_read(struct mcp_call *call, struct json_out *j, struct error *err)
{
    const char *uri = json_text_or(call->params, "uri", NULL);
    if (!uri) {
        error_set(err, ERR_INVALID, "'uri' is missing.");
        return RPC_PARAMETERS;
    }
    json_begin_object(j);
    json_key(j, "contents");
    json_begin_array(j);
    int rc = resource_put(call, uri, j, err);
    json_end_array(j);
    json_end_object(j);
    return rc;
}
