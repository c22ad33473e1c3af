/* One alert group: what it is, what became of it, and its history: what the rules saw each time, and why they decided so. */
#include <inttypes.h>

#include "app/groups/outcome.h"
#include "app/spark.h"
#include "command/judged.h"
#include "people/people.h"
#include "sight/sight.h"
#include "template/words.h"
#include "triage/triage.h"
#include "turn/turn.h"

#define HISTORY   50
#define INCIDENTS 20

/* ---- what it is ---- */

static void add_problem(const struct problem *about, struct view *view)
{
    view_text(view, "heading", *about->title ? about->title : "untitled");
    view_text(view, "source", about->source);
    view_text(view, "origin", about->origin);
    view_text(view, "stream", about->stream);
    view_text(view, "service", about->service);
    view_text(view, "environment", about->environment);
    view_text(view, "release", about->release);
    view_text(view, "culprit", about->culprit);
    view_text(view, "url", words_is_link(about->url) ? about->url : NULL);
}

static void add_counts(const struct visit *visit, const struct group *group, struct view *view)
{
    view_text(view, "level", alert_level_name((enum alert_level)group->level));
    view_flag(view, "over", group->state == GROUP_SETTLED);
    view_flag(view, "flaps", group_flaps(group, visit->now));
    view_textf(view, "count", "%" PRId64, group->tally.count);
    view_spark(view, "spark", group, visit->now);
    if (group->regressions)
        view_textf(view, "regressions", "%" PRId64, group->regressions);
    view_time(view, "first_seen", group->times.first_seen, visit);
    view_time(view, "last_seen", group->times.last_seen, visit);
}

static void add_sample(const struct visit *visit, const char *fingerprint, struct view *view)
{
    CLEANUP_STR struct str text = {0};
    struct arena arena = {0};
    struct alert alert;
    if (triage_sample(visit->core, fingerprint, &arena, &alert))
        triage_write_sample(&alert, true, &text);
    view_markup(view, "sample", text.len ? text.p : NULL);
    arena_finish(&arena);
}

/* ---- what became of it ---- */

struct listing {
    const struct visit *visit;
    struct view *view;
    uint64_t last;
};

static bool list_incident(void *ctx, const struct incident *incident)
{
    const struct listing *listing = ctx;
    struct view *item = view_item(listing->view, "incidents");
    char name[INCIDENT_NAME];
    view_text(item, "name", incident_name(incident->id, name));
    view_text(item, "incident_title", incident->title);
    view_text(item, "status", status_name(incident->status));
    view_time(item, "since", incident->entries.n ? incident->entries.v[0].at : 0, listing->visit);
    return true;
}

static void add_outcome(const struct visit *visit, const struct group *group, struct view *view)
{
    struct outcome outcome;
    outcome_of(visit, group, &outcome);
    outcome_add(&outcome, view);
    view_flag(view, "can_open", outcome.can_open && visit->has >= ACCESS_ACT);
    outcome_finish(&outcome);
}

/* ---- its history ---- */

static void add_event(struct listing *listing, const struct event *event)
{
    const struct visit *visit = listing->visit;
    struct view *item = view_item(listing->view, "events");
    CLEANUP_STR struct str text = {0}, facts = {0};
    struct event seen = sight_event_seen(visit->core, event, visit->person);
    event_describe(&seen, visit->now, visit_zone(visit), people_name, visit->core, &text);
    if (event->type == EVENT_GROUP_JUDGED)
        judged_facts(event->data, visit->now, visit_zone(visit), &facts);
    view_time(item, "at", event->at, visit);
    view_markup(item, "text", str_text(&text));
    view_markup(item, "facts", facts.len ? facts.p : NULL);
    view_textf(item, "version", "%" PRIu64, event->version);
    event_finish(&seen);
}

static bool list_event(void *ctx, const struct journal_event *row)
{
    struct listing *listing = ctx;
    struct event event = {0};
    listing->last = row->version;
    if (turn_event_of_row(row, &event, NULL))
        return true;
    if (sight_event_visible(listing->visit->core, &event, listing->visit->person))
        add_event(listing, &event);
    event_finish(&event);
    return true;
}

static int add_history(struct listing *listing, const char *fingerprint, struct error *err)
{
    CLEANUP_FREE char *stream = xasprintf("group/%s", fingerprint);
    int rc = journal_read_back(core_journal(listing->visit->core), stream,
                               visit_query_number(listing->visit, "before"), HISTORY, list_event, listing, err);
    if (listing->last > 1)
        view_textf(listing->view, "earlier", "%" PRIu64, listing->last);
    return rc;
}

/* ---- the page ---- */

/* NULL: it is none. */
static const char *read_fingerprint(const struct visit *visit, char ret[FINGERPRINT_TEXT])
{
    uint64_t number;
    bool is = fingerprint_parse(http_parameter(visit->request, "fingerprint"), &number, NULL) == 0;
    return is ? fingerprint_format(number, ret) : NULL;
}

static int show(struct visit *visit, struct view *view, struct error *err)
{
    char fingerprint[FINGERPRINT_TEXT];
    struct group read = {0};
    struct listing listing = {visit, view, 0};
    bool is = read_fingerprint(visit, fingerprint) != NULL;
    const struct group *group = is ? triage_group_seen(visit->core, fingerprint, visit->person, &read) : NULL;
    if (group) {
        view_text(view, "fingerprint", fingerprint);
        view_text(view, "live", "all");
        add_problem(&group->about, view);
        add_counts(visit, group, view);
        add_outcome(visit, group, view);
    }
    bool found = group != NULL;
    group_finish(&read);
    if (!found)
        return error_set(
            err, ERR_NOT_FOUND,
            "No alert group has that fingerprint, or its incident is private and you are not a member.");
    add_sample(visit, fingerprint, view);
    int rc = triage_group_incidents(visit->core, fingerprint, visit->person, INCIDENTS, list_incident, &listing,
                                    err);
    return rc ? rc : add_history(&listing, fingerprint, err);
}

static void act(struct visit *visit)
{
    char fingerprint[FINGERPRINT_TEXT];
    if (!read_fingerprint(visit, fingerprint)) {
        visit_say(visit, true, "No alert group has that fingerprint.");
        return;
    }
    CLEANUP_FREE char *line = xasprintf("declare from %s", fingerprint);
    if (visit_field(visit, "declare"))
        visit_command(visit, line, 0, "/app/incidents/");
    else
        visit_form(visit, visit_field(visit, "unmute") ? "unmute" : "mute", NULL);
}

const struct app_page app_page_group = {.name = "group",
                                        .title = "Alert",
                                        .path = "/app/groups/{fingerprint}",
                                        .needs = ACCESS_SEE,
                                        .show = show,
                                        .act = act};
