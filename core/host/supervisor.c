#include "host/supervisor.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include <tocsin/connector.h>

#include "host/peer.h"

#define DEADLINE_MS 30000 /* of one perform or serve */

struct supervisor *supervisor_create(uv_loop_t *loop, const char *runner, const struct supervisor_ops *ops)
{
    struct supervisor *supervisor = xcalloc(1, sizeof(*supervisor));
    supervisor->loop = loop;
    supervisor->runner = xstrdup(runner);
    supervisor->ops = *ops;
    return supervisor;
}

static struct peer *find(struct supervisor *supervisor, const char *name)
{
    for (size_t i = 0; i < supervisor->peers.n; i++) {
        if (strcmp(supervisor->peers.v[i]->name, name) == 0)
            return supervisor->peers.v[i];
    }
    return NULL;
}

int supervisor_add(struct supervisor *supervisor, const struct connector_config *config, struct error *err)
{
    if (find(supervisor, config->name))
        return error_set(err, ERR_CONFLICT, "there are two connectors named '%s'; give one another name",
                         config->name);
    struct peer *peer = peer_create(supervisor, config);
    *array_add(&supervisor->peers) = peer;
    peer_start(peer);
    return 0;
}

int supervisor_restart(struct supervisor *supervisor, const char *name, struct error *err)
{
    struct peer *peer = find(supervisor, name);
    if (!peer)
        return error_set(err, ERR_NOT_FOUND, "there is no connector '%s'; `tocsin connector list` shows them",
                         name);
    peer->backoff = (struct peer_backoff){0};
    peer->restart_at_once = true;
    if (peer->process_alive)
        peer_stop(peer);
    else if (!peer->closing)
        peer_start(peer);
    return 0;
}

void supervisor_each(struct supervisor *supervisor, bool (*on)(void *ctx, const struct connector_info *info),
                     void *ctx)
{
    for (size_t i = 0; i < supervisor->peers.n; i++) {
        const struct peer *peer = supervisor->peers.v[i];
        struct connector_info info = {.name = peer->name,
                                      .file = peer->file,
                                      .state = peer_state_name(peer->state),
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

bool supervisor_can_take(struct supervisor *supervisor, const char *connector, uint64_t *ret_can)
{
    const struct peer *peer = find(supervisor, connector);
    if (!peer)
        return false;
    *ret_can = peer->can;
    return peer->state == PEER_RUNNING && (int64_t)peer->in_flight.n < peer->parallel;
}

void supervisor_perform(struct supervisor *supervisor, const struct action *action)
{
    struct peer *peer = find(supervisor, action->connector);
    struct str json = {0};
    char id[24];
    require(peer && peer->state == PEER_RUNNING);
    snprintf(id, sizeof(id), "%" PRIu64, action->id);
    struct json_out j = message_begin(MESSAGE_PERFORM, &json);
    json_put_text(&j, "id", id);
    json_put_text(&j, "kind", action->kind);
    json_put_text(&j, "key", action->key);
    json_put_int(&j, "attempt", action->attempts);
    json_put_int(&j, "deadline_ms", DEADLINE_MS);
    json_key(&j, "body");
    json_raw(&j, action->body);
    json_end_object(&j);
    *array_add(&peer->in_flight) = action->id;
    peer_send(peer, &json);
}

/* The peer that a token came from, while it is the same process; *ret_token as the runner knows it. */
static struct peer *peer_of(struct supervisor *supervisor, const char *connector, uint64_t token,
                            int64_t *ret_token)
{
    struct peer *peer = find(supervisor, connector);
    *ret_token = (int64_t)(token & 0xffffffffff);
    return peer && peer->process_alive && (peer->generation & 0xffff) == token >> 40 ? peer : NULL;
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
}

void supervisor_serve(struct supervisor *supervisor, const char *connector, const struct webhook *webhook,
                      webhook_done *done, void *ctx)
{
    struct peer *peer = find(supervisor, connector);
    if (!peer || peer->state != PEER_RUNNING) {
        done(ctx, 503, NULL, "", 0);
        return;
    }
    char id[24];
    struct str json = {0};
    size_t n = sodium_base64_ENCODED_LEN(webhook->n, sodium_base64_VARIANT_ORIGINAL);
    CLEANUP_FREE char *encoded = xmalloc(n);
    sodium_bin2base64(encoded, n, (const unsigned char *)webhook->body, webhook->n,
                      sodium_base64_VARIANT_ORIGINAL);
    snprintf(id, sizeof(id), "%" PRIu64, ++peer->next_id);
    struct json_out j = message_begin(MESSAGE_SERVE, &json);
    json_put_text(&j, "id", id);
    json_put_text(&j, "method", webhook->method);
    json_put_text(&j, "path", webhook->path);
    json_put_text(&j, "query", webhook->query);
    json_put_int(&j, "received", webhook->received);
    json_put_int(&j, "deadline_ms", DEADLINE_MS);
    json_key(&j, "headers");
    json_tree(&j, webhook->headers);
    json_put_text(&j, "body64", encoded);
    json_end_object(&j);
    *array_add(&peer->serving) = (struct serving){peer->next_id, done, ctx};
    peer_send(peer, &json);
}

static bool all_ended(const struct supervisor *supervisor)
{
    for (size_t i = 0; i < supervisor->peers.n; i++) {
        if (supervisor->peers.v[i]->process_alive || supervisor->peers.v[i]->closing)
            return false;
    }
    return true;
}

void supervisor_peer_ended(struct supervisor *supervisor)
{
    if (!supervisor->stopping || !all_ended(supervisor) || !supervisor->done)
        return;
    void (*done)(void *ctx) = supervisor->done;
    supervisor->done = NULL;
    done(supervisor->done_ctx);
}

void supervisor_stop(struct supervisor *supervisor, void (*done)(void *ctx), void *ctx)
{
    supervisor->stopping = true;
    supervisor->done = done;
    supervisor->done_ctx = ctx;
    for (size_t i = 0; i < supervisor->peers.n; i++)
        peer_stop(supervisor->peers.v[i]);
    supervisor_peer_ended(supervisor);
}

void supervisor_destroy(struct supervisor *supervisor)
{
    if (!supervisor)
        return;
    for (size_t i = 0; i < supervisor->peers.n; i++)
        peer_destroy(supervisor->peers.v[i]);
    array_free(&supervisor->peers);
    uv_run(supervisor->loop, UV_RUN_NOWAIT); /* the timers' close callbacks */
    free(supervisor->runner);
    free(supervisor);
}
