#include "base/map.h"

#include <sodium/crypto_shorthash.h>
#include <string.h>

#include "base/mem.h"

static uint8_t hash_key[crypto_shorthash_KEYBYTES];

void map_seed(const uint8_t key[16])
{
    memcpy(hash_key, key, sizeof(hash_key));
}

uint64_t map_hash(const void *bytes, size_t n)
{
    uint64_t hash;
    _Static_assert(sizeof(hash) == crypto_shorthash_BYTES, "a hash fits");
    crypto_shorthash((unsigned char *)&hash, bytes, n, hash_key);
    return hash;
}

/* Each step multiplies what is left of two words, and folds the product. */
uint64_t map_hash_on(uint64_t hash, const void *bytes, size_t n)
{
    uint64_t key[2];
    memcpy(key, hash_key, sizeof(key));
    hash ^= n;
    for (const uint8_t *p = bytes; n;) {
        uint64_t words[2] = {0};
        size_t step = MIN(n, sizeof(words));
        memcpy(words, p, step);
        unsigned __int128 product =
            (unsigned __int128)(words[0] ^ key[0] ^ hash) * (words[1] ^ key[1] ^ (hash << 32 | hash >> 32));
        hash = (uint64_t)product ^ (uint64_t)(product >> 64);
        p += step;
        n -= step;
    }
    return hash;
}

void map_finish(struct map *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->cap; i++)
        free(m->slots[i].key);
    free(m->slots);
    *m = (struct map){0};
}

/* The slot of the key, or the free one where it would go; cap > 0. */
static struct map_slot *find(const struct map *m, const char *key, uint64_t hash)
{
    size_t i = hash & (m->cap - 1);
    for (; m->slots[i].key; i = (i + 1) & (m->cap - 1))
        if (m->slots[i].hash == hash && strcmp(m->slots[i].key, key) == 0)
            break;
    return &m->slots[i];
}

void *map_get(const struct map *m, const char *key)
{
    if (m->n == 0)
        return NULL;
    const struct map_slot *slot = find(m, key, map_hash(key, strlen(key)));
    return slot->key ? slot->value : NULL;
}

static void grow(struct map *m)
{
    struct map larger = {.n = m->n, .cap = m->cap ? m->cap * 2 : 8};
    larger.slots = xcalloc(larger.cap, sizeof(*larger.slots));
    for (size_t i = 0; i < m->cap; i++)
        if (m->slots[i].key)
            *find(&larger, m->slots[i].key, m->slots[i].hash) = m->slots[i];
    free(m->slots);
    *m = larger;
}

void *map_put(struct map *m, const char *key, void *value)
{
    size_t length = strlen(key);
    uint64_t hash = map_hash(key, length);
    if (m->n + 1 >= m->cap - m->cap / 4)
        grow(m);
    struct map_slot *slot = find(m, key, hash);
    void *replaced = slot->value;
    if (!slot->key) {
        slot->key = xstrndup(key, length);
        slot->hash = hash;
        m->n++;
    }
    slot->value = value;
    return replaced;
}

/* Closes the gap, so that a search never has to skip markers of removed keys. */
static void close_gap(struct map *m, size_t gap)
{
    size_t mask = m->cap - 1;
    for (size_t i = (gap + 1) & mask; m->slots[i].key; i = (i + 1) & mask) {
        size_t home = m->slots[i].hash & mask;
        if (((i - home) & mask) < ((i - gap) & mask))
            continue;
        m->slots[gap] = m->slots[i];
        gap = i;
    }
    m->slots[gap] = (struct map_slot){0};
}

void *map_remove(struct map *m, const char *key)
{
    if (m->n == 0)
        return NULL;
    struct map_slot *slot = find(m, key, map_hash(key, strlen(key)));
    if (!slot->key)
        return NULL;
    void *value = slot->value;
    free(slot->key);
    close_gap(m, (size_t)(slot - m->slots));
    m->n--;
    return value;
}

struct map_slot *map_next(const struct map *m, size_t *position)
{
    while (*position < m->cap) {
        struct map_slot *slot = &m->slots[(*position)++];
        if (slot->key)
            return slot;
    }
    return NULL;
}
