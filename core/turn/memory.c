/* Everything in memory follows from the journal. It is read at the start, and again after a failed commit. */
#include "turn/memory.h"

static bool can_take(void *ctx, const char *connector, uint64_t *ret_can)
{
    struct core *core = ctx;
    bool can = true;
    EACH_PART(core, part, delivery.can_take)
    can = can && part->delivery.can_take(core, connector, ret_can);
    return can && core->ops.can_take(core->ops.ctx, connector, ret_can);
}

int core_load(struct core *core, struct error *err)
{
    core->deadlines = deadlines_create();
    core->outbox = outbox_create(&(struct outbox_ops){can_take, core}, core->rng);
    int rc = live_load(core, err);
    if (!rc)
        live_restore(core);
    EACH_PART(core, part, load)
    rc = rc ? rc : part->load(core, err);
    rc = rc ? rc : sweeps_load(core, err);
    if (!rc)
        live_set_deadlines(core);
    return rc ? rc : outbox_load(core->outbox, core->journal, err);
}

void core_unload(struct core *core)
{
    EACH_PART(core, part, unload)
    part->unload(core);
    sweeps_finish(core);
    live_finish(core);
    map_finish(&core->versions);
    core->versions = (struct map){0};
    outbox_destroy(core->outbox);
    deadlines_destroy(core->deadlines);
    core->outbox = NULL;
    core->deadlines = NULL;
}
