/* The command `recap`: any incident in ten lines, from its state and what it left to do. */
#include <inttypes.h>
#include <string.h>

#include "base/markup.h"
#include "base/moment.h"
#include "command/handlers.h"
#include "followups/followups.h"
#include "sight/sight.h"

#define NAMES_MOST 5

struct recap {
    const struct request *request;
    const struct incident *incident;
    struct durations took;
    struct str *out;
};

static void add_duration(struct str *out, const char *before, duration d, const char *after)
{
    if (d < 0)
        return;
    str_add(out, before);
    duration_format(d, out);
    str_add(out, after);
}

/* "- fixing, major, payments, checkout" */
static void line_of_what(const struct recap *recap)
{
    const struct incident *incident = recap->incident;
    const char *const facts[] = {incident->severity,
                                 incident->team,
                                 incident->service,
                                 incident->sort.kind,
                                 incident->sort.drill ? "a drill" : NULL,
                                 incident->private ? "private" : NULL};
    str_markup(recap->out, "- %s", status_phrase(incident->status));
    for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
        if (facts[i])
            str_markup(recap->out, ", %s", facts[i]);
    }
    str_add(recap->out, "\n");
}

static void line_of_begin(const struct recap *recap)
{
    const struct incident *incident = recap->incident;
    str_add(recap->out, "- declared ");
    moment_format(incident->entries.n ? incident->entries.v[0].at : 0, recap->request->now,
                  recap->request->zone, recap->out);
    if (incident->declared.rule)
        str_markup(recap->out, " by the rule %s", incident->declared.rule);
    else if (incident->declared.by)
        str_markup(recap->out, " by %s", request_person_name(recap->request, incident->declared.by));
    str_add(recap->out, "\n");
}

static void line_of_course(const struct recap *recap)
{
    const struct durations *took = &recap->took;
    bool over = !status_is_open(recap->incident->status);
    str_add(recap->out, over ? "- it took " : "- it has gone on for ");
    duration_format(took->open, recap->out);
    add_duration(recap->out, ", accepted after ", took->to_accept, "");
    add_duration(recap->out, ", fixed after ", took->to_fix, "");
    add_duration(recap->out, ", resolved after ", took->to_resolve, "");
    if (took->paused > 0)
        add_duration(recap->out, ", paused for ", took->paused, "");
    str_add(recap->out, "\n");
}

static void line_of_people(const struct recap *recap)
{
    const struct state_people *people = &recap->incident->people;
    size_t shown = MIN(people->members.n, (size_t)NAMES_MOST);
    if (!people->members.n)
        return;
    str_add(recap->out, "- ");
    for (size_t i = 0; i < people->roles.n; i++)
        str_markup(recap->out, "%s: %s; ", people->roles.v[i].role,
                   request_person_name(recap->request, people->roles.v[i].person));
    for (size_t i = 0; i < shown; i++)
        str_markup(recap->out, i ? ", %s" : "there: %s",
                   request_person_name(recap->request, people->members.v[i]));
    if (people->members.n > shown)
        str_addf(recap->out, " and %zu more", people->members.n - shown);
    str_add(recap->out, "\n");
}

static void line_of_pages(const struct recap *recap)
{
    const struct state_pages *pages = &recap->incident->people.pages;
    size_t answered = 0;
    for (size_t i = 0; i < pages->all.n; i++)
        answered += pages->all.v[i].accepted_by != NULL;
    if (pages->all.n)
        str_markup(recap->out, "- paged %" PRId64 " time%s, the first for %s; ", pages->last,
                   pages->last == 1 ? "" : "s", pages->all.v[0].target);
    if (pages->all.n && recap->incident->status == STATUS_DECLINED)
        str_add(recap->out, "nobody should have been\n");
    else if (pages->all.n)
        str_addf(recap->out, "%zu acknowledged\n", answered);
}

static void line_of_customers(const struct recap *recap)
{
    const struct incident *incident = recap->incident;
    int64_t n = incident_customers(incident);
    if (!n)
        return;
    str_markup(recap->out, "- %" PRId64 " customer%s affected", n, n == 1 ? "" : "s");
    for (size_t i = 0; i < MIN(incident->affected.customers.n, (size_t)NAMES_MOST); i++) {
        const struct state_customer *customer = &incident->affected.customers.v[i];
        str_markup(recap->out, i ? ", %s" : ": %s", customer->name ? customer->name : customer->key);
    }
    if (recap->took.to_first_contact < 0)
        str_add(recap->out, "; none was told");
    add_duration(recap->out, "; the first was told after ", recap->took.to_first_contact, "");
    add_duration(recap->out, ", the longest silence was ", recap->took.silence, "");
    str_add(recap->out, "\n");
}

static void line_of_alerts(const struct recap *recap)
{
    CLEANUP_STR struct str problems = {0};
    card_problems(recap->incident, &problems);
    if (problems.len)
        str_markup(recap->out, "- alerts: %s\n", problems.p);
}

static void line_of_summary(const struct recap *recap)
{
    if (!text_empty(recap->incident->summary))
        str_markup(recap->out, "- in short: %.300s\n", recap->incident->summary);
}

static void line_of_end(const struct recap *recap)
{
    const struct state_end *end = &recap->incident->end;
    char name[INCIDENT_NAME];
    if (end->reason)
        str_markup(recap->out, "- at the end: %.300s\n", end->reason);
    if (end->ticket)
        str_markup(recap->out, "- it continues in %s\n", end->ticket);
    if (end->merged_into &&
        sight_incident(recap->request->core, end->merged_into, recap->request->asker->person))
        str_markup(recap->out, "- it continues in %s\n", incident_name(end->merged_into, name));
}

static bool count_one(void *ctx, const struct followup *followup)
{
    (void)followup;
    ++*(size_t *)ctx;
    return true;
}

static void line_of_followups(const struct recap *recap)
{
    uint64_t id = recap->incident->id;
    size_t open = 0, over = 0;
    followups_each_open(recap->request->core, id, count_one, &open);
    followups_each_over(recap->request->core, id, count_one, &over);
    if (open + over)
        str_addf(recap->out, "- follow-ups: %zu open, %zu over; `followups INC-%" PRIu64 "` lists them\n", open,
                 over, id);
}

int run_recap(struct request *request, struct error *err)
{
    static void (*const lines[])(const struct recap *recap) = {
        line_of_what,      line_of_begin,  line_of_course,  line_of_people, line_of_pages,
        line_of_customers, line_of_alerts, line_of_summary, line_of_end,    line_of_followups,
    };
    CLEANUP_STR struct str text = {0};
    struct recap recap = {request, request->incident, incident_durations(request->incident, request->now),
                          &text};
    CLEANUP_FREE char *title = card_title(request->incident);
    (void)err;
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
        lines[i](&recap);
    answer_titled(request, title, status_is_open(request->incident->status) ? "info" : "ok", text.p);
    return 0;
}
