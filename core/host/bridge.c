#include "host/bridge.h"

#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/log.h"
#include "delivery/delivery.h"
#include "outbox/limit_read.h"

#define KEY_BYTES 200

struct bridge {
    struct supervisor *supervisor;
    struct core *core;
    struct chat *chat;
    instant (*clock)(void);
    cJSON *limits;   /* as configured: {"slack": {"post": "1/s per channel"}} */
    cJSON *declared; /* as each connector declared them when it last started */
    bool cut;
};

struct asked { /* a connector's question that is still open */
    struct bridge *bridge;
    char *connector;
    uint64_t token;
};

static struct asked *ask(struct bridge *bridge, const char *connector, uint64_t token)
{
    struct asked *asked = xcalloc(1, sizeof(*asked));
    *asked = (struct asked){bridge, xstrdup(connector), token};
    return asked;
}

static void answer(struct asked *asked, int code)
{
    supervisor_ack(asked->bridge->supervisor, asked->connector, asked->token, code);
    free(asked->connector);
    free(asked);
}

static void event_taken(void *ctx, int code, const char *why)
{
    struct asked *asked = ctx;
    if (code == TOCSIN_EMIT_REFUSED)
        log_at(LOG_WARN, &(struct log_context){.connector = asked->connector}, "an event was refused: %s",
               why ? why : "it is malformed");
    answer(asked, code);
}

static char *store_key(const char *connector, const char *key)
{
    return xasprintf("%s\x1f%.*s", connector, KEY_BYTES, key);
}

/* The caller destroys it; NULL: none. */
static struct journal_batch *documents_of(const char *connector, const cJSON *kept)
{
    struct journal_batch *batch = kept ? batch_create() : NULL;
    const cJSON *one;
    cJSON_ArrayForEach(one, kept)
    {
        CLEANUP_FREE char *whole = store_key(connector, json_text_or(one, "key", ""));
        batch_doc(batch, DOC_CONNECTOR, whole, json_text_or(one, "value", NULL));
    }
    return batch;
}

static void on_event(void *ctx, const char *connector, const cJSON *event, const cJSON *kept, uint64_t token)
{
    struct bridge *bridge = ctx;
    if (bridge->cut) {
        supervisor_ack(bridge->supervisor, connector, token, TOCSIN_EMIT_RETRY);
        return;
    }
    struct journal_batch *documents = documents_of(connector, kept);
    chat_event(bridge->chat, connector, event, documents, bridge->clock(), event_taken,
               ask(bridge, connector, token));
    batch_destroy(documents);
}

static void on_get(void *ctx, const char *connector, const char *key, uint64_t token)
{
    struct bridge *bridge = ctx;
    CLEANUP_FREE char *whole = store_key(connector, key);
    struct journal_doc doc = {0};
    if (!bridge->cut && journal_doc(core_journal(bridge->core), DOC_CONNECTOR, whole, &doc, NULL))
        doc.body = NULL;
    supervisor_value(bridge->supervisor, connector, token, doc.body);
    journal_doc_finish(&doc);
}

static void stored(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    (void)err, (void)last_seq;
    answer(ctx, rc ? -1 : 0);
}

static void on_put(void *ctx, const char *connector, const char *key, const char *value, uint64_t token)
{
    struct bridge *bridge = ctx;
    CLEANUP_FREE char *whole = store_key(connector, key);
    if (bridge->cut) {
        supervisor_ack(bridge->supervisor, connector, token, -1);
        return;
    }
    struct journal_batch *batch = batch_create();
    batch_doc(batch, DOC_CONNECTOR, whole, value);
    journal_append(core_journal(bridge->core), batch, stored, ask(bridge, connector, token));
}

static void on_result(void *ctx, const char *connector, uint64_t action, const struct connector_result *result)
{
    struct bridge *bridge = ctx;
    if (bridge->cut)
        return;
    struct journal_batch *documents = documents_of(connector, result->kept);
    struct outbox_outcome outcome = {result->code,   result->retry_after, result->remote_id,
                                     result->detail, documents,           result->answer};
    delivery_outcome(bridge->core, action, &outcome, bridge->clock());
    batch_destroy(documents);
}

static void on_state(void *ctx, const char *connector, uint64_t can, bool up, const char *reason)
{
    struct bridge *bridge = ctx;
    if (!bridge->cut)
        delivery_connector(bridge->core, connector, can, up, reason, bridge->clock());
}

static void keep(cJSON *kept, const char *connector, const cJSON *value)
{
    cJSON_DeleteItemFromObjectCaseSensitive(kept, connector);
    if (value)
        cJSON_AddItemToObject(kept, connector, cJSON_Duplicate(value, true));
}

static void apply_limits(struct bridge *bridge, const char *connector)
{
    struct rate_limits limits = {0};
    rate_limits_read(connector, json_member(bridge->declared, connector),
                     json_member(bridge->limits, connector), &limits);
    if (!bridge->cut)
        link_limits(bridge->core, connector, limits.rows.v, limits.rows.n);
    array_free(&limits.rows);
}

static void on_health(void *ctx, const char *connector, const char *why)
{
    struct bridge *bridge = ctx;
    if (!bridge->cut)
        delivery_health(bridge->core, connector, why, bridge->clock());
}

static void on_pages(void *ctx, const char *connector, const cJSON *pages)
{
    struct bridge *bridge = ctx;
    if (!bridge->cut)
        link_set_pages(bridge->core, connector, pages);
}

static void on_described(void *ctx, const char *connector, uint64_t can, int parallel, const cJSON *declared)
{
    struct bridge *bridge = ctx;
    if (!bridge->cut)
        delivery_described(bridge->core, connector, can, parallel);
    keep(bridge->declared, connector, declared);
    apply_limits(bridge, connector);
}

void bridge_limits(struct bridge *bridge, const char *connector, const cJSON *configured)
{
    keep(bridge->limits, connector, configured);
    apply_limits(bridge, connector);
}

struct bridge *bridge_create(struct uv_loop_s *loop, const char *runner, struct core *core, struct chat *chat,
                             instant (*clock)(void))
{
    struct bridge *bridge = xcalloc(1, sizeof(*bridge));
    struct supervisor_ops ops = {bridge,   on_event,     on_get,   on_put,   on_result,
                                 on_state, on_described, on_pages, on_health};
    *bridge = (struct bridge){.limits = cJSON_CreateObject(),
                              .declared = cJSON_CreateObject(),
                              .core = core,
                              .chat = chat,
                              .clock = clock};
    bridge->supervisor = supervisor_create(loop, runner, &ops);
    return bridge;
}

struct supervisor *bridge_supervisor(struct bridge *bridge)
{
    return bridge->supervisor;
}

void bridge_cut(struct bridge *bridge)
{
    bridge->cut = true;
}

void bridge_destroy(struct bridge *bridge)
{
    if (!bridge)
        return;
    supervisor_destroy(bridge->supervisor);
    cJSON_Delete(bridge->limits);
    cJSON_Delete(bridge->declared);
    free(bridge);
}
