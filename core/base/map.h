/*
 * map - a hash map from text to a pointer. The map copies its keys and owns no value.
 *
 * Open addressing, and SipHash-2-4 with a random key set at start (map_seed), so that nobody outside can choose
 * colliding keys. The order of iteration is unspecified; sort where the result must be deterministic.
 */
#ifndef TOCSIN_BASE_MAP_H
#define TOCSIN_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_slot {
    char *key; /* NULL: free */
    void *value;
    uint64_t hash;
};

struct map {
    struct map_slot *slots;
    size_t n, cap; /* cap is 0 or a power of two; n < cap * 3/4 */
};

/* Sets the process-wide hash key; 16 bytes. Call once before the first map exists (tests may skip it). */
void map_seed(const uint8_t key[16]);
uint64_t map_hash(const void *bytes, size_t n);
/* A quicker one, also keyed, for a hash that nobody outside can see: goes on from `hash`, which begins as 0. */
uint64_t map_hash_on(uint64_t hash, const void *bytes, size_t n);

void map_finish(struct map *m);                             /* frees the keys; m may be {0} */
void *map_get(const struct map *m, const char *key);        /* NULL when absent */
void *map_put(struct map *m, const char *key, void *value); /* returns the value replaced, or NULL */
void *map_remove(struct map *m, const char *key);           /* returns the value removed, or NULL */

/* for (size_t i = 0; (slot = map_next(&m, &i)); ) … Do not change the map during the loop. */
struct map_slot *map_next(const struct map *m, size_t *position);

#endif
