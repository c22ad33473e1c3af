/* The audit trail, newest first, for administrators. */
#include <inttypes.h>

#include "access/audit.h"
#include "app/page.h"
#include "people/people.h"

#define PAGE 100

struct listing {
    const struct visit *visit;
    struct view *view;
    size_t n;
    uint64_t last;
};

static bool list_one(void *ctx, const struct event *event)
{
    struct listing *listing = ctx;
    const struct visit *visit = listing->visit;
    struct view *item = view_item(listing->view, "events");
    CLEANUP_STR struct str text = {0};
    event_describe(event, visit->now, visit_zone(visit), people_name, visit->core, &text);
    view_time(item, "at", event->at, visit);
    view_markup(item, "text", str_text(&text));
    listing->last = event->version;
    return ++listing->n < PAGE;
}

static int show(struct visit *visit, struct view *view, struct error *err)
{
    struct listing listing = {visit, view, 0, 0};
    int rc = audit_each(visit->core, visit->person, visit_query_number(visit, "before"), PAGE, list_one,
                        &listing, err);
    view_flag(view, "nothing", listing.n == 0);
    if (listing.n == PAGE)
        view_textf(view, "earlier", "%" PRIu64, listing.last);
    return rc;
}

const struct app_page app_page_audit = {.name = "audit",
                                        .title = "Audit",
                                        .path = "/app/audit",
                                        .word = "Audit",
                                        .place = 90,
                                        .needs = ACCESS_ADMINISTER,
                                        .show = show};
