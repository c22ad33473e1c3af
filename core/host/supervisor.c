#include "host/supervisor.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include <tocsin/connector.h>

#include "host/peer.h"

#define WEBHOOK_MOST ((size_t)1 << 20)

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

/* ---- what is called back from the loop ---- */

static void run_later(struct supervisor *supervisor, const struct later *later)
{
    if (later->served)
        later->served(later->ctx, later->status, NULL, "", 0);
    else if (later->checked)
        later->checked(later->ctx, TOCSIN_E_FAILED, later->why);
    else
        supervisor->ops.on_result(supervisor->ops.ctx, later->connector, later->action, TOCSIN_REFUSED, 0, NULL,
                                  later->why);
}

static void on_idle(uv_idle_t *idle)
{
    struct supervisor *supervisor = idle->data;
    uv_idle_stop(idle);
    for (size_t i = 0; i < supervisor->peers.n; i++)
        peer_resume(supervisor->peers.v[i]);
    while (supervisor->laters.n) {
        struct later later = supervisor->laters.v[0];
        array_remove(&supervisor->laters, 0);
        run_later(supervisor, &later);
        free(later.connector);
    }
}

void supervisor_wake(struct supervisor *supervisor)
{
    if (!uv_is_closing((uv_handle_t *)&supervisor->idle))
        uv_idle_start(&supervisor->idle, on_idle);
}

static void do_later(struct supervisor *supervisor, struct later later)
{
    *array_add(&supervisor->laters) = later;
    supervisor_wake(supervisor);
}

/* ---- which there are ---- */

struct supervisor *supervisor_create(uv_loop_t *loop, const char *runner, const struct supervisor_ops *ops)
{
    struct supervisor *supervisor = xcalloc(1, sizeof(*supervisor));
    supervisor->loop = loop;
    supervisor->runner = xstrdup(runner);
    supervisor->ops = *ops;
    supervisor->times = supervisor_times_default;
    uv_idle_init(loop, &supervisor->idle);
    supervisor->idle.data = supervisor;
    return supervisor;
}

void supervisor_set_times(struct supervisor *supervisor, const struct supervisor_times *times)
{
    supervisor->times = *times;
}

static struct peer *find(struct supervisor *supervisor, const char *name)
{
    for (size_t i = 0; i < supervisor->peers.n; i++) {
        if (strcmp(supervisor->peers.v[i]->name, name) == 0)
            return supervisor->peers.v[i];
    }
    return NULL;
}

static struct peer *need(struct supervisor *supervisor, const char *name, struct error *err)
{
    struct peer *peer = find(supervisor, name);
    if (!peer)
        error_set(err, ERR_NOT_FOUND, "there is no connector '%s'; `tocsin connector list` shows them", name);
    return peer;
}

static int check_name(const char *name, struct error *err)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_");
    if (n && n <= 40 && !name[n])
        return 0;
    return error_set(err, ERR_INVALID,
                     "'%s' cannot be a connector's name: use small letters, digits, - and _, at most 40", name);
}

int supervisor_add(struct supervisor *supervisor, const struct connector_config *config, struct error *err)
{
    int rc = check_name(config->name, err);
    if (rc)
        return rc;
    if (find(supervisor, config->name))
        return error_set(err, ERR_CONFLICT, "there are two connectors named '%s'; give one another name",
                         config->name);
    struct peer *peer = peer_create(supervisor, config);
    *array_add(&supervisor->peers) = peer;
    peer_step(peer, LIFE_START);
    return 0;
}

static bool is_same(const struct peer *peer, const struct connector_config *config)
{
    bool settings =
        (!peer->settings && !config->settings) || cJSON_Compare(peer->settings, config->settings, true);
    return settings && strcmp(peer->file, config->file) == 0 && peer->memory == config->memory;
}

int supervisor_configure(struct supervisor *supervisor, const struct connector_config *config,
                         struct error *err)
{
    struct peer *peer = find(supervisor, config->name);
    if (!peer)
        return supervisor_add(supervisor, config, err);
    if (is_same(peer, config) && !peer->removed)
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
    struct peer *peer = need(supervisor, name, err);
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
    struct peer *peer = need(supervisor, name, err);
    if (!peer)
        return ERR_NOT_FOUND;
    peer_step(peer, LIFE_START);
    return 0;
}

int supervisor_check(struct supervisor *supervisor, const char *name, check_done *done, void *ctx,
                     struct error *err)
{
    struct str json = {0};
    struct peer *peer = need(supervisor, name, err);
    if (!peer)
        return ERR_NOT_FOUND;
    if (peer->life.state != LIFE_RUNNING)
        return error_set(err, ERR_REFUSED, "%s is %s%s%s", name, life_name(peer->life.state),
                         *peer->reason ? ": " : "", peer->reason);
    struct json_out j = message_begin(MESSAGE_CHECK, &json);
    json_put_int(&j, "deadline_ms", supervisor->times.deadline);
    json_end_object(&j);
    *array_add(&peer->checking) = (struct checking){done, ctx};
    peer_send(peer, &json);
    return 0;
}

void supervisor_each(struct supervisor *supervisor, bool (*on)(void *ctx, const struct connector_info *info),
                     void *ctx)
{
    for (size_t i = 0; i < supervisor->peers.n; i++) {
        const struct peer *peer = supervisor->peers.v[i];
        struct connector_info info = {.name = peer->name,
                                      .file = peer->file,
                                      .state = life_name(peer->life.state),
                                      .version = peer->version,
                                      .summary = peer->summary,
                                      .reason = *peer->reason ? peer->reason : NULL,
                                      .can = peer->can,
                                      .restarts = peer->restarts,
                                      .in_flight = (int)peer->in_flight.n,
                                      .since = peer->since};
        if (!on(ctx, &info))
            return;
    }
}

/* ---- what they are asked ---- */

bool supervisor_can_take(struct supervisor *supervisor, const char *connector, uint64_t *ret_can)
{
    const struct peer *peer = find(supervisor, connector);
    if (!peer)
        return false;
    *ret_can = peer->can;
    return peer->life.state == LIFE_RUNNING && (int64_t)peer->in_flight.n < peer->parallel;
}

void supervisor_perform(struct supervisor *supervisor, const struct action *action)
{
    struct peer *peer = find(supervisor, action->connector);
    CLEANUP_STR struct str json = {0};
    char id[24];
    require(peer && peer->life.state == LIFE_RUNNING);
    snprintf(id, sizeof(id), "%" PRIu64, action->id);
    struct json_out j = message_begin(MESSAGE_PERFORM, &json);
    json_put_text(&j, "id", id);
    json_put_text(&j, "kind", action->kind);
    json_put_text(&j, "key", action->key);
    json_put_int(&j, "attempt", action->unsure ? action->attempts : 1);
    json_put_int(&j, "made", action->made_at);
    json_put_int(&j, "deadline_ms", supervisor->times.deadline);
    json_key(&j, "body");
    json_raw(&j, action->body);
    json_end_object(&j);
    if (json.len > FRAME_MOST) {
        do_later(supervisor, (struct later){.action = action->id,
                                            .connector = xstrdup(peer->name),
                                            .why = "it is too long to be handed to a connector"});
        return;
    }
    *array_add(&peer->in_flight) = action->id;
    peer_send(peer, &json);
}

/* The peer that a token came from, while it is the same process; *ret_token as the runner knows it. */
static struct peer *peer_of(struct supervisor *supervisor, const char *connector, uint64_t token,
                            int64_t *ret_token)
{
    struct peer *peer = find(supervisor, connector);
    *ret_token = (int64_t)(token & 0xffffffffff);
    return peer && peer->alive && (peer->generation & 0xffff) == token >> 40 ? peer : NULL;
}

void supervisor_ack(struct supervisor *supervisor, const char *connector, uint64_t token, int code)
{
    int64_t number;
    struct str json = {0};
    struct peer *peer = peer_of(supervisor, connector, token, &number);
    if (!peer)
        return;
    struct json_out j = message_begin(MESSAGE_ACK, &json);
    json_put_int(&j, "token", number);
    json_put_int(&j, "code", code);
    json_end_object(&j);
    peer_send(peer, &json);
    peer_answered(peer);
}

void supervisor_value(struct supervisor *supervisor, const char *connector, uint64_t token, const char *value)
{
    int64_t number;
    struct str json = {0};
    struct peer *peer = peer_of(supervisor, connector, token, &number);
    if (!peer)
        return;
    struct json_out j = message_begin(MESSAGE_VALUE, &json);
    json_put_int(&j, "token", number);
    json_put_text(&j, "value", value);
    json_end_object(&j);
    peer_send(peer, &json);
    peer_answered(peer);
}

static void encode_webhook(const struct webhook *webhook, const char *id, duration deadline, struct str *out)
{
    size_t n = sodium_base64_ENCODED_LEN(webhook->n, sodium_base64_VARIANT_ORIGINAL);
    CLEANUP_FREE char *encoded = xmalloc(n);
    sodium_bin2base64(encoded, n, (const unsigned char *)webhook->body, webhook->n,
                      sodium_base64_VARIANT_ORIGINAL);
    struct json_out j = message_begin(MESSAGE_SERVE, out);
    json_put_text(&j, "id", id);
    json_put_text(&j, "method", webhook->method);
    json_put_text(&j, "path", webhook->path);
    json_put_text(&j, "query", webhook->query);
    json_put_int(&j, "received", webhook->received);
    json_put_int(&j, "deadline_ms", deadline);
    json_key(&j, "headers");
    json_tree(&j, webhook->headers);
    json_put_text(&j, "body64", encoded);
    json_end_object(&j);
}

void supervisor_serve(struct supervisor *supervisor, const char *connector, const struct webhook *webhook,
                      webhook_done *done, void *ctx)
{
    struct peer *peer = find(supervisor, connector);
    CLEANUP_STR struct str json = {0};
    char id[24];
    int status = !peer || peer->life.state != LIFE_RUNNING || peer->serving.n >= SERVING_MOST ? 503
                 : webhook->n > WEBHOOK_MOST                                                  ? 413
                                                                                              : 0;
    if (!status) {
        snprintf(id, sizeof(id), "%" PRIu64, ++peer->next_id);
        encode_webhook(webhook, id, supervisor->times.deadline, &json);
        status = json.len > FRAME_MOST ? 413 : 0;
    }
    if (status) {
        do_later(supervisor, (struct later){.served = done, .ctx = ctx, .status = status});
        return;
    }
    *array_add(&peer->serving) = (struct serving){peer->next_id, done, ctx};
    peer_send(peer, &json);
}

/* ---- the end ---- */

static void end_if_all_ended(struct supervisor *supervisor)
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

void supervisor_peer_ended(struct supervisor *supervisor, struct peer *peer)
{
    if (peer->removed)
        forget(supervisor, peer);
    end_if_all_ended(supervisor);
}

void supervisor_stop(struct supervisor *supervisor, void (*done)(void *ctx), void *ctx)
{
    supervisor->stopping = true;
    supervisor->done = done;
    supervisor->done_ctx = ctx;
    for (size_t i = 0; i < supervisor->peers.n; i++)
        peer_step(supervisor->peers.v[i], LIFE_STOP);
    end_if_all_ended(supervisor);
}

void supervisor_destroy(struct supervisor *supervisor)
{
    if (!supervisor)
        return;
    for (size_t i = 0; i < supervisor->peers.n; i++)
        peer_destroy(supervisor->peers.v[i]);
    array_free(&supervisor->peers);
    on_idle(&supervisor->idle); /* what was still to be called back */
    uv_close((uv_handle_t *)&supervisor->idle, NULL);
    uv_run(supervisor->loop, UV_RUN_NOWAIT); /* the close callbacks */
    array_free(&supervisor->laters);
    free(supervisor->runner);
    free(supervisor);
}
