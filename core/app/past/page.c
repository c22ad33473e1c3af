/* Past incidents: all of them with the newest first, or those that mention what is searched for; a part at a time. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/incidents/choices.h"
#include "policy/writeups.h"
#include "sight/query.h"

#define PAGE  50
#define LOOK  300 /* that are looked at for a page where a filter fits few */
#define FOUND 160 /* bytes of what was found */

struct listing {
    const struct visit *visit;
    struct view *view;
    const char *severity, *team, *service; /* NULL: any */
    size_t n;
};

static struct view *add_row(struct listing *listing, const struct incident *incident)
{
    const struct visit *visit = listing->visit;
    struct view *item = view_item(listing->view, "incidents");
    struct durations durations = incident_durations(incident, visit->now);
    CLEANUP_STR struct str took = {0};
    duration_format(durations.open, &took);
    view_incident(item, incident);
    view_time(item, "declared", incident->entries.n ? incident->entries.v[0].at : 0, visit);
    view_text(item, "took", took.p);
    bool owed = !incident->activity.written_at && policy_writeup_due(core_policy(visit->core), incident);
    view_flag(item, "writeup", owed || incident->activity.writeup);
    view_flag(item, "owed", owed);
    listing->n++;
    return item;
}

static bool list_one(void *ctx, const struct incident *incident)
{
    add_row(ctx, incident);
    return true;
}

static bool fits(const char *wanted, const char *value)
{
    return !wanted || text_equal_nocase(wanted, value);
}

static bool find_one(void *ctx, const struct incident *incident, const struct event *event)
{
    struct listing *listing = ctx;
    const char *found = event_search_text(event);
    if (!fits(listing->severity, incident->severity) || !fits(listing->team, incident->team) ||
        !fits(listing->service, incident->service))
        return true;
    struct view *item = add_row(listing, incident);
    if (found && !text_equal(found, incident->title)) {
        size_t n = strlen(found), cut = n > FOUND ? utf8_cut(found, n, FOUND) : n;
        view_textf(item, "found", "%.*s%s", (int)cut, found, cut < n ? "…" : "");
    }
    return listing->n < PAGE;
}

static int list(struct listing *listing, const char *from, struct error *err)
{
    uint64_t next = 0;
    const struct query query = {.viewer = listing->visit->person,
                                .ended = true,
                                .severity = listing->severity,
                                .team = listing->team,
                                .service = listing->service,
                                .before = from ? strtoull(from, NULL, 10) : 0,
                                .limit = PAGE,
                                .look = LOOK,
                                .ret_before = &next};
    int rc = query_list(listing->visit->core, &query, list_one, listing, err);
    if (next)
        view_place(listing->view, "earlier", listing->visit, "%" PRIu64, next);
    return rc;
}

static int search(struct listing *listing, const char *words, const char *from, struct error *err)
{
    struct search_place at = {0};
    if (from && sscanf(from, "%1u.%" SCNu64, &at.pass, &at.before) != 2)
        at = (struct search_place){0};
    int rc =
        query_search_part(listing->visit->core, words, listing->visit->person, &at, find_one, listing, err);
    if (!rc && !at.over)
        view_place(listing->view, "earlier", listing->visit, "%u.%" PRIu64, at.pass, at.before);
    return rc;
}

static int show(struct visit *visit, struct view *view, struct error *err)
{
    char place[PLACE_PLAIN];
    const char *words = visit_query(visit, "q"), *from = visit_place(visit, "from", place) ? place : NULL;
    struct listing listing = {.visit = visit,
                              .view = view,
                              .severity = visit_query(visit, "severity"),
                              .team = visit_query(visit, "team"),
                              .service = visit_query(visit, "service")};
    int rc = words ? search(&listing, words, from, err) : list(&listing, from, err);
    choices_filter(visit, view);
    view_text(view, "words", words);
    view_flag(view, "nothing", listing.n == 0);
    view_flag(view, "is_earlier", from != NULL);
    return rc;
}

const struct app_page app_page_past = {.name = "past",
                                       .title = "Past incidents",
                                       .path = "/app/past",
                                       .word = "Past incidents",
                                       .place = 5,
                                       .needs = ACCESS_SEE,
                                       .show = show};
