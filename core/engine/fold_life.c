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
}

void fold_status(struct incident *incident, const struct event *event)
{
    bool keeps_pause =
        event->status == STATUS_MERGED && event->count; /* goes on in the incident that it is merged into */
    if (!keeps_pause)
        fold_pause(incident, event);
    enter(incident, event->status, event->at);
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
    if (incident->places.related.n < STATE_RELATED)
        *array_add(&incident->places.related) = event->other;
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
