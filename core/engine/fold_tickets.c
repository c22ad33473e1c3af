/* Tickets of desks and trackers about the incident. */
#include "engine/fold.h"

void fold_ticket_attached(struct incident *incident, const struct event *event)
{
    incident->places.tickets.attached++;
    incident->places.tickets.done += event->flag;
}

void fold_ticket_detached(struct incident *incident, const struct event *event)
{
    incident->places.tickets.attached--;
    incident->places.tickets.done -= event->flag;
}

void fold_ticket_made(struct incident *incident, const struct event *event)
{
    struct state_ticket made = {.parent = event->flag};
    if (incident->places.tickets.made.n >= STATE_TICKETS)
        return;
    made.connector = xstrdup(event->name);
    made.ticket = xstrdup(event->value);
    made.title = xstrdup(event->text);
    *array_add(&incident->places.tickets.made) = made;
}

void fold_ticket_changed(struct incident *incident, const struct event *event)
{
    const struct state_ticket *found = incident_ticket(incident, event->name, event->value);
    if (!found) {
        incident->places.tickets.done += event->count == 1 ? event->flag ? 1 : -1 : 0;
        return;
    }
    struct state_ticket *made = &incident->places.tickets.made.v[found - incident->places.tickets.made.v];
    replace_text(&made->status, event->text);
    made->done = event->flag;
}
