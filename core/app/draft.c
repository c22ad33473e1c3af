#include "app/draft.h"

#include <inttypes.h>

#include "comms/comms.h"
#include "comms/diff.h"
#include "people/people.h"

static void add_author(const struct visit *visit, const struct state_draft *draft, struct view *view)
{
    const char *by = draft->edited_by ? draft->edited_by : draft->by;
    const char *known = by ? people_name(visit->core, by) : NULL;
    if (draft->agent)
        view_textf(view, "author", "%s (by the agent %s)", known ? known : by, draft->agent);
    else
        view_person(view, "author", by, visit);
}

void draft_add(const struct visit *visit, const struct incident *incident, const struct state_draft *draft,
               struct view *view)
{
    CLEANUP_STR struct str preview = {0}, change = {0}, when = {0};
    view_textf(view, "number", "%" PRId64, draft->number);
    view_textf(view, "version", "%" PRId64, draft->version);
    add_author(visit, draft, view);
    view_text(view, "rejected", draft->rejected);
    comms_preview(visit->core, incident, draft, NULL, &preview);
    view_markup(view, "preview", preview.len ? preview.p : draft->text);
    if (draft->before)
        diff_words(draft->before, draft->text, &change);
    view_markup(view, "change", change.len ? change.p : NULL);
    if (comms_sent_when(visit->core, incident, draft, &when))
        view_text(view, "when", when.p);
}
