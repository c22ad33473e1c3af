#include "sight/query.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/markup.h"
#include "sight/said.h"
#include "sight/sight.h"
#include "turn/live.h"

#define LIST_MOST   1000
#define SEARCH_ROWS 500 /* hits examined for a search, before the check of visibility */
#define TITLE_ROWS  200 /* of them in titles */

struct listing {
    struct core *core;
    const struct query *query;
    bool (*on)(void *ctx, const struct incident *incident);
    void *ctx;
    size_t left;
    struct error *err;
    int rc;
};

static bool fits(const char *wanted, const char *value)
{
    return !wanted || text_equal_nocase(wanted, value);
}

static bool matches(const struct core *core, const struct query *query, const struct incident *incident)
{
    bool status =
        query->status ? incident->status == query->status : query->all || status_is_open(incident->status);
    return status && fits(query->severity, incident->severity) && fits(query->team, incident->team) &&
           fits(query->service, incident->service) && sight_sees(core, incident, query->viewer);
}

static bool list_one(struct listing *listing, const struct incident *incident)
{
    if (!matches(listing->core, listing->query, incident))
        return true;
    return listing->on(listing->ctx, incident) && --listing->left > 0;
}

static bool list_doc(void *ctx, const struct journal_doc *doc)
{
    struct listing *listing = ctx;
    struct incident *incident;
    listing->rc = incident_decode(doc->body, strlen(doc->body), &incident, listing->err);
    if (listing->rc)
        return false;
    bool more = list_one(listing, incident);
    incident_destroy(incident);
    return more;
}

static bool list_live(void *ctx, const struct incident *incident)
{
    return !incident->version || list_one(ctx, incident);
}

int query_list(struct core *core, const struct query *query,
               bool (*on)(void *ctx, const struct incident *incident), void *ctx, struct error *err)
{
    size_t limit = query->limit && query->limit < LIST_MOST ? query->limit : LIST_MOST;
    struct listing listing = {core, query, on, ctx, limit, err, 0};
    bool open = query->status ? status_is_open(query->status) : !query->all;
    if (open) {
        live_each_newest(core, query->before, list_live, &listing);
        return 0;
    }
    char before[24];
    snprintf(before, sizeof(before), "%010" PRIu64, query->before);
    struct doc_query docs = {.kind = DOC_INCIDENT,
                             .descending = true,
                             .after = query->before ? before : NULL,
                             .tag = query->status ? status_name(query->status) : NULL};
    int rc = journal_docs(core_journal(core), &docs, list_doc, &listing, err);
    return rc ? rc : listing.rc;
}

struct telling {
    struct core *core;
    const char *viewer;
    bool (*on)(void *ctx, const struct event *event);
    void *ctx;
    size_t left;
    uint64_t last_version;
    size_t rows;
    struct error *err;
    int rc;
};

static bool tell_row(void *ctx, const struct journal_event *row)
{
    struct telling *telling = ctx;
    struct event event;
    telling->rows++;
    telling->last_version = row->version;
    telling->rc = turn_event_of_row(row, &event, telling->err);
    if (telling->rc)
        return false;
    bool more = true;
    if (event_is_shown(&event) && sight_event_visible(telling->core, &event, telling->viewer)) {
        struct event seen = sight_event_seen(telling->core, &event, telling->viewer);
        more = telling->on(telling->ctx, &seen) && --telling->left > 0;
        event_finish(&seen);
    }
    event_finish(&event);
    return more;
}

int query_timeline(struct core *core, uint64_t id, const char *viewer, uint64_t before, size_t limit,
                   bool (*on)(void *ctx, const struct event *event), void *ctx, struct error *err)
{
    char name[INCIDENT_NAME];
    if (!sight_incident(core, id, viewer))
        return error_markup(err, ERR_NOT_FOUND, "No incident %s. `list` shows the open ones.",
                            incident_name(id, name));
    struct telling telling = {
        .core = core, .viewer = viewer, .on = on, .ctx = ctx, .left = limit ? limit : LIST_MOST, .err = err};
    int rc = journal_read_back(core_journal(core), incident_name(id, name), before, 0, tell_row, &telling, err);
    return rc ? rc : telling.rc;
}

struct searching {
    struct core *core;
    const char *viewer;
    bool (*on)(void *ctx, const struct incident *incident, const struct event *event);
    void *ctx;
    size_t left;
    ARRAY(uint64_t) seen; /* one hit for each incident */
};

static bool seen_before(struct searching *search, uint64_t id)
{
    for (size_t i = 0; i < search->seen.n; i++) {
        if (search->seen.v[i] == id)
            return true;
    }
    *array_add(&search->seen) = id;
    return false;
}

static bool search_row(void *ctx, const struct journal_event *row)
{
    struct searching *search = ctx;
    struct event event;
    if (turn_event_of_row(row, &event, NULL))
        return true;
    const struct incident *incident =
        event.incident ? sight_incident(search->core, event.incident, search->viewer) : NULL;
    bool more = true;
    if (incident && said_still(search->core, &event) && !seen_before(search, incident->id)) {
        struct event seen = sight_event_seen(search->core, &event, search->viewer);
        more = search->on(search->ctx, incident, &seen) && --search->left > 0;
        event_finish(&seen);
    }
    event_finish(&event);
    return more;
}

/* What is in a title is what people look for, so it comes first. Where whole words find too little, the last may be the beginning of one. */
int query_search(struct core *core, const char *words, const char *viewer, size_t limit,
                 bool (*on)(void *ctx, const struct incident *incident, const struct event *event), void *ctx,
                 struct error *err)
{
    struct searching search = {
        .core = core, .viewer = viewer, .on = on, .ctx = ctx, .left = limit ? limit : 20};
    const struct search_query passes[] = {
        {.words = words, .limit = TITLE_ROWS, .titles = true},
        {.words = words, .limit = SEARCH_ROWS},
        {.words = words, .limit = TITLE_ROWS, .titles = true, .beginning = true},
        {.words = words, .limit = SEARCH_ROWS, .beginning = true}};
    int rc = 0;
    for (size_t i = 0; !rc && search.left && i < ARRAY_SIZE(passes); i++)
        rc = journal_search(core_journal(core), &passes[i], search_row, &search, err);
    array_free(&search.seen);
    return rc;
}
