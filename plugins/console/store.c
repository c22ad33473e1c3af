#include "store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/json.h>

#include "message.h"

#define VALUE_BYTES 65536
#define KEY_BYTES   200

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

static void keep(const struct tocsin_host *host, struct key key, const cJSON *value)
{
    char *text = cJSON_PrintUnformatted(value);
    if (text)
        host->keep(host->ctx, key.text, text, strlen(text));
    free(text);
}

static cJSON *get(const struct tocsin_host *host, struct key key)
{
    char *text = malloc(VALUE_BYTES);
    int64_t n = text ? host->get(host->ctx, key.text, text, VALUE_BYTES) : -1;
    cJSON *value = n > 0 && n <= VALUE_BYTES ? kit_json_parse(text, (size_t)n) : NULL;
    free(text);
    return value;
}

void store_keep_names(const struct tocsin_host *host, size_t number, const cJSON *names)
{
    keep(host, names_key(number), names);
}

void store_keep_room(const struct tocsin_host *host, const char *name, const cJSON *room)
{
    keep(host, room_key(name), room);
}

void store_keep_message(const struct tocsin_host *host, const char *room, const cJSON *message)
{
    keep(host, message_key(room, message_seq(message)), message);
}

cJSON *store_get_names(const struct tocsin_host *host, size_t number)
{
    return get(host, names_key(number));
}

cJSON *store_get_room(const struct tocsin_host *host, const char *name)
{
    return get(host, room_key(name));
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
        cJSON *one = get(host, message_key(room, slot));
        empty = one ? 0 : empty + 1;
        if (cJSON_IsObject(one))
            found[n++] = one;
        else
            cJSON_Delete(one);
    }
    qsort(found, n, sizeof(found[0]), by_seq);
    return n;
}
