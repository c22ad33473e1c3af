/* Endpoints: what the configuration says of them, how far each is, and the log of its deliveries. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "access/audit.h"
#include "feeds/feeds.h"
#include "sight/sight.h"
#include "webhooks/inside.h"

static const char *const states[] = {"waiting", "delivered", "failed"};

const char *webhook_state_name(enum webhook_state state)
{
    return states[state];
}

struct webhooks *webhooks_of(const struct core *core)
{
    return part_state(core, "webhooks");
}

const char *endpoint_name(const struct endpoint *endpoint)
{
    return endpoint->settings->string;
}

struct endpoint *endpoint_find(const struct core *core, const char *name)
{
    struct webhooks *webhooks = webhooks_of(core);
    for (size_t i = 0; i < webhooks->endpoints.n; i++) {
        if (text_equal(endpoint_name(&webhooks->endpoints.v[i]), name))
            return &webhooks->endpoints.v[i];
    }
    return NULL;
}

const char *endpoint_viewer(const struct endpoint *endpoint)
{
    return json_bool_or(endpoint->settings, "private", false) ? sight_everything : NULL;
}

/* Without a list: all that timelines tell. */
static bool is_chosen(const struct endpoint *endpoint, const struct event *event)
{
    const cJSON *events = json_member(endpoint->settings, "events"), *one;
    cJSON_ArrayForEach(one, events)
    {
        if (text_equal(cJSON_GetStringValue(one), event_kind(event->type)->name))
            return true;
    }
    return !cJSON_GetArraySize(events) && event_is_shown(event);
}

bool endpoint_wants(struct core *core, const struct endpoint *endpoint, const struct event *event)
{
    return !audit_has(event->type) && is_chosen(endpoint, event) &&
           sight_event_visible(core, event, endpoint_viewer(endpoint));
}

struct finding {
    uint64_t seq;
    struct event *event;
    int rc;
};

static bool take(void *ctx, const struct journal_event *row)
{
    struct finding *finding = ctx;
    if (row->seq == finding->seq)
        finding->rc = turn_event_of_row(row, finding->event, NULL);
    return false;
}

int endpoint_event(struct core *core, uint64_t seq, struct event *ret)
{
    struct finding finding = {seq, ret, ERR_NOT_FOUND};
    int rc = journal_read(core_journal(core), seq - 1, 1, take, &finding, NULL);
    if (rc && !finding.rc)
        event_finish(ret);
    return rc ? rc : finding.rc;
}

/* ---- deliveries ---- */

static void delivery_finish(struct webhook_delivery *delivery)
{
    free(delivery->type);
    free(delivery->result);
}

struct webhook_delivery *endpoint_log_find(struct endpoint *endpoint, uint64_t seq)
{
    for (size_t i = endpoint->log.n; i-- > 0;) {
        if (endpoint->log.v[i].seq == seq)
            return &endpoint->log.v[i];
    }
    return NULL;
}

static char *delivery_key(const struct endpoint *endpoint, uint64_t seq)
{
    return xasprintf("%s\x1f%020" PRIu64, endpoint_name(endpoint), seq);
}

void endpoint_log_write(struct turn *turn, const struct endpoint *endpoint,
                        const struct webhook_delivery *delivery)
{
    CLEANUP_FREE char *key = delivery_key(endpoint, delivery->seq);
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_int(&j, "incident", (int64_t)delivery->incident);
    if (delivery->other != OTHER_UNKNOWN)
        json_put_int(&j, "other", (int64_t)delivery->other);
    json_put_text(&j, "type", delivery->type);
    json_put_text(&j, "state", states[delivery->state]);
    json_put_int(&j, "attempts", delivery->attempts);
    json_put_int(&j, "rounds", delivery->rounds);
    json_put_int(&j, "at", delivery->at);
    json_put_int(&j, "tried_at", delivery->tried_at);
    json_put_int(&j, "failing_since", delivery->failing_since);
    json_put_text_if(&j, "result", delivery->result);
    json_end_object(&j);
    batch_doc(turn_batch(turn), DOC_WEBHOOK, key, str_text(&body));
}

static bool delivery_read(const struct journal_doc *doc, struct webhook_delivery *ret)
{
    CLEANUP_JSON cJSON *json = NULL;
    if (json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "webhook", &json, NULL))
        return false;
    *ret = (struct webhook_delivery){.seq = strtoull(strchr(doc->key, '\x1f') + 1, NULL, 10),
                                     .incident = (uint64_t)json_int_or(json, "incident", 0),
                                     .other = (uint64_t)json_int_or(json, "other", (int64_t)OTHER_UNKNOWN),
                                     .type = xstrdup(json_text_or(json, "type", "")),
                                     .attempts = (int)json_int_or(json, "attempts", 0),
                                     .rounds = (int)json_int_or(json, "rounds", 0),
                                     .at = json_int_or(json, "at", 0),
                                     .tried_at = json_int_or(json, "tried_at", 0),
                                     .failing_since = json_int_or(json, "failing_since", 0),
                                     .result = xstrdup(json_text_or(json, "result", NULL))};
    while (ret->state < WEBHOOK_FAILED && !text_equal(states[ret->state], json_text_or(json, "state", NULL)))
        ret->state++;
    return true;
}

static void make_room(struct turn *turn, struct endpoint *endpoint)
{
    for (size_t i = 0; endpoint->log.n >= LOG_MOST && i < endpoint->log.n; i++) {
        if (endpoint->log.v[i].state == WEBHOOK_WAITING)
            continue;
        CLEANUP_FREE char *key = delivery_key(endpoint, endpoint->log.v[i].seq);
        batch_doc(turn_batch(turn), DOC_WEBHOOK, key, NULL);
        delivery_finish(&endpoint->log.v[i]);
        array_remove(&endpoint->log, i);
    }
}

struct webhook_delivery *endpoint_log_add(struct turn *turn, struct endpoint *endpoint,
                                          const struct event *event)
{
    struct webhook_delivery *delivery = endpoint_log_find(endpoint, event->seq);
    if (delivery)
        return delivery;
    make_room(turn, endpoint);
    delivery = array_add(&endpoint->log);
    *delivery = (struct webhook_delivery){.seq = event->seq,
                                          .incident = event->incident,
                                          .other = event->type == EVENT_STATUS ? 0 : event->other,
                                          .type = xstrdup(event_kind(event->type)->name),
                                          .at = event->at};
    return delivery;
}

/* ---- how far each is ---- */

void endpoint_write(struct turn *turn, struct endpoint *endpoint)
{
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_int(&j, "after", (int64_t)endpoint->after);
    json_put_int(&j, "disabled_at", endpoint->disabled_at);
    json_put_int(&j, "taken_at", endpoint->taken_at);
    json_put_text_if(&j, "why", endpoint->why);
    json_end_object(&j);
    batch_doc(turn_batch(turn), DOC_WEBHOOK, endpoint_name(endpoint), str_text(&body));
    endpoint->saved = endpoint->after;
    endpoint->stored = true;
}

static void endpoint_read(const struct journal_doc *doc, struct endpoint *endpoint)
{
    CLEANUP_JSON cJSON *json = NULL;
    if (json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "webhook", &json, NULL))
        return;
    endpoint->after = endpoint->saved = (uint64_t)json_int_or(json, "after", 0);
    endpoint->stored = true;
    endpoint->disabled_at = json_int_or(json, "disabled_at", 0);
    endpoint->taken_at = json_int_or(json, "taken_at", 0);
    replace_text(&endpoint->why, json_text_or(json, "why", NULL));
}

/* What is known of an endpoint that the configuration has no more is left alone: it goes on there when it comes back. */
static bool load_one(void *ctx, const struct journal_doc *doc)
{
    const struct core *core = ctx;
    const char *rest = strchr(doc->key, '\x1f');
    CLEANUP_FREE char *name = rest ? xstrndup(doc->key, (size_t)(rest - doc->key)) : xstrdup(doc->key);
    struct endpoint *endpoint = endpoint_find(core, name);
    struct webhook_delivery delivery;
    if (endpoint && !rest)
        endpoint_read(doc, endpoint);
    else if (endpoint && delivery_read(doc, &delivery))
        *array_add(&endpoint->log) = delivery;
    return true;
}

/* A new endpoint begins with what happens from now on. */
int webhooks_load(struct core *core, struct error *err)
{
    const cJSON *settings = core_settings(core)->webhooks, *one;
    struct journal *journal = core_journal(core);
    cJSON_ArrayForEach(one, settings)
    {
        *array_add(&webhooks_of(core)->endpoints) =
            (struct endpoint){.settings = one,
                              .host = feed_host(json_text_or(one, "url", "")),
                              .after = journal_last_seq(journal)};
    }
    return cJSON_GetArraySize(settings)
               ? journal_docs(journal, &(struct doc_query){.kind = DOC_WEBHOOK}, load_one, core, err)
               : 0;
}

void webhooks_unload(struct core *core)
{
    struct webhooks *webhooks = webhooks_of(core);
    for (size_t i = 0; i < webhooks->endpoints.n; i++) {
        struct endpoint *endpoint = &webhooks->endpoints.v[i];
        for (size_t k = 0; k < endpoint->log.n; k++)
            delivery_finish(&endpoint->log.v[k]);
        array_free(&endpoint->log);
        free(endpoint->host);
        free(endpoint->why);
    }
    array_free(&webhooks->endpoints);
}
