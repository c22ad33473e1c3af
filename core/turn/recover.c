/*
 * Recovery from a failed commit. The state is read from the journal again at once, so that nobody sees a change that was not
 * stored. Then nothing is accepted until a small write succeeds.
 */
#include "base/log.h"
#include "turn/memory.h"

#define PROBE_EVERY SECOND

bool core_ready(const struct core *core, const char **ret_why)
{
    if (ret_why)
        *ret_why = core->trouble.failing ? core->trouble.why.text : NULL;
    return !core->trouble.failing;
}

const struct error *core_trouble(const struct core *core)
{
    return core->trouble.failing ? &core->trouble.why : NULL;
}

bool core_readable(const struct core *core, const struct error **ret_why)
{
    if (ret_why)
        *ret_why = core->trouble.torn ? &core->trouble.why : NULL;
    return !core->trouble.torn;
}

/* The newly loaded outbox must not offer actions that are already with a connector. */
static bool collect_sending(void *ctx, const struct action *action)
{
    struct core *core = ctx;
    if (action->state == ACTION_SENDING)
        *array_add(&core->trouble.sending) = action->id;
    return true;
}

static int reload(struct core *core, struct error *err)
{
    outbox_each(core->outbox, collect_sending, core);
    core_unload(core);
    int rc = core_load(core, err);
    if (rc)
        return rc;
    for (size_t i = 0; i < core->trouble.sending.n; i++)
        outbox_mark_sending(core->outbox, core->trouble.sending.v[i]);
    core->trouble.sending.n = 0;
    core->trouble.torn = false;
    return 0;
}

void recover_begin(struct core *core, const struct error *err)
{
    if (!core->trouble.failing)
        log_error("nothing is accepted until the journal can be written: %s", err->text);
    core->trouble.failing = core->trouble.torn = true;
    core->trouble.why = *err;
}

void recover_memory(struct core *core)
{
    struct error err;
    if (core->trouble.torn && !core->turns && reload(core, &err)) {
        log_error("cannot read the state back from the journal yet: %s", err.text);
        core->trouble.why = err;
    }
}

static void probed(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    struct core *core = ctx;
    (void)last_seq;
    core->trouble.probing = false;
    if (rc)
        core->trouble.why = *err;
    recover_memory(core);
    if (rc || core->trouble.torn)
        return;
    core->trouble.failing = false;
    log_info("the journal can be written again; resuming");
    core->ops.wake(core->ops.ctx);
}

instant recover_probe(struct core *core, instant now)
{
    if (core->turns || core->trouble.probing)
        return now + PROBE_EVERY;
    if (now >= core->trouble.next_probe) {
        struct journal_batch *batch = batch_create();
        batch_doc(batch, DOC_META, "probe", "{}");
        core->trouble.next_probe = now + PROBE_EVERY;
        core->trouble.probing = true;
        journal_append(core->journal, batch, probed, core);
    }
    return core->trouble.next_probe;
}

void core_when_durable(struct core *core, journal_done *done, void *ctx)
{
    if (core->trouble.torn)
        done(ctx, core->trouble.why.code, &core->trouble.why, 0);
    else if (core->turns)
        turn_commit(turn_begin(core, 0), done, ctx);
    else
        done(ctx, 0, NULL, journal_last_seq(core->journal));
}
