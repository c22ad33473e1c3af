/* Rooms and their messages, kept in the host's store so that they survive a restart. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "console.h"

#define STORE_BYTES 60000 /* of a room's JSON; older messages go first */

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

static const char *text_or(const cJSON *object, const char *key, const char *fallback)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsString(member) ? member->valuestring : fallback;
}

static char *copy(const char *text)
{
    return text ? strdup(text) : NULL;
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

static char *room_json(const struct room *room)
{
    cJSON *doc = cJSON_CreateObject();
    cJSON_AddStringToObject(doc, "name", room->name);
    if (room->topic)
        cJSON_AddStringToObject(doc, "topic", room->topic);
    if (room->key)
        cJSON_AddStringToObject(doc, "key", room->key);
    cJSON_AddBoolToObject(doc, "private", room->private);
    cJSON_AddItemReferenceToObject(doc, "members", room->members);
    cJSON_AddItemReferenceToObject(doc, "messages", room->messages);
    char *text = cJSON_PrintUnformatted(doc);
    cJSON_Delete(doc);
    return text;
}

static void save_index(struct console *c)
{
    cJSON *names = cJSON_CreateArray();
    for (size_t i = 0; i < c->n_rooms; i++)
        cJSON_AddItemToArray(names, cJSON_CreateString(c->rooms[i]->name));
    char *text = cJSON_PrintUnformatted(names);
    size_t n = strlen(text);
    if (n <= STORE_BYTES)
        c->host->put(c->host->ctx, "rooms", text, n);
    free(text);
    cJSON_Delete(names);
}

int room_save(struct console *c, const struct room *room)
{
    char key[256];
    char *text = room_json(room);
    while (strlen(text) > STORE_BYTES && cJSON_GetArraySize(room->messages) > 1) {
        cJSON_DeleteItemFromArray(room->messages, 0);
        free(text);
        text = room_json(room);
    }
    snprintf(key, sizeof(key), "room:%.180s", room->name);
    int rc = c->host->put(c->host->ctx, key, text, strlen(text));
    free(text);
    return rc;
}

static void load_room(struct console *c, const char *name)
{
    char key[256], *value = malloc(STORE_BYTES + 1);
    snprintf(key, sizeof(key), "room:%.180s", name);
    int64_t n = value ? c->host->get(c->host->ctx, key, value, STORE_BYTES) : -1;
    cJSON *doc = n > 0 && n <= STORE_BYTES ? cJSON_ParseWithLength(value, (size_t)n) : NULL;
    free(value);
    struct room *room = room_open(c, name, text_or(doc, "topic", NULL),
                                  cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(doc, "private")),
                                  cJSON_GetObjectItemCaseSensitive(doc, "members"), text_or(doc, "key", NULL));
    cJSON *messages = cJSON_DetachItemFromObjectCaseSensitive(doc, "messages");
    if (room && cJSON_IsArray(messages)) {
        cJSON_Delete(room->messages);
        room->messages = messages;
    } else {
        cJSON_Delete(messages);
    }
    cJSON_Delete(doc);
}

void rooms_load(struct console *c)
{
    char *value = malloc(STORE_BYTES);
    int64_t n = value ? c->host->get(c->host->ctx, "rooms", value, STORE_BYTES) : -1;
    cJSON *names = n > 0 && n <= STORE_BYTES ? cJSON_ParseWithLength(value, (size_t)n) : NULL;
    const cJSON *name;
    cJSON_ArrayForEach(name, names)
    {
        if (cJSON_IsString(name))
            load_room(c, name->valuestring);
    }
    cJSON_Delete(names);
    free(value);
    if (!room_find(c, c->default_room))
        room_open(c, c->default_room, "Where incidents are announced", false, NULL, NULL);
}

/* A name that is taken gets a number; the same action opens the same room however often it is asked. */
struct room *room_open(struct console *c, const char *name, const char *topic, bool private,
                       const cJSON *members, const char *key)
{
    struct room *room = room_of_key(c, key);
    char free_name[NAME_BYTES + 16];
    if (room || c->n_rooms == ROOMS_MOST)
        return room;
    snprintf(free_name, sizeof(free_name), "%.*s", NAME_BYTES, name);
    for (int i = 2; room_find(c, free_name); i++)
        snprintf(free_name, sizeof(free_name), "%.*s-%d", NAME_BYTES, name, i);
    room = calloc(1, sizeof(*room));
    *room = (struct room){.name = copy(free_name), .topic = copy(topic), .key = copy(key), .private = private};
    room->members = cJSON_IsArray(members) ? cJSON_Duplicate(members, true) : cJSON_CreateArray();
    room->messages = cJSON_CreateArray();
    c->rooms[c->n_rooms++] = room;
    save_index(c);
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

void room_invite(struct console *c, struct room *room, const char *user)
{
    if (is_in(room->members, user))
        return;
    cJSON_AddItemToArray(room->members, cJSON_CreateString(user));
    room_save(c, room);
}

cJSON *room_message(struct room *room, const char *member, const char *value)
{
    cJSON *message;
    cJSON_ArrayForEach(message, room->messages)
    {
        if (value && strcmp(text_or(message, member, ""), value) == 0)
            return message;
    }
    return NULL;
}

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec * 1000 + (double)(t.tv_nsec / 1000000);
}

const char *room_add(struct console *c, struct room *room, const char *from, const char *key,
                     const cJSON *content)
{
    char id[64];
    snprintf(id, sizeof(id), "m%llx-%llu", (unsigned long long)c->boot, (unsigned long long)++c->counter);
    cJSON *message = cJSON_CreateObject();
    cJSON_AddStringToObject(message, "event", "message");
    cJSON_AddStringToObject(message, "room", room->name);
    cJSON_AddStringToObject(message, "id", id);
    cJSON_AddNumberToObject(message, "at", now_ms());
    cJSON_AddStringToObject(message, "from", from);
    if (key)
        cJSON_AddStringToObject(message, "key", key);
    for (int i = 0; i < 2; i++) {
        const char *member = i ? "card" : "text";
        const cJSON *part = cJSON_GetObjectItemCaseSensitive(content, member);
        if (part)
            cJSON_AddItemToObject(message, member, cJSON_Duplicate(part, true));
    }
    cJSON_AddItemToArray(room->messages, message);
    while (cJSON_GetArraySize(room->messages) > c->history)
        cJSON_DeleteItemFromArray(room->messages, 0);
    return text_or(message, "id", "");
}
