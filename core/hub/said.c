/*
 * What people said on a platform, as it stands there now. Who deletes or edits a message relies on its former words being
 * gone: the journal keeps them, since it never changes, but nobody reads them here any more. Whatever lets an event out asks
 * hub_event_seen and hub_event_visible (sight.c), and those ask here; a search asks said_still.
 *
 * A message's words stand in several events: said, its edits, pins and notes of it, a customer's reply. Each of them shows what
 * the message says now, or no text when it is gone. An edit is told of once, by the newest; one that is older than
 * what is known, or came before the message itself, says nothing new.
 *
 * Nothing of this is stored: the changed messages of an incident in memory are read from its stream, as far as that is durable,
 * when somebody asks, and what was added since with each further question.
 */
#include <string.h>

#include "base/json.h"
#include "hub/internal.h"

/* A message that was changed. */
struct changed {
    bool gone;         /* it was deleted, for good */
    char *text, *data; /* what it says now */
    int64_t order;     /* of the newest edit, as the platform counts; 0: not told */
    uint64_t version;  /* of the event that tells of the change; 0: the message itself came later, and tells */
};

/* Which message's words an event has: connector, 0x1f, message; the caller frees. NULL: none. */
static char *message_of(const struct event *event)
{
    switch (event->type) {
    case EVENT_SAID:
    case EVENT_SAID_EDITED:
    case EVENT_SAID_DELETED:
    case EVENT_NOTED:
    case EVENT_PINNED:
        return event->name && event->value ? xasprintf("%s\x1f%s", event->name, event->value) : NULL;
    case EVENT_REPLIED:
        break;
    default:
        return NULL;
    }
    CLEANUP_JSON cJSON *data = NULL;
    if (!event->data || json_parse(event->data, strlen(event->data), SIZE_MAX, JSON_DEPTH, "data", &data, NULL))
        return NULL;
    const char *connector = json_text_or(data, "connector", NULL),
               *message = json_text_or(data, "message", NULL);
    return connector && message ? xasprintf("%s\x1f%s", connector, message) : NULL;
}

/* ---- the table of an incident ---- */

static void changed_destroy(struct changed *changed)
{
    free(changed->text);
    free(changed->data);
    free(changed);
}

void said_finish(struct live *live)
{
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&live->changed, &position));)
        changed_destroy(slot->value);
    map_finish(&live->changed);
}

static struct changed *changed_add(struct live *live, const char *message)
{
    struct changed *changed = map_get(&live->changed, message);
    if (!changed) {
        changed = xcalloc(1, sizeof(*changed));
        map_put(&live->changed, message, changed);
    }
    return changed;
}

static void take_change(struct changed *changed, const struct event *event)
{
    if (changed->gone || (event->type == EVENT_SAID_EDITED && event->count < changed->order))
        return;
    changed->gone = event->type == EVENT_SAID_DELETED;
    replace_text(&changed->text, event->text);
    replace_text(&changed->data, event->data);
    changed->order = event->count;
    changed->version = event->version;
}

static bool is_change(enum event_type type)
{
    return type == EVENT_SAID_EDITED || type == EVENT_SAID_DELETED;
}

static bool take_row(void *ctx, const struct journal_event *row)
{
    struct live *live = ctx;
    struct event event;
    enum event_type type = event_type_parse(row->type);
    bool original = type == EVENT_SAID || type == EVENT_REPLIED;
    live->changed_up_to = row->version;
    if ((!is_change(type) && !(original && live->changed.n)) || hub_event_of_row(row, &event, NULL))
        return true;
    CLEANUP_FREE char *message = message_of(&event);
    struct changed *changed = message ? map_get(&live->changed, message) : NULL;
    if (message && is_change(type))
        take_change(changed_add(live, message), &event);
    else if (changed)
        changed->version = 0;
    event_finish(&event);
    return true;
}

/* A message's channel, and so what becomes of the message, goes on in the incident that this one was merged into. */
static const struct changed *changed_find(struct hub *hub, uint64_t incident, const char *message)
{
    char name[INCIDENT_NAME];
    const struct changed *changed = NULL;
    for (struct live *live = live_find(hub, incident); live && !changed;
         live = live_find(hub, live->incident->merged_into)) {
        if (live->changed_up_to < live->incident->version)
            journal_read_stream(hub->journal, incident_name(live->incident->id, name), live->changed_up_to, 0,
                                take_row, live, NULL);
        changed = map_get(&live->changed, message);
    }
    return changed;
}

/* ---- what an event says now ---- */

static const struct changed *changed_of(struct hub *hub, const struct event *event)
{
    CLEANUP_FREE char *message = message_of(event);
    return message ? changed_find(hub, event->incident, message) : NULL;
}

/* Of several changes of a message the newest tells. */
static bool tells(const struct changed *changed, const struct event *event)
{
    return !is_change(event->type) || changed->version == event->version;
}

bool said_told(struct hub *hub, const struct event *event)
{
    const struct changed *changed = is_change(event->type) ? changed_of(hub, event) : NULL;
    return !changed || tells(changed, event);
}

void said_now(struct hub *hub, struct event *event)
{
    const struct changed *changed = event->type == EVENT_SAID_DELETED ? NULL : changed_of(hub, event);
    if (!changed)
        return;
    replace_text(&event->text, changed->text);
    if (event->type == EVENT_SAID || event->type == EVENT_SAID_EDITED)
        replace_text(&event->data, changed->data);
}

bool said_still(struct hub *hub, const struct event *event)
{
    const struct changed *changed = changed_of(hub, event);
    return !changed || (tells(changed, event) && text_equal(changed->text, event->text));
}
