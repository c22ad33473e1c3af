#include "rooms/rooms.h"

#include <stdlib.h>

#include "rooms/cards.h"
#include "rooms/channels.h"
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

const struct part rooms_part = {
    .name = "rooms",
    .state_size = sizeof(struct cards),
    .unload = unload,
    .forget = forget,
    .follow = channels_follow,
    .show = cards_show,
    .delivery.withheld = rooms_withheld,
    .delivery.outcome = rooms_outcome,
    .delivery.connector = rooms_connector,
    .delivery.dropped = rooms_dropped,
};
