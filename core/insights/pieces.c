/* The months of an incident: work and calls in the month in which they were, what counts once in the last. */
#include <string.h>

#include "insights/facts.h"
#include "rotation/load.h"

#define CUSTOMERS_MOST 64
#define PROBLEMS_MOST  16

struct cutting {
    const struct facts *facts;
    const struct facts_people *people;
    instant from, until; /* the month */
    struct piece piece;
};

static struct piece_person *person_of(struct cutting *cutting, const char *id)
{
    struct piece *piece = &cutting->piece;
    const char *now = cutting->people->now(cutting->people->ctx, id);
    for (size_t i = 0; i < piece->people.n; i++) {
        if (strcmp(piece->people.v[i].id, now) == 0)
            return &piece->people.v[i];
    }
    struct piece_person *person = array_add(&piece->people);
    person->id = xstrdup(now);
    return person;
}

/* While it was active: how long, and who was there. */
static void add_active(struct cutting *cutting, instant from, instant until)
{
    const struct facts *facts = cutting->facts;
    from = MAX(from, cutting->from);
    until = MIN(until, cutting->until);
    if (from >= until)
        return;
    cutting->piece.active += until - from;
    for (size_t i = 0; i < facts->stays.n; i++) {
        const struct facts_stay *stay = &facts->stays.v[i];
        instant begin = MAX(stay->from, from), end = stay->until ? MIN(stay->until, until) : until;
        if (begin < end)
            *array_add(&person_of(cutting, stay->person)->worked) = (struct piece_span){begin, end};
    }
}

static void add_work(struct cutting *cutting)
{
    const struct incident *incident = cutting->facts->incident;
    for (size_t i = 0; i + 1 < incident->entries.n; i++) {
        if (status_is_active(incident->entries.v[i].status))
            add_active(cutting, incident->entries.v[i].at, incident->entries.v[i + 1].at);
    }
    for (size_t i = 0; i < cutting->piece.people.n; i++) /* ids of one person may have been members at once */
        spans_join(&cutting->piece.people.v[i].worked);
}

static void add_calls(struct cutting *cutting)
{
    for (size_t i = 0; i < cutting->facts->calls.n; i++) {
        const struct facts_call *call = &cutting->facts->calls.v[i];
        struct load load = {0};
        if (call->at < cutting->from || call->at >= cutting->until)
            continue;
        struct piece_person *person = person_of(cutting, call->person);
        load_add_page(&load, call->at, cutting->people->zone(cutting->people->ctx, call->person));
        person->pages += load.pages;
        person->nights += load.night_pages;
        person->weekends += load.weekend_pages;
    }
}

static void add_end(struct cutting *cutting, instant ended)
{
    const struct incident *incident = cutting->facts->incident;
    struct durations d = incident_durations(incident, ended);
    struct piece *piece = &cutting->piece;
    const duration times[] = {[TIME_ACCEPT] = d.to_accept,
                              [TIME_CONTACT] = d.to_first_contact,
                              [TIME_SILENCE] = d.silence,
                              [TIME_FIX] = d.to_fix,
                              [TIME_RESOLVE] = d.to_resolve};
    piece->ends = true;
    piece->ended = ended;
    memcpy(piece->times, times, sizeof(times));
    for (size_t i = 0; i < cutting->facts->waited.n; i++)
        *array_add(&piece->waited) = cutting->facts->waited.v[i];
}

/* What the incident is counted under, in each of its months. */
static void name(struct cutting *cutting)
{
    const struct incident *incident = cutting->facts->incident;
    struct piece *piece = &cutting->piece;
    piece->names[NAME_TEAM] = xstrdup(incident->team);
    piece->names[NAME_SERVICE] = xstrdup(incident->service);
    piece->names[NAME_RULE] = xstrdup(incident->declared.rule);
    piece->names[NAME_SEVERITY] = xstrdup(incident->severity);
    for (size_t i = 0; i < MIN(incident->affected.customers.n, (size_t)CUSTOMERS_MOST); i++)
        *array_add(&piece->lists[LIST_CUSTOMERS]) = xstrdup(incident->affected.customers.v[i].key);
    for (size_t i = 0; i < MIN(incident->affected.alerts.n, (size_t)PROBLEMS_MOST); i++)
        *array_add(&piece->lists[LIST_PROBLEMS]) = xstrdup(incident->affected.alerts.v[i].fingerprint);
    for (size_t i = 0; i < cutting->facts->components.n; i++)
        *array_add(&piece->lists[LIST_COMPONENTS]) = xstrdup(cutting->facts->components.v[i]);
}

void facts_pieces(const struct facts *facts, const struct facts_people *people,
                  void (*on)(void *ctx, const struct piece *piece), void *ctx)
{
    const struct incident *incident = facts->incident;
    instant ended = facts_ended(facts), from = ended ? month_begins(incident->entries.v[0].at, 0) : 1;
    while (from <= ended) {
        struct cutting cutting = {.facts = facts,
                                  .people = people,
                                  .from = from,
                                  .until = month_begins(from, 1),
                                  .piece = {.incident = incident->id,
                                            .private = incident->private,
                                            .drill = incident->sort.drill,
                                            .outcome = incident->status}};
        month_name(from, cutting.piece.month);
        name(&cutting);
        add_work(&cutting);
        add_calls(&cutting);
        if (ended < cutting.until)
            add_end(&cutting, ended);
        on(ctx, &cutting.piece);
        piece_finish(&cutting.piece);
        from = cutting.until;
    }
}
