/* The status page's desk: what stands on it, what waits for approval, what should be posted about, and what is planned. */
#include <inttypes.h>
#include <string.h>

#include "app/status/drafts.h"
#include "app/status/fields.h"
#include "comms/posts.h"
#include "policy/statuspages.h"
#include "public/names.h"
#include "sight/sight.h"
#include "statuspage/statuspage.h"
#include "subscribers/subscribers.h"

#define COMPONENTS 200 /* on a page */
#define PAST       20  /* posts that are over, on a page */
#define COUNT_MOST 1000

/* ---- components ---- */

static void add_component(const struct visit *visit, const struct status_component *component,
                          struct view *view)
{
    struct view *item = view_item(view, "components");
    enum public_state state = statuspage_state(visit->core, component->name);
    view_text(item, "component", component->name);
    view_text(item, "group", component->group);
    view_text(item, "state", public_state_title(state));
    view_flag(item, "well", state == STATE_OPERATIONAL);
    view_time(item, "since", statuspage_state_since(visit->core, component->name), visit);
}

static void add_components(const struct visit *visit, struct view *view)
{
    size_t first = visit_query_number(visit, "components"), i = 0;
    const struct status_component *component;
    const struct policy *policy = core_policy(visit->core);
    view_flag(view, "any_components", policy_status_component_at(policy, 0) != NULL);
    for (; i < COMPONENTS && (component = policy_status_component_at(policy, first + i)); i++)
        add_component(visit, component, view);
    if (i == COMPONENTS && policy_status_component_at(policy, first + i))
        view_textf(view, "more_components", "%zu", first + i);
    fields_states(view, "states");
}

/* ---- posts ---- */

struct posts {
    const struct visit *visit;
    struct view *view;
    int64_t last;
    size_t n;
};

static void add_held(void *ctx, const struct held_component *held)
{
    view_text(view_item(ctx, "held"), "held_component", held->name);
}

static struct view *add_post(const struct posts *posts, const char *list, const struct standing_post *post)
{
    const struct visit *visit = posts->visit;
    struct view *item = view_item(posts->view, list);
    char name[INCIDENT_NAME];
    view_textf(item, "post", "%" PRId64, post->number);
    view_text(item, "post_title", post->title);
    view_text(item, "post_status", public_status_title(post->status));
    view_time(item, "last", post->last, visit);
    if (sight_incident(visit->core, post->incident, visit->person))
        view_text(item, "about", incident_name(post->incident, name));
    return item;
}

static bool add_open(void *ctx, const struct standing_post *post)
{
    const struct posts *posts = ctx;
    const struct visit *visit = posts->visit;
    bool maintenance = public_status_is_maintenance(post->status), begun = post->status != POST_SCHEDULED;
    struct view *item = add_post(posts, maintenance ? "maintenance" : "posts", post);
    view_time(item, "from", post->from, visit);
    view_time(item, "until", post->until, visit);
    view_flag(item, "begun", begun);
    view_clock(item, "next", post->next, visit);
    view_flag(item, "late", post->next && post->next <= visit->now);
    statuspage_each_held(visit->core, post->number, add_held, item);
    return true;
}

static bool add_past(void *ctx, const struct standing_post *post)
{
    struct posts *posts = ctx;
    struct view *item = add_post(posts, "past", post);
    view_time(item, "began", post->began, posts->visit);
    posts->last = post->number;
    return ++posts->n < PAST;
}

static void add_posts(const struct visit *visit, struct view *view)
{
    struct posts posts = {visit, view, 0, 0};
    statuspage_each_open(visit->core, add_open, &posts);
    statuspage_each_over(visit->core, (int64_t)visit_query_number(visit, "before"), add_past, &posts);
    view_flag(view, "any_past", posts.n > 0);
    if (posts.n == PAST)
        view_textf(view, "earlier", "%" PRId64, posts.last);
}

/* ---- pages, and who is told ---- */

static void add_subscribers(const struct visit *visit, const struct status_page *page, struct view *item)
{
    for (int kind = 0; kind < SUBSCRIBER_KINDS; kind++) {
        size_t n = subscribers_count(visit->core, page->name, (enum subscriber_kind)kind, COUNT_MOST);
        struct view *count = n ? view_item(item, "subscribers") : NULL;
        if (!count)
            continue;
        view_textf(count, "count", n < COUNT_MOST ? "%zu" : "%zu or more", n);
        view_text(count, "kind", subscriber_kind_name((enum subscriber_kind)kind));
    }
}

static void add_pages(const struct visit *visit, struct view *view)
{
    const struct status_page *page;
    for (size_t i = 0; (page = policy_status_page_at(core_policy(visit->core), i)); i++) {
        struct view *item = view_item(view, "pages");
        view_text(item, "page", page->title);
        view_flag(item, "private", page->private_);
        view_text(item, "url", page->private_ ? NULL : page->url);
        if (page->private_)
            view_text(item, "name", page->name);
        if (page->components.n)
            view_textf(item, "some", "%zu", page->components.n);
        add_subscribers(visit, page, item);
    }
}

/* ---- the page ---- */

static int show(struct visit *visit, struct view *view, struct error *err)
{
    (void)err;
    view_text(view, "live", "all");
    add_components(visit, view);
    add_posts(visit, view);
    add_pages(visit, view);
    desk_drafts_alone(visit, 0, view);
    desk_drafts_open(visit, view);
    fields_messages(visit, view);
    fields_statuses(view, POST_INVESTIGATING);
    fields_typed(visit, view);
    return 0;
}

static const char *const forms[][2] = {{"component", "component"},
                                       {"new", "posts new"},
                                       {"quiet new", "posts new --quiet"},
                                       {"plan", "maintenance"}};

/* A button says what to type; a form's fields are taken as they are. */
static void act(struct visit *visit)
{
    const char *line = visit_field(visit, "line"), *form = visit_field(visit, "form");
    CLEANUP_FREE char *which = xasprintf("%s%s", visit_field(visit, "quiet") ? "quiet " : "", form ? form : "");
    if (!text_empty(line)) {
        visit_command(visit, line, 0, NULL);
        return;
    }
    for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
        if (strcmp(forms[i][0], which) == 0) {
            visit_form(visit, forms[i][1], NULL);
            return;
        }
    }
    visit_say(visit, true, "That form is not of this page. Load it again, and repeat it.");
}

const struct app_page app_page_status = {.name = "status",
                                         .title = "Status page",
                                         .path = "/app/status",
                                         .word = "Status page",
                                         .place = 40,
                                         .needs = ACCESS_SEE,
                                         .to_act = ACCESS_ACT,
                                         .show = show,
                                         .act = act};
