/* What the steps of a script do: all of it in the drill's incident, and nowhere else. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/markup.h"
#include "comms/comms.h"
#include "drills/inside.h"
#include "paging/paging.h"
#include "rooms/rooms.h"
#include "turn/live.h"

/* In each of its rooms. */
static void say(struct turn *turn, const struct run *run, const char *text)
{
    CLEANUP_FREE char *key = turn_key_as(turn, "drill:");
    rooms_say_incident(turn, run->incident, key, NULL, text);
}

/* ---- alerts ---- */

/* No fingerprint of a real group looks like this. */
static char *fingerprint_of(const struct run *run, const char *title)
{
    size_t i = 0;
    while (i < run->steps.n && !(run->steps.v[i].act == DRILL_ALERT && text_equal(run->steps.v[i].name, title)))
        i++;
    return xasprintf("drill-%" PRIu64 "-%zu", run->incident, i + 1);
}

static bool is_attached(const struct incident *incident, const char *fingerprint)
{
    for (size_t i = 0; i < incident->affected.alerts.n; i++) {
        if (text_equal(incident->affected.alerts.v[i].fingerprint, fingerprint))
            return true;
    }
    return false;
}

static void set_alert(struct turn *turn, const struct run *run, const struct drill_step *step, const char *verb,
                      const char *name)
{
    CLEANUP_FREE char *fingerprint = fingerprint_of(run, step->name);
    run_do(turn, run,
           (struct command){
               .verb = verb, .value = fingerprint, .name = name, .text = step->name, .flag = true, .count = 1});
}

static void fire(struct turn *turn, const struct run *run, const struct drill_step *step)
{
    CLEANUP_FREE char *fingerprint = fingerprint_of(run, step->name);
    CLEANUP_STR struct str text = {0};
    bool again = is_attached(turn_incident(turn, run->incident), fingerprint);
    set_alert(turn, run, step, again ? "alert_state" : "alert", again ? "regressed" : NULL);
    str_markup(&text, "**DRILL** · an alert: **%s**", step->name);
    if (step->text)
        str_markup(&text, "\n%s", step->text);
    say(turn, run, text.p);
}

static void recover(struct turn *turn, const struct run *run, const struct drill_step *step)
{
    set_alert(turn, run, step, "alert_state", "resolved");
}

/* ---- customers ---- */

/* Their key is of this drill alone: no record of the directory has it, and no real customer is meant by it. */
static void write_in(struct turn *turn, const struct run *run, const struct drill_step *step)
{
    CLEANUP_FREE char *key = xasprintf("%s (drill)", step->name);
    const struct reply reply = {.customer = key,
                                .text = step->text,
                                .who = step->name,
                                .where = "a drill",
                                .connector = "drill",
                                .incident = run->incident};
    run_do(turn, run, (struct command){.verb = "customer", .name = key, .text = step->name});
    comms_replied(turn, &reply);
}

/* ---- connectors ---- */

static bool is_meant(const struct core *core, const char *meant, const char *connector)
{
    const struct link *link = link_find(core, connector);
    return text_equal(meant, connector) || (text_equal(meant, DRILL_CHAT) && link && link_is_chat(link));
}

bool step_fails(const struct core *core, const struct run *run, const char *connector)
{
    int failing = 0;
    for (size_t i = 0; !run->over && i < run->next; i++) {
        if (run->steps.v[i].act != DRILL_FAILS && run->steps.v[i].act != DRILL_MENDS)
            continue;
        if (is_meant(core, run->steps.v[i].name, connector))
            failing += run->steps.v[i].act == DRILL_FAILS ? 1 : -1;
    }
    return failing > 0;
}

static void change_connectors(struct turn *turn, const struct run *run, const struct drill_step *step, bool up)
{
    const link_list *all = links(turn_core(turn));
    for (size_t i = 0; i < all->n; i++) {
        if (is_meant(turn_core(turn), step->name, all->v[i].name))
            run_do(turn, run,
                   (struct command){
                       .verb = "connector", .name = all->v[i].name, .text = "as the drill has it", .flag = up});
    }
}

static void fail(struct turn *turn, const struct run *run, const struct drill_step *step)
{
    CLEANUP_STR struct str text = {0};
    change_connectors(turn, run, step, false);
    str_markup(&text,
               "**DRILL** · the connection to %s has trouble. What belongs to this drill waits; real incidents "
               "go on using it.",
               step->name);
    say(turn, run, text.p);
}

static void mend(struct turn *turn, const struct run *run, const struct drill_step *step)
{
    CLEANUP_STR struct str text = {0};
    change_connectors(turn, run, step, true);
    str_markup(&text, "**DRILL** · the connection to %s is back.", step->name);
    say(turn, run, text.p);
}

/* ---- people ---- */

static void call(struct turn *turn, const struct run *run, const struct drill_step *step)
{
    paging_begin(turn, run->incident, &(struct paging_wish){.whom = step->name, .text = "This is a drill."});
}

static void note(struct turn *turn, const struct run *run, const struct drill_step *step)
{
    CLEANUP_STR struct str text = {0};
    str_add(&text, "**DRILL** · ");
    str_add(&text, step->text ? step->text : "");
    say(turn, run, text.p);
}

static void (*const takers[DRILL_ACTS])(struct turn *turn, const struct run *run,
                                        const struct drill_step *step) = {
    [DRILL_ALERT] = fire, [DRILL_RECOVERS] = recover, [DRILL_CUSTOMER] = write_in, [DRILL_FAILS] = fail,
    [DRILL_MENDS] = mend, [DRILL_PAGE] = call,        [DRILL_NOTE] = note,
};

void step_take(struct turn *turn, struct run *run)
{
    const struct drill_step *step = &run->steps.v[run->next++];
    run_keep(turn, run);
    run_do(turn, run,
           (struct command){.verb = "drill_step",
                            .name = drill_act_name(step->act),
                            .value = step->name,
                            .text = step->text,
                            .count = (int64_t)run->next});
    takers[step->act](turn, run, step);
}
