/* Messages to customers and posts that wait for somebody's approval: as they would be read, what changed, and what they are sent upon. */
#include <inttypes.h>
#include <string.h>

#include "app/draft.h"
#include "app/incident/sections.h"
#include "comms/posts.h"

/* Who approved this version already, where it needs more. */
static void add_endorsed(const struct visit *visit, const struct state_draft *draft, struct view *view)
{
    for (const char *p = draft->endorsed; p && *p;) {
        size_t n = strcspn(p, "\n");
        CLEANUP_FREE char *person = xstrndup(p, n);
        view_person(view_item(view, "endorsed"), "person", person, visit);
        p += n + (p[n] == '\n');
    }
}

static void add_post(const struct state_draft *draft, struct view *view)
{
    struct post post = {0};
    CLEANUP_STR struct str words = {0};
    if (!draft->post)
        return;
    if (post_read(draft->post, &post, NULL) == 0)
        post_describe(&post, &words);
    post_finish(&post);
    view_markup(view, "post", str_text(&words));
}

static void add_draft(const struct visit *visit, const struct incident *incident,
                      const struct state_draft *draft, struct view *view)
{
    struct view *item = view_item(view, "drafts");
    CLEANUP_FREE char *to = audience_words(draft->customer);
    draft_add(visit, incident, draft, item);
    view_text(item, "to", to);
    view_time(item, "edited", draft->edited_at, visit);
    view_text(item, "text", draft->text);
    add_post(draft, item);
    add_endorsed(visit, draft, item);
    view_flag(item, "may_change", visit->has >= ACCESS_ACT && !draft->post && !draft->languages);
    view_flag(item, "may_approve", visit->has >= ACCESS_APPROVE && !draft->rejected);
}

/* A message that was approved, and how far it came. */
static void add_sent(const struct state_draft *draft, struct view *view)
{
    struct view *item = view_item(view, "sent");
    CLEANUP_FREE char *to = audience_words(draft->customer);
    const struct state_reach *reach = &draft->reach;
    int64_t without = reach->failed + reach->bounced + reach->unwished + reach->withdrawn;
    view_textf(item, "number", "%" PRId64, draft->number);
    view_text(item, "to", to);
    view_flag(item, "counted", reach->recipients > 0);
    view_textf(item, "recipients", "%" PRId64, reach->recipients);
    view_textf(item, "told", "%" PRId64, reach->told);
    view_textf(item, "left", "%" PRId64, draft_left(draft));
    if (without)
        view_textf(item, "without", "%" PRId64, without);
    if (reach->answered)
        view_textf(item, "answered", "%" PRId64, reach->answered);
}

void section_drafts(const struct visit *visit, const struct incident *incident, struct view *view)
{
    bool waiting = false, sent = false;
    for (size_t i = 0; i < incident->comms.drafts.n; i++) {
        const struct state_draft *draft = &incident->comms.drafts.v[i];
        waiting |= draft->state == DRAFT_WAITING;
        sent |= draft->state == DRAFT_APPROVED && !draft->post;
        if (draft->state == DRAFT_WAITING)
            add_draft(visit, incident, draft, view);
        else if (draft->state == DRAFT_APPROVED && !draft->post)
            add_sent(draft, view);
    }
    view_flag(view, "any_drafts", waiting);
    view_flag(view, "any_sent", sent);
}
