#include "impact/impact.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/map.h"
#include "customers/customers.h"
#include "intake/group_affected.h"
#include "intake/sketch.h"

bool impact_is_named(const struct incident *incident)
{
    return !incident->affected.total && incident->affected.customers.n < STATE_NAMED;
}

#define CROWD 1000

/* ---- gathering ---- */

struct gathering {
    struct core *core;
    const struct incident *incident;
    struct impact *impact;
    struct map seen; /* key of the directory, or else of the alert -> row, from 1 */
    uint8_t *sketch; /* of the groups that are estimated; NULL: none is */
};

static struct impact_row *row_of(struct gathering *g, const char *key, const char *name)
{
    const struct customer *record = customers_get(g->core, key);
    const char *id = record ? record->key : key;
    size_t row = (size_t)(uintptr_t)map_get(&g->seen, id);
    if (row)
        return &g->impact->rows.v[row - 1];
    struct impact_row *new = array_add(&g->impact->rows);
    *new = (struct impact_row){
        .key = xstrdup(key), .name = xstrdup(record ? customer_name(record) : name), .record = record};
    map_put(&g->seen, id, (void *)(uintptr_t)g->impact->rows.n);
    return new;
}

static bool take(void *ctx, const struct affected *customer)
{
    struct gathering *g = ctx;
    if (incident_spares(g->incident, customer->key))
        return true;
    struct impact_row *row = row_of(g, customer->key, customer->name);
    row->since = instant_earlier(row->since, customer->since);
    row->last = MAX(row->last, customer->last);
    row->count += customer->count;
    row->errors += row->latest != customer->group;
    row->latest = customer->group;
    return true;
}

static void take_sketch(void *ctx, const uint8_t *registers)
{
    struct gathering *g = ctx;
    if (!g->sketch)
        g->sketch = xcalloc(1, SKETCH_BYTES);
    sketch_merge(g->sketch, registers);
}

static void ask_parts(struct core *core, const struct incident *incident, const struct affected_reader *reader)
{
    EACH_PART(core, part, affects)
    part->affects(core, incident, reader);
}

/* Those whom the state names, but no group does, were named by a person or by a group that went to another incident. */
static void take_named(struct gathering *g)
{
    for (size_t i = 0; i < g->incident->affected.customers.n; i++) {
        const struct state_customer *c = &g->incident->affected.customers.v[i];
        struct impact_row *row = row_of(g, c->key, text_empty(c->name) ? c->key : c->name);
        row->since = instant_earlier(row->since, c->since);
        row->count = MAX(row->count, c->count);
    }
}

static void count(struct gathering *g)
{
    struct impact *impact = g->impact;
    impact->estimated = g->sketch;
    impact->total = (int64_t)impact->rows.n;
    for (size_t i = 0; g->sketch && i < impact->rows.n; i++)
        sketch_add(g->sketch, impact->rows.v[i].key);
    if (g->sketch)
        impact->total = MAX(impact->total, sketch_estimate(g->sketch));
}

/* ---- their order ---- */

/* The tiers that most companies have, the best first. Others follow by name, and last those without one. */
static int rank(const struct customer *record)
{
    static const char *const tiers[] = {"strategic", "enterprise", "platinum", "gold", "silver", "bronze"};
    size_t i = 0;
    if (!record || !record->tier)
        return ARRAY_SIZE(tiers) + 1;
    while (i < ARRAY_SIZE(tiers) && !text_equal_nocase(record->tier, tiers[i]))
        i++;
    return (int)i;
}

static int by_weight(const void *a, const void *b)
{
    const struct impact_row *one = a, *two = b;
    int ranks = rank(one->record) - rank(two->record);
    if (ranks)
        return ranks;
    if (one->record && two->record && one->record->tier && two->record->tier) {
        int tiers = strcasecmp(one->record->tier, two->record->tier);
        if (tiers)
            return tiers;
    }
    bool watched = one->record && one->record->cares, other = two->record && two->record->cares;
    if (watched != other)
        return watched ? -1 : 1;
    if (one->count != two->count)
        return one->count > two->count ? -1 : 1;
    return strcmp(one->name, two->name);
}

void impact_of(struct core *core, const struct incident *incident, bool counts, struct impact *ret)
{
    *ret = (struct impact){0};
    struct gathering g = {.core = core, .incident = incident, .impact = ret};
    if (counts || !impact_is_named(incident))
        ask_parts(core, incident, &(struct affected_reader){&g, take, take_sketch, NULL});
    take_named(&g);
    count(&g);
    if (ret->rows.n)
        qsort(ret->rows.v, ret->rows.n, sizeof(*ret->rows.v), by_weight);
    map_finish(&g.seen);
    free(g.sketch);
}

void impact_finish(struct impact *impact)
{
    for (size_t i = 0; i < impact->rows.n; i++) {
        free(impact->rows.v[i].key);
        free(impact->rows.v[i].name);
    }
    bool crowd = impact->rows.n >= CROWD;
    array_free(&impact->rows);
    if (crowd)
        malloc_trim(0); /* what it takes for a moment goes back to the system */
}

/* ---- one customer ---- */

struct finding {
    const struct incident *incident;
    const struct customer *record; /* NULL: not in the directory */
    const char *customer;
    char *key; /* found; NULL: not yet */
    instant since;
};

/* By the record, which is quicker than to ask the directory about each key of a crowd. */
static bool is_theirs(const struct finding *f, const char *key)
{
    const struct customer *record = f->record;
    bool same = text_equal_nocase(key, f->customer) || (record && text_equal_nocase(key, record->key));
    for (size_t i = 0; !same && record && i < record->aliases.n; i++)
        same = text_equal_nocase(key, record->aliases.v[i]);
    return same && !incident_spares(f->incident, key);
}

static bool look_at(struct finding *f, const char *key, instant since)
{
    if (!is_theirs(f, key))
        return false;
    f->key = xstrdup(key);
    f->since = since;
    return true;
}

static bool find(void *ctx, const struct affected *customer)
{
    return !look_at(ctx, customer->key, customer->since);
}

/* By each of their keys, which no crowd makes slow. */
static void find_in_groups(struct core *core, struct finding *f)
{
    const struct customer *record = f->record;
    ask_parts(core, f->incident, &(struct affected_reader){f, find, NULL, f->customer});
    if (!f->key && record)
        ask_parts(core, f->incident, &(struct affected_reader){f, find, NULL, record->key});
    for (size_t i = 0; !f->key && record && i < record->aliases.n; i++)
        ask_parts(core, f->incident, &(struct affected_reader){f, find, NULL, record->aliases.v[i]});
}

static struct finding find_one(struct core *core, const struct incident *incident, const char *customer)
{
    struct finding f = {.incident = incident, .record = customers_get(core, customer), .customer = customer};
    for (size_t i = 0; i < incident->affected.customers.n && !f.key; i++)
        look_at(&f, incident->affected.customers.v[i].key, incident->affected.customers.v[i].since);
    if (!f.key && !impact_is_named(incident))
        find_in_groups(core, &f);
    return f;
}

char *impact_key(struct core *core, const struct incident *incident, const char *customer)
{
    return find_one(core, incident, customer).key;
}

instant impact_since(struct core *core, const struct incident *incident, const char *customer)
{
    struct finding f = find_one(core, incident, customer);
    free(f.key);
    return f.since;
}
