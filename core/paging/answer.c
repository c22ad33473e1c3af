/* Who acknowledges a page, and what follows from it. */
#include <inttypes.h>
#include <string.h>

#include "base/markup.h"
#include "base/moment.h"
#include "paging/inside.h"
#include "sight/sight.h"
#include "turn/live.h"

/* ---- acknowledging ---- */

static void accept(struct turn *turn, uint64_t id, int64_t number, const char *by, const char *verb,
                   const char *via)
{
    paging_record(
        turn, id,
        (struct command){.verb = "page_accepted", .by = by, .count = number, .name = verb, .text = via});
}

/* Returns how many pages of the incident that were open are theirs now. */
static int accept_open(struct turn *turn, uint64_t id, const char *by, const char *verb, const char *via)
{
    int n = 0;
    for (size_t i = 0; i < turn_incident(turn, id)->people.pages.all.n; i++) {
        const struct state_page *page = &turn_incident(turn, id)->people.pages.all.v[i];
        if (!page_is_open(page))
            continue;
        accept(turn, id, page->number, by, verb, via);
        n++;
    }
    return n;
}

static const struct state_page *latest_accepted(const struct incident *incident)
{
    const struct state_page *latest = NULL;
    for (size_t i = 0; i < incident->people.pages.all.n; i++) {
        if (incident->people.pages.all.v[i].accepted_by)
            latest = &incident->people.pages.all.v[i];
    }
    return latest;
}

/* "Bo has had the page of INC-1 since 01:12 UTC, by a key." */
static int refuse(struct turn *turn, const struct incident *incident, const char *by, struct error *err)
{
    char name[INCIDENT_NAME];
    const struct state_page *had = latest_accepted(incident);
    CLEANUP_STR struct str text = {0};
    incident_name(incident->id, name);
    if (!had)
        return error_markup(err, ERR_REFUSED, "Nobody is paged for %s now. `%s page @ana` pages somebody.",
                            name, name);
    if (people_same(turn_core(turn), by, had->accepted_by))
        str_markup(&text, "You have had the page of %s", name);
    else
        str_markup(&text, "%s has had the page of %s", paging_name(turn, had->accepted_by), name);
    if (had->going.accepted_at) {
        str_add(&text, " since ");
        moment_format_plain(had->going.accepted_at, turn_now(turn), core_settings(turn_core(turn))->zone,
                            &text);
    }
    if (had->accepted_via)
        str_markup(&text, ", by %s", had->accepted_via);
    return error_set(err, ERR_CONFLICT, "%s.", text.p);
}

static int acknowledge_one(struct turn *turn, const struct incident *incident, const char *by, const char *via,
                           struct str *answer, struct error *err)
{
    char name[INCIDENT_NAME];
    uint64_t id = incident->id;
    bool triage = incident->status == STATUS_TRIAGE;
    if (!accept_open(turn, id, by, "ack", via))
        return refuse(turn, incident, by, err);
    incident_name(id, name);
    str_add(answer, answer->len ? " " : "");
    str_markup(answer, "%s has the page of %s: %s.", paging_name(turn, by), name,
               turn_incident(turn, id)->title);
    if (triage)
        str_markup(answer, " It is still in triage: `%s accept`, or `%s decline` and why.", name, name);
    return 0;
}

static bool calls(void *ctx, const char *id)
{
    return page_called(ctx, id);
}

static bool calls_person(const struct core *core, const struct incident *incident, const char *person)
{
    for (size_t i = 0; i < incident->people.pages.all.n; i++) {
        const struct state_page *page = &incident->people.pages.all.v[i];
        if (page_is_open(page) && people_any(core, person, calls, (void *)(uintptr_t)page))
            return true;
    }
    return false;
}

static int acknowledge_all(struct turn *turn, const char *by, const char *via, struct str *answer,
                           struct error *err)
{
    struct core *core = turn_core(turn);
    const struct paging *paging = paging_of(core);
    for (size_t i = 0; i < paging->calling.n; i++) {
        const struct incident *incident = sight_incident(core, paging->calling.v[i], by);
        if (incident && calls_person(core, incident, by))
            acknowledge_one(turn, incident, by, via, answer, err);
    }
    return answer->len ? 0
                       : error_set(err, ERR_REFUSED, "No page calls you now. `pages` lists the latest ones.");
}

int paging_acknowledge(struct turn *turn, const struct incident *incident, const char *by, const char *via,
                       struct str *answer, struct error *err)
{
    return incident ? acknowledge_one(turn, incident, by, via, answer, err)
                    : acknowledge_all(turn, by, via, answer, err);
}

bool paging_calls(const struct incident *incident)
{
    for (size_t i = 0; i < incident->people.pages.all.n; i++) {
        if (page_is_open(&incident->people.pages.all.v[i]))
            return true;
    }
    return false;
}

/* ---- following ---- */

static bool is_person(const char *by)
{
    return !text_equal(by, BY_RULE) && !text_equal(by, BY_CLOCK) && !text_equal(by, BY_SYSTEM);
}

static void follow_up(struct turn *turn, uint64_t id)
{
    for (size_t i = 0; i < turn_incident(turn, id)->people.pages.all.n; i++) {
        const struct state_page *page = &turn_incident(turn, id)->people.pages.all.v[i];
        if (page->escalates && page->accepted_by && !page->going.followed)
            paging_record(turn, id, (struct command){.verb = "page_followed", .count = page->number});
    }
}

/* Whoever moves the incident on, or takes a role in it, has acknowledged its pages. Once it has ended they are over. */
static bool answers(const struct event *event)
{
    return event->type == EVENT_STATUS ? is_person(event->by) || !status_is_open(event->status)
                                       : event->type == EVENT_ROLE && event->value && is_person(event->by);
}

static bool is_of_page(const struct event *event)
{
    return text_starts(event_kind(event->type)->name, "page");
}

/* A test is over when its page is acknowledged. */
static void end_test(struct turn *turn, const struct incident *incident, const struct state_page *page)
{
    if (incident->sort.drill && page && text_equal(page->text, TEST_TEXT) && status_is_open(incident->status))
        paging_record(turn, incident->id,
                      (struct command){.verb = "decline", .text = "a test page, and it arrived"});
}

static void follow_page(struct turn *turn, const struct event *event, const struct incident *incident)
{
    bool reopened =
        event->type == EVENT_PAGE_ASKED || (event->type == EVENT_PAGE_ESCALATED && is_person(event->by));
    if (event->type == EVENT_PAGE_FAILED)
        tell_unreached(turn, event, incident);
    else if (event->type == EVENT_PAGE_HELD)
        tell_held(turn, event, incident);
    else if (event->type == EVENT_PAGE_EXPIRED)
        tell_expired(turn, event, incident);
    if (event->type == EVENT_PAGE_ACCEPTED)
        end_test(turn, incident, incident_page(incident, event->count));
    if (reopened || event->type == EVENT_PAGE_ACCEPTED || event->type == EVENT_PAGE_EXPIRED ||
        event->type == EVENT_PAGE_CANCELLED)
        message_update(turn, incident, event->count, NULL);
}

void pages_follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    uint64_t id = incident->id;
    if (is_of_page(event)) {
        follow_page(turn, event, incident);
        return;
    }
    if (!incident->people.pages.all.n)
        return;
    if (answers(event))
        accept_open(turn, id, event->by, event->type == EVENT_ROLE ? "accept" : event->name, NULL);
    if (people_get(turn_core(turn), event->by))
        follow_up(turn, id);
    if (event->type == EVENT_CHANNEL && event->flag)
        message_update(turn, turn_incident(turn, id), 0, event->name);
}
