#include "host/supervisor.h"

#include <string.h>

#include <tocsin/connector.h>

#include "host/peer.h"
#include "host/peer_say.h"
#include "host/peer_take.h"

#define WEBHOOK_MOST ((size_t)1 << 20)
#define SERVING_MOST 512 /* webhooks that one runner has not answered yet; further ones get 503 */

struct deferred { /* a callback that must not be made from within a call */
    uint64_t action;
    char *connector;
    const char *why;
    webhook_done *served;
    void *ctx;
    int status;
};

struct supervisor {
    struct peer_needs needs;
    ARRAY(struct peer *) peers;
    uv_idle_t idle; /* runs while deferred callbacks or a paused peer wait for the loop */
    ARRAY(struct deferred) deferred;
    bool stopping;
    void (*done)(void *ctx);
    void *done_ctx;
};

const struct supervisor_times supervisor_times_default = {
    .life = {.start = 60 * SECOND,
             .ping = 5 * SECOND,
             .silence = 15 * SECOND,
             .stop = 5 * SECOND,
             .kill = 2 * SECOND,
             .healthy = MINUTE,
             .backoff_least = SECOND,
             .backoff_most = 60 * SECOND},
    .deadline = 30 * SECOND,
};

/* ---- callbacks from the loop ---- */

static void run_deferred(struct supervisor *supervisor, const struct deferred *deferred)
{
    const struct supervisor_ops *ops = &supervisor->needs.ops;
    if (deferred->served)
        deferred->served(deferred->ctx, deferred->status, NULL, "", 0);
    else
        ops->on_result(ops->ctx, deferred->connector, deferred->action,
                       &(struct connector_result){.code = TOCSIN_REFUSED, .detail = deferred->why});
}

static void on_idle(uv_idle_t *idle)
{
    struct supervisor *supervisor = idle->data;
    uv_idle_stop(idle);
    for (size_t i = 0; i < supervisor->peers.n; i++)
        peer_resume(supervisor->peers.v[i]);
    while (supervisor->deferred.n) {
        struct deferred deferred = supervisor->deferred.v[0];
        array_remove(&supervisor->deferred, 0);
        run_deferred(supervisor, &deferred);
        free(deferred.connector);
    }
}

static void wake(void *ctx)
{
    struct supervisor *supervisor = ctx;
    if (!uv_is_closing((uv_handle_t *)&supervisor->idle))
        uv_idle_start(&supervisor->idle, on_idle);
}

static void defer(struct supervisor *supervisor, struct deferred deferred)
{
    *array_add(&supervisor->deferred) = deferred;
    wake(supervisor);
}

/* ---- the list of connectors ---- */

static struct peer *find(struct supervisor *supervisor, const char *name)
{
    for (size_t i = 0; i < supervisor->peers.n; i++) {
        if (strcmp(supervisor->peers.v[i]->name, name) == 0)
            return supervisor->peers.v[i];
    }
    return NULL;
}

static struct peer *find_or_fail(struct supervisor *supervisor, const char *name, struct error *err)
{
    struct peer *peer = find(supervisor, name);
    if (!peer)
        error_set(err, ERR_NOT_FOUND, "Unknown connector '%s'. `tocsin connector list` shows them all.", name);
    return peer;
}

static int check_name(const char *name, struct error *err)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_");
    if (n && n <= 40 && !name[n])
        return 0;
    return error_set(
        err, ERR_INVALID,
        "'%s' can't be the name of a connector; use lower-case letters, digits, - and _, at most 40", name);
}

int supervisor_add(struct supervisor *supervisor, const struct connector_config *config, struct error *err)
{
    int rc = check_name(config->name, err);
    if (rc)
        return rc;
    if (find(supervisor, config->name))
        return error_set(err, ERR_CONFLICT, "two connectors are named '%s'; rename one of them", config->name);
    struct peer *peer = peer_create(&supervisor->needs, config);
    *array_add(&supervisor->peers) = peer;
    peer_step(peer, LIFE_START);
    return 0;
}

static bool is_same(const struct peer_settings *settings, const struct connector_config *config)
{
    bool same =
        (!settings->settings && !config->settings) || cJSON_Compare(settings->settings, config->settings, true);
    return same && strcmp(settings->file, config->file) == 0 && settings->memory == config->memory;
}

int supervisor_configure(struct supervisor *supervisor, const struct connector_config *config,
                         struct error *err)
{
    struct peer *peer = find(supervisor, config->name);
    if (!peer)
        return supervisor_add(supervisor, config, err);
    if (is_same(&peer->config, config) && !peer->removed)
        return 0;
    peer->removed = false;
    peer_configure(peer, config);
    peer_step(peer, LIFE_START);
    return 0;
}

static void forget(struct supervisor *supervisor, struct peer *peer)
{
    for (size_t i = 0; i < supervisor->peers.n; i++) {
        if (supervisor->peers.v[i] == peer) {
            array_remove(&supervisor->peers, i);
            peer_destroy(peer);
            return;
        }
    }
}

int supervisor_remove(struct supervisor *supervisor, const char *name, struct error *err)
{
    struct peer *peer = find_or_fail(supervisor, name, err);
    if (!peer)
        return ERR_NOT_FOUND;
    peer->removed = true;
    peer_step(peer, LIFE_STOP);
    if (!life_has_process(peer->life.state))
        forget(supervisor, peer);
    return 0;
}

int supervisor_restart(struct supervisor *supervisor, const char *name, struct error *err)
{
    struct peer *peer = find_or_fail(supervisor, name, err);
    if (!peer)
        return ERR_NOT_FOUND;
    peer_step(peer, LIFE_START);
    return 0;
}

int supervisor_check(struct supervisor *supervisor, const char *name, const char *channel, check_done *done,
                     void *ctx, struct error *err)
{
    struct peer *peer = find_or_fail(supervisor, name, err);
    if (!peer)
        return ERR_NOT_FOUND;
    if (peer->life.state != LIFE_RUNNING)
        return error_set(err, ERR_REFUSED, "%s is %s%s%s", name, life_name(peer->life.state),
                         *peer->reason ? ": " : "", peer->reason);
    peer_check(peer, channel, done, ctx);
    return 0;
}

void supervisor_each(struct supervisor *supervisor, bool (*on)(void *ctx, const struct connector_info *info),
                     void *ctx)
{
    for (size_t i = 0; i < supervisor->peers.n; i++) {
        const struct peer *peer = supervisor->peers.v[i];
        struct connector_info info = {.name = peer->name,
                                      .file = peer->config.file,
                                      .state = life_name(peer->life.state),
                                      .version = peer->about.version,
                                      .summary = peer->about.summary,
                                      .reason = *peer->reason ? peer->reason : NULL,
                                      .can = peer->about.can,
                                      .restarts = peer->restarts,
                                      .in_flight = (int)peer->hand.actions.n,
                                      .pid = peer->process.alive ? peer->process.handle.pid : 0,
                                      .fault = peer->fault,
                                      .since = peer->since};
        if (!on(ctx, &info))
            return;
    }
}

/* ---- requests to a connector ---- */

bool supervisor_can_take(struct supervisor *supervisor, const char *connector, uint64_t *ret_can)
{
    const struct peer *peer = find(supervisor, connector);
    if (!peer)
        return false;
    *ret_can = peer->about.can;
    return peer->life.state == LIFE_RUNNING && (int64_t)peer->hand.actions.n < peer->about.parallel;
}

void supervisor_perform(struct supervisor *supervisor, const struct action *action)
{
    struct peer *peer = find(supervisor, action->connector);
    require(peer && peer->life.state == LIFE_RUNNING);
    if (!peer_perform(peer, action))
        defer(supervisor, (struct deferred){.action = action->id,
                                            .connector = xstrdup(peer->name),
                                            .why = "the action is too large for a connector"});
}

void supervisor_ack(struct supervisor *supervisor, const char *connector, uint64_t token, int code)
{
    struct peer *peer = find(supervisor, connector);
    if (peer)
        peer_ack(peer, token, code);
}

void supervisor_value(struct supervisor *supervisor, const char *connector, uint64_t token, const char *value)
{
    struct peer *peer = find(supervisor, connector);
    if (peer)
        peer_value(peer, token, value);
}

void supervisor_serve(struct supervisor *supervisor, const char *connector, const struct webhook *webhook,
                      webhook_done *done, void *ctx)
{
    struct peer *peer = find(supervisor, connector);
    int status = 0;
    if (!peer || peer->life.state != LIFE_RUNNING || peer->hand.webhooks.n >= SERVING_MOST)
        status = 503;
    else if (webhook->n > WEBHOOK_MOST || !peer_serve(peer, webhook, done, ctx))
        status = 413;
    if (status)
        defer(supervisor, (struct deferred){.served = done, .ctx = ctx, .status = status});
}

/* ---- the end ---- */

static void finish_if_all_ended(struct supervisor *supervisor)
{
    if (!supervisor->stopping || !supervisor->done)
        return;
    for (size_t i = 0; i < supervisor->peers.n; i++) {
        if (life_has_process(supervisor->peers.v[i]->life.state))
            return;
    }
    void (*done)(void *ctx) = supervisor->done;
    supervisor->done = NULL;
    done(supervisor->done_ctx);
}

static void peer_ended(void *ctx, struct peer *peer)
{
    struct supervisor *supervisor = ctx;
    if (peer->removed)
        forget(supervisor, peer);
    finish_if_all_ended(supervisor);
}

void supervisor_stop(struct supervisor *supervisor, void (*done)(void *ctx), void *ctx)
{
    supervisor->stopping = true;
    supervisor->done = done;
    supervisor->done_ctx = ctx;
    for (size_t i = 0; i < supervisor->peers.n; i++)
        peer_step(supervisor->peers.v[i], LIFE_STOP);
    finish_if_all_ended(supervisor);
}

/* ---- life ---- */

void supervisor_set_user(struct supervisor *supervisor, unsigned uid, unsigned gid)
{
    supervisor->needs.runner.other_user = true;
    supervisor->needs.runner.uid = uid;
    supervisor->needs.runner.gid = gid;
}

struct supervisor *supervisor_create(uv_loop_t *loop, const char *runner, const struct supervisor_ops *ops)
{
    struct supervisor *supervisor = xcalloc(1, sizeof(*supervisor));
    supervisor->needs = (struct peer_needs){.loop = loop,
                                            .runner = {.path = xstrdup(runner)},
                                            .ops = *ops,
                                            .times = supervisor_times_default,
                                            .ctx = supervisor,
                                            .take = peer_take,
                                            .wake = wake,
                                            .ended = peer_ended};
    uv_idle_init(loop, &supervisor->idle);
    supervisor->idle.data = supervisor;
    return supervisor;
}

void supervisor_set_times(struct supervisor *supervisor, const struct supervisor_times *times)
{
    supervisor->needs.times = *times;
}

void supervisor_destroy(struct supervisor *supervisor)
{
    if (!supervisor)
        return;
    for (size_t i = 0; i < supervisor->peers.n; i++)
        peer_destroy(supervisor->peers.v[i]);
    array_free(&supervisor->peers);
    on_idle(&supervisor->idle); /* callbacks that are still due */
    uv_close((uv_handle_t *)&supervisor->idle, NULL);
    uv_run(supervisor->needs.loop, UV_RUN_NOWAIT); /* the close callbacks */
    array_free(&supervisor->deferred);
    free(supervisor->needs.runner.path);
    free(supervisor);
}
