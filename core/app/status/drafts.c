#include "app/status/drafts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "app/draft.h"
#include "comms/alone.h"
#include "comms/posts.h"
#include "sight/query.h"
#include "sight/sight.h"
#include "statuspage/statuspage.h"

#define SUGGESTED_MOST 50
#define DRAFTS_MOST    50 /* of open incidents */

/* ---- one ---- */

static bool is_waiting(const struct state_draft *draft)
{
    return draft && draft->post && draft->state == DRAFT_WAITING;
}

bool desk_draft_find(const struct visit *visit, const char *name, struct desk_draft *ret)
{
    const char *dot = strchr(name, '.');
    CLEANUP_FREE char *of = dot ? xstrndup(name, (size_t)(dot - name)) : NULL;
    ret->incident =
        of ? sight_incident(visit->core, incident_name_parse(of), visit->person) : comms_alone(visit->core);
    int64_t number = strtoll(dot ? dot + 1 : name, NULL, 10);
    ret->draft = ret->incident && number > 0 ? incident_draft(ret->incident, number) : NULL;
    return is_waiting(ret->draft);
}

static void add_lines(const struct desk_draft *d, struct view *view)
{
    CLEANUP_STR struct str approve = {0}, discard = {0};
    comms_draft_line(d->incident, "approve", d->draft->number, &approve);
    comms_draft_line(d->incident, "discard", d->draft->number, &discard);
    view_textf(view, "approve", "%s %" PRId64, approve.p, d->draft->version);
    view_text(view, "discard", discard.p);
}

/* Its title is that of the post that it goes on, unless it says another. */
static void add_post(const struct visit *visit, const struct desk_draft *d, struct view *view)
{
    struct post post = {0};
    struct standing_post goes_on = {0};
    post_read(d->draft->post, &post, NULL);
    bool old = post.number && statuspage_post(visit->core, post.number, &goes_on);
    view_text(view, "draft_title", post.title ? post.title : old ? goes_on.title : "A post");
    if (old)
        view_textf(view, "goes_on", "%" PRId64, post.number);
    view_flag(view, "untold", post.quiet);
    post_finish(&post);
}

void desk_draft_show(const struct visit *visit, const struct desk_draft *d, struct view *view)
{
    const struct state_draft *draft = d->draft;
    char name[INCIDENT_NAME] = "";
    if (d->incident->id)
        incident_name(d->incident->id, name);
    view_text(view, "of", name);
    view_textf(view, "draft", "%s%s%" PRId64, name, *name ? "." : "", draft->number);
    view_flag(view, "approvable", visit->has >= ACCESS_APPROVE && !draft->rejected);
    draft_add(visit, d->incident, draft, view);
    add_post(visit, d, view);
    add_lines(d, view);
}

/* ---- many ---- */

static int64_t goes_on(const struct state_draft *draft)
{
    struct post post = {0};
    post_read(draft->post, &post, NULL);
    int64_t number = post.number;
    post_finish(&post);
    return number;
}

/* At most so many; how many there are. */
static size_t add_all(const struct visit *visit, const struct incident *incident, int64_t post, size_t most,
                      struct view *view)
{
    size_t n = 0;
    for (size_t i = 0; i < incident->comms.drafts.n; i++) {
        const struct desk_draft d = {incident, &incident->comms.drafts.v[i]};
        if (is_waiting(d.draft) && (!post || goes_on(d.draft) == post) && n++ < most)
            desk_draft_show(visit, &d, view_item(view, "drafts"));
    }
    return n;
}

void desk_drafts_alone(const struct visit *visit, int64_t post, struct view *view)
{
    add_all(visit, comms_alone(visit->core), post, SIZE_MAX, view);
}

void desk_drafts_of(const struct visit *visit, const struct incident *incident, struct view *view)
{
    add_all(visit, incident, 0, SIZE_MAX, view);
}

/* ---- of open incidents ---- */

struct looking {
    const struct visit *visit;
    struct view *view;
    size_t suggested, drafts;
};

static bool look(void *ctx, const struct incident *incident)
{
    struct looking *looking = ctx;
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str why = {0};
    looking->drafts +=
        add_all(looking->visit, incident, 0, DRAFTS_MOST - MIN(looking->drafts, DRAFTS_MOST), looking->view);
    if (!statuspage_wants(looking->visit->core, incident, &why) || looking->suggested++ >= SUGGESTED_MOST)
        return true;
    struct view *item = view_item(looking->view, "suggestions");
    view_text(item, "suggested", incident_name(incident->id, name));
    view_text(item, "suggested_title", incident->title);
    view_text(item, "why", str_text(&why));
    return true;
}

void desk_drafts_open(const struct visit *visit, struct view *view)
{
    struct looking looking = {.visit = visit, .view = view};
    query_list(visit->core, &(struct query){.viewer = visit->person}, look, &looking, NULL);
    view_flag(view, "any_suggestions", looking.suggested > 0);
    view_flag(view, "more_drafts", looking.drafts > DRAFTS_MOST);
    view_flag(view, "more_suggestions", looking.suggested > SUGGESTED_MOST);
}
