#include "command/look.h"

#include <string.h>

#include "sight/query.h"

#define LOOK_BACK 10000 /* events that are searched */

static bool look_for_message(void *ctx, const struct event *event)
{
    struct looked_up *said = ctx;
    if ((event->type != EVENT_SAID && event->type != EVENT_SAID_EDITED) ||
        !text_equal(event->value, said->original.message) || !text_equal(event->name, said->original.connector))
        return true;
    said->text = xstrdup(event->text);
    said->found = true;
    return false;
}

void look_up_said(struct core *core, uint64_t incident, const char *person, const char *connector,
                  const char *message, struct looked_up *ret)
{
    *ret = (struct looked_up){0};
    if (!copies_original(core, connector, message, &ret->original)) {
        ret->original.connector = xstrdup(connector);
        ret->original.message = xstrdup(message);
    }
    query_timeline(core, incident, person, 0, LOOK_BACK, look_for_message, ret, NULL);
}

const char *looked_up_why(const struct looked_up *said)
{
    return said->found
               ? "That message was deleted, so it cannot be recorded again. Use `pin` with your own words."
               : "That message is not in the timeline: I wrote it, or it was written before I was here. To "
                 "pin it, use `pin` with its text.";
}

void looked_up_finish(struct looked_up *said)
{
    original_finish(&said->original);
    free(said->text);
}
