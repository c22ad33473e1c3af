/* The part: what it keeps in memory, and where that comes from. */
#include "engine/event.h"
#include "oncall/inside.h"

static int oncall_load(struct core *core, struct error *err)
{
    int rc = covers_load(core, err);
    rc = rc ? rc : swaps_load(core, err);
    rc = rc ? rc : absences_load(core, err);
    return rc ? rc : calendars_load(core, err);
}

static void oncall_unload(struct core *core)
{
    covers_finish(oncall_of(core));
    swaps_finish(oncall_of(core));
    absences_finish(oncall_of(core));
    calendars_finish(oncall_of(core));
}

static void oncall_folded(struct turn *turn, const struct event *event, const struct incident *incident)
{
    (void)incident;
    if (event_kind(event->type)->subject == OF_PERSON)
        absences_unname(oncall_of(turn_core(turn)));
}

const struct part oncall_part = {
    .name = "oncall",
    .state_size = sizeof(struct oncall),
    .load = oncall_load,
    .unload = oncall_unload,
    .folded = oncall_folded,
};
