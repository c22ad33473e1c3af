/* The lines of an explanation. */
#include "base/moment.h"
#include "command/why.h"
#include "sight/sight.h"

#define LINES_MOST 40

bool report_has_room(struct report *t)
{
    return ++t->n <= LINES_MOST && t->out->len < ANSWER_BYTES;
}

bool report_decode(const struct journal_event *row, struct event *ret)
{
    if (event_decode(row->stream, row->type, row->data, ret, NULL))
        return false;
    ret->at = row->at;
    ret->by = xstrdup(row->by);
    ret->version = row->version;
    return true;
}

void report_event(const struct report *t, const struct event *event)
{
    const struct request *request = t->request;
    str_add(t->out, "- ");
    moment_format(event->at, request->now, request->zone, t->out);
    str_add(t->out, " ");
    struct event seen = sight_event_seen(request->core, event, request->asker->person);
    event_describe(&seen, request->now, request->zone, people_name, request->core, t->out);
    event_finish(&seen);
    str_add(t->out, "\n");
}
