#include "store_host.h"

#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/text.h>

static cJSON *values, *events;
static int32_t answers;
static struct kit_text said;

static cJSON *store(void)
{
    return values = values ? values : cJSON_CreateObject();
}

static int64_t get(void *ctx, const char *key, char *value, size_t capacity)
{
    const cJSON *at = cJSON_GetObjectItemCaseSensitive(store(), key);
    size_t n = at ? strlen(at->valuestring) : 0;
    (void)ctx;
    if (!at)
        return -1;
    memcpy(value, at->valuestring, n < capacity ? n : capacity);
    return (int64_t)n;
}

static int32_t put(void *ctx, const char *key, const char *value, size_t n)
{
    struct kit_text text = {0};
    (void)ctx;
    cJSON_DeleteItemFromObjectCaseSensitive(store(), key);
    if (value) {
        kit_text_addn(&text, value, n);
        cJSON_AddStringToObject(store(), key, kit_text_get(&text));
    }
    kit_text_finish(&text);
    return 0;
}

static int32_t emit(void *ctx, const char *event, size_t n)
{
    (void)ctx;
    events = events ? events : cJSON_CreateArray();
    cJSON_AddItemToArray(events, cJSON_ParseWithLength(event, n));
    return answers;
}

static int32_t stopping(void *ctx)
{
    (void)ctx;
    return 0;
}

static void forget_log(void *ctx, int32_t level, const char *text)
{
    (void)ctx, (void)level, (void)text;
}

const struct tocsin_host store_host = {.size = sizeof(store_host),
                                       .abi = TOCSIN_ABI,
                                       .log = forget_log,
                                       .emit = emit,
                                       .stopping = stopping,
                                       .get = get,
                                       .put = put,
                                       .keep = put};

void store_host_clear(void)
{
    cJSON_Delete(values);
    cJSON_Delete(events);
    values = events = NULL;
    answers = TOCSIN_EMITTED;
    kit_text_finish(&said);
}

void store_host_set(const char *key, const char *value)
{
    struct kit_text text = {0};
    for (; *value; value++)
        kit_text_addc(&text, *value == '\'' ? '"' : *value);
    put(NULL, key, kit_text_get(&text), text.n);
    kit_text_finish(&text);
}

cJSON *store_host_get(const char *key)
{
    const cJSON *at = cJSON_GetObjectItemCaseSensitive(store(), key);
    return at ? cJSON_Parse(at->valuestring) : NULL;
}

void store_host_answer(int32_t emitted)
{
    answers = emitted;
}

const cJSON *store_host_events(void)
{
    return events = events ? events : cJSON_CreateArray();
}

static int32_t write_body(struct tocsin_response *response, const char *bytes, size_t n)
{
    (void)response;
    kit_text_addn(&said, bytes, n);
    return 0;
}

struct tocsin_response store_host_response(void)
{
    kit_text_finish(&said);
    return (struct tocsin_response){.size = sizeof(struct tocsin_response), .status = 500, .write = write_body};
}

const char *store_host_said(void)
{
    return kit_text_get(&said);
}
