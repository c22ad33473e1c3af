/*
 * When the journal cannot be written: what was not kept is taken back at once, by reading memory anew, so that nobody is
 * shown it; then nothing is taken in until a small write lands.
 */
#include "base/log.h"
#include "hub/internal.h"

#define PROBE_EVERY SECOND

bool hub_ready(const struct hub *hub, const char **ret_why)
{
    if (ret_why)
        *ret_why = hub->failing ? hub->why.text : NULL;
    return !hub->failing;
}

bool hub_readable(const struct hub *hub, const struct error **ret_why)
{
    if (ret_why)
        *ret_why = hub->torn ? &hub->why : NULL;
    return !hub->torn;
}

/* Actions that are with a connector now must not be offered again by the outbox that is read anew. */
static bool collect_sending(void *ctx, const struct action *action)
{
    struct hub *hub = ctx;
    if (action->state == ACTION_SENDING)
        *array_add(&hub->sending) = action->id;
    return true;
}

static int reload(struct hub *hub, struct error *err)
{
    outbox_each(hub->outbox, collect_sending, hub);
    hub_unload(hub);
    int rc = hub_load(hub, err);
    if (rc)
        return rc;
    for (size_t i = 0; i < hub->sending.n; i++)
        outbox_mark_sending(hub->outbox, hub->sending.v[i]);
    hub->sending.n = 0;
    hub->torn = false;
    return 0;
}

void recover_begin(struct hub *hub, const struct error *err)
{
    if (!hub->failing)
        log_error("nothing is taken in until the journal can be written: %s", err->text);
    hub->failing = hub->torn = true;
    hub->why = *err;
}

void recover_memory(struct hub *hub)
{
    struct error err;
    if (hub->torn && !hub->turns && reload(hub, &err)) {
        log_error("what was not kept cannot be taken back yet: %s", err.text);
        hub->why = err;
    }
}

void recover_late(struct hub *hub, instant now)
{
    while (hub->late.n && !hub->failing) {
        struct late late = hub->late.v[0];
        array_remove(&hub->late, 0);
        hub_outcome(hub, late.action,
                    &(struct outbox_outcome){late.code, late.retry_after, late.remote_id, late.detail}, now);
        free(late.remote_id);
        free(late.detail);
    }
}

static void probed(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    struct hub *hub = ctx;
    (void)last_seq;
    hub->probing = false;
    if (rc)
        hub->why = *err;
    recover_memory(hub);
    if (rc || hub->torn)
        return;
    hub->failing = false;
    log_info("the journal can be written again; going on");
    hub->ops.wake(hub->ops.ctx);
}

instant recover_probe(struct hub *hub, instant now)
{
    if (hub->turns || hub->probing)
        return now + PROBE_EVERY;
    if (now >= hub->next_probe) {
        struct journal_batch *batch = batch_create();
        batch_doc(batch, DOC_META, "probe", "{}");
        hub->next_probe = now + PROBE_EVERY;
        hub->probing = true;
        journal_append(hub->journal, batch, probed, hub);
    }
    return hub->next_probe;
}

void hub_when_durable(struct hub *hub, journal_done *done, void *ctx)
{
    if (hub->torn)
        done(ctx, hub->why.code, &hub->why, 0);
    else if (hub->turns)
        turn_commit(turn_begin(hub, 0), done, ctx);
    else
        done(ctx, 0, NULL, journal_last_seq(hub->journal));
}
