#include "intake/group_affected.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "intake/sketch.h"

#define INDEX_SLOTS 32768 /* a power of two, three times AFFECTED_EXACT */
#define TEXT_STEP   4096  /* bytes that the texts of a crowd grow by; and rows: */
#define ROW_STEP    256

struct group_customer {
    uint64_t hash;        /* of the key in lower case */
    uint32_t text;        /* where its key begins; the name follows it, "" if it is the key */
    uint32_t count;       /* alerts; stays at UINT32_MAX */
    uint32_t since, last; /* seconds since 1970 */
};

struct group_crowd {
    uint16_t index[INDEX_SLOTS]; /* by hash: row, from 1; 0: free */
    bool changed[AFFECTED_PAGES];
    bool sketch_changed;
    uint8_t *sketch; /* of all customers, once they are more than AFFECTED_EXACT; NULL: they are not */
};

_Static_assert(INDEX_SLOTS > AFFECTED_EXACT && AFFECTED_EXACT < UINT16_MAX, "every customer has a slot");

static const char *key_of(const struct group_affected *a, const struct group_customer *c)
{
    return a->text + c->text;
}

/* ---- finding ---- */

typedef int key_order(const char *a, const char *b); /* strcmp; strcasecmp: in any case */

static uint64_t hash_of(const char *key)
{
    char lower[ALERT_CUSTOMER];
    size_t n = 0;
    for (; key[n] && n < sizeof(lower); n++)
        lower[n] = (char)tolower((unsigned char)key[n]);
    return map_hash(lower, n);
}

static uint16_t *slot_of(const struct group_affected *a, uint64_t hash, const char *key, key_order *order)
{
    size_t i = hash & (INDEX_SLOTS - 1);
    for (; a->crowd->index[i]; i = (i + 1) & (INDEX_SLOTS - 1)) {
        const struct group_customer *c = &a->v[a->crowd->index[i] - 1];
        if (c->hash == hash && order(key_of(a, c), key) == 0)
            break;
    }
    return &a->crowd->index[i];
}

static struct group_customer *find(const struct group_affected *a, uint64_t hash, const char *key,
                                   key_order *order)
{
    if (a->crowd) {
        uint16_t row = *slot_of(a, hash, key, order);
        return row ? &a->v[row - 1] : NULL;
    }
    for (size_t i = 0; i < a->n; i++) {
        if (a->v[i].hash == hash && order(key_of(a, &a->v[i]), key) == 0)
            return &a->v[i];
    }
    return NULL;
}

/* ---- adding ---- */

static void gather_crowd(struct group_affected *a)
{
    a->crowd = xcalloc(1, sizeof(*a->crowd));
    for (size_t i = 0; i < a->n; i++)
        *slot_of(a, a->v[i].hash, key_of(a, &a->v[i]), strcmp) = (uint16_t)(i + 1);
    memset(a->crowd->changed, true, sizeof(a->crowd->changed));
}

/* Few customers need little room; a crowd grows in steps, since doubling would waste up to half. */
static void make_room(struct group_affected *a, size_t text)
{
    if (!a->v || a->n == a->cap) {
        a->cap = (uint16_t)(a->cap < AFFECTED_FEW ? MAX(a->cap * 2, 1) : a->cap + ROW_STEP);
        a->v = xrealloc(a->v, a->cap, sizeof(*a->v));
    }
    if (a->text_len + text > a->text_cap) {
        size_t step = a->n < AFFECTED_FEW ? a->text_len / 2 : TEXT_STEP;
        a->text_cap = (uint32_t)(a->text_len + text + step);
        a->text = xrealloc(a->text, a->text_cap, 1);
    }
}

static uint32_t add_text(struct group_affected *a, const char *key, const char *name)
{
    uint32_t at = a->text_len;
    size_t key_bytes = strlen(key) + 1, name_bytes = strlen(name) + 1;
    memcpy(a->text + at, key, key_bytes);
    memcpy(a->text + at + key_bytes, name, name_bytes);
    a->text_len += (uint32_t)(key_bytes + name_bytes);
    return at;
}

static struct group_customer *add(struct group_affected *a, uint64_t hash, const char *key, const char *name)
{
    if (strcmp(name, key) == 0)
        name = "";
    make_room(a, strlen(key) + strlen(name) + 2);
    struct group_customer *c = &a->v[a->n];
    *c = (struct group_customer){.hash = hash, .text = add_text(a, key, name)};
    a->n++;
    if (a->crowd)
        *slot_of(a, hash, key, strcmp) = a->n;
    else if (a->n > AFFECTED_FEW)
        gather_crowd(a);
    return c;
}

/* Nobody else is told apart. The sketch counts whom it has not seen. */
static bool count_others(struct group_affected *a, const char *key, int64_t count)
{
    struct group_crowd *crowd = a->crowd;
    a->more += count;
    if (!crowd->sketch) {
        crowd->sketch = xcalloc(1, SKETCH_BYTES);
        for (size_t i = 0; i < a->n; i++)
            sketch_add(crowd->sketch, key_of(a, &a->v[i]));
    }
    bool new = sketch_add(crowd->sketch, key);
    crowd->sketch_changed |= new;
    return new;
}

static void count_one(struct group_affected *a, struct group_customer *c, int64_t count, uint32_t now)
{
    int64_t sum = c->count + MIN(count, (int64_t)UINT32_MAX);
    c->count = (uint32_t)MIN(sum, (int64_t)UINT32_MAX);
    c->last = now;
    if (a->crowd)
        a->crowd->changed[(size_t)(c - a->v) / AFFECTED_PAGE] = true;
}

bool group_affect(struct group *group, const char *key, const char *name, int64_t count, instant now)
{
    struct group_affected *a = &group->affected;
    uint64_t hash = hash_of(key);
    uint32_t second = (uint32_t)(now / SECOND);
    struct group_customer *c = find(a, hash, key, strcasecmp);
    bool new = !c;
    if (!c && a->n == AFFECTED_EXACT) {
        new = count_others(a, key, count);
    } else {
        c = c ? c : add(a, hash, key, name);
        c->since = new ? second : c->since;
        count_one(a, c, count, second);
    }
    group->upkeep.changed |= new;
    return new;
}

/* Exactly as it is stored: an older version told keys in other cases apart, and the pages would shift. */
void group_affected_load(struct group *group, const struct affected *customer)
{
    struct group_affected *a = &group->affected;
    uint64_t hash = hash_of(customer->key);
    if (a->n == AFFECTED_EXACT || find(a, hash, customer->key, strcmp))
        return;
    struct group_customer *c = add(a, hash, customer->key, customer->name);
    c->count = (uint32_t)MIN(MAX(customer->count, 0), (int64_t)UINT32_MAX);
    c->since = (uint32_t)(MAX(customer->since, 0) / SECOND);
    c->last = (uint32_t)(MAX(customer->last, 0) / SECOND);
}

void group_affected_finish(struct group *group)
{
    struct group_affected *a = &group->affected;
    if (a->crowd)
        free(a->crowd->sketch);
    free(a->crowd);
    free(a->text);
    free(a->v);
}

void group_affected_clear(struct group *group)
{
    group_affected_finish(group);
    group->affected = (struct group_affected){0};
    group->upkeep.changed = true;
}

/* ---- reading ---- */

struct affected group_affected_at(const struct group *group, size_t i)
{
    const struct group_affected *a = &group->affected;
    const struct group_customer *c = &a->v[i];
    const char *key = key_of(a, c), *name = key + strlen(key) + 1;
    return (struct affected){key,      *name ? name : key, c->since * SECOND, c->last * SECOND,
                             c->count, group->fingerprint};
}

bool group_affected_find(const struct group *group, const char *key, struct affected *ret)
{
    const struct group_affected *a = &group->affected;
    const struct group_customer *c = find(a, hash_of(key), key, strcasecmp);
    if (c)
        *ret = group_affected_at(group, (size_t)(c - a->v));
    return c;
}

bool group_affected_is_crowd(const struct group *group)
{
    return group->affected.crowd;
}

const uint8_t *group_affected_registers(const struct group *group)
{
    return group->affected.crowd ? group->affected.crowd->sketch : NULL;
}

bool group_affected_estimated(const struct group *group)
{
    return group_affected_registers(group);
}

int64_t group_affected_count(const struct group *group)
{
    int64_t n = group->affected.n;
    return group_affected_estimated(group) ? MAX(sketch_estimate(group->affected.crowd->sketch), n + 1) : n;
}

size_t group_affected_bytes(const struct group *group)
{
    const struct group_affected *a = &group->affected;
    size_t bytes = a->cap * sizeof(*a->v) + a->text_cap + (a->n ? 32 : 0);
    if (a->crowd)
        bytes += sizeof(*a->crowd) + (a->crowd->sketch ? SKETCH_BYTES : 0);
    return bytes;
}

/* ---- pages ---- */

size_t group_affected_pages(const struct group *group)
{
    return ((size_t)group->affected.n + AFFECTED_PAGE - 1) / AFFECTED_PAGE;
}

bool group_affected_page_changed(const struct group *group, size_t page)
{
    return group->affected.crowd && group->affected.crowd->changed[page];
}

void group_affected_encode(const struct group *group, size_t page, struct json_out *j)
{
    json_begin_array(j);
    for (size_t i = page * AFFECTED_PAGE; i < MIN((page + 1) * AFFECTED_PAGE, group->affected.n); i++) {
        struct affected c = group_affected_at(group, i);
        json_begin_object(j);
        json_put_text(j, "key", c.key);
        if (c.name != c.key)
            json_put_text(j, "name", c.name);
        json_put_int(j, "since", c.since);
        json_put_int(j, "last", c.last);
        json_put_int(j, "count", c.count);
        json_end_object(j);
    }
    json_end_array(j);
}

void group_affected_decode(struct group *group, const cJSON *page)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, page)
    {
        const char *key = json_text_or(row, "key", ""), *name = json_text_or(row, "name", key);
        if (*key && strlen(key) <= ALERT_CUSTOMER && strlen(name) <= ALERT_CUSTOMER)
            group_affected_load(group, &(struct affected){key, name, json_int_or(row, "since", 0),
                                                          json_int_or(row, "last", 0),
                                                          json_int_or(row, "count", 0), 0});
    }
}

void group_affected_stored(struct group *group, bool stored)
{
    struct group_crowd *crowd = group->affected.crowd;
    if (!crowd)
        return;
    memset(crowd->changed, !stored, sizeof(crowd->changed));
    crowd->sketch_changed = !stored;
}

char *group_affected_sketch(const struct group *group)
{
    const struct group_crowd *crowd = group->affected.crowd;
    return crowd && crowd->sketch && crowd->sketch_changed ? sketch_encode(crowd->sketch) : NULL;
}

void group_affected_load_sketch(struct group *group, const char *text)
{
    struct group_affected *a = &group->affected;
    if (!a->crowd)
        return;
    uint8_t *sketch = xcalloc(1, SKETCH_BYTES);
    bool is = sketch_decode(text, sketch);
    if (is)
        free(a->crowd->sketch), a->crowd->sketch = steal(sketch);
    free(sketch);
}
