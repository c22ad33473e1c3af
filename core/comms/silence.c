/*
 * How long customers have heard nothing. Asked in each turn of an incident, so what was found is kept: customers who were told stay
 * told, and those who are affected later come last, so the search for one who was not told goes on where it ended.
 */
#include "comms/comms.h"
#include "comms/inside.h"
#include "customers/customers.h"

/* Is it one of those, and may we write to them? */
static bool is_watched(const struct customer *record, const struct watch *watch)
{
    if (record && record->wish != WISH_NONE)
        return false;
    if (watch->tier && !(record && record->tier && text_equal_nocase(record->tier, watch->tier)))
        return false;
    return watch->cares < 0 || (record && record->cares) == (watch->cares == 1);
}

static void find_untold(const struct core *core, const struct talks *talks, const struct incident *incident,
                        struct watch *watch)
{
    size_t n = incident->affected.customers.n;
    watch->next = watch->next > n ? 0 : watch->next;
    watch->found.untold_since = 0;
    for (; watch->next < n; watch->next++) {
        const struct state_customer *c = &incident->affected.customers.v[watch->next];
        const struct conversation *talk = conversation_with(core, talks, c->key);
        if ((talk && talk->told_at) || !is_watched(customers_get(core, c->key), watch))
            continue;
        watch->found.untold_since = c->since;
        return;
    }
}

static void find_told(const struct core *core, const struct talks *talks, struct watch *watch)
{
    size_t position = 0;
    watch->found.told_at = 0;
    for (struct map_slot *slot; (slot = map_next(&talks->by_key, &position));) {
        const struct conversation *talk = slot->value;
        instant at = watch->found.told_at;
        if (talk->told_at && (!at || talk->told_at < at) && is_watched(customers_get(core, talk->key), watch))
            watch->found.told_at = talk->told_at;
    }
}

static struct watch *watch_of(struct talks *talks, const char *tier, int cares)
{
    for (size_t i = 0; i < talks->watches.n; i++) {
        struct watch *watch = &talks->watches.v[i];
        if (watch->cares == cares && (watch->tier ? text_equal(watch->tier, tier) : !tier))
            return watch;
    }
    struct watch *watch = array_add(&talks->watches);
    *watch = (struct watch){.tier = xstrdup(tier), .cares = cares};
    return watch;
}

/* The directory has changed: anybody may be of another tier, or have another key. */
static void begin_again(struct talks *talks, uint64_t directory)
{
    talks->directory = directory;
    talks->version++;
    for (size_t i = 0; i < talks->watches.n; i++)
        talks->watches.v[i].next = 0;
}

struct policy_silence comms_silence(struct core *core, const struct incident *incident, const char *tier,
                                    int cares)
{
    if (!incident->affected.customers.n)
        return (struct policy_silence){0};
    struct talks *talks = conversations_of(core, incident->id);
    if (talks->directory != comms_of(core)->directory)
        begin_again(talks, comms_of(core)->directory);
    struct watch *watch = watch_of(talks, tier, cares);
    find_untold(core, talks, incident, watch);
    if (watch->version != talks->version)
        find_told(core, talks, watch);
    watch->version = talks->version;
    return watch->found;
}
