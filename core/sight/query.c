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
#define LIKE_WORDS  8   /* of a title that are searched for; words below LIKE_BYTES are skipped */
#define LIKE_BYTES  4
#define FIT_WORDS   2 /* of a text that an incident must have to fit it */

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
    return journal_read_back(core_journal(core), incident_name(id, name), before, 0, tell_row, &telling, err)
               ? err->code
               : telling.rc;
}

struct searching {
    struct core *core;
    const char *viewer;
    bool (*on)(void *ctx, const struct incident *incident, const struct event *event);
    void *ctx;
    size_t left;
    uint64_t except;
    bool open;            /* only incidents that are open; else only those that have ended */
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
    if (incident && incident->id != search->except && said_still(search->core, &event) &&
        !seen_before(search, incident->id)) {
        struct event seen = sight_event_seen(search->core, &event, search->viewer);
        more = search->on(search->ctx, incident, &seen) && --search->left > 0;
        event_finish(&seen);
    }
    event_finish(&event);
    return more;
}

int query_search(struct core *core, const char *words, const char *viewer, size_t limit,
                 bool (*on)(void *ctx, const struct incident *incident, const struct event *event), void *ctx,
                 struct error *err)
{
    struct searching search = {
        .core = core, .viewer = viewer, .on = on, .ctx = ctx, .left = limit ? limit : 20};
    int rc = journal_search(core_journal(core), words, SEARCH_ROWS, search_row, &search, err);
    array_free(&search.seen);
    return rc;
}

struct likeness {
    bool (*on)(void *ctx, const struct incident *incident, const char *why);
    void *ctx;
};

/* How many of the title's words an incident has. */
struct word_hit {
    uint64_t id;
    unsigned words, last; /* last: the number of the word counted last */
};
struct word_hits {
    struct searching *search;
    unsigned word;
    ARRAY(struct word_hit) list;
};

/* Is it an event of an incident, with words that are not deleted or edited since? */
static bool is_hit(struct core *core, const struct journal_event *row)
{
    struct event event;
    if (!incident_name_parse(row->stream) || turn_event_of_row(row, &event, NULL))
        return false;
    bool still = said_still(core, &event);
    event_finish(&event);
    return still;
}

static bool count_word(void *ctx, const struct journal_event *row)
{
    struct word_hits *hits = ctx;
    uint64_t id = incident_name_parse(row->stream);
    struct word_hit *hit = NULL;
    for (size_t i = 0; !hit && i < hits->list.n; i++)
        hit = hits->list.v[i].id == id ? &hits->list.v[i] : NULL;
    if (id == hits->search->except || !is_hit(hits->search->core, row))
        return true;
    if (!hit) {
        hit = array_add(&hits->list);
        hit->id = id;
    }
    hit->words += hit->last != hits->word;
    hit->last = hits->word;
    return true;
}

static int most_words_first(const void *a, const void *b)
{
    const struct word_hit *x = a, *y = b;
    if (x->words != y->words)
        return x->words > y->words ? -1 : 1;
    return x->id > y->id ? -1 : x->id < y->id;
}

struct words {
    struct word {
        const char *p;
        size_t n;
    } v[LIKE_WORDS];
    size_t n;
};

/* The longest ones, which say most; those of one length in their order. */
static void pick_words(const char *text, struct words *ret)
{
    ret->n = 0;
    for (const char *p = text + strspn(text, " \t\n"); *p; p += strspn(p, " \t\n")) {
        struct word word = {p, strcspn(p, " \t\n")};
        p += word.n;
        if (word.n < LIKE_BYTES || (ret->n == LIKE_WORDS && ret->v[LIKE_WORDS - 1].n >= word.n))
            continue;
        size_t i = ret->n == LIKE_WORDS ? LIKE_WORDS - 1 : ret->n++;
        for (; i && ret->v[i - 1].n < word.n; i--)
            ret->v[i] = ret->v[i - 1];
        ret->v[i] = word;
    }
}

static int count_words(struct word_hits *hits, const char *text, struct error *err)
{
    struct words words;
    int rc = 0;
    pick_words(text, &words);
    for (size_t i = 0; !rc && i < words.n; i++) {
        CLEANUP_FREE char *word = xstrndup(words.v[i].p, words.v[i].n);
        hits->word++;
        rc = journal_search(core_journal(hits->search->core), word, SEARCH_ROWS, count_word, hits, err);
        rc = rc == ERR_INVALID ? 0 : rc; /* only punctuation */
    }
    return rc;
}

/* A search requires every word; similar incidents share some, at least `least`. Those with the most words come first, then the newest. */
static int like_by_words(struct searching *search, const struct likeness *likeness, const char *text,
                         unsigned least, struct error *err)
{
    struct word_hits hits = {.search = search};
    int rc = count_words(&hits, text, err);
    if (hits.list.n)
        qsort(hits.list.v, hits.list.n, sizeof(*hits.list.v), most_words_first);
    for (size_t i = 0; !rc && i < hits.list.n && hits.list.v[i].words >= least && search->left; i++) {
        const struct incident *incident = sight_incident(search->core, hits.list.v[i].id, search->viewer);
        if (!incident || status_is_open(incident->status) != search->open || seen_before(search, incident->id))
            continue;
        search->left = likeness->on(likeness->ctx, incident, "a similar title") ? search->left - 1 : 0;
    }
    array_free(&hits.list);
    return rc;
}

int query_fitting(struct core *core, const char *text, const char *viewer, size_t limit,
                  bool (*on)(void *ctx, const struct incident *incident, const char *why), void *ctx,
                  struct error *err)
{
    struct likeness likeness = {on, ctx};
    struct searching search = {.core = core, .viewer = viewer, .left = limit, .open = true};
    int rc = like_by_words(&search, &likeness, text, FIT_WORDS, err);
    array_free(&search.seen);
    return rc;
}

struct same_alert {
    struct core *core;
    struct searching *search;
    struct likeness *likeness;
};

/* The key is: fingerprint, 0x1f, number of an incident that the alert was attached to. */
static bool like_by_alert(void *ctx, const struct journal_doc *doc)
{
    struct same_alert *same = ctx;
    const char *number = strchr(doc->key, '\x1f');
    uint64_t id = number ? strtoull(number + 1, NULL, 10) : 0;
    const struct incident *other =
        id == same->search->except ? NULL : sight_incident(same->core, id, same->search->viewer);
    if (!other || status_is_open(other->status) || seen_before(same->search, id))
        return true;
    return same->likeness->on(same->likeness->ctx, other, "the same alert") && --same->search->left > 0;
}

int query_similar(struct core *core, uint64_t id, const char *viewer, size_t limit,
                  bool (*on)(void *ctx, const struct incident *incident, const char *why), void *ctx,
                  struct error *err)
{
    const struct incident *incident = sight_incident(core, id, viewer);
    char name[INCIDENT_NAME];
    if (!incident)
        return error_markup(err, ERR_NOT_FOUND, "No incident %s. `list` shows the open ones.",
                            incident_name(id, name));
    struct likeness likeness = {on, ctx};
    struct searching search = {.core = core, .viewer = viewer, .left = limit ? limit : 5, .except = id};
    struct same_alert same = {core, &search, &likeness};
    CLEANUP_FREE char *title = xstrdup(incident->title);
    int rc = 0;
    for (size_t i = 0; !rc && i < incident->affected.alerts.n && i < 20 && search.left; i++) {
        CLEANUP_FREE char *prefix = xasprintf("%s\x1f", incident->affected.alerts.v[i].fingerprint);
        rc = journal_docs(
            core_journal(core),
            &(struct doc_query){.kind = DOC_ALERTED, .prefix = prefix, .descending = true, .limit = 50},
            like_by_alert, &same, err);
    }
    if (!rc && search.left)
        rc = like_by_words(&search, &likeness, title, 1, err);
    array_free(&search.seen);
    return rc;
}
