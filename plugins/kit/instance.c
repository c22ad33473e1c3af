#include <tocsin/kit/instance.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>

#define CHECK_MS 20000

void *kit_instance_begin(size_t size, const struct kit_api *api, const struct kit_performer *performers,
                         const struct tocsin_host *host, const char *settings)
{
    struct kit_instance *kit = calloc(1, size);
    char agent[100];
    if (!kit)
        abort();
    snprintf(agent, sizeof(agent), "Tocsin/" TOCSIN_VERSION " (%s)", api->name);
    kit->host = host;
    kit->api = *api;
    kit->api.self = kit;
    kit->api.host = host;
    kit->api.performers = performers;
    kit->api.http = kit_http_create(agent);
    kit->api.headers = kit->headers;
    kit->settings = kit_json_parse(settings, strlen(settings));
    kit->rounds = kit_rounds_create(host);
    kit->followed = kit_followed_create(host);
    kit->texts = cJSON_CreateArray();
    return kit;
}

int32_t kit_instance_end(void *self, int32_t checked, void **ret_self, struct tocsin_error *error)
{
    const struct kit_instance *kit = self;
    if (!checked && (!kit->api.http || !kit->rounds || !kit->followed))
        checked = kit_fail(error, TOCSIN_E_FAILED, "memory ran out");
    if (checked)
        kit_instance_close(self);
    else
        *ret_self = self;
    return checked;
}

/* ---- texts ---- */

__attribute__((format(printf, 2, 0))) static const char *own(struct kit_instance *kit, const char *format,
                                                             va_list args)
{
    char *text = NULL;
    if (vasprintf(&text, format, args) < 0)
        abort();
    cJSON *owned = cJSON_CreateString(text);
    free(text);
    if (!cJSON_AddItemToArray(kit->texts, owned))
        abort();
    return owned->valuestring;
}

const char *kit_instance_text(void *self, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = own(self, format, args);
    va_end(args);
    return text;
}

const char *kit_instance_url(void *self, const char *url)
{
    size_t n = strlen(url);
    while (n && url[n - 1] == '/')
        n--;
    return kit_instance_text(self, "%.*s", (int)n, url);
}

/* ---- headers ---- */

void kit_instance_header(void *self, const char *name, const char *format, ...)
{
    struct kit_instance *kit = self;
    va_list args;
    if (kit->api.header_count == KIT_INSTANCE_HEADERS)
        abort();
    va_start(args, format);
    kit->headers[kit->api.header_count++] = (struct kit_header){name, own(kit, format, args)};
    va_end(args);
}

void kit_instance_login(void *self, const char *user, const char *password)
{
    struct kit_text login = {0};
    kit_text_addf(&login, "%s:%s", user, password);
    unsigned char *encoded = calloc(1, login.n * 4 / 3 + 8);
    if (!encoded)
        abort();
    EVP_EncodeBlock(encoded, (const unsigned char *)kit_text_get(&login), (int)login.n);
    kit_instance_header(self, "Authorization", "Basic %s", (const char *)encoded);
    free(encoded);
    kit_text_finish(&login);
}

/* ---- what the descriptor names ---- */

int32_t kit_instance_check(void *self, kit_check *const *checks, struct tocsin_error *error)
{
    const struct kit_instance *kit = self;
    struct tocsin_result result = {.size = sizeof(result)};
    struct kit_task task = kit_api_begin(&kit->api, CHECK_MS, &result);
    int32_t rc = 0;
    for (; *checks && !rc; checks++)
        rc = (*checks)(&task, error);
    return rc;
}

int32_t kit_instance_run(void *self, int32_t times, kit_round *round, void *ctx, struct tocsin_error *error)
{
    const struct kit_instance *kit = self;
    return kit_rounds_run(kit->rounds, times * kit_json_int(kit->settings, "interval", 60000), round, ctx,
                          error);
}

void kit_instance_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    const struct kit_instance *kit = self;
    kit_perform(&kit->api, action, result);
}

void kit_instance_stop(void *self)
{
    const struct kit_instance *kit = self;
    kit_rounds_stop(kit->rounds);
}

void kit_instance_close(void *self)
{
    struct kit_instance *kit = self;
    if (!kit)
        return;
    kit_rounds_destroy(kit->rounds);
    kit_followed_destroy(kit->followed);
    kit_http_destroy(kit->api.http);
    cJSON_Delete(kit->settings);
    cJSON_Delete(kit->texts);
    free(kit);
}
