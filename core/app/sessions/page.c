/* The sessions of the visitor, and for administrators those of everybody: each can be ended. */
#include <string.h>

#include "app/page.h"
#include "people/people.h"

struct listing {
    struct visit *visit;
    struct view *view;
};

static bool list_one(void *ctx, const struct session *session)
{
    const struct listing *listing = ctx;
    const struct visit *visit = listing->visit;
    struct view *item = view_item(listing->view, "sessions");
    view_text(item, "id", session->id);
    view_text(item, "way", session->way);
    view_text(item, "agent", session->agent);
    view_text(item, "address", session->address);
    view_time(item, "made", session->made_at, visit);
    view_time(item, "used", session->used_at, visit);
    view_time(item, "ends", session->ends_at, visit);
    view_flag(item, "own", strcmp(session->id, visit->session->id) == 0);
    if (session->person)
        view_person(item, "who", session->person, visit);
    else
        view_text(item, "who", session->name);
    return true;
}

static bool sees_all(const struct visit *visit)
{
    return visit->has >= ACCESS_ADMINISTER;
}

static int show(struct visit *visit, struct view *view, struct error *err)
{
    struct listing listing = {visit, view};
    (void)err;
    view_flag(view, "all", sees_all(visit));
    if (visit->person || sees_all(visit))
        session_each(visit->core, sees_all(visit) ? NULL : visit->person, visit->now, list_one, &listing);
    else
        list_one(&listing, visit->session);
    return 0;
}

/* NULL: none that they see here. */
static const struct session *find(const struct visit *visit, const char *id)
{
    const struct session *session = id ? session_by_id(visit->core, id, visit->now) : NULL;
    bool own = session && visit->person && people_same(visit->core, visit->person, session->person);
    return own || sees_all(visit) ? session : NULL;
}

static void act(struct visit *visit)
{
    const struct session *session = find(visit, visit_field(visit, "session"));
    CLEANUP_FREE char *by = visit_by(visit);
    if (!session) {
        visit_say(visit, true, "That session has ended already.");
        return;
    }
    struct turn *turn = turn_begin(visit->core, visit->now);
    session_end(turn, session, by);
    visit_commit_to(visit, turn, "/app/sessions");
}

const struct app_page app_page_sessions = {.name = "sessions",
                                           .title = "Sessions",
                                           .path = "/app/sessions",
                                           .word = "Sessions",
                                           .place = 80,
                                           .needs = ACCESS_SEE,
                                           .show = show,
                                           .act = act};
