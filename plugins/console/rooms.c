#include "rooms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/text.h>

#include "message.h"
#include "store.h"

/* ---- by name and by key ---- */

static struct room *look_up(struct hsearch_data *table, const char *text)
{
    ENTRY *found;
    ENTRY wanted = {.key = (char *)(uintptr_t)text};
    return text && hsearch_r(wanted, FIND, &found, table) ? found->data : NULL;
}

static void note(struct hsearch_data *table, char *text, struct room *room)
{
    ENTRY *found;
    if (text)
        hsearch_r((ENTRY){text, room}, ENTER, &found, table);
}

struct room *rooms_find(struct rooms *rooms, const char *name)
{
    return look_up(&rooms->by_name, name);
}

/* ---- what a room is ---- */

static void room_destroy(struct room *room)
{
    free(room->name);
    free(room->topic);
    free(room->key);
    cJSON_Delete(room->members);
    cJSON_Delete(room->messages);
    free(room);
}

struct room *rooms_open(struct rooms *rooms, const struct room_wish *wish)
{
    struct room *room = look_up(&rooms->by_key, wish->key);
    char clean[NAME_BYTES], name[NAME_BYTES + 16];
    if (room || rooms->n == ROOMS_MOST || !kit_clean_name(wish->name, clean, sizeof(clean)))
        return room;
    snprintf(name, sizeof(name), "%s", clean);
    for (int i = 2; rooms_find(rooms, name); i++)
        snprintf(name, sizeof(name), "%s-%d", clean, i);
    room = calloc(1, sizeof(*room));
    *room = (struct room){.name = strdup(name),
                          .topic = wish->topic ? strdup(wish->topic) : NULL,
                          .key = wish->key ? strdup(wish->key) : NULL,
                          .number = rooms->n,
                          .private = wish->private,
                          .messages = cJSON_CreateArray()};
    room->members = cJSON_IsArray(wish->members) ? cJSON_Duplicate(wish->members, true) : cJSON_CreateArray();
    rooms->v[rooms->n++] = room;
    note(&rooms->by_name, room->name, room);
    note(&rooms->by_key, room->key, room);
    return room;
}

void rooms_keep(struct rooms *rooms, const struct room *room)
{
    cJSON *value = kit_json_texts("topic", room->topic, "key", room->key, NULL);
    cJSON_AddBoolToObject(value, "private", room->private);
    cJSON_AddBoolToObject(value, "archived", room->archived);
    cJSON_AddItemToObject(value, "members", cJSON_Duplicate(room->members, true));
    store_keep_room(rooms->host, room->name, value);
    cJSON_Delete(value);
}

void rooms_keep_new(struct rooms *rooms, const struct room *room)
{
    cJSON *names = cJSON_CreateArray();
    size_t number = room->number / STORE_NAMES;
    for (size_t i = number * STORE_NAMES; i < rooms->n && i < (number + 1) * STORE_NAMES; i++)
        cJSON_AddItemToArray(names, cJSON_CreateString(rooms->v[i]->name));
    rooms_keep(rooms, room);
    store_keep_names(rooms->host, number, names);
    cJSON_Delete(names);
}

/* ---- members ---- */

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

/* ---- messages ---- */

static void load_messages(struct rooms *rooms, struct room *room)
{
    cJSON *found[STORE_SLOTS];
    size_t n = store_get_messages(rooms->host, room->name, found);
    room->next = n ? message_seq(found[n - 1]) + 1 : 0;
    for (size_t i = 0; i < n; i++) {
        if (n - i <= (size_t)rooms->history)
            cJSON_AddItemToArray(room->messages, found[i]);
        else
            cJSON_Delete(found[i]);
    }
    room->unread = false;
}

static cJSON *messages_of(struct rooms *rooms, struct room *room)
{
    if (room->unread)
        load_messages(rooms, room);
    return room->messages;
}

const cJSON *room_messages(struct rooms *rooms, struct room *room)
{
    return messages_of(rooms, room);
}

cJSON *room_add(struct rooms *rooms, struct room *room, const char *id, const char *from, const char *key,
                const cJSON *content)
{
    cJSON *messages = messages_of(rooms, room);
    cJSON *message = message_create(room->name, id, room->next++, from, key, content);
    cJSON_AddItemToArray(messages, message);
    while (cJSON_GetArraySize(messages) > rooms->history)
        cJSON_DeleteItemFromArray(messages, 0);
    return message;
}

cJSON *room_find(struct rooms *rooms, struct room *room, const char *member, const char *value)
{
    cJSON *message;
    cJSON_ArrayForEach(message, messages_of(rooms, room))
    {
        if (value && strcmp(kit_json_text(message, member), value) == 0)
            return message;
    }
    return NULL;
}

/* The newest message gives its slot back, so that the store has no hole. */
void room_drop(struct rooms *rooms, struct room *room, const char *id)
{
    cJSON *message = room_find(rooms, room, "id", id);
    if (!message)
        return;
    room->next -= message_seq(message) == room->next - 1;
    cJSON_Delete(cJSON_DetachItemViaPointer(room->messages, message));
}

void room_keep(struct rooms *rooms, const struct room *room, const cJSON *message)
{
    store_keep_message(rooms->host, room->name, message);
}

/* ---- all of them ---- */

void rooms_init(struct rooms *rooms, const struct tocsin_host *host, int64_t history)
{
    *rooms = (struct rooms){.host = host, .history = history};
    if (!hcreate_r(2 * ROOMS_MOST, &rooms->by_name) || !hcreate_r(2 * ROOMS_MOST, &rooms->by_key))
        abort(); /* no memory: the core starts this process again */
}

static void load_room(struct rooms *rooms, const char *name, const char *topic)
{
    cJSON *value = store_get_room(rooms->host, name);
    struct room *room = rooms_open(rooms, &(struct room_wish){.name = name,
                                                              .topic = kit_json_text_or(value, "topic", topic),
                                                              .private = kit_json_true(value, "private"),
                                                              .members = kit_json_member(value, "members"),
                                                              .key = kit_json_text_or(value, "key", NULL)});
    if (room) {
        room->archived = kit_json_true(value, "archived");
        room->unread = true;
    }
    cJSON_Delete(value);
}

static void load_named(struct rooms *rooms, const cJSON *names)
{
    const cJSON *name;
    cJSON_ArrayForEach(name, names)
    {
        if (cJSON_IsString(name) && !rooms_find(rooms, name->valuestring))
            load_room(rooms, name->valuestring, NULL);
    }
}

void rooms_load(struct rooms *rooms, const char *name, const char *topic)
{
    cJSON *names;
    for (size_t i = 0; i <= ROOMS_MOST / STORE_NAMES && (names = store_get_names(rooms->host, i)); i++) {
        load_named(rooms, names);
        cJSON_Delete(names);
    }
    if (!rooms_find(rooms, name))
        load_room(rooms, name, topic);
}

void rooms_finish(struct rooms *rooms)
{
    for (size_t i = 0; i < rooms->n; i++)
        room_destroy(rooms->v[i]);
    hdestroy_r(&rooms->by_name);
    hdestroy_r(&rooms->by_key);
    rooms->n = 0;
}
