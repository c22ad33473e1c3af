#include "engine/fold.h"

static void count(struct incident *incident, const struct event_kind *kind)
{
    if (kind->counter)
        ++*(int64_t *)((char *)incident + kind->counter);
}

void fold(struct incident *incident, struct event *event)
{
    const struct event_kind *kind = event_kind(event->type);
    kind->fold(incident, event);
    count(incident, kind);
    if (!event->version)
        event->version = incident->version + 1;
    incident->version = event->version;
    incident->activity.changed_at = event->at;
}
