#include "clock/deadline.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/list.h"
#include "base/map.h"
#include "base/mem.h"

/* One deadline: in the heap at `place`, and in the list of its incident. */
struct entry {
    instant at;
    struct owner *owner;
    char *name;
    size_t place;
    struct list link;
};

/* An incident with at least one deadline. It has a handful of them, so its list is walked. */
struct owner {
    uint64_t incident;
    struct list entries;
};

struct deadlines {
    ARRAY(struct entry *) heap; /* the earliest at 0; the children of i at 2i + 1 and 2i + 2 */
    struct map owners;          /* by the incident's number as text */
};

#define OWNER_KEY 24

static const char *owner_key(uint64_t incident, char key[OWNER_KEY])
{
    snprintf(key, OWNER_KEY, "%" PRIu64, incident);
    return key;
}

struct deadlines *deadlines_create(void)
{
    return xcalloc(1, sizeof(struct deadlines));
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
    for (size_t i = 0; i < deadlines->heap.n; i++)
        entry_destroy(deadlines->heap.v[i]);
    array_free(&deadlines->heap);
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&deadlines->owners, &i));)
        free(slot->value);
    map_finish(&deadlines->owners);
    free(deadlines);
}

static bool earlier(const struct entry *a, const struct entry *b)
{
    if (a->at != b->at)
        return a->at < b->at;
    if (a->owner->incident != b->owner->incident)
        return a->owner->incident < b->owner->incident;
    return strcmp(a->name, b->name) < 0;
}

static void put_at(struct deadlines *deadlines, size_t place, struct entry *entry)
{
    deadlines->heap.v[place] = entry;
    entry->place = place;
}

static void sift_up(struct deadlines *deadlines, struct entry *entry)
{
    size_t place = entry->place;
    for (; place > 0 && earlier(entry, deadlines->heap.v[(place - 1) / 2]); place = (place - 1) / 2)
        put_at(deadlines, place, deadlines->heap.v[(place - 1) / 2]);
    put_at(deadlines, place, entry);
}

static void sift_down(struct deadlines *deadlines, struct entry *entry)
{
    size_t place = entry->place, n = deadlines->heap.n;
    for (size_t child; (child = 2 * place + 1) < n; place = child) {
        if (child + 1 < n && earlier(deadlines->heap.v[child + 1], deadlines->heap.v[child]))
            child++;
        if (!earlier(deadlines->heap.v[child], entry))
            break;
        put_at(deadlines, place, deadlines->heap.v[child]);
    }
    put_at(deadlines, place, entry);
}

/* Where an entry's instant changed, or another one was put into its place. */
static void settle(struct deadlines *deadlines, struct entry *entry)
{
    sift_up(deadlines, entry);
    sift_down(deadlines, entry);
}

static void heap_remove(struct deadlines *deadlines, struct entry *entry)
{
    struct entry *last = deadlines->heap.v[--deadlines->heap.n];
    if (last == entry)
        return;
    put_at(deadlines, entry->place, last);
    settle(deadlines, last);
}

/* Takes the entry out of everything; it is the caller's then, its owner may be gone. */
static void detach(struct deadlines *deadlines, struct entry *entry)
{
    struct owner *owner = entry->owner;
    heap_remove(deadlines, entry);
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
    *entry = (struct entry){.at = at, .owner = owner, .name = xstrdup(name), .place = deadlines->heap.n};
    list_append(&owner->entries, &entry->link);
    *array_add(&deadlines->heap) = entry;
    sift_up(deadlines, entry);
}

void deadline_set(struct deadlines *deadlines, uint64_t incident, const char *name, instant at)
{
    struct entry *entry = find(deadlines, incident, name);
    if (entry && at == 0) {
        detach(deadlines, entry);
        entry_destroy(entry);
    } else if (entry) {
        entry->at = at;
        settle(deadlines, entry);
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
        heap_remove(deadlines, entry);
        entry_destroy(entry);
    }
    free(owner);
}

instant deadlines_next(const struct deadlines *deadlines)
{
    return deadlines->heap.n ? deadlines->heap.v[0]->at : 0;
}

size_t deadlines_count(const struct deadlines *deadlines)
{
    return deadlines->heap.n;
}

bool deadline_take(struct deadlines *deadlines, instant now, uint64_t *ret_incident, char **ret_name,
                   instant *ret_at)
{
    if (deadlines->heap.n == 0 || deadlines->heap.v[0]->at > now)
        return false;
    struct entry *entry = deadlines->heap.v[0];
    *ret_incident = entry->owner->incident;
    *ret_at = entry->at;
    *ret_name = steal(entry->name);
    detach(deadlines, entry);
    entry_destroy(entry);
    return true;
}
