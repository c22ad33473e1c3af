/* One incident: all that is known of it now, its timeline, and a box for commands. */
#include <string.h>

#include "app/incident/sections.h"
#include "app/incident/timeline.h"
#include "command/complete.h"

/* Commands whose arguments come from a form of the page, as they are. */
static const char *const forms[] = {"reject", "redraft"};

static void add_line(void *ctx, const char *line, const char *hint)
{
    struct view *item = view_item(ctx, "lines");
    view_text(item, "line", line);
    view_text(item, "hint", hint);
}

/* What a line can begin with; as it is typed, app.js asks for the rest. */
static void add_lines(const struct visit *visit, const struct incident *incident, struct view *view)
{
    const struct completing who = {visit->person, visit->has, incident->id, SIZE_MAX};
    command_complete(visit->core, &who, "", add_line, view);
}

static int show(struct visit *visit, struct view *view, struct error *err)
{
    static section_add *const sections[] = {section_stands, section_drafts,    section_proposals,
                                            section_alerts, section_customers, section_places,
                                            section_pages,  section_followups, section_posts};
    const struct incident *incident = visit_incident(visit, err);
    char name[INCIDENT_NAME];
    if (!incident)
        return err->code;
    incident_name(incident->id, name);
    view_text(view, "name", name);
    view_text(view, "live", name);
    view_textf(view, "heading", "%s %s", name, incident->title);
    for (size_t i = 0; i < ARRAY_SIZE(sections); i++)
        sections[i](visit, incident, view);
    add_lines(visit, incident, view);
    if (http_method(visit->request) == HTTP_POST && visit->refused)
        view_text(view, "typed", visit_field(visit, "line"));
    return timeline_add(visit, incident, view, err);
}

static void run_form(struct visit *visit, const struct incident *incident, const char *command)
{
    char name[INCIDENT_NAME];
    for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
        if (strcmp(forms[i], command) != 0)
            continue;
        CLEANUP_FREE char *line = xasprintf("%s %s", incident_name(incident->id, name), command);
        visit_form(visit, line, NULL);
        return;
    }
    visit_say(visit, true, "This page has no form for `%s`.", command);
}

static void act(struct visit *visit)
{
    struct error err;
    const struct incident *incident = visit_incident(visit, &err);
    const char *line = visit_field(visit, "line"), *command = visit_field(visit, "command");
    if (!incident)
        visit_refuse(visit, &err);
    else if (command)
        run_form(visit, incident, command);
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
