#include "app/incident/timeline.h"

#include <inttypes.h>
#include <string.h>

#include "people/people.h"
#include "sight/query.h"

#define PAGE      100
#define LOOK_MOST 2000 /* entries that a filter looks through for a page */
#define TYPES     16

static const struct filter {
    const char *word, *label;
    enum event_type types[TYPES]; /* ends with EVENT_NONE; none: all */
} filters[] = {
    {"all", "Everything", {EVENT_NONE}},
    {"words", "What people wrote", {EVENT_SAID, EVENT_NOTED, EVENT_PINNED, EVENT_UPDATED, EVENT_SUMMARIZED}},
    {"status", "How it moved", {EVENT_DECLARED, EVENT_STATUS, EVENT_SEVERITY, EVENT_RAISED, EVENT_PRIVATE}},
    {"customers",
     "Customers",
     {EVENT_UNAFFECTED, EVENT_DRAFTED, EVENT_DRAFT_EDITED, EVENT_APPROVED, EVENT_ENDORSED, EVENT_REJECTED,
      EVENT_DISCARDED, EVENT_TOLD, EVENT_REPLIED}},
};

static const struct filter *filter_named(const char *word)
{
    for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
        if (text_equal(filters[i].word, word))
            return &filters[i];
    }
    return &filters[0];
}

static bool takes(const struct filter *filter, enum event_type type)
{
    bool any = !filter->types[0];
    for (size_t i = 0; i < TYPES && filter->types[i] && !any; i++)
        any = filter->types[i] == type;
    return any;
}

struct listing {
    const struct visit *visit;
    const struct filter *filter;
    struct view *view;
    size_t n, looked;
    uint64_t last;
};

static bool list_one(void *ctx, const struct event *event)
{
    struct listing *listing = ctx;
    const struct visit *visit = listing->visit;
    CLEANUP_STR struct str text = {0};
    listing->last = event->version;
    if (!takes(listing->filter, event->type))
        return ++listing->looked < LOOK_MOST;
    struct view *item = view_item(listing->view, "events");
    event_describe(event, visit->now, visit_zone(visit), people_name, visit->core, &text);
    view_textf(item, "version", "%" PRIu64, event->version);
    view_textf(item, "next", "%" PRIu64, event->version + 1);
    view_time(item, "at", event->at, visit);
    view_text(item, "type", event_kind(event->type)->name);
    view_markup(item, "text", str_text(&text));
    listing->looked++;
    return ++listing->n < PAGE && listing->looked < LOOK_MOST;
}

int timeline_add(struct visit *visit, const struct incident *incident, struct view *view, struct error *err)
{
    const char *before = http_query_value(visit->request, "before");
    struct listing listing = {
        .visit = visit, .filter = filter_named(http_query_value(visit->request, "show")), .view = view};
    for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
        struct view *item = view_item(view, "filters");
        view_text(item, "word", filters[i].word);
        view_text(item, "label", filters[i].label);
        view_flag(item, "chosen", &filters[i] == listing.filter);
    }
    int rc = query_timeline(visit->core, incident->id, visit->person, before ? strtoull(before, NULL, 10) : 0,
                            0, list_one, &listing, err);
    view_text(view, "show", listing.filter->word);
    view_flag(view, "no_events", listing.n == 0);
    if (listing.last > 1)
        view_textf(view, "earlier", "%" PRIu64, listing.last);
    return rc;
}
