#include "intake/group_index.h"

#include "base/mem.h"
#include "intake/group.h"

void group_index_finish(struct group_index *index)
{
    free(index->slots);
    index->slots = NULL;
    index->n = index->cap = 0;
}

static size_t place(const struct group_index *index, uint64_t fingerprint)
{
    uint64_t x = fingerprint ^ index->secret[0];
    x = (x ^ x >> 32) * (index->secret[1] | 1);
    x = (x ^ x >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
    return (size_t)(x ^ x >> 32) & (index->cap - 1);
}

/* The slot that holds it, or the free one where it would go; cap > 0. */
static size_t find(const struct group_index *index, uint64_t fingerprint)
{
    size_t i = place(index, fingerprint);
    while (index->slots[i].group && index->slots[i].fingerprint != fingerprint)
        i = (i + 1) & (index->cap - 1);
    return i;
}

struct group *group_index_get(const struct group_index *index, uint64_t fingerprint)
{
    return index->cap ? index->slots[find(index, fingerprint)].group : NULL;
}

const struct group_slot *group_index_slot(const struct group_index *index, uint64_t fingerprint)
{
    return index->cap ? &index->slots[place(index, fingerprint)] : NULL;
}

static void grow(struct group_index *index)
{
    struct group_index larger = *index;
    larger.cap = index->cap ? index->cap * 2 : 64;
    larger.slots = xcalloc(larger.cap, sizeof(*larger.slots));
    for (size_t i = 0; i < index->cap; i++)
        if (index->slots[i].group)
            larger.slots[find(&larger, index->slots[i].fingerprint)] = index->slots[i];
    free(index->slots);
    *index = larger;
}

void group_index_put(struct group_index *index, struct group *group)
{
    if (index->n + 1 >= index->cap - index->cap / 4)
        grow(index);
    index->slots[find(index, group->fingerprint)] =
        (struct group_slot){.fingerprint = group->fingerprint, .group = group};
    index->n++;
}

/* Moves later slots of the same run forward, so that no search meets a hole before its end. */
void group_index_remove(struct group_index *index, uint64_t fingerprint)
{
    if (!index->cap)
        return;
    size_t hole = find(index, fingerprint), mask = index->cap - 1;
    if (!index->slots[hole].group)
        return;
    for (size_t i = (hole + 1) & mask; index->slots[i].group; i = (i + 1) & mask) {
        size_t home = place(index, index->slots[i].fingerprint);
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            index->slots[hole] = index->slots[i];
            hole = i;
        }
    }
    index->slots[hole].group = NULL;
    index->n--;
}

struct group *group_index_pick(const struct group_index *index, uint64_t random)
{
    if (index->n == 0)
        return NULL;
    size_t i = (size_t)random & (index->cap - 1);
    while (!index->slots[i].group)
        i = (i + 1) & (index->cap - 1);
    return index->slots[i].group;
}
