/* The part. */
#include <string.h>

#include "paging/inside.h"
#include "turn/live.h"
#include "turn/sweep.h"

static void unload(struct core *core)
{
    struct paging *paging = paging_of(core);
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&paging->spared, &i));)
        free(slot->value);
    map_finish(&paging->spared);
    written_finish(&paging->messages);
    array_free(&paging->calling);
    *paging = (struct paging){0};
}

static void owe(struct turn *turn, const struct incident *incident)
{
    pages_settle(turn, incident->id);
}

static void passed(struct turn *turn, uint64_t incident, const char *name, instant due)
{
    (void)name;
    (void)due;
    pages_settle(turn, incident);
}

static void outcome(struct turn *turn, const struct action *action, const struct outbox_outcome *reported,
                    const cJSON *body)
{
    if (strcmp(action->kind, "page") == 0)
        pages_outcome(turn, action, reported->remote_id, body);
}

/* What works, or no longer does, may be the next way of somebody. */
static void connector(struct turn *turn, const char *name, bool up, const char *reason)
{
    const struct paging *paging = paging_of(turn_core(turn));
    (void)name;
    (void)up;
    (void)reason;
    sweep_begin(turn, "paging", "{}", paging->calling.v, paging->calling.n);
}

static void swept(struct turn *turn, const struct incident *incident, const cJSON *about)
{
    (void)about;
    pages_settle(turn, incident->id);
}

const struct part paging_part = {
    .name = "paging",
    .state_size = sizeof(struct paging),
    .load = spare_load,
    .unload = unload,
    .follow = pages_follow,
    .owe = owe,
    .deadlines = pages_deadlines,
    .passed = passed,
    .swept = swept,
    .delivery.pointless = pages_pointless,
    .delivery.outcome = outcome,
    .delivery.connector = connector,
    .card.fields = pages_card,
};
