#include "base/heap.h"

#include "base/mem.h"

void heap_init(struct heap *heap, bool (*before)(const struct heap_node *, const struct heap_node *))
{
    *heap = (struct heap){.before = before};
}

void heap_finish(struct heap *heap)
{
    free(heap->v);
    *heap = (struct heap){0};
}

static void put_at(struct heap *heap, size_t place, struct heap_node *node)
{
    heap->v[place] = node;
    node->place = place;
}

static void sift_up(struct heap *heap, struct heap_node *node)
{
    size_t place = node->place;
    for (; place > 1 && heap->before(node, heap->v[place / 2]); place /= 2)
        put_at(heap, place, heap->v[place / 2]);
    put_at(heap, place, node);
}

static void sift_down(struct heap *heap, struct heap_node *node)
{
    size_t place = node->place;
    for (size_t child; (child = 2 * place) <= heap->n; place = child) {
        if (child < heap->n && heap->before(heap->v[child + 1], heap->v[child]))
            child++;
        if (!heap->before(heap->v[child], node))
            break;
        put_at(heap, place, heap->v[child]);
    }
    put_at(heap, place, node);
}

void heap_add(struct heap *heap, struct heap_node *node)
{
    if (heap->n + 1 >= heap->cap) {
        heap->cap = heap->cap ? heap->cap * 2 : 16;
        heap->v = xrealloc(heap->v, heap->cap, sizeof(struct heap_node *));
    }
    put_at(heap, ++heap->n, node);
    sift_up(heap, node);
}

void heap_moved(struct heap *heap, struct heap_node *node)
{
    sift_up(heap, node);
    sift_down(heap, node);
}

void heap_remove(struct heap *heap, struct heap_node *node)
{
    struct heap_node *last = heap->v[heap->n--];
    if (last != node) {
        put_at(heap, node->place, last);
        heap_moved(heap, last);
    }
    node->place = 0;
}
