/* What an incident is, and how it goes. */
#include "engine/fold.h"

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
    replace_text(&incident->declared_by, event->by);
    replace_text(&incident->rule, event->rule);
    enter(incident, event->status, event->at);
}

void fold_status(struct incident *incident, const struct event *event)
{
    bool paused = event->status == STATUS_PAUSED;
    if (paused)
        incident->before = incident->status;
    enter(incident, event->status, event->at);
    if (!paused)
        incident->before = STATUS_NONE;
    replace_text(&incident->pause_reason, paused ? event->text : NULL);
    replace_text(&incident->paused_by, paused ? event->by : NULL);
    incident->pause_until = paused ? event->until : 0;
    if (event->status == STATUS_TICKETED)
        replace_text(&incident->ticket, event->value);
    if (event->status == STATUS_MERGED)
        incident->merged_into = event->other;
    replace_text(&incident->ended_reason, status_is_open(event->status) ? NULL : event->text);
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
    incident->drill = event->flag;
}

void fold_related(struct incident *incident, const struct event *event)
{
    if (incident->related.n < STATE_RELATED)
        *array_add(&incident->related) = event->other;
}
