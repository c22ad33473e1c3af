/* Runs as a part of turns: their steps are deadlines, and their debrief is shown once what it tells is durable. */
#include <inttypes.h>
#include <string.h>

#include "base/markup.h"
#include "drills/inside.h"
#include "rooms/rooms.h"
#include "turn/live.h"

#define DUE_STEP "step"
#define DUE_END  "end"
#define GO_ON    (SECOND / 50) /* between ticks, while a debrief waits for its turn to be durable */

/* ---- how it ends ---- */

void run_over(struct turn *turn, struct run *run, const char *why)
{
    if (run->over)
        return;
    run->over = true;
    run->turn = turn_number(turn);
    run_keep(turn, run);
    run_do(turn, run, (struct command){.verb = "drill_over", .text = why});
    core_due(turn_core(turn), turn_now(turn));
}

static void move(struct turn *turn, const struct run *run, const char *verb)
{
    run_do(turn, run, (struct command){.verb = verb, .text = "the drill is over"});
}

/* A drill that nobody looks after any more owes nothing. */
void run_end(struct turn *turn, struct run *run, const char *why)
{
    const struct incident *incident = turn_incident(turn, run->incident);
    run_over(turn, run, why);
    if (incident->status == STATUS_TRIAGE)
        move(turn, run, "decline");
    else if (status_is_open(incident->status))
        move(turn, run, "resolve");
    if (incident->status == STATUS_RESOLVED || incident->status == STATUS_TICKETED)
        move(turn, run, "close");
}

/* ---- what is real ---- */

static bool is_critical(const struct core *core, const struct incident *incident)
{
    const char *const *severities = policy_rulebook(core_policy(core))->severities;
    size_t n = 0;
    while (severities[n])
        n++;
    return n && status_is_open(incident->status) && !incident->sort.drill && !incident->private &&
           text_equal(incident->severity, severities[n - 1]);
}

/* Whoever practises is needed elsewhere. */
static void stop_all(struct turn *turn, const struct incident *incident)
{
    const struct drills *drills = drills_of(turn_core(turn));
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *why =
        xasprintf("%s is %s, and no drill", incident_name(incident->id, name), incident->severity);
    for (size_t i = 0; i < drills->runs.n; i++) {
        struct run *run = drills->runs.v[i];
        if (run->over)
            continue;
        CLEANUP_FREE char *key = turn_key_as(turn, "drill:"), *text = markup("**This drill stops: %s.**", why);
        rooms_say_incident(turn, run->incident, key, NULL, text);
        run_end(turn, run, why);
    }
}

static void follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    struct run *run = run_find(turn_core(turn), incident->id);
    if (event->type == EVENT_SEVERITY && is_critical(turn_core(turn), incident))
        stop_all(turn, incident);
    else if (run && event->type == EVENT_STATUS && !status_is_open(event->status) &&
             !(event->by && text_starts(event->by, BY_DRILL))) {
        CLEANUP_FREE char *why =
            xasprintf("it was %s", verb_past(event->name) ? verb_past(event->name) : "ended");
        run_over(turn, run, why);
    }
}

/* ---- when ---- */

static void deadlines(struct core *core, const struct incident *incident)
{
    const struct run *run = run_find(core, incident->id);
    if (!run)
        return;
    instant next = run_next(run);
    if (next)
        live_due(core, "drills", incident->id, DUE_STEP, next);
    if (!run->over || status_is_open(incident->status) || incident->status == STATUS_RESOLVED)
        live_due(core, "drills", incident->id, DUE_END, run->began + run->ends);
}

static void passed(struct turn *turn, uint64_t incident, const char *name, instant due)
{
    struct run *run = run_find(turn_core(turn), incident);
    (void)due;
    if (!run || !turn_incident(turn, incident))
        return;
    if (strcmp(name, DUE_END) == 0)
        run_end(turn, run, "its time is over");
    else if (run_next(run) && run_next(run) <= turn_now(turn))
        step_take(turn, run);
}

/* ---- the debrief ---- */

static void show(struct turn *turn, struct run *run)
{
    struct core *core = turn_core(turn);
    const struct incident *incident = turn_incident(turn, run->incident);
    struct debrief debrief;
    char name[INCIDENT_NAME];
    if (!incident || drills_read(core, run->incident, turn_now(turn), &debrief, NULL))
        return;
    CLEANUP_STR struct str text = {0}, card = {0};
    CLEANUP_FREE char *title = xasprintf("[drill] Debrief of %s: %s", incident_name(run->incident, name),
                                         run->script),
                      *key = xasprintf("drill:debrief:%s", name);
    debrief_words(core, &debrief, incident, &text);
    card_plain(title, "info", text.p, &card);
    rooms_say_incident(turn, run->incident, key, card.p, NULL);
    debrief_finish(&debrief);
}

static bool has_ended(const struct core *core, const struct run *run)
{
    const struct incident *incident = live_incident((struct core *)(uintptr_t)core, run->incident);
    return !incident || (!status_is_open(incident->status) && incident->status != STATUS_RESOLVED);
}

/* Shows it, or forgets what was shown and has ended. False: there is nothing to do. */
static bool look_at(struct core *core, struct run *run, instant now)
{
    bool shows = run->over && !run->debriefed, drops = run->over && !shows && has_ended(core, run);
    if (!shows && !drops)
        return false;
    if (!turn_is_reported(core, run->turn))
        return true;
    struct turn *turn = turn_begin(core, now);
    if (shows) {
        run->debriefed = true;
        show(turn, run);
        run_keep(turn, run);
    } else {
        run_drop(turn, run);
    }
    turn_commit(turn, NULL, NULL);
    return true;
}

static instant tick(struct core *core, instant now)
{
    struct drills *drills = drills_of(core);
    bool more = false;
    if (!drills->runs.n)
        return 0;
    if (!core_ready(core, NULL))
        return now + SECOND;
    for (size_t i = drills->runs.n; i-- > 0;)
        more |= look_at(core, drills->runs.v[i], now);
    return more ? now + GO_ON : 0;
}

/* ---- the part ---- */

static bool fails(struct core *core, const struct action *action)
{
    const struct run *run = action->incident ? run_find(core, action->incident) : NULL;
    return run && step_fails(core, run, action->connector);
}

static void card(struct core *core, const struct incident *incident, const struct card_context *context,
                 struct json_out *fields)
{
    (void)core, (void)context;
    CLEANUP_FREE char *text =
        incident->sort.script ? xasprintf("%s: nothing of it is real", incident->sort.script) : NULL;
    card_field(fields, "drill", text);
}

const struct part drills_part = {
    .name = "drills",
    .state_size = sizeof(struct drills),
    .load = runs_load,
    .unload = runs_unload,
    .follow = follow,
    .deadlines = deadlines,
    .passed = passed,
    .tick = tick,
    .delivery.fails = fails,
    .card.fields = card,
};
