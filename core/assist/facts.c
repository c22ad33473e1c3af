#include "assist/facts.h"

#include <string.h>

#include "base/markup.h"
#include "base/moment.h"
#include "people/people.h"
#include "sight/query.h"
#include "sight/sight.h"

#define FACT_BYTES     600 /* a longer text is cut */
#define FACTS_BYTES    ((size_t)16 << 10)
#define EVENTS_MOST    40 /* of the timeline, the latest */
#define LOOKED_MOST    400
#define ENTRIES_MOST   20
#define ALERTS_MOST    20
#define CUSTOMERS_MOST 30
#define PAST_MOST      5

struct gathering {
    struct core *core;
    const struct facts_wanted *wanted;
    wire_facts *facts;
    size_t bytes, events;
};

static bool allows(const struct facts_wanted *wanted, enum assist_field field)
{
    return wanted->fields & 1u << field;
}

/* As it is sent. The caller frees it. */
static char *cut_to_size(const char *text)
{
    size_t n = strlen(text), cut = utf8_cut(text, n, FACT_BYTES);
    return xasprintf("%.*s%s", (int)cut, text, cut < n ? "…" : "");
}

/* False: it is empty, or there is no room for it. */
static bool add(struct gathering *g, enum assist_field field, uint64_t ref, const char *text)
{
    if (!allows(g->wanted, field) || text_empty(text))
        return false;
    CLEANUP_FREE char *fact = cut_to_size(text);
    if (g->bytes + strlen(fact) > FACTS_BYTES)
        return false;
    g->bytes += strlen(fact);
    *array_add(g->facts) = (struct wire_fact){field, ref, steal(fact)};
    return true;
}

/* ---- how it stands ---- */

static void add_times(struct gathering *g, const struct incident *incident)
{
    size_t n = incident->entries.n;
    for (size_t i = n > ENTRIES_MOST ? n - ENTRIES_MOST : 0; i < n; i++) {
        char at[INSTANT_TEXT];
        CLEANUP_FREE char *text = xasprintf("%s since %s", status_name(incident->entries.v[i].status),
                                            instant_format(incident->entries.v[i].at, at));
        add(g, ASSIST_TIMES, 0, text);
    }
}

static void add_alerts(struct gathering *g, const struct incident *incident)
{
    for (size_t i = 0; i < MIN(incident->affected.alerts.n, (size_t)ALERTS_MOST); i++) {
        const struct state_alert *alert = &incident->affected.alerts.v[i];
        CLEANUP_FREE char *text = xasprintf("%s (%lld times%s)", alert->title, (long long)alert->count,
                                            alert->resolved ? ", resolved" : "");
        add(g, ASSIST_ALERTS, 0, text);
    }
}

static void add_customers(struct gathering *g, const struct incident *incident)
{
    for (size_t i = 0; i < MIN(incident->affected.customers.n, (size_t)CUSTOMERS_MOST); i++) {
        const struct state_customer *customer = &incident->affected.customers.v[i];
        add(g, ASSIST_CUSTOMERS, 0, customer->name ? customer->name : customer->key);
    }
}

/* ---- the timeline ---- */

static bool is_one_of(const enum event_type *types, size_t n, enum event_type type)
{
    size_t i = 0;
    while (i < n && types[i] != type)
        i++;
    return i < n;
}

/* What is not here is not sent, so an event that somebody adds is not either until they say so. */
static bool is_sent(const struct facts_wanted *wanted, const struct event *event)
{
    static const enum event_type ours[] = {EVENT_DECLARED, EVENT_STATUS,  EVENT_TITLED, EVENT_SUMMARIZED,
                                           EVENT_SEVERITY, EVENT_SERVICE, EVENT_NOTED,  EVENT_PINNED,
                                           EVENT_UPDATED,  EVENT_SAID},
                                 theirs[] = {EVENT_REPLIED, EVENT_APPROVED};
    if (event->by && text_starts(event->by, BY_CUSTOMER) && !allows(wanted, ASSIST_CUSTOMERS))
        return false;
    return is_one_of(ours, ARRAY_SIZE(ours), event->type) ||
           (is_one_of(theirs, ARRAY_SIZE(theirs), event->type) && allows(wanted, ASSIST_CUSTOMERS));
}

static const char *somebody(void *core, const char *id)
{
    return people_get(core, id) ? "somebody" : NULL;
}

/* As people read it, in plain text. The caller frees it. */
static char *describe(struct core *core, const struct event *event, bool named, instant now)
{
    CLEANUP_STR struct str text = {0}, plain = {0};
    char at[INSTANT_TEXT];
    event_describe(event, now, NULL, named ? people_name : somebody, core, &text);
    moments_off(text.p);
    text_unescape(str_text(&text), &plain);
    return xasprintf("%s %s", instant_format(event->at, at), str_text(&plain));
}

/* Everybody who sees the incident may know of what the event names, and nobody took back what it says. */
static bool is_common(struct core *core, const struct event *event)
{
    bool gone = event_needs(event->type) & FIELD_TEXT && !event->text;
    return !gone && (!event->other || sight_incident(core, event->other, NULL));
}

static bool take_event(void *ctx, const struct event *event)
{
    struct gathering *g = ctx;
    if (!is_sent(g->wanted, event) || !is_common(g->core, event))
        return true;
    CLEANUP_FREE char *text = describe(g->core, event, allows(g->wanted, ASSIST_PEOPLE), g->wanted->now);
    return add(g, ASSIST_TIMELINE, event->version, text) && ++g->events < EVENTS_MOST;
}

/* ---- past incidents ---- */

static bool take_past(void *ctx, const struct incident *past, const char *why)
{
    struct gathering *g = ctx;
    (void)why;
    if (!sight_incident(g->core, past->id, NULL))
        return true;
    CLEANUP_FREE char *text = text_empty(past->end.reason)
                                  ? xasprintf("%s", past->title)
                                  : xasprintf("%s; it ended with: %s", past->title, past->end.reason);
    add(g, ASSIST_PAST, past->id, text);
    return true;
}

void facts_gather(struct core *core, const struct facts_wanted *wanted, wire_facts *ret)
{
    const struct incident *incident = wanted->incident;
    const char *viewer = incident->private ? wanted->viewer : NULL;
    struct gathering g = {.core = core, .wanted = wanted, .facts = ret};
    uint64_t before;
    add(&g, ASSIST_TITLE, 0, incident->title);
    add(&g, ASSIST_SERVICE, 0, incident->service);
    add(&g, ASSIST_STATUS, 0, status_name(incident->status));
    add(&g, ASSIST_SEVERITY, 0, incident->severity);
    add_times(&g, incident);
    if (allows(wanted, ASSIST_PAST))
        query_similar(core, incident->id, viewer, PAST_MOST, take_past, &g, NULL);
    add_alerts(&g, incident);
    add_customers(&g, incident);
    if (allows(wanted, ASSIST_TIMELINE))
        query_timeline_part(core, incident->id, viewer, 0, LOOKED_MOST, take_event, &g, &before, NULL);
}

/* ---- once it was sent ---- */

struct holding {
    struct core *core;
    const struct facts_wanted *wanted;
    const struct wire_fact *fact;
    bool same;
};

static bool compare(void *ctx, const struct event *event)
{
    struct holding *h = ctx;
    bool is = event->version == h->fact->ref && is_common(h->core, event);
    for (int named = 0; is && named < 2; named++) {
        CLEANUP_FREE char *text = describe(h->core, event, named, h->wanted->now);
        CLEANUP_FREE char *fact = cut_to_size(text);
        h->same |= text_equal(fact, h->fact->text);
    }
    return false;
}

bool facts_hold(struct core *core, const struct facts_wanted *wanted, const struct wire_fact *fact)
{
    const struct incident *incident = wanted->incident;
    const char *viewer = incident->private ? wanted->viewer : NULL;
    struct holding holding = {core, wanted, fact, false};
    if (fact->field == ASSIST_PAST)
        return sight_incident(core, fact->ref, NULL) != NULL;
    if (fact->field != ASSIST_TIMELINE)
        return true;
    query_timeline(core, incident->id, viewer, fact->ref + 1, 1, compare, &holding, NULL);
    return holding.same;
}
