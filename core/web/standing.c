#include "web/standing.h"

#include "access/audit.h"
#include "delivery/link.h"

void connector_standing(const struct core *core, const struct connector_info *info,
                        struct connector_standing *ret)
{
    instant silent_since;
    const struct link *link = link_find(core, info->name);
    const char *held = link_held(core, info->name), *silent = link_unreachable(core, info->name, &silent_since);
    bool sick = !held && silent && text_equal(info->state, "running");
    char *unannounced = link && link->unannounced ? xasprintf("announcements cannot be posted in '%s': %s",
                                                              core_settings(core)->announce, link->unannounced)
                                                  : NULL;
    *ret = (struct connector_standing){.state = held   ? "held"
                                                : sick ? "unreachable"
                                                       : info->state,
                                       .reason = held           ? held
                                                 : sick         ? silent
                                                 : info->reason ? info->reason
                                                                : unannounced,
                                       .since = sick ? silent_since : info->since,
                                       .own = unannounced};
}

void connector_standing_finish(struct connector_standing *standing)
{
    free(standing->own);
}

int connector_restart(struct supervisor *supervisor, struct core *core, const char *name, const char *by,
                      instant now, struct error *err)
{
    CLEANUP_FREE char *text = xasprintf("the connector %s was restarted", name);
    int rc = supervisor_restart(supervisor, name, err);
    if (rc || !core_ready(core, NULL))
        return rc;
    struct turn *turn = turn_begin(core, now);
    audit_setting(turn, by, text);
    turn_commit(turn, NULL, NULL);
    return 0;
}
