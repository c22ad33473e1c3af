/*
 * How long customers have heard nothing. Asked in each turn of an incident, so what was found is kept: customers who were told stay
 * told, and those who are affected later come last, so the search for one who was not told goes on where it ended.
 */
#include "base/metrics.h"
#include "comms/comms.h"
#include "comms/conversations.h"
#include "customers/customers.h"
#include "impact/impact.h"

/* Is it one of those, and may we write to them? */
static bool is_watched(const struct customer *record, const struct watch *watch)
{
    if (record && !customer_hears(record, watch->security))
        return false;
    if (watch->tier && !(record && record->tier && text_equal_nocase(record->tier, watch->tier)))
        return false;
    return watch->cares < 0 || (record && record->cares) == (watch->cares == 1);
}

/* Is the customer one of those, and was never told? */
static bool is_untold(const struct core *core, const struct talks *talks, const char *key,
                      const struct customer *record, const struct watch *watch)
{
    const struct conversation *talk = conversation_with(core, talks, key);
    return !(talk && talk->told_at) && is_watched(record, watch);
}

/*
 * Among more customers than the state names. One who was not told is remembered: until they are, nothing has to be searched, for whoever
 * is affected later has waited less. The last in the order of sending is remembered, so that a message to all is followed by one
 * search, not by thousands; the time may be too early meanwhile.
 */
static void find_in_crowd(struct core *core, const struct talks *talks, const struct incident *incident,
                          struct watch *watch)
{
    struct impact impact;
    uint64_t now = impact_version(core, incident);
    const struct conversation *talk = watch->untold ? conversation_with(core, talks, watch->untold) : NULL;
    if (watch->impact && (watch->untold ? !(talk && talk->told_at) : watch->impact == now))
        return;
    watch->impact = now;
    watch->found.untold_since = 0;
    replace_text(&watch->untold, NULL);
    impact_of(core, incident, false, &impact);
    for (size_t i = 0; i < impact.rows.n; i++) {
        const struct impact_row *row = &impact.rows.v[i];
        if (!is_untold(core, talks, row->key, row->record, watch))
            continue;
        watch->found.untold_since = instant_earlier(watch->found.untold_since, row->since);
        replace_text(&watch->untold, row->key);
    }
    impact_finish(&impact);
}

static void find_untold(const struct core *core, const struct talks *talks, const struct incident *incident,
                        struct watch *watch)
{
    size_t n = incident->affected.customers.n;
    watch->next = watch->next > n ? 0 : watch->next;
    watch->found.untold_since = 0;
    for (; watch->next < n; watch->next++) {
        const struct state_customer *c = &incident->affected.customers.v[watch->next];
        if (!is_untold(core, talks, c->key, customers_get(core, c->key), watch))
            continue;
        watch->found.untold_since = c->since;
        return;
    }
}

static void find_told(const struct core *core, const struct talks *talks, struct watch *watch)
{
    size_t position = 0;
    watch->told = NULL;
    for (struct map_slot *slot; (slot = map_next(&talks->by_key, &position));) {
        const struct conversation *talk = slot->value;
        bool longer = talk->told_at && !(watch->told && watch->told->told_at <= talk->told_at);
        if (longer && is_watched(customers_get(core, talk->key), watch))
            watch->told = talk;
    }
}

/* The customers have changed in another way than by growing, so those who were searched are searched again. */
#define SEARCH_AGAIN UINT64_MAX

static void follow_told(const struct core *core, struct talks *talks, const struct conversation *talk)
{
    for (size_t i = 0; talk && i < talks->watches.n; i++) {
        struct watch *watch = &talks->watches.v[i];
        if (watch->told == talk)
            find_told(core, talks, watch);
        else if (!watch->told && is_watched(customers_get(core, talk->key), watch))
            watch->told = talk;
    }
}

/* They were told less than it seemed. */
static void follow_untold(struct core *core, struct watch *watch, const struct incident *incident,
                          const struct conversation *talk)
{
    if (watch->told == talk)
        find_told(core, conversations_of(core, incident->id), watch);
    else if (talk->told_at && (!watch->told || talk->told_at < watch->told->told_at))
        watch->told = talk;
    instant since = talk->told_at ? 0 : impact_since(core, incident, talk->key);
    if (!since)
        return;
    watch->next = 0;
    watch->found.untold_since = instant_earlier(watch->found.untold_since, since);
    if (!watch->untold)
        replace_text(&watch->untold, talk->key);
}

static void follow_bounced(struct core *core, const struct incident *incident, const char *customer)
{
    struct talks *talks = conversations_of(core, incident->id);
    const struct conversation *talk = conversation_with(core, talks, customer);
    for (size_t i = 0; talk && i < talks->watches.n; i++) {
        if (is_watched(customers_get(core, talk->key), &talks->watches.v[i]))
            follow_untold(core, &talks->watches.v[i], incident, talk);
    }
}

/* ---- what Prometheus reads ---- */

static void observe(enum metric metric, duration span)
{
    if (span >= 0)
        metric_observe_ns(metric, span * 1000000);
}

/* Was nobody told before? */
static bool is_first_contact(struct core *core, const struct event *event, const struct incident *incident)
{
    size_t told = 0, position = 0;
    if (event->type != EVENT_TOLD || incident->activity.told_first != event->at)
        return false;
    const struct talks *talks = conversations_of(core, incident->id);
    for (struct map_slot *slot; (slot = map_next(&talks->by_key, &position));)
        told += ((const struct conversation *)slot->value)->told_at != 0;
    return told == 1;
}

static bool is_end(const struct event *event)
{
    return event->type == EVENT_STATUS && !status_is_open(event->status) && event->status != STATUS_MERGED &&
           event->status != STATUS_CLOSED; /* it was resolved before */
}

/* Of real incidents that everybody may see: everybody may read the metrics. */
static void measure(struct core *core, const struct event *event, const struct incident *incident)
{
    if (incident->sort.drill || incident->private)
        return;
    if (is_first_contact(core, event, incident))
        observe(METRIC_FIRST_CONTACT, incident_durations(incident, event->at).to_first_contact);
    if (is_end(event))
        observe(METRIC_SILENCE, incident_durations(incident, event->at).silence);
    if (event->type == EVENT_REPLIED && event->flag && incident->activity.wrote_first == event->at &&
        incident_wrote_first(incident))
        metric_add(METRIC_WROTE_FIRST, 1);
}

void silence_folded(struct turn *turn, const struct event *event, const struct incident *incident)
{
    struct core *core = turn_core(turn);
    if (event_kind(event->type)->subject == OF_CUSTOMER)
        comms_of(core)->directory++; /* affected.c touches the incidents */
    if (!incident)
        return;
    measure(core, event, incident);
    if (event->type == EVENT_TOLD) {
        struct talks *talks = conversations_of(core, incident->id);
        follow_told(core, talks, conversation_with(core, talks, event->name));
    } else if (event->type == EVENT_BOUNCED) {
        follow_bounced(core, incident, event->name);
    } else if (event->type == EVENT_UNAFFECTED || event->type == EVENT_KIND) {
        conversations_of(core, incident->id)->directory = SEARCH_AGAIN;
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
        talks->watches.v[i].next = talks->watches.v[i].impact = 0;
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
    watch->security = incident_is(incident, KIND_SECURITY);
    if (impact_is_named(incident))
        find_untold(core, talks, incident, watch);
    else
        find_in_crowd(core, talks, incident, watch);
    if (watch->version != talks->version)
        find_told(core, talks, watch);
    watch->version = talks->version;
    watch->found.told_at = watch->told ? watch->told->told_at : 0;
    watch->found.open = comms_open_conversations(core, incident);
    return watch->found;
}
