/* Rooms and their messages in memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tocsin/kit/text.h>

#include "console.h"

struct room *room_find(struct console *c, const char *name)
{
    for (size_t i = 0; name && i < c->n_rooms; i++) {
        if (strcmp(c->rooms[i]->name, name) == 0)
            return c->rooms[i];
    }
    return NULL;
}

static struct room *room_of_key(struct console *c, const char *key)
{
    for (size_t i = 0; key && i < c->n_rooms; i++) {
        if (c->rooms[i]->key && strcmp(c->rooms[i]->key, key) == 0)
            return c->rooms[i];
    }
    return NULL;
}

static void room_destroy(struct room *room)
{
    free(room->name);
    free(room->topic);
    free(room->key);
    cJSON_Delete(room->members);
    cJSON_Delete(room->messages);
    free(room);
}

void rooms_finish(struct console *c)
{
    for (size_t i = 0; i < c->n_rooms; i++)
        room_destroy(c->rooms[i]);
    c->n_rooms = 0;
}

struct room *room_open(struct console *c, const char *name, const char *topic, bool private,
                       const cJSON *members, const char *key)
{
    struct room *room = room_of_key(c, key);
    char clean[NAME_BYTES], free_name[NAME_BYTES + 16];
    if (room || c->n_rooms == ROOMS_MOST || !kit_clean_name(name, clean, sizeof(clean)))
        return room;
    snprintf(free_name, sizeof(free_name), "%s", clean);
    for (int i = 2; room_find(c, free_name); i++)
        snprintf(free_name, sizeof(free_name), "%s-%d", clean, i);
    room = calloc(1, sizeof(*room));
    *room = (struct room){.name = strdup(free_name),
                          .topic = topic ? strdup(topic) : NULL,
                          .key = key ? strdup(key) : NULL,
                          .private = private,
                          .messages = cJSON_CreateArray()};
    room->members = cJSON_IsArray(members) ? cJSON_Duplicate(members, true) : cJSON_CreateArray();
    c->rooms[c->n_rooms++] = room;
    return room;
}

static bool is_in(const cJSON *array, const char *text)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, array)
    {
        if (cJSON_IsString(item) && strcmp(item->valuestring, text) == 0)
            return true;
    }
    return false;
}

bool room_lets_in(const struct room *room, const char *user)
{
    return !room->private || is_in(room->members, user);
}

bool room_invite(struct room *room, const char *user)
{
    if (is_in(room->members, user))
        return false;
    cJSON_AddItemToArray(room->members, cJSON_CreateString(user));
    return true;
}

bool room_put_out(struct room *room, const char *user)
{
    for (int i = cJSON_GetArraySize(room->members); i-- > 0;) {
        const char *member = cJSON_GetStringValue(cJSON_GetArrayItem(room->members, i));
        if (!member || strcmp(member, user) != 0)
            continue;
        cJSON_DeleteItemFromArray(room->members, i);
        return true;
    }
    return false;
}

cJSON *room_messages(struct console *c, struct room *room)
{
    if (!room->loaded)
        store_load_messages(c, room);
    room->loaded = true;
    return room->messages;
}

cJSON *room_message(struct console *c, struct room *room, const char *member, const char *value)
{
    cJSON *message;
    cJSON_ArrayForEach(message, room_messages(c, room))
    {
        if (value && strcmp(member_text(message, member, ""), value) == 0)
            return message;
    }
    return NULL;
}

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    int64_t ms = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
    return (double)ms;
}

/* There are no forms here, so a button that asks for more has no use. */
static void leave_out_asking(const cJSON *message)
{
    cJSON *buttons =
        cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(message, "card"), "buttons");
    for (int i = cJSON_GetArraySize(buttons); i-- > 0;) {
        if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(cJSON_GetArrayItem(buttons, i), "asks")))
            cJSON_DeleteItemFromArray(buttons, i);
    }
}

void message_fill(cJSON *message, const cJSON *content)
{
    static const char *const parts[] = {"text", "card"};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        const cJSON *part = cJSON_GetObjectItemCaseSensitive(content, parts[i]);
        cJSON_DeleteItemFromObjectCaseSensitive(message, parts[i]);
        if (part)
            cJSON_AddItemToObject(message, parts[i], cJSON_Duplicate(part, true));
    }
    leave_out_asking(message);
}

cJSON *room_add(struct console *c, struct room *room, const char *from, const char *key, const cJSON *content)
{
    char id[64];
    cJSON *messages = room_messages(c, room), *message = cJSON_CreateObject();
    snprintf(id, sizeof(id), "m%llx-%llu", (unsigned long long)c->boot, (unsigned long long)++c->counter);
    cJSON_AddStringToObject(message, "event", "message");
    cJSON_AddStringToObject(message, "room", room->name);
    cJSON_AddStringToObject(message, "id", id);
    cJSON_AddNumberToObject(message, "at", now_ms());
    cJSON_AddNumberToObject(message, "seq", (double)room->next++);
    cJSON_AddStringToObject(message, "from", from);
    if (key)
        cJSON_AddStringToObject(message, "key", key);
    message_fill(message, content);
    cJSON_AddItemToArray(messages, message);
    while (cJSON_GetArraySize(messages) > c->history)
        cJSON_DeleteItemFromArray(messages, 0);
    return message;
}
