/* What people say about an incident. Their words stay in the timeline; the state knows when they spoke. */
#include "engine/fold.h"

void fold_words(struct incident *incident, const struct event *event)
{
    fold_spoke(incident, event);
}

void fold_updated(struct incident *incident, const struct event *event)
{
    incident->activity.updated_at = event->at;
    fold_spoke(incident, event);
}

void fold_said(struct incident *incident, const struct event *event)
{
    if (!text_starts(event->by, BY_APP)) /* what a machine reports is no word of who works on it */
        fold_spoke(incident, event);
}

void fold_writeup(struct incident *incident, const struct event *event)
{
    incident->activity.writeup = event->count;
}

void fold_writeup_done(struct incident *incident, const struct event *event)
{
    incident->activity.written_at = event->flag ? event->at : 0;
}

void fold_linked(struct incident *incident, const struct event *event)
{
    if (incident->places.links.n < STATE_LINKS)
        *array_add(&incident->places.links) = (struct state_link){xstrdup(event->value), xstrdup(event->text)};
}
