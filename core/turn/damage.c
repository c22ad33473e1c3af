#include "turn/damage.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "turn/memory.h"

#define NOTED_MOST 10000

void damage_note(struct core *core, uint64_t seq, const char *what)
{
    char event[32];
    const char *key = seq ? event : what;
    snprintf(event, sizeof(event), "event %" PRIu64, seq);
    if (map_get(&core->damage.found, key) || core->damage.found.n == NOTED_MOST)
        return;
    map_put(&core->damage.found, key, (void *)1);
    log_error("the journal is damaged: %s. Keep a copy of it, and run `tocsin verify`", what);
}

/* The key is what the number was written as, unless it is what is damaged. */
static void restore(struct core *core, const char *key)
{
    char *end = NULL;
    uint64_t id = strtoull(key, &end, 10);
    if (!*end && id)
        *array_add(&core->live.damaged) = id;
}

void damage_met(void *ctx, enum doc_kind kind, const char *key)
{
    struct core *core = ctx;
    CLEANUP_FREE char *what = document_damaged((int)kind, key);
    damage_note(core, 0, what);
    if (kind == DOC_INCIDENT)
        restore(core, key);
}

void damage_met_event(void *ctx, const struct journal_event *event)
{
    CLEANUP_FREE char *what =
        event->seq ? xasprintf("event %" PRIu64 " (%s, version %" PRIu64 ") does not fit the chain of hashes",
                               event->seq, event->stream, event->version)
                   : xasprintf("stream %s lacks version %" PRIu64 ", and perhaps others before it",
                               event->stream, event->version);
    damage_note(ctx, event->seq, what);
}

size_t damage_count(const struct core *core)
{
    return core->damage.found.n;
}

void damage_each(const struct core *core, void (*on)(void *ctx, const char *what), void *ctx)
{
    const struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&core->damage.found, &i));)
        on(ctx, slot->key);
}

void damage_looked(struct core *core, const struct damage_look *look)
{
    core->damage.look = *look;
}

const struct damage_look *damage_look(const struct core *core)
{
    return &core->damage.look;
}

void damage_describe(const struct core *core, struct str *out)
{
    size_t n = core->damage.found.n;
    str_addf(
        out,
        "The journal is damaged in %zu place%s, which Tocsin's log names. What is damaged is not used: an "
        "incident's state is restored from its events, and anything else is as good as lost. An administrator "
        "should keep a copy of the journal and run `tocsin verify`.",
        n, n == 1 ? "" : "s");
}
