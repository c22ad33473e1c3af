/* The part. */
#include <string.h>

#include "paging/pages.h"
#include "paging/paging.h"
#include "turn/live.h"

static void outcome(struct turn *turn, const struct action *action, const struct outbox_outcome *reported,
                    const cJSON *body)
{
    if (strcmp(action->kind, "page") == 0)
        pages_outcome(turn, action, reported->remote_id, body);
}

struct troubled {
    struct turn *turn;
    const char *reason;
};

static bool tell_trouble(void *ctx, const struct incident *incident)
{
    const struct troubled *t = ctx;
    pages_connector(t->turn, incident->id, t->reason);
    return true;
}

static void connector(struct turn *turn, const char *name, bool up, const char *reason)
{
    (void)name;
    if (!up)
        live_each_open(turn_core(turn), tell_trouble, &(struct troubled){turn, reason});
}

const struct part paging_part = {
    .name = "paging",
    .follow = pages_follow,
    .deadlines = pages_deadlines,
    .passed = pages_passed,
    .delivery.pointless = pages_pointless,
    .delivery.outcome = outcome,
    .delivery.connector = connector,
};
