#include <tocsin/kit/json.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define WHOLE_MOST 9007199254740992.0 /* 2^53: up to it a double has every whole number */

static bool is_white(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
        p++;
    return p == end;
}

cJSON *kit_json_parse(const char *bytes, size_t n)
{
    const char *end = bytes;
    cJSON *value = n && kit_utf8_valid(bytes, n) ? cJSON_ParseWithLengthOpts(bytes, n, &end, false) : NULL;
    if (value && is_white(end, bytes + n))
        return value;
    cJSON_Delete(value);
    return NULL;
}

const cJSON *kit_json_member(const cJSON *object, const char *name)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNull(member) ? NULL : member;
}

const char *kit_json_text(const cJSON *object, const char *name)
{
    return kit_json_text_or(object, name, "");
}

const char *kit_json_text_or(const cJSON *object, const char *name, const char *fallback)
{
    const char *text = cJSON_GetStringValue(kit_json_member(object, name));
    return text && *text ? text : fallback;
}

int64_t kit_json_int(const cJSON *object, const char *name, int64_t fallback)
{
    const cJSON *member = kit_json_member(object, name);
    bool whole =
        cJSON_IsNumber(member) && member->valuedouble >= -WHOLE_MOST && member->valuedouble <= WHOLE_MOST;
    return whole ? (int64_t)member->valuedouble : fallback;
}

void kit_json_id(const cJSON *object, const char *name, char id[KIT_ID_BYTES])
{
    int64_t number = kit_json_int(object, name, 0);
    const char *text = kit_json_text(object, name);
    size_t n = strspn(text, "0123456789");
    snprintf(id, KIT_ID_BYTES, "%s", text[n] || n > 18 ? "" : text);
    if (number > 0)
        snprintf(id, KIT_ID_BYTES, "%lld", (long long)number);
}

const cJSON *kit_json_with_id(const cJSON *array, const char *id)
{
    const cJSON *row;
    char other[KIT_ID_BYTES];
    cJSON_ArrayForEach(row, array)
    {
        kit_json_id(row, "id", other);
        if (*id && strcmp(other, id) == 0)
            return row;
    }
    return NULL;
}

const cJSON *kit_json_with(const cJSON *array, const char *name, const char *text)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, array)
    {
        if (strcasecmp(kit_json_text(row, name), text) == 0)
            return row;
    }
    return NULL;
}

bool kit_json_true(const cJSON *object, const char *name)
{
    return cJSON_IsTrue(kit_json_member(object, name));
}

cJSON *kit_json_texts(const char *name, ...)
{
    cJSON *object = cJSON_CreateObject();
    va_list args;
    va_start(args, name);
    for (; name; name = va_arg(args, const char *)) {
        const char *text = va_arg(args, const char *);
        if (text)
            cJSON_AddStringToObject(object, name, text);
    }
    va_end(args);
    return object;
}

void kit_json_set(cJSON *object, const char *name, cJSON *value)
{
    cJSON_DeleteItemFromObjectCaseSensitive(object, name);
    cJSON_AddItemToObject(object, name, value);
}

void kit_json_move(cJSON *from, const char *name, cJSON *to)
{
    cJSON *rows = cJSON_GetObjectItemCaseSensitive(from, name),
          *all = cJSON_GetObjectItemCaseSensitive(to, name);
    if (!all)
        all = cJSON_AddArrayToObject(to, name);
    while (cJSON_IsArray(rows) && rows->child)
        cJSON_AddItemToArray(all, cJSON_DetachItemFromArray(rows, 0));
}

bool kit_json_write(const cJSON *value, struct kit_text *out)
{
    char *text = cJSON_PrintUnformatted(value);
    kit_text_add(out, text);
    out->failed = out->failed || !text;
    cJSON_free(text);
    return !out->failed;
}
