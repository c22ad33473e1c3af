/*
 * Rooms in the host's store, so that they survive a restart:
 *
 *   rooms:N            names, INDEX_NAMES a value, in the order they were opened
 *   room:NAME          what a room is, without its messages
 *   message:NAME:SLOT  one message; its slot is its number modulo SLOTS, so a new one takes the place of the oldest
 *
 * So a message costs one small write, and messages are read only for rooms that somebody enters.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"

#define VALUE_BYTES 65536
#define KEY_BYTES   200
#define INDEX_NAMES 400

static int put(struct console *c, const char *key, cJSON *value)
{
    char *text = cJSON_PrintUnformatted(value);
    size_t n = text ? strlen(text) : 0;
    /* One that is too long for the store is kept in memory only: better than asking for it again and again. */
    int rc = text && n <= VALUE_BYTES ? c->host->put(c->host->ctx, key, text, n) : 0;
    free(text);
    cJSON_Delete(value);
    return rc;
}

/* The caller deletes it; NULL: there is none. */
static cJSON *get(struct console *c, const char *key)
{
    char *text = malloc(VALUE_BYTES);
    int64_t n = text ? c->host->get(c->host->ctx, key, text, VALUE_BYTES) : -1;
    cJSON *value = n > 0 && n <= VALUE_BYTES ? cJSON_ParseWithLength(text, (size_t)n) : NULL;
    free(text);
    return value;
}

int store_room(struct console *c, const struct room *room)
{
    char key[KEY_BYTES];
    cJSON *doc = cJSON_CreateObject();
    if (room->topic)
        cJSON_AddStringToObject(doc, "topic", room->topic);
    if (room->key)
        cJSON_AddStringToObject(doc, "key", room->key);
    cJSON_AddBoolToObject(doc, "private", room->private);
    cJSON_AddBoolToObject(doc, "archived", room->archived);
    cJSON_AddItemToObject(doc, "members", cJSON_Duplicate(room->members, true));
    snprintf(key, sizeof(key), "room:%s", room->name);
    return put(c, key, doc);
}

int store_index(struct console *c)
{
    char key[KEY_BYTES];
    size_t last =
        c->n_rooms ? (c->n_rooms - 1) / INDEX_NAMES : 0; /* the values before it do not change any more */
    cJSON *names = cJSON_CreateArray();
    for (size_t i = last * INDEX_NAMES; i < c->n_rooms; i++)
        cJSON_AddItemToArray(names, cJSON_CreateString(c->rooms[i]->name));
    snprintf(key, sizeof(key), "rooms:%zu", last);
    return put(c, key, names);
}

static void slot_key(const struct room *room, int64_t seq, char key[KEY_BYTES])
{
    snprintf(key, KEY_BYTES, "message:%s:%lld", room->name, (long long)(seq % SLOTS));
}

static int64_t seq_of(const cJSON *message)
{
    const cJSON *seq = cJSON_GetObjectItemCaseSensitive(message, "seq");
    return cJSON_IsNumber(seq) && seq->valuedouble >= 0 ? (int64_t)seq->valuedouble : 0;
}

int store_message(struct console *c, const struct room *room, const cJSON *message)
{
    char key[KEY_BYTES];
    slot_key(room, seq_of(message), key);
    return put(c, key, cJSON_Duplicate(message, true));
}

static void load_room(struct console *c, const char *name)
{
    char key[KEY_BYTES];
    snprintf(key, sizeof(key), "room:%s", name);
    cJSON *doc = get(c, key);
    struct room *room =
        room_open(c, name, member_text(doc, "topic", NULL),
                  cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(doc, "private")),
                  cJSON_GetObjectItemCaseSensitive(doc, "members"), member_text(doc, "key", NULL));
    if (room)
        room->archived = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(doc, "archived"));
    cJSON_Delete(doc);
}

static void load_names(struct console *c, const cJSON *names)
{
    const cJSON *name;
    cJSON_ArrayForEach(name, names)
    {
        if (cJSON_IsString(name) && !room_find(c, name->valuestring))
            load_room(c, name->valuestring);
    }
}

void store_load_rooms(struct console *c)
{
    char key[KEY_BYTES];
    cJSON *names;
    for (size_t i = 0; i <= ROOMS_MOST / INDEX_NAMES; i++) {
        snprintf(key, sizeof(key), "rooms:%zu", i);
        names = get(c, key);
        if (!names)
            return;
        load_names(c, names);
        cJSON_Delete(names);
    }
}

static int by_seq(const void *a, const void *b)
{
    int64_t x = seq_of(*(cJSON *const *)a), y = seq_of(*(cJSON *const *)b);
    return (x > y) - (x < y);
}

void store_load_messages(struct console *c, struct room *room)
{
    cJSON *found[SLOTS], *one;
    char key[KEY_BYTES];
    size_t n = 0;
    for (int64_t slot = 0; slot < SLOTS; slot++) {
        slot_key(room, slot, key);
        one = get(c, key);
        if (!cJSON_IsObject(one)) { /* slots fill in order, so what is not there ends them */
            cJSON_Delete(one);
            break;
        }
        found[n++] = one;
    }
    qsort(found, n, sizeof(found[0]), by_seq);
    room->next = n ? seq_of(found[n - 1]) + 1 : 0;
    for (size_t i = 0; i < n; i++) {
        if (n - i <= (size_t)c->history)
            cJSON_AddItemToArray(room->messages, found[i]);
        else
            cJSON_Delete(found[i]);
    }
}
