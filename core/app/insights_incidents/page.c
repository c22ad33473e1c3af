/* The incidents behind a figure of the insights: those that ended in these months, all or of one team, service, person, … */
#include <inttypes.h>
#include <stdio.h>

#include "app/insights/shown.h"
#include "people/people.h"
#include "sight/sight.h"
#include "web/insights.h"

#define PAGE 50

static void add_incident(const struct visit *visit, const struct incident *incident, struct view *view)
{
    struct view *item = view_item(view, "incidents");
    CLEANUP_STR struct str open = {0};
    duration_format(incident_durations(incident, visit->now).open, &open);
    view_incident(item, incident);
    view_time(item, "declared", incident->entries.n ? incident->entries.v[0].at : 0, visit);
    view_text(item, "open", open.p);
}

/* The newest first, from that number on. One that became private since is not named any more. */
static void add_incidents(const struct visit *visit, const struct insight *sum, size_t from, struct view *view)
{
    int64_t hidden = sum->hidden;
    for (size_t i = from; i < sum->ids.n && i < from + PAGE; i++) {
        const struct incident *incident =
            sight_incident(visit->core, sum->ids.v[sum->ids.n - 1 - i], visit->person);
        if (incident)
            add_incident(visit, incident, view);
        else
            hidden++;
    }
    view_flag(view, "any", sum->ids.n > from);
    if (hidden)
        view_textf(view, "hidden", "%" PRId64, hidden);
    if (sum->ids.n > from + PAGE)
        view_textf(view, "next", "%zu", from + PAGE);
}

/* "of payments", as the page's heading goes on; and in addresses. */
static void add_whose(const struct visit *visit, enum insight_kind kind, const char *key, struct view *view)
{
    const char *name = kind == INSIGHT_PERSON ? people_name(visit->core, key) : NULL;
    if (kind == INSIGHT_ALL)
        return;
    view_textf(view, "whose", "%s %s", insight_kind_name(kind), name ? name : key);
    view_text(view, "by", insight_kind_name(kind));
    view_query(view, "key", key);
}

static int show(struct visit *visit, struct view *view, struct error *err)
{
    static const struct insight nothing = {0};
    const char *by = visit_query(visit, "by"), *key = visit_query(visit, "key");
    enum insight_kind kind = insight_kind_parse(by ? by : insight_kind_name(INSIGHT_ALL));
    struct review_figures figures = {.core = visit->core, .now = visit->now};
    if (kind == INSIGHT_KINDS || (kind != INSIGHT_ALL && !key))
        return error_set(err, ERR_INVALID,
                         "This address does not say whose incidents. `/app/insights` leads to them.");
    int rc = insights_asked(visit->request, kind, visit->now, &figures.query, err);
    figures.query.viewer = visit->person;
    rc = rc ? rc : review_sum(visit->core, &figures.query, &figures.sums, err);
    if (!rc) {
        const struct insight *sum = insights_of(&figures.sums, kind, key);
        insights_show_asked(visit, &figures, view);
        add_whose(visit, kind, key, view);
        add_incidents(visit, sum ? sum : &nothing, visit_query_number(visit, "from"), view);
    }
    review_figures_finish(&figures);
    return rc;
}

const struct app_page app_page_insights_incidents = {.name = "insights_incidents",
                                                     .title = "Incidents behind a figure",
                                                     .path = "/app/insights/incidents",
                                                     .needs = ACCESS_SEE,
                                                     .show = show};
