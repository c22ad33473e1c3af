/* Which open incidents affect a customer, or were told to them, and what that customer is called there. Kept in step with the
   incidents, so that neither a reply nor a change of the directory searches all of them. */
#include <stdlib.h>
#include <string.h>

#include "comms/comms.h"
#include "comms/conversations.h"
#include "comms/touched.h"
#include "customers/customers.h"
#include "impact/impact.h"
#include "turn/live.h"

struct number_list {
    ARRAY(uint64_t) numbers; /* ascending */
};

static void insert(struct number_list *list, uint64_t number)
{
    size_t i = list->numbers.n;
    while (i && list->numbers.v[i - 1] > number)
        i--;
    if (i && list->numbers.v[i - 1] == number)
        return;
    *array_add(&list->numbers) = number;
    memmove(list->numbers.v + i + 1, list->numbers.v + i, (list->numbers.n - 1 - i) * sizeof(number));
    list->numbers.v[i] = number;
}

static void add(struct map *index, const char *customer, uint64_t incident)
{
    CLEANUP_FREE char *key = text_lower(customer);
    struct number_list *list = map_get(index, key);
    if (!list) {
        list = xcalloc(1, sizeof(*list));
        map_put(index, key, list);
    }
    insert(list, incident);
}

static void list_destroy(struct number_list *list)
{
    if (list)
        array_free(&list->numbers);
    free(list);
}

static void drop(struct map *index, const char *customer, uint64_t incident)
{
    CLEANUP_FREE char *key = text_lower(customer);
    struct number_list *list = map_get(index, key);
    for (size_t i = 0; list && i < list->numbers.n; i++) {
        if (list->numbers.v[i] == incident)
            array_remove(&list->numbers, i);
    }
    if (list && !list->numbers.n)
        list_destroy(map_remove(index, key));
}

/* Those of an incident that affects too many to be named in its state are asked for when somebody writes. */
static void set_crowd(struct comms *comms, const struct incident *incident, bool is_crowd)
{
    for (size_t i = comms->crowds.n; i-- > 0;) {
        if (comms->crowds.v[i] == incident->id)
            array_remove(&comms->crowds, i);
    }
    if (is_crowd)
        *array_add(&comms->crowds) = incident->id;
}

/* Whoever was told need not be affected. */
static void set_told(struct core *core, const struct incident *incident, bool open)
{
    size_t position = 0;
    if (!incident->activity.told_at)
        return;
    const struct talks *talks = conversations_of(core, incident->id);
    for (struct map_slot *slot; (slot = map_next(&talks->by_key, &position));)
        (open ? add : drop)(&comms_of(core)->told, slot->key, incident->id);
}

static void set_all(struct core *core, const struct incident *incident)
{
    struct comms *comms = comms_of(core);
    bool open = status_is_open(incident->status);
    set_crowd(comms, incident, open && !impact_is_named(incident));
    for (size_t i = 0; i < incident->affected.customers.n; i++)
        (open ? add : drop)(&comms->affected, incident->affected.customers.v[i].key, incident->id);
    set_told(core, incident, open);
}

static bool load_one(void *ctx, const struct incident *incident)
{
    set_all(ctx, incident);
    return true;
}

int affected_load(struct core *core, struct error *err)
{
    (void)err;
    live_each_open(core, load_one, core);
    return 0;
}

static void index_finish(struct map *index)
{
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(index, &position));)
        list_destroy(slot->value);
    map_finish(index);
    *index = (struct map){0};
}

void affected_finish(struct comms *comms)
{
    index_finish(&comms->affected);
    index_finish(&comms->told);
    array_free(&comms->crowds);
}

/* Adds the incidents of one key, each once and in order. */
static void collect(const struct map *index, const char *customer, struct number_list *out)
{
    CLEANUP_FREE char *key = text_lower(customer);
    const struct number_list *list = map_get(index, key);
    for (size_t i = 0; list && i < list->numbers.n; i++)
        insert(out, list->numbers.v[i]);
}

/* By any of their keys. */
static void collect_all(const struct core *core, const struct map *index, const char *customer,
                        struct number_list *out)
{
    const struct customer *record = customers_get(core, customer);
    collect(index, record ? record->key : customer, out);
    for (size_t i = 0; record && i < record->aliases.n; i++)
        collect(index, record->aliases.v[i], out);
}

static void collect_crowds(struct core *core, const char *customer, struct number_list *out)
{
    const struct comms *comms = comms_of(core);
    for (size_t i = 0; i < comms->crowds.n; i++) {
        const struct incident *incident = live_incident(core, comms->crowds.v[i]);
        CLEANUP_FREE char *key = incident ? impact_key(core, incident, customer) : NULL;
        if (key)
            insert(out, incident->id);
    }
}

void comms_affecting(struct core *core, const char *customer,
                     bool (*on)(void *ctx, const struct incident *incident), void *ctx)
{
    struct number_list found = {0}; /* a copy: `on` may change the lists */
    collect_all(core, &comms_of(core)->affected, customer, &found);
    collect_crowds(core, customer, &found);
    bool more = true;
    for (size_t i = 0; more && i < found.numbers.n; i++) {
        const struct incident *incident = live_incident(core, found.numbers.v[i]);
        more = !incident || incident->sort.script || on(ctx, incident); /* real customers are in no drill */
    }
    array_free(&found.numbers);
}

/* The directory says something else of them, so something else may be owed. A crowd is not searched for them. */
static void touch_affected(struct turn *turn, const char *customer)
{
    const struct core *core = turn_core(turn);
    const struct comms *comms = comms_of(core);
    struct number_list found = {0};
    collect_all(core, &comms->affected, customer, &found);
    collect_all(core, &comms->told, customer, &found);
    for (size_t i = 0; i < comms->crowds.n; i++)
        insert(&found, comms->crowds.v[i]);
    for (size_t i = 0; i < found.numbers.n; i++)
        turn_incident(turn, found.numbers.v[i]);
    array_free(&found.numbers);
}

void affected_folded(struct turn *turn, const struct event *event, const struct incident *incident)
{
    struct core *core = turn_core(turn);
    struct comms *comms = comms_of(core);
    if (event_kind(event->type)->subject == OF_CUSTOMER)
        touch_affected(turn, event->name);
    else if (event->type == EVENT_CUSTOMER && status_is_open(incident->status))
        add(&comms->affected, event->name, incident->id);
    else if (event->type == EVENT_UNAFFECTED)
        drop(&comms->affected, event->name, incident->id);
    else if (event->type == EVENT_TOLD && status_is_open(incident->status))
        add(&comms->told, event->name, incident->id);
    else if (event->type == EVENT_STATUS)
        set_all(core, incident);
    else if (event->type == EVENT_MERGED_IN)
        set_told(core, incident, status_is_open(incident->status));
    if (event->type == EVENT_CUSTOMER || event->type == EVENT_CUSTOMERS)
        set_crowd(comms, incident, status_is_open(incident->status) && !impact_is_named(incident));
}

const char *comms_customer_name(const struct incident *incident, const char *key)
{
    for (size_t i = 0; i < incident->affected.customers.n; i++) {
        const struct state_customer *customer = &incident->affected.customers.v[i];
        if (strcmp(customer->key, key) == 0 && customer->name)
            return customer->name;
    }
    return key;
}

bool audience_is_many(const char *audience)
{
    return strcmp(audience, EVERY_CUSTOMER) == 0 || text_starts(audience, CUSTOMERS_OF_TIER) ||
           is_status_page(audience);
}

bool audience_has(const char *audience, const struct customer *record)
{
    if (is_status_page(audience))
        return false;
    if (!text_starts(audience, CUSTOMERS_OF_TIER))
        return true;
    return record && record->tier && text_equal_nocase(record->tier, audience + strlen(CUSTOMERS_OF_TIER));
}
