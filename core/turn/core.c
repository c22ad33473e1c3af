#include "turn/core.h"

#include <stdlib.h>
#include <string.h>

#include "journal/documents.h"
#include "turn/damage.h"
#include "turn/memory.h"

#define TICK_MOST   100 /* deadlines handled in one turn */
#define PRUNE_EVERY (10 * MINUTE)
#define PRUNE_MOST  10000

/* ---- parts ---- */

static size_t count_parts(const struct core *core)
{
    size_t n = 0;
    while (core->settings.parts[n])
        n++;
    return n;
}

static void create_parts(struct core *core)
{
    core->states = xcalloc(count_parts(core) + 1, sizeof(*core->states));
    for (size_t i = 0; core->settings.parts[i]; i++) {
        if (core->settings.parts[i]->state_size)
            core->states[i] = xcalloc(1, core->settings.parts[i]->state_size);
    }
}

static void destroy_parts(struct core *core)
{
    for (size_t i = count_parts(core); i-- > 0;) {
        if (core->settings.parts[i]->finish)
            core->settings.parts[i]->finish(core->states[i]);
        free(core->states[i]);
    }
    free(core->states);
}

int core_create(const struct core_settings *settings, const struct core_ops *ops, struct journal *journal,
                struct policy *policy, struct rng *rng, instant now, struct core **ret, struct error *err)
{
    struct core *core = xcalloc(1, sizeof(*core));
    core->settings = *settings;
    core->ops = *ops;
    core->journal = journal;
    core->policy = policy;
    core->rng = rng;
    core->failed = recover_begin;
    core->answered = recover_memory;
    core->next_prune = now + PRUNE_EVERY;
    list_init(&core->live.ended);
    create_parts(core);
    journal_watch(journal, damage_met, damage_met_event, core);
    int rc = core_load(core, err);
    if (rc)
        core_destroy(core);
    else
        *ret = core;
    return rc;
}

void core_destroy(struct core *core)
{
    if (!core)
        return;
    core_unload(core);
    destroy_parts(core);
    map_finish(&core->damage.found);
    array_free(&core->trouble.sending);
    free(core);
}

/* ---- the clock ---- */

static void pass(struct turn *turn, uint64_t incident, const char *whole, instant due)
{
    size_t n = strcspn(whole, "/");
    EACH_PART(turn->core, part, passed)
    {
        if (strlen(part->name) == n && memcmp(part->name, whole, n) == 0)
            part->passed(turn, incident, whole + n + 1, due);
    }
}

static void run_deadlines(struct core *core, instant now)
{
    struct turn *turn = turn_begin(core, now);
    uint64_t id;
    char *name;
    instant due;
    for (int i = 0; i < TICK_MOST && deadline_take(core->deadlines, now, &id, &name, &due); i++) {
        pass(turn, id, name, due);
        free(name);
    }
    turn_commit(turn, NULL, NULL);
}

static void prune_documents(struct core *core, instant now)
{
    for (int kind = 1; core->ops.keep && kind < DOC_KINDS; kind++) {
        const char *setting = document((enum doc_kind)kind)->keep;
        if (setting)
            journal_prune(core->journal, (enum doc_kind)kind, now - core->ops.keep(core->ops.ctx, setting),
                          PRUNE_MOST);
    }
}

static void prune(struct core *core, instant now)
{
    struct turn *turn = turn_begin(core, now);
    outbox_prune(core->outbox, now, PRUNE_MOST, turn_batch(turn));
    turn_commit(turn, NULL, NULL);
    prune_documents(core, now);
    core->next_prune = now + PRUNE_EVERY;
}

static instant tick_parts(struct core *core, instant now)
{
    instant next = 0;
    for (size_t i = count_parts(core); i-- > 0;) {
        if (core->settings.parts[i]->tick)
            next = instant_earlier(next, core->settings.parts[i]->tick(core, now));
    }
    return next;
}

instant core_tick(struct core *core, instant now)
{
    if (core->trouble.failing)
        return recover_probe(core, now);
    live_trim(core);
    live_restore(core);
    instant due = deadlines_next(core->deadlines);
    if (due && due <= now)
        run_deadlines(core, now);
    if (now >= core->next_prune)
        prune(core, now);
    instant next = instant_earlier(core->next_prune, tick_parts(core, now));
    next = instant_earlier(next, sweeps_tick(core, now));
    core->next_tick = instant_earlier(next, deadlines_next(core->deadlines));
    return core->next_tick;
}

void core_due(struct core *core, instant due)
{
    if (!due || due >= core->next_tick)
        return;
    core->next_tick = due;
    core->ops.wake(core->ops.ctx);
}
