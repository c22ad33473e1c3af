/* Carries out what a page is to do (plan.h), one step after the other, each as an event of the incident. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "oncall/oncall.h"
#include "paging/inside.h"
#include "policy/escalations.h"
#include "turn/live.h"

#define STEPS_MOST 2000 /* more than any policy has */
#define DUE        "page:"

/* ---- steps ---- */

struct settling {
    struct turn *turn;
    uint64_t incident;
    int64_t number;
    const char *target;
    const struct plan *plan;
};

static int record(const struct settling *s, struct command command)
{
    command.count = s->number;
    return paging_record(s->turn, s->incident, command);
}

/* Only members see a private incident, so whoever is called becomes one. */
static void let_in(const struct settling *s, const char *person)
{
    struct core *core = turn_core(s->turn);
    if (turn_incident(s->turn, s->incident)->private && people_get(core, person))
        paging_record(s->turn, s->incident,
                      (struct command){.verb = "member", .by = BY_RULE, .value = person, .flag = true});
}

static void call(const struct settling *s, const struct step *step)
{
    const struct somebody *somebody = plan_somebody(s->plan, step->person);
    const struct address *at = somebody ? plan_address(somebody, step->way) : NULL;
    if (!at)
        return; /* never: the plan has just named them */
    CLEANUP_FREE char *user = xstrdup(at->user), *email = xstrdup(at->email), *way = xstrdup(step->way);
    const char *known = whom_become_known(s->turn, somebody->name);
    CLEANUP_FREE char *person = xstrdup(known ? known : step->person);
    let_in(s, person);
    if (!page_called(incident_page(turn_incident(s->turn, s->incident), s->number), person))
        spare_count(s->turn, person);
    record(s,
           (struct command){.verb = "page_called", .value = person, .name = way, .text = user ? user : email});
    const struct incident *incident = turn_incident(s->turn, s->incident);
    const struct state_page *page = incident_page(incident, s->number);
    message_send(s->turn, incident, page,
                 &(struct page_call){s->number, page->going.round, person, way, {at->link, user, email}});
}

static void give_up(const struct settling *s, const struct step *step)
{
    CLEANUP_FREE char *person = xstrdup(step->person), *why = xstrdup(step->why);
    record(s, (struct command){.verb = "page_failed", .name = s->target, .value = person, .text = why});
}

/* "nobody is left to call for payments. ana was not paged: no such channel." */
static void say_nobody(const struct settling *s, const struct step *step)
{
    CLEANUP_STR struct str why = {0};
    const struct state_page *page = incident_page(turn_incident(s->turn, s->incident), s->number);
    (void)step;
    str_addf(&why, "nobody is left to call for %s.", s->target);
    for (size_t i = 0; i < page->calls.n; i++) {
        const struct state_call *call = &page->calls.v[i];
        if (call->way || call->round != page->going.round || !call->why)
            continue;
        bool ended = *call->why && strchr(".!?", call->why[strlen(call->why) - 1]);
        str_addf(&why, " %s was not paged: %s%s", paging_name(s->turn, call->person), call->why,
                 ended ? "" : ".");
    }
    record(s, (struct command){.verb = "page_failed", .name = s->target, .text = why.p, .flag = true});
}

/* Nobody was on call: then everybody after that level is woken, and should know why. NULL: somebody was. */
static char *find_gap(const struct settling *s)
{
    const struct plan *plan = s->plan;
    int at = plan->page->going.level;
    const struct level *level = at >= 0 && at < (int)plan->escalation.n ? &plan->escalation.levels[at] : NULL;
    const struct rotation *rotation = level && level->kind == LEVEL_ROTATION && !level->second
                                          ? policy_rotation_named(core_policy(plan->core), level->name)
                                          : NULL;
    struct on_call on = {0};
    struct str why = {0};
    if (!rotation)
        return NULL;
    oncall_at(plan->core, rotation, plan->now, &on);
    if (on.n)
        return NULL;
    oncall_nobody(plan->core, rotation, plan->now, &why);
    return str_take(&why);
}

static void go_on(const struct settling *s, const struct step *step)
{
    CLEANUP_FREE char *gap = find_gap(s);
    CLEANUP_FREE char *level = xasprintf("%d/%d", step->level, step->round);
    bool channel = step->level == (int)s->plan->escalation.n;
    record(s, (struct command){.verb = "page_escalated",
                               .name = s->target,
                               .value = level,
                               .text = gap       ? gap
                                       : channel ? "nobody has acknowledged it, so it is said in the channel"
                                                 : NULL,
                               .flag = step->insists});
    const struct incident *incident = turn_incident(s->turn, s->incident);
    if (channel)
        tell_channel(s->turn, incident, incident_page(incident, s->number));
    else if (gap)
        tell_gap(s->turn, incident, incident_page(incident, s->number), gap);
}

static void hold(const struct settling *s, const struct step *step)
{
    record(s, (struct command){.verb = "page_held",
                               .name = s->target,
                               .until = step->at,
                               .text = step->at ? "quiet hours" : NULL});
}

static void ask_again(const struct settling *s, const struct step *step)
{
    CLEANUP_FREE char *person = xstrdup(step->person);
    record(s, (struct command){.verb = "page_asked", .value = person});
}

static void expire(const struct settling *s, const struct step *step)
{
    (void)step;
    record(s, (struct command){.verb = "page_expired", .name = s->target});
}

static void (*const steps[])(const struct settling *s, const struct step *step) = {
    [STEP_CALL] = call, [STEP_UNREACHED] = give_up, [STEP_NOBODY] = say_nobody, [STEP_LEVEL] = go_on,
    [STEP_HOLD] = hold, [STEP_ASK] = ask_again,     [STEP_EXPIRE] = expire,
};

/* False: there is nothing to do but wait. */
static bool take_step(struct turn *turn, uint64_t id, int64_t number)
{
    const struct incident *incident = turn_incident(turn, id);
    const struct state_page *page = incident_page(incident, number);
    struct plan plan;
    if (!page || !status_is_open(incident->status))
        return false;
    CLEANUP_FREE char *target = xstrdup(page->target), *rule = xstrdup(page->rule);
    const char *before = turn_set_rule(turn, rule);
    plan_begin(&plan, turn_core(turn), incident, page, turn_now(turn));
    struct step step = plan_step(&plan);
    if (step.kind != STEP_WAIT)
        steps[step.kind](&(struct settling){turn, id, number, target, &plan}, &step);
    plan_finish(&plan);
    turn_set_rule(turn, before);
    return step.kind != STEP_WAIT;
}

/* May anything happen with it by itself? */
static bool goes_on(const struct state_page *page)
{
    return page->escalates && !page->going.over && !(page->accepted_by && page->going.followed);
}

static void settle_page(struct turn *turn, uint64_t id, int64_t number)
{
    int taken = 0;
    while (taken < STEPS_MOST && take_step(turn, id, number))
        taken++;
    if (taken == STEPS_MOST)
        log_error("page %" PRId64 " of INC-%" PRIu64 " does not come to rest; it goes on in a while", number,
                  id);
}

void pages_settle(struct turn *turn, uint64_t id)
{
    paging_of(turn_core(turn))->now = turn_now(turn);
    for (size_t i = 0; i < turn_incident(turn, id)->people.pages.all.n; i++) {
        const struct state_page *page = &turn_incident(turn, id)->people.pages.all.v[i];
        if (goes_on(page))
            settle_page(turn, id, page->number);
    }
}

/* ---- its deadline: the plan says when to look again. It is asked anew at each start, so nothing is lost ---- */

static instant look_at(struct core *core, const struct incident *incident, const struct state_page *page)
{
    instant now = paging_of(core)->now ? paging_of(core)->now : incident->activity.changed_at;
    struct plan plan;
    plan_begin(&plan, core, incident, page, now);
    struct step step = plan_step(&plan);
    plan_finish(&plan);
    return step.kind == STEP_WAIT ? step.at : now + SECOND;
}

static bool calls_somebody(const struct incident *incident)
{
    for (size_t i = 0; i < incident->people.pages.all.n && status_is_open(incident->status); i++) {
        const struct state_page *page = &incident->people.pages.all.v[i];
        if (page->escalates && page_is_open(page))
            return true;
    }
    return false;
}

static void note_calling(struct paging *paging, uint64_t id, bool calls)
{
    size_t at = 0;
    while (at < paging->calling.n && paging->calling.v[at] < id)
        at++;
    bool noted = at < paging->calling.n && paging->calling.v[at] == id;
    if (noted && !calls)
        array_remove(&paging->calling, at);
    if (noted || !calls)
        return;
    *array_add(&paging->calling) = id;
    for (size_t i = paging->calling.n - 1; i > at; i--)
        paging->calling.v[i] = paging->calling.v[i - 1];
    paging->calling.v[at] = id;
}

void pages_deadlines(struct core *core, const struct incident *incident)
{
    note_calling(paging_of(core), incident->id, calls_somebody(incident));
    for (size_t i = 0; i < incident->people.pages.all.n && status_is_open(incident->status); i++) {
        const struct state_page *page = &incident->people.pages.all.v[i];
        CLEANUP_FREE char *name = xasprintf(DUE "%" PRId64, page->number);
        instant at = goes_on(page) ? look_at(core, incident, page) : 0;
        if (at)
            live_due(core, "paging", incident->id, name, at);
    }
}

/* ---- beginning ---- */

static const struct state_page *open_page(const struct incident *incident, const char *target)
{
    for (size_t i = incident->people.pages.all.n; i-- > 0;) {
        const struct state_page *page = &incident->people.pages.all.v[i];
        if (page->escalates && page_is_open(page) && text_equal_nocase(page->target, target))
            return page;
    }
    return NULL;
}

static bool is_more_severe(const struct core *core, const char *now, const char *then)
{
    return live_severity_rank(core, now, 0) > live_severity_rank(core, then, 0);
}

/* Why it should begin anew; NULL: it goes on as it is. */
static const char *why_anew(struct turn *turn, const struct incident *incident, const struct state_page *open,
                            const struct paging_wish *wish)
{
    struct plan plan;
    plan_begin(&plan, turn_core(turn), incident, open, turn_now(turn));
    bool channel = escalation_in_channel(&plan.escalation, open);
    plan_finish(&plan);
    return is_more_severe(turn_core(turn), incident->severity, open->going.severity) ? "it is more severe now"
           : wish->everybody && !open->going.everybody                               ? "everybody is called"
           : channel                                                                 ? "it begins anew"
                                                                                     : NULL;
}

/* One page for all alerts of an incident: a further one to the same people joins it. */
static bool join(struct turn *turn, uint64_t id, const struct paging_wish *wish)
{
    const struct incident *incident = turn_incident(turn, id);
    const struct state_page *open = open_page(incident, wish->whom);
    if (!open)
        return false;
    const char *anew = why_anew(turn, incident, open, wish);
    if (anew)
        paging_record(turn, id,
                      (struct command){
                          .verb = "page_cancelled", .count = open->number, .name = wish->whom, .text = anew});
    return !anew;
}

bool paging_names(struct turn *turn, const struct incident *incident, const struct paging_wish *wish)
{
    struct state_page page = {
        .target = (char *)(uintptr_t)wish->whom,
        .at = turn_now(turn),
        .going = {.name = (char *)(uintptr_t)policy_escalation_name(core_policy(turn_core(turn)), wish->whom),
                  .severity = incident->severity,
                  .everybody = wish->everybody}};
    struct plan plan;
    plan_begin(&plan, turn_core(turn), incident, &page, turn_now(turn));
    bool any = whom_any(plan.core, &plan.escalation, plan.now);
    plan_finish(&plan);
    return any;
}

bool paging_begin(struct turn *turn, uint64_t id, const struct paging_wish *asked)
{
    struct core *core = turn_core(turn);
    struct paging_wish wish = *asked;
    wish.whom = whom_target(core, wish.whom);
    const struct incident *incident = turn_incident(turn, id);
    int64_t number = incident->people.pages.last + 1;
    if (!paging_names(turn, incident, &wish)) {
        CLEANUP_FREE char *why = whom_nobody(core, asked->whom, turn_now(turn));
        paging_record(
            turn, id,
            (struct command){
                .verb = "page_failed", .count = number, .name = wish.whom, .text = why, .flag = true});
        return false;
    }
    if (join(turn, id, &wish))
        return true;
    paging_record(turn, id,
                  (struct command){.verb = "page_begun",
                                   .by = wish.by ? wish.by : BY_RULE,
                                   .count = number,
                                   .name = wish.whom,
                                   .value = policy_escalation_name(core_policy(core), wish.whom),
                                   .text = wish.text,
                                   .rule = wish.rule,
                                   .flag = wish.everybody});
    settle_page(turn, id, number);
    return true;
}
