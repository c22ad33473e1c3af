#include "turn/states.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/fold.h"
#include "turn/turn.h"

#define BROKEN ((void *)1) /* never a hash: those have bit 1 set */

__attribute__((format(printf, 3, 4))) static void found(struct states *states, uint64_t seq, const char *format,
                                                        ...)
{
    states->faults++;
    if (!states->on)
        return;
    CLEANUP_STR struct str text = {0};
    va_list args;
    va_start(args, format);
    str_vaddf(&text, format, args);
    va_end(args);
    states->on(states->ctx, seq, str_text(&text));
}

static void *hash_of(const struct incident *incident)
{
    CLEANUP_STR struct str text = {0};
    incident_encode(incident, &text);
    uint64_t hash = map_hash(text.p, text.len);
    return (void *)(uintptr_t)(hash | 2);
}

static void end_stream(struct states *states)
{
    if (states->incident)
        map_put(&states->folded, states->stream, states->broken ? BROKEN : hash_of(states->incident));
    incident_destroy(states->incident);
    states->incident = NULL;
}

static void begin_stream(struct states *states, const char *stream)
{
    char name[INCIDENT_NAME];
    end_stream(states);
    uint64_t id = incident_name_parse(stream);
    replace_text(&states->stream, stream);
    states->broken = false;
    states->incident = id && text_equal(incident_name(id, name), stream) ? incident_create(id) : NULL;
}

static void take_event(void *ctx, const struct journal_event *row)
{
    struct states *states = ctx;
    struct event event;
    struct error err;
    if (!text_equal(row->stream, states->stream))
        begin_stream(states, row->stream);
    if (!states->incident || states->broken)
        return;
    if (turn_event_of_row(row, &event, &err)) {
        states->broken = true;
        found(states, row->seq, "event %" PRIu64 " cannot be read: %s", row->seq, err.text);
        return;
    }
    const char *search = event_search_text(&event);
    if (!text_equal(row->search, search) && !(text_empty(row->search) && text_empty(search)))
        found(states, row->seq,
              "event %" PRIu64 " (%s, version %" PRIu64 "): its search text does not match its content",
              row->seq, row->stream, row->version);
    fold(states->incident, &event);
    event_finish(&event);
}

/* Compares after decoding and encoding again, because an older Tocsin may have written the members in another order. */
static bool is_folded(const struct journal_doc *doc, const void *folded)
{
    struct incident *incident;
    if (incident_decode(doc->body, strlen(doc->body), &incident, NULL))
        return false;
    bool same = hash_of(incident) == folded && doc->at == incident->activity.changed_at &&
                text_equal(doc->tag, status_name(incident->status));
    incident_destroy(incident);
    return same;
}

static void take_state(void *ctx, const struct journal_doc *doc)
{
    struct states *states = ctx;
    char name[INCIDENT_NAME];
    end_stream(states);
    incident_name(strtoull(doc->key, NULL, 10), name);
    const void *folded = map_remove(&states->folded, name);
    if (!folded)
        found(states, 0, "%s has a state but no events", name);
    else if (folded != BROKEN && !is_folded(doc, folded))
        found(states, 0, "%s: its state does not match its events; it was edited", name);
}

void states_init(struct states *states, verify_on_fault *on, void *ctx)
{
    *states = (struct states){.on = on, .ctx = ctx};
}

struct verify_hooks states_hooks(struct states *states)
{
    return (struct verify_hooks){.fault_ctx = states->ctx,
                                 .on_fault = states->on,
                                 .on_damage = states->on_damage,
                                 .ctx = states,
                                 .on_event = take_event,
                                 .on_state = take_state};
}

uint64_t states_finish(struct states *states)
{
    struct map_slot *slot;
    end_stream(states);
    for (size_t i = 0; (slot = map_next(&states->folded, &i));) {
        CLEANUP_FREE char *key = xasprintf("%010" PRIu64, incident_name_parse(slot->key));
        found(states, 0, "%s has events but no state; the state was removed", slot->key);
        if (states->on_damage)
            states->on_damage(states->ctx, DOC_INCIDENT, key);
    }
    map_finish(&states->folded);
    free(states->stream);
    return states->faults;
}
