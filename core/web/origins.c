#include "web/origins.h"

#include "base/mem.h"

#define MANY 1000

/* One makes room for one. */
static void forget(struct origins *origins, int64_t now)
{
    const struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&origins->map, &i));) {
        struct origin *origin = slot->value;
        if (origin->under_way || origin->received || !allowance_is_full(&origin->allowance, now))
            continue;
        map_remove(&origins->map, slot->key);
        free(origin);
        return;
    }
}

struct origin *origins_get(struct origins *origins, const char *name, int64_t now)
{
    struct origin *origin = map_get(&origins->map, name);
    if (origin)
        return origin;
    if (origins->map.n >= MANY)
        forget(origins, now);
    origin = xcalloc(1, sizeof(*origin));
    allowance_init(&origin->allowance, now);
    list_init(&origin->ready);
    list_init(&origin->longs);
    map_put(&origins->map, name, origin);
    return origin;
}

struct list *origin_take(struct list *queue)
{
    if (list_empty(queue))
        return NULL;
    struct list *first = queue->next;
    list_remove(first);
    return first;
}

void origins_finish(struct origins *origins)
{
    const struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&origins->map, &i));)
        free(slot->value);
    map_finish(&origins->map);
}
