/* One post of the status page: its words, what waits to be said on it, and forms for the next word. */
#include <inttypes.h>
#include <stdlib.h>

#include "app/status/drafts.h"
#include "app/status/fields.h"
#include "public/names.h"
#include "sight/sight.h"
#include "statuspage/statuspage.h"

static bool find(const struct visit *visit, struct standing_post *ret)
{
    return statuspage_post(visit->core, strtoll(http_parameter(visit->request, "n"), NULL, 10), ret);
}

/* ---- what it says ---- */

struct listing {
    const struct visit *visit;
    struct view *view;
};

static void add_word(void *ctx, const struct standing_word *word)
{
    const struct listing *listing = ctx;
    struct view *item = view_item(listing->view, "words");
    view_time(item, "at", word->at, listing->visit);
    view_text(item, "word_status", public_status_title(word->status));
    view_markup(item, "word", word->text);
    view_flag(item, "quiet", word->quiet);
}

static void add_held(void *ctx, const struct held_component *held)
{
    const struct listing *listing = ctx;
    struct view *item = view_item(listing->view, "held");
    view_text(item, "component", held->name);
    view_text(item, "now", public_state_title(held->now));
    view_text(item, "after", held->now == held->given_back ? NULL : public_state_title(held->given_back));
}

/* Where everybody reads it, if the public page is there. */
static void add_address(const struct visit *visit, int64_t number, struct view *view)
{
    char post[PUBLIC_ID], word[PUBLIC_ID];
    struct public_page *page = statuspage_page(visit->core, NULL);
    if (page && statuspage_newest_word(visit->core, number, post, word))
        view_textf(view, "public", "%s/incidents/%s", page->url, post);
    public_unref(page);
}

static void add_facts(const struct visit *visit, const struct standing_post *post, struct view *view)
{
    view_textf(view, "post", "%" PRId64, post->number);
    view_textf(view, "heading", "Post %" PRId64 ": %s", post->number, post->title);
    view_text(view, "status", public_status_title(post->status));
    view_text(view, "impact", post->impact == IMPACT_NONE ? NULL : public_impact_name(post->impact));
    view_time(view, "from", post->from, visit);
    view_time(view, "until", post->until, visit);
    view_time(view, "began", post->began, visit);
    view_time(view, "over", post->over, visit);
    view_clock(view, "next", post->next, visit);
    view_flag(view, "late", post->next && post->next <= visit->now);
    add_address(visit, post->number, view);
}

/* ---- what may be done with it ---- */

/* The incident in which its next word is written, if the visitor sees it. */
static const struct incident *incident_of(const struct visit *visit, const struct standing_post *post)
{
    return post->incident ? sight_incident(visit->core, post->incident, visit->person) : NULL;
}

static void add_forms(struct visit *visit, const struct standing_post *post, struct view *view)
{
    bool maintenance = public_status_is_maintenance(post->status), open = !public_status_is_over(post->status),
         theirs = !post->incident || incident_of(visit, post);
    view_flag(view, "may_write",
              visit->has >= ACCESS_ACT && !maintenance && theirs && (open || !post->incident));
    view_flag(view, "may_maintain", visit->has >= ACCESS_ACT && maintenance && open);
    view_flag(view, "planned", post->status == POST_SCHEDULED);
    fields_statuses(view, open ? post->status : POST_POSTMORTEM);
    fields_typed(visit, view);
}

static int show(struct visit *visit, struct view *view, struct error *err)
{
    struct standing_post post;
    struct listing listing = {visit, view};
    char name[INCIDENT_NAME];
    if (!find(visit, &post))
        return error_set(err, ERR_NOT_FOUND,
                         "There is no such post. [The desk](/app/status) lists those that are open.");
    int64_t number = post.number;
    view_text(view, "live", "all");
    add_facts(visit, &post, view);
    statuspage_each_word(visit->core, number, add_word, &listing);
    statuspage_each_held(visit->core, number, add_held, &listing);
    add_forms(visit, &post, view);
    desk_drafts_alone(visit, number, view);
    const struct incident *incident = incident_of(visit, &post);
    if (incident) {
        view_text(view, "about", incident_name(incident->id, name));
        desk_drafts_of(visit, incident, view);
    }
    return 0;
}

/* ---- forms ---- */

static void write_word(struct visit *visit, const struct standing_post *post)
{
    char name[INCIDENT_NAME];
    const char *quiet = visit_field(visit, "quiet") ? " --quiet" : "";
    CLEANUP_FREE char *line = post->incident
                                  ? xasprintf("%s post%s", incident_name(post->incident, name), quiet)
                                  : xasprintf("posts %" PRId64 "%s", post->number, quiet);
    visit_form(visit, line, NULL);
}

static void extend(struct visit *visit, const struct standing_post *post)
{
    const char *more = visit_field(visit, "more");
    CLEANUP_FREE char *line = xasprintf("maintenance %" PRId64 " extend %s", post->number, more ? more : "");
    visit_command(visit, line, 0, NULL);
}

static void move(struct visit *visit, const struct standing_post *post)
{
    CLEANUP_FREE char *line = xasprintf("maintenance %" PRId64 " move", post->number);
    visit_form(visit, line, NULL);
}

static const struct {
    const char *form;
    void (*run)(struct visit *visit, const struct standing_post *post);
} forms[] = {{"word", write_word}, {"extend", extend}, {"move", move}};

static void act(struct visit *visit)
{
    struct standing_post post;
    const char *form = visit_field(visit, "form");
    if (!find(visit, &post)) {
        visit_say(visit, true, "There is no such post.");
        return;
    }
    for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
        if (text_equal(forms[i].form, form)) {
            forms[i].run(visit, &post);
            return;
        }
    }
    visit_say(visit, true, "That form is not of this page. Load it again, and repeat it.");
}

const struct app_page app_page_status_post = {.name = "status_post",
                                              .title = "Status page",
                                              .path = "/app/status/{n}",
                                              .needs = ACCESS_SEE,
                                              .to_act = ACCESS_ACT,
                                              .show = show,
                                              .act = act};
