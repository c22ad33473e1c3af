#include "escalation/escalation.h"

struct asking { /* all borrowed */
    const struct escalation *escalation;
    const struct state_page *page;
    const struct resolver *resolver;
    struct callees callees;
    instant now;
    instant look; /* the earliest moment at which something else may be due; 0: none */
    bool hopes;   /* somebody of this level has been called in it, or will be */
};

static struct step wait_until(instant at)
{
    return (struct step){.kind = STEP_WAIT, .at = at};
}

static void look_at(struct asking *a, instant at)
{
    if (!a->look || at < a->look)
        a->look = at;
}

/* ---- calls ---- */

/* That of this round, or one that still waits to be sent: then another one would come twice. */
static const struct state_call *present_call(const struct asking *a, const struct callee *callee,
                                             const struct way *way)
{
    const struct state_call *call = page_call(a->page, callee->id, way->name);
    bool present = call && (call->round == a->page->going.round || call->state == CALL_WANTED);
    return present ? call : NULL;
}

/* May it still reach somebody? */
static bool is_alive(struct asking *a, const struct state_call *call, const struct way *way)
{
    if (call->state != CALL_WANTED)
        return call->state != CALL_FAILED;
    if (!way->works || a->now >= call->at + CALL_PATIENCE)
        return false;
    look_at(a, call->at + CALL_PATIENCE);
    return true;
}

static bool has_room(const struct asking *a, const struct callee *callee, const struct way *way)
{
    return a->page->calls.n < STATE_CALLS || page_call(a->page, callee->id, way->name);
}

static bool was_told_unreached(const struct asking *a, const struct callee *callee)
{
    const struct state_call *told = page_call(a->page, callee->id, NULL);
    return (told && told->round == a->page->going.round) || a->page->calls.n >= STATE_CALLS;
}

/* Nobody is told twice in a round. False: they were told, so there is no step. */
static bool give_up(const struct asking *a, const struct callee *callee, const char *why, struct step *ret)
{
    *ret = (struct step){.kind = STEP_UNREACHED, .person = callee->id, .why = why};
    return !was_told_unreached(a, callee);
}

static bool call(const struct callee *callee, const struct way *way, struct step *ret)
{
    *ret = (struct step){.kind = STEP_CALL, .person = callee->id, .way = way->name};
    return true;
}

static const char *why_failed(const struct asking *a, const struct callee *callee)
{
    const char *why = NULL;
    for (size_t i = 0; i < callee->n; i++) {
        const struct state_call *present = present_call(a, callee, &callee->ways[i]);
        why = present && present->why ? present->why : why;
    }
    return why ? why : callee->unreached;
}

/* The next way of somebody: when its time has come, or at once when all before it failed. False: there is nothing to do now. */
static bool call_somebody(struct asking *a, const struct callee *callee, struct step *ret)
{
    bool called = false, alive = false;
    for (size_t i = 0; i < callee->n; i++) {
        const struct way *way = &callee->ways[i];
        const struct state_call *present = present_call(a, callee, way);
        if (present) {
            bool lives = is_alive(a, present, way);
            a->hopes |= lives && present->at >= a->page->going.since;
            alive |= lives;
            called = true;
        } else if (has_room(a, callee, way)) {
            instant due = called && !alive ? a->now : a->page->going.since + way->after;
            if (due <= a->now)
                return call(callee, way, ret);
            look_at(a, due);
            a->hopes = alive = true;
        }
    }
    return !alive && give_up(a, callee, why_failed(a, callee), ret);
}

/* Whoever was called in this round is called by their further ways, too. */
static bool is_called(const struct asking *a, const struct callee *callee)
{
    for (size_t i = 0; i < callee->n; i++) {
        if (present_call(a, callee, &callee->ways[i]))
            return true;
    }
    return false;
}

static bool call_anybody(struct asking *a, struct step *ret)
{
    for (size_t i = 0; i < a->callees.n; i++) {
        const struct callee *callee = &a->callees.v[i];
        bool insists = a->page->going.insists, spared = callee->spared && !insists && !is_called(a, callee);
        if (callee->quiet_until > a->now && !insists)
            continue;
        if (spared ? give_up(a, callee, callee->spared, ret) : call_somebody(a, callee, ret))
            return true;
    }
    return false;
}

/* ---- levels ---- */

static bool reached_somebody(const struct state_page *page)
{
    for (size_t i = 0; i < page->calls.n; i++) {
        const struct state_call *call = &page->calls.v[i];
        if (call->way && call->round == page->going.round && call->state != CALL_WANTED &&
            call->state != CALL_FAILED)
            return true;
    }
    return false;
}

/* Is there somebody who was spared, and could have been called? */
static bool spares_somebody(const struct escalation *escalation, const struct resolver *resolver)
{
    for (size_t level = 0; level < escalation->n; level++) {
        struct callees callees = resolver->callees(resolver->ctx, (int)level);
        for (size_t i = 0; i < callees.n; i++) {
            if (callees.v[i].spared && callees.v[i].n)
                return true;
        }
    }
    return false;
}

bool escalation_in_channel(const struct escalation *escalation, const struct state_page *page)
{
    return page->going.level >= (int)escalation->n;
}

struct step escalation_after(const struct escalation *escalation, const struct state_page *page,
                             const struct resolver *resolver)
{
    const struct state_escalating *going = &page->going;
    struct step step = {.kind = STEP_LEVEL, .level = going->level + 1, .round = going->round};
    bool reached = reached_somebody(page);
    if (step.level < (int)escalation->n)
        return step;
    step.insists = !reached && !going->insists && spares_somebody(escalation, resolver);
    if (step.insists || (reached && going->round < escalation->rounds)) {
        step.level = 0;
        step.round++;
    } else {
        step.level = (int)escalation->n;
    }
    return step;
}

/* That nobody was reached is said once, before the channel. */
static struct step leave(const struct asking *a)
{
    struct step step = escalation_after(a->escalation, a->page, a->resolver);
    bool channel = step.level == (int)a->escalation->n;
    if (channel && !a->page->exhausted && !reached_somebody(a->page))
        step.kind = STEP_NOBODY;
    return step;
}

static struct step in_channel(const struct asking *a)
{
    const struct state_escalating *going = &a->page->going;
    if (a->now >= a->page->at + PAGE_EXPIRES)
        return (struct step){.kind = STEP_EXPIRE};
    if (a->now < going->since + CHANNEL_EVERY)
        return wait_until(going->since + CHANNEL_EVERY);
    return (struct step){.kind = STEP_LEVEL, .level = going->level, .round = going->round};
}

static duration lasts(const struct asking *a)
{
    int level = a->page->going.level;
    return a->escalation->levels[MAX(level, 0)].after;
}

/* When the first of those with quiet hours may be called; 0: none has them. */
static instant quiet_until(const struct asking *a)
{
    instant until = 0;
    for (size_t i = 0; i < a->callees.n; i++) {
        instant quiet = a->callees.v[i].quiet_until;
        until = quiet > a->now && (!until || quiet < until) ? quiet : until;
    }
    return until;
}

/* A level that has not begun: it waits for the end of quiet hours, or the clock went back and it begins now. */
static struct step before_level(const struct asking *a)
{
    const struct state_escalating *going = &a->page->going;
    instant quiet = quiet_until(a);
    if (!going->held)
        return (struct step){.kind = STEP_LEVEL, .level = going->level, .round = going->round};
    return quiet == going->since ? wait_until(quiet) : (struct step){.kind = STEP_HOLD, .at = quiet};
}

static struct step on_level(struct asking *a)
{
    struct step step;
    instant over = a->page->going.since + lasts(a), quiet = a->page->going.insists ? 0 : quiet_until(a);
    if (a->page->going.since > a->now)
        return before_level(a);
    if (call_anybody(a, &step))
        return step;
    if (!a->hopes && quiet)
        return (struct step){.kind = STEP_HOLD, .at = quiet};
    if (!a->hopes || a->now >= over)
        return leave(a);
    look_at(a, over);
    return wait_until(a->look);
}

static struct step acknowledged(const struct asking *a)
{
    const struct state_page *page = a->page;
    instant due = page->going.accepted_at + a->escalation->asks_again;
    if (page->going.followed || !a->escalation->asks_again)
        return wait_until(0);
    return a->now < due ? wait_until(due) : (struct step){.kind = STEP_ASK, .person = page->accepted_by};
}

struct step escalation_step(const struct escalation *escalation, const struct state_page *page,
                            const struct resolver *resolver, instant now)
{
    struct asking a = {.escalation = escalation, .page = page, .resolver = resolver, .now = now};
    if (!page->escalates || page->going.over)
        return wait_until(0);
    if (page->accepted_by)
        return acknowledged(&a);
    if (escalation_in_channel(escalation, page))
        return in_channel(&a);
    a.callees = resolver->callees(resolver->ctx, page->going.level);
    return on_level(&a);
}
