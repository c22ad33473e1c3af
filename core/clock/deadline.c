#include "clock/deadline.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/heap.h"
#include "base/list.h"
#include "base/map.h"
#include "base/mem.h"

struct entry {
    instant at;
    struct owner *owner;
    char *name;
    struct heap_node node; /* in the heap of all entries */
    struct list link;      /* in the list of its incident */
};

/* An incident with at least one deadline. It has only a few, so its list is searched from the start. */
struct owner {
    uint64_t incident;
    struct list entries;
};

struct deadlines {
    struct heap heap;
    struct map owners; /* by the incident's number as text */
};

#define OWNER_KEY 24

static const char *owner_key(uint64_t incident, char key[OWNER_KEY])
{
    snprintf(key, OWNER_KEY, "%" PRIu64, incident);
    return key;
}

static bool earlier(const struct heap_node *x, const struct heap_node *y)
{
    const struct entry *a = container_of(x, struct entry, node), *b = container_of(y, struct entry, node);
    if (a->at != b->at)
        return a->at < b->at;
    if (a->owner->incident != b->owner->incident)
        return a->owner->incident < b->owner->incident;
    return strcmp(a->name, b->name) < 0;
}

static struct entry *first(const struct deadlines *deadlines)
{
    struct heap_node *node = heap_first(&deadlines->heap);
    return node ? container_of(node, struct entry, node) : NULL;
}

struct deadlines *deadlines_create(void)
{
    struct deadlines *deadlines = xcalloc(1, sizeof(*deadlines));
    heap_init(&deadlines->heap, earlier);
    return deadlines;
}

static void entry_destroy(struct entry *entry)
{
    free(entry->name);
    free(entry);
}

void deadlines_destroy(struct deadlines *deadlines)
{
    if (!deadlines)
        return;
    for (struct entry *entry; (entry = first(deadlines));) {
        heap_remove(&deadlines->heap, &entry->node);
        entry_destroy(entry);
    }
    heap_finish(&deadlines->heap);
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&deadlines->owners, &i));)
        free(slot->value);
    map_finish(&deadlines->owners);
    free(deadlines);
}

/* Takes the entry out of the heap and its list. It belongs to the caller then, and its owner may be gone. */
static void detach(struct deadlines *deadlines, struct entry *entry)
{
    struct owner *owner = entry->owner;
    heap_remove(&deadlines->heap, &entry->node);
    list_remove(&entry->link);
    if (!list_empty(&owner->entries))
        return;
    char key[OWNER_KEY];
    map_remove(&deadlines->owners, owner_key(owner->incident, key));
    free(owner);
}

static struct entry *find(const struct deadlines *deadlines, uint64_t incident, const char *name)
{
    char key[OWNER_KEY];
    struct owner *owner = map_get(&deadlines->owners, owner_key(incident, key));
    if (!owner)
        return NULL;
    list_each (entry, &owner->entries, struct entry, link) {
        if (strcmp(entry->name, name) == 0)
            return entry;
    }
    return NULL;
}

static void add(struct deadlines *deadlines, uint64_t incident, const char *name, instant at)
{
    char key[OWNER_KEY];
    struct owner *owner = map_get(&deadlines->owners, owner_key(incident, key));
    if (!owner) {
        owner = xcalloc(1, sizeof(*owner));
        owner->incident = incident;
        list_init(&owner->entries);
        map_put(&deadlines->owners, key, owner);
    }
    struct entry *entry = xcalloc(1, sizeof(*entry));
    *entry = (struct entry){.at = at, .owner = owner, .name = xstrdup(name)};
    list_append(&owner->entries, &entry->link);
    heap_add(&deadlines->heap, &entry->node);
}

void deadline_set(struct deadlines *deadlines, uint64_t incident, const char *name, instant at)
{
    struct entry *entry = find(deadlines, incident, name);
    if (entry && at == 0) {
        detach(deadlines, entry);
        entry_destroy(entry);
    } else if (entry) {
        entry->at = at;
        heap_moved(&deadlines->heap, &entry->node);
    } else if (at != 0) {
        add(deadlines, incident, name, at);
    }
}

void deadlines_clear(struct deadlines *deadlines, uint64_t incident)
{
    char key[OWNER_KEY];
    struct owner *owner = map_remove(&deadlines->owners, owner_key(incident, key));
    if (!owner)
        return;
    list_each (entry, &owner->entries, struct entry, link) {
        heap_remove(&deadlines->heap, &entry->node);
        entry_destroy(entry);
    }
    free(owner);
}

instant deadlines_next(const struct deadlines *deadlines)
{
    const struct entry *entry = first(deadlines);
    return entry ? entry->at : 0;
}

size_t deadlines_count(const struct deadlines *deadlines)
{
    return deadlines->heap.n;
}

bool deadline_take(struct deadlines *deadlines, instant now, uint64_t *ret_incident, char **ret_name,
                   instant *ret_at)
{
    struct entry *entry = first(deadlines);
    if (!entry || entry->at > now)
        return false;
    *ret_incident = entry->owner->incident;
    *ret_at = entry->at;
    *ret_name = steal(entry->name);
    detach(deadlines, entry);
    entry_destroy(entry);
    return true;
}
