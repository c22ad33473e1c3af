/* The open incidents with their clocks, newest first. */
#include <inttypes.h>

#include "app/page.h"
#include "sight/query.h"

#define PAGE 100

struct listing {
    const struct visit *visit;
    struct view *view;
    size_t n;
    uint64_t last;
};

static const struct state_owed *first_owed(const struct incident *incident)
{
    const struct state_owed *first = NULL;
    for (size_t i = 0; i < incident->owed.n; i++) {
        if (!first || incident->owed.v[i].due < first->due)
            first = &incident->owed.v[i];
    }
    return first;
}

static void add_owed(struct view *item, const struct state_owed *owed, const struct visit *visit)
{
    if (!owed)
        return;
    view_text(item, "owed", owed->text);
    view_clock(item, "due", owed->due, visit);
    view_flag(item, "late", owed->due <= visit->now);
}

static bool list_one(void *ctx, const struct incident *incident)
{
    struct listing *listing = ctx;
    const struct visit *visit = listing->visit;
    struct view *item = view_item(listing->view, "incidents");
    char name[INCIDENT_NAME];
    view_text(item, "name", incident_name(incident->id, name));
    view_text(item, "title", incident->title);
    view_flag(item, "private", incident->private);
    view_text(item, "status", status_name(incident->status));
    view_text(item, "severity", incident->severity);
    view_text(item, "service", incident->service);
    view_person(item, "lead", incident_role(incident, "lead"), visit);
    view_clock(item, "open", incident->entries.n ? incident->entries.v[0].at : 0, visit);
    add_owed(item, first_owed(incident), visit);
    listing->last = incident->id;
    return ++listing->n < PAGE;
}

static int show(struct visit *visit, struct view *view, struct error *err)
{
    struct listing listing = {visit, view, 0, 0};
    struct query query = {.viewer = visit->person,
                          .limit = PAGE,
                          .before = incident_name_parse(http_query_value(visit->request, "before"))};
    char name[INCIDENT_NAME];
    int rc = query_list(visit->core, &query, list_one, &listing, err);
    view_text(view, "live", "all");
    view_flag(view, "nothing", listing.n == 0);
    if (listing.n == PAGE)
        view_text(view, "earlier", incident_name(listing.last, name));
    return rc;
}

const struct app_page app_page_incidents = {.name = "incidents",
                                            .title = "Open incidents",
                                            .path = "/app/",
                                            .word = "Open incidents",
                                            .place = 0,
                                            .needs = ACCESS_SEE,
                                            .show = show};
