/*
 * heap - an intrusive binary heap in the caller's order. Adding, removing and moving any element is O(log n), since each
 * element knows its place. The heap owns its array, but no element.
 */
#ifndef TOCSIN_BASE_HEAP_H
#define TOCSIN_BASE_HEAP_H

#include <stdbool.h>
#include <stddef.h>

struct heap_node {
    size_t place; /* from 1; 0: not in a heap */
};

struct heap {
    struct heap_node **v; /* v[1] is the first; the children of i are 2i and 2i + 1 */
    size_t n, cap;
    bool (*before)(const struct heap_node *a, const struct heap_node *b); /* a strict order */
};

void heap_init(struct heap *heap, bool (*before)(const struct heap_node *, const struct heap_node *));
void heap_finish(struct heap *heap);

void heap_add(struct heap *heap, struct heap_node *node);    /* node must not be in a heap */
void heap_remove(struct heap *heap, struct heap_node *node); /* node must be in this heap */
void heap_moved(struct heap *heap, struct heap_node *node);  /* call after its sort key has changed */

static inline struct heap_node *heap_first(const struct heap *heap) /* NULL: empty */
{
    return heap->n ? heap->v[1] : NULL;
}

#endif
