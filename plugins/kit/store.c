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

bool kit_put_among(const struct tocsin_host *host, const char *key, const char *text, int most)
{
    cJSON *stored = kit_get(host, key), *list = cJSON_IsArray(stored) ? stored : cJSON_CreateArray();
    const cJSON *row;
    bool there = false;
    cJSON_ArrayForEach(row, list)
    {
        there = there || (cJSON_IsString(row) && strcmp(row->valuestring, text) == 0);
    }
    if (!there)
        cJSON_AddItemToArray(list, cJSON_CreateString(text));
    while (cJSON_GetArraySize(list) > most)
        cJSON_DeleteItemFromArray(list, 0);
    bool good = there || kit_put(host, key, list);
    if (list != stored)
        cJSON_Delete(list);
    cJSON_Delete(stored);
    return good;
}

void kit_keep(const struct tocsin_host *host, const char *key, const cJSON *value)
{
    char *text = cJSON_PrintUnformatted(value);
    if (text)
        host->keep(host->ctx, key, text, strlen(text));
    cJSON_free(text);
}
