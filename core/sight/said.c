#include "sight/said.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "engine/state.h"
#include "sight/state.h"
#include "turn/live.h"
#include "turn/turn.h"

/* A message that was edited or deleted. */
struct changed {
    bool gone;         /* it was deleted; later edits change nothing */
    char *text, *data; /* its current content */
    int64_t order;     /* of the newest edit, as the platform numbers them; 0: unknown */
    instant at;        /* of that edit */
    uint64_t incident; /* where it was recorded */
    uint64_t
        version; /* of the event that reports the change; 0: the message itself arrived later, and shows it */
};

/* Identifies the message that an event quotes: connector, 0x1f, message; NULL: none. The caller frees. */
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

struct changes {         /* of one incident */
    struct map messages; /* connector 0x1f message -> struct changed */
    uint64_t up_to;      /* how far its stream was read: a version */
    uint64_t doubt;      /* the last event that is damaged and may have been a change: a version; 0: none */
    bool unread;         /* the rest of its stream cannot be read */
};

/* In the place of a change that nobody can read. */
static const struct changed unknown = {
    .gone = true,
    .text = (char *)(uintptr_t) "(not shown: an entry that may have deleted or edited it is damaged)"};

static void changes_destroy(struct changes *changes)
{
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&changes->messages, &position));)
        changed_destroy(slot->value);
    map_finish(&changes->messages);
    free(changes);
}

static struct changes *changes_of(struct said *said, uint64_t incident)
{
    char name[INCIDENT_NAME];
    struct changes *changes = map_get(&said->incidents, incident_name(incident, name));
    if (!changes) {
        changes = xcalloc(1, sizeof(*changes));
        map_put(&said->incidents, name, changes);
    }
    return changes;
}

void said_finish(struct said *said)
{
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&said->incidents, &position));)
        changes_destroy(slot->value);
    map_finish(&said->incidents);
}

void said_forget(struct said *said, uint64_t incident)
{
    char name[INCIDENT_NAME];
    struct changes *changes = map_remove(&said->incidents, incident_name(incident, name));
    if (changes)
        changes_destroy(changes);
}

static struct changed *changed_add(struct changes *changes, const char *message)
{
    struct changed *changed = map_get(&changes->messages, message);
    if (!changed) {
        changed = xcalloc(1, sizeof(*changed));
        map_put(&changes->messages, message, changed);
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
    changed->incident = event->incident;
    changed->at = event->at;
}

static bool is_change(enum event_type type)
{
    return type == EVENT_SAID_EDITED || type == EVENT_SAID_DELETED;
}

static bool may_change(const struct event *damaged)
{
    enum event_type type = damaged->name ? event_type_parse(damaged->name) : EVENT_NONE;
    return type == EVENT_NONE || is_change(type);
}

static bool take_row(void *ctx, const struct journal_event *row)
{
    struct changes *changes = ctx;
    struct event event;
    enum event_type type = event_type_parse(row->type);
    bool original = type == EVENT_SAID || type == EVENT_REPLIED;
    changes->up_to = row->version;
    bool wanted = is_change(type) || type == EVENT_DAMAGED || (original && changes->messages.n);
    if (!wanted || turn_event_of_row(row, &event, NULL))
        return true;
    if (type == EVENT_DAMAGED && may_change(&event))
        changes->doubt = row->version;
    CLEANUP_FREE char *message = message_of(&event);
    struct changed *changed = message ? map_get(&changes->messages, message) : NULL;
    if (message && is_change(type))
        take_change(changed_add(changes, message), &event);
    else if (changed)
        changed->version = 0;
    event_finish(&event);
    return true;
}

static const struct changes *changes_now(struct core *core, const struct incident *incident)
{
    char name[INCIDENT_NAME];
    struct changes *changes = changes_of(&sight_of(core)->said, incident->id);
    changes->unread = changes->up_to < incident->version &&
                      journal_read_stream(core_journal(core), incident_name(incident->id, name), changes->up_to,
                                          0, take_row, changes, NULL);
    return changes;
}

/* A deletion is final. Of two edits the platform's order decides, then time. */
static const struct changed *newer(const struct changed *a, const struct changed *b)
{
    if (!a || !b || a->gone)
        return a ? a : b;
    bool later = a->order != b->order ? b->order > a->order : b->at > a->at;
    return b->gone || later ? b : a;
}

#define WALK_MOST 16

struct walk { /* incidents in which the message may have been changed */
    uint64_t ids[WALK_MOST];
    size_t n;
};

static void walk_add(struct walk *walk, uint64_t id)
{
    for (size_t i = 0; i < walk->n; i++) {
        if (walk->ids[i] == id)
            return;
    }
    if (id && walk->n < WALK_MOST)
        walk->ids[walk->n++] = id;
}

/* While incidents are merged, edits and deletions of the messages of both are recorded in the one that survives. */
static const struct changed *changed_find(struct core *core, const struct event *event, const char *message)
{
    const struct changed *changed = NULL;
    struct walk walk = {{event->incident}, 1};
    bool doubt = false;
    for (size_t i = 0; i < walk.n; i++) {
        const struct incident *incident = live_incident(core, walk.ids[i]);
        if (!incident)
            continue;
        const struct changes *changes = changes_now(core, incident);
        changed = newer(changed, map_get(&changes->messages, message));
        doubt |= changes->unread || changes->doubt > (i ? 0 : event->version);
        walk_add(&walk, incident->end.merged_into);
        for (size_t k = 0; k < incident->places.apart.n; k++)
            walk_add(&walk, incident->places.apart.v[k]);
    }
    return doubt && !(changed && changed->gone) ? &unknown : changed;
}

/* ---- what an event says now ---- */

static const struct changed *changed_of(struct core *core, const struct event *event)
{
    CLEANUP_FREE char *message = message_of(event);
    return message ? changed_find(core, event, message) : NULL;
}

/* If a message was changed several times, only the newest change is shown. */
static bool is_newest(const struct changed *changed, const struct event *event)
{
    return !is_change(event->type) ||
           (changed->version == event->version && changed->incident == event->incident);
}

bool said_told(struct core *core, const struct event *event)
{
    const struct changed *changed = is_change(event->type) ? changed_of(core, event) : NULL;
    return !changed || is_newest(changed, event);
}

void said_now(struct core *core, struct event *event)
{
    const struct changed *changed = event->type == EVENT_SAID_DELETED ? NULL : changed_of(core, event);
    if (!changed)
        return;
    replace_text(&event->text, changed->text);
    if (event->type == EVENT_SAID || event->type == EVENT_SAID_EDITED)
        replace_text(&event->data, changed->data);
}

bool said_still(struct core *core, const struct event *event)
{
    const struct changed *changed = changed_of(core, event);
    return !changed || (is_newest(changed, event) && text_equal(changed->text, event->text));
}
