/* What an incident is, and how it goes. */
#include "engine/fold.h"

#include <string.h>

#include "engine/state_pages.h"

static void enter(struct incident *incident, enum status status, instant at)
{
    incident->status = status;
    if (incident->entries.n == STATE_ENTRIES)
        incident->entries.n--;
    *array_add(&incident->entries) = (struct state_entry){status, at};
}

void fold_declared(struct incident *incident, const struct event *event)
{
    replace_text(&incident->title, event->text);
    replace_text(&incident->declared.by, event->by);
    replace_text(&incident->declared.rule, event->rule);
    enter(incident, event->status, event->at);
}

static void fold_pause(struct incident *incident, const struct event *event)
{
    bool paused = event->status == STATUS_PAUSED;
    incident->pause.before = paused ? incident->status : STATUS_NONE;
    replace_text(&incident->pause.reason, paused ? event->text : NULL);
    replace_text(&incident->pause.by, paused ? event->by : NULL);
    incident->pause.until = paused ? event->until : 0;
    replace_text(&incident->pause.customer, NULL);
}

void fold_awaited(struct incident *incident, const struct event *event)
{
    replace_text(&incident->pause.customer, event->name);
}

static void add_apart(struct incident *incident, uint64_t other)
{
    for (size_t i = 0; i < incident->places.apart.n; i++) {
        if (incident->places.apart.v[i] == other)
            return;
    }
    if (incident->places.apart.n < STATE_APART)
        *array_add(&incident->places.apart) = other;
}

void fold_status(struct incident *incident, const struct event *event)
{
    bool unmerged = strcmp(event->name, "unmerge") == 0;
    bool keeps_pause =
        event->status == STATUS_MERGED && event->count; /* goes on in the incident that it is merged into */
    if (!keeps_pause && !unmerged)
        fold_pause(incident, event);
    if (unmerged) {
        add_apart(incident, incident->end.merged_into);
        incident->end.merged_into = 0;
    }
    enter(incident, event->status, event->at);
    pages_announce_anew(&incident->people.pages);
    if (event->status == STATUS_TICKETED)
        replace_text(&incident->end.ticket, event->value);
    if (event->status == STATUS_MERGED)
        incident->end.merged_into = event->other;
    replace_text(&incident->end.reason, status_is_open(event->status) ? NULL : event->text);
}

void fold_titled(struct incident *incident, const struct event *event)
{
    replace_text(&incident->title, event->text);
}

void fold_summarized(struct incident *incident, const struct event *event)
{
    replace_text(&incident->summary, event->text);
}

void fold_severity(struct incident *incident, const struct event *event)
{
    replace_text(&incident->severity, event->name);
}

void fold_kind(struct incident *incident, const struct event *event)
{
    replace_text(&incident->sort.kind, event->flag ? event->name : NULL);
}

void fold_team(struct incident *incident, const struct event *event)
{
    replace_text(&incident->team, event->name);
}

void fold_service(struct incident *incident, const struct event *event)
{
    replace_text(&incident->service, event->name);
}

void fold_private(struct incident *incident, const struct event *event)
{
    incident->private = event->flag;
}

void fold_drill(struct incident *incident, const struct event *event)
{
    incident->sort.drill = event->flag;
    if (event->name)
        replace_text(&incident->sort.script, event->name);
}

void fold_related(struct incident *incident, const struct event *event)
{
    if (incident->places.related.n < STATE_RELATED)
        *array_add(&incident->places.related) = event->other;
}

/* Merges of before they could be undone have no `until`, and fold as they always did. */
void fold_merged_in(struct incident *incident, const struct event *event)
{
    if (!event->until)
        return;
    if (incident->affected.merged.n == STATE_MERGED)
        array_remove(&incident->affected.merged, 0);
    *array_add(&incident->affected.merged) = (struct state_merged){event->other, event->at, event->until};
}

void fold_merge_final(struct incident *incident, const struct event *event)
{
    for (size_t i = incident->affected.merged.n; i-- > 0;) {
        if (incident->affected.merged.v[i].incident == event->other)
            array_remove(&incident->affected.merged, i);
    }
}

void fold_unmerged(struct incident *incident, const struct event *event)
{
    fold_merge_final(incident, event);
    add_apart(incident, event->other);
}

void fold_raised(struct incident *incident, const struct event *event)
{
    if (incident->declared.raised.n < STATE_RAISED)
        *array_add(&incident->declared.raised) = event->count;
}

void fold_nothing(struct incident *incident, const struct event *event)
{
    (void)incident, (void)event;
}
