/* What a language model proposed to the visitor, a button that accepts it, and what can be asked for. */
#include "app/incident/sections.h"
#include "assist/assist.h"

static void add_kinds(struct view *view)
{
    const struct assist_kind *kind;
    for (size_t i = 0; (kind = assist_kind_at(i)) != NULL; i++) {
        struct view *item = view_item(view, "asks");
        view_text(item, "ask", kind->name);
        view_text(item, "ask_what", kind->what);
    }
}

static void add_proposal(const struct visit *visit, const struct incident *incident, struct view *view)
{
    CLEANUP_RECORD struct assist_record record = {0};
    CLEANUP_STR struct str text = {0}, sent = {0};
    if (!assist_last(visit->core, incident->id, visit->person, &record))
        return;
    CLEANUP_FREE char *line = assist_line(incident, &record);
    assist_write(visit->core, incident, &record, &text);
    assist_write_sent(visit->core, incident, &record, visit->person, &sent);
    view_markup(view, "proposal", text.p);
    view_markup(view, "sent_of_it", sent.p);
    view_text(view, "proposal_what", record.kind->what);
    if (record.state == ASSIST_PROPOSED) {
        view_text(view, "accept", line);
        view_text(view, "accept_label", record.kind->accept);
    }
}

void section_proposals(const struct visit *visit, const struct incident *incident, struct view *view)
{
    if (!visit->person || assist_allows(visit->core, incident, NULL))
        return;
    view_text(view, "model", assist_model(visit->core));
    add_kinds(view);
    add_proposal(visit, incident, view);
}
