#include "rooms/rooms.h"

#include <stdlib.h>

#include "rooms/cards.h"
#include "rooms/channels.h"
#include "rooms/fallback.h"
#include "rooms/inside.h"

static void unload(struct core *core)
{
    cards_finish(cards_of(core));
    *cards_of(core) = (struct cards){0};
}

static void forget(struct core *core, uint64_t incident)
{
    cards_forget(cards_of(core), incident);
}

static void follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    channels_follow(turn, event, incident);
    news_follow(turn, event, incident);
}

static instant tick(struct core *core, instant now)
{
    fallback_tick(core, now);
    damaged_tick(core, now);
    return 0;
}

const struct part rooms_part = {
    .name = "rooms",
    .state_size = sizeof(struct rooms),
    .load = fallback_load,
    .unload = unload,
    .forget = forget,
    .follow = follow,
    .show = cards_show,
    .tick = tick,
    .swept = trouble_swept,
    .delivery.withheld = rooms_withheld,
    .delivery.outcome = rooms_outcome,
    .delivery.unannounced = rooms_unannounced,
    .delivery.connector = rooms_connector,
    .delivery.dropped = rooms_dropped,
};
