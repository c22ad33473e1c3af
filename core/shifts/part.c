/* The part, and its command. */
#include "base/markup.h"
#include "engine/event.h"
#include "people/people.h"
#include "shifts/inside.h"

static void shifts_unload(struct core *core)
{
    standings_finish(shifts_of(core));
    groups_forget(shifts_of(core));
    written_finish(&shifts_of(core)->written);
    shifts_of(core)->groups.up = 0;
}

static instant shifts_tick(struct core *core, instant now)
{
    instant next = change_tick(core, now);
    groups_tick(core, now);
    return next;
}

/* Who is on call may have changed. */
static void shifts_folded(struct turn *turn, const struct event *event, const struct incident *incident)
{
    static const enum event_type agreements[] = {EVENT_COVERED, EVENT_UNCOVERED, EVENT_ABSENT, EVENT_NOT_ABSENT,
                                                 EVENT_POLICY};
    (void)incident;
    for (size_t i = 0; i < ARRAY_SIZE(agreements); i++) {
        if (event->type != agreements[i])
            continue;
        shifts_of(turn_core(turn))->changed = true;
        core_due(turn_core(turn), turn_now(turn));
    }
}

static void count_page(struct turn *turn, const struct rotation *rotation, const struct event *event,
                       const struct incident *incident)
{
    struct standing *standing = standing_find(shifts_of(turn_core(turn)), rotation->name);
    if (!standing)
        return;
    if (standing->pages.n == PAGES_MOST)
        array_remove(&standing->pages, 0);
    *array_add(&standing->pages) = (struct shift_page){incident->id, event->at};
    standing->paged += !incident->private;
    standing_keep(turn, standing);
}

/* Somebody is called by several ways at once, and again in each round: the first way of a round is counted. */
static bool is_first_way(const struct state_page *page, const struct event *event)
{
    for (size_t i = 0; i < page->calls.n; i++) {
        if (text_equal(page->calls.v[i].person, event->value))
            return text_equal(page->calls.v[i].way, event->name);
    }
    return false;
}

/* Whom a page to the rotation calls, but not for a private incident: numbers would tell of it. */
static void count_call(struct turn *turn, const struct event *event, const struct incident *incident)
{
    const struct state_page *page = incident_page(incident, event->count);
    const struct rotation *rotation = page ? policy_rotation(core_policy(turn_core(turn)), page->target) : NULL;
    if (rotation && !incident->private && is_first_way(page, event))
        carry_page(turn, rotation->name, event->value, event->at);
}

static void shifts_follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    const struct policy *policy = core_policy(turn_core(turn));
    const struct rotation *rotation = event->type == EVENT_PAGED ? policy_rotation(policy, event->value) : NULL;
    if (rotation)
        count_page(turn, rotation, event, incident);
    if (event->type == EVENT_PAGE_CALLED)
        count_call(turn, event, incident);
}

const struct part shifts_part = {
    .name = "shifts",
    .state_size = sizeof(struct shifts),
    .load = standings_load,
    .unload = shifts_unload,
    .folded = shifts_folded,
    .follow = shifts_follow,
    .tick = shifts_tick,
};

/* ---- the command ---- */

/* The rotation that was typed; else the first in which the asker is on call, or the only one. */
static const struct rotation *which(const struct call *call)
{
    const struct core *core = turn_core(call->turn);
    const struct policy *policy = core_policy(core);
    const struct rotation *rotation;
    if (call->arguments[0])
        return policy_rotation(policy, call->arguments[0]);
    for (size_t i = 0; call->person && (rotation = policy_rotation_at(policy, i)); i++) {
        struct on_call on;
        oncall_at(core, rotation, turn_now(call->turn), &on);
        for (size_t k = 0; k < on.n; k++) {
            if (oncall_is(core, on.people[k], call->person))
                return rotation;
        }
    }
    return policy_rotation_at(policy, 1) ? NULL : policy_rotation_at(policy, 0);
}

int shifts_command(const struct call *call, struct error *err)
{
    const struct rotation *rotation = which(call);
    struct core *core = turn_core(call->turn);
    *call->alone = true;
    if (!rotation && call->arguments[0])
        return error_markup(err, ERR_NOT_FOUND, "No rotation is called '%.60s'. `oncall` lists them.",
                            call->arguments[0]);
    if (!rotation)
        return error_set(
            err, ERR_INVALID,
            "Say which rotation: `shift payments`. `oncall` lists them; you are on call in none now.");
    note_add(call->turn,
             &(struct note){.rotation = rotation,
                            .reader = call->person,
                            .zone = call->zone,
                            .shift = standing_find(shifts_of(core), rotation->name)},
             call->answer);
    return 0;
}
