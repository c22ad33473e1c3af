/*
 * map - a hash map from text to a pointer. The map copies its keys and owns no value.
 *
 * Open addressing, SipHash-2-4 with a key drawn at start (map_seed), so that nobody outside can choose
 * colliding keys. Iteration order is unspecified; whatever must be deterministic sorts.
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

void map_finish(struct map *m);                             /* frees the keys; m may be {0} */
void *map_get(const struct map *m, const char *key);        /* NULL when absent */
void *map_put(struct map *m, const char *key, void *value); /* returns the value replaced, or NULL */
void *map_remove(struct map *m, const char *key);           /* returns the value removed, or NULL */

/* for (size_t i = 0; (slot = map_next(&m, &i)); ) — do not change the map meanwhile. */
struct map_slot *map_next(const struct map *m, size_t *position);

#endif
