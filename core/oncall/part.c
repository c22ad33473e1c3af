/* The part: what it keeps in memory, and where that comes from. */
#include "oncall/inside.h"

static int oncall_load(struct core *core, struct error *err)
{
    int rc = covers_load(core, err);
    rc = rc ? rc : swaps_load(core, err);
    return rc ? rc : calendars_load(core, err);
}

static void oncall_unload(struct core *core)
{
    covers_finish(oncall_of(core));
    swaps_finish(oncall_of(core));
    calendars_finish(oncall_of(core));
}

const struct part oncall_part = {
    .name = "oncall", .state_size = sizeof(struct oncall), .load = oncall_load, .unload = oncall_unload};
