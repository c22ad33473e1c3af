/* One incident: how it stands, what is owed, messages to approve, its timeline, and a box for commands. */
#include <inttypes.h>
#include <string.h>

#include "app/incident/timeline.h"
#include "app/page.h"
#include "comms/comms.h"
#include "comms/diff.h"
#include "template/words.h"
#include "sight/sight.h"

static const struct incident *find(const struct visit *visit)
{
    uint64_t id = incident_name_parse(http_parameter(visit->request, "id"));
    return id ? sight_incident(visit->core, id, visit->person) : NULL;
}

/* ---- how it stands ---- */

static void add_facts(const struct visit *visit, const struct incident *incident, struct view *view)
{
    view_flag(view, "private", incident->private);
    view_text(view, "status", status_name(incident->status));
    view_text(view, "severity", incident->severity);
    view_text(view, "service", incident->service);
    view_text(view, "team", incident->team);
    view_markup(view, "summary", incident->summary);
    view_clock(view, "open", incident->entries.n ? incident->entries.v[0].at : 0, visit);
    view_flag(view, "is_open", status_is_open(incident->status));
    view_time(view, "paused_until", incident->pause.until, visit);
    view_text(view, "pause_reason", incident->pause.reason);
    for (size_t i = 0; i < incident->people.roles.n; i++) {
        struct view *item = view_item(view, "roles");
        view_text(item, "role", incident->people.roles.v[i].role);
        view_person(item, "person", incident->people.roles.v[i].person, visit);
    }
}

static void add_owed(const struct visit *visit, const struct incident *incident, struct view *view)
{
    view_flag(view, "any_owed", incident->owed.n > 0);
    for (size_t i = 0; i < incident->owed.n; i++) {
        const struct state_owed *owed = &incident->owed.v[i];
        struct view *item = view_item(view, "owed");
        view_text(item, "owed_text", owed->text);
        view_clock(item, "due", owed->due, visit);
        view_flag(item, "late", owed->due <= visit->now);
    }
}

static void add_places(const struct incident *incident, struct view *view)
{
    const struct state_places *places = &incident->places;
    view_flag(view, "any_rooms", places->channels.n > 0);
    for (size_t i = 0; i < places->channels.n; i++) {
        const struct state_channel *channel = &places->channels.v[i];
        view_textf(view_item(view, "rooms"), "room", "%s on %s",
                   channel->name ? channel->name : channel->channel, channel->connector);
    }
    view_flag(view, "any_links", places->links.n > 0);
    for (size_t i = 0; i < places->links.n; i++) {
        const struct state_link *link = &places->links.v[i];
        struct view *item = view_item(view, "links");
        view_text(item, "label", link->label ? link->label : link->url);
        view_text(item, "url", words_is_link(link->url) ? link->url : NULL);
    }
}

static void add_affected(const struct visit *visit, const struct incident *incident, struct view *view)
{
    const struct state_affected *affected = &incident->affected;
    view_flag(view, "any_customers", affected->customers.n > 0);
    view_textf(view, "customer_count", "%" PRId64, incident_customers(incident));
    for (size_t i = 0; i < affected->customers.n; i++) {
        const struct state_customer *customer = &affected->customers.v[i];
        struct view *item = view_item(view, "customers");
        view_text(item, "customer", customer->name ? customer->name : customer->key);
        view_time(item, "since", customer->since, visit);
    }
    view_flag(view, "any_alerts", affected->alerts.n > 0);
    for (size_t i = 0; i < affected->alerts.n; i++) {
        const struct state_alert *alert = &affected->alerts.v[i];
        struct view *item = view_item(view, "alerts");
        view_text(item, "alert", alert->title);
        view_textf(item, "count", "%" PRId64, alert->count);
        view_flag(item, "resolved", alert->resolved);
    }
}

/* ---- messages that wait ---- */

static void add_draft(const struct visit *visit, const struct incident *incident,
                      const struct state_draft *draft, struct view *view)
{
    struct view *item = view_item(view, "drafts");
    CLEANUP_FREE char *to = audience_words(draft->customer);
    CLEANUP_STR struct str preview = {0}, change = {0}, when = {0};
    view_textf(item, "number", "%" PRId64, draft->number);
    view_textf(item, "version", "%" PRId64, draft->version);
    view_text(item, "to", to);
    view_person(item, "author", draft->edited_by ? draft->edited_by : draft->by, visit);
    view_text(item, "rejected", draft->rejected);
    comms_preview(visit->core, incident, draft, NULL, &preview);
    view_markup(item, "preview", preview.len ? preview.p : draft->text);
    if (draft->before)
        diff_words(draft->before, draft->text, &change);
    view_markup(item, "change", change.len ? change.p : NULL);
    if (comms_sent_when(visit->core, incident, draft, &when))
        view_text(item, "when", when.p);
    view_flag(item, "may_approve", visit->has >= ACCESS_APPROVE && !draft->rejected);
}

static void add_drafts(const struct visit *visit, const struct incident *incident, struct view *view)
{
    bool any = false;
    for (size_t i = 0; i < incident->comms.drafts.n; i++) {
        if (incident->comms.drafts.v[i].state != DRAFT_WAITING)
            continue;
        add_draft(visit, incident, &incident->comms.drafts.v[i], view);
        any = true;
    }
    view_flag(view, "any_drafts", any);
}

/* ---- the page ---- */

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

static int show(struct visit *visit, struct view *view, struct error *err)
{
    const struct incident *incident = find(visit);
    char name[INCIDENT_NAME];
    if (!incident)
        return error_set(err, ERR_NOT_FOUND, "No such incident, or it is private and you are not a member.");
    incident_name(incident->id, name);
    view_text(view, "name", name);
    view_text(view, "live", name);
    view_textf(view, "heading", "%s %s", name, incident->title);
    add_facts(visit, incident, view);
    add_moves(incident, view);
    add_owed(visit, incident, view);
    add_drafts(visit, incident, view);
    add_affected(visit, incident, view);
    add_places(incident, view);
    if (http_method(visit->request) == HTTP_POST && visit->refused)
        view_text(view, "typed", visit_field(visit, "line"));
    return timeline_add(visit, incident, view, err);
}

static void act(struct visit *visit)
{
    const struct incident *incident = find(visit);
    const char *line = visit_field(visit, "line");
    if (!incident)
        visit_say(visit, true, "No such incident.");
    else if (text_empty(line))
        visit_say(visit, true, "Type a command, such as `note rolled back`, or `help`.");
    else
        visit_command(visit, line, incident->id, NULL);
}

const struct app_page app_page_incident = {.name = "incident",
                                           .title = "Incident",
                                           .path = "/app/incidents/{id}",
                                           .needs = ACCESS_SEE,
                                           .show = show,
                                           .act = act};
