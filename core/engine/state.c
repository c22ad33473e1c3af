#include "engine/state_pages.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct incident *incident_create(uint64_t id)
{
    struct incident *incident = xcalloc(1, sizeof(*incident));
    incident->id = id;
    return incident;
}

/* Frees every text of the elements of an array of structs that begin with `texts` pointers. */
static void free_rows(void *v, size_t n, size_t size, int texts)
{
    for (size_t i = 0; i < n; i++) {
        char **row = (char **)((char *)v + i * size);
        for (int t = 0; t < texts; t++)
            free(row[t]);
    }
    free(v);
}
#define FREE_ROWS(array, texts) free_rows((array).v, (array).n, sizeof(*(array).v), texts)

void incident_destroy(struct incident *incident)
{
    if (!incident)
        return;
    char *texts[] = {incident->title,         incident->summary,       incident->severity,
                     incident->team,          incident->service,       incident->declared.by,
                     incident->declared.rule, incident->pause.reason,  incident->end.ticket,
                     incident->end.reason,    incident->pause.by,      incident->sort.kind,
                     incident->sort.script,   incident->pause.customer};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(texts[i]);
    FREE_ROWS(incident->people.roles, 2);
    FREE_ROWS(incident->people.offers, 3);
    FREE_ROWS(incident->people.members, 1);
    FREE_ROWS(incident->places.links, 2);
    FREE_ROWS(incident->places.channels, 3);
    FREE_ROWS(incident->places.cards, 3);
    FREE_ROWS(incident->affected.customers, 2);
    FREE_ROWS(incident->affected.spared, 1);
    FREE_ROWS(incident->affected.alerts, 2);
    FREE_ROWS(incident->owed, 2);
    FREE_ROWS(incident->comms.drafts, 11);
    FREE_ROWS(incident->comms.draft_cards, 3);
    FREE_ROWS(incident->places.tickets.made, 4);
    pages_finish(&incident->people.pages);
    array_free(&incident->entries);
    array_free(&incident->declared.raised);
    array_free(&incident->places.related);
    array_free(&incident->places.apart);
    array_free(&incident->affected.merged);
    free(incident);
}

int64_t incident_customers(const struct incident *incident)
{
    return MAX((int64_t)incident->affected.customers.n, incident->affected.total);
}

bool incident_spares(const struct incident *incident, const char *customer)
{
    for (size_t i = 0; i < incident->affected.spared.n; i++) {
        if (text_equal_nocase(incident->affected.spared.v[i], customer))
            return true;
    }
    return false;
}

const struct state_ticket *incident_ticket(const struct incident *incident, const char *connector,
                                           const char *ticket)
{
    for (size_t i = 0; i < incident->places.tickets.made.n; i++) {
        const struct state_ticket *made = &incident->places.tickets.made.v[i];
        if (text_equal(made->connector, connector) &&
            (ticket ? text_equal(made->ticket, ticket) : made->parent))
            return made;
    }
    return NULL;
}

int64_t draft_left(const struct state_draft *draft)
{
    const struct state_reach *r = &draft->reach;
    return r->recipients - r->told - r->failed - r->bounced - r->unwished - r->withdrawn;
}

const struct state_draft *incident_draft(const struct incident *incident, int64_t number)
{
    const struct state_draft *found = NULL;
    for (size_t i = 0; i < incident->comms.drafts.n; i++) {
        const struct state_draft *draft = &incident->comms.drafts.v[i];
        if (number ? draft->number != number : draft->state != DRAFT_WAITING)
            continue;
        if (found)
            return NULL;
        found = draft;
    }
    return found;
}

const char *incident_role(const struct incident *incident, const char *role)
{
    for (size_t i = 0; i < incident->people.roles.n; i++) {
        if (strcmp(incident->people.roles.v[i].role, role) == 0)
            return incident->people.roles.v[i].person;
    }
    return NULL;
}

const struct state_offer *incident_offer(const struct incident *incident, const char *role)
{
    for (size_t i = 0; i < incident->people.offers.n; i++) {
        if (text_equal_nocase(incident->people.offers.v[i].role, role))
            return &incident->people.offers.v[i];
    }
    return NULL;
}

bool incident_was_raised(const struct incident *incident, int64_t want)
{
    for (size_t i = 0; i < incident->declared.raised.n; i++) {
        if (incident->declared.raised.v[i] == want)
            return true;
    }
    return incident->declared.raised.n == STATE_RAISED;
}

bool incident_has_member(const struct incident *incident, const char *person)
{
    for (size_t i = 0; i < incident->people.members.n; i++) {
        if (strcmp(incident->people.members.v[i], person) == 0)
            return true;
    }
    return false;
}

bool incident_is(const struct incident *incident, const char *kind)
{
    return text_equal(incident->sort.kind, kind);
}

bool is_status_page(const char *audience)
{
    return text_equal(audience, STATUS_PAGE);
}

char *audience_words(const char *audience)
{
    if (text_starts(audience, CUSTOMERS_OF_TIER))
        return xasprintf("customers of tier %s", audience + strlen(CUSTOMERS_OF_TIER));
    return xstrdup(strcmp(audience, EVERY_CUSTOMER) == 0 ? "all customers"
                   : is_status_page(audience)            ? "the status page"
                                                         : audience);
}

bool incident_has_channel(const struct incident *incident, const char *connector, const char *channel)
{
    for (size_t i = 0; i < incident->places.channels.n; i++) {
        const struct state_channel *own = &incident->places.channels.v[i];
        if (text_equal(own->connector, connector) && text_equal(own->channel, channel))
            return true;
    }
    return false;
}

const struct state_owed *incident_owes(const struct incident *incident, const char *name)
{
    for (size_t i = 0; i < incident->owed.n; i++) {
        if (strcmp(incident->owed.v[i].name, name) == 0)
            return &incident->owed.v[i];
    }
    return NULL;
}

const struct state_merged *incident_merged(const struct incident *incident, uint64_t other, instant now)
{
    for (size_t i = 0; i < incident->affected.merged.n; i++) {
        const struct state_merged *merged = &incident->affected.merged.v[i];
        if (merged->incident == other && merged->until > now)
            return merged;
    }
    return NULL;
}

instant incident_first(const struct incident *incident, enum status status)
{
    for (size_t i = 0; i < incident->entries.n; i++) {
        if (incident->entries.v[i].status == status)
            return incident->entries.v[i].at;
    }
    return 0;
}

instant incident_last(const struct incident *incident, enum status status)
{
    for (size_t i = incident->entries.n; i-- > 0;) {
        if (incident->entries.v[i].status == status)
            return incident->entries.v[i].at;
    }
    return 0;
}

/* From the first entry to the first entry into any of a set of statuses; -1 when that has not been. */
static duration until_first(const struct incident *incident, unsigned set)
{
    for (size_t i = 0; i < incident->entries.n; i++) {
        if (set & (1u << incident->entries.v[i].status))
            return incident->entries.v[i].at - incident->entries.v[0].at;
    }
    return -1;
}

/*
 * From the first entry to that into any of a set of statuses which held: work on it again means that it had not. A pause takes
 * nothing back. -1 when it does not hold.
 */
static duration until_held(const struct incident *incident, unsigned set)
{
    instant at = 0;
    for (size_t i = 0; i < incident->entries.n; i++) {
        const struct state_entry *entry = &incident->entries.v[i];
        if (set & (1u << entry->status))
            at = at ? at : entry->at;
        else if (status_is_active(entry->status))
            at = 0;
    }
    return at ? at - incident->entries.v[0].at : -1;
}

/* When it ended; `now` while it is open. */
static instant end_of(const struct incident *incident, instant now)
{
    instant end = now;
    for (size_t i = incident->entries.n; i-- > 0 && !status_is_open(incident->entries.v[i].status);)
        end = incident->entries.v[i].at;
    return end;
}

static void measure_silence(const struct incident *incident, instant now, struct durations *ret)
{
    const struct state_activity *a = &incident->activity;
    instant since = incident->affected.customers.n ? incident->affected.customers.v[0].since : 0;
    ret->to_first_contact = since && a->told_first ? MAX(a->told_first - since, 0) : -1;
    ret->silence = since ? MAX(a->silence, end_of(incident, now) - MAX(a->told_at, since)) : -1;
}

bool incident_wrote_first(const struct incident *incident)
{
    const struct state_activity *a = &incident->activity;
    return a->wrote_first && (!a->told_first || a->wrote_first < a->told_first);
}

struct durations incident_durations(const struct incident *incident, instant now)
{
    struct durations d = {
        .to_accept =
            until_first(incident, 1u << STATUS_INVESTIGATING | 1u << STATUS_FIXING | 1u << STATUS_MONITORING),
        .to_fix = until_held(incident, 1u << STATUS_MONITORING | 1u << STATUS_RESOLVED),
        .to_resolve = until_held(incident, 1u << STATUS_RESOLVED | 1u << STATUS_CLOSED),
    };
    measure_silence(incident, now, &d);
    for (size_t i = 0; i < incident->entries.n; i++) {
        const struct state_entry *entry = &incident->entries.v[i];
        bool last = i + 1 == incident->entries.n;
        duration span = (last ? MAX(now, entry->at) : entry[1].at) - entry->at;
        if (status_is_active(entry->status))
            d.active += span;
        if (entry->status == STATUS_PAUSED)
            d.paused += span;
        if (status_is_open(entry->status))
            d.open += span;
    }
    return d;
}

const char *incident_name(uint64_t id, char buffer[INCIDENT_NAME])
{
    snprintf(buffer, INCIDENT_NAME, "INC-%" PRIu64, id);
    return buffer;
}

uint64_t incident_name_parse(const char *text)
{
    if (!text)
        return 0;
    if (*text == '#')
        text++;
    if (strncasecmp(text, "inc", 3) == 0)
        text += text[3] == '-' ? 4 : 3;
    uint64_t id = 0;
    size_t digits = 0;
    for (; isdigit((unsigned char)text[digits]) && digits < 15; digits++)
        id = id * 10 + (uint64_t)(text[digits] - '0');
    return digits && !text[digits] ? id : 0;
}

bool incident_visible(const struct incident *incident, const char *viewer)
{
    return !incident->private || (viewer && incident_has_member(incident, viewer));
}
