/* A rule asks for more than an open incident has: it is raised, once for the same demand, whatever people make of it then. */
#include <string.h>

#include "base/markup.h"
#include "intake/fingerprint.h"
#include "react/react.h"
#include "rooms/rooms.h"
#include "sight/sight.h"
#include "triage/inside.h"
#include "turn/live.h"

#define EVENTS_MOST 5000

struct raising {
    const char *severity, *page, *kind; /* NULL: as it is; nobody who was not paged already; as it is */
    bool private;
};

int64_t raise_want(const struct verdict *verdict)
{
    struct fingerprint f;
    fingerprint_begin(&f, verdict->severity, verdict->page, GROUPING_FLOOD);
    fingerprint_add(&f, verdict->private ? "private" : "");
    if (verdict->of_kind)
        fingerprint_add(&f, verdict->of_kind);
    return (int64_t)(fingerprint_end(&f) >> 12) + 1; /* exact in JSON */
}

/* ---- who was paged ---- */

struct search {
    const char *whom;
    bool found;
};

static bool is_paging(void *ctx, const struct journal_event *row)
{
    struct search *search = ctx;
    struct event event = {0};
    if (event_decode(row->stream, row->type, row->data, &event, NULL))
        return true;
    search->found = event.type == EVENT_PAGED && text_equal(event.value, search->whom);
    event_finish(&event);
    return !search->found;
}

/* Seldom asked: only for a demand that is new to the incident. */
static bool was_paged(struct core *core, uint64_t incident, const char *whom)
{
    char name[INCIDENT_NAME];
    struct search search = {whom, false};
    if (storms_paged(triage_of(core), incident, whom))
        return true;
    journal_read_stream(core_journal(core), incident_name(incident, name), 0, EVENTS_MOST, is_paging, &search,
                        NULL);
    return search.found;
}

/* ---- raising ---- */

static struct raising raising_of(struct core *core, const struct incident *incident,
                                 const struct verdict *verdict)
{
    bool severe = !text_empty(verdict->severity) && live_severity_rank(core, verdict->severity, 0) >
                                                        live_severity_rank(core, incident->severity, SIZE_MAX);
    bool pages = !text_empty(verdict->page) && !was_paged(core, incident->id, verdict->page);
    return (struct raising){.severity = severe ? verdict->severity : NULL,
                            .page = pages ? verdict->page : NULL,
                            .kind = incident->sort.kind ? NULL : verdict->of_kind,
                            .private = verdict->private && !incident->private};
}

static void tell_raised(struct turn *turn, uint64_t incident, const struct raising *raising,
                        const struct verdict *verdict)
{
    CLEANUP_FREE char *key = turn_key(turn);
    CLEANUP_STR struct str text = {0};
    str_add(&text, "**Raised");
    if (raising->severity)
        str_markup(&text, " to %s", raising->severity);
    str_markup(&text, "** by a rule: %s.", verdict->text);
    if (raising->kind)
        str_markup(&text, " It is of the kind %s.", raising->kind);
    if (raising->private)
        str_add(&text, " It is visible to its members only from now on.");
    if (raising->page)
        str_markup(&text, " Paged: %s.", raising->page);
    str_markup(&text, " (rule %s)", verdict->rule);
    rooms_say_incident(turn, incident, key, NULL, text.p);
}

bool raise_incident(struct turn *turn, struct group *group, const struct verdict *verdict)
{
    struct core *core = turn_core(turn);
    const struct incident *incident = turn_incident(turn, group->care.incident);
    int64_t want = raise_want(verdict);
    if (group->care.wanted == want || incident_was_raised(incident, want))
        return false;
    uint64_t id = incident->id;
    const char *rule = verdict->rule;
    struct raising raising = raising_of(core, incident, verdict);
    group->care.wanted = want;
    group_table_touch(triage_of(core)->groups, group);
    if (!raising.severity && !raising.page && !raising.private && !raising.kind)
        return false;
    rule_do(turn, id,
            (struct command){.verb = "raise",
                             .text = verdict->text,
                             .name = raising.severity,
                             .value = raising.page,
                             .flag = raising.private,
                             .count = want},
            rule, NULL);
    if (raising.private)
        rule_do(turn, id, (struct command){.verb = "private", .flag = true}, rule, NULL);
    if (raising.kind)
        rule_do(turn, id, (struct command){.verb = "kind", .name = raising.kind}, rule, NULL);
    if (raising.severity)
        rule_do(turn, id, (struct command){.verb = "sev", .name = raising.severity}, rule, NULL);
    if (raising.page)
        react_page(turn, id, &(struct paging){raising.page, NULL, verdict->text, rule});
    tell_raised(turn, id, &raising, verdict);
    return true;
}
