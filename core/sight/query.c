#include "sight/query.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
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
    size_t left, looked;
    uint64_t last; /* that was looked at */
    bool stopped;
    struct error *err;
    int rc;
};

static bool fits(const char *wanted, const char *value)
{
    return !wanted || text_equal_nocase(wanted, value);
}

static bool matches(const struct core *core, const struct query *query, const struct incident *incident)
{
    bool open = status_is_open(incident->status);
    bool status = query->status ? incident->status == query->status : query->ended ? !open : query->all || open;
    return status && fits(query->severity, incident->severity) && fits(query->team, incident->team) &&
           fits(query->service, incident->service) && sight_sees(core, incident, query->viewer);
}

static bool list_one(struct listing *listing, const struct incident *incident)
{
    const struct query *query = listing->query;
    listing->last = incident->id;
    bool more = true;
    if (matches(listing->core, query, incident))
        more = listing->on(listing->ctx, incident) && --listing->left > 0;
    listing->stopped = !more || ++listing->looked == query->look;
    return !listing->stopped;
}

static bool list_doc(void *ctx, const struct journal_doc *doc)
{
    struct listing *listing = ctx;
    struct incident *incident;
    if (listing->query->ended && doc->tag && status_is_open(status_parse(doc->tag)))
        return true; /* whatever is open is not looked at */
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

/* From the journal, since those that are over are not all in memory. */
static int list_docs(struct listing *listing)
{
    const struct query *query = listing->query;
    char before[24];
    snprintf(before, sizeof(before), "%010" PRIu64, query->before);
    struct doc_query docs = {.kind = DOC_INCIDENT,
                             .descending = true,
                             .after = query->before ? before : NULL,
                             .tag = query->status ? status_name(query->status) : NULL};
    int rc = journal_docs(core_journal(listing->core), &docs, list_doc, listing, listing->err);
    return rc ? rc : listing->rc;
}

int query_list(struct core *core, const struct query *query,
               bool (*on)(void *ctx, const struct incident *incident), void *ctx, struct error *err)
{
    size_t limit = query->limit && query->limit < LIST_MOST ? query->limit : LIST_MOST;
    struct listing listing = {.core = core, .query = query, .on = on, .ctx = ctx, .left = limit, .err = err};
    bool open = query->status ? status_is_open(query->status) : !query->all && !query->ended;
    int rc = 0;
    if (open)
        live_each_newest(core, query->before, list_live, &listing);
    else
        rc = list_docs(&listing);
    if (query->ret_before)
        *query->ret_before = listing.stopped ? listing.last : 0;
    return rc;
}

struct owing {
    struct core *core;
    const char *viewer;
    bool (*on)(void *ctx, const struct incident *incident);
    void *ctx;
    size_t looked;
};

static bool list_owing(void *ctx, const struct journal_doc *doc)
{
    struct owing *owing = ctx;
    if (owing->looked++ == OWING_LOOK)
        return false;
    const struct incident *incident = sight_incident(owing->core, strtoull(doc->key, NULL, 10), owing->viewer);
    bool owes = incident && incident->owed.n && !status_is_open(incident->status);
    return !owes || owing->on(owing->ctx, incident);
}

int query_owing(struct core *core, const char *viewer, bool (*on)(void *ctx, const struct incident *incident),
                void *ctx, bool *ret_older, struct error *err)
{
    struct owing owing = {.core = core, .viewer = viewer, .on = on, .ctx = ctx};
    const struct doc_query waiting = {.kind = DOC_WAITS, .descending = true, .limit = OWING_LOOK + 1};
    int rc = journal_docs(core_journal(core), &waiting, list_owing, &owing, err);
    *ret_older = owing.looked > OWING_LOOK;
    return rc;
}

struct telling {
    struct core *core;
    const char *viewer;
    bool (*on)(void *ctx, const struct event *event);
    void *ctx;
    size_t left;
    uint64_t last_version;
    struct error *err;
    int rc;
};

static bool tell_row(void *ctx, const struct journal_event *row)
{
    struct telling *telling = ctx;
    struct event event;
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

static int tell(struct telling *telling, uint64_t id, uint64_t before, size_t look)
{
    char name[INCIDENT_NAME];
    if (!sight_incident(telling->core, id, telling->viewer))
        return error_markup(telling->err, ERR_NOT_FOUND, "No incident %s. `list` shows the open ones.",
                            incident_name(id, name));
    int rc = journal_read_back(core_journal(telling->core), incident_name(id, name), before, look, tell_row,
                               telling, telling->err);
    return rc ? rc : telling->rc;
}

int query_timeline(struct core *core, uint64_t id, const char *viewer, uint64_t before, size_t limit,
                   bool (*on)(void *ctx, const struct event *event), void *ctx, struct error *err)
{
    struct telling telling = {
        .core = core, .viewer = viewer, .on = on, .ctx = ctx, .left = limit ? limit : LIST_MOST, .err = err};
    return tell(&telling, id, before, 0);
}

int query_timeline_part(struct core *core, uint64_t id, const char *viewer, uint64_t before, size_t look,
                        bool (*on)(void *ctx, const struct event *event), void *ctx, uint64_t *ret_before,
                        struct error *err)
{
    struct telling telling = {
        .core = core, .viewer = viewer, .on = on, .ctx = ctx, .left = SIZE_MAX, .err = err};
    int rc = tell(&telling, id, before, look);
    *ret_before = telling.last_version > 1 ? telling.last_version : 0;
    return rc;
}

struct searching {
    struct core *core;
    const char *viewer;
    bool (*on)(void *ctx, const struct incident *incident, const struct event *event);
    void *ctx;
    instant until; /* 0: whenever */
    size_t left, rows;
    uint64_t last; /* the place of the last event */
    bool stopped;
    bool titled;          /* what has the words in its title was found in an earlier part */
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
    search->rows++;
    search->last = row->seq;
    if ((search->until && row->at > search->until) || turn_event_of_row(row, &event, NULL))
        return true;
    const struct incident *incident =
        event.incident ? sight_incident(search->core, event.incident, search->viewer) : NULL;
    bool more = true, again = search->titled && (event.type == EVENT_DECLARED || event.type == EVENT_TITLED);
    if (incident && !again && said_still(search->core, &event) && !seen_before(search, incident->id)) {
        struct event seen = sight_event_seen(search->core, &event, search->viewer);
        more = search->on(search->ctx, incident, &seen) && --search->left > 0;
        event_finish(&seen);
    }
    event_finish(&event);
    search->stopped = !more;
    return more;
}

/* What is in a title is what people look for, so it comes first. Where whole words find too little, the last may be the beginning of one. */
static const struct search_query passes[] = {{.limit = TITLE_ROWS, .titles = true},
                                             {.limit = SEARCH_ROWS},
                                             {.limit = TITLE_ROWS, .titles = true, .beginning = true},
                                             {.limit = SEARCH_ROWS, .beginning = true}};
#define WHOLE_WORDS 2 /* passes that look for them */

static int search_pass(struct searching *search, const char *words, const struct search_place *at,
                       struct error *err)
{
    struct search_query query = passes[at->pass];
    query.words = words;
    query.before = at->before;
    search->rows = 0;
    return journal_search(core_journal(search->core), &query, search_row, search, err);
}

int query_search(struct core *core, const char *words, const char *viewer, instant until, size_t limit,
                 bool (*on)(void *ctx, const struct incident *incident, const struct event *event), void *ctx,
                 struct error *err)
{
    struct searching search = {
        .core = core, .viewer = viewer, .until = until, .on = on, .ctx = ctx, .left = limit ? limit : 20};
    int rc = 0;
    for (struct search_place at = {0}; !rc && !search.stopped && at.pass < ARRAY_SIZE(passes); at.pass++)
        rc = search_pass(&search, words, &at, err);
    array_free(&search.seen);
    return rc;
}

/* Beginnings are looked for where whole words were found nowhere; they would find the same again. */
static void next_pass(struct search_place *at, bool found)
{
    at->pass++;
    at->before = 0;
    at->over = at->pass == ARRAY_SIZE(passes) || (at->pass == WHOLE_WORDS && found);
}

int query_search_part(struct core *core, const char *words, const char *viewer, struct search_place *at,
                      bool (*on)(void *ctx, const struct incident *incident, const struct event *event),
                      void *ctx, struct error *err)
{
    struct searching search = {.core = core, .viewer = viewer, .on = on, .ctx = ctx, .left = SIZE_MAX};
    bool first = !at->pass && !at->before, full = false;
    int rc = 0;
    while (!rc && !at->over && !search.stopped && !full && at->pass < ARRAY_SIZE(passes)) {
        search.titled = !passes[at->pass].titles;
        rc = search_pass(&search, words, at, err);
        full = search.rows == passes[at->pass].limit;
        if (search.stopped || full)
            at->before = search.last;
        else
            next_pass(at, !first || search.seen.n > 0);
    }
    array_free(&search.seen);
    return rc;
}
