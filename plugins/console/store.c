#include "store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/store.h>

#include "message.h"

#define KEY_BYTES 200

struct key {
    char text[KEY_BYTES];
};

static struct key names_key(size_t number)
{
    struct key key;
    snprintf(key.text, sizeof(key.text), "rooms:%zu", number);
    return key;
}

static struct key room_key(const char *name)
{
    struct key key;
    snprintf(key.text, sizeof(key.text), "room:%s", name);
    return key;
}

static struct key message_key(const char *room, int64_t seq)
{
    struct key key;
    snprintf(key.text, sizeof(key.text), "message:%s:%d", room, (int)(seq % STORE_SLOTS));
    return key;
}

void store_keep_names(const struct tocsin_host *host, size_t number, const cJSON *names)
{
    kit_keep(host, names_key(number).text, names);
}

void store_keep_room(const struct tocsin_host *host, const char *name, const cJSON *room)
{
    kit_keep(host, room_key(name).text, room);
}

void store_keep_message(const struct tocsin_host *host, const char *room, const cJSON *message)
{
    kit_keep(host, message_key(room, message_seq(message)).text, message);
}

cJSON *store_get_names(const struct tocsin_host *host, size_t number)
{
    return kit_get(host, names_key(number).text);
}

cJSON *store_get_room(const struct tocsin_host *host, const char *name)
{
    return kit_get(host, room_key(name).text);
}

static int by_seq(const void *a, const void *b)
{
    int64_t x = message_seq(*(cJSON *const *)a), y = message_seq(*(cJSON *const *)b);
    return (x > y) - (x < y);
}

/* Slots fill in order, so an empty one is the end. But a crash, or a message that the core did not take, may leave a single slot
   empty before one that is filled: so only two in a row are the end. */
size_t store_get_messages(const struct tocsin_host *host, const char *room, cJSON *found[STORE_SLOTS])
{
    size_t n = 0;
    for (int64_t slot = 0, empty = 0; slot < STORE_SLOTS && empty < 2; slot++) {
        cJSON *one = kit_get(host, message_key(room, slot).text);
        empty = one ? 0 : empty + 1;
        if (cJSON_IsObject(one))
            found[n++] = one;
        else
            cJSON_Delete(one);
    }
    qsort(found, n, sizeof(found[0]), by_seq);
    return n;
}
