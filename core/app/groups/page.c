/* What fired: all alert groups, those first that were seen last, and what became of each. */
#include <inttypes.h>
#include <string.h>

#include "app/groups/outcome.h"
#include "app/incidents/choices.h"
#include "app/spark.h"
#include "triage/triage.h"

#define PAGE      100
#define LOOK_MOST 1000 /* groups that a filter looks through for a page */

static bool is_any(const struct group *group, const struct incident *incident)
{
    return group != NULL || incident != NULL;
}

static bool is_firing(const struct group *group, const struct incident *incident)
{
    return group->state == GROUP_OPEN && (!incident || status_is_open(incident->status));
}

static bool is_open(const struct group *group, const struct incident *incident)
{
    return group != NULL && incident && status_is_open(incident->status);
}

static bool is_declined(const struct group *group, const struct incident *incident)
{
    return group != NULL && incident && incident->status == STATUS_DECLINED;
}

static bool is_without(const struct group *group, const struct incident *incident)
{
    return group != NULL && !incident;
}

static bool is_over(const struct group *group, const struct incident *incident)
{
    (void)incident;
    return group->state == GROUP_SETTLED;
}

static const struct filter {
    const char *word, *label;
    bool (*takes)(const struct group *group, const struct incident *incident); /* incident NULL: it has none */
} filters[] = {
    {"all", "All", is_any},
    {"firing", "Firing", is_firing},
    {"open", "In an open incident", is_open},
    {"declined", "Declined", is_declined},
    {"none", "Opened no incident", is_without},
    {"over", "Resolved", is_over},
};

static const struct filter *filter_named(const char *word)
{
    for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
        if (text_equal(filters[i].word, word))
            return &filters[i];
    }
    return &filters[0];
}

struct listing {
    const struct visit *visit;
    struct view *view;
    const struct filter *filter;
    const char *words; /* NULL: all */
    size_t n;
};

static bool has_words(const struct problem *about, const char *words)
{
    return !words || strcasestr(about->title, words) || strcasestr(about->service, words) ||
           strcasestr(about->environment, words) || strcasestr(about->origin, words);
}

static void add_group(const struct listing *listing, const struct group *group, const struct outcome *outcome)
{
    const struct visit *visit = listing->visit;
    struct view *item = view_item(listing->view, "groups");
    char fingerprint[FINGERPRINT_TEXT];
    view_text(item, "fingerprint", fingerprint_format(group->fingerprint, fingerprint));
    view_text(item, "title", *group->about.title ? group->about.title : "untitled");
    view_text(item, "service", group->about.service);
    view_text(item, "environment", group->about.environment);
    view_text(item, "source", *group->about.origin ? group->about.origin : group->about.source);
    view_text(item, "level", alert_level_name((enum alert_level)group->level));
    view_textf(item, "count", "%" PRId64, group->tally.count);
    view_spark(item, "spark", group, visit->now);
    view_time(item, "seen", group->times.last_seen, visit);
    view_flag(item, "over", group->state == GROUP_SETTLED);
    outcome_add(outcome, item);
}

static bool list_one(void *ctx, const struct group *group)
{
    struct listing *listing = ctx;
    struct outcome outcome;
    if (!has_words(&group->about, listing->words))
        return true;
    outcome_of(listing->visit, group, &outcome);
    if (listing->filter->takes(group, outcome.incident)) {
        add_group(listing, group, &outcome);
        listing->n++;
    }
    outcome_finish(&outcome);
    return listing->n < PAGE;
}

static void add_filters(const struct listing *listing, struct view *view)
{
    for (size_t i = 0; i < ARRAY_SIZE(filters); i++)
        choice_add(view, "filters", filters[i].word, filters[i].label, listing->filter->word);
    view_text(view, "state", listing->filter->word);
    view_text(view, "words", listing->words);
    view_query(view, "words_url", listing->words);
}

/* "1764504000000-9f86d081884c7d65": where the page before ended. */
static struct group_span read_place(const struct visit *visit)
{
    struct group_span page = {.viewer = visit->person, .look = LOOK_MOST};
    char text[PLACE_PLAIN], *end = NULL;
    uint64_t fingerprint;
    instant at = visit_place(visit, "before", text) ? strtoll(text, &end, 10) : 0;
    if (at > 0 && *end == '-' && fingerprint_parse(end + 1, &fingerprint, NULL) == 0) {
        page.at = at;
        fingerprint_format(fingerprint, page.after);
    }
    return page;
}

static int show(struct visit *visit, struct view *view, struct error *err)
{
    struct listing listing = {.visit = visit,
                              .view = view,
                              .filter = filter_named(visit_query(visit, "state")),
                              .words = visit_query(visit, "q")};
    struct group_span page = read_place(visit);
    view_flag(view, "first", !*page.after);
    int rc = triage_groups(visit->core, &page, list_one, &listing, err);
    view_text(view, "live", "all");
    add_filters(&listing, view);
    view_flag(view, "nothing", listing.n == 0);
    if (page.more)
        view_place(view, "earlier", visit, "%" PRId64 "-%s", page.at, page.after);
    return rc;
}

const struct app_page app_page_groups = {.name = "groups",
                                         .title = "Alerts",
                                         .path = "/app/groups",
                                         .word = "Alerts",
                                         .place = 20,
                                         .needs = ACCESS_SEE,
                                         .show = show};
