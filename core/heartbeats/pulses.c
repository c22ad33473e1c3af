/* What is known of each heartbeat: in memory, and as its document. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "heartbeats/inside.h"

struct heartbeats *heartbeats_of(const struct core *core)
{
    return part_state(core, "heartbeats");
}

struct pulse *pulse_find(const struct core *core, const char *name)
{
    CLEANUP_FREE char *key = text_lower(name);
    return map_get(&heartbeats_of(core)->pulses, key);
}

static struct pulse *add(struct heartbeats *heartbeats, const char *name)
{
    struct pulse *pulse = xcalloc(1, sizeof(*pulse));
    pulse->name = text_lower(name);
    map_put(&heartbeats->pulses, pulse->name, pulse);
    return pulse;
}

struct pulse *pulse_need(struct turn *turn, const char *name)
{
    struct pulse *pulse = pulse_find(turn_core(turn), name);
    if (pulse)
        return pulse;
    pulse = add(heartbeats_of(turn_core(turn)), name);
    pulse->since = turn_now(turn);
    pulse_write(turn, pulse);
    return pulse;
}

void pulses_finish(struct heartbeats *heartbeats)
{
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&heartbeats->pulses, &i));) {
        free(((struct pulse *)slot->value)->name);
        free(slot->value);
    }
    map_finish(&heartbeats->pulses);
    heartbeats->next = 0;
}

instant pulse_due(const struct pulse *pulse, const struct heartbeat *heartbeat)
{
    return MAX(pulse->heard, pulse->since) + heartbeat->every + heartbeat->grace;
}

/* ---- kept ---- */

void pulse_write(struct turn *turn, const struct pulse *pulse)
{
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_text_if(&j, "hash", *pulse->hash ? pulse->hash : NULL);
    json_put_int(&j, "since", pulse->since);
    json_put_int(&j, "heard", pulse->heard);
    json_put_bool(&j, "told", pulse->told);
    json_end_object(&j);
    batch_doc(turn_batch(turn), DOC_HEARTBEAT, pulse->name, body.p);
}

static bool load_pulse(void *ctx, const struct journal_doc *doc)
{
    CLEANUP_JSON cJSON *json = NULL;
    if (json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "heartbeat", &json, NULL))
        return true;
    struct pulse *pulse = add(ctx, doc->key);
    snprintf(pulse->hash, sizeof(pulse->hash), "%s", json_text_or(json, "hash", ""));
    pulse->since = json_int_or(json, "since", 0);
    pulse->heard = json_int_or(json, "heard", 0);
    pulse->told = json_bool_or(json, "told", false);
    return true;
}

int pulses_load(struct core *core, struct error *err)
{
    return journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_HEARTBEAT}, load_pulse,
                        heartbeats_of(core), err);
}
