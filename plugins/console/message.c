#include "message.h"

#include <stdio.h>

#include <tocsin/kit/clock.h>
#include <tocsin/kit/json.h>

/* FNV-1a is good enough: the keys are Tocsin's own, and a room holds few of them. */
void message_id_of_key(const char *key, char id[MESSAGE_ID])
{
    uint64_t hash = 0xcbf29ce484222325;
    for (const char *p = key; *p; p++)
        hash = (hash ^ (unsigned char)*p) * 0x100000001b3;
    snprintf(id, MESSAGE_ID, "k%016llx", (unsigned long long)hash);
}

void message_fill(cJSON *message, const cJSON *content)
{
    static const char *const parts[] = {"text", "card"};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        const cJSON *part = kit_json_member(content, parts[i]);
        cJSON_DeleteItemFromObjectCaseSensitive(message, parts[i]);
        if (part)
            cJSON_AddItemToObject(message, parts[i], cJSON_Duplicate(part, true));
    }
}

cJSON *message_create(const char *room, const char *id, int64_t seq, const char *from, const char *key,
                      const cJSON *content)
{
    cJSON *message = kit_json_texts("event", "message", "room", room, "id", id, "from", from, "key", key, NULL);
    cJSON_AddNumberToObject(message, "at", (double)kit_wall_ms());
    cJSON_AddNumberToObject(message, "seq", (double)seq);
    message_fill(message, content);
    return message;
}

int64_t message_seq(const cJSON *message)
{
    int64_t seq = kit_json_int(message, "seq", 0);
    return seq > 0 ? seq : 0;
}

cJSON *message_line(const cJSON *message, const char *event)
{
    cJSON *line = cJSON_Duplicate(message, true);
    cJSON_ReplaceItemInObjectCaseSensitive(line, "event", cJSON_CreateString(event));
    cJSON_DeleteItemFromObjectCaseSensitive(line, "key");
    cJSON_DeleteItemFromObjectCaseSensitive(line, "seq");
    return line;
}
