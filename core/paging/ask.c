/* Pages that people ask for, and what they read of them. */
#include <inttypes.h>
#include <string.h>

#include "base/markup.h"
#include "base/moment.h"
#include "oncall/oncall.h"
#include "paging/inside.h"
#include "policy/roster.h"
#include "sight/sight.h"
#include "turn/live.h"

/* ---- asking ---- */

static const struct state_page *latest(const struct incident *incident)
{
    size_t n = incident->people.pages.all.n;
    return n && incident->people.pages.all.v[n - 1].escalates ? &incident->people.pages.all.v[n - 1] : NULL;
}

static int refuse_nobody(const char *whom, struct error *err)
{
    if (!*whom)
        return error_set(err, ERR_INVALID, "Say whom to page, as in `page payments` or `page @ana`.");
    return error_markup(
        err, ERR_NOT_FOUND,
        "Nobody is paged: %s is no team, no rotation and nobody whom I know. `oncall` lists the rotations.",
        whom);
}

static int refuse_ended(const struct incident *incident, struct error *err)
{
    char name[INCIDENT_NAME];
    incident_name(incident->id, name);
    return error_markup(err, ERR_REFUSED,
                        "%s has ended, so nobody is paged for it. `%s reopen` and why opens it again.", name,
                        name);
}

/* "Paging Ana by slack." */
static void say_called(struct turn *turn, const struct state_page *page, struct str *answer)
{
    size_t n = 0;
    for (size_t i = 0; i < page->calls.n; i++) {
        const struct state_call *call = &page->calls.v[i];
        if (!call->way || call->round != page->going.round)
            continue;
        str_add(answer, n++ ? ", " : "Paging ");
        str_markup(answer, "%s by %s", paging_name(turn, call->person), call->way);
    }
    str_add(answer, n ? "." : "");
}

int paging_ask(struct turn *turn, uint64_t id, const struct paging_wish *asked, struct str *answer,
               struct error *err)
{
    struct paging_wish wish = *asked;
    const char *whom = wish.whom = whom_target(turn_core(turn), asked->whom);
    if (!status_is_open(turn_incident(turn, id)->status))
        return refuse_ended(turn_incident(turn, id), err);
    if (!paging_names(turn, turn_incident(turn, id), &wish))
        return refuse_nobody(whom, err);
    int64_t before = turn_incident(turn, id)->people.pages.last;
    paging_record(turn, id, (struct command){.verb = "page", .by = wish.by, .value = whom, .text = wish.text});
    paging_begin(turn, id, &wish);
    const struct incident *incident = turn_incident(turn, id);
    const struct state_page *page = latest(incident);
    if (incident->people.pages.last == before)
        str_markup(answer, "A page for %s is open already. `escalate` calls the next ones.", whom);
    else if (page && page->going.held)
        str_markup(answer, "The page for %s waits: they have quiet hours. `escalate` calls at once.", whom);
    else if (page)
        say_called(turn, page, answer);
    if (!answer->len)
        str_markup(answer, "Nobody of %s could be reached; the incident says why.", whom);
    return 0;
}

int paging_escalate(struct turn *turn, const struct incident *incident, const char *by, const char *why,
                    struct str *answer, struct error *err)
{
    uint64_t id = incident->id;
    char name[INCIDENT_NAME];
    const struct state_page *page = latest(incident);
    struct plan plan;
    if (!status_is_open(incident->status))
        return refuse_ended(incident, err);
    incident_name(id, name);
    if (!page || page->going.over)
        return error_markup(err, ERR_REFUSED, "%s has no page. `%s page payments` begins one.", name, name);
    plan_begin(&plan, turn_core(turn), incident, page, turn_now(turn));
    struct step step = plan_after(&plan);
    bool held = page->going.held, channel = !held && step.level >= (int)plan.escalation.n;
    plan_finish(&plan);
    CLEANUP_FREE char *level = held ? xasprintf("%d/%d", page->going.level, page->going.round)
                                    : xasprintf("%d/%d", step.level, step.round);
    CLEANUP_FREE char *target = xstrdup(page->target);
    int64_t number = page->number;
    paging_record(turn, id,
                  (struct command){.verb = "page_escalated",
                                   .by = by,
                                   .count = number,
                                   .name = target,
                                   .value = level,
                                   .text = why,
                                   .flag = held || step.insists});
    if (channel)
        tell_channel(turn, turn_incident(turn, id), incident_page(turn_incident(turn, id), number));
    pages_settle(turn, id);
    str_markup(answer,
               channel ? "Everybody of %s was called; the channel is told."
                       : "The next ones of %s are called. ",
               target);
    if (!channel)
        say_called(turn, incident_page(turn_incident(turn, id), number), answer);
    return 0;
}

void paging_mute(struct turn *turn, const char *person, instant until)
{
    spare_mute(turn, person, until);
}

/* ---- a test ---- */

int paging_test(struct turn *turn, const char *person, struct str *answer, struct error *err)
{
    uint64_t id;
    CLEANUP_FREE char *title = xasprintf("A test page for %s", paging_name(turn, person));
    int rc = turn_do(turn, 0, &(struct command){.verb = "declare", .by = person, .text = title, .flag = true},
                     &id, err);
    rc = rc ? rc : turn_do(turn, id, &(struct command){.verb = "drill", .by = person, .flag = true}, NULL, err);
    if (rc)
        return rc;
    rc = paging_ask(turn, id, &(struct paging_wish){.whom = person, .text = TEST_TEXT, .by = person}, answer,
                    err);
    str_add(answer, rc ? "" : " Acknowledge it as you would at night; that ends the test.");
    return rc;
}

/* ---- lists ---- */

static const char *worth_of(const struct incident *incident, const struct state_page *page)
{
    if (!page->accepted_by)
        return page->going.over ? "slept through" : "open";
    return incident->status == STATUS_DECLINED ? "declined: nobody should have been paged" : "acknowledged";
}

/* What nobody has to answer any more did not leave, or was taken back. */
static const char *call_is(const struct state_page *page, const struct state_call *call)
{
    bool withdrawn = call->state == CALL_WANTED && !page_is_open(page);
    return withdrawn ? "withdrawn" : call_state_name(call->state);
}

static void add_calls(struct core *core, const struct state_page *page, struct str *out)
{
    size_t n = 0;
    for (size_t i = 0; i < page->calls.n; i++) {
        const struct state_call *call = &page->calls.v[i];
        const char *name = people_name(core, call->person);
        str_add(out, n++ ? "; " : ". ");
        str_markup(out, "%s", name ? name : call->person);
        if (call->way)
            str_markup(out, " by %s: %s", call->way, call_is(page, call));
        else
            str_add(out, ": not reached");
        if (call->why)
            str_markup(out, " (%s)", call->why);
    }
}

/* What keeps it from happening again: its rule, and a mute that ends. */
static void add_lever(const struct incident *incident, const struct state_page *page, struct str *out)
{
    char name[INCIDENT_NAME];
    if (incident->status != STATUS_DECLINED || !page->rule || !incident->affected.alerts.n)
        return;
    str_markup(out, ". Its rule is %s; `%s false-page` mutes it for a day, and has somebody look at it",
               page->rule, incident_name(incident->id, name));
}

static void add_outcome(const char *outcome, const char *via, struct str *out)
{
    str_markup(out, " (%s", outcome);
    if (via)
        str_markup(out, " by %s", via);
    str_add(out, ")");
}

void paging_list(struct core *core, const struct incident *incident, instant now, const char *zone,
                 struct str *out)
{
    char name[INCIDENT_NAME];
    for (size_t i = 0; i < incident->people.pages.all.n; i++) {
        const struct state_page *page = &incident->people.pages.all.v[i];
        CLEANUP_FREE char *outcome = message_outcome(core, page);
        str_markup(out, "- %s: for %s, ", incident_name(incident->id, name), page->target);
        moment_format(page->at, now, zone, out);
        str_markup(out, ", %s", worth_of(incident, page));
        if (outcome && page->accepted_by)
            add_outcome(outcome, page->accepted_via, out);
        add_calls(core, page, out);
        add_lever(incident, page, out);
        str_add(out, "\n");
    }
}
