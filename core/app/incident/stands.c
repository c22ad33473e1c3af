/* How an incident stands: its facts, who does what, what is owed with its clocks, and how it can go on. */
#include <inttypes.h>

#include "app/incident/sections.h"
#include "policy/writeups.h"
#include "sight/sight.h"

static void add_roles(const struct visit *visit, const struct state_people *people, struct view *view)
{
    for (size_t i = 0; i < people->roles.n; i++) {
        struct view *item = view_item(view, "roles");
        view_text(item, "role", people->roles.v[i].role);
        view_person(item, "person", people->roles.v[i].person, visit);
    }
    for (size_t i = 0; i < people->offers.n; i++) {
        const struct state_offer *offer = &people->offers.v[i];
        struct view *item = view_item(view, "offers");
        view_text(item, "role", offer->role);
        view_person(item, "person", offer->person, visit);
        view_clock(item, "until", offer->until, visit);
    }
}

static void add_owed(const struct visit *visit, const struct incident *incident, struct view *view)
{
    view_flag(view, "any_owed", incident->owed.n > 0);
    for (size_t i = 0; i < incident->owed.n; i++) {
        const struct state_owed *owed = &incident->owed.v[i];
        struct view *item = view_item(view, "owed");
        view_text(item, "owed_text", owed->text ? owed->text : owed->name);
        view_clock(item, "due", owed->due, visit);
        view_flag(item, "late", owed->due <= visit->now);
        if (owed->missed)
            view_textf(item, "missed", "%d", owed->missed);
    }
}

/* What can be done now without saying more. */
static void add_moves(const struct incident *incident, struct view *view)
{
    unsigned n;
    const struct transition *moves = transition_table(&n);
    for (unsigned i = 0; i < n; i++) {
        if (moves[i].from & 1u << incident->status && !moves[i].needs)
            view_text(view_item(view, "moves"), "verb", moves[i].verb);
    }
}

static void add_end(const struct visit *visit, const struct incident *incident, struct view *view)
{
    char name[INCIDENT_NAME];
    uint64_t into = incident->end.merged_into;
    view_text(view, "end_reason", incident->end.reason);
    if (into && sight_incident(visit->core, into, visit->person))
        view_text(view, "merged_into", incident_name(into, name));
}

/* Where it is, or can be begun. */
static void add_writeup(const struct visit *visit, const struct incident *incident, struct view *view)
{
    instant due = policy_writeup_due(core_policy(visit->core), incident);
    const struct state_activity *activity = &incident->activity;
    view_flag(view, "any_writeup", activity->writeup || due || !status_is_open(incident->status));
    if (activity->writeup)
        view_textf(view, "writeup", "%" PRId64, activity->writeup);
    view_time(view, "written", activity->written_at, visit);
    view_time(view, "writeup_due", activity->written_at ? 0 : due, visit);
}

void section_stands(const struct visit *visit, const struct incident *incident, struct view *view)
{
    bool open = status_is_open(incident->status);
    view_flag(view, "private", incident->private);
    view_flag(view, "drill", incident->sort.drill);
    view_text(view, "kind", incident->sort.kind);
    view_text(view, "status", status_name(incident->status));
    view_text(view, "severity", incident->severity);
    view_text(view, "service", incident->service);
    view_text(view, "team", incident->team);
    view_markup(view, "summary", incident->summary);
    view_person(view, "declared_by", incident->declared.by, visit);
    view_text(view, "rule", incident->declared.rule);
    view_clock(view, "open", open && incident->entries.n ? incident->entries.v[0].at : 0, visit);
    view_time(view, "changed", incident->activity.changed_at, visit);
    view_time(view, "paused_until", incident->pause.until, visit);
    view_text(view, "pause_reason", incident->pause.reason);
    add_end(visit, incident, view);
    add_roles(visit, &incident->people, view);
    add_owed(visit, incident, view);
    add_writeup(visit, incident, view);
    add_moves(incident, view);
}
