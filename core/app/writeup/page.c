/* The write-up of an incident: a version of it to read, what changed between two, all versions, and what can be done with it. */
#include <inttypes.h>
#include <stdlib.h>

#include "app/writeup/shown.h"
#include "writeups/changes.h"
#include "writeups/html.h"

#define VERSIONS 20 /* on a page: each is read whole, since only its text says who wrote it */

/* ---- one version ---- */

static void add_text(const struct writeup *writeup, struct view *view)
{
    CLEANUP_STR struct str html = {0};
    writeup_body(writeup->text, 1, &html);
    view_html(view, "text", html.p);
}

/* ---- what changed ---- */

static void add_change(void *ctx, enum change change, const char *text)
{
    struct view *item = view_item(ctx, "changes");
    view_flag(item, "gone", change == CHANGE_GONE);
    view_flag(item, "added", change == CHANGE_ADDED);
    view_flag(item, "same", change == CHANGE_NONE);
    view_text(item, "skipped", change == CHANGE_SKIPPED ? text : NULL);
    view_markup(item, "words", change == CHANGE_WORDS ? text : NULL);
    view_text(item, "line", text);
}

static int add_changes(const struct visit *visit, const struct incident *incident, const struct writeup *to,
                       int64_t since, struct view *view, struct error *err)
{
    struct writeup from;
    int rc = shown_version(visit, incident, since, &from, err);
    if (rc)
        return rc;
    view_textf(view, "since", "%" PRId64, since);
    if (text_equal(from.text, to->text))
        view_flag(view, "unchanged", true);
    else
        changes_each(from.text, to->text, add_change, view);
    writeup_finish(&from);
    return 0;
}

/* ---- all versions ---- */

static void add_versions(const struct visit *visit, const struct incident *incident, struct view *view)
{
    int64_t latest = incident->activity.writeup, before = (int64_t)visit_query_number(visit, "before");
    int64_t next = before && before <= latest ? before - 1 : latest, last = MAX(next - VERSIONS, 0);
    for (; next > last; next--) {
        struct writeup writeup;
        if (!writeup_get(visit->core, incident, next, &writeup))
            continue;
        struct view *item = view_item(view, "versions");
        view_textf(item, "number", "%" PRId64, next);
        if (next > 1)
            view_textf(item, "number_before", "%" PRId64, next - 1);
        view_person(item, "writer", writeup.by, visit);
        view_time(item, "written", writeup.at, visit);
        writeup_finish(&writeup);
    }
    if (last)
        view_textf(view, "earlier", "%" PRId64, last + 1);
}

/* ---- the page ---- */

static int add_version(const struct visit *visit, const struct incident *incident, struct view *view,
                       struct error *err)
{
    struct writeup writeup;
    int64_t version = (int64_t)visit_query_number(visit, "version"),
            since = (int64_t)visit_query_number(visit, "since"), latest = incident->activity.writeup;
    int rc = shown_version(visit, incident, version ? version : latest, &writeup, err);
    if (rc)
        return rc;
    shown_add(visit, &writeup, view);
    view_flag(view, "is_latest", writeup.version == latest);
    if (since)
        rc = add_changes(visit, incident, &writeup, since, view, err);
    else
        add_text(&writeup, view);
    writeup_finish(&writeup);
    return rc;
}

static int show(struct visit *visit, struct view *view, struct error *err)
{
    const struct incident *incident = visit_incident(visit, err);
    char name[INCIDENT_NAME];
    if (!incident)
        return err->code;
    shown_incident(visit, incident, view);
    view_text(view, "live", incident_name(incident->id, name));
    view_flag(view, "merged", visit_query(visit, "merged") != NULL);
    if (!incident->activity.writeup)
        return 0;
    add_versions(visit, incident, view);
    return add_version(visit, incident, view, err);
}

/* What a button does is the command of that name. */
static void act(struct visit *visit)
{
    static const char *const words[] = {"draft", "done", "reopen"};
    struct error err;
    char name[INCIDENT_NAME];
    const struct incident *incident = visit_incident(visit, &err);
    const char *word = visit_field(visit, "do");
    size_t i = 0;
    while (i < ARRAY_SIZE(words) && !text_equal(words[i], word))
        i++;
    if (!incident) {
        visit_fault(visit, 404, err.text);
    } else if (i == ARRAY_SIZE(words)) {
        visit_say(visit, true, "That button is not of this page. Load it again, and repeat it.");
    } else {
        CLEANUP_FREE char *line = xasprintf("%s writeup %s", incident_name(incident->id, name), words[i]);
        visit_command(visit, line, 0, NULL);
    }
}

const struct app_page app_page_writeup = {.name = "writeup",
                                          .title = "Write-up",
                                          .path = "/app/incidents/{id}/writeup",
                                          .needs = ACCESS_SEE,
                                          .show = show,
                                          .act = act};
