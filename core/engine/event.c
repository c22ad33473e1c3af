#include "engine/event.h"

void event_finish(struct event *event)
{
    if (!event)
        return;
    free(event->subject);
    free(event->by);
    free(event->agent);
    free(event->text);
    free(event->name);
    free(event->value);
    free(event->rule);
    free(event->data);
    *event = (struct event){0};
}

void event_list_finish(event_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        event_finish(&list->v[i]);
    array_free(list);
}

struct event *event_add(event_list *list, enum event_type type, uint64_t incident, instant at, const char *by)
{
    struct event *event = array_add(list);
    event->type = type;
    event->incident = incident;
    event->at = at;
    event->by = xstrdup(by);
    return event;
}

void event_copy(struct event *to, const struct event *from)
{
    *to = *from;
    to->subject = xstrdup(from->subject);
    to->by = xstrdup(from->by);
    to->agent = xstrdup(from->agent);
    to->text = xstrdup(from->text);
    to->name = xstrdup(from->name);
    to->value = xstrdup(from->value);
    to->rule = xstrdup(from->rule);
    to->data = xstrdup(from->data);
}
