#include "tracker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/signature.h>

static int64_t get(void *ctx, const char *key, char *value, size_t capacity)
{
    const struct tracker *tracker = ctx;
    bool ticket = strncmp(key, "followed/", strlen("followed/")) == 0;
    const char *text = kit_json_text_or(tracker->stored, key, ticket ? tracker->known : NULL);
    if (!text)
        return -1;
    snprintf(value, capacity, "%s", text);
    return (int64_t)strlen(text);
}

static int32_t put(void *ctx, const char *key, const char *value, size_t n)
{
    struct tracker *tracker = ctx;
    char *text = value ? strndup(value, n) : NULL;
    cJSON_DeleteItemFromObjectCaseSensitive(tracker->stored, key);
    if (text)
        cJSON_AddStringToObject(tracker->stored, key, text);
    free(text);
    return 0;
}

static int32_t emit(void *ctx, const char *event, size_t n)
{
    struct tracker *tracker = ctx;
    cJSON *json = kit_json_parse(event, n);
    if (!json)
        abort();
    cJSON_AddItemToArray(tracker->emitted, json);
    return tracker->outcome;
}

static void log_nothing(void *ctx, int32_t level, const char *text)
{
    (void)ctx, (void)level, (void)text;
}

void tracker_begin(struct tracker *tracker, const struct tocsin_connector *connector, const char *settings)
{
    struct tocsin_error error = {.size = sizeof(error)};
    *tracker = (struct tracker){.connector = connector,
                                .host = {.size = sizeof(tracker->host),
                                         .abi = TOCSIN_ABI,
                                         .ctx = tracker,
                                         .get = get,
                                         .put = put,
                                         .keep = put,
                                         .emit = emit,
                                         .log = log_nothing},
                                .stored = cJSON_CreateObject(),
                                .emitted = cJSON_CreateArray()};
    if (connector->open(&tracker->host, settings, &tracker->self, &error)) {
        fprintf(stderr, "%s\n", error.text);
        abort();
    }
}

void tracker_end(struct tracker *tracker)
{
    tracker->connector->close(tracker->self);
    cJSON_Delete(tracker->stored);
    cJSON_Delete(tracker->emitted);
}

int tracker_tear_down(void **state)
{
    tracker_end(*state);
    return 0;
}

void tracker_follow(struct tracker *tracker, const char *place, const char *known)
{
    char key[200];
    snprintf(key, sizeof(key), "followed/%s", place);
    put(tracker, key, known, strlen(known));
}

static int32_t ignore(struct tocsin_response *response, const char *bytes, size_t n)
{
    (void)response, (void)bytes, (void)n;
    return 0;
}

int32_t tracker_hears(struct tracker *tracker, const char *header, const char *secret, const char *event,
                      const char *body, size_t n)
{
    char hex[KIT_HMAC_HEX], signature[KIT_HMAC_HEX + 8];
    struct kit_part part = {body, n};
    if (!kit_hmac_hex(secret, &part, 1, hex))
        abort();
    snprintf(signature, sizeof(signature), "sha256=%s", hex);
    struct tocsin_header headers[] = {{header, signature}, {"x-github-event", event}};
    struct tocsin_request request = {.size = sizeof(request),
                                     .header_count = 2,
                                     .method = "POST",
                                     .path = "/",
                                     .query = "",
                                     .headers = headers,
                                     .body = body,
                                     .body_length = n,
                                     .received_ms = INT64_C(1800000000000)};
    struct tocsin_response response = {.size = sizeof(response), .status = 500, .write = ignore};
    tracker->connector->serve(tracker->self, &request, &response);
    return response.status;
}

int tracker_count(const struct tracker *tracker)
{
    return cJSON_GetArraySize(tracker->emitted);
}

const cJSON *tracker_event(const struct tracker *tracker)
{
    return cJSON_GetArrayItem(tracker->emitted, tracker_count(tracker) - 1);
}

void tracker_check(const struct tracker *tracker)
{
    static const char *const members[] = {"type", "id", "ticket", "state"};
    const cJSON *event;
    cJSON_ArrayForEach(event, tracker->emitted)
    {
        const cJSON *user = kit_json_member(event, "user");
        for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
            if (!*kit_json_text(event, members[i]))
                abort();
        }
        if (user && !*kit_json_text(user, "id"))
            abort();
    }
}
