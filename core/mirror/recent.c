#include "mirror/recent.h"

#include <string.h>

#include "mirror/inside.h"

#define LOOK_AFTER 64 /* so many are kept before the older half is looked for in the journal */

static void drop(struct recent *recent, size_t n)
{
    if (!n)
        return;
    for (size_t i = 0; i < n; i++)
        event_finish(&recent->events.v[i].event);
    recent->events.n -= n;
    memmove(recent->events.v, recent->events.v + n, recent->events.n * sizeof(*recent->events.v));
}

static bool found(void *ctx, const struct journal_event *row)
{
    (void)row;
    *(bool *)ctx = true;
    return false;
}

static bool is_durable(const struct core *core, const struct event *event)
{
    char name[INCIDENT_NAME];
    bool durable = false;
    journal_read_stream(core_journal(core), incident_name(event->incident, name), event->version - 1, 1, found,
                        &durable, NULL);
    return durable;
}

/* What is durable can be read; and so can all that was committed before it. */
void recent_add(struct core *core, const struct event *event, bool gives)
{
    struct recent *recent = &mirror_of(core)->recent;
    struct recent_event added = {.gives = gives};
    size_t half = recent->events.n / 2;
    if (recent->events.n >= LOOK_AFTER && is_durable(core, &recent->events.v[half].event))
        drop(recent, half + 1);
    event_copy(&added.event, event);
    *array_add(&recent->events) = added;
}

void recent_finish(struct recent *recent)
{
    drop(recent, recent->events.n);
    array_free(&recent->events);
}
