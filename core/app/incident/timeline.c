#include "app/incident/timeline.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "app/incidents/choices.h"
#include "comms/comms.h"
#include "people/people.h"
#include "sight/query.h"

#define PAGE       100
#define PAGE_BYTES (48 << 10) /* of texts; a long one may go beyond it */
#define LOOK_MOST  2000       /* entries that are looked through for a page */
#define WHO_MOST   100        /* people, and customers, to choose from */
#define MACHINES   "machines" /* in the place of a person: rules, connectors, the clock, tools */

/* The chapters of events.def. */
static const struct filter {
    const char *word, *label;
    enum event_type first, last;
} filters[] = {
    {"all", "Everything", EVENT_NONE, EVENT_TYPE_COUNT},
    {"words", "What people wrote", EVENT_NOTED, EVENT_SAID_DELETED},
    {"status", "How it went", EVENT_DECLARED, EVENT_DAMAGED},
    {"people", "Roles and pages", EVENT_ROLE, EVENT_PAGE_CANCELLED},
    {"customers", "Customers and messages", EVENT_CUSTOMER, EVENT_TICKET_DETACHED},
    {"alerts", "Alerts", EVENT_ALERT, EVENT_ALERT_FLAPPED},
    {"rooms", "Rooms and connectors", EVENT_CHANNEL, EVENT_DROPPED},
    {"work", "Follow-ups, and what was owed", EVENT_FOLLOWUP, EVENT_MET},
};

static const struct filter *filter_named(const char *word)
{
    for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
        if (text_equal(filters[i].word, word))
            return &filters[i];
    }
    return &filters[0];
}

static bool is_in(const struct filter *filter, enum event_type type)
{
    return type >= filter->first && type <= filter->last;
}

struct listing {
    const struct visit *visit;
    const struct filter *filter;
    const char *who; /* a person, "customer/KEY", MACHINES; "": anybody */
    struct view *view;
    size_t n, bytes;
};

/* What a customer did, and what was said to them or to many. */
static bool is_of_customer(const char *key, const struct event *event)
{
    return (event->by && text_starts(event->by, BY_CUSTOMER) &&
            text_equal_nocase(event->by + strlen(BY_CUSTOMER), key)) ||
           (is_in(filter_named("customers"), event->type) && event->name &&
            (text_equal_nocase(event->name, key) || audience_is_many(event->name)));
}

/* What they did, and what was done with them. */
static bool is_of_person(const struct core *core, const char *person, const struct event *event)
{
    return people_same(core, event->by, person) ||
           (is_in(filter_named("people"), event->type) && people_same(core, event->value, person));
}

static bool is_of_machine(const struct core *core, const struct event *event)
{
    return event->by && !text_starts(event->by, BY_CUSTOMER) && !people_get(core, event->by);
}

static bool is_wanted(const struct listing *listing, const struct event *event)
{
    const struct core *core = listing->visit->core;
    const char *who = listing->who;
    if (!is_in(listing->filter, event->type))
        return false;
    if (!*who)
        return true;
    if (strcmp(who, MACHINES) == 0)
        return is_of_machine(core, event);
    return text_starts(who, BY_CUSTOMER) ? is_of_customer(who + strlen(BY_CUSTOMER), event)
                                         : is_of_person(core, who, event);
}

static bool list_one(void *ctx, const struct event *event)
{
    struct listing *listing = ctx;
    const struct visit *visit = listing->visit;
    CLEANUP_STR struct str text = {0};
    if (!is_wanted(listing, event))
        return true;
    struct view *item = view_item(listing->view, "events");
    event_describe(event, visit->now, visit_zone(visit), people_name, visit->core, &text);
    view_textf(item, "version", "%" PRIu64, event->version);
    view_textf(item, "next", "%" PRIu64, event->version + 1);
    view_time(item, "at", event->at, visit);
    view_text(item, "type", event_kind(event->type)->name);
    view_markup(item, "text", str_text(&text));
    listing->bytes += text.len;
    return ++listing->n < PAGE && listing->bytes < PAGE_BYTES;
}

/* ---- what there is to choose from ---- */

static void add_filters(const struct filter *chosen, struct view *view)
{
    for (size_t i = 0; i < ARRAY_SIZE(filters); i++)
        choice_add(view, "filters", filters[i].word, filters[i].label, chosen->word);
}

static struct view *add_who(struct view *view, const char *value, const char *chosen)
{
    struct view *item = view_item(view, "authors");
    view_text(item, "value", value);
    view_flag(item, "chosen", text_equal(value, chosen));
    return item;
}

static void add_authors(const struct visit *visit, const struct incident *incident, const char *chosen,
                        struct view *view)
{
    const struct state_people *people = &incident->people;
    const struct state_affected *affected = &incident->affected;
    for (size_t i = 0; i < MIN(people->members.n, WHO_MOST); i++)
        view_person(add_who(view, people->members.v[i], chosen), "label", people->members.v[i], visit);
    for (size_t i = 0; i < MIN(affected->customers.n, WHO_MOST); i++) {
        const struct state_customer *customer = &affected->customers.v[i];
        CLEANUP_FREE char *value = xasprintf(BY_CUSTOMER "%s", customer->key);
        view_textf(add_who(view, value, chosen), "label", "customer %s",
                   text_empty(customer->name) ? customer->key : customer->name);
    }
    view_text(add_who(view, MACHINES, chosen), "label", "rules, connectors and tools");
}

int timeline_add(struct visit *visit, const struct incident *incident, struct view *view, struct error *err)
{
    const char *before = http_query_value(visit->request, "before"),
               *who = http_query_value(visit->request, "who");
    struct listing listing = {.visit = visit,
                              .filter = filter_named(http_query_value(visit->request, "show")),
                              .who = who ? who : "",
                              .view = view};
    add_filters(listing.filter, view);
    add_authors(visit, incident, listing.who, view);
    uint64_t earlier;
    int rc =
        query_timeline_part(visit->core, incident->id, visit->person, before ? strtoull(before, NULL, 10) : 0,
                            LOOK_MOST, list_one, &listing, &earlier, err);
    view_text(view, "show", listing.filter->word);
    view_query(view, "who", listing.who);
    view_flag(view, "no_events", listing.n == 0);
    view_flag(view, "is_earlier", before != NULL);
    if (earlier)
        view_textf(view, "earlier", "%" PRIu64, earlier);
    return rc;
}
