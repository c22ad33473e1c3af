#include "email_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/json.h>

static void lock(struct email_host *host)
{
    pthread_mutex_lock(&host->lock);
}

static void unlock(struct email_host *host)
{
    pthread_mutex_unlock(&host->lock);
}

static void on_log(void *ctx, int32_t level, const char *text)
{
    struct email_host *host = ctx;
    (void)level;
    lock(host);
    cJSON_AddItemToArray(host->logged, cJSON_CreateString(text));
    unlock(host);
}

static void set(cJSON *store, const char *key, const char *value, size_t n)
{
    cJSON_DeleteItemFromObjectCaseSensitive(store, key);
    char *text = value ? strndup(value, n) : NULL;
    if (text)
        cJSON_AddStringToObject(store, key, text);
    free(text);
}

static void store_kept(struct email_host *host, bool good)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, host->kept)
    {
        if (good)
            set(host->store, row->string, row->valuestring, row->valuestring ? strlen(row->valuestring) : 0);
    }
    cJSON_Delete(host->kept);
    host->kept = cJSON_CreateObject();
}

static int32_t on_emit(void *ctx, const char *event, size_t n)
{
    struct email_host *host = ctx;
    int32_t answer = host->emit;
    lock(host);
    cJSON *parsed = kit_json_parse(event, n);
    if (!parsed)
        abort();
    store_kept(host, answer == TOCSIN_EMITTED);
    if (answer == TOCSIN_EMITTED)
        cJSON_AddItemToArray(host->events, parsed);
    else
        cJSON_Delete(parsed);
    unlock(host);
    return answer;
}

static int32_t on_stopping(void *ctx)
{
    return ((struct email_host *)ctx)->stopping;
}

static int64_t on_get(void *ctx, const char *key, char *value, size_t capacity)
{
    struct email_host *host = ctx;
    int64_t n = -1;
    lock(host);
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(host->store, key));
    if (text) {
        n = (int64_t)strlen(text);
        memcpy(value, text, (size_t)n < capacity ? (size_t)n : capacity);
    }
    unlock(host);
    return n;
}

static int32_t on_put(void *ctx, const char *key, const char *value, size_t n)
{
    struct email_host *host = ctx;
    int32_t answer = host->put;
    lock(host);
    if (answer == 0)
        set(host->store, key, value, n);
    unlock(host);
    return answer;
}

static int32_t on_keep(void *ctx, const char *key, const char *value, size_t n)
{
    struct email_host *host = ctx;
    lock(host);
    cJSON_DeleteItemFromObjectCaseSensitive(host->kept, key);
    char *text = value ? strndup(value, n) : NULL;
    cJSON_AddItemToObject(host->kept, key, text ? cJSON_CreateString(text) : cJSON_CreateNull());
    free(text);
    unlock(host);
    return 0;
}

static const char *const fallbacks =
    "{\"address\":\"incidents@example.com\",\"name\":\"Example Support\",\"secret\":\"a secret of the tests\","
    "\"earlier_secret\":\"\",\"smtp_tls\":\"none\",\"imap\":\"\",\"imap_tls\":\"tls\",\"mailbox\":\"INBOX\","
    "\"user\":\"\","
    "\"password\":\"\",\"token\":\"\",\"ca_file\":\"\",\"authserv\":\"\",\"domains\":[],\"pipe_key\":\"\","
    "\"customers\":{\"acme\":\"ops@acme.example\"},\"channels\":{\"incidents\":\"oncall@lists.example.com\"},"
    "\"public_url\":\"https://tocsin.example.com/connector/email/"
    "\",\"separator\":\"+\",\"signed_envelope\":true}";

static char *settings_of(uint16_t port, const char *more)
{
    char smtp[40];
    cJSON *all = cJSON_Parse(fallbacks), *extra = cJSON_Parse(more ? more : "{}");
    snprintf(smtp, sizeof(smtp), "127.0.0.1:%u", (unsigned)port);
    cJSON_AddStringToObject(all, "smtp", smtp);
    while (extra && extra->child) {
        cJSON *row = cJSON_DetachItemViaPointer(extra, extra->child);
        cJSON_DeleteItemFromObjectCaseSensitive(all, row->string);
        cJSON_AddItemToObject(all, row->string, row);
    }
    char *text = cJSON_PrintUnformatted(all);
    cJSON_Delete(all);
    cJSON_Delete(extra);
    return text;
}

int32_t email_host_open(struct email_host *host, uint16_t port, const char *settings)
{
    *host = (struct email_host){.host = {.size = sizeof(host->host),
                                         .abi = TOCSIN_ABI,
                                         .ctx = host,
                                         .log = on_log,
                                         .emit = on_emit,
                                         .stopping = on_stopping,
                                         .get = on_get,
                                         .put = on_put,
                                         .keep = on_keep},
                                .store = cJSON_CreateObject(),
                                .kept = cJSON_CreateObject(),
                                .events = cJSON_CreateArray(),
                                .logged = cJSON_CreateArray(),
                                .error = {.size = sizeof(host->error)}};
    pthread_mutex_init(&host->lock, NULL);
    char *text = settings_of(port, settings);
    int32_t rc = tocsin_connector_entry.open(&host->host, text, &host->self, &host->error);
    cJSON_free(text);
    return rc;
}

void email_host_close(struct email_host *host)
{
    tocsin_connector_entry.close(host->self);
    cJSON_Delete(host->store);
    cJSON_Delete(host->kept);
    cJSON_Delete(host->events);
    cJSON_Delete(host->logged);
    pthread_mutex_destroy(&host->lock);
}

struct tocsin_result email_host_perform(struct email_host *host, const char *kind, const char *key, int attempt,
                                        const char *body)
{
    struct tocsin_result result = {.size = sizeof(result)};
    struct tocsin_action action = {.size = sizeof(action),
                                   .attempt = attempt,
                                   .deadline_ms = 10000,
                                   .id = "1",
                                   .kind = kind,
                                   .key = key,
                                   .body = body,
                                   .body_length = strlen(body),
                                   .made_ms = 1700000000000};
    tocsin_connector_entry.perform(host->self, &action, &result);
    store_kept(host, result.code != TOCSIN_RETRY);
    return result;
}

static int32_t on_write(struct tocsin_response *response, const char *bytes, size_t n)
{
    struct email_host *host = response->ctx;
    size_t at = strlen(host->answer), room = sizeof(host->answer) - at - 1;
    snprintf(host->answer + at, room + 1, "%.*s", (int)(n < room ? n : room), bytes);
    return 0;
}

int32_t email_host_serve(struct email_host *host, const char *method, const char *path, const char *query,
                         const char *bearer, const char *body)
{
    char value[200];
    struct tocsin_header header = {"authorization", value};
    struct tocsin_request request = {.size = sizeof(request),
                                     .header_count = bearer != NULL,
                                     .method = method,
                                     .path = path,
                                     .query = query,
                                     .headers = &header,
                                     .body = body,
                                     .body_length = strlen(body)};
    struct tocsin_response response = {.size = sizeof(response), .status = 500, .ctx = host, .write = on_write};
    snprintf(value, sizeof(value), "Bearer %s", bearer ? bearer : "");
    host->answer[0] = '\0';
    tocsin_connector_entry.serve(host->self, &request, &response);
    return response.status;
}

const char *email_host_said(const struct email_host *host, const char *name)
{
    return kit_json_text(cJSON_GetArrayItem(host->events, cJSON_GetArraySize(host->events) - 1), name);
}
