#include <tocsin/kit/store.h>

#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/json.h>

#define VALUE_BYTES 65536 /* at most */

cJSON *kit_get(const struct tocsin_host *host, const char *key)
{
    char *text = malloc(VALUE_BYTES);
    int64_t n = text ? host->get(host->ctx, key, text, VALUE_BYTES) : -1;
    cJSON *value = n > 0 && n <= VALUE_BYTES ? kit_json_parse(text, (size_t)n) : NULL;
    free(text);
    return value;
}

bool kit_put(const struct tocsin_host *host, const char *key, const cJSON *value)
{
    char *text = value ? cJSON_PrintUnformatted(value) : NULL;
    bool stored = (text || !value) && host->put(host->ctx, key, text, text ? strlen(text) : 0) == 0;
    cJSON_free(text);
    return stored;
}

void kit_keep(const struct tocsin_host *host, const char *key, const cJSON *value)
{
    char *text = cJSON_PrintUnformatted(value);
    if (text)
        host->keep(host->ctx, key, text, strlen(text));
    cJSON_free(text);
}
