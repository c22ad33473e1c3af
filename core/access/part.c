/* The part: what is loaded, and what it follows. */
#include "access/audit.h"
#include "access/inside.h"

static int load(struct core *core, struct error *err)
{
    int rc = groups_load(core, err);
    rc = rc ? rc : sessions_load(core, err);
    return rc ? rc : signin_links_load(core, err);
}

static void unload(struct core *core)
{
    struct access_state *state = access_state_of(core);
    groups_finish(state);
    sessions_finish(state);
    signin_links_finish(state);
}

const struct part access_part = {.name = "access",
                                 .state_size = sizeof(struct access_state),
                                 .load = load,
                                 .unload = unload,
                                 .follow = audit_follow};
