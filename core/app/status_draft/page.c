/* One draft for the status page: as it will read, what changed, past posts of similar incidents, and forms to change or reject it. */
#include <inttypes.h>

#include "app/status/drafts.h"
#include "app/status/fields.h"
#include "command/past_posts.h"
#include "comms/alone.h"

static bool find(const struct visit *visit, struct desk_draft *ret)
{
    return desk_draft_find(visit, http_parameter(visit->request, "draft"), ret);
}

struct past {
    const struct visit *visit;
    struct view *view;
};

static void add_past(void *ctx, const struct standing_post *post)
{
    const struct past *past = ctx;
    struct view *item = view_item(past->view, "past");
    CLEANUP_STR struct str took = {0};
    view_textf(item, "post", "%" PRId64, post->number);
    view_text(item, "past_title", post->title);
    view_markup(item, "first", post->first);
    if (post->over)
        duration_format(post->over - post->began, &took);
    view_text(item, "took", took.len ? took.p : NULL);
}

/* What it says now, to be changed; after a refusal, what was typed. */
static void add_fields(struct visit *visit, const struct desk_draft *d, struct view *view)
{
    struct post post = {0};
    post_read(d->draft->post, &post, NULL);
    fields_of_post(view, &post, d->draft->text);
    fields_statuses(view, post.status);
    fields_typed(visit, view);
    post_finish(&post);
}

static int show(struct visit *visit, struct view *view, struct error *err)
{
    struct desk_draft d;
    if (!find(visit, &d))
        return error_set(
            err, ERR_NOT_FOUND,
            "No such draft waits. It may have been approved or discarded: [the desk](/app/status) shows what "
            "stands on the status page.");
    view_textf(view, "heading", "Draft %" PRId64, d.draft->number);
    desk_draft_show(visit, &d, view);
    add_fields(visit, &d, view);
    past_posts(visit->core, d.incident->id, visit->person, add_past, &(struct past){visit, view});
    return 0;
}

/* Each form's line; the words of `redraft` are a field, and stand for those of the line. */
static void act(struct visit *visit)
{
    struct desk_draft d;
    CLEANUP_STR struct str line = {0};
    const char *form = visit_field(visit, "form"), *reason = visit_field(visit, "reason");
    if (!find(visit, &d)) {
        visit_say(visit, true, "That draft waits no longer.");
    } else if (text_equal(form, "redraft")) {
        comms_draft_line(d.incident, "redraft", d.draft->number, &line);
        str_add(&line, d.incident->id ? " -" : "");
        visit_form(visit, line.p, NULL);
    } else {
        comms_draft_line(d.incident, "reject", d.draft->number, &line);
        str_addf(&line, " %s", reason ? reason : "");
        visit_command(visit, line.p, 0, NULL);
    }
}

const struct app_page app_page_status_draft = {.name = "status_draft",
                                               .title = "Status page",
                                               .path = "/app/status/drafts/{draft}",
                                               .needs = ACCESS_SEE,
                                               .to_act = ACCESS_ACT,
                                               .show = show,
                                               .act = act};
