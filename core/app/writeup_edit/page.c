/* The form of a write-up: saved as its next version, merged with what others wrote since; or their words beside one's own. */
#include <inttypes.h>
#include <stdlib.h>

#include "app/writeup/shown.h"
#include "base/lcs.h"
#include "writeups/html.h"

#define FORM_MOST                                                                                              \
    ((size_t)4 << 20) /* beyond what can be kept, so that a text that is too long comes back to be shortened */

/* ---- what others wrote, beside it ---- */

struct beside {
    const struct writeup_clash *clash;
    slice_list lines;
    struct view *view;
};

static void add_line(const struct beside *beside, size_t i, bool marked)
{
    CLEANUP_FREE char *text = xstrndup(beside->lines.v[i].p, beside->lines.v[i].n);
    struct view *item = view_item(beside->view, "lines");
    view_flag(item, "marked", marked);
    view_text(item, "line", text);
}

static void add_lines(const struct beside *beside)
{
    size_t i = 0;
    for (size_t n = 0; n < beside->clash->merge.theirs.n; n++) {
        const struct merge_lines *theirs = &beside->clash->merge.theirs.v[n];
        for (; i < theirs->from; i++)
            add_line(beside, i, false);
        if (theirs->from == theirs->to)
            view_flag(view_item(beside->view, "lines"), "taken_out", true);
        for (; i < theirs->to; i++)
            add_line(beside, i, true);
    }
    for (; i < beside->lines.n; i++)
        add_line(beside, i, false);
}

static void add_beside(const struct visit *visit, const struct writeup_clash *clash, struct view *view)
{
    struct beside beside = {.clash = clash, .view = view};
    const struct writeup *latest = &clash->latest;
    view_flag(view, "clash", true);
    view_person(view, "their_name", latest->by, visit);
    slices_of_lines(latest->text, &beside.lines);
    add_lines(&beside);
    array_free(&beside.lines);
}

/* ---- the form ---- */

static void add_form(struct view *view, int64_t version, const char *text)
{
    view_textf(view, "began", "%" PRId64, version);
    view_text(view, "text", text);
}

static void add_preview(const char *text, struct view *view)
{
    CLEANUP_STR struct str html = {0};
    writeup_body(text, 1, &html);
    view_html(view, "preview", html.p);
}

/* As it was typed. Where others wrote the same lines, the next attempt begins with their version, and what they wrote elsewhere is in. */
static void add_typed(struct visit *visit, const struct incident *incident, struct view *view)
{
    struct writeup_clash clash;
    const char *text = visit_field(visit, "text"), *version = visit_field(visit, "version");
    int64_t began = version ? strtoll(version, NULL, 10) : 0;
    text = text ? text : "";
    view_flag(view, "unsaved", true);
    if (visit->refused && writeup_clash(visit->core, incident, began, text, &clash)) {
        add_form(view, clash.latest.version, str_text(&clash.merge.text));
        add_beside(visit, &clash, view);
        writeup_clash_finish(&clash);
        return;
    }
    add_form(view, began, text);
    if (text_equal(visit_field(visit, "do"), "preview") && !visit->refused)
        add_preview(text, view);
}

static int show(struct visit *visit, struct view *view, struct error *err)
{
    struct writeup latest;
    const struct incident *incident = visit_incident(visit, err);
    char name[INCIDENT_NAME];
    if (!incident)
        return err->code;
    int rc = shown_version(visit, incident, incident->activity.writeup, &latest, err);
    if (rc)
        return rc;
    shown_incident(visit, incident, view);
    shown_add(visit, &latest, view);
    view_text(view, "live", incident_name(incident->id, name));
    if (http_method(visit->request) == HTTP_POST)
        add_typed(visit, incident, view);
    else
        add_form(view, latest.version, latest.text);
    writeup_finish(&latest);
    return 0;
}

/* ---- saved ---- */

static void save(struct visit *visit, uint64_t id)
{
    const char *text = visit_field(visit, "text"), *version = visit_field(visit, "version");
    struct turn *turn = turn_begin(visit->core, visit->now);
    CLEANUP_FREE char *by = visit_by(visit);
    struct error err;
    char name[INCIDENT_NAME];
    bool merged;
    int rc =
        writeup_save(turn, id, version ? strtoll(version, NULL, 10) : 0, text ? text : "", by, &merged, &err);
    if (rc) {
        turn_commit(turn, NULL, NULL);
        visit_refuse(visit, &err);
        return;
    }
    CLEANUP_FREE char *path =
        xasprintf("/app/incidents/%s/writeup%s", incident_name(id, name), merged ? "?merged=1" : "");
    visit_commit_to(visit, turn, path);
}

static void act(struct visit *visit)
{
    struct error err;
    const struct incident *incident = visit_incident(visit, &err);
    if (!incident)
        visit_fault(visit, 404, err.text);
    else if (text_equal(visit_field(visit, "do"), "preview"))
        visit_show(visit, 200);
    else
        save(visit, incident->id);
}

const struct app_page app_page_writeup_edit = {.name = "writeup_edit",
                                               .title = "Edit the write-up",
                                               .path = "/app/incidents/{id}/writeup/edit",
                                               .needs = ACCESS_ACT,
                                               .show = show,
                                               .act = act,
                                               .form_most = FORM_MOST,
                                               .words = "text"};
