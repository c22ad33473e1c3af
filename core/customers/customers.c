#include "customers/customers.h"

#include <string.h>

#include "base/json.h"
#include "base/map.h"
#include "customers/index.h"
#include "customers/strangers.h"
#include "people/people.h"

struct customers {
    struct customer_index index;
    struct strangers strangers;
};

static struct customers *customers_of(const struct core *core)
{
    return part_state(core, "customers");
}

static const struct customer_index *index_of(const struct core *core)
{
    return &customers_of(core)->index;
}

/* ---- reading ---- */

const struct customer *customers_get(const struct core *core, const char *key)
{
    return index_get(index_of(core), key);
}

const struct customer *customers_of_email(const struct core *core, const char *email)
{
    return index_of_email(index_of(core), email);
}

const struct customer *customers_of_route(const struct core *core, const char *connector, const char *address)
{
    return index_of_route(index_of(core), connector, address);
}

int customers_find(const struct core *core, const char *typed, const struct customer **ret, struct error *err)
{
    return index_find(index_of(core), typed, ret, err);
}

size_t customers_count(const struct core *core)
{
    return index_of(core)->rows.n;
}

void customers_each(const struct core *core, bool (*on)(void *ctx, const struct customer *customer), void *ctx)
{
    index_each(index_of(core), on, ctx);
}

struct walk {
    const struct core *core;
    bool (*on)(void *ctx, const struct customer *customer);
    void *ctx;
    char *last;
};

static bool walk_one(void *ctx, const struct journal_doc *doc)
{
    struct walk *walk = ctx;
    const struct customer *row = index_row(index_of(walk->core), doc->key);
    replace_text(&walk->last, doc->key);
    return !row || walk->on(walk->ctx, row);
}

int customers_after(const struct core *core, const char *after, size_t limit,
                    bool (*on)(void *ctx, const struct customer *customer), void *ctx, char **ret_last,
                    struct error *err)
{
    struct walk walk = {core, on, ctx, NULL};
    const struct doc_query query = {.kind = DOC_CUSTOMER, .after = after, .limit = limit};
    int rc = journal_docs(core_journal(core), &query, walk_one, &walk, err);
    *ret_last = walk.last;
    return rc;
}

void customers_each_stranger(const struct core *core, bool (*on)(void *ctx, const struct stranger *stranger),
                             void *ctx)
{
    strangers_each(&customers_of(core)->strangers, on, ctx);
}

/* ---- in a turn ---- */

int customers_check(const struct core *core, const struct customer *record, struct error *err)
{
    if (record->owner && !people_get(core, record->owner))
        return error_set(err, ERR_REFUSED, "The owner '%.60s' is nobody here. Name a person whom Tocsin knows.",
                         record->owner);
    return index_check(index_of(core), record, err);
}

static void write_event(struct turn *turn, enum event_type type, const char *by, const char *key, char *data)
{
    struct event event = {.type = type,
                          .at = turn_now(turn),
                          .subject = text_lower(key),
                          .by = xstrdup(by),
                          .name = xstrdup(key),
                          .data = data};
    turn_tell(turn, &event);
}

int customers_set(struct turn *turn, const char *by, const struct customer *record, struct error *err)
{
    struct core *core = turn_core(turn);
    int rc = customers_check(core, record, err);
    if (rc)
        return rc;
    CLEANUP_FREE char *key = text_lower(record->key);
    const struct customer *old = index_row(index_of(core), key);
    CLEANUP_STR struct str before = {0}, after = {0};
    customer_encode(record, &after);
    if (old)
        customer_encode(old, &before);
    if (text_equal(before.p, after.p))
        return 0;
    write_event(turn, EVENT_CUSTOMER_SET, by, record->key, xstrdup(after.p));
    batch_doc(turn_batch(turn), DOC_CUSTOMER, key, after.p);
    strangers_named(&customers_of(core)->strangers, turn, record);
    return 0;
}

int customers_forget(struct turn *turn, const char *by, const char *typed, struct error *err)
{
    CLEANUP_FREE char *key = text_lower(typed);
    const struct customer *row = index_row(index_of(turn_core(turn)), key);
    if (!row)
        return error_set(err, ERR_NOT_FOUND, "No customer has the key '%.100s'.", typed);
    CLEANUP_FREE char *spelt = xstrdup(row->key);
    write_event(turn, EVENT_CUSTOMER_FORGOTTEN, by, spelt, NULL);
    batch_doc(turn_batch(turn), DOC_CUSTOMER, key, NULL);
    return 0;
}

/* ---- as a part ---- */

static bool take_record(struct customer_index *index, const char *json)
{
    struct customer record;
    CLEANUP_JSON cJSON *data = NULL;
    if (json_parse(json, strlen(json), SIZE_MAX, JSON_DEPTH, "customer", &data, NULL) ||
        customer_decode(data, &record, NULL))
        return false;
    index_put(index, &record);
    return true;
}

static void customers_folded(struct turn *turn, const struct event *event, const struct incident *incident)
{
    struct customers *customers = customers_of(turn_core(turn));
    (void)incident;
    if (event->type == EVENT_CUSTOMER_SET)
        take_record(&customers->index, event->data);
    else if (event->type == EVENT_CUSTOMER_FORGOTTEN)
        index_drop(&customers->index, event->subject);
}

/* An incident affects a customer: somebody may want to say who that is. */
static void customers_follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    struct customers *customers = customers_of(turn_core(turn));
    if (event->type == EVENT_CUSTOMER && !incident->sort.script && !index_get(&customers->index, event->name))
        strangers_met(&customers->strangers, turn, event, incident);
}

static bool load_record(void *ctx, const struct journal_doc *doc)
{
    take_record(&((struct customers *)ctx)->index, doc->body);
    return true;
}

static int customers_load(struct core *core, struct error *err)
{
    struct customers *customers = customers_of(core);
    int rc = journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_CUSTOMER}, load_record, customers,
                          err);
    return rc ? rc : strangers_load(&customers->strangers, core, err);
}

static void customers_unload(struct core *core)
{
    struct customers *customers = customers_of(core);
    index_finish(&customers->index);
    strangers_finish(&customers->strangers);
}

const struct part customers_part = {
    .name = "customers",
    .state_size = sizeof(struct customers),
    .load = customers_load,
    .unload = customers_unload,
    .folded = customers_folded,
    .follow = customers_follow,
};
