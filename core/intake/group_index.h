/*
 * group_index - finds the group of a fingerprint: open addressing with the fingerprint in the slot, so that a miss
 * touches no group. It owns the slots, but not the groups. The place of a fingerprint depends on a secret, since
 * senders choose fingerprints.
 */
#ifndef TOCSIN_INTAKE_GROUP_INDEX_H
#define TOCSIN_INTAKE_GROUP_INDEX_H

#include <stddef.h>
#include <stdint.h>

struct group;

struct group_slot {
    uint64_t fingerprint;
    struct group *group; /* NULL: free */
};

struct group_index {
    struct group_slot *slots;
    size_t n, cap; /* cap is 0 or a power of two; n < cap * 3/4 */
    uint64_t secret[2];
};

void group_index_finish(struct group_index *index);
struct group *group_index_get(const struct group_index *index, uint64_t fingerprint); /* NULL: absent */
const struct group_slot *group_index_slot(const struct group_index *index,
                                          uint64_t fingerprint);      /* where the search begins */
void group_index_put(struct group_index *index, struct group *group); /* it must be absent */
void group_index_remove(struct group_index *index, uint64_t fingerprint);
/* The group at a random place, or the next one after it; NULL when the index is empty. */
struct group *group_index_pick(const struct group_index *index, uint64_t random);

#endif
